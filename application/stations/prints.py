"""What a station is told of the prints that its scans caused: whether one is on its way, and what is wrong with which printer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.ports import OutboundTx, OutboundViews
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.ports import JOBS_FOR_STATION
from houtai.application.warehouse.shifts import WORK, at_station
from houtai.application.warehouse.station_steps import says
from houtai.domain.act import Act
from houtai.domain.ids import PrinterId, StationId
from houtai.domain.printing.job import JobState, PrintJob
from houtai.domain.printing.printer import Printer
from houtai.domain.warehouse.reply import MessageLevel, StationMessage
from houtai.domain.warehouse.work import StationPrints

MOST_TOLD: Final = 5
_ERROR: Final = 120
_WORDS: Final = {JobState.QUEUED: "print-waits", JobState.UNCERTAIN: "print-uncertain", JobState.FAILED: "print-failed"}


@needs(WORK, along=(WAREHOUSE, MERCHANT))
def show_own_prints(views: OutboundViews, _: None, act: Act) -> StationPrints:
    """How the prints stand now that were caused at the station of one's shift, without a scan. Raises NoShift, StationLocked."""
    here = at_station(views, act)
    demand_at(act, WORK, views.warehouses.get(here.station.warehouse_id))
    return prints_for(views, here.station.id)


def prints_for(rows: OutboundTx | OutboundViews, station_id: StationId) -> StationPrints:
    """What there is to tell at the station: one statement where all is well, one more for the printers where it is not."""
    jobs = rows.print_jobs.by(JOBS_FOR_STATION, station_id)
    unwell = [job for job in jobs if job.unwell]
    printers = rows.printers.many({job.printer_id for job in unwell}) if unwell else {}
    return told(jobs, printers)


def told(jobs: Iterable[PrintJob], printers: Mapping[PrinterId, Printer]) -> StationPrints:
    """The prints in words, the latest trouble first and no more than MOST_TOLD of it; a job that is over is not told."""
    open_jobs = [job for job in jobs if not job.over]
    unwell = sorted((job for job in open_jobs if job.unwell), key=lambda job: (job.created_at, job.id), reverse=True)
    waiting = any(job.state in (JobState.QUEUED, JobState.SENT, JobState.ACCEPTED) for job in open_jobs)
    notices = tuple(_notice(job, printers[job.printer_id]) for job in unwell[:MOST_TOLD])
    return StationPrints(waiting, notices, len(unwell) - len(notices))


def _notice(job: PrintJob, printer: Printer) -> StationMessage:
    """What is wrong, where, and what is to be done about it."""
    facts = {"document": job.subject, "printer": printer.code, "error": job.last_error[:_ERROR]}
    return says(MessageLevel.ERROR, _WORDS[job.state], **facts)
