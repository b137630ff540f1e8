"""Handling units: what may stand in what, carts and walls with their slots, and the rules of their lives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.warehouse.locations import BlockLocation, RetireLocation, block_location, retire_location
from houtai.application.warehouse.queries import ListUnits, list_units, show_unit
from houtai.application.warehouse.units import EditUnit, MakeUnit, MoveUnit, edit_unit, make_unit, move_unit
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, WarehouseId, new_id
from houtai.domain.refusal import AlreadyExists, IllegalMove, InvalidValue, NotFound, VersionConflict
from houtai.domain.warehouse.handling_unit import (
    HOLDS,
    SLOTTED,
    HandlingUnit,
    Size,
    UnitKind,
    UnitState,
    cell,
    slots_of,
)
from houtai.domain.warehouse.location import Block, Standard, standard_id
from houtai.domain.warehouse.refusals import DoesNotHold, NotEmpty, PlaceClosed
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_location

SIZE = Size(1_200, 1_200, 800, 150, 900_000)


def some_unit(
    office: Office, act: Act, warehouse: WarehouseId, barcode: str, kind: UnitKind = UnitKind.TOTE, **more: Any
) -> HandlingUnit:
    cmd = MakeUnit(HandlingUnitId(new_id()), warehouse, barcode, kind, **more)
    return office.perform(make_unit, cmd, act)


def reached_from(kind: UnitKind) -> set[UnitKind]:
    found: set[UnitKind] = set()
    waiting = [kind]
    while waiting:
        inner = HOLDS[waiting.pop()] - found
        found |= inner
        waiting += inner
    return found


@pytest.mark.parametrize("kind", UnitKind)
def test_no_unit_can_ever_lie_in_itself(kind: UnitKind) -> None:
    assert kind not in reached_from(kind)


@given(rows=st.integers(1, 20), columns=st.integers(1, 20), wall=st.booleans())
def test_every_cell_of_a_grid_is_one_slot_with_a_code_of_its_own(rows: int, columns: int, wall: bool) -> None:
    kind = UnitKind.WALL if wall else UnitKind.CART
    parent = HandlingUnit(HandlingUnitId(new_id()), WarehouseId(new_id()), "H-C1", kind, rows=rows, columns=columns)
    slots = slots_of(parent)
    assert {cell(parent, slot.slot) for slot in slots} == {(r + 1, c + 1) for r in range(rows) for c in range(columns)}
    assert len({slot.barcode for slot in slots}) == len({slot.id for slot in slots}) == rows * columns


def test_a_unit_is_stored_whole(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    place = some_location(office, system, warehouse)
    made = some_unit(office, system, warehouse, "H-P1", UnitKind.PALLET, location_id=place.id, size=SIZE)
    assert office.ask(show_unit, made.id, system) == made


def test_a_cart_comes_with_its_slots(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    cart = some_unit(office, system, warehouse, "H-CART", UnitKind.CART, rows=3, columns=4)
    query = ListUnits(parent_id=cart.id, page=Page(limit=100))
    slots = sorted(office.ask(list_units, query, system).items, key=lambda slot: slot.slot)
    assert [slot.barcode for slot in slots] == [f"H-CART-{number:02d}" for number in range(1, 13)]
    assert {slot.fillable for slot in slots} == {True}
    assert not cart.fillable


def test_a_cart_does_not_take_a_code_that_one_of_its_slots_would_share(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    some_unit(office, system, warehouse, "H-CART-2")
    with pytest.raises(AlreadyExists, match="H-CART-2"):
        some_unit(office, system, warehouse, "H-CART", UnitKind.CART, rows=1, columns=2)


def test_grids_belong_to_carts_and_walls_alone(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    for kind, grid in ((UnitKind.TOTE, (1, 1)), (UnitKind.CART, (0, 0)), (UnitKind.WALL, (40, 11)), (UnitKind.SLOT, (0, 0))):
        with pytest.raises(InvalidValue):
            some_unit(office, system, warehouse, "H-1", kind, rows=grid[0], columns=grid[1])


def test_a_tote_goes_into_a_cart_slot_and_out_again(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    place = some_location(office, system, warehouse)
    cart = some_unit(office, system, warehouse, "H-CART", UnitKind.CART, rows=1, columns=2, location_id=place.id)
    slot = office.ask(list_units, ListUnits(parent_id=cart.id, page=Page(limit=1)), system).items[0]
    tote = some_unit(office, system, warehouse, "H-T1", location_id=place.id)
    inside = office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=slot.id), system)
    assert (inside.parent_id, inside.location_id, inside.version) == (slot.id, None, 2)
    outside = office.perform(move_unit, MoveUnit(tote.id, 2, location_id=place.id), system)
    assert (outside.parent_id, outside.location_id) == (None, place.id)


def test_a_pallet_does_not_go_into_a_carton_nor_anything_into_a_sealed_unit(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    pallet = some_unit(office, system, warehouse, "H-P", UnitKind.PALLET)
    carton = some_unit(office, system, warehouse, "H-C", UnitKind.CARTON)
    with pytest.raises(DoesNotHold, match="holds no pallet"):
        office.perform(move_unit, MoveUnit(pallet.id, 1, parent_id=carton.id), system)
    office.perform(edit_unit, EditUnit(pallet.id, 1, Size(), UnitState.SEALED), system)
    with pytest.raises(DoesNotHold, match="it is sealed"):
        office.perform(move_unit, MoveUnit(carton.id, 1, parent_id=pallet.id), system)


def test_units_of_two_warehouses_do_not_meet(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    pallet = some_unit(office, system, here, "H-P", UnitKind.PALLET)
    tote = some_unit(office, system, there, "H-T")
    with pytest.raises(DoesNotHold, match="different warehouses"):
        office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=pallet.id), system)
    with pytest.raises(InvalidValue, match="location_id"):
        office.perform(move_unit, MoveUnit(tote.id, 1, location_id=some_location(office, system, here).id), system)


def test_nothing_is_put_at_a_blocked_or_virtual_place(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    place = some_location(office, system, warehouse)
    office.perform(block_location, BlockLocation(place.id, 1, Block(goods_in=True, reason="消防检查")), system)
    tote = some_unit(office, system, warehouse, "H-T")
    with pytest.raises(PlaceClosed, match="消防检查"):
        office.perform(move_unit, MoveUnit(tote.id, 1, location_id=place.id), system)
    with pytest.raises(PlaceClosed):
        office.perform(move_unit, MoveUnit(tote.id, 1, location_id=standard_id(warehouse, Standard.CUSTOMER)), system)


def test_a_place_with_a_unit_on_it_is_not_retired(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    place = some_location(office, system, warehouse)
    some_unit(office, system, warehouse, "H-T", location_id=place.id)
    with pytest.raises(NotEmpty, match="H-T"):
        office.perform(retire_location, RetireLocation(place.id, 1), system)


def test_a_full_cart_is_not_retired_and_an_empty_one_takes_its_slots_along(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    cart = some_unit(office, system, warehouse, "H-CART", UnitKind.CART, rows=1, columns=1)
    slot = office.ask(list_units, ListUnits(parent_id=cart.id), system).items[0]
    tote = some_unit(office, system, warehouse, "H-T")
    office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=slot.id), system)
    with pytest.raises(NotEmpty, match="H-T"):
        office.perform(edit_unit, EditUnit(cart.id, 1, Size(), UnitState.RETIRED), system)
    office.perform(move_unit, MoveUnit(tote.id, 2), system)
    office.perform(edit_unit, EditUnit(cart.id, 1, Size(), UnitState.RETIRED, "broken wheel"), system)
    assert office.ask(show_unit, slot.id, system).state is UnitState.RETIRED
    office.perform(edit_unit, EditUnit(cart.id, 2, Size(), UnitState.OPEN), system)
    assert office.ask(show_unit, slot.id, system).state is UnitState.OPEN


def test_a_slot_stays_what_and_where_it_is(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    cart = some_unit(office, system, warehouse, "H-CART", UnitKind.CART, rows=1, columns=1)
    slot = office.ask(list_units, ListUnits(parent_id=cart.id), system).items[0]
    deeds: tuple[tuple[Any, Any], ...] = (
        (move_unit, MoveUnit(slot.id, 1)),
        (edit_unit, EditUnit(slot.id, 1, Size(), UnitState.SEALED)),
    )
    for use_case, cmd in deeds:
        with pytest.raises(InvalidValue, match="slot"):
            office.perform(use_case, cmd, system)


def test_a_unit_is_edited_on_its_present_version_along_its_legal_moves(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    tote = some_unit(office, system, warehouse, "H-T")
    office.perform(edit_unit, EditUnit(tote.id, 1, SIZE, UnitState.SEALED), system)
    with pytest.raises(VersionConflict):
        office.perform(edit_unit, EditUnit(tote.id, 1, SIZE, UnitState.OPEN), system)
    with pytest.raises(IllegalMove):
        office.perform(edit_unit, EditUnit(tote.id, 2, SIZE, UnitState.RETIRED), system)
    with pytest.raises(InvalidValue, match="hand-over"):
        office.perform(edit_unit, EditUnit(tote.id, 2, SIZE, UnitState.GONE), system)


def test_a_unit_is_not_put_into_one_that_does_not_exist(office: Office, system: Act) -> None:
    tote = some_unit(office, system, some_warehouse(office, system), "H-T")
    with pytest.raises(NotFound):
        office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=HandlingUnitId(new_id())), system)


def test_only_carts_and_walls_have_slots() -> None:
    assert {kind for kind, inside in HOLDS.items() if UnitKind.SLOT in inside} == SLOTTED
