"""A parcel at the returns desk that nobody could assign at once: what it holds, and whose it turned out to be."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ClaimId, ReturnParcelId, SkuId, WarehouseId
from houtai.domain.moves import Moves, check_move

QUEUE: Final = "returns-desk"
NEXT_ACTION: Final = "find the order behind the parcel, or send it back"
HOURS: Final = 48


class ParcelState(enum.Enum):
    """Whether somebody still has to find out whose it is."""

    UNKNOWN = "unknown"
    ASSIGNED = "assigned"  # to a claim, which has its goods now
    SENT_BACK = "sent-back"  # unopened business: it went back to whoever sent it


PARCEL_MOVES: Final[Moves[ParcelState]] = {
    ParcelState.UNKNOWN: {ParcelState.ASSIGNED, ParcelState.SENT_BACK},
    ParcelState.ASSIGNED: set(),
    ParcelState.SENT_BACK: set(),
}


@attrs.frozen
class FoundGoods:
    """So many units of a SKU that lay in the parcel."""

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class ReturnParcel:
    """A parcel that came without a claim. While it is UNKNOWN its goods are in no stock, and it has an owner and a due time."""

    id: ReturnParcelId
    number: str = attrs.field(validator=limits.code)
    warehouse_id: WarehouseId
    waybill: str = attrs.field(validator=limits.text(0, 64))
    came_at: dt.datetime = attrs.field(validator=limits.aware)
    actor: UUID
    goods: tuple[FoundGoods, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    note: str = attrs.field(default="", validator=limits.text(0, 500))
    state: ParcelState = ParcelState.UNKNOWN
    queue: str = QUEUE
    next_action: str = NEXT_ACTION
    due_at: dt.datetime | None = None
    claim_id: ClaimId | None = None
    version: int = 1

    def __attrs_post_init__(self) -> None:
        assert (self.due_at is None) == (self.state is not ParcelState.UNKNOWN), "a parcel of nobody has a due time"
        assert (self.claim_id is None) == (self.state is not ParcelState.ASSIGNED), "an assigned parcel has its claim"

    def ended(self, state: ParcelState, claim_id: ClaimId | None = None) -> ReturnParcel:
        """Assigned to a claim, or sent back. Raises IllegalMove."""
        check_move("return parcel", PARCEL_MOVES, self.state, state)
        return attrs.evolve(self, state=state, claim_id=claim_id, queue="", next_action="", due_at=None, version=self.version + 1)
