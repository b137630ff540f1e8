"""What came back is looked at by scans: stock, shelves and the claim say what was found; each wrong scan changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.aftersales.apply import CancelClaim, cancel_claim
from houtai.application.office import Office
from houtai.domain.aftersales.claim import Claim, Disposition, Grade
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from tests.aftersales.desk import EXCHANGE
from tests.stations.floor import said
from tests.stations.returns import BROKEN, RETURNS, SHELF, ReturnsDock
from tests.stations.shipping import Worker, fact

UNIT_COST = 500


@pytest.fixture
def dock(office: Office, clock: Any) -> ReturnsDock:
    """On every adapter."""
    return ReturnsDock(office, clock)


@pytest.fixture
def memory_dock(memory_office: Office, clock: Any) -> ReturnsDock:
    return ReturnsDock(memory_office, clock)


def here(dock: ReturnsDock, li: Worker, claim: Claim, *codes: str, place: str = RETURNS) -> Claim:
    """The claim's parcel was unpacked, these pieces in it."""
    li.open(Task.UNPACK)
    screen = li.scan(claim.number, *codes, "C-DONE")
    if said(screen) == "confirm-missing":
        screen = li.scan("C-DONE")
    assert said(li.scan(place)) == "unpacked", screen
    return dock.now(claim)


def inspecting(dock: ReturnsDock, *codes: str, **units: Any) -> tuple[Claim, Worker]:
    """A claim on these units, all of them here, and somebody who is about to look at them."""
    li = dock.worker("li")
    pieces = codes or tuple(code for code, qty in units.items() for _ in range(qty))
    claim = here(dock, li, dock.awaited(**units), *pieces)
    li.open(Task.INSPECT)
    return claim, li


def test_a_unit_as_new_goes_back_on_sale_where_its_like_lies_and_its_money_goes_back(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=1)
    sellable = dock.stock("CUP").sellable_qty
    waiting = li.open(Task.INSPECT)
    assert (waiting.prompt.code, waiting.rows) == ("prompt.inspect", ((claim.number, claim.order_number, "1"),))
    assert li.scan(claim.number).rows == (("CUP", "茶具 CUP", "1", "R-01"),)
    screen = li.scan("CUP")
    assert (screen.prompt.code, screen.rows[0]) == ("prompt.grade", ("1", "grade.as-new"))
    assert li.scan("1").prompt.code == "prompt.disposition"
    assert li.scan("C-RESTOCK").prompt.code in ("prompt.inspected-to", "prompt.inspected-anywhere")
    screen = li.scan(SHELF)
    if said(screen) == "confirm-place":
        screen = li.scan(SHELF)
    assert (said(screen), screen.prompt.code) == ("inspected-pays", "prompt.inspect")
    assert dock.now(claim).state is ClaimState.REFUNDING
    assert (dock.stock("CUP").sellable_qty, dock.stock("CUP").return_pending_qty) == (sellable + 1, 0)
    assert dock.lies("CUP")[("A-01-01-1", "sellable")] == 1


def test_a_damaged_unit_is_scrapped_with_a_picture_and_never_put_on_sale(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=1)
    li.scan(claim.number, "CUP", "C-DAMAGED")
    assert li.refuses("C-RESTOCK") == "station.no-such-choice"
    assert li.refuses("9") == "station.no-such-choice"
    assert li.scan("1").prompt.code == "prompt.photo"
    screen = li.scan("IMG_2041.jpg")
    assert (said(screen), screen.digits) == ("photo-noted", "1")
    assert said(li.scan("IMG_2042.jpg", "C-DONE")) == "inspected-pays"
    (found,) = dock.detail(claim).inspections
    assert (found.grade, found.disposition, found.photos) == (Grade.DAMAGED, Disposition.SCRAP, ("IMG_2041.jpg", "IMG_2042.jpg"))
    assert (dock.shop.balance("write-down"), dock.stock("CUP").return_pending_qty) == (UNIT_COST, 0)


def test_units_that_are_alike_are_looked_at_together_and_others_after_them(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=3)
    screen = li.scan(claim.number, "CUP", "CUP")
    assert screen.digits == "2"
    screen = li.scan("C-AS-NEW", "1", "C-DONE")
    assert (said(screen), fact(screen, "rest")) == ("looked-at", "1")
    assert dock.lies("CUP") == {("UNPLACED", "sellable"): 9, ("R-01", "return-pending"): 1}  # to be put away
    assert li.refuses("POT") == "check.not-in-order"
    screen = li.scan("CUP")
    assert li.refuses("CUP") == "aftersales.more-than-came"
    assert said(li.scan("C-OPENED", "C-B-GRADE", "C-DONE", SHELF)) in ("inspected-pays", "confirm-place")
    assert {one.disposition for one in dock.detail(claim).inspections} == {Disposition.RESTOCK, Disposition.B_GRADE}
    assert dock.stock("CUP").b_grade_qty == 1


def test_goods_for_the_supplier_go_to_the_place_for_what_is_broken_and_to_no_shelf(memory_dock: ReturnsDock) -> None:
    claim, li = inspecting(memory_dock, CUP=1)
    li.scan(claim.number, "CUP", "C-DAMAGED", "C-TO-SUPPLIER", "C-DONE")
    assert li.refuses(SHELF) == "warehouse.cannot-place"
    assert said(li.scan(BROKEN)) == "inspected-pays"
    assert memory_dock.lies("CUP")[("D-01", "damaged")] == 1


def test_a_unit_that_was_never_ours_goes_back_and_is_sent_to_the_buyer_again(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=1)
    assert said(li.scan(claim.number, "CUP", "C-NOT-OURS", "C-TO-CUSTOMER", "C-DONE")) == "inspected-sends"
    assert dock.now(claim).state is ClaimState.RESHIPPING
    waiting = li.open(Task.SEND_BACK)
    assert waiting.rows == ((claim.number, claim.order_number, "1"),)
    assert li.scan(claim.number).rows == (("CUP", "茶具 CUP", "1", "0"),)
    assert li.refuses("POT") == "check.not-in-order"
    assert li.scan("CUP").prompt.code == "prompt.send-back-carrier"
    assert li.refuses("YT9") == "scan.not-found"
    assert li.scan("embedded").prompt.code == "prompt.send-back-waybill"
    assert li.refuses(claim.number) == "scan.wrong-record"
    assert said(li.scan("YT9")) == "gone-back"
    assert dock.now(claim).state is ClaimState.COMPLETED
    assert (dock.stock("CUP").return_pending_qty, dock.shop.balance("cogs")) == (0, UNIT_COST)


def test_some_of_what_goes_back_may_leave_first(memory_dock: ReturnsDock) -> None:
    claim, li = inspecting(memory_dock, CUP=3)
    li.scan(claim.number, "CUP", "CUP", "CUP", "C-NOT-OURS", "C-TO-CUSTOMER", "C-DONE")
    li.open(Task.SEND_BACK)
    li.scan(claim.number, "CUP", "2")
    assert li.refuses("5") == "aftersales.more-than-came"
    assert said(li.scan("C-DONE")) == "confirm-part-back"
    screen = li.scan("C-DONE", "embedded", "YT8")
    assert (said(screen), fact(screen, "rest")) == ("back-in-part", "1")
    assert li.scan(claim.number, "CUP", "C-UNDO").digits == ""
    assert said(li.scan("CUP", "embedded", "YT9")) == "gone-back"
    assert memory_dock.now(claim).state is ClaimState.COMPLETED


def test_an_exchange_is_inspected_and_its_replacement_goes_to_the_warehouse(memory_dock: ReturnsDock) -> None:
    order = memory_dock.shop.paid(CUP=1)
    memory_dock.shipped(order)
    li = memory_dock.worker("li")
    claim = here(memory_dock, li, memory_dock.approve(memory_dock.claim(order, EXCHANGE, CUP=1)), "CUP")
    li.open(Task.INSPECT)
    assert said(li.scan(claim.number, "CUP", "C-DAMAGED", "C-SCRAP", "C-DONE")) == "inspected-sends"
    (sent,) = memory_dock.sent_by(claim)
    assert sent.number


def test_what_differs_from_what_was_approved_waits_for_a_person(memory_dock: ReturnsDock) -> None:
    li = memory_dock.worker("li")
    claim = here(memory_dock, li, memory_dock.awaited(ordered={"CUP": 3}, CUP=1), "CUP", "CUP")
    li.open(Task.INSPECT)
    screen = li.scan(claim.number, "CUP", "CUP", "1", "1", "C-DONE")
    assert (said(screen), screen.message and screen.message.level) == ("inspected-waits", MessageLevel.WARNING)
    assert memory_dock.now(claim).state is ClaimState.INSPECTED


def test_a_place_a_tote_or_a_product_leads_to_the_one_claim_whose_goods_lie_there(memory_dock: ReturnsDock) -> None:
    memory_dock.unit("H-T1")
    li = memory_dock.worker("li")
    first = here(memory_dock, li, memory_dock.awaited("YT1", CUP=1), "CUP", place="H-T1")
    li.open(Task.INSPECT)
    for code in ("H-T1", RETURNS, "CUP"):
        assert li.scan("C-CANCEL", code).prompt.code == ("prompt.grade" if code == "CUP" else "prompt.inspect-unit"), code
    second = here(memory_dock, li, memory_dock.awaited("YT2", CUP=1), "CUP")
    li.open(Task.INSPECT)
    li.scan("C-CANCEL")
    assert li.refuses("CUP") == "scan.ambiguous"
    assert li.refuses(BROKEN) == "station.nothing-there"
    li.scan(first.number)
    assert li.refuses("CUP") == "aftersales.scan-the-place"
    assert said(li.scan("H-T1", "CUP", "1", "1", "C-DONE")) == "inspected-pays"
    assert said(li.scan(second.number, RETURNS, "CUP", "1", "1", "C-DONE")) == "inspected-pays"
    assert memory_dock.stock("CUP").return_pending_qty == 0


def test_a_claim_that_is_taken_back_between_two_scans_rings_and_nothing_is_inspected(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=1)
    li.scan(claim.number, "CUP", "1")
    dock.office.perform(cancel_claim, CancelClaim(claim.id, "the buyer keeps it"), dock.act)
    screen = li.scan("1")
    assert (said(screen), screen.message and screen.message.level) == ("claim-over", MessageLevel.STOP)
    assert (screen.prompt.code, dock.stock("CUP").return_pending_qty) == ("prompt.inspect", 1)
    assert li.refuses(claim.number) == "aftersales.claim-waits"
    li.open(Task.SEND_BACK)
    assert said(li.scan(claim.number, "CUP", "embedded", "YT9")) == "gone-back"
    assert dock.now(claim).state is ClaimState.CANCELLED


def test_two_people_at_one_claim_look_at_no_unit_twice(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=1)
    wu = dock.worker("wu")
    wu.open(Task.INSPECT)
    li.scan(claim.number, "CUP", "1", "1")
    wu.scan(claim.number, "CUP", "C-DAMAGED", "C-SCRAP")
    assert said(li.scan("C-DONE")) == "inspected-pays"
    screen = wu.scan("C-DONE")
    assert (said(screen), screen.prompt.code) == ("claim-moved-on", "prompt.inspect")
    assert [one.disposition for one in dock.detail(claim).inspections] == [Disposition.RESTOCK]


def test_answers_are_taken_back_one_by_one(memory_dock: ReturnsDock) -> None:
    claim, li = inspecting(memory_dock, CUP=1)
    li.scan(claim.number, "CUP", "C-DAMAGED", "C-TO-SUPPLIER", "IMG1", "C-DONE")
    back = [li.scan("C-UNDO").prompt.code.removeprefix("prompt.") for _ in range(5)]
    assert back == ["photo", "disposition", "grade", "inspect-unit", "inspect"]
    assert li.refuses("C-UNDO") == "station.not-now"


def test_wrong_codes_inspect_nothing(memory_dock: ReturnsDock) -> None:
    claim, li = inspecting(memory_dock, CUP=1)
    assert li.refuses("YT99") == "scan.not-found"
    assert li.refuses("C-DONE") == "station.not-now"
    assert li.refuses("POT") == "station.nothing-there"
    li.scan(claim.number)
    assert li.refuses("C-DONE") == "station.not-now"
    li.scan("CUP")
    for code, why in (("C-DONE", "station.not-now"), ("7", "station.no-such-choice"), ("NONSENSE", "scan.not-found")):
        assert li.refuses(code) == why
    li.scan("C-OPENED")
    assert li.refuses("CUP") == "station.no-such-choice"
    li.scan("C-B-GRADE")
    assert li.refuses("C-YES") == "station.not-now"
    assert li.refuses("P" * 201) == "scan.unreadable"
    assert memory_dock.detail(claim).inspections == ()


def test_the_last_scan_sent_twice_inspects_once(dock: ReturnsDock) -> None:
    claim, li = inspecting(dock, CUP=2)
    looked = li.scan(claim.number, "CUP", "1", "1", "C-DONE")
    assert li.port.scan(li.at.token, Task.INSPECT, li.seq, "C-DONE") == looked
    assert len(dock.detail(claim).inspections) == 1
