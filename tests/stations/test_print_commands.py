"""A print that goes no further by itself is seen to by a scan: sent again, printed once more, or on paper after all."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.printing.job import JobState, Outcome, PrintJob, Result
from houtai.domain.warehouse.work import StationPrints, Task
from tests.stations.bench import Bench, bench
from tests.stations.floor import said
from tests.stations.shipping import BOX, VERBS, Dock

RIGHTS = (*VERBS, "printing.settle", "printing.reprint")
TORN = Outcome(Result.UNCERTAIN, "hung up")


@pytest.fixture
def dock(office: Office, clock: Any) -> Dock:
    """On every adapter."""
    made = Dock(office, clock)
    made.box(BOX)
    return made


@pytest.fixture
def memory_dock(memory_office: Office, clock: Any) -> Dock:
    made = Dock(memory_office, clock)
    made.box(BOX)
    return made


def torn(dock: Dock, outcome: Outcome = TORN, verbs: tuple[str, ...] = RIGHTS) -> Bench:
    """A label that its printer did not finish."""
    at = bench(dock, verbs=verbs)
    at.printed()
    at.deliver(outcome)
    return at


def jobs(at: Bench) -> list[PrintJob]:
    return sorted(at.dock.jobs(), key=lambda job: job.reprint_no)


def test_it_is_sent_again_and_the_work_goes_on_where_it_was(dock: Dock) -> None:
    at = torn(dock)
    before = at.worker.open(Task.CHECK)
    answered = at.worker.scan("C-RESUME")
    assert (said(answered), answered.prompt, answered.rows) == ("print-resumed", before.prompt, before.rows)
    assert (at.job.state, answered.prints) == (JobState.QUEUED, StationPrints(waiting=True))
    at.deliver(Outcome(Result.DONE))
    assert at.look() == StationPrints()
    assert said(at.worker.scan(BOX.code)) == "packed"


def test_it_is_on_paper_after_all(dock: Dock) -> None:
    at = torn(dock)
    assert said(at.worker.scan("C-PRINTED")) == "print-settled"
    assert ([job.state for job in jobs(at)], at.look()) == ([JobState.DONE], StationPrints())


def test_it_is_printed_once_more_when_that_is_confirmed_by_the_same_scan(dock: Dock) -> None:
    at = torn(dock)
    assert said(at.worker.scan("C-REPRINT")) == "confirm-reprint"
    assert len(jobs(at)) == 1
    assert said(at.worker.scan("C-REPRINT")) == "print-again"
    first, again = jobs(at)
    assert (first.reprints, again.reprint_of, again.reason) == (1, first.id, "C-REPRINT at station T1")
    assert again.subject == first.subject


def test_another_scan_between_takes_the_question_away(memory_dock: Dock) -> None:
    at = torn(memory_dock)
    at.worker.scan("C-REPRINT", "NONSENSE")
    assert said(at.worker.scan("C-REPRINT")) == "confirm-reprint"
    assert len(jobs(at)) == 1


def test_a_scan_that_is_sent_again_prints_once(memory_dock: Dock) -> None:
    at = torn(memory_dock)
    done = at.worker.scan("C-REPRINT", "C-REPRINT")
    assert at.worker.port.scan(at.worker.at.token, Task.CHECK, at.worker.seq, "C-REPRINT") == done
    assert len(jobs(at)) == 2


def test_what_was_refused_is_no_paper_and_is_sent_again(memory_dock: Dock) -> None:
    at = torn(memory_dock, Outcome(Result.REFUSED, "no such paper"))
    assert at.worker.refuses("C-PRINTED") == "station.not-now"
    assert said(at.worker.scan("C-RESUME")) == "print-resumed"


@pytest.mark.parametrize("code", ["C-RESUME", "C-REPRINT", "C-PRINTED"])
def test_without_the_right_nothing_happens(memory_dock: Dock, code: str) -> None:
    at = torn(memory_dock, verbs=())
    assert at.worker.refuses(code) == "forbidden"
    assert [job.state for job in jobs(at)] == [JobState.UNCERTAIN]


@pytest.mark.parametrize("code", ["C-RESUME", "C-REPRINT", "C-PRINTED"])
def test_where_every_print_is_well_they_mean_nothing(memory_dock: Dock, code: str) -> None:
    at = bench(memory_dock, verbs=RIGHTS)
    at.printed()
    assert at.worker.refuses(code) == "station.not-now"
