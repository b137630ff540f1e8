"""A waybill: one parcel's number with one carrier, from the request to the delivery, and how it may be undone."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, ParcelId, WarehouseId, WaybillId
from houtai.domain.money import Money
from houtai.domain.moves import Moves, check_move
from houtai.domain.shipping.parcel import Label, LabelFormat, Shipment
from houtai.domain.shipping.tracking import Outcome, TrackEvent, TrackState


class WaybillState(enum.Enum):
    """Where a waybill stands."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"  # the carrier was told and did not answer: it is asked, never told again unasked
    BOUND = "bound"
    REFUSED = "refused"
    VOIDING = "voiding"
    VOIDED = "voided"
    PICKED_UP = "picked-up"
    IN_TRANSIT = "in-transit"
    OUT_FOR_DELIVERY = "out-for-delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"


_S = WaybillState
_ON_ITS_WAY: Final = frozenset({_S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.EXCEPTION})
_ANYWHERE: Final = _ON_ITS_WAY | {_S.DELIVERED, _S.RETURNING, _S.RETURNED}

# A carrier may have the parcel before it says whether the number was voided: then the parcel is on its way.
MOVES: Moves[WaybillState] = {
    _S.REQUESTED: {_S.UNKNOWN, _S.BOUND, _S.REFUSED, _S.VOIDED},
    _S.UNKNOWN: {_S.BOUND, _S.REFUSED, _S.VOIDED},
    _S.REFUSED: set(),
    _S.BOUND: {_S.VOIDING, *_ANYWHERE},
    _S.VOIDING: {_S.VOIDED, _S.BOUND, *_ANYWHERE},
    _S.VOIDED: set(),
    **{state: _ANYWHERE - {state} for state in _ON_ITS_WAY},
    _S.DELIVERED: {_S.RETURNING, _S.RETURNED},  # signed for by mistake and sent back
    _S.RETURNING: {_S.RETURNED},
    _S.RETURNED: set(),
}

FOLLOWS: Final[Mapping[TrackState, WaybillState]] = {
    TrackState.PICKED_UP: _S.PICKED_UP,
    TrackState.IN_TRANSIT: _S.IN_TRANSIT,
    TrackState.OUT_FOR_DELIVERY: _S.OUT_FOR_DELIVERY,
    TrackState.DELIVERED: _S.DELIVERED,
    TrackState.EXCEPTION: _S.EXCEPTION,
    TrackState.RETURNING: _S.RETURNING,
    TrackState.RETURNED: _S.RETURNED,
}
OPEN: Final = frozenset({_S.REQUESTED, _S.UNKNOWN, _S.VOIDING})
"""Those whose outcome only the carrier knows: each has a moment at which it is asked."""
ENDED: Final = frozenset({_S.REFUSED, _S.VOIDED})
"""Those that leave the parcel free for another waybill."""


@attrs.frozen
class Waybill:
    """One parcel's number with one carrier.

    `ask_at` is when the carrier is asked how it stands; `void_wanted` says that it is to be voided as soon as that is known.
    `news_at` is the carrier's time of the event that the state follows.
    """

    id: WaybillId
    parcel_id: ParcelId
    carrier: str = attrs.field(validator=limits.code)
    warehouse_id: WarehouseId
    shipment: Shipment
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    channel_id: ChannelId | None = None
    state: WaybillState = WaybillState.REQUESTED
    number: str = attrs.field(default="", validator=limits.text(0, 64))
    pooled: bool = False  # the number came from the pool, before the carrier was told
    format: LabelFormat | None = None
    charge: Money | None = None
    void_wanted: bool = False
    ask_at: dt.datetime | None = None
    asks: int = 0
    news_at: dt.datetime | None = None
    error: str = attrs.field(default="", validator=limits.text(0, 500))
    version: int = 1

    def moved(self, state: WaybillState, *, ask_at: dt.datetime | None = None, asks: int = 0, error: str = "") -> Waybill:
        """In another state. Raises IllegalMove."""
        check_move("waybill", MOVES, self.state, state)
        return attrs.evolve(self, state=state, ask_at=ask_at, asks=asks, error=error[:500], version=self.version + 1)

    def bound(self, label: Label) -> Waybill:
        """With the carrier's number. Raises IllegalMove."""
        named = attrs.evolve(self, number=label.number, format=label.format, charge=label.charge)
        return named.moved(WaybillState.BOUND)

    def judge(self, event: TrackEvent) -> Outcome:
        """What an event means for this waybill: the latest by the carrier's time counts, in whatever order they come."""
        state = self.state_by(event)
        if state is None or state is self.state:
            return Outcome.NOTED
        if self.news_at is not None and event.at < self.news_at:
            return Outcome.OUTDATED
        return Outcome.MOVED if state in MOVES[self.state] else Outcome.CONTRADICTS

    def state_by(self, event: TrackEvent) -> WaybillState | None:
        """The state that an event leads to; None for none. What comes back is delivered to us: it is returned."""
        if self.state is WaybillState.RETURNING and event.state is TrackState.DELIVERED:
            return WaybillState.RETURNED
        return FOLLOWS.get(event.state)
