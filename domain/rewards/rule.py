"""Which orders grant what: points by the money that is paid, or a coupon from so much on (R-9)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, CouponTemplateId
from houtai.domain.money import MAX_MINOR, Money
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue

RewardRuleId = NewType("RewardRuleId", UUID)

MAX_RATE: Final = 1_000_000


class Usable(enum.Enum):
    """From when on what was granted can be used."""

    AT_PAYMENT = "at-payment"
    AT_CLOSE = "at-close"  # when nobody can complain any more


class WhenUsed(enum.Enum):
    """What becomes of a coupon that was used when the order that granted it goes back."""

    DEDUCT = "deduct"  # what it is worth is taken off the refund
    LET_GO = "let-go"


class RewardRuleState(enum.Enum):
    """Only an ACTIVE rule grants; what it granted stays as it was promised."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


MOVES: Final[Moves[RewardRuleState]] = {
    RewardRuleState.ACTIVE: {RewardRuleState.PAUSED, RewardRuleState.ENDED},
    RewardRuleState.PAUSED: {RewardRuleState.ACTIVE, RewardRuleState.ENDED},
    RewardRuleState.ENDED: set(),
}


@attrs.frozen
class RewardRule:
    """Either `points_per_100_minor` of what is paid in money, or one coupon of `template_id`; on one channel, or on all.

    An order of at least `threshold_minor` in this currency earns it; once it keeps less than that the coupon is gone.
    """

    id: RewardRuleId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    currency: str
    starts_at: dt.datetime = attrs.field(validator=limits.aware)
    ends_at: dt.datetime = attrs.field(validator=limits.aware)
    channel_id: ChannelId | None = None
    threshold_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    points_per_100_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_RATE))
    template_id: CouponTemplateId | None = None
    usable: Usable = Usable.AT_CLOSE
    when_used: WhenUsed = WhenUsed.DEDUCT
    state: RewardRuleState = RewardRuleState.ACTIVE
    version: int = 1

    def __attrs_post_init__(self) -> None:
        Money.zero(self.currency)  # refuses what is no currency
        if bool(self.points_per_100_minor) == (self.template_id is not None):
            raise InvalidValue(field="points_per_100_minor", rule="give either points or a coupon template")
        if self.ends_at <= self.starts_at:
            raise InvalidValue(field="ends_at", rule="must lie after starts_at")

    def grants(self, channel_id: ChannelId, payable_minor: int, currency: str, at: dt.datetime) -> bool:
        """Whether an order paid now earns it."""
        return (
            self.state is RewardRuleState.ACTIVE
            and self.channel_id in (None, channel_id)
            and self.currency == currency
            and payable_minor >= self.threshold_minor
            and self.starts_at <= at < self.ends_at
        )

    def points_for(self, money_minor: int) -> int:
        """The points that so much money earns, rounded down."""
        return money_minor * self.points_per_100_minor // 100

    def moved(self, state: RewardRuleState) -> RewardRule:
        """In another state. Raises IllegalMove."""
        check_move("reward rule", MOVES, self.state, state)
        return attrs.evolve(self, state=state, version=self.version + 1)
