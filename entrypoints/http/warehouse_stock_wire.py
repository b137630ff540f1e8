"""How stock by location travels over HTTP: places with what lies in them, moves, lots and serials."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.warehouse.bin_queries import BinView
from houtai.application.warehouse.move_goods import Moved, MoveLine
from houtai.application.warehouse.passage import Leg
from houtai.application.warehouse.wanted_counts import WantedCountView
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.bins import BinMove, LotId, MoveReason
from houtai.domain.warehouse.lots import Lot, LotState, Serial, SerialState
from houtai.domain.warehouse.wanted_count import CountReason, WantedState
from houtai.entrypoints.http import wire


class BinQuery(wire.PageQuery):
    """Which places with goods: every filter that is given narrows the list."""

    warehouse_id: wire.Id | None = None
    sku_id: wire.Id | None = None
    location_id: wire.Id | None = None
    handling_unit_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    state: StockState | None = None
    suspect: bool = False


class BinOut(wire.Wire):
    """What lies in one place. `free_qty` is neither allocated nor in doubt; `since` is when the oldest of it came in."""

    id: UUID
    warehouse_id: UUID
    location_id: UUID
    path: str
    sku_id: UUID
    sku_code: str
    sku_title: str
    handling_unit_id: UUID | None
    unit_barcode: str
    lot_id: UUID | None
    lot_code: str
    expires_on: dt.date | None
    merchant_id: UUID | None
    state: StockState
    qty: int
    allocated_qty: int
    suspect_qty: int
    free_qty: int
    since: dt.datetime


def bin_out(found: BinView) -> BinOut:
    """A bin as it goes out."""
    return BinOut(**{name: getattr(found, name) for name in BinOut.__struct_fields__})


class BinMoveQuery(wire.PageQuery):
    """Which moves: a place or a handling unit is met at either end."""

    warehouse_id: wire.Id | None = None
    sku_id: wire.Id | None = None
    location_id: wire.Id | None = None
    handling_unit_id: wire.Id | None = None
    document_id: wire.Id | None = None


class BinMoveOut(wire.Wire):
    """One double entry of the ledger of places; `seq` counts those of the SKU in the warehouse."""

    sku_id: UUID
    warehouse_id: UUID
    seq: int
    from_location_id: UUID
    to_location_id: UUID
    from_unit_id: UUID | None
    to_unit_id: UUID | None
    lot_id: UUID | None
    to_lot_id: UUID | None
    merchant_id: UUID | None
    state: StockState
    to_state: StockState
    qty: int
    document: str
    document_id: UUID
    line: int
    reason: MoveReason
    at: dt.datetime
    actor: UUID


def move_out(move: BinMove) -> BinMoveOut:
    """A move as it goes out."""
    return BinMoveOut(**{name: getattr(move, name) for name in BinMoveOut.__struct_fields__})


class MoveLineIn(wire.Wire):
    """So many units from place to place; `to_state` and `to_lot_id` where those change, `serials` where only some go."""

    sku_id: wire.Id
    qty: wire.Qty
    from_location_id: wire.Id
    to_location_id: wire.Id
    from_unit_id: wire.Id | None = None
    to_unit_id: wire.Id | None = None
    lot_id: wire.Id | None = None
    to_lot_id: wire.Id | None = None
    state: StockState = StockState.SELLABLE
    to_state: StockState | None = None
    serials: Annotated[tuple[wire.Code, ...], wire.Many] = ()


class NewBinMove(wire.Wire):
    """Goods that go from place to place, all or nothing."""

    warehouse_id: wire.Id
    lines: Annotated[tuple[MoveLineIn, ...], Meta(min_length=1, max_length=wire.MAX_LINES)]
    id: wire.Id | None = None


def line_of(one: MoveLineIn) -> MoveLine:
    """A line as the use case takes it."""
    return MoveLine(
        sku_id=SkuId(one.sku_id),
        qty=one.qty,
        from_location_id=LocationId(one.from_location_id),
        to_location_id=LocationId(one.to_location_id),
        from_unit_id=None if one.from_unit_id is None else HandlingUnitId(one.from_unit_id),
        to_unit_id=None if one.to_unit_id is None else HandlingUnitId(one.to_unit_id),
        lot_id=None if one.lot_id is None else LotId(one.lot_id),
        to_lot_id=None if one.to_lot_id is None else LotId(one.to_lot_id),
        state=one.state,
        to_state=one.to_state,
        serials=one.serials,
    )


class LegOut(wire.Wire):
    """A line that was moved: the bins it left and reached."""

    sku_id: UUID
    qty: int
    from_bin_id: UUID
    to_bin_id: UUID


class MovedOut(wire.Wire):
    """What was moved."""

    id: UUID
    lines: tuple[LegOut, ...]


def moved_out(moved: Moved) -> MovedOut:
    """A move of goods as it goes out."""
    return MovedOut(moved.move, tuple(_leg_out(leg) for leg in moved.legs))


def _leg_out(leg: Leg) -> LegOut:
    return LegOut(leg.source.sku_id, leg.qty, leg.source.id, leg.target.id)


class UnitCarry(wire.Wire):
    """Where a handling unit goes with everything in it."""

    to_location_id: wire.Id
    move_id: wire.Id | None = None


class UnitCarried(wire.Versioned):
    """A handling unit where it stands now."""

    id: UUID
    location_id: UUID | None


class DoubtOut(wire.Wire):
    """A bin after somebody looked: `suspect_qty` of it are neither picked nor sold until they are counted."""

    id: UUID
    qty: int
    allocated_qty: int
    suspect_qty: int


class NewLot(wire.Wire):
    """A lot as its package names it."""

    code: wire.Code
    produced_on: dt.date | None = None
    expires_on: dt.date | None = None
    id: wire.Id | None = None


class LotJudgement(wire.Wire):
    """What becomes of a lot, and why."""

    state: LotState
    reason: wire.Reason


class LotOut(wire.Versioned):
    """A lot; on `expires_on` it is still good."""

    id: UUID
    sku_id: UUID
    code: str
    produced_on: dt.date | None
    expires_on: dt.date | None
    state: LotState


def lot_out(lot: Lot) -> LotOut:
    """A lot as it goes out."""
    return LotOut(**{name: getattr(lot, name) for name in LotOut.__struct_fields__})


class Lots(wire.Wire):
    """The lots of a SKU, those that expire first before the others."""

    items: tuple[LotOut, ...]


class SerialsIn(wire.Wire):
    """The numbers on units that lie in one bin."""

    codes: Annotated[tuple[wire.Code, ...], Meta(min_length=1, max_length=wire.MAX_LINES)]


class SerialOut(wire.Wire):
    """A unit with a number of its own."""

    sku_id: UUID
    code: str
    bin_id: UUID | None
    since: dt.datetime
    state: SerialState


def serial_out(serial: Serial) -> SerialOut:
    """A serial as it goes out."""
    return SerialOut(serial.sku_id, serial.code, serial.bin_id, serial.since, serial.state)


class Serials(wire.Wire):
    """Units with numbers of their own."""

    items: tuple[SerialOut, ...]


class WantedCountQuery(wire.PageQuery):
    """Which wanted counts: every filter that is given narrows the list."""

    warehouse_id: wire.Id | None = None
    location_id: wire.Id | None = None
    sku_id: wire.Id | None = None
    state: WantedState | None = None


class WantedCountOut(wire.Versioned, kw_only=True):
    """A count that is wanted: who asked when and why. `count_id` is the count that answered it, with who and when.

    Where that count differed from the books, the adjustment that it asked for has the same id.
    """

    id: UUID
    warehouse_id: UUID
    location_id: UUID
    path: str
    sku_id: UUID
    sku_code: str
    sku_title: str
    lot_code: str
    merchant_id: UUID | None
    reason: CountReason
    asked_at: dt.datetime
    asked_by: UUID
    done_at: dt.datetime | None
    done_by: UUID | None
    count_id: UUID | None
    state: WantedState


def wanted_count_out(found: WantedCountView) -> WantedCountOut:
    """A wanted count as it goes out."""
    one = found.wanted
    names = ("id", "warehouse_id", "location_id", "sku_id", "merchant_id", "reason", "asked_at", "asked_by")
    ends = ("done_at", "done_by", "count_id", "state", "version")
    return WantedCountOut(
        **{name: getattr(one, name) for name in (*names, *ends)},
        path=found.path,
        sku_code=found.sku_code,
        sku_title=found.sku_title,
        lot_code=one.lot,
    )
