"""Points by hand: one person asks with a reason, and above the policy's bound another one decides."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import CustomerId
from houtai.domain.moves import Moves, check_move
from houtai.domain.points.policy import MAX_POINTS
from houtai.domain.refusal import InvalidValue

PointsAdjustmentId = NewType("PointsAdjustmentId", UUID)


class PointsAdjustmentState(enum.Enum):
    """Where it stands; POSTED means that the points have moved."""

    REQUESTED = "requested"
    POSTED = "posted"
    REJECTED = "rejected"


MOVES: Final[Moves[PointsAdjustmentState]] = {
    PointsAdjustmentState.REQUESTED: {PointsAdjustmentState.POSTED, PointsAdjustmentState.REJECTED},
    PointsAdjustmentState.POSTED: set(),
    PointsAdjustmentState.REJECTED: set(),
}


def _not_zero(_: object, __: object, value: int) -> None:
    if value == 0:
        raise InvalidValue(field="points", rule="must not be zero")


@attrs.frozen
class PointsAdjustment:
    """So many points for a customer (+), or away from them (-)."""

    id: PointsAdjustmentId
    customer_id: CustomerId
    currency: str
    points: int = attrs.field(validator=[limits.between(-MAX_POINTS, MAX_POINTS), _not_zero])
    reason: str = attrs.field(validator=limits.text(2, 500))
    maker: UUID
    asked_at: dt.datetime = attrs.field(validator=limits.aware)
    decided_by: UUID | None = None
    decided_at: dt.datetime | None = None
    state: PointsAdjustmentState = PointsAdjustmentState.REQUESTED
    version: int = 1

    def decided(self, state: PointsAdjustmentState, by: UUID, at: dt.datetime) -> PointsAdjustment:
        """As somebody decided it. Raises IllegalMove."""
        check_move("points adjustment", MOVES, self.state, state)
        return attrs.evolve(self, state=state, decided_by=by, decided_at=at, version=self.version + 1)
