"""What a point of one currency is worth, how long it lasts, and what happens to points that come back late or are lacking."""

from __future__ import annotations

import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.authority import HOUSE
from houtai.domain.ids import derive
from houtai.domain.money import Money

PointsPolicyId = NewType("PointsPolicyId", UUID)

MAX_POINTS: Final = 10**12
MAX_PER_MINOR: Final = 10_000

_days = limits.between(0, 3_650)


class ShortBalance(enum.Enum):
    """What becomes of earned points that are to be taken back and were spent meanwhile (R-7)."""

    CASH = "cash"  # their worth is taken off the refund
    NEGATIVE = "negative"  # the balance goes below zero, and what is earned next fills it up


class PolicyState(enum.Enum):
    """A policy is in force from its first version on."""

    IN_FORCE = "in-force"


@attrs.frozen
class PointsPolicy:
    """The rules for the points of one currency; where there is none, nobody earns or pays with points.

    A minor unit of money is worth `points_per_minor` points, for good: so any amount is a whole number of points, and points
    that pay, come back or are bought off never need rounding. `most_permille` is how much of an order points may pay,
    `grace_days` how long points last that come back after their end (0: they are expired at once), and
    `adjust_alone_points` up to how many one person may book by hand without a second.
    """

    id: PointsPolicyId
    currency: str
    points_per_minor: int = attrs.field(validator=limits.between(1, MAX_PER_MINOR))
    valid_days: int = attrs.field(default=365, validator=limits.between(1, 3_650))
    most_permille: int = attrs.field(default=500, validator=limits.between(0, 1_000))
    grace_days: int = attrs.field(default=0, validator=_days)
    on_short: ShortBalance = ShortBalance.CASH
    adjust_alone_points: int = attrs.field(default=0, validator=limits.between(0, MAX_POINTS))
    version: int = 1

    def __attrs_post_init__(self) -> None:
        Money.zero(self.currency)  # refuses what is no currency

    @property
    def state(self) -> PolicyState:
        """Always in force."""
        return PolicyState.IN_FORCE

    def worth_minor(self, points: int) -> int:
        """What so many points are worth together, rounded down; a balance below zero is worth nothing."""
        return max(0, points) // self.points_per_minor

    def points_of(self, amount_minor: int) -> int:
        """The points that pay an amount, exactly."""
        return amount_minor * self.points_per_minor

    def most_minor(self, payable_minor: int) -> int:
        """How much of what is to pay may be paid in points."""
        return payable_minor * self.most_permille // 1_000


def policy_id(currency: str) -> PointsPolicyId:
    """The id of a currency's policy."""
    return PointsPolicyId(derive(HOUSE, "points-policy", currency))
