"""A count that is wanted: somebody stood before a place that held other than the books say, and it waits to be counted."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import LocationId, MerchantId, SkuId, WantedCountId, WarehouseId
from houtai.domain.moves import Moves, check_move


class CountReason(enum.Enum):
    """Why somebody wants it counted."""

    ZERO_CHECK = "zero-check"  # the books say that the place is empty, the picker says that it is not
    SHORT_PICK = "short-pick"  # the books say that there is more than the picker found


class WantedState(enum.Enum):
    """Whether it still waits."""

    OPEN = "open"
    DONE = "done"


WANTED_MOVES: Final[Moves[WantedState]] = {WantedState.OPEN: frozenset({WantedState.DONE}), WantedState.DONE: frozenset()}


@attrs.frozen
class WantedCount:
    """One stock in one place that is to be counted. Of a place, a product and a lot ('' for none) one at most is open.

    `count_id` is the count that answered it, which has the adjustment's id where it differed; it, who and when are known with
    the state DONE and not before.
    """

    id: WantedCountId
    warehouse_id: WarehouseId
    location_id: LocationId
    sku_id: SkuId
    reason: CountReason
    asked_at: dt.datetime = attrs.field(validator=limits.aware)
    asked_by: UUID
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    merchant_id: MerchantId | None = None
    done_at: dt.datetime | None = None
    done_by: UUID | None = None
    count_id: UUID | None = None
    state: WantedState = WantedState.OPEN
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether nobody has counted yet."""
        return self.state is WantedState.OPEN

    def counted(self, count_id: UUID, at: dt.datetime, by: UUID) -> WantedCount:
        """Answered by this count. Raises IllegalMove where it was answered before."""
        check_move("wanted count", WANTED_MOVES, self.state, WantedState.DONE)
        return attrs.evolve(self, state=WantedState.DONE, count_id=count_id, done_at=at, done_by=by, version=self.version + 1)
