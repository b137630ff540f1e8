"""Promotions: a reduction of lines, spend X save Y over an order, or a gift; by document, with its moves."""

from __future__ import annotations

import datetime as dt
import enum
import itertools

import attrs

from houtai.domain import limits
from houtai.domain.ids import CampaignId, ChannelId, PromotionId, SkuId
from houtai.domain.money import MAX_MINOR, half_up
from houtai.domain.moves import Moves
from houtai.domain.pricing.bearers import PLATFORM_PAYS, BearerSplit
from houtai.domain.pricing.scope import ALL_GOODS, GoodsScope, members
from houtai.domain.refusal import InvalidValue

_amount = limits.between(1, MAX_MINOR)
WHOLE = 10_000  # basis points in one


@attrs.frozen
class PercentOff:
    """So many hundredths of a per cent off: 1500 is 15 %. Rounded half up per line, one of the rounding points of R-1."""

    basis_points: int = attrs.field(validator=limits.between(1, WHOLE))

    def saving(self, basis_minor: int, qty: int) -> int:
        """What it takes off a line with `basis_minor` still to pay."""
        del qty
        return half_up(basis_minor * self.basis_points, WHOLE)


@attrs.frozen
class AmountOff:
    """An amount off every unit, at most all of it."""

    amount_minor: int = attrs.field(validator=_amount)

    def saving(self, basis_minor: int, qty: int) -> int:
        """What it takes off a line with `basis_minor` still to pay."""
        return min(basis_minor, self.amount_minor * qty)


@attrs.frozen
class FixedPrice:
    """Every unit at this price, where that is less (limited time, seckill)."""

    price_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))

    def saving(self, basis_minor: int, qty: int) -> int:
        """What it takes off a line with `basis_minor` still to pay."""
        return max(0, basis_minor - self.price_minor * qty)


@attrs.frozen
class PayForFewer:
    """Take `take_qty`, pay for `pay_qty`, as often as the line's quantity holds it (N for M)."""

    take_qty: int = attrs.field(validator=limits.between(2, 1000))
    pay_qty: int = attrs.field(validator=limits.between(1, 999))

    def __attrs_post_init__(self) -> None:
        if self.pay_qty >= self.take_qty:
            raise InvalidValue(field="pay_qty", rule="must be less than take_qty")

    def saving(self, basis_minor: int, qty: int) -> int:
        """What it takes off a line with `basis_minor` still to pay."""
        free = qty // self.take_qty * (self.take_qty - self.pay_qty)
        return half_up(basis_minor * free, qty)


@attrs.frozen
class Tier:
    """Spend so much, save so much."""

    spend_minor: int = attrs.field(validator=_amount)
    save_minor: int = attrs.field(validator=_amount)


@attrs.frozen
class SpendAndSave:
    """The highest tier that is reached; `repeating` gives it for every multiple of its threshold."""

    tiers: tuple[Tier, ...] = attrs.field(validator=limits.at_most(20, low=1))
    repeating: bool = False

    def __attrs_post_init__(self) -> None:
        steps = list(self.tiers)
        if any(
            low.spend_minor >= high.spend_minor or low.save_minor >= high.save_minor for low, high in itertools.pairwise(steps)
        ):
            raise InvalidValue(field="tiers", rule="thresholds and savings must rise from tier to tier")
        if any(tier.save_minor > tier.spend_minor for tier in steps):
            raise InvalidValue(field="tiers", rule="a tier cannot save more than it spends")

    def saving(self, basis_minor: int) -> int:
        """What goods of this amount save; 0 below the first threshold."""
        reached = [tier for tier in self.tiers if tier.spend_minor <= basis_minor]
        if not reached:
            return 0
        times = basis_minor // reached[-1].spend_minor if self.repeating else 1
        return times * reached[-1].save_minor


class GiftReturn(enum.Enum):
    """What becomes of the gift when its trigger goes back (R-11)."""

    RETURN_GIFT = "return-gift"
    DEDUCT = "deduct"
    WAIVE = "waive"


@attrs.frozen
class BuyAndGet:
    """For every `buy_qty` units, or every `spend_minor` spent (exactly one of them), `gift_qty` of the gift.

    `substitutes` may go out instead where the gift is out of stock, in this order. `value_minor` is one gift's declared value.
    """

    gift_sku_id: SkuId
    gift_qty: int = attrs.field(default=1, validator=limits.between(1, 1000))
    buy_qty: int = attrs.field(default=0, validator=limits.between(0, 10_000))
    spend_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    most_qty: int = attrs.field(default=limits.MAX_QTY, validator=limits.positive_qty)  # per order
    substitutes: tuple[SkuId, ...] = attrs.field(default=(), validator=limits.at_most(20))
    value_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    on_return: GiftReturn = GiftReturn.RETURN_GIFT

    def __attrs_post_init__(self) -> None:
        if bool(self.buy_qty) == bool(self.spend_minor):
            raise InvalidValue(field="buy_qty", rule="give either buy_qty or spend_minor")

    def gifts(self, qty: int, basis_minor: int) -> int:
        """How many gifts so many units, or so much money, bring."""
        times = qty // self.buy_qty if self.buy_qty else basis_minor // self.spend_minor
        return min(times * self.gift_qty, self.most_qty)


LineRule = PercentOff | AmountOff | FixedPrice | PayForFewer
Rule = LineRule | SpendAndSave | BuyAndGet


class ReturnPolicy(enum.Enum):
    """What a return does to the discount (R-10): shares stay, or what is kept is priced again by the frozen rule."""

    KEEP = "keep"
    REPRICE = "reprice"


class RunState(enum.Enum):
    """Where a promotion or campaign stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


RUN_MOVES: Moves[RunState] = {
    RunState.DRAFT: {RunState.ACTIVE, RunState.ENDED},
    RunState.ACTIVE: {RunState.PAUSED, RunState.ENDED},
    RunState.PAUSED: {RunState.ACTIVE, RunState.ENDED},
    RunState.ENDED: set(),
}


@attrs.frozen
class Promotion:
    """One promotion. Its rule says of which kind it is; no channels means all, no levels every buyer.

    On a line, the line promotion that saves most wins. Order promotions go by `priority`, then by what they save; one that
    is not `stackable` takes only lines that no other order promotion has taken, and keeps them.
    """

    id: PromotionId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    rule: Rule
    currency: str
    valid_from: dt.datetime = attrs.field(validator=limits.aware)
    valid_until: dt.datetime = attrs.field(validator=limits.aware)
    scope: GoodsScope = ALL_GOODS
    channels: tuple[ChannelId, ...] = attrs.field(default=(), converter=members, validator=limits.at_most(200))
    levels: tuple[str, ...] = attrs.field(default=(), converter=members, validator=limits.at_most(50))
    priority: int = attrs.field(default=0, validator=limits.between(-1000, 1000))
    stackable: bool = False
    bearers: BearerSplit = PLATFORM_PAYS
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    campaign_id: CampaignId | None = None
    state: RunState = RunState.DRAFT
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.valid_until <= self.valid_from:
            raise InvalidValue(field="valid_until", rule="must lie after valid_from")
        if self.on_return is ReturnPolicy.REPRICE and not isinstance(self.rule, SpendAndSave):
            raise InvalidValue(field="on_return", rule="only a threshold promotion can be priced again")

    def runs(self, channel_id: ChannelId, level: str, currency: str, at: dt.datetime) -> bool:
        """Whether it is on for this channel, buyer and moment (from included, until excluded)."""
        return (
            self.state is RunState.ACTIVE
            and self.currency == currency
            and self.valid_from <= at < self.valid_until
            and (not self.channels or channel_id in self.channels)
            and (not self.levels or level in self.levels)
        )
