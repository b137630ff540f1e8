"""What goes out by a station's port, for every way to the house: from the shelf to a closed manifest, by the wall, and back again.

Every scan is sent twice, as a station does that got no answer: the second answer is the first one, and nothing is done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import StationScreen, Task
from tests.stations.floor import said
from tests.stations.served import WAYS
from tests.stations.shipping import BOX, VERBS, Dock, Worker, fact
from tests.stations.test_picking import due


@pytest.fixture(params=sorted(WAYS))
def dock(request: pytest.FixtureRequest, office: Office, clock: Any) -> Iterator[Dock]:
    made = Dock(office, clock)
    with ExitStack() as doors:
        made.reach = lambda station: doors.enter_context(WAYS[request.param](office, made.house, station, made.badges))
        made.box(BOX)
        yield made


@pytest.fixture
def li(dock: Dock) -> Worker:
    return dock.worker("li")


def twice(worker: Worker, *codes: str) -> list[str]:
    """Each scan sent twice; what is due after each."""
    found = []
    for code in codes:
        screen = worker.scan(code)
        assert worker.port.scan(worker.at.token, worker.task, worker.seq, code) == screen
        found.append(due(screen))
    return found


def now(worker: Worker) -> StationScreen:
    """The screen as whoever comes back to the task sees it, without its message."""
    return worker.port.open_task(worker.at.token, worker.task)


def states(dock: Dock, *orders: OutboundOrder) -> set[OutboundState]:
    return {dock.now(one).state for one in orders}


def test_an_order_goes_from_the_shelf_to_the_closed_manifest(dock: Dock, li: Worker) -> None:
    boss = dock.worker("chen", *VERBS, "outbound.accept-weight")
    sent = dock.released(CUP=2, POT=1)
    dock.printed(sent)
    dock.cart()
    waybill = dock.waybill(sent)
    li.open(Task.PICK)
    walked = twice(li, "H-CART1", dock.first.barcode, "CUP", "2", "H-CART1-1", dock.second.barcode, "POT", "H-CART1-1")
    assert walked == ["location", "product", "product", "slot", "location", "product", "slot", "wave"]
    assert states(dock, sent) == {OutboundState.PICKED}
    li.open(Task.CHECK)
    assert twice(li, waybill, "CUP", "BOWL", "CUP", "POT", "B1") == ["check", "check", "check", "check", "any-box", "waybill"]
    assert states(dock, sent) == {OutboundState.PACKED}
    li.open(Task.WEIGH)
    assert twice(li, waybill, "5kg", boss.badge, "1") == ["weight", "weight-differs", "reason", "weigh"]
    assert states(dock, sent) == {OutboundState.WEIGHED}
    li.open(Task.HAND_OVER)
    assert twice(li, "embedded", waybill, "C-DONE") == ["parcel", "parcel", "parcel"]
    assert now(li).digits == "1"
    assert said(li.scan("C-DONE")) == "manifest-closed"
    assert states(dock, sent) == {OutboundState.SHIPPED}
    assert (dock.lies("CUP"), dock.lies("POT")) == ({"A-01-01-1": (8, 8)}, {"B-01-01-1": (9, 9)})


def test_two_orders_are_picked_together_and_sorted_at_the_wall(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    made = dock.printed(first, second, method=PickMethod.THEN_SORT)
    dock.tote()
    dock.unit(UnitKind.WALL, "H-WALL1", rows=2, columns=2)
    li.open(Task.PICK)
    assert twice(li, "H-TOTE1", dock.first.barcode, "CUP", "3") == ["location", "product", "product", "location"]
    assert twice(li, dock.second.barcode, "POT") == ["product", "wave"]
    li.open(Task.SORT)
    assert twice(li, made.wave.number, "H-WALL1", "CUP", "2") == ["wall", "wall-product", "sort-slot", "sort-slot"]
    assert now(li).digits == "1"
    assert twice(li, "H-WALL1-1", "CUP", "H-WALL1-1", "H-WALL1-2") == ["wall-product", "sort-slot", "sort-slot", "wall-product"]
    assert states(dock, first, second) == {OutboundState.PICKED}
    assert said(li.scan("POT", "H-WALL1-1")) == "sort-done"
    lying = sorted(one.unit_barcode for code in ("CUP", "POT") for one in dock.bins(code) if one.path == "P-01" and one.qty)
    assert lying == ["H-WALL1-1", "H-WALL1-1", "H-WALL1-2"]


def test_a_stop_between_two_scans_rings_and_the_goods_go_back(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=2)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-TOTE1")
    li.open(Task.CHECK)
    twice(li, dock.waybill(sent), "CUP")
    dock.office.perform(intercept_order, InterceptOrder(sent.id, "refund"), dock.act)
    assert twice(li, "CUP") == ["waybill"]
    rung = li.scan(dock.waybill(sent))
    assert rung.message is not None
    assert (rung.message.level, said(rung), fact(rung, "number")) == (MessageLevel.STOP, "outbound.intercepted", sent.number)
    li.open(Task.PUT_BACK)
    assert twice(li, dock.waybill(sent), "CUP", "2") == ["put-back-goods", "put-away", "put-away"]
    assert said(li.scan(dock.first.barcode)) == "put-back-done"
    assert (states(dock, sent), dock.lies("CUP")) == ({OutboundState.CANCELLED}, {"A-01-01-1": (10, 10)})
