"""Picking by scans: walks chosen and resumed, each step and each wrong scan, short picks, zero checks, stops between scans."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import StationScreen, Task
from tests.stations.floor import said
from tests.stations.shipping import PIN, Dock, Worker, fact


@pytest.fixture
def dock(memory_office: Office, clock: Any) -> Dock:
    return Dock(memory_office, clock)


@pytest.fixture
def li(dock: Dock) -> Worker:
    worker = dock.worker("li")
    worker.open(Task.PICK)
    return worker


def stop(dock: Dock, order: OutboundOrder) -> None:
    dock.office.perform(intercept_order, InterceptOrder(order.id, "refund"), dock.act)


def due(screen: StationScreen) -> str:
    return screen.prompt.code.removeprefix("prompt.")


def test_two_orders_go_into_the_slots_of_a_cart(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    dock.printed(first, second)
    dock.cart()
    begun = li.scan("H-CART1")
    assert (said(begun), due(begun), fact(begun, "location")) == ("walk-begun", "location", "A-01-01-1")
    assert li.scan(dock.first.barcode).digits == "2"
    in_hand = li.scan("CUP", "2")
    assert due(in_hand) == "slot"
    slot = fact(in_hand, "slot")
    assert due(li.scan(slot)) == "product"
    other = fact(li.scan("CUP"), "slot")
    assert due(li.scan(other)) == "location"
    done = li.scan(dock.second.barcode, "POT", slot)
    assert (said(done), due(done)) == ("walk-done", "wave")
    assert {dock.now(one).state for one in (first, second)} == {OutboundState.PICKED}
    assert dock.lies("CUP") == {"A-01-01-1": (7, 7), "P-01": (3, 0)}


def test_totals_need_no_slot_and_part_of_a_line_is_put_down(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=3)
    dock.printed(sent, method=PickMethod.THEN_SORT)
    dock.tote()
    li.scan("H-TOTE1", dock.first.barcode, "CUP", "CUP")
    assert said(li.scan("C-DONE")) == "picked"
    assert dock.lies("CUP") == {"A-01-01-1": (8, 7), "P-01": (2, 0)}
    assert said(li.scan("CUP")) == "walk-done"


def test_a_wave_is_chosen_by_its_number_and_then_wants_a_cart(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(POT=1))
    later = dock.printed(dock.released(CUP=1))
    dock.cart()
    assert due(li.scan(later.wave.number)) == "cart"
    assert li.refuses(later.wave.number) == "scan.wrong-record"
    assert fact(li.scan("H-CART1"), "location") == "A-01-01-1"


def test_a_zone_is_chosen_by_one_of_its_places(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=1, POT=1)
    dock.printed(sent, method=PickMethod.ZONE)
    dock.cart()
    li.scan(dock.second.barcode)
    assert fact(li.scan("H-CART1"), "location") == "B-01-01-1"
    li.scan(dock.second.barcode, "POT", "H-CART1-1")
    assert dock.now(sent).state is OutboundState.PICKING
    li.scan("H-CART1")
    assert said(li.scan(dock.first.barcode, "CUP", "H-CART1-1")) == "walk-done"
    assert dock.now(sent).state is OutboundState.PICKED


def test_order_by_order_each_has_a_walk(dock: Dock, li: Worker) -> None:
    orders = dock.released(CUP=1), dock.released(POT=1)
    dock.printed(*orders, method=PickMethod.SINGLE)
    dock.tote()
    fetched = []
    for _ in orders:
        screen = li.scan("H-TOTE1")
        fetched.append(screen.rows[0][1])
        assert said(li.scan(dock.next_scan(screen), fetched[-1])) == "walk-done"
    assert sorted(fetched) == ["CUP", "POT"]
    assert {dock.now(one).state for one in orders} == {OutboundState.PICKED}


def test_wrong_scans_move_nothing_and_say_what_is_due(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=2))
    dock.cart()
    li.scan("H-CART1")
    assert li.refuses(dock.second.barcode) == "scan.wrong-record"
    assert li.refuses("CUP") == "scan.wrong-record"
    assert li.refuses("C-SHORT") == "pick.not-now"
    li.scan(dock.first.barcode)
    assert li.refuses("POT") == "scan.wrong-record"
    assert li.refuses("3") == "pick.not-now"
    assert li.refuses("C-YES") == "pick.not-now"
    assert li.refuses("H-CART1-1") == "pick.not-now"
    li.scan("CUP")
    assert li.refuses("3") == "outbound.too-many"
    assert li.refuses("H-CART1-2") == "scan.wrong-record"
    assert li.refuses("C-SKIP") == "pick.not-now"
    assert li.refuses("C-SHORT") == "pick.not-now"
    assert dock.lies("CUP") == {"A-01-01-1": (10, 8)}


def test_what_is_in_hand_is_laid_back_and_the_place_left(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=2))
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP")
    assert li.scan("C-UNDO").digits == "2"
    assert due(li.scan("C-UNDO")) == "location"
    assert li.refuses("C-UNDO") == "station.not-now"


def test_a_skipped_line_comes_again_at_the_end(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=1, POT=1))
    dock.cart()
    li.scan("H-CART1")
    assert fact(li.scan("C-SKIP"), "location") == "B-01-01-1"
    assert fact(li.scan(dock.second.barcode, "POT", "H-CART1-1"), "location") == "A-01-01-1"


def test_a_walk_is_resumed_with_what_was_in_hand(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=3))
    dock.cart()
    before = li.scan("H-CART1", dock.first.barcode, "CUP", "2")
    li.at = li.port.log_in(li.badge, PIN)
    again = li.open(Task.PICK)
    assert (said(again), again.prompt, again.digits) == ("resumed", before.prompt, before.digits)


def test_a_walk_that_is_left_is_taken_on_by_somebody_else(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=1, POT=1))
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP", "H-CART1-1")
    wang = dock.worker("wang")
    wang.open(Task.PICK)
    assert wang.refuses("H-CART1") == "refused"
    assert said(li.scan("C-CANCEL")) == "confirm-leave"
    assert said(li.scan("C-CANCEL")) == "walk-left"
    assert fact(wang.scan("H-CART1"), "location") == "B-01-01-1"
    assert due(li.open(Task.PICK)) == "wave"


def test_asking_to_leave_a_walk_keeps_place_and_hand_until_it_is_confirmed(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=2))
    dock.cart()
    held = li.scan("H-CART1", dock.first.barcode, "CUP")
    asked = li.scan("C-CANCEL")
    assert (said(asked), asked.prompt, asked.digits) == ("confirm-leave", held.prompt, held.digits)
    assert due(li.scan("CUP")) == "slot"
    assert said(li.scan("H-CART1-1")) == "walk-done"


def test_a_short_pick_is_confirmed_and_the_rest_is_fetched_elsewhere(dock: Dock, li: Worker) -> None:
    sent = dock.released(CUP=3)
    spare = dock.place("C-01-01-1")
    dock.shop.take_in(CUP=1)
    dock.printed(sent)
    dock.put_away(spare, CUP=1)
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP", "H-CART1-1")
    assert said(li.scan("C-SHORT")) == "confirm-short"
    assert dock.lies("CUP")["A-01-01-1"] == (9, 7)
    answer = li.scan("C-SHORT")
    assert (said(answer), fact(answer, "qty")) == ("line-short", "1")
    assert fact(li.scan(spare.barcode, "CUP"), "slot") == "H-CART1-1"
    assert said(li.scan("H-CART1-1", "C-YES")) == "walk-done"
    assert dock.now(sent).state is OutboundState.SHORT


def test_another_code_between_does_not_confirm_a_short_pick(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=2))
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "C-SHORT", dock.first.barcode)
    assert said(li.scan("C-SHORT")) == "confirm-short"


def test_an_empty_place_is_asked_after(dock: Dock, li: Worker) -> None:
    dock.printed(dock.released(CUP=10))
    dock.cart()
    asked = li.scan("H-CART1", dock.first.barcode, "CUP", "10", "H-CART1-1")
    assert (due(asked), fact(asked, "location")) == ("zero-check", "A-01-01-1")
    assert li.refuses("CUP") == "pick.not-now"
    assert li.refuses("C-SKIP") == "pick.not-now"
    assert said(li.scan("C-NO")) == "walk-done"


def test_an_order_that_is_stopped_rings_before_the_next_scan_is_used(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(CUP=1)
    dock.printed(first, second)
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP")
    stop(dock, first)
    rung = li.scan("H-CART1-1")
    assert rung.message is not None
    assert (said(rung), rung.message.level) == ("walk-stopped", MessageLevel.STOP)
    assert said(li.scan(dock.first.barcode, "CUP", "H-CART1-2")) == "walk-done"
    assert (dock.now(first).state, dock.now(second).state) == (OutboundState.CANCELLED, OutboundState.PICKED)
    assert dock.lies("CUP") == {"A-01-01-1": (9, 9), "P-01": (1, 0)}


def test_goods_of_a_stopped_order_on_the_cart_are_named_with_their_slot(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    dock.printed(first, second)
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP", "2", "H-CART1-1", "CUP", "H-CART1-2")
    stop(dock, first)
    rung = li.scan(dock.second.barcode)
    assert (said(rung), fact(rung, "slot"), fact(rung, "number")) == ("interrupted", "H-CART1-1", first.number)
    assert due(rung) == "wave"


def test_goods_of_orders_stopped_behind_the_picker_are_named_at_the_end(dock: Dock, li: Worker) -> None:
    first, second = dock.released(CUP=1), dock.released(POT=1)
    dock.printed(first, second)
    dock.cart()
    li.scan("H-CART1", dock.first.barcode, "CUP", "H-CART1-1")
    stop(dock, first)
    ended = li.scan(dock.second.barcode, "POT", "H-CART1-2")
    assert (said(ended), fact(ended, "slot")) == ("interrupted", "H-CART1-1")


def test_nothing_to_pick_is_said_and_a_cart_that_is_none_refused(dock: Dock, li: Worker) -> None:
    dock.cart()
    assert li.refuses("H-CART1") == "refused"
    assert li.refuses("H-NONE") == "scan.not-found"
    assert li.refuses(dock.first.barcode) == "refused"
    assert li.refuses("C-DONE") == "station.not-now"
