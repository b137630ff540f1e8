"""The bench by scans: pieces counted once, the box proposed and the box used, several boxes, the fast lane, stops between scans."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.reply import MessageLevel, Sound
from houtai.domain.warehouse.work import Task
from tests.stations.floor import said
from tests.stations.shipping import BOX, CHEAP, Dock, Worker, fact
from tests.stations.test_picking import due


@pytest.fixture
def dock(memory_office: Office, clock: Any) -> Dock:
    made = Dock(memory_office, clock)
    made.box(BOX)
    made.box(CHEAP)
    return made


@pytest.fixture
def li(dock: Dock) -> Worker:
    return dock.worker("li")


def picked(dock: Dock, li: Worker, **units: int) -> OutboundOrder:
    """On the table, by somebody's walk."""
    sent = dock.released(**units)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, f"H-T{sent.number[-3:]}")
    assert dock.now(sent).state is OutboundState.PICKED
    li.open(Task.CHECK)
    return sent


def stop(dock: Dock, order: OutboundOrder) -> None:
    dock.office.perform(intercept_order, InterceptOrder(order.id, "refund"), dock.act)


def test_every_piece_is_scanned_and_the_last_leads_to_the_box(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=2, BOWL=1)
    begun = li.scan(dock.waybill(sent))
    assert (due(begun), begun.digits) == ("check", "3")
    assert [said(li.scan(code)) for code in ("CUP", "BOWL", "CUP")] == ["checked", "checked", "order-checked"]
    assert due(li.open(Task.CHECK)) == "any-box"
    assert said(li.scan("B1")) == "packed"
    (parcel,) = dock.parcels(sent)
    assert (dock.now(sent).state, parcel.box_code, parcel.tare_g) == (OutboundState.PACKED, "B1", 200)


def test_a_number_may_be_typed_and_means_so_many_in_all(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=5)
    li.scan(dock.waybill(sent), "CUP")
    assert li.scan("4").digits == "1"
    assert li.refuses("4") == "invalid-value"
    assert li.refuses("6") == "check.over-quantity"
    assert said(li.scan("5")) == "order-checked"


def test_a_piece_of_another_order_and_one_too_many_count_nothing(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=1, BOWL=1)
    assert li.refuses("CUP") == "scan.wrong-record"
    assert li.refuses("C-DONE") == "station.not-now"
    li.scan(sent.number, "CUP")
    assert li.refuses("POT") == "check.not-in-order"
    assert li.refuses("CUP") == "check.over-quantity"
    assert li.refuses("B1") == "scan.wrong-record"
    assert li.refuses("C-DONE") == "station.not-now"
    assert li.open(Task.CHECK).digits == "1"


def test_a_mixed_up_bench_is_begun_anew_when_asked_twice(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=2)
    li.scan(dock.waybill(sent), "CUP")
    assert said(li.scan("C-UNDO")) == "confirm-check-anew"
    assert li.scan("C-UNDO").digits == "2"


def test_a_bench_that_was_left_goes_on_where_it_stood(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=2)
    assert due(li.scan(dock.waybill(sent), "CUP", "C-CANCEL")) == "waybill"
    assert li.scan(dock.waybill(sent)).digits == "1"
    li.scan("CUP", "C-CANCEL")
    assert due(li.scan(dock.waybill(sent))) == "any-box"
    li.scan("C-DONE")
    assert dock.parcels(sent)[0].box_code == ""
    assert li.refuses(dock.waybill(sent), MessageLevel.INFO) == "check.already-checked"


def test_what_is_not_picked_yet_is_not_checked(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=1)
    dock.printed(sent)
    li.open(Task.CHECK)
    assert li.refuses(dock.waybill(sent)) == "outbound.not-ready"


def test_a_stopped_order_rings_at_every_scan_and_leaves_the_bench(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=2)
    waybill = dock.waybill(sent)
    li.scan(waybill, "CUP")
    stop(dock, sent)
    rung = li.scan("CUP")
    assert (said(rung), rung.sound, due(rung)) == ("outbound.intercepted", Sound.ALARM, "waybill")
    again = li.scan(waybill)
    assert (said(again), again.sound) == ("outbound.intercepted", Sound.ALARM)


def test_an_order_stopped_at_the_box_is_not_packed(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=1)
    li.scan(dock.waybill(sent), "CUP")
    stop(dock, sent)
    assert said(li.scan("B1")) == "outbound.intercepted"
    assert dock.parcels(sent) == []


def test_an_order_goes_into_several_boxes(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=3, BOWL=1)
    li.scan(dock.waybill(sent), "CUP", "3", "BOWL", "C-FULL", "B1", "CUP", "2")
    assert li.refuses("4") == "outbound.too-many"
    assert li.refuses("POT") == "check.not-in-order"
    assert due(li.scan("B0")) == "fill-box"
    assert said(li.scan("CUP", "C-DONE")) == "outbound.parcels-differ"
    assert said(li.scan("BOWL", "C-DONE")) == "packed"
    boxes = {(one.box_code, sum(content.qty for content in one.contents)) for one in dock.parcels(sent)}
    assert boxes == {("B1", 2), ("B0", 2)}


def test_several_boxes_are_begun_anew(dock: Dock, li: Worker) -> None:
    sent = picked(dock, li, CUP=1)
    li.scan(dock.waybill(sent), "CUP", "C-FULL", "B0", "CUP")
    assert due(li.scan("C-UNDO")) == "any-box"


def test_in_the_fast_lane_the_piece_finds_its_order_and_the_label_comes_after(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(BOWL=1)
    made = dock.printed(first, second, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-LANE")
    li.open(Task.CHECK)
    assert li.scan(made.wave.number).digits == "2"
    found = li.scan("BOWL")
    assert (said(found), fact(found, "waybill"), due(found)) == ("label-printing", dock.waybill(second), "any-box")
    assert said(li.scan("B0")) == "packed"
    assert li.refuses("BOWL") == "check.no-order-wants"
    assert li.refuses("POT") == "check.no-order-wants"
    assert said(li.scan("CUP", "C-DONE")) == "packed"
    assert {dock.now(one).state for one in (first, second)} == {OutboundState.PACKED}
    assert due(li.scan("C-UNDO")) == "waybill"


def test_a_piece_of_a_stopped_order_goes_to_the_next_one_or_is_surplus(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(CUP=1)
    made = dock.printed(first, second, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-LANE")
    stop(dock, first)
    li.open(Task.CHECK)
    li.scan(made.wave.number, "CUP")
    assert dock.now(second).state is OutboundState.CHECKED
    li.scan("C-DONE")
    assert li.refuses("CUP") == "check.no-order-wants"


def test_a_label_that_has_not_come_lets_the_next_piece_go_first(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=1)
    made = dock.wave(sent, shape=BasketShape.SINGLE, method=PickMethod.THEN_SORT)
    dock.walk(li, "H-LANE")
    li.open(Task.CHECK)
    asked = li.scan(made.wave.number, "CUP")
    assert (said(asked), due(asked)) == ("label-asked", "fast-lane")
    dock.answer(sent)
    assert due(li.scan(dock.waybill(sent))) == "any-box"


def test_a_wave_without_a_lane_is_none(dock: Dock, li: Worker) -> None:
    made = dock.printed(dock.released(CUP=1))
    li.open(Task.CHECK)
    assert li.refuses(made.wave.number) == "refused"


def test_the_cheapest_box_that_holds_it_is_proposed_and_another_may_be_used(dock: Dock, li: Worker) -> None:
    dock.size("CUP", 80, 80, 90)
    one, two = picked(dock, li, CUP=1), picked(dock, li, CUP=3)
    assert fact(li.scan(dock.waybill(one), "CUP"), "box") == "B0"
    li.scan("B1")
    assert fact(li.scan(dock.waybill(two), "CUP", "3"), "box") == "B1"
    assert dock.parcels(one)[0].box_code == "B1"
