"""The hand-over and putting back by scans: one open manifest a carrier, closed when asked twice; stopped goods to the shelf."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.hand_over import OpenManifest, open_manifest
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.ids import ManifestId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.stations.floor import said
from tests.stations.shipping import BOX, Dock, Worker, fact
from tests.stations.test_picking import due


@pytest.fixture
def dock(memory_office: Office, clock: Any) -> Dock:
    made = Dock(memory_office, clock)
    made.box(BOX)
    return made


@pytest.fixture
def li(dock: Dock) -> Worker:
    return dock.worker("li")


def stop(dock: Dock, order: OutboundOrder) -> None:
    dock.office.perform(intercept_order, InterceptOrder(order.id, "refund"), dock.act)


def test_parcels_come_onto_the_carriers_manifest_and_leave_when_it_is_closed_twice(dock: Dock, li: Worker) -> None:
    orders = dock.weighed(li, CUP=1), dock.weighed(li, POT=1)
    li.open(Task.HAND_OVER)
    assert due(li.scan("EMBEDDED")) == "parcel"
    assert [li.scan(order.waybill).digits for order in orders] == ["1", "2"]
    asked = li.scan("C-DONE")
    assert (said(asked), fact(asked, "weight")) == ("confirm-close", "1900")
    assert {dock.now(one).state for one in orders} == {OutboundState.WEIGHED}
    closed = li.scan("C-DONE")
    assert (said(closed), due(closed)) == ("manifest-closed", "carrier")
    assert {dock.now(one).state for one in orders} == {OutboundState.SHIPPED}
    assert dock.lies("CUP") == {"A-01-01-1": (9, 9)}


def test_the_open_manifest_of_a_carrier_is_gone_on_with(dock: Dock, li: Worker) -> None:
    first, second = dock.weighed(li, CUP=1), dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    li.scan("embedded", first.waybill)
    wang = dock.worker("wang")
    wang.open(Task.HAND_OVER)
    assert wang.scan("embedded").digits == "1"
    assert wang.scan(second.waybill).digits == "2"


def test_what_does_not_belong_on_it_stays_off(dock: Dock, li: Worker) -> None:
    weighed, packed = dock.weighed(li, CUP=1), dock.packed(li, CUP=1)
    picked = dock.released(CUP=1)
    dock.printed(picked)
    li.open(Task.HAND_OVER)
    assert li.refuses(weighed.waybill) == "scan.wrong-record"
    assert li.refuses("C-DONE") == "station.not-now"
    li.scan("second")
    assert li.refuses(weighed.waybill) == "outbound.wrong-carrier"
    li.scan("C-CANCEL", "embedded")
    assert li.refuses(packed.waybill) == "outbound.not-weighed"
    assert li.refuses(dock.waybill(picked)) == "outbound.not-ready"
    li.scan(weighed.waybill)
    assert li.refuses(weighed.waybill) == "outbound.on-manifest"


def test_an_empty_manifest_is_not_closed(dock: Dock, li: Worker) -> None:
    li.open(Task.HAND_OVER)
    li.scan("embedded", "C-DONE")
    assert li.refuses("C-DONE") == "outbound.not-ready"


def test_the_last_parcel_is_taken_off_again(dock: Dock, li: Worker) -> None:
    sent = dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    off = li.scan("embedded", sent.waybill, "C-UNDO")
    assert (said(off), off.digits) == ("taken-off", "0")
    assert li.refuses("C-UNDO") == "station.not-now"
    assert li.scan(sent.waybill).digits == "1"


def test_a_parcel_between_the_two_asks_anew(dock: Dock, li: Worker) -> None:
    first, second = dock.weighed(li, CUP=1), dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    li.scan("embedded", first.waybill, "C-DONE", second.waybill)
    assert said(li.scan("C-DONE")) == "confirm-close"


def test_a_stopped_order_rings_and_its_parcel_leaves_the_manifest(dock: Dock, li: Worker) -> None:
    on, off = dock.weighed(li, CUP=1), dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    li.scan("embedded", on.waybill)
    stop(dock, on)
    stop(dock, off)
    rung = li.scan(off.waybill)
    assert rung.message is not None
    assert (said(rung), rung.message.level, rung.digits) == ("outbound.intercepted", MessageLevel.STOP, "0")


def test_a_manifest_that_was_closed_elsewhere_is_left(dock: Dock, li: Worker) -> None:
    sent = dock.weighed(li, CUP=1)
    li.open(Task.HAND_OVER)
    li.scan("embedded", sent.waybill)
    wang = dock.worker("wang")
    wang.open(Task.HAND_OVER)
    number = fact(wang.scan("embedded", "C-DONE", "C-DONE"), "number")
    gone = li.scan("C-DONE")
    assert (said(gone), fact(gone, "number"), due(gone)) == ("manifest-gone", number, "carrier")
    assert li.refuses(number) == "outbound.not-ready"


def test_a_manifest_is_gone_on_with_by_its_number(dock: Dock, li: Worker) -> None:
    cmd = OpenManifest(ManifestId(new_id()), dock.warehouse, "second")
    made = dock.office.perform(open_manifest, cmd, dock.act)
    li.open(Task.HAND_OVER)
    assert ("label.carrier", "second") in li.scan(made.number).facts


# -- putting back


def interrupted(dock: Dock, li: Worker, **units: int) -> OutboundOrder:
    """Picked into a tote, and stopped."""
    sent = dock.released(**units)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-BACK")
    stop(dock, sent)
    li.open(Task.PUT_BACK)
    return sent


def test_stopped_goods_go_back_beside_their_like_until_nothing_is_left(dock: Dock, li: Worker) -> None:
    sent = interrupted(dock, li, CUP=2, POT=1)
    shown = li.scan(dock.waybill(sent))
    assert [(row[0], row[1], row[3]) for row in shown.rows] == [("P-01 H-BACK", "CUP", "2"), ("P-01 H-BACK", "POT", "1")]
    assert fact(li.scan("CUP", "2"), "proposed") == "A-01-01-1"
    assert said(li.scan(dock.first.barcode)) == "moved"
    assert said(li.scan("POT", dock.second.barcode)) == "put-back-done"
    assert dock.now(sent).state is OutboundState.CANCELLED
    assert (dock.lies("CUP"), dock.lies("POT")) == ({"A-01-01-1": (10, 10)}, {"B-01-01-1": (10, 10)})


def test_another_place_is_confirmed_by_scanning_it_again(dock: Dock, li: Worker) -> None:
    sent = interrupted(dock, li, CUP=1)
    assert said(li.scan(sent.number, "CUP", dock.second.barcode)) == "confirm-place"
    assert said(li.scan(dock.second.barcode)) == "put-back-done"


def test_only_what_is_off_the_shelf_for_a_stopped_order_goes_back(dock: Dock, li: Worker) -> None:
    sent = interrupted(dock, li, POT=2)
    going, never = dock.released(CUP=1), dock.released(CUP=1)
    dock.printed(going)
    stop(dock, never)
    assert li.refuses(dock.waybill(going)) == "outbound.not-ready"
    assert li.refuses(never.number) == "outbound.not-ready"
    li.scan(dock.waybill(sent))
    assert li.refuses("CUP") == "check.not-in-order"
    li.scan("POT")
    assert li.refuses("3") == "station.too-many"
    assert li.refuses("CUP") == "check.not-in-order"
    assert li.refuses("C-DONE") == "station.not-now"
    assert li.scan("C-UNDO").prompt.code == "prompt.put-back-goods"
    assert due(li.scan("C-UNDO")) == "put-back"


def test_goods_go_back_into_a_unit_on_a_shelf(dock: Dock, li: Worker) -> None:
    sent = interrupted(dock, li, CUP=1)
    dock.tote()
    li.scan(sent.number, "CUP")
    assert said(li.scan("H-TOTE1", "H-TOTE1")) == "put-back-done"
    assert dock.lies("CUP")["P-01"] == (1, 1)
