"""What is written down while goods go out: promised units, walks, benches, the wall, learnt weights, boxes and settings."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import (
    AccountId,
    BoxId,
    HandlingUnitId,
    LocationId,
    OutboundId,
    PickRunId,
    PrinterId,
    SkuId,
    WarehouseId,
    WaveId,
    WaveTemplateId,
    derive,
)
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.checking import Checking, FastLane
from houtai.domain.outbound.cut_off import MAX_CUT_OFFS, CutOff, check_cut_offs
from houtai.domain.outbound.paths import WalkMethod
from houtai.domain.outbound.picking import Picking
from houtai.domain.outbound.planning import WaveTemplate
from houtai.domain.outbound.sorting import Sorting
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.weighing import MAX_CATEGORIES, CategoryTolerance, LearntWeight, WeighTolerance, check_tolerances
from houtai.domain.shipping.parcel import Contact
from houtai.domain.warehouse.bins import BinKey

PickKey = tuple[OutboundId, int]


class PickState(enum.Enum):
    """What became of units that a bin promised to an order."""

    PROMISED = "promised"  # they lie where they were found
    PICKED = "picked"  # off the shelf: in a tote, at the bench, in a parcel
    ISSUED = "issued"  # they left the house
    FREED = "freed"  # promised no more: the wave was undone, the order stopped, or the bin held less
    RETURNED = "returned"  # picked, and put back on a shelf
    PARTED = "parted"  # picked, and now a row of the outbound order that carries a cancelled order's goods back


PICK_MOVES: Final[Moves[PickState]] = {
    PickState.PROMISED: {PickState.PICKED, PickState.FREED},
    PickState.PICKED: {PickState.ISSUED, PickState.RETURNED, PickState.PARTED},
    PickState.ISSUED: set(),
    PickState.FREED: set(),
    PickState.RETURNED: set(),
    PickState.PARTED: set(),
}
LIVE_PICKS: Final = frozenset({PickState.PROMISED, PickState.PICKED})
"""Those whose units are allocated in a bin."""


@attrs.frozen
class PickRow:
    """So many units of one line in one bin; `bin` is where they lie now, `run_id` and `pick_line` who fetches them.

    `number` counts an order's rows. Units that go another way than the rest of their row get a row of their own.
    """

    outbound_id: OutboundId
    number: int = attrs.field(validator=limits.between(1, limits.MAX_QTY))
    line: int
    bin: BinKey
    qty: int = attrs.field(validator=limits.positive_qty)
    wave_id: WaveId
    run_id: PickRunId | None = None
    pick_line: int = 0
    state: PickState = PickState.PROMISED

    @property
    def key(self) -> PickKey:
        """Which row of which order."""
        return self.outbound_id, self.number

    def moved(self, state: PickState) -> PickRow:
        """The row in another state. Raises IllegalMove, which names the legal ones."""
        check_move("pick", PICK_MOVES, self.state, state)
        return attrs.evolve(self, state=state)


class RunState(enum.Enum):
    """Whether there is something left to fetch."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"  # its wave was undone before anybody began


@attrs.frozen
class PickRun:
    """One picker's walk through the wave of this number, or through one zone of it; `picker` is None until somebody takes it on.

    Goods go into `unit_id` (a tote, or a cart whose slots are named on the lines), which stands at `place_id`.
    """

    id: PickRunId
    wave_id: WaveId
    wave_number: str
    warehouse_id: WarehouseId
    picking: Picking
    made_at: dt.datetime = attrs.field(validator=limits.aware)
    zone: str = attrs.field(default="", validator=limits.text(0, 64))
    picker: AccountId | None = None
    unit_id: HandlingUnitId | None = None
    place_id: LocationId | None = None
    begun_at: dt.datetime | None = None
    done_at: dt.datetime | None = None
    state: RunState = RunState.OPEN
    version: int = 1

    def edited(self, **fields: object) -> PickRun:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name


@attrs.frozen
class BenchCheck:
    """The check of one order, as far as it has come; `by` began it."""

    outbound_id: OutboundId
    checking: Checking
    by: AccountId
    begun_at: dt.datetime = attrs.field(validator=limits.aware)
    done_at: dt.datetime | None = None
    version: int = 1


@attrs.frozen
class WaveLane:
    """The fast lane of a one-piece wave, as far as it has come."""

    wave_id: WaveId
    lane: FastLane
    version: int = 1


@attrs.frozen
class WallSort:
    """The wall of a wave whose goods were picked in totals, as far as it has come.

    `open` until another wave is sorted at the same wall; a wall has one open wave at most.
    """

    wave_id: WaveId
    wall_id: HandlingUnitId
    sorting: Sorting
    open: bool = True
    version: int = 1


@attrs.frozen
class SkuWeight:
    """What parcels have taught about the weight of one unit."""

    sku_id: SkuId
    learnt: LearntWeight = attrs.field(factory=LearntWeight)


@attrs.frozen
class PackBox:
    """A box of the catalogue as it is edited."""

    id: BoxId
    box: Box
    state: Standing = Standing.ACTIVE
    version: int = 1


@attrs.frozen
class StoredTemplate:
    """How one kind of wave is made in a warehouse, as it is edited; templates are tried in the order of their `place`."""

    id: WaveTemplateId
    warehouse_id: WarehouseId
    template: WaveTemplate
    method: PickMethod
    place: int = attrs.field(default=1, validator=limits.between(1, 10_000))
    state: Standing = Standing.ACTIVE
    version: int = 1


@attrs.frozen
class DispatchSettings:
    """How a warehouse sends: from whom, with which carriers in which order, on which printer, how exact its scale has to be.

    `zero_check` asks whether a bin is empty where the books say so; `walk` is how walks are laid out over the floor. Orders that
    nobody gives a moment to have to leave by the next of the `cut_offs`.
    """

    warehouse_id: WarehouseId
    sender: Contact
    carriers: tuple[str, ...] = attrs.field(validator=limits.at_most(10, low=1))
    label_printer_id: PrinterId | None = None
    list_printer_id: PrinterId | None = None
    tolerance: WeighTolerance = attrs.field(factory=WeighTolerance)
    category_tolerances: tuple[CategoryTolerance, ...] = attrs.field(default=(), validator=limits.at_most(MAX_CATEGORIES))
    zero_check: bool = True
    walk: WalkMethod = WalkMethod.SHORTEST
    cut_offs: tuple[CutOff, ...] = attrs.field(default=(), validator=limits.at_most(MAX_CUT_OFFS))
    state: Standing = Standing.ACTIVE
    version: int = 1

    def __attrs_post_init__(self) -> None:
        check_cut_offs(self.cut_offs, self.carriers)
        check_tolerances(self.category_tolerances)

    @property
    def id(self) -> UUID:
        """Their own id beside the warehouse's, which has one way of sending."""
        return derive(self.warehouse_id, "dispatch")
