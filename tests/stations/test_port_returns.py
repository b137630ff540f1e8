"""What comes back by a station's port, for every way to the house; who may do it, whose claims they see, and what a scan costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.warehouse.book_in import BookIn, book_in
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.domain.aftersales.claim import Claim, Grade
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.ids import new_id
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.refusals import FlowNotAllowed
from houtai.domain.warehouse.station import Flow
from houtai.domain.warehouse.work import Task
from tests.aftersales.desk import RETURN
from tests.conftest import open_store
from tests.orders.test_statements import counted
from tests.outbound.floor import NOBODY
from tests.stations.floor import said
from tests.stations.returns import RETURNS, SHELF, VERBS, ReturnsDock
from tests.stations.served import WAYS
from tests.stations.shipping import Worker, fact
from tests.stations.test_plans import heard_of, whole_reads

GTIN = "6901234567892"
MOST = 60
"""Sent for one scan at the returns desk, at most, those that book goods in or decide a claim apart."""


@pytest.fixture(params=sorted(WAYS))
def dock(request: pytest.FixtureRequest, office: Office, clock: Any) -> Iterator[ReturnsDock]:
    made = ReturnsDock(office, clock)
    with ExitStack() as doors:
        made.reach = lambda station: doors.enter_context(WAYS[request.param](office, made.house, station, made.badges))
        yield made


@pytest.fixture
def memory_dock(memory_office: Office, clock: Any) -> ReturnsDock:
    return ReturnsDock(memory_office, clock)


def twice(worker: Worker, *codes: str) -> str:
    """Each scan sent twice, as by a station that got no answer; what is said to the last."""
    for code in codes:
        screen = worker.scan(code)
        assert worker.port.scan(worker.at.token, worker.task, worker.seq, code) == screen, code
    return said(screen)


def test_from_the_parcel_to_the_buyer_again_every_scan_counts_once(dock: ReturnsDock) -> None:
    claim = dock.awaited("YT1", CUP=2)
    li = dock.worker("li")
    assert {Task.UNPACK, Task.INSPECT, Task.SEND_BACK} <= set(li.at.tasks)
    li.open(Task.UNPACK)
    assert twice(li, "YT1", "CUP", "CUP", "C-DONE", RETURNS) == "unpacked"
    li.open(Task.INSPECT)
    assert twice(li, claim.number, "CUP", "C-AS-NEW", "C-RESTOCK", "C-DONE") == "looked-at"
    assert twice(li, "CUP", "C-NOT-OURS", "C-TO-CUSTOMER", "IMG1", "C-DONE") == "inspected-sends"
    li.open(Task.SEND_BACK)
    assert twice(li, claim.number, "CUP", "embedded", "YT9") == "gone-back"
    (line,) = dock.now(claim).lines
    assert (line.received_qty, line.kept_qty, line.back_qty, line.returned_qty) == (2, 1, 1, 1)


def test_a_station_or_a_person_that_is_not_for_it_has_no_such_task(memory_dock: ReturnsDock) -> None:
    li = memory_dock.worker("li", flows=frozenset({Flow.UNPACK}))
    assert set(li.at.tasks) == {Task.UNPACK, Task.LOOK_UP}
    with pytest.raises(FlowNotAllowed):
        li.open(Task.INSPECT)


@pytest.mark.parametrize("lacking", ["aftersales.receive", "aftersales.inspect", "aftersales.send-back"])
def test_each_step_takes_its_own_right(memory_dock: ReturnsDock, lacking: str) -> None:
    claim = memory_dock.awaited("YT1", CUP=1)
    boss, li = memory_dock.worker("boss"), memory_dock.worker("li", *(verb for verb in VERBS if verb != lacking))
    steps = {
        "aftersales.receive": (Task.UNPACK, ("YT1", "CUP", "C-DONE"), RETURNS),
        "aftersales.inspect": (Task.INSPECT, (claim.number, "CUP", "C-NOT-OURS", "C-TO-CUSTOMER"), "C-DONE"),
        "aftersales.send-back": (Task.SEND_BACK, (claim.number, "CUP", "embedded"), "YT9"),
    }
    for verb, (task, codes, last) in steps.items():
        worker = li if verb == lacking else boss
        worker.open(task)
        worker.scan(*codes)
        if verb == lacking:
            assert worker.refuses(last) in ("forbidden", "refused")  # what nobody may know of is not there
            return
        worker.scan(last)
    raise AssertionError(lacking)


def test_whoever_works_for_another_merchant_finds_no_claim_here(memory_dock: ReturnsDock) -> None:
    claim = memory_dock.awaited("YT1", CUP=1)
    boss = memory_dock.worker("boss")
    boss.open(Task.UNPACK)
    boss.scan("YT1", "CUP", "C-DONE", RETURNS)
    other = memory_dock.worker("wu", merchant=NOBODY)
    for task in (Task.INSPECT, Task.UNPACK):
        assert other.open(task).rows == ()
        assert other.refuses(claim.number) == "refused"  # the house's warehouse is not there for them


def numbered(dock: ReturnsDock) -> Claim:
    """Two cups with numbers that left, and a claim on one of them."""
    dock.shipped(dock.shop.paid(CUP=1))
    cmd = BookIn(new_id(), dock.shop.warehouse, dock.shop.sku["CUP"], 2, dock.shelf.id, serials=("S1", "S2"))
    dock.office.perform(book_in, cmd, dock.act)
    order = dock.shop.paid(CUP=2)
    sent = dock.picked(order)
    dock.office.perform(begin_check, BeginCheck(dock.sent(order).waybill), dock.act)
    for serial in ("S1", "S2"):
        dock.office.perform(check_piece, CheckPiece(sent.id, dock.shop.sku["CUP"], serial=serial), dock.act)
    for parcel in dock.pack(sent.id):
        dock.weigh(parcel)
    manifest = dock.manifest()
    dock.scan(manifest.id, dock.sent(order).waybill)
    dock.close(manifest.id)
    return dock.tell(dock.approve(dock.claim(dock.shop.order(order), RETURN, CUP=1)))


def symbol(serial: str, lot: str = "") -> str:
    """The code on a unit that says its number, its lot too."""
    return f"]d2010{GTIN}" + (f"10{lot}\x1d" if lot else "") + f"21{serial}"


def test_units_that_left_with_numbers_come_back_by_them_and_another_one_is_told(office: Office, clock: Any) -> None:
    dock = ReturnsDock(office, clock, stock=1)
    dock.barcode("CUP", Barcode(GTIN))
    claim = numbered(dock)
    li = dock.worker("li")
    li.open(Task.UNPACK)
    li.scan("YT1")
    assert li.refuses("CUP") == "check.serial-to-scan"
    assert said(li.scan(symbol("S1"))) == "piece-came"
    assert li.refuses(symbol("S1")) == "station.same-piece"
    screen = li.scan(symbol("X9"))
    assert (said(screen), fact(screen, "serial")) == ("other-serial", "X9")
    assert said(li.scan("C-DONE", RETURNS)) == "unpacked"
    li.open(Task.INSPECT)
    assert said(li.scan(claim.number, symbol("X9"))) == "other-serial"
    assert said(li.scan("C-NOT-OURS", "C-TO-CUSTOMER", "C-DONE")) == "looked-at"
    assert said(li.scan(symbol("S1"), "C-AS-NEW", "C-RESTOCK", SHELF)) in ("inspected-sends", "inspected-waits")
    assert [one.grade for one in dock.detail(claim).inspections] == [Grade.NOT_OURS, Grade.AS_NEW]


def test_goods_that_have_lots_come_back_in_theirs(office: Office, clock: Any) -> None:
    dock = ReturnsDock(office, clock)
    claim = dock.awaited("YT1", CUP=3)
    dock.office.perform(register_lot, RegisterLot(LotId(new_id()), dock.shop.sku["CUP"], "A1"), dock.act)
    li = dock.worker("li")
    li.open(Task.UNPACK)
    assert li.scan("YT1", "CUP").prompt.code == "prompt.return-lot"
    assert li.refuses("B7") == "invalid-value"
    assert li.refuses("POT") == "scan.wrong-record"
    assert li.refuses("C-DONE") == "station.not-now"
    screen = li.scan("2", "A1")
    assert (said(screen), screen.rows[0][-1]) == ("piece-came", "A1")
    assert li.scan("CUP").prompt.code == "prompt.return-lot"
    assert said(li.scan("C-SKIP")) == "piece-came"
    assert said(li.scan("C-DONE", RETURNS)) == "unpacked"
    assert dock.lots("CUP") == {("R-01", "A1"): 2, ("R-01", ""): 1}
    assert dock.now(claim).state is ClaimState.RECEIVED


def returning(dock: ReturnsDock, li: Worker) -> None:
    """Every kind of scan of what comes back, refused ones included."""
    wrong = "4711471147"
    claim = dock.awaited("YT1", CUP=2)
    li.open(Task.UNPACK)
    li.scan(wrong, "YT1", "C-CANCEL", claim.order_number, "C-CANCEL", "YT1", "CUP", "CUP", "POT", "C-DONE", RETURNS, "YT1")
    li.open(Task.INSPECT)
    li.scan(wrong, RETURNS, "CUP", "1", "1", SHELF, "CUP", "C-NOT-OURS", "C-TO-CUSTOMER", "C-DONE")
    li.open(Task.SEND_BACK)
    li.scan(wrong, claim.number, "CUP", "embedded", "YT9")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_no_scan_of_what_comes_back_reads_all_of_a_table_that_grows(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Any
) -> None:
    with open_store(kind, request, tmp_path, as_owner=True) as store:
        dock = ReturnsDock(Office(store, clock), clock)
        li = dock.worker("li")
        heard = heard_of(store, lambda: returning(dock, li))
        assert whole_reads(store, heard) == []
        assert len(heard) > 60


def test_a_scan_takes_as_many_statements_with_many_claims_as_with_one(sql_store: SqlStore, clock: Any) -> None:
    dock = ReturnsDock(Office(sql_store, clock), clock, stock=50)
    li = dock.worker("li")
    scans = ("YT1", "CUP", "CUP", "C-DONE")
    found: list[list[int]] = []
    for number in range(2):
        for other in range(1 + 3 * number):
            claim = dock.awaited(f"YT{number}{other}", CUP=1, BOWL=1)
            dock.back(claim, CUP=1, BOWL=1)
        claim = dock.awaited(f"YT-{number}", CUP=2)
        li.open(Task.UNPACK)
        li.scan("C-CANCEL", f"YT-{number}", "C-CANCEL")
        found.append([])
        for code in (f"YT-{number}", *scans[1:]):
            with counted(sql_store) as sent:
                li.scan(code)
            found[-1].append(len(sent))
        li.scan(RETURNS)
        li.open(Task.INSPECT)
        for code in ("C-CANCEL", claim.number, "CUP", "1"):
            with counted(sql_store) as sent:
                li.scan(code)
            found[-1].append(len(sent))
    first, later = found  # what stays in the process was read by the first
    assert [many for one, many in zip(first, later, strict=True) if many > one] == []
    assert max(later) <= MOST, found
