"""What a buyer wants priced. It carries no price and no member level: those are the house's to say."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, CouponId, CustomerId, SkuId
from houtai.domain.money import MAX_MINOR
from houtai.domain.refusal import InvalidValue

MAX_COUPONS = 20
MAX_ADJUSTMENTS = 20


@attrs.frozen
class BasketLine:
    """So many of one SKU, a bundle included. `line` is the caller's number, unique in the basket."""

    line: int = attrs.field(validator=limits.between(1, limits.MAX_LINES))
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class Adjustment:
    """A reduction by hand: on one basket line, or on all of them where `line` is None."""

    id: UUID
    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))
    reason: str = attrs.field(validator=limits.text(2, 200))
    line: int | None = None


@attrs.frozen
class Basket:
    """Lines for one channel and buyer, with the coupons to use on them.

    `below_floor_reason` asks for an exception from floor prices; whoever asks needs the verb ``pricing.below-floor``.
    """

    channel_id: ChannelId
    lines: tuple[BasketLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    buyer_id: CustomerId | None = None
    coupons: tuple[CouponId, ...] = attrs.field(default=(), validator=limits.at_most(MAX_COUPONS))
    adjustments: tuple[Adjustment, ...] = attrs.field(default=(), validator=limits.at_most(MAX_ADJUSTMENTS))
    below_floor_reason: str = attrs.field(default="", validator=limits.text(0, 200))

    def __attrs_post_init__(self) -> None:
        numbers = {line.line for line in self.lines}
        if len(numbers) != len(self.lines):
            raise InvalidValue(field="lines", rule="line numbers must differ")
        if len(set(self.coupons)) != len(self.coupons):
            raise InvalidValue(field="coupons", rule="a coupon can be named once")
        if len({adjustment.id for adjustment in self.adjustments}) != len(self.adjustments):
            raise InvalidValue(field="adjustments", rule="ids must differ")
        if any(adjustment.line not in numbers for adjustment in self.adjustments if adjustment.line is not None):
            raise InvalidValue(field="adjustments", rule="must name a line of the basket")
