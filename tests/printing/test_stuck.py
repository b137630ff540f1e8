"""A print that nobody sees to is somebody's business: a case with queue and due time, closed when somebody does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from houtai.application.office import Office
from houtai.application.payments.queries import ListCases, list_cases
from houtai.application.printing.request import Reprint, reprint
from houtai.application.printing.track import CancelJob, ResumeJob, SettleJob, cancel_job, resume_job, settle_job
from houtai.domain.act import Act
from houtai.domain.ids import PrintJobId, new_id
from houtai.domain.payments.case import Case, CaseKind, CaseState
from houtai.domain.printing.job import JobState, Outcome, PrintJob, Result
from tests.conftest import StillClock
from tests.printing.room import Room


@pytest.fixture
def room(office: Office, system: Act) -> Room:
    return Room(office, system)


def told(room: Room) -> list[Case]:
    return [one for one in room.office.ask(list_cases, ListCases(), room.act).items if one.kind is CaseKind.PRINT_STUCK]


def gone_wrong(room: Room, result: Result = Result.UNCERTAIN) -> PrintJob:
    room.press.outcomes = [Outcome(result, "hung up")]
    return room.prints.deliver(room.ask_for(room.printer()).id)


SEEN_TO: dict[str, Callable[[Room, PrintJob], object]] = {
    "settled as printed": lambda room, job: room.office.perform(
        settle_job, SettleJob(job.id, job.version, printed=True, reason="it is whole"), room.act
    ),
    "resumed": lambda room, job: room.office.perform(resume_job, ResumeJob(job.id, job.version, "new paper"), room.act),
    "cancelled": lambda room, job: room.office.perform(cancel_job, CancelJob(job.id, job.version, "order stopped"), room.act),
    "reprinted": lambda room, job: room.office.perform(
        reprint, Reprint(job=PrintJobId(new_id()), of=job.id, reason="it is torn"), room.act
    ),
}


@pytest.mark.parametrize(("result", "state"), [(Result.UNCERTAIN, "uncertain"), (Result.REFUSED, "failed")])
def test_a_print_that_goes_no_further_by_itself_is_told_with_queue_and_due_time(room: Room, result: Result, state: str) -> None:
    job = gone_wrong(room, result)
    (case,) = told(room)
    assert (case.subject_id, case.queue, case.due_at - case.opened_at) == (job.id, "operations", dt.timedelta(hours=1))
    assert (case.facts["state"], case.facts["error"], case.facts["subject"]) == (state, "hung up", job.subject)


def test_a_printer_that_nobody_puts_right_is_told_when_its_job_has_waited_too_long(room: Room, clock: StillClock) -> None:
    job = gone_wrong(room, Result.NOT_REACHED)
    assert (job.state, told(room)) == (JobState.QUEUED, [])
    clock.advance(minutes=15)
    room.prints.deliver(job.id)
    assert [case.facts["error"] for case in told(room)] == ["it waited too long for its printer"]


@pytest.mark.parametrize("deed", SEEN_TO.values(), ids=SEEN_TO)
def test_whatever_somebody_does_about_it_closes_the_case(room: Room, deed: Callable[[Room, PrintJob], object]) -> None:
    deed(room, gone_wrong(room))
    assert [case.state for case in told(room)] == [CaseState.RESOLVED]


def test_one_that_is_settled_as_not_printed_still_has_to_be_printed_or_given_up(room: Room) -> None:
    job = gone_wrong(room)
    settled = room.office.perform(settle_job, SettleJob(job.id, job.version, printed=False, reason="blank"), room.act)
    assert (settled.state, [case.state for case in told(room)]) == (JobState.FAILED, [CaseState.OPEN])


def test_one_that_goes_wrong_again_is_told_again(room: Room, clock: StillClock) -> None:
    job = gone_wrong(room)
    room.office.perform(resume_job, ResumeJob(job.id, job.version, "new paper"), room.act)
    clock.advance(seconds=1)
    room.prints.deliver(job.id)
    assert sorted(case.state.value for case in told(room)) == ["open", "resolved"]


def test_what_is_printed_tells_nobody(room: Room) -> None:
    room.prints.deliver(room.ask_for(room.printer()).id)
    assert told(room) == []
