"""A line of an order with all that was agreed on it, frozen: price, discounts with their bearers, freight, gift, bundle."""

from __future__ import annotations

import enum
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.ids import MerchantId, PromotionId, SkuId
from houtai.domain.merchants.commission import WHOLE
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.bearers import BearerSplit, Borne
from houtai.domain.pricing.promotions import GiftReturn, ReturnPolicy

_amount = limits.between(0, MAX_MINOR)


class DiscountSource(enum.Enum):
    """What a discount comes from: the steps of a quote (R-3), or a marketplace's own rules."""

    CHANNEL_PRICE = "channel-price"
    MEMBER_PRICE = "member-price"
    LINE_PROMOTION = "line-promotion"
    BUNDLE_PRICE = "bundle-price"
    ORDER_PROMOTION = "order-promotion"
    COUPON = "coupon"
    ADJUSTMENT = "adjustment"
    CHANNEL_PROMOTION = "channel-promotion"


@attrs.frozen
class DiscountRow:
    """One line's part of one discount. `source_id` is ours, `name` the code that people know it by."""

    line: int
    source_type: DiscountSource
    source_id: UUID
    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))
    borne: Borne
    name: str = attrs.field(default="", validator=limits.text(0, 200))
    on_return: ReturnPolicy = ReturnPolicy.KEEP

    def __attrs_post_init__(self) -> None:
        assert self.borne.total_minor == self.amount_minor, "a discount is borne whole (R-4)"


@attrs.frozen
class BundlePart:
    """That a line is a component of a bundle (R-12): all lines of one basket line make `qty` of it."""

    sku_id: SkuId
    code: str
    qty: int
    basket_line: int
    on_return: BundleReturn


@attrs.frozen
class GiftLink:
    """That a line comes free with others (R-11), at `gift_qty` for every `buy_qty` units or `spend_minor` of money."""

    promotion_id: PromotionId
    promotion_code: str
    trigger_lines: tuple[int, ...]
    buy_qty: int
    spend_minor: int
    gift_qty: int
    value_minor: int  # what one is worth when it does not come back
    on_return: GiftReturn
    bearers: BearerSplit
    instead_of: SkuId | None = None  # the gift that was promised, where this is a substitute


@attrs.frozen
class CitedCommission:
    """The version of the merchant's commission rate under which a line was sold, and what it says, in basis points."""

    version: int = attrs.field(validator=limits.between(1, limits.MAX_QTY))
    basis_points: int = attrs.field(validator=limits.between(0, WHOLE))


@attrs.frozen
class OrderLine:
    """So many of one SKU; open + shipped + cancelled = qty, and `shortage_qty` of the open units have no stock.

    `settled_qty` of those stop nothing any more: stock control has found them another way, from the maker for example.

    `gross_minor` is before discounts, `unit_minor` shown only. `sku_id` is None for a channel's goods that we do not know yet.
    """

    seq: int = attrs.field(validator=limits.between(1, limits.MAX_LINES * 60))
    sku_id: SkuId | None
    sku_code: str = attrs.field(validator=limits.text(0, 128))
    title: str = attrs.field(validator=limits.text(0, 400))
    qty: int = attrs.field(validator=limits.positive_qty)
    unit_minor: int = attrs.field(validator=_amount)
    gross_minor: int = attrs.field(validator=_amount)
    list_minor: int | None = None
    discount_minor: int = attrs.field(default=0, validator=_amount)
    freight_minor: int = attrs.field(default=0, validator=_amount)
    weight_g: int = 0  # of the whole line
    merchant_id: MerchantId | None = None
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))  # of the item on its channel
    bundle: BundlePart | None = None
    gift: GiftLink | None = None
    commission: CitedCommission | None = attrs.field(default=None, metadata={"mask": "cost"})
    shipped_qty: int = 0
    cancelled_qty: int = 0
    shortage_qty: int = 0
    settled_qty: int = 0

    def __attrs_post_init__(self) -> None:
        assert 0 <= self.discount_minor <= self.gross_minor, "a discount never makes a line negative (M7)"
        assert self.shipped_qty >= 0, "nothing ships backwards"
        assert self.cancelled_qty >= 0, "nothing is cancelled backwards"
        assert self.open_qty >= 0, "open, shipped and cancelled make the whole line"
        assert self.commission is None or self.merchant_id is not None, "the house pays itself no commission"
        assert 0 <= self.settled_qty <= self.shortage_qty <= self.open_qty, "only open units are short, only short ones settled"

    @property
    def is_gift(self) -> bool:
        """Whether it comes free with other lines."""
        return self.gift is not None

    @property
    def paid_minor(self) -> int:
        """What the buyer pays for the goods of this line, freight apart: the P of R-5."""
        return self.gross_minor - self.discount_minor

    @property
    def open_qty(self) -> int:
        """Units that are still to go out."""
        return self.qty - self.shipped_qty - self.cancelled_qty

    @property
    def missing_qty(self) -> int:
        """Units without stock that nobody has found another way."""
        return self.shortage_qty - self.settled_qty

    def cancelled(self) -> OrderLine:
        """With all open units cancelled."""
        return attrs.evolve(self, cancelled_qty=self.cancelled_qty + self.open_qty, shortage_qty=0, settled_qty=0)

    def given_up(self, qty: int) -> OrderLine:
        """With so many of its open units cancelled, those without stock first."""
        assert 0 < qty <= self.open_qty, "no more units are given up than are open"
        short = max(0, self.shortage_qty - qty)
        fewer = attrs.evolve(self, shortage_qty=short, settled_qty=min(self.settled_qty, short))
        return attrs.evolve(fewer, cancelled_qty=self.cancelled_qty + qty)

    def short_of(self, qty: int) -> OrderLine:
        """With so many of its open units without stock."""
        short = min(qty, self.open_qty)
        return attrs.evolve(self, shortage_qty=short, settled_qty=min(self.settled_qty, short))

    def settled(self) -> OrderLine:
        """With all that is short found another way."""
        return attrs.evolve(self, settled_qty=self.shortage_qty)
