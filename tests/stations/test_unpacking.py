"""Parcels that come back, by scans: what is in stock and taken down is what lay in them; each wrong scan takes in nothing."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.application.office import Office
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.return_parcel import ParcelState
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.stations.floor import said
from tests.stations.returns import RETURNS, SHELF, ReturnsDock
from tests.stations.shipping import Worker, fact

UNIT_COST = 500


@pytest.fixture
def dock(office: Office, clock: Any) -> ReturnsDock:
    """On every adapter."""
    return ReturnsDock(office, clock)


@pytest.fixture
def memory_dock(memory_office: Office, clock: Any) -> ReturnsDock:
    return ReturnsDock(memory_office, clock)


def unpacking(dock: ReturnsDock, name: str = "li") -> Worker:
    li = dock.worker(name)
    li.open(Task.UNPACK)
    return li


def cancelled(dock: ReturnsDock, claim: Claim) -> None:
    """Customer service takes the claim back."""
    dock.office.perform(cancel_claim, CancelClaim(claim.id, "the buyer keeps it"), dock.act)


def test_what_was_claimed_comes_back_into_the_stock_at_its_cost_and_waits_to_be_looked_at(dock: ReturnsDock) -> None:
    claim = dock.awaited("YT1", CUP=2, BOWL=1)
    li = unpacking(dock)
    screen = li.scan("YT1")
    assert (said(screen), fact(screen, "number")) == ("parcel-of", claim.number)
    assert screen.rows == (("CUP", "茶具 CUP", "2", "0", ""), ("BOWL", "茶具 BOWL", "1", "0", ""))
    assert said(li.scan("CUP", "CUP")) == "piece-came"
    screen = li.scan("BOWL", "C-DONE")
    assert (screen.prompt.code, screen.digits) == ("prompt.return-place", "3")
    assert dock.stock("CUP").return_pending_qty == 0
    screen = li.scan(RETURNS)
    assert (said(screen), screen.prompt.code) == ("unpacked", "prompt.unpack")
    assert dock.now(claim).state is ClaimState.RECEIVED
    assert (dock.stock("CUP").return_pending_qty, dock.shop.balance("cogs")) == (2, 0)
    assert dock.lies("CUP")[("R-01", "return-pending")] == 2


def test_a_claim_is_found_by_its_number_the_orders_and_the_label_that_the_goods_left_with(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited("", CUP=1)
    left_with = memory_dock.sent(memory_dock.shop.order(claim.order_id)).waybill
    li = unpacking(memory_dock)
    for code in (claim.number, claim.order_number, left_with):
        screen = li.scan("C-CANCEL", code)
        assert (said(screen), fact(screen, "number")) == ("parcel-of", claim.number), code


def test_fewer_are_told_and_taken_in_after_a_second_word(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited(CUP=2, BOWL=1)
    li = unpacking(memory_dock)
    screen = li.scan("YT1", "CUP", "C-DONE")
    assert (said(screen), fact(screen, "goods")) == ("confirm-missing", "CUP × 1, BOWL × 1")
    assert said(li.scan("C-DONE", RETURNS)) == "unpacked"
    assert [(one.qty, one.received_qty) for one in memory_dock.now(claim).lines] == [(2, 1), (1, 0)]


def test_more_and_other_lines_of_the_order_are_told_and_taken_in(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited(ordered={"CUP": 3, "BOWL": 1}, CUP=1)
    li = unpacking(memory_dock)
    assert said(li.scan("YT1", "CUP")) == "piece-came"
    screen = li.scan("2")
    assert (said(screen), screen.digits, fact(screen, "claimed")) == ("more-than-claimed", "2", "1")
    assert said(li.scan("BOWL")) == "not-claimed"
    assert said(li.scan("C-DONE", RETURNS)) == "unpacked"
    assert [(one.qty, one.received_qty) for one in memory_dock.now(claim).lines] == [(1, 2), (0, 1)]


def test_what_the_buyer_never_had_is_put_aside_and_taken_down_as_nobodys(dock: ReturnsDock) -> None:
    claim = dock.awaited(CUP=1)
    li = unpacking(dock)
    screen = li.scan("YT1", "CUP", "POT")
    assert (said(screen), screen.message and screen.message.level) == ("not-of-claim", MessageLevel.WARNING)
    assert said(li.scan("CUP")) == "not-of-claim"  # one more than they had
    screen = li.scan("C-DONE", RETURNS)
    (parcel,) = dock.nobodys("YT1")
    assert (said(screen), fact(screen, "parcel")) == ("unpacked-and-more", parcel.number)
    assert {one.sku_id: one.qty for one in parcel.goods} == {dock.shop.sku["POT"]: 1, dock.shop.sku["CUP"]: 1}
    assert claim.number in parcel.note
    assert (dock.stock("CUP").return_pending_qty, dock.stock("POT").return_pending_qty) == (1, 0)


def test_a_parcel_that_no_claim_has_is_taken_down_with_what_lay_in_it(dock: ReturnsDock) -> None:
    li = unpacking(dock)
    assert said(li.scan("SF777")) == "confirm-nobody"
    assert li.scan("SF777").prompt.code == "prompt.unpack-nobody"
    screen = li.scan("CUP", "3", "POT", "C-DONE")
    (parcel,) = dock.nobodys("SF777")
    assert (said(screen), fact(screen, "parcel"), parcel.state) == ("taken-down", parcel.number, ParcelState.UNKNOWN)
    assert {one.sku_id: one.qty for one in parcel.goods} == {dock.shop.sku["CUP"]: 3, dock.shop.sku["POT"]: 1}
    for code in ("SF777", parcel.number):
        screen = li.scan(code)
        assert (said(screen), screen.prompt.code) == ("known-parcel", "prompt.unpack-whose")
        assert screen.rows == (("CUP", "茶具 CUP", "", "3", ""), ("POT", "茶具 POT", "", "1", ""))
        li.scan("C-CANCEL")
    assert dock.stock("CUP").return_pending_qty == 0


def test_a_parcel_without_a_label_and_an_empty_one_are_asked_about(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited(CUP=1)
    li = unpacking(memory_dock)
    assert said(li.scan("C-DONE")) == "confirm-no-waybill"
    assert said(li.scan("C-DONE", "CUP", "C-DONE")) == "taken-down"
    assert said(li.scan("YT1", "C-DONE")) == "confirm-empty"
    assert said(li.scan("C-DONE")) == "taken-down"
    (empty,) = memory_dock.nobodys("")[-1:] or memory_dock.nobodys("YT1")
    assert (empty.goods, empty.note) == ((), f"lay in the parcel of {claim.number}, which was empty")
    assert memory_dock.now(claim).state is ClaimState.IN_TRANSIT


def test_a_claim_that_ends_between_two_scans_rings_and_its_parcel_is_nobodys(dock: ReturnsDock) -> None:
    claim = dock.awaited(CUP=1)
    li = unpacking(dock)
    li.scan("YT1", "CUP")
    cancelled(dock, claim)
    screen = li.scan("C-DONE")
    assert (said(screen), screen.message and screen.message.level) == ("claim-over", MessageLevel.STOP)
    assert screen.prompt.code == "prompt.unpack-nobody"
    assert said(li.scan("C-DONE")) == "taken-down"
    assert [one.goods[0].qty for one in dock.nobodys("YT1")] == [1]
    assert dock.stock("CUP").return_pending_qty == 0


def test_the_waybill_of_a_claim_that_is_over_is_asked_about(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited(CUP=1)
    cancelled(memory_dock, claim)
    li = unpacking(memory_dock)
    screen = li.scan("YT1")
    assert said(screen) == "confirm-claim-over"
    assert li.scan("YT1").prompt.code == "prompt.unpack-nobody"


def test_two_people_at_one_claim_take_in_no_unit_twice(dock: ReturnsDock) -> None:
    claim = dock.awaited(CUP=2)
    li, wu = unpacking(dock), unpacking(dock, "wu")
    li.scan("YT1", "CUP", "CUP", "C-DONE")
    wu.scan("YT1", "CUP", "CUP", "C-DONE")
    li.scan(RETURNS)
    screen = wu.scan(RETURNS)
    assert (said(screen), screen.prompt.code) == ("taken-in-elsewhere", "prompt.unpack-goods")
    assert [one.received_qty for one in dock.now(claim).lines] == [2]
    assert dock.stock("CUP").return_pending_qty == 2


def test_two_claims_in_one_parcel_are_told_apart_by_their_numbers(memory_dock: ReturnsDock) -> None:
    first, second = memory_dock.awaited(CUP=1), memory_dock.awaited(BOWL=1)
    li = unpacking(memory_dock)
    assert li.refuses("YT1") == "scan.ambiguous"
    for claim, code in ((first, "CUP"), (second, "BOWL")):
        assert said(li.scan(claim.number, code, "C-DONE", RETURNS)) == "unpacked"


def test_goods_come_into_a_tote_where_it_stands_and_may_wait_without_a_place(memory_dock: ReturnsDock) -> None:
    memory_dock.unit("H-T1")
    memory_dock.awaited("YT1", CUP=1)
    memory_dock.awaited("YT2", CUP=1)
    li = unpacking(memory_dock)
    assert said(li.scan("YT1", "CUP", "C-DONE", "H-T1")) == "unpacked"
    assert fact(li.scan("YT2", "CUP", "C-DONE", "C-DONE"), "path") == "UNPLACED"
    lying = memory_dock.lies("CUP")
    assert (lying[("R-01", "return-pending")], lying[("UNPLACED", "return-pending")]) == (1, 1)


def test_wrong_codes_take_in_nothing(memory_dock: ReturnsDock) -> None:
    memory_dock.awaited(CUP=1)
    li = unpacking(memory_dock)
    for code, why in ((SHELF, "wrong-record"), ("CUP", "wrong-record"), ("L-XX", "not-found"), ("Y" * 80, "invalid-value")):
        assert li.refuses(code).endswith(why), code
    assert li.refuses("C-SHORT") == "station.not-now"
    li.scan("YT1")
    assert li.refuses("6901234567892") == "scan.not-found"
    assert li.refuses(RETURNS) == "scan.wrong-record"
    assert li.refuses("C-SKIP") == "station.not-now"
    li.scan("CUP", "C-DONE")
    assert li.refuses("CUP") == "scan.wrong-record"
    assert memory_dock.stock("CUP").return_pending_qty == 0


def test_steps_are_taken_back_and_the_parcel_begun_anew(memory_dock: ReturnsDock) -> None:
    memory_dock.awaited(CUP=1)
    li = unpacking(memory_dock)
    li.scan("YT1", "CUP", "C-DONE")
    assert li.scan("C-UNDO").prompt.code == "prompt.unpack-goods"
    assert li.scan("C-UNDO").digits == ""
    assert li.scan("C-UNDO").prompt.code == "prompt.unpack"
    assert said(li.scan("YT1", "C-CANCEL")) == "begun-anew"


def test_a_station_that_died_goes_on_with_the_open_parcel(dock: ReturnsDock) -> None:
    dock.awaited(CUP=2)
    li = unpacking(dock)
    before = li.scan("YT1", "CUP")
    again = dock.reach(dock.last_station)
    li.at, li.port = again.log_in(li.badge, "480213"), again
    resumed = li.open(Task.UNPACK)
    assert (said(resumed), resumed.prompt, resumed.rows) == ("resumed", before.prompt, before.rows)
    assert said(li.scan("CUP", "C-DONE", RETURNS)) == "unpacked"


def test_the_last_scan_sent_twice_takes_in_once(dock: ReturnsDock) -> None:
    claim = dock.awaited(CUP=1)
    li = unpacking(dock)
    taken = li.scan("YT1", "CUP", "C-DONE", RETURNS)
    assert li.port.scan(li.at.token, Task.UNPACK, li.seq, RETURNS) == taken
    assert [one.received_qty for one in dock.now(claim).lines] == [1]


def test_the_station_prints_a_label_for_what_was_taken_in_and_one_for_what_is_nobodys(dock: ReturnsDock) -> None:
    claim = dock.awaited(CUP=2)
    printer = dock.label_printer()
    li = dock.worker("li", labels=printer)
    li.open(Task.UNPACK)
    screen = li.scan("YT1", "CUP", "CUP", "POT", "C-DONE", RETURNS)
    assert li.port.scan(li.at.token, Task.UNPACK, li.seq, RETURNS) == screen
    parcel = fact(screen, "parcel")
    assert [(job.subject, job.payload["contents"]) for job in dock.jobs(printer)] == [
        (claim.number, "CUP × 2"),
        (parcel, "POT × 1"),
    ]
    assert screen.prints.waiting
    assert said(li.scan("SF9", "SF9", "BOWL", "C-DONE")) == "taken-down"
    assert [job.payload["kind"] for job in dock.jobs(printer)] == ["退货待检", "无主退货", "无主退货"]


def test_a_parcel_of_nobody_is_given_to_its_claim_once_somebody_knows_it(dock: ReturnsDock) -> None:
    li = unpacking(dock)
    li.scan("SF777", "SF777", "CUP", "2", "POT", "C-DONE")
    other, claim = dock.awaited("YT1", BOWL=1), dock.awaited("YT2", CUP=2)
    li.scan("SF777")
    assert li.refuses("C-DONE") == "station.not-now"
    assert li.refuses("CUP") == "scan.wrong-record"
    li.scan(other.number)
    assert said(li.scan("C-DONE")) == "nothing-of-claim"
    assert said(li.scan(claim.order_number)) == "parcel-of"
    screen = li.scan("C-DONE", RETURNS)
    first, rest = sorted(dock.nobodys("SF777"), key=lambda one: one.number)
    assert (said(screen), fact(screen, "parcel")) == ("unpacked-and-more", rest.number)
    assert (first.state, first.claim_id, rest.state) == (ParcelState.ASSIGNED, claim.id, ParcelState.UNKNOWN)
    assert (dock.now(claim).state, dock.stock("CUP").return_pending_qty) == (ClaimState.RECEIVED, 2)


def test_a_parcel_that_somebody_else_assigned_meanwhile_is_taken_in_once(memory_dock: ReturnsDock) -> None:
    li, wu = unpacking(memory_dock), unpacking(memory_dock, "wu")
    li.scan("SF777", "SF777", "CUP", "C-DONE")
    claim = memory_dock.awaited("YT2", CUP=2)
    for worker in (li, wu):
        worker.scan("SF777", claim.number, "C-DONE", "C-DONE")
    assert said(li.scan(RETURNS)) == "unpacked"
    screen = wu.scan(RETURNS)
    assert (said(screen), screen.prompt.code) == ("claim-moved-on", "prompt.unpack")
    assert memory_dock.stock("CUP").return_pending_qty == 1
