"""What one order granted: pending, confirmed, taken back as far as the order was given back (R-7, R-9)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, OrderId, derive
from houtai.domain.money import MAX_MINOR, half_up
from houtai.domain.moves import Moves, check_move
from houtai.domain.points.policy import MAX_POINTS
from houtai.domain.rewards.rule import RewardRule, RewardRuleId, Usable, WhenUsed

GrantId = NewType("GrantId", UUID)

_points = limits.between(0, MAX_POINTS)


class GrantState(enum.Enum):
    """Where it stands. Points that went in part stay where they are until the last of them goes."""

    PENDING = "pending"  # promised, not there yet
    CONFIRMED = "confirmed"  # the customer has it
    WITHDRAWN = "withdrawn"  # the order came back: nothing of it is left
    CHARGED = "charged"  # the coupon was used, and its worth was taken off the refund
    LET_GO = "let-go"  # the coupon was used, and nobody minds
    REFUSED = "refused"  # it could not be given: the template is closed, its quota spent, the customer gone


MOVES: Final[Moves[GrantState]] = {
    GrantState.PENDING: {GrantState.CONFIRMED, GrantState.WITHDRAWN, GrantState.REFUSED},
    GrantState.CONFIRMED: {GrantState.WITHDRAWN, GrantState.CHARGED, GrantState.LET_GO},
    GrantState.WITHDRAWN: set(),
    GrantState.CHARGED: set(),
    GrantState.LET_GO: set(),
    GrantState.REFUSED: set(),
}


@attrs.frozen
class OrderGrant:
    """One rule's grant to one order, with the rule's terms as they were. `basis_minor` is what the order cost.

    Of its `points` `taken_points` went before they were there or out of the balance, `lapsed_points` had ended unspent, which
    nobody pays for, `short_points` were lacking: `charged_minor` was taken off refunds for them, or they are owed. For a used
    coupon `charged_minor` is its worth.
    """

    id: GrantId
    order_id: OrderId
    rule_id: RewardRuleId
    customer_id: CustomerId
    currency: str
    basis_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    threshold_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    granted_at: dt.datetime = attrs.field(validator=limits.aware)
    usable: Usable
    when_used: WhenUsed
    points: int = attrs.field(default=0, validator=_points)
    template_id: CouponTemplateId | None = None
    coupon_id: CouponId | None = None
    taken_points: int = attrs.field(default=0, validator=_points)
    lapsed_points: int = attrs.field(default=0, validator=_points)
    short_points: int = attrs.field(default=0, validator=_points)
    charged_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    state: GrantState = GrantState.PENDING
    version: int = 1

    def __attrs_post_init__(self) -> None:
        assert bool(self.points) == (self.template_id is None), "a grant is points or a coupon"
        assert self.left_points >= 0, "no more points go than were granted"

    @property
    def left_points(self) -> int:
        """Points that were not taken back."""
        return self.points - self.taken_points - self.lapsed_points - self.short_points

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return not MOVES[self.state]

    def to_go(self, back_minor: int, *, closes: bool) -> int:
        """The points that go once so much of the order's price was given back in all: its part, and with the last all the rest.

        One step to one sum, so that the order of refunds does not matter.
        """
        if closes or back_minor >= self.basis_minor:
            return self.left_points
        target = half_up(self.points * max(0, back_minor), self.basis_minor)
        return max(0, target - (self.points - self.left_points))

    def keeps_coupon(self, back_minor: int, *, closes: bool) -> bool:
        """Whether the order would still have earned its coupon with what is kept."""
        kept_minor = self.basis_minor - back_minor
        return not closes and kept_minor > 0 and kept_minor >= self.threshold_minor

    def moved(self, state: GrantState, **fields: object) -> OrderGrant:
        """In another state. Raises IllegalMove."""
        check_move("grant", MOVES, self.state, state)
        return attrs.evolve(self, state=state, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name

    def edited(self, **fields: object) -> OrderGrant:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name


def grant_id(order_id: OrderId, rule_id: RewardRuleId) -> GrantId:
    """The one grant that an order has of a rule, however often it is paid."""
    return GrantId(derive(order_id, "grant", rule_id))


def granted(
    rule: RewardRule, order_id: OrderId, customer_id: CustomerId, basis_minor: int, money_minor: int, at: dt.datetime
) -> OrderGrant | None:
    """What the rule grants to an order of which so much is paid in money and not in points; None where that rounds to nothing."""
    points = rule.points_for(money_minor)
    if rule.template_id is None and not points:
        return None
    return OrderGrant(
        id=grant_id(order_id, rule.id),
        order_id=order_id,
        rule_id=rule.id,
        customer_id=customer_id,
        currency=rule.currency,
        basis_minor=basis_minor,
        threshold_minor=rule.threshold_minor,
        granted_at=at,
        usable=rule.usable,
        when_used=rule.when_used,
        points=points,
        template_id=rule.template_id,
    )
