"""Follow a print: take it up for sending, record what came of it, go on after a jam, settle and cancel."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from houtai.application.outbox import Message
from houtai.application.permission import WAREHOUSE, needs
from houtai.application.plain import from_plain
from houtai.application.printing.ports import PrintingTx, Sending
from houtai.application.printing.request import GOOD_FOR_S, announce, layout_of
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import PrinterId, PrintJobId, derive
from houtai.domain.moves import check_move
from houtai.domain.printing.documents import TYPES, DocumentKind
from houtai.domain.printing.draw import pages_of
from houtai.domain.printing.events import PrintSeenTo, PrintStuck
from houtai.domain.printing.job import AFTER, JOB_MOVES, LEASE_S, MAX_PAGES, STUCK, JobState, Outcome, PrintJob
from houtai.domain.printing.layout import Size
from houtai.domain.printing.refusals import PageNotThere
from houtai.domain.refusal import NotFound, VersionConflict

SETTLE = "printing.settle"
ASK_TOPIC = "printing.ask"
FIRST_QUESTION_S = 3


@attrs.frozen
class RecordOutcome:
    """What came of the try with this number."""

    job: PrintJobId
    attempt: int
    outcome: Outcome


@attrs.frozen
class SettleJob:
    """Somebody looked: the job is on paper, or it is not."""

    job: PrintJobId
    expected_version: int
    printed: bool
    reason: str = attrs.field(validator=limits.text(1, 500))


@attrs.frozen
class ResumeJob:
    """Print on from a page, after a jam, a torn connection or new paper; on another printer if one is named."""

    job: PrintJobId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))
    from_page: int = attrs.field(default=1, validator=limits.between(1, MAX_PAGES))
    printer: PrinterId | None = None


@attrs.frozen
class CancelJob:
    """The job is not to be printed any more."""

    job: PrintJobId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("house.deliver")
def begin_sending(tx: PrintingTx, cmd: PrintJobId, act: Act) -> Sending:
    """Take a queued job up, so that nobody else sends it. Raises NotFound.

    One that is too old fails instead. One sent long ago without a word becomes uncertain: it is never sent blindly again.
    """
    job = tx.print_jobs.lock_one(cmd)
    printer = tx.printers.get(job.printer_id)
    layout = layout_of(tx, job)
    if job.state is JobState.QUEUED:
        if act.at >= job.expires_at:
            late = _move(tx, job, JobState.FAILED, "expired", act, last_error="it waited too long for its printer")
            return Sending(late, printer, layout)
        sent = _move(tx, job, JobState.SENT, "sent", act, attempt=job.attempt + 1, sent_at=act.at, last_error="")
        return Sending(sent, printer, layout, go=True)
    if job.state is JobState.SENT and job.sent_at is not None and act.at >= job.sent_at + dt.timedelta(seconds=LEASE_S):
        error = "whoever sent it ended without a word"
        return Sending(_move(tx, job, JobState.UNCERTAIN, "lost sight of", act, last_error=error), printer, layout)
    return Sending(job, printer, layout)


@needs("house.deliver")
def record_outcome(tx: PrintingTx, cmd: RecordOutcome, act: Act) -> PrintJob:
    """Note what a printer said. An outcome of an earlier try, or of a job that ended, changes nothing. Raises NotFound."""
    job = tx.print_jobs.lock_one(cmd.job)
    after = AFTER[cmd.outcome.result]
    if cmd.attempt != job.attempt or job.state not in (JobState.SENT, JobState.ACCEPTED) or after is job.state:
        return job
    if job.state is JobState.ACCEPTED and after is JobState.QUEUED:
        return job  # it could not be asked: nothing new is known
    moved = _move(
        tx,
        job,
        after,
        cmd.outcome.result.value,
        act,
        last_error=_short(cmd.outcome.detail) if after is not JobState.DONE else "",
        remote=cmd.outcome.remote[:200] or job.remote,
        first_page=min(MAX_PAGES, job.first_page + cmd.outcome.pages_out) if after is JobState.UNCERTAIN else job.first_page,
    )
    if moved.state is JobState.ACCEPTED and moved.remote:
        tx.outbox.add(
            Message(
                id=derive(moved.id, "ask", moved.attempt),
                topic=ASK_TOPIC,
                payload={"job": str(moved.id), "attempt": moved.attempt},
                created_at=act.at,
                due_at=act.at + dt.timedelta(seconds=FIRST_QUESTION_S),
            )
        )
    return moved


@needs(SETTLE, along=(WAREHOUSE,))
def settle_job(tx: PrintingTx, cmd: SettleJob, act: Act) -> PrintJob:
    """Say what a look at the printer showed. Raises NotFound, VersionConflict, IllegalMove."""
    job = _open(tx, cmd.job, cmd.expected_version, act)
    wanted = JobState.DONE if cmd.printed else JobState.FAILED
    return _move(tx, job, wanted, "settled", act, reason=cmd.reason, station_id=None)


@needs(SETTLE, along=(WAREHOUSE,))
def resume_job(tx: PrintingTx, cmd: ResumeJob, act: Act) -> PrintJob:
    """Queue the rest of a job. Raises NotFound, VersionConflict, IllegalMove, PrinterCannot, PageNotThere."""
    job = _open(tx, cmd.job, cmd.expected_version, act)
    check_move("print job", JOB_MOVES, job.state, JobState.QUEUED)
    printer = tx.printers.get(cmd.printer or job.printer_id)
    act.demand(SETTLE, Scope(warehouse=printer.warehouse_id))
    layout = layout_of(tx, job)
    printer.check_prints(job.kind, layout.size)
    one = job.kind is DocumentKind.CLOUD or layout.size is Size.ROLL_80
    pages = 1 if one else len(pages_of(from_plain(job.payload, TYPES[job.kind]), layout))
    if cmd.from_page > pages:
        raise PageNotThere(page=cmd.from_page, pages=pages)
    queued = _move(
        tx,
        job,
        JobState.QUEUED,
        "resumed",
        act,
        reason=cmd.reason,
        first_page=cmd.from_page,
        printer_id=printer.id,
        warehouse_id=printer.warehouse_id,
        rounds=job.rounds + 1,
        remote="",
        last_error="",
        expires_at=act.at + dt.timedelta(seconds=GOOD_FOR_S),
    )
    announce(tx, queued, act)
    return queued


@needs(SETTLE, along=(WAREHOUSE,))
def cancel_job(tx: PrintingTx, cmd: CancelJob, act: Act) -> PrintJob:
    """Give a job up. Where surely nothing was printed, the same content may be asked for anew.

    Raises NotFound, VersionConflict, IllegalMove.
    """
    job = _open(tx, cmd.job, cmd.expected_version, act)
    claim = job.claim if job.state is JobState.UNCERTAIN else None
    return _move(tx, job, JobState.CANCELLED, "cancelled", act, reason=cmd.reason, claim=claim)


def _open(tx: PrintingTx, job_id: PrintJobId, expected_version: int, act: Act) -> PrintJob:
    job = tx.print_jobs.lock([job_id]).get(job_id)
    if job is None or not act.may(SETTLE, Scope(warehouse=job.warehouse_id)):
        raise NotFound(what="print job", key=str(job_id))
    if job.version != expected_version:
        raise VersionConflict(what="print job", key=str(job_id), expected_version=expected_version, current_version=job.version)
    return job


def _move(tx: PrintingTx, job: PrintJob, wanted: JobState, event: str, act: Act, *, reason: str = "", **fields: Any) -> PrintJob:
    check_move("print job", JOB_MOVES, job.state, wanted)
    moved = attrs.evolve(job, state=wanted, version=job.version + 1, **fields)
    if moved.over:
        moved = attrs.evolve(moved, station_id=None)
    tx.print_jobs.save(moved)
    write_line(tx, act, "print-job", moved, event, before=job.state, reason=reason or _short(moved.last_error))
    if moved.state in STUCK and job.state not in STUCK:
        facts = (moved.kind.value, moved.subject, moved.state.value, _short(moved.last_error))
        tx.emit(PrintStuck(moved.id, moved.warehouse_id, moved.printer_id, *facts))
    elif job.state in STUCK and moved.state not in STUCK:
        tx.emit(PrintSeenTo(moved.id))
    return moved


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:500]
