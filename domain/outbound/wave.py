"""The wave as a document: planned, released with its bins, picked, done (WO-1, WO-2)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import OutboundId, WarehouseId, WaveId
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.refusal import InvalidValue

MAX_WAVE = 2_000


class WaveState(enum.Enum):
    """Where a wave stands."""

    PLANNED = "planned"
    RELEASED = "released"  # its goods are bound to bins; in the same transaction
    PICKING = "picking"
    PICKED = "picked"
    CLOSED = "closed"  # every order of it went on or was stopped
    CANCELLED = "cancelled"


WAVE_MOVES: Final[Moves[WaveState]] = {
    WaveState.PLANNED: {WaveState.RELEASED, WaveState.CANCELLED},
    WaveState.RELEASED: {WaveState.PICKING, WaveState.CANCELLED},
    WaveState.PICKING: {WaveState.PICKED},
    WaveState.PICKED: {WaveState.CLOSED},
    WaveState.CLOSED: set(),
    WaveState.CANCELLED: set(),
}


class PickMethod(enum.Enum):
    """How the goods of a wave come off the shelves."""

    SINGLE = "single"  # 摘果: order by order
    CLUSTER = "cluster"  # 边拣边分: a slot of the cart for each order
    ZONE = "zone"  # each zone its own lines, a tote passed on
    THEN_SORT = "then-sort"  # 先拣后分, 播种: totals first, then the wall


@attrs.frozen
class WaveSlot:
    """An order's place on the cart or wall. Slots are counted from 1."""

    slot: int = attrs.field(validator=limits.between(1, MAX_WAVE))
    outbound_id: OutboundId


@attrs.frozen
class Wave:
    """Orders of one warehouse that are picked together, by people who have the `skill` where it names one."""

    id: WaveId
    number: str = attrs.field(validator=limits.code)
    warehouse_id: WarehouseId
    shape: BasketShape
    method: PickMethod
    slots: tuple[WaveSlot, ...] = attrs.field(validator=limits.at_most(MAX_WAVE, low=1))
    made_at: dt.datetime = attrs.field(validator=limits.aware)
    template: str = ""
    carrier: str = ""
    ship_by: dt.datetime | None = None
    skill: str = ""
    state: WaveState = WaveState.PLANNED
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if len({one.slot for one in self.slots}) < len(self.slots) or len(self.orders) < len(self.slots):
            raise InvalidValue(field="slots", rule="must give each order one slot of its own")

    @property
    def orders(self) -> frozenset[OutboundId]:
        """Its orders."""
        return frozenset(one.outbound_id for one in self.slots)

    def slot_of(self, outbound_id: OutboundId) -> int:
        """The order's slot, 0 for none."""
        return next((one.slot for one in self.slots if one.outbound_id == outbound_id), 0)

    def moved(self, state: WaveState) -> Wave:
        """The wave in another state. Raises IllegalMove, which names the legal ones."""
        check_move("wave", WAVE_MOVES, self.state, state)
        return attrs.evolve(self, state=state, version=self.version + 1)

    def numbered(self, version: int) -> Wave:
        """As this version, however many small steps led there."""
        return attrs.evolve(self, version=version)

    def without(self, outbound_id: OutboundId) -> Wave:
        """Without an order that was stopped; its slot stays empty, and a wave without any order is over."""
        kept = tuple(one for one in self.slots if one.outbound_id != outbound_id)
        if len(kept) == len(self.slots):
            return self
        if kept:
            return attrs.evolve(self, slots=kept, version=self.version + 1)
        return self.moved(WaveState.CANCELLED) if self.state in (WaveState.PLANNED, WaveState.RELEASED) else self
