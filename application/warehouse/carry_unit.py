"""A handling unit goes somewhere else with everything in it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import BIN_BY_UNIT, FILLED, BinsTx
from houtai.application.warehouse.content import lock_within
from houtai.application.warehouse.move_goods import MOVE
from houtai.application.warehouse.passage import Leg, check_passage, ends_of
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.serial_book import SerialBook
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId
from houtai.domain.refusal import InvalidValue, VersionConflict
from houtai.domain.warehouse.bins import MoveCause, MoveReason
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind, UnitState
from houtai.domain.warehouse.location import Activity

DOCUMENT: Final = "unit-move"


@attrs.frozen
class CarryUnit:
    """Put the unit at this place, out of whatever it stands in. `move` is the id of the document behind the moves."""

    move: UUID
    unit: HandlingUnitId
    expected_version: int
    to_location_id: LocationId


@needs(MOVE, along=(WAREHOUSE, MERCHANT))
def carry_unit(tx: BinsTx, cmd: CarryUnit, act: Act) -> HandlingUnit:
    """Move a unit and all that lies in it and in the units within; promised goods stay promised, doubted ones doubted.

    Raises NotFound, CannotTake and CannotPlace with the rule, VersionConflict, and InvalidValue for a slot or for a unit that
    stands there already or nowhere.
    """
    tx.locations.lock([cmd.to_location_id])
    unit = _checked(tx, cmd, act)
    every = lock_within(tx, unit.id)
    lying = tx.bins.by(BIN_BY_UNIT, *((one, FILLED) for one in every))
    legs = [Leg(one.key, attrs.evolve(one.key, location_id=cmd.to_location_id), one.qty) for one in lying]
    skus = tx.skus.many(leg.source.sku_id for leg in legs)
    place = tx.locations.get(cmd.to_location_id)
    if place.warehouse_id != unit.warehouse_id or not place.physical or unit.location_id == place.id:
        raise InvalidValue(field="to_location_id", rule="must be another place of the unit's warehouse")
    if legs:
        check_passage(tx, legs, skus, Activity.PUTAWAY, carried=True)
    racks = Racks.lock(tx, ends_of(legs))
    book = SerialBook.lock(tx, {leg.source.id for leg in legs})
    for number, leg in enumerate(legs, start=1):
        cause = MoveCause(DOCUMENT, cmd.move, number, MoveReason.MOVED, act.at, act.actor)
        one = racks.at(leg.source)
        racks.move(leg.source, leg.target, one.qty, cause, allocated_qty=one.allocated_qty, suspect_qty=one.suspect_qty)
        book.follow(racks.bins[leg.source.id], leg.target.id, (), act.at)
    racks.write()
    book.write(tx)
    moved = attrs.evolve(unit, location_id=place.id, parent_id=None, version=unit.version + 1)
    tx.handling_units.save(moved)
    write_line(tx, act, "handling unit", moved, "moved", before=unit.state)
    return moved


def _checked(tx: BinsTx, cmd: CarryUnit, act: Act) -> HandlingUnit:
    unit = tx.handling_units.lock_one(cmd.unit)
    demand_at(act, MOVE, tx.warehouses.get(unit.warehouse_id))
    if unit.version != cmd.expected_version:
        raise VersionConflict(
            what="handling unit", key=unit.barcode, expected_version=cmd.expected_version, current_version=unit.version
        )
    if unit.kind is UnitKind.SLOT or unit.state not in (UnitState.OPEN, UnitState.SEALED):
        raise InvalidValue(
            field="unit", rule="must be a unit that can be carried: a slot stays in its cart, and what is gone is gone"
        )
    return unit
