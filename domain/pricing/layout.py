"""The first step of a quote: the basket's lines with their prices, bundles taken apart into components (R-3, R-12)."""

from __future__ import annotations

from uuid import UUID

from houtai.domain.ids import SkuId
from houtai.domain.money import allocate
from houtai.domain.pricing.basket import BasketLine
from houtai.domain.pricing.bearers import SELLER_PAYS
from houtai.domain.pricing.prices import UnitPrice, sheet_id, unit_price
from houtai.domain.pricing.quote import Source
from houtai.domain.pricing.refusals import GiftNotForSale, NotPriced, OnlyGifts
from houtai.domain.pricing.scope import Item
from houtai.domain.pricing.worksheet import BundleLines, Cause, WorkLine, Worksheet
from houtai.domain.refusal import NotFound

_FREE = UnitPrice(list_minor=None, channel_minor=0, unit_minor=0)


def lay_out(sheet: Worksheet) -> None:
    """Put every line of the basket on the sheet. Raises NotPriced, OnlyGifts, GiftNotForSale, NotFound for an unknown SKU."""
    _check_sold(sheet)
    prices = _prices(sheet)
    for wanted in sorted(sheet.basket.lines, key=lambda line: line.line):
        item = _item(sheet, wanted.sku_id)
        if item.parts:
            _lay_bundle(sheet, wanted, item, prices)
        else:
            _lay_line(sheet, wanted, item, prices[item.sku_id])
    if not any(line.gross_minor for line in sheet.lines):
        raise OnlyGifts
    sheet.note("list", _counted(len(sheet.lines)), sheet.left_minor)
    for line in sheet.lines:
        _apply_price(sheet, line)


def _counted(lines: int) -> str:
    return "1 line at its price" if lines == 1 else f"{lines} lines at their prices"


def price_bundles(sheet: Worksheet) -> None:
    """Bring each bundle's components down to the bundle's price, by reference price × quantity (R-12)."""
    for bundle in sheet.bundles:
        cause = Cause(Source.BUNDLE_PRICE, bundle.bundle.sku_id, bundle.bundle.code, SELLER_PAYS)
        less = [(line, line.left_minor - share) for line, share in zip(bundle.lines, bundle.shares, strict=True)]
        if any(amount for _, amount in less):
            text = f"bundle {bundle.bundle.code} × {bundle.qty} for {sheet.money(bundle.price_minor)}"
            sheet.take(cause, less, text)


def _check_sold(sheet: Worksheet) -> None:
    items = [_item(sheet, line.sku_id) for line in sheet.basket.lines]
    gifts = tuple(item.code for item in items if item.gift_only)
    if len(gifts) == len(items):
        raise OnlyGifts
    if gifts:
        raise GiftNotForSale(sku_codes=gifts)


def _prices(sheet: Worksheet) -> dict[SkuId, UnitPrice]:
    """The unit price of every SKU that needs one; a gift inside a bundle needs none."""
    found: dict[SkuId, UnitPrice] = {}
    missing: list[str] = []
    for line in sheet.basket.lines:
        item = _item(sheet, line.sku_id)
        for wanted in (item, *(_item(sheet, part.sku_id) for part in item.parts)):
            price = _unit_price(sheet, wanted)
            if price is not None:
                found[wanted.sku_id] = price
            elif wanted.gift_only:
                found[wanted.sku_id] = _FREE
            elif wanted.code not in missing:
                missing.append(wanted.code)
    if missing:
        raise NotPriced(sku_codes=tuple(missing), currency=sheet.book.currency)
    return found


def _unit_price(sheet: Worksheet, item: Item) -> UnitPrice | None:
    book = sheet.book
    prices = book.sheets.get(item.sku_id)
    return unit_price(prices, book.currency, book.channel_id, book.level, sheet.at) if prices else None


def _item(sheet: Worksheet, sku_id: SkuId) -> Item:
    item = sheet.book.items.get(sku_id)
    if item is None:
        raise NotFound(what="sku", key=str(sku_id))
    return item


def _lay_line(sheet: Worksheet, wanted: BasketLine, item: Item, price: UnitPrice) -> None:
    """A line starts at its list price, or at the channel's where that is higher: being dearer is no discount."""
    unit = max(price.list_minor or 0, price.channel_minor)
    gross = unit * wanted.qty
    sheet.lines.append(
        WorkLine(
            line=len(sheet.lines) + 1,
            basket_line=wanted.line,
            item=item,
            qty=wanted.qty,
            price=price,
            unit_minor=unit,
            gross_minor=gross,
            left_minor=gross,
        )
    )


def _lay_bundle(sheet: Worksheet, wanted: BasketLine, bundle: Item, prices: dict[SkuId, UnitPrice]) -> None:
    """A component starts at its own price times quantity: the frozen reference. A bundle dearer than that raises it."""
    items = [(sheet.book.items[part.sku_id], part.qty * wanted.qty) for part in bundle.parts]
    reference = [prices[item.sku_id].unit_minor * qty for item, qty in items]
    total = prices[bundle.sku_id].unit_minor * wanted.qty
    if total and not any(reference):
        raise NotPriced(sku_codes=tuple(item.code for item, _ in items), currency=sheet.book.currency)
    shares = allocate(total, reference) if total else [0] * len(items)
    lines: list[WorkLine] = []
    for (item, qty), own, share in zip(items, reference, shares, strict=True):
        gross = max(own, share)
        lines.append(
            WorkLine(
                line=len(sheet.lines) + len(lines) + 1,
                basket_line=wanted.line,
                item=item,
                qty=qty,
                price=prices[item.sku_id],
                unit_minor=prices[item.sku_id].unit_minor,
                gross_minor=gross,
                left_minor=gross,
                bundle=bundle,
                bundle_qty=wanted.qty,
            )
        )
    sheet.lines.extend(lines)
    sheet.bundles.append(BundleLines(bundle, wanted.qty, prices[bundle.sku_id], total, tuple(lines), tuple(shares)))


def _apply_price(sheet: Worksheet, line: WorkLine) -> None:
    """From list to channel to member price, each a row of its own; the seller bears its own prices."""
    if line.bundle is not None:
        return
    before = line.unit_minor
    source_id: UUID = sheet_id(line.item.sku_id)
    for source, unit in (
        (Source.CHANNEL_PRICE, line.price.channel_minor),
        (Source.MEMBER_PRICE, line.price.unit_minor),
    ):
        if unit < before:
            text = f"{line.item.code}: {source.value} {sheet.money(unit)} instead of {sheet.money(before)}, × {line.qty}"
            cause = Cause(source, source_id, line.item.code, SELLER_PAYS)
            sheet.take(cause, [(line, (before - unit) * line.qty)], text)
            before = unit
