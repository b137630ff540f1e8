"""What a station is told of the prints that it caused, with a scan and without, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.printing.request import Reprint, reprint
from houtai.application.printing.room import PrintRoom
from houtai.application.printing.track import CancelJob, ResumeJob, SettleJob, cancel_job, resume_job, settle_job
from houtai.application.stations.prints import MOST_TOLD, told
from houtai.domain.ids import PrinterId, PrintJobId, StationId, new_id
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.job import JobState, Outcome, PrintJob, Result
from houtai.domain.printing.layout import Language as PaperLanguage, Size
from houtai.domain.printing.printer import Printer
from houtai.domain.refusal import Unauthenticated
from houtai.domain.warehouse.refusals import NoShift, StationLocked
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import StationPrints, Task
from tests.conftest import StillClock
from tests.orders.test_statements import counted
from tests.printing.room import ToldPress
from tests.stations.bench import bench
from tests.stations.shipping import BOX, PIN, Dock


@pytest.fixture
def dock(office: Office, clock: StillClock) -> Dock:
    made = Dock(office, clock)
    made.box(BOX)
    return made


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome(Result.NOT_REACHED, "paper out"), "print-waits"),
        (Outcome(Result.UNCERTAIN, "hung up"), "print-uncertain"),
        (Outcome(Result.REFUSED, "no such paper"), "print-failed"),
    ],
)
def test_a_print_that_is_not_well_is_told_on_the_next_scan_and_without_one(dock: Dock, outcome: Outcome, code: str) -> None:
    at = bench(dock)
    assert at.printed() == StationPrints(waiting=True)
    at.deliver(outcome)
    looked = at.look()
    (notice,) = looked.notices
    assert (notice.code, notice.level, looked.waiting) == (code, MessageLevel.ERROR, code == "print-waits")
    assert dict(notice.phrase.facts) == {"document": at.job.subject, "printer": "L1", "error": outcome.detail}
    assert at.worker.scan(BOX.code).prints == looked
    assert at.worker.open(Task.PICK).prints == looked  # whatever they do next, there


def test_a_print_that_went_well_is_not_told(dock: Dock) -> None:
    at = bench(dock, pieces=2)
    for outcome in (Outcome(Result.DONE), Outcome(Result.ACCEPTED)):
        assert at.printed().waiting
        at.deliver(outcome)
        assert at.look() == StationPrints()
        at.worker.scan(BOX.code)


def test_what_a_printer_accepted_and_lost_later_is_told(dock: Dock) -> None:
    at = bench(dock)
    at.printed()
    at.deliver(Outcome(Result.ACCEPTED, remote="4"))
    assert at.look() == StationPrints(waiting=True)
    PrintRoom(dock.office, ToldPress([Outcome(Result.REFUSED, "aborted", remote="4")])).ask(at.job.id)
    assert at.codes() == ["print-failed"]


def test_each_station_hears_of_its_own_prints_alone(dock: Dock) -> None:
    at = bench(dock)
    other = dock.worker("sun")
    at.printed()
    at.deliver(Outcome(Result.UNCERTAIN, "hung up"))
    assert other.port.look(other.at.token) == StationPrints()
    assert other.open(Task.CHECK).prints == StationPrints()
    planner = dock.released(CUP=1)
    dock.printed(planner)  # with the wave: nobody's scan
    assert at.codes() == ["print-uncertain"]


SEEN_TO: dict[str, Callable[[Dock, PrintJob], Any]] = {
    "settled": lambda dock, job: dock.office.perform(settle_job, SettleJob(job.id, job.version, True, "whole"), dock.act),
    "cancelled": lambda dock, job: dock.office.perform(cancel_job, CancelJob(job.id, job.version, "not needed"), dock.act),
    "reprinted": lambda dock, job: dock.office.perform(
        reprint, Reprint(job=PrintJobId(new_id()), of=job.id, reason="torn"), dock.act
    ),
    "resumed": lambda dock, job: dock.office.perform(resume_job, ResumeJob(job.id, job.version, "cleared"), dock.act),
}


@pytest.mark.parametrize("way", SEEN_TO)
def test_a_print_that_somebody_saw_to_is_told_no_more(dock: Dock, way: str) -> None:
    at = bench(dock)
    at.printed()
    at.deliver(Outcome(Result.UNCERTAIN, "hung up"))
    assert at.codes() == ["print-uncertain"]
    SEEN_TO[way](dock, at.job)
    assert at.codes() == []
    assert at.look().waiting == (way in ("reprinted", "resumed"))


def test_a_reprint_that_fails_is_told_where_the_first_one_was(dock: Dock) -> None:
    at = bench(dock)
    at.printed()
    at.deliver(Outcome(Result.UNCERTAIN, "hung up"))
    copy = SEEN_TO["reprinted"](dock, at.job)
    PrintRoom(dock.office, ToldPress([Outcome(Result.REFUSED, "jam")])).deliver(copy.id)
    assert at.codes() == ["print-failed"]


def test_only_so_many_troubles_are_named_the_latest_first() -> None:
    printer = Printer(PrinterId(new_id()), "P1", "面单机", "w", "c")  # type: ignore[arg-type]  # neither is looked at
    job = _job(printer, 0)
    jobs = [_job(printer, number, job) for number in range(MOST_TOLD + 3)]
    said = told(jobs, {printer.id: printer})
    assert [dict(one.phrase.facts)["document"] for one in said.notices] == [
        f"N{MOST_TOLD + 2 - place}" for place in range(MOST_TOLD)
    ]
    assert (said.more, said.waiting) == (3, False)


def _job(printer: Printer, number: int, like: PrintJob | None = None) -> PrintJob:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
    if like is not None:
        return attrs.evolve(like, id=PrintJobId(new_id()), subject=f"N{number}", created_at=at)
    return PrintJob(
        id=PrintJobId(new_id()),
        kind=DocumentKind.EXPRESS_WAYBILL,
        subject=f"N{number}",
        language=PaperLanguage.CHINESE,
        size=Size.MM_100_150,
        template_id=None,
        edition=0,
        printer_id=printer.id,
        warehouse_id=printer.warehouse_id,
        payload={},
        content_hash="",
        claim=None,
        requested_by=new_id(),
        created_at=at,
        expires_at=at,
        station_id=StationId(new_id()),
        state=JobState.FAILED,
    )


def test_nobody_looks_without_a_shift_or_at_a_locked_station(dock: Dock) -> None:
    at = bench(dock)
    at.worker.port.lock(at.worker.at.token)
    with pytest.raises(StationLocked):
        at.look()
    at.worker.port.unlock(at.worker.at.token, at.worker.badge, PIN)
    assert at.look() == StationPrints()
    at.worker.port.leave(at.worker.at.token)
    with pytest.raises((Unauthenticated, NoShift)):
        at.look()


def test_a_scan_takes_as_many_statements_with_many_prints_as_with_none(sql_store: Any, clock: StillClock) -> None:
    dock = Dock(Office(sql_store, clock), clock)
    dock.box(BOX)
    at = bench(dock, pieces=4)
    at.worker.open(Task.LOOK_UP)
    at.worker.scan("CUP")
    with counted(sql_store) as without:
        at.worker.scan("CUP")
    for _ in range(4):
        at.printed()
        at.worker.scan(BOX.code)
    for job in dock.jobs():
        PrintRoom(dock.office, ToldPress([Outcome(Result.UNCERTAIN, "hung up")])).deliver(job.id)
    at.worker.open(Task.LOOK_UP)
    at.worker.scan("CUP")
    with counted(sql_store) as troubled:
        assert len(at.worker.scan("CUP").prints.notices) == 4
    assert len(troubled) - len(without) in (0, 1)  # one for the printers, where they are not known yet
