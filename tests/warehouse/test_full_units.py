"""A place or unit with something in it is not retired, made what it is not, or moved away from what lies in it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.locations import EditLocation, Properties, RetireLocation, edit_location, retire_location
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.queries import ListUnits, list_units
from houtai.application.warehouse.units import EditUnit, MoveUnit, edit_unit, move_unit
from houtai.domain.act import Act
from houtai.domain.ids import new_id
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.handling_unit import HandlingUnit, Size, UnitKind, UnitState
from houtai.domain.warehouse.location import LocationKind
from houtai.domain.warehouse.refusals import NotEmpty
from tests.warehouse.bins_arrange import Depot, some_depot
from tests.warehouse.test_units import some_unit


@pytest.fixture
def depot(office: Office, system: Act) -> Depot:
    return some_depot(office, system)


def full_tote(depot: Depot, barcode: str = "H-T1") -> HandlingUnit:
    """A tote on the first shelf with four pieces of tea in it."""
    tote = some_unit(depot.office, depot.act, depot.warehouse, barcode, location_id=depot.first.id)
    depot.move(4, depot.unplaced, depot.first.id, to_unit_id=tote.id)
    return tote


def slot_of(depot: Depot, cart: HandlingUnit) -> HandlingUnit:
    return depot.office.ask(list_units, ListUnits(Page(1), parent_id=cart.id), depot.act).items[0]


def test_a_place_with_goods_is_not_retired_nor_made_unsellable(depot: Depot) -> None:
    depot.put_away(3, depot.first)
    with pytest.raises(NotEmpty, match="3 of"):
        depot.office.perform(retire_location, RetireLocation(depot.first.id, 1), depot.act)
    with pytest.raises(NotEmpty, match="3 of"):
        damaged = EditLocation(depot.first.id, 1, Properties(kind=LocationKind.DAMAGED))
        depot.office.perform(edit_location, damaged, depot.act)
    depot.move(3, depot.first.id, depot.second.id)
    depot.office.perform(retire_location, RetireLocation(depot.first.id, 1), depot.act)


def test_a_place_with_goods_may_change_what_does_not_touch_them(depot: Depot) -> None:
    depot.put_away(3, depot.first)
    face = EditLocation(depot.first.id, 1, Properties(kind=LocationKind.PICK_FACE))
    assert depot.office.perform(edit_location, face, depot.act).sellable


def test_a_unit_with_goods_is_not_moved_to_another_place_without_them(depot: Depot) -> None:
    tote = full_tote(depot)
    for elsewhere in (MoveUnit(tote.id, 1, location_id=depot.second.id), MoveUnit(tote.id, 1)):
        with pytest.raises(NotEmpty, match="4 of"):
            depot.office.perform(move_unit, elsewhere, depot.act)


def test_a_unit_with_goods_does_not_leave_its_place_inside_of_another_one(depot: Depot) -> None:
    """The tote hangs in a cart here, and would hang in a cart there: neither names a place of its own."""
    tote = full_tote(depot)
    here = some_unit(
        depot.office, depot.act, depot.warehouse, "H-C1", UnitKind.CART, rows=1, columns=1, location_id=depot.first.id
    )
    there = some_unit(
        depot.office, depot.act, depot.warehouse, "H-C2", UnitKind.CART, rows=1, columns=1, location_id=depot.second.id
    )
    depot.office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=here.id), depot.act)
    with pytest.raises(NotEmpty, match="4 of"):
        depot.office.perform(move_unit, MoveUnit(tote.id, 2, parent_id=slot_of(depot, there).id), depot.act)
    assert depot.lies(handling_unit_id=tote.id) == {"A-01-01-1": 4}


def test_a_unit_with_goods_goes_into_a_cart_that_stands_beside_it_and_travels_with_that(depot: Depot) -> None:
    tote = full_tote(depot)
    cart = some_unit(
        depot.office, depot.act, depot.warehouse, "H-C1", UnitKind.CART, rows=1, columns=1, location_id=depot.first.id
    )
    depot.office.perform(move_unit, MoveUnit(tote.id, 1, parent_id=slot_of(depot, cart).id), depot.act)
    with pytest.raises(NotEmpty, match="H-T1"):
        depot.office.perform(move_unit, MoveUnit(cart.id, 1, location_id=depot.second.id), depot.act)
    depot.office.perform(carry_unit, CarryUnit(cart.id, cart.id, 1, depot.second.id), depot.act)
    assert depot.lies(handling_unit_id=tote.id) == {"A-02-01-1": 4}


def test_an_empty_unit_goes_anywhere(depot: Depot) -> None:
    tote = some_unit(depot.office, depot.act, depot.warehouse, "H-T1", location_id=depot.first.id)
    moved = depot.office.perform(move_unit, MoveUnit(tote.id, 1, location_id=depot.second.id), depot.act)
    assert moved.location_id == depot.second.id


def test_a_unit_with_goods_is_not_retired(depot: Depot) -> None:
    tote = full_tote(depot)
    with pytest.raises(NotEmpty, match="4 of"):
        depot.office.perform(edit_unit, EditUnit(tote.id, 1, Size(), UnitState.RETIRED), depot.act)


def test_a_cart_with_goods_in_a_slot_is_not_retired(depot: Depot) -> None:
    cart = some_unit(
        depot.office, depot.act, depot.warehouse, "H-C1", UnitKind.CART, rows=1, columns=2, location_id=depot.first.id
    )
    depot.move(2, depot.unplaced, depot.first.id, to_unit_id=slot_of(depot, cart).id)
    with pytest.raises(NotEmpty, match="2 of"):
        depot.office.perform(edit_unit, EditUnit(cart.id, 1, Size(), UnitState.RETIRED), depot.act)


def test_a_unit_is_not_carried_to_where_it_stands(depot: Depot) -> None:
    tote = full_tote(depot)
    with pytest.raises(InvalidValue, match="another place"):
        depot.office.perform(carry_unit, CarryUnit(tote.id, tote.id, 1, depot.first.id), depot.act)


DECIDED = threading.Event()


@needs("tests.slow-move")
def slow_move(tx: BinsTx, cmd: MoveGoods, act: Act) -> None:
    """Move, and take one's time before the transaction ends."""
    move_goods(tx, cmd, act)
    DECIDED.set()
    time.sleep(0.3)


def test_a_place_is_not_retired_while_goods_are_on_their_way_to_it(sql_store: Any, clock: Any, system: Act) -> None:
    depot = some_depot(Office(sql_store, clock), system)
    line = MoveLine(depot.tea, 4, depot.unplaced, depot.first.id)
    slow = MoveGoods(new_id(), depot.warehouse, (line,))
    DECIDED.clear()
    with ThreadPoolExecutor(1) as threads:
        moving = threads.submit(depot.office.perform, slow_move, slow, depot.act)
        assert DECIDED.wait(10)
        with pytest.raises(NotEmpty, match="4 of"):
            depot.office.perform(retire_location, RetireLocation(depot.first.id, 1), depot.act)
        moving.result(10)
