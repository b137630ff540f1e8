"""A customer's points: lots with an end, the account that sums them up, the rows that moved them, and what a payment took."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CustomerId, PaymentId, derive
from houtai.domain.money import MAX_MINOR, half_up
from houtai.domain.points.policy import MAX_POINTS

PointsAccountId = NewType("PointsAccountId", UUID)
PointsLotId = NewType("PointsLotId", UUID)

MAX_TAKEN: Final = 1_000

_points = limits.between(0, MAX_POINTS)


class PointsMove(enum.Enum):
    """Why points came or went."""

    EARN = "earn"
    REDEEM = "redeem"  # paid with
    GIVE_BACK = "give-back"  # a payment in points went back
    EXPIRE = "expire"
    CLAW_BACK = "claw-back"  # earned by an order that was given back
    ADJUST = "adjust"  # by hand
    SETTLE = "settle"  # points of a lot fill up a balance below zero: two rows that sum to nothing


@attrs.frozen
class PointsAccount:
    """All points of a customer in one currency. `left_points` is the sum of the lots, `owed_points` what was taken back beyond.

    While anything is owed no lot holds a point. `moves` counts the rows; a closed account takes no points any more.
    """

    id: PointsAccountId
    customer_id: CustomerId
    currency: str
    left_points: int = attrs.field(default=0, validator=_points)
    owed_points: int = attrs.field(default=0, validator=_points)
    moves: int = 0
    closed: bool = False

    @property
    def balance_points(self) -> int:
        """What the customer has; below zero where points are owed."""
        return self.left_points - self.owed_points


@attrs.frozen
class PointsLot:
    """Points that came together and end together. `document` says by what; `origin_id` is the lot whose late points these are."""

    id: PointsLotId
    account_id: PointsAccountId
    earned_at: dt.datetime = attrs.field(validator=limits.aware)
    expires_at: dt.datetime = attrs.field(validator=limits.aware)
    document: str = attrs.field(validator=limits.text(1, 64))
    document_id: UUID
    earned_points: int = attrs.field(default=0, validator=_points)
    left_points: int = attrs.field(default=0, validator=_points)
    expired_points: int = attrs.field(default=0, validator=_points)
    origin_id: PointsLotId | None = None

    def __attrs_post_init__(self) -> None:
        assert self.left_points + self.expired_points <= self.earned_points, "a lot holds no more than it was given"


@attrs.frozen
class PointsEntry:
    """One row of an account, never changed: points of a lot came (positive) or went; without a lot they are owed.

    `seq` counts from 1 without gaps. `document` is what it was for.
    """

    account_id: PointsAccountId
    seq: int
    move: PointsMove
    lot_id: PointsLotId | None
    points: int = attrs.field(validator=limits.between(-MAX_POINTS, MAX_POINTS))
    at: dt.datetime = attrs.field(validator=limits.aware)
    document: str = attrs.field(validator=limits.text(1, 64))
    document_id: UUID
    actor: UUID
    reason: str = attrs.field(default="", validator=limits.text(0, 500))

    @property
    def key(self) -> tuple[PointsAccountId, int]:
        """Which of the account's."""
        return self.account_id, self.seq


@attrs.frozen
class PointsTaken:
    """What a payment took out of one lot, and how much of that came back."""

    lot_id: PointsLotId
    points: int = attrs.field(validator=limits.between(1, MAX_POINTS))
    back_points: int = attrs.field(default=0, validator=_points)

    def __attrs_post_init__(self) -> None:
        assert self.back_points <= self.points, "no more comes back than was taken"

    @property
    def out_points(self) -> int:
        """What has not come back."""
        return self.points - self.back_points


@attrs.frozen
class PointsPayment:
    """The points behind one payment, in the order in which its lots were emptied."""

    payment_id: PaymentId
    account_id: PointsAccountId
    currency: str
    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))
    taken: tuple[PointsTaken, ...] = attrs.field(validator=limits.at_most(MAX_TAKEN, low=1))
    back_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))

    def __attrs_post_init__(self) -> None:
        assert self.back_minor <= self.amount_minor, "no more goes back than was paid"

    @property
    def points(self) -> int:
        """All that it took."""
        return sum(one.points for one in self.taken)

    @property
    def back_points(self) -> int:
        """All that came back."""
        return sum(one.back_points for one in self.taken)

    def points_for(self, amount_minor: int) -> int:
        """The points that come back for so much money, of what is still out (R-5, R-7): the last amount brings all the rest."""
        rest_minor = self.amount_minor - self.back_minor
        assert 0 < amount_minor <= rest_minor, "no more goes back than was paid"
        return half_up((self.points - self.back_points) * amount_minor, rest_minor)


def account_id(customer_id: CustomerId, currency: str) -> PointsAccountId:
    """The id of a customer's points in a currency."""
    return PointsAccountId(derive(customer_id, "points", currency))
