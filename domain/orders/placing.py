"""From a quote to an order: lines, gifts, discounts and freight as they are frozen at placement (F-2, R-11, R-12, R-13)."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId
from houtai.domain.orders.line import BundlePart, DiscountRow, DiscountSource, GiftLink, OrderLine
from houtai.domain.orders.order import FrozenPromotion
from houtai.domain.pricing.quote import Gift, Quote, QuoteLine


def sold_lines(quote: Quote, freight_by_line: Mapping[int, int], skus: Mapping[SkuId, Sku]) -> tuple[OrderLine, ...]:
    """The lines to sell with their shares of the freight; bundles stand as components. `skus` holds the bundles too."""
    return tuple(_sold(line, freight_by_line.get(line.line, 0), skus) for line in quote.lines)


def _sold(line: QuoteLine, freight_minor: int, skus: Mapping[SkuId, Sku]) -> OrderLine:
    bundle = None
    if line.bundle_sku_id is not None:
        whole = skus[line.bundle_sku_id]
        bundle = BundlePart(whole.id, whole.code, line.bundle_qty, line.basket_line, whole.return_policy)
    return OrderLine(
        seq=line.line,
        sku_id=line.sku_id,
        sku_code=line.sku_code,
        title=line.title,
        qty=line.qty,
        unit_minor=line.unit_minor,
        gross_minor=line.gross_minor,
        list_minor=line.list_minor,
        discount_minor=line.discount_minor,
        freight_minor=freight_minor,
        weight_g=line.weight_g,
        merchant_id=line.merchant_id,
        bundle=bundle,
    )


def gift_lines(quote: Quote, available: Mapping[SkuId, int], skus: Mapping[SkuId, Sku]) -> tuple[OrderLine, ...]:
    """The gifts by what is there: the promised one first, then its substitutes, and what is missing as an owed gift.

    An owed gift is a line whose `shortage_qty` says how many are still to come; it blocks nothing (R-11).
    """
    left = dict(available)
    last = max((gift.line for gift in quote.gifts), default=0)
    lines: list[OrderLine] = []
    for gift in quote.gifts:
        chosen, missing = gift.choose(left)
        for sku_id, qty in chosen.items():
            left[sku_id] -= qty
        promised = chosen.pop(gift.sku_id, 0) + missing
        if promised:
            lines.append(_gift(gift, gift.line, gift.sku_id, promised, skus, missing=missing))
        for sku_id, qty in chosen.items():
            last += 1
            lines.append(_gift(gift, last, sku_id, qty, skus))
    return tuple(lines)


def _gift(gift: Gift, seq: int, sku_id: SkuId, qty: int, skus: Mapping[SkuId, Sku], *, missing: int = 0) -> OrderLine:
    sku = skus[sku_id]
    link = GiftLink(
        promotion_id=gift.promotion_id,
        promotion_code=gift.promotion_code,
        trigger_lines=gift.trigger_lines,
        buy_qty=gift.buy_qty,
        spend_minor=gift.spend_minor,
        gift_qty=gift.gift_qty,
        value_minor=gift.value_minor,
        on_return=gift.on_return,
        bearers=gift.bearers,
        instead_of=None if sku_id == gift.sku_id else gift.sku_id,
    )
    return OrderLine(
        seq=seq,
        sku_id=sku_id,
        sku_code=sku.code,
        title=sku.title,
        qty=qty,
        unit_minor=0,
        gross_minor=0,
        weight_g=sku.weight_g * qty,
        merchant_id=sku.merchant_id,
        gift=link,
        shortage_qty=missing,
    )


def discount_rows(quote: Quote) -> tuple[DiscountRow, ...]:
    """The quote's typed discount rows under the codes that people know them by."""
    codes = {(applied.source_type, applied.source_id): applied.code for applied in quote.applied}
    return tuple(
        DiscountRow(
            line=row.line,
            source_type=DiscountSource(row.source_type.value),
            source_id=row.source_id,
            amount_minor=row.amount_minor,
            borne=row.borne,
            name=codes.get((row.source_type, row.source_id), ""),
            on_return=row.on_return,
        )
        for row in quote.discounts
    )


def promotions(quote: Quote) -> tuple[FrozenPromotion, ...]:
    """What was applied as a whole, with the rules that a return may need (R-10)."""
    return tuple(
        FrozenPromotion(
            **{
                **{field.name: getattr(applied, field.name) for field in attrs.fields(FrozenPromotion)},
                "source_type": DiscountSource(applied.source_type.value),
            }
        )
        for applied in quote.applied
        if applied.amount_minor
    )
