"""The print room: brings jobs to their printers outside of any transaction, and records what came of it."""

from __future__ import annotations

from typing import Final

from houtai.application.ports import Performer
from houtai.application.printing.ports import Press, Rendered, Sending
from houtai.application.printing.queries import read_job
from houtai.application.printing.track import RecordOutcome, begin_sending, record_outcome
from houtai.domain.act import Act, Entry
from houtai.domain.ids import PrintJobId
from houtai.domain.printing.job import JobState, Outcome, PrintJob, Result
from houtai.domain.refusal import Refusal

DEADLINE_MS: Final = 2_500  # of the three seconds within which a station is told; the rest is for drawing and recording


class PrintRoom:
    """Sends and asks. Safe to run in several processes: each try is taken up by one of them, each outcome counts once."""

    def __init__(self, office: Performer, press: Press) -> None:
        """`press` draws documents and reaches printers."""
        self._office = office
        self._press = press

    def deliver(self, job_id: PrintJobId, *, deadline_ms: int = DEADLINE_MS) -> PrintJob:
        """Bring a queued job to its printer; the job as it stands then. One that somebody else sends is only looked at."""
        sending = self._office.perform(begin_sending, job_id, self._act())
        if not sending.go:
            return sending.job
        outcome = self._send(sending, deadline_ms)
        return self._office.perform(record_outcome, RecordOutcome(job_id, sending.job.attempt, outcome), self._act())

    def ask(self, job_id: PrintJobId, *, deadline_ms: int = DEADLINE_MS) -> PrintJob:
        """Ask a printer about a job that it accepted; the job as it stands then."""
        sending = self._office.ask(read_job, job_id, self._act())
        if sending.job.state is not JobState.ACCEPTED:
            return sending.job
        outcome = self._press.ask(sending, deadline_ms)
        return self._office.perform(record_outcome, RecordOutcome(job_id, sending.job.attempt, outcome), self._act())

    def draw(self, sending: Sending) -> Rendered:
        """The job's file as its printer gets it. Raises FontMissing, RendererMissing, BarcodeTooWide."""
        return self._press.render(sending)

    def _send(self, sending: Sending, deadline_ms: int) -> Outcome:
        try:
            rendered = self._press.render(sending)
        except Refusal as refusal:  # nothing has left: whoever prints learns why
            return Outcome(Result.REFUSED, str(refusal))
        return self._press.send(sending, rendered, deadline_ms)

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)
