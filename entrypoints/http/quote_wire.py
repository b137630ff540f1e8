"""What travels when somebody asks what a basket costs."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from houtai.domain.ids import ChannelId, CouponId, CustomerId, SkuId
from houtai.domain.limits import MAX_LINES
from houtai.domain.pricing.basket import MAX_ADJUSTMENTS, MAX_COUPONS, Adjustment, Basket, BasketLine
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy
from houtai.domain.pricing.quote import Quote, Source
from houtai.domain.pricing.refusals import (
    BudgetSpent,
    CouponNotApplicable,
    CouponNotValidNow,
    CouponsDoNotStack,
    CouponSpent,
    CouponThresholdNotMet,
    GiftNotForSale,
    NotPriced,
    OnlyGifts,
    PriceBelowFloor,
)
from houtai.domain.refusal import Refusal
from houtai.entrypoints.http import wire

LineNumber = Annotated[int, Meta(ge=1, le=MAX_LINES, description="A line's place in the basket, from 1.")]

QUOTE_REFUSALS: Final[tuple[type[Refusal], ...]] = (
    NotPriced,
    OnlyGifts,
    GiftNotForSale,
    PriceBelowFloor,
    CouponSpent,
    CouponNotValidNow,
    CouponNotApplicable,
    CouponThresholdNotMet,
    CouponsDoNotStack,
    BudgetSpent,
)


class PriceQuoteLineIn(wire.Wire):
    """So many of one SKU, a bundle included."""

    sku_id: wire.Id
    qty: wire.Qty


class ReductionIn(wire.Wire):
    """A reduction by hand: on one line of the basket, or on all of them."""

    id: wire.Id
    amount_minor: Annotated[int, Meta(ge=1, le=10**15)]
    reason: Annotated[str, Meta(min_length=2, max_length=200)]
    line: LineNumber | None = None


class PriceQuoteIn(wire.Wire, kw_only=True):
    """What to price. Prices and member level are the house's to say."""

    channel_id: wire.Id
    lines: Annotated[tuple[PriceQuoteLineIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    customer_id: wire.Id | None = None
    coupon_ids: Annotated[tuple[wire.Id, ...], Meta(max_length=MAX_COUPONS)] = ()
    reductions: Annotated[tuple[ReductionIn, ...], Meta(max_length=MAX_ADJUSTMENTS)] = ()
    below_floor_reason: wire.Line = ""

    def value(self) -> Basket:
        """As the domain's basket; lines are numbered as they stand."""
        return Basket(
            channel_id=ChannelId(self.channel_id),
            lines=tuple(BasketLine(place, SkuId(line.sku_id), line.qty) for place, line in enumerate(self.lines, start=1)),
            buyer_id=None if self.customer_id is None else CustomerId(self.customer_id),
            coupons=tuple(map(CouponId, self.coupon_ids)),
            adjustments=tuple(Adjustment(one.id, one.amount_minor, one.reason, one.line) for one in self.reductions),
            below_floor_reason=self.below_floor_reason,
        )


class PricedLine(wire.Wire, kw_only=True):
    """One line; a bundle stands here as its components. `gross_minor` less `discount_minor` is `paid_minor`."""

    line: int
    basket_line: int
    sku_id: wire.Id
    sku_code: str
    title: str
    qty: int
    list_minor: int | None
    unit_minor: int
    gross_minor: int
    discount_minor: int
    paid_minor: int
    bundle_sku_id: wire.Id | None


class PricedDiscount(wire.Wire, kw_only=True):
    """One line's part of one discount, with who bears it."""

    line: int
    source_type: Source
    source_id: wire.Id
    amount_minor: int
    platform_minor: int
    merchant_minor: int
    supplier_minor: int
    channel_minor: int
    on_return: ReturnPolicy


class SkippedPromotion(wire.Wire):
    """A promotion that is on for these goods and gave nothing, with the reason."""

    source_id: wire.Id
    code: str
    reason: str


class PricedGift(wire.Wire, kw_only=True):
    """A line that comes free with others."""

    line: int
    sku_id: wire.Id
    qty: int
    promotion_code: str
    trigger_lines: tuple[int, ...]
    substitute_sku_ids: tuple[wire.Id, ...]
    value_minor: int
    on_return: GiftReturn


class PriceStep(wire.Wire):
    """One step in words and numbers."""

    step: str
    text: str
    before_minor: int
    change_minor: int


class PriceQuoteOut(wire.Wire, kw_only=True):
    """The price of a basket: goods less discounts. `digest` is the same as long as nothing of it changes."""

    currency: str
    goods_minor: int
    discount_minor: int
    payable_minor: int
    digest: str
    lines: tuple[PricedLine, ...]
    discounts: tuple[PricedDiscount, ...]
    gifts: tuple[PricedGift, ...]
    skipped: tuple[SkippedPromotion, ...]
    trace: tuple[PriceStep, ...]


def price_quote_out(quote: Quote) -> PriceQuoteOut:
    """A quote as it goes out."""
    return PriceQuoteOut(
        currency=quote.currency,
        goods_minor=quote.goods_minor,
        discount_minor=quote.discount_minor,
        payable_minor=quote.payable_minor,
        digest=quote.digest,
        lines=_lines(quote),
        discounts=_discounts(quote),
        gifts=_gifts(quote),
        skipped=tuple(SkippedPromotion(one.source_id, one.code, one.reason) for one in quote.not_applied),
        trace=tuple(PriceStep(one.step, one.text, one.before_minor, one.change_minor) for one in quote.trace),
    )


def _lines(quote: Quote) -> tuple[PricedLine, ...]:
    return tuple(
        PricedLine(
            line=line.line,
            basket_line=line.basket_line,
            sku_id=line.sku_id,
            sku_code=line.sku_code,
            title=line.title,
            qty=line.qty,
            list_minor=line.list_minor,
            unit_minor=line.unit_minor,
            gross_minor=line.gross_minor,
            discount_minor=line.discount_minor,
            paid_minor=line.paid_minor,
            bundle_sku_id=line.bundle_sku_id,
        )
        for line in quote.lines
    )


def _discounts(quote: Quote) -> tuple[PricedDiscount, ...]:
    return tuple(
        PricedDiscount(
            line=row.line,
            source_type=row.source_type,
            source_id=row.source_id,
            amount_minor=row.amount_minor,
            platform_minor=row.borne.platform_minor,
            merchant_minor=row.borne.merchant_minor,
            supplier_minor=row.borne.supplier_minor,
            channel_minor=row.borne.channel_minor,
            on_return=row.on_return,
        )
        for row in quote.discounts
    )


def _gifts(quote: Quote) -> tuple[PricedGift, ...]:
    return tuple(
        PricedGift(
            line=gift.line,
            sku_id=gift.sku_id,
            qty=gift.qty,
            promotion_code=gift.promotion_code,
            trigger_lines=gift.trigger_lines,
            substitute_sku_ids=gift.substitutes,
            value_minor=gift.value_minor,
            on_return=gift.on_return,
        )
        for gift in quote.gifts
    )
