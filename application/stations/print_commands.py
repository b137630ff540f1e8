"""What a command barcode does about a print of the station that is not well: it goes on, comes again, or is on paper."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from houtai.application.outbound.ports import OutboundTx
from houtai.application.permission import before
from houtai.application.printing.ports import JOBS_FOR_STATION
from houtai.application.printing.request import REPRINT, Reprint, reprint
from houtai.application.printing.track import SETTLE, ResumeJob, SettleJob, resume_job, settle_job
from houtai.application.warehouse.shifts import AtStation
from houtai.application.warehouse.station_steps import not_now, says
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import PrintJobId
from houtai.domain.printing.job import STUCK, JobState, PrintJob
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, StationMessage

ASK: Final = "confirm-reprint"


def see_to_print(
    tx: OutboundTx, here: AtStation, command: Command, last: StationMessage | None, document: UUID, act: Act
) -> StationMessage:
    """Do it to the latest print of the station that goes no further by itself; what is said about it.

    A second label is a second parcel by mistake: a reprint is asked back once, and done where `last` was that question about the
    same print. Raises NotNow where there is no such print, or none that may be on paper, and Forbidden.
    """
    stuck = [job for job in tx.print_jobs.by(JOBS_FOR_STATION, here.station.id) if job.state in STUCK]
    if not stuck:
        raise not_now(command)
    job = max(stuck, key=lambda one: (one.created_at, one.id))
    verb = REPRINT if command is Command.REPRINT else SETTLE
    act.demand(verb, Scope(warehouse=job.warehouse_id))
    reason = f"{command.barcode} at station {here.station.code}"
    if command is Command.RESUME:
        resume_job(tx, ResumeJob(job.id, job.version, reason, job.first_page), before(resume_job, act))
        return says(MessageLevel.SUCCESS, "print-resumed", document=job.subject)
    if command is Command.PRINTED:
        return _settled(tx, job, reason, act)
    asked = says(MessageLevel.WARNING, ASK, document=job.subject)
    if last != asked:
        return asked
    made = reprint(tx, Reprint(job=PrintJobId(document), of=job.id, reason=reason), before(reprint, act))
    return says(MessageLevel.SUCCESS, "print-again", document=job.subject, number=made.reprint_no)


def _settled(tx: OutboundTx, job: PrintJob, reason: str, act: Act) -> StationMessage:
    if job.state is not JobState.UNCERTAIN:
        raise not_now(Command.PRINTED)
    settle_job(tx, SettleJob(job.id, job.version, printed=True, reason=reason), before(settle_job, act))
    return says(MessageLevel.SUCCESS, "print-settled", document=job.subject)
