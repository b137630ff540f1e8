"""Keeping handling units: made (carts and walls with their slots), put somewhere, sealed and retired."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.content import content_of_unit, lock_within
from houtai.application.warehouse.passage import roots
from houtai.application.warehouse.ports import UNIT_BY_BARCODE, UNIT_BY_PARENT
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, WarehouseId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, InvalidValue, VersionConflict
from houtai.domain.warehouse.handling_unit import (
    UNIT_MOVES,
    HandlingUnit,
    Size,
    UnitKind,
    UnitState,
    check_holds,
    slots_of,
)
from houtai.domain.warehouse.location import Location
from houtai.domain.warehouse.refusals import NotEmpty, PlaceClosed

UNITS: Final = "warehouse.units"


@attrs.frozen
class MakeUnit:
    """A new unit at a place (None: not placed yet). Carts and walls say their grid and get a slot for each of its cells."""

    unit: HandlingUnitId
    warehouse_id: WarehouseId
    barcode: str
    kind: UnitKind
    location_id: LocationId | None = None
    rows: int = 0
    columns: int = 0
    size: Size = attrs.field(factory=Size)


@needs(UNITS, along=(WAREHOUSE, MERCHANT))
def make_unit(tx: BinsTx, cmd: MakeUnit, act: Act) -> HandlingUnit:
    """Make a unit, with the slots of a cart or wall. Raises AlreadyExists for a taken code, NotFound, PlaceClosed."""
    demand_at(act, UNITS, tx.warehouses.get(cmd.warehouse_id))
    if cmd.kind is UnitKind.SLOT:
        raise InvalidValue(field="kind", rule="must not be a slot: those come with their cart or wall")
    made = HandlingUnit(
        id=cmd.unit,
        warehouse_id=cmd.warehouse_id,
        barcode=cmd.barcode,
        kind=cmd.kind,
        location_id=cmd.location_id,
        rows=cmd.rows,
        columns=cmd.columns,
        size=cmd.size,
    )
    if cmd.location_id is not None:
        _open_place(tx, cmd.location_id, cmd.warehouse_id)
    every = (made, *slots_of(made))
    taken = tx.handling_units.by(UNIT_BY_BARCODE, *(unit.barcode for unit in every))
    if taken or tx.handling_units.find(made.id) is not None:
        raise AlreadyExists(what="handling unit", key=taken[0].barcode if taken else made.barcode)
    for unit in every:
        tx.handling_units.add(unit)
        write_line(tx, act, "handling unit", unit, "made", before=None)
    return made


@attrs.frozen
class MoveUnit:
    """Where a unit stands from now on: at a place, in another unit, or (both None) nowhere that is known."""

    unit: HandlingUnitId
    expected_version: int
    location_id: LocationId | None = None
    parent_id: HandlingUnitId | None = None


@needs(UNITS, along=(WAREHOUSE, MERCHANT))
def move_unit(tx: BinsTx, cmd: MoveUnit, act: Act) -> HandlingUnit:
    """Put an empty unit somewhere else, or any unit into or out of another at the same place.

    What has something in it goes to another place with all of it, by `carry_unit`. Raises DoesNotHold, NotEmpty, NotFound,
    PlaceClosed, VersionConflict.
    """
    if cmd.location_id is not None:
        tx.locations.lock_one(cmd.location_id)
    wanted = [cmd.unit] if cmd.parent_id is None else [cmd.unit, cmd.parent_id]
    locked = tx.handling_units.lock(wanted)
    found = _checked(tx, locked.get(cmd.unit) or tx.handling_units.get(cmd.unit), cmd.expected_version, act)
    if found.kind is UnitKind.SLOT:
        raise InvalidValue(field="unit", rule="is a slot, which stays in its cart or wall")
    if found.state not in (UnitState.OPEN, UnitState.SEALED):
        raise InvalidValue(field="unit", rule=f"is {found.state.value}, so it stands nowhere")
    if cmd.location_id is not None:
        _open_place(tx, cmd.location_id, found.warehouse_id)
    moved = attrs.evolve(found, location_id=cmd.location_id, parent_id=cmd.parent_id, version=found.version + 1)
    if cmd.parent_id is not None:
        check_holds(locked.get(cmd.parent_id) or tx.handling_units.get(cmd.parent_id), moved)
    lock_within(tx, found.id)
    content = content_of_unit(tx, found.id)
    if content and roots(tx, {found.id: found}) != roots(tx, {moved.id: moved}):
        raise NotEmpty(what="handling unit", key=found.barcode, content=content)
    return _saved(tx, found, moved, "moved", act)


@attrs.frozen
class EditUnit:
    """A unit's measures, and whether it can be filled."""

    unit: HandlingUnitId
    expected_version: int
    size: Size
    state: UnitState
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(UNITS, along=(WAREHOUSE, MERCHANT))
def edit_unit(tx: BinsTx, cmd: EditUnit, act: Act) -> HandlingUnit:
    """Measure, seal, open or retire a unit. Raises IllegalMove, NotEmpty for a full one that is to be retired, VersionConflict.

    A unit that is retired stands nowhere, and the slots of a cart or wall go with it.
    """
    found = _checked(tx, tx.handling_units.lock_one(cmd.unit), cmd.expected_version, act)
    if found.kind is UnitKind.SLOT:
        raise InvalidValue(field="unit", rule="is a slot, which is what its cart or wall is")
    if cmd.state is UnitState.GONE:
        raise InvalidValue(field="state", rule="must not be gone: a unit leaves the house by a hand-over")
    edited = attrs.evolve(found, size=cmd.size, state=cmd.state, version=found.version + 1)
    if cmd.state is not found.state:
        check_move("handling unit", UNIT_MOVES, found.state, cmd.state)
    if cmd.state is UnitState.RETIRED and found.state is not UnitState.RETIRED:
        lock_within(tx, found.id)
        content = content_of_unit(tx, found.id)
        if content:
            raise NotEmpty(what="handling unit", key=found.barcode, content=content)
        edited = attrs.evolve(edited, parent_id=None, location_id=None)
    _follow(tx, found, edited, act)
    return _saved(tx, found, edited, cmd.state.value if cmd.state is not found.state else "edited", act, reason=cmd.reason)


def _follow(tx: BinsTx, found: HandlingUnit, edited: HandlingUnit, act: Act) -> None:
    """Slots are retired and brought back with their cart or wall."""
    if UnitState.RETIRED not in {found.state, edited.state} or found.state is edited.state:
        return
    for slot in tx.handling_units.lock_by(UNIT_BY_PARENT, found.id):
        if slot.kind is UnitKind.SLOT:
            after = attrs.evolve(slot, state=edited.state, version=slot.version + 1)
            _saved(tx, slot, after, edited.state.value, act)


def _checked(tx: BinsTx, found: HandlingUnit, expected: int, act: Act) -> HandlingUnit:
    demand_at(act, UNITS, tx.warehouses.get(found.warehouse_id))
    if found.version != expected:
        raise VersionConflict(what="handling unit", key=found.barcode, expected_version=expected, current_version=found.version)
    return found


def _open_place(tx: BinsTx, location_id: LocationId, warehouse_id: WarehouseId) -> Location:
    """The place, locked so that it is not retired meanwhile."""
    place = tx.locations.lock_one(location_id)
    if place.warehouse_id != warehouse_id:
        raise InvalidValue(field="location_id", rule="must be a place of the unit's warehouse")
    if not place.physical or not place.open_in:
        raise PlaceClosed(path=place.path, reason=place.block.reason or place.state.value)
    return place


def _saved(tx: BinsTx, found: HandlingUnit, edited: HandlingUnit, event: str, act: Act, reason: str = "") -> HandlingUnit:
    tx.handling_units.save(edited)
    write_line(tx, act, "handling unit", edited, event, before=found.state, reason=reason)
    return edited
