"""A quote: what every line costs after every discount, who bears each, and the steps that led there."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

import attrs

from houtai.domain.ids import CampaignId, ChannelId, CouponId, CustomerId, MerchantId, PromotionId, SkuId
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.bearers import BearerSplit, Borne
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy, SpendAndSave
from houtai.domain.pricing.refusals import PriceChanged
from houtai.domain.refusal import InvalidValue


class Source(enum.Enum):
    """What a discount comes from, in the order in which they apply (R-3)."""

    CHANNEL_PRICE = "channel-price"
    MEMBER_PRICE = "member-price"
    LINE_PROMOTION = "line-promotion"
    BUNDLE_PRICE = "bundle-price"
    ORDER_PROMOTION = "order-promotion"
    COUPON = "coupon"
    ADJUSTMENT = "adjustment"


@attrs.frozen
class QuoteLine:
    """One line to sell. A bundle stands here as its components, each a line of its own with `bundle_sku_id` set.

    `gross_minor` is the line before discounts and the only amount to sum up; `unit_minor` is shown.
    """

    line: int
    basket_line: int
    sku_id: SkuId
    sku_code: str
    title: str
    merchant_id: MerchantId | None
    qty: int
    weight_g: int  # of the whole line
    list_minor: int | None
    unit_minor: int
    gross_minor: int
    discount_minor: int
    bundle_sku_id: SkuId | None = None
    bundle_qty: int = 0

    @property
    def paid_minor(self) -> int:
        """What the buyer pays for the line."""
        return self.gross_minor - self.discount_minor


@attrs.frozen
class Discount:
    """One line's part of one discount, with who bears it and what a return does to it; frozen on the order."""

    line: int
    source_type: Source
    source_id: UUID
    amount_minor: int
    borne: Borne
    on_return: ReturnPolicy = ReturnPolicy.KEEP


@attrs.frozen
class Applied:
    """One discount as a whole: what it would have taken, what it took, and the rule that REPRICE needs later.

    `lines` are those it was reckoned on.
    """

    source_type: Source
    source_id: UUID
    code: str
    wanted_minor: int
    amount_minor: int
    lines: tuple[int, ...]
    campaign_id: CampaignId | None = None
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    rule: SpendAndSave | None = None

    @property
    def clipped_minor(self) -> int:
        """What there was nothing left to take from."""
        return self.wanted_minor - self.amount_minor


@attrs.frozen
class NotApplied:
    """A promotion that was on for this basket and gave nothing, with the reason."""

    source_id: UUID
    code: str
    reason: str


@attrs.frozen
class Gift:
    """A line that comes free with others (R-11): price 0, weight 0 in every allocation, its own stock.

    `trigger_lines` earned it at `buy_qty` (or `spend_minor`) for `gift_qty`. Where the stock does not suffice the
    `substitutes` go out in their order, and what then is missing is owed: it never blocks the paid lines.
    """

    line: int
    sku_id: SkuId
    qty: int
    promotion_id: PromotionId
    promotion_code: str
    trigger_lines: tuple[int, ...]
    buy_qty: int
    spend_minor: int
    gift_qty: int
    substitutes: tuple[SkuId, ...]
    value_minor: int
    on_return: GiftReturn
    bearers: BearerSplit
    campaign_id: CampaignId | None = None

    def choose(self, available: Mapping[SkuId, int]) -> tuple[dict[SkuId, int], int]:
        """What to give of what is available, the gift itself first, and how many remain owed."""
        chosen: dict[SkuId, int] = {}
        missing = self.qty
        for sku_id in (self.sku_id, *self.substitutes):
            taken = min(missing, max(0, available.get(sku_id, 0)))
            if taken:
                chosen[sku_id] = chosen.get(sku_id, 0) + taken
                missing -= taken
        return chosen, missing


@attrs.frozen
class TraceStep:
    """One step in words and numbers: what was still to pay before it, and what it changed."""

    step: str
    text: str
    before_minor: int
    change_minor: int


@attrs.frozen
class Quote:
    """The price of a basket. Sums hold exactly: goods − discount + freight = payable, and line by line."""

    channel_id: ChannelId
    buyer_id: CustomerId | None
    currency: str
    lines: tuple[QuoteLine, ...]
    discounts: tuple[Discount, ...] = ()
    applied: tuple[Applied, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    gifts: tuple[Gift, ...] = ()
    freight_minor: int = 0
    trace: tuple[TraceStep, ...] = ()

    def __attrs_post_init__(self) -> None:
        by_line: dict[int, int] = {}
        for row in self.discounts:
            if row.amount_minor <= 0 or row.borne.total_minor != row.amount_minor:
                message = f"a discount row of {row.amount_minor} borne as {row.borne}"
                raise AssertionError(message)
            by_line[row.line] = by_line.get(row.line, 0) + row.amount_minor
        for line in self.lines:
            if not 0 <= line.discount_minor == by_line.pop(line.line, 0) <= line.gross_minor:
                message = f"line {line.line}: the discount {line.discount_minor} does not follow from its rows"
                raise AssertionError(message)
        if by_line:
            message = f"discount rows without their line: {sorted(by_line)}"
            raise AssertionError(message)
        if self.goods_minor + self.freight_minor > MAX_MINOR:
            raise InvalidValue(field="lines", rule=f"must come to at most {MAX_MINOR} in all")

    @property
    def goods_minor(self) -> int:
        """All lines before discounts."""
        return sum(line.gross_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """All discounts."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        """What the buyer pays, freight included."""
        return self.goods_minor - self.discount_minor + self.freight_minor

    @property
    def coupon_amounts(self) -> dict[CouponId, int]:
        """The coupons used, with what each took."""
        used = [applied for applied in self.applied if applied.source_type is Source.COUPON]
        return {CouponId(applied.source_id): applied.amount_minor for applied in used}

    @property
    def campaign_amounts(self) -> dict[CampaignId, int]:
        """What each campaign bears: its discounts, and its gifts at their declared value."""
        amounts: dict[CampaignId, int] = {}
        for applied in self.applied:
            if applied.campaign_id is not None:
                amounts[applied.campaign_id] = amounts.get(applied.campaign_id, 0) + applied.amount_minor
        for gift in self.gifts:
            if gift.campaign_id is not None:
                amounts[gift.campaign_id] = amounts.get(gift.campaign_id, 0) + gift.value_minor * gift.qty
        return amounts

    @cached_property
    def digest(self) -> str:
        """A SHA-256 over lines, discounts, gifts and amounts: two quotes that agree on them have the same, whenever made."""
        lines = [
            [line.line, line.basket_line, str(line.sku_id), line.qty, line.unit_minor, line.gross_minor, line.paid_minor]
            for line in self.lines
        ]
        rows = [
            [row.line, row.source_type.value, str(row.source_id), row.amount_minor, attrs.astuple(row.borne), row.on_return.value]
            for row in self.discounts
        ]
        gifts = [[gift.line, str(gift.sku_id), gift.qty, str(gift.promotion_id), gift.on_return.value] for gift in self.gifts]
        whole: dict[str, Any] = {
            "channel": str(self.channel_id),
            "currency": self.currency,
            "discounts": rows,
            "freight": self.freight_minor,
            "gifts": gifts,
            "lines": lines,
            "payable": self.payable_minor,
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def with_freight(self, freight_minor: int, text: str = "") -> Quote:
        """The quote with what delivery is charged; `text` tells how it came about."""
        step = TraceStep("freight", text or "freight", self.payable_minor - self.freight_minor, freight_minor)
        kept = tuple(old for old in self.trace if old.step != "freight")
        return attrs.evolve(self, freight_minor=freight_minor, trace=(*kept, step))


def check_unchanged(quote: Quote, digest: str, quoted_minor: int) -> None:
    """Refuse with PriceChanged unless the quote is the one that the buyer has seen."""
    if quote.digest != digest:
        raise PriceChanged(
            quoted_minor=quoted_minor, payable_minor=quote.payable_minor, currency=quote.currency, digest=quote.digest
        )
