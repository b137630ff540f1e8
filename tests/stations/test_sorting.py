"""Sorting at the wall by scans: the slot that lights, surplus, wrong slots, stops between scans, and who may use a wall."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.stations.floor import said
from tests.stations.shipping import Dock, Worker, fact
from tests.stations.test_picking import due


@pytest.fixture
def dock(office: Office, clock: Any) -> Dock:
    made = Dock(office, clock)
    made.tote()
    made.unit(UnitKind.WALL, "H-WALL1", rows=2, columns=2)
    return made


@pytest.fixture
def li(dock: Dock) -> Worker:
    return dock.worker("li")


def picked(dock: Dock, li: Worker, *orders: OutboundOrder) -> str:
    """In one tote, fetched in totals; the wave's number."""
    made = dock.printed(*orders, method=PickMethod.THEN_SORT)
    li.open(Task.PICK)
    screen = li.scan("H-TOTE1")
    barcodes = {place.path: place.barcode for place in (dock.first, dock.second)}
    while screen.prompt.code == "prompt.location":
        screen = li.scan(barcodes[fact(screen, "location")], *screen.rows[0][1:2])
        if screen.prompt.code == "prompt.product":
            screen = li.scan(str(int(screen.digits) + 1))
    assert said(screen) == "walk-done"
    li.open(Task.SORT)
    return made.wave.number


def stop(dock: Dock, order: OutboundOrder) -> None:
    dock.office.perform(intercept_order, InterceptOrder(order.id, "refund"), dock.act)


def test_goods_of_two_orders_come_into_their_slots(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    wave = picked(dock, li, first, second)
    assert said(li.scan(wave, "H-WALL1")) == "sort-begun"
    lit = li.scan("CUP", "2")
    assert (due(lit), lit.digits, fact(lit, "slot")) == ("sort-slot", "1", "H-WALL1-1")
    assert said(li.scan("H-WALL1-1")) == "sorted"
    assert li.scan("CUP").digits == "2"
    assert said(li.scan("H-WALL1-2")) == "slot-full"
    assert said(li.scan("POT", "H-WALL1-1")) == "sort-done"
    assert dock.lies("CUP") == {"A-01-01-1": (7, 7), "P-01": (3, 0)}
    lying = [one.unit_barcode for code in ("CUP", "POT") for one in dock.bins(code) if one.path == "P-01" and one.qty]
    assert sorted(lying) == ["H-WALL1-1", "H-WALL1-1", "H-WALL1-2"]
    assert {dock.now(one).state for one in (first, second)} == {OutboundState.PICKED}


def test_more_than_a_slot_wants_lights_for_what_it_wants(dock: Dock, li: Worker) -> None:
    wave = picked(dock, li, dock.released(CUP=1), dock.released(CUP=2))
    li.scan(wave, "H-WALL1")
    assert fact(li.scan("CUP", "3"), "qty") == "1"
    assert fact(li.scan("2"), "qty") == "2"


def test_a_wrong_slot_and_a_surplus_piece_move_nothing(dock: Dock, li: Worker) -> None:
    wave = picked(dock, li, dock.released(CUP=1), dock.released(POT=1))
    li.scan(wave, "H-WALL1")
    assert li.refuses("BOWL") == "sort.no-open-slot"
    assert li.refuses("H-WALL1-1") == "scan.wrong-record"
    li.scan("CUP")
    assert li.refuses("H-WALL1-2") == "scan.wrong-record"
    assert li.refuses("POT") == "pick.not-now"
    assert li.refuses("C-DONE") == "station.not-now"
    assert said(li.scan("C-UNDO", "C-DONE")) == "sort-missing"


def test_a_stopped_order_rings_at_its_slot_and_its_piece_goes_nowhere(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(CUP=1)
    wave = picked(dock, li, first, second)
    lit = li.scan(wave, "H-WALL1", "CUP")
    stop(dock, first if lit.digits == "1" else second)
    rung = li.scan(fact(lit, "slot"))
    assert rung.message is not None
    assert (said(rung), rung.message.level) == ("sort-stopped", MessageLevel.STOP)
    assert said(li.scan("CUP", "H-WALL1-2" if lit.digits == "1" else "H-WALL1-1")) == "sort-done"
    li.scan(wave)
    assert li.refuses("CUP") == "sort.no-open-slot"
    assert said(li.scan("C-DONE")) == "sort-done"


def test_what_a_stopped_order_wanted_is_not_missing(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(CUP=1, POT=1)
    wave = picked(dock, li, first, second)
    begun = li.scan(wave, "H-WALL1")
    assert (dict(begun.facts)["label.missing"], len(begun.rows)) == ("3", 3)
    stop(dock, second)
    now = li.open(Task.SORT)
    assert (dict(now.facts)["label.missing"], [row[0] for row in now.rows]) == ("1", ["H-WALL1-1"])


def test_sorting_goes_on_where_it_stood_and_at_no_other_wall(dock: Dock, li: Worker) -> None:
    wave = picked(dock, li, dock.released(CUP=1, POT=1))
    li.scan(wave, "H-WALL1", "CUP", "H-WALL1-1", "C-CANCEL")
    assert due(li.scan(wave)) == "wall-product"
    assert li.scan("POT").digits == "1"


def test_a_wall_with_goods_of_another_wave_is_not_used(dock: Dock, li: Worker) -> None:
    wave = picked(dock, li, dock.released(CUP=1))
    li.scan(wave, "H-WALL1", "CUP", "H-WALL1-1")
    later = picked(dock, li, dock.released(POT=1))
    li.scan(later)
    assert li.refuses("H-WALL1") == "outbound.not-ready"
    assert li.refuses("H-TOTE1") == "invalid-value"


def test_a_wave_that_is_not_picked_or_needs_no_wall_is_refused(dock: Dock, li: Worker) -> None:
    made = dock.printed(dock.released(CUP=1), method=PickMethod.THEN_SORT)
    carted = dock.printed(dock.released(POT=1))
    li.open(Task.SORT)
    for wave in (made, carted):
        li.scan(wave.wave.number)
        assert li.refuses("H-WALL1") == "outbound.not-ready"
        li.scan("C-UNDO")
