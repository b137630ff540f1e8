"""A number means nothing any more: its label is not to be printed, and another document may bear the number one day."""

from __future__ import annotations

import attrs

from houtai.application.printing.ports import JOB_BY_CLAIM, PrintingTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.moves import check_move
from houtai.domain.printing.job import JOB_MOVES, JobState, claim_on


def let_go_of(tx: PrintingTx, number: str, reason: str, act: Act) -> None:
    """Cancel the label of this waybill number if it still waits for the printer; printed or not, nothing claims the number now.

    For a module above, which knows that the number is void. Nothing where no label was asked for.
    """
    found = tx.print_jobs.first(JOB_BY_CLAIM, claim_on(number))
    if found is None:
        return
    job = tx.print_jobs.lock_one(found.id)
    state = job.state
    if job.state is JobState.QUEUED:
        state = JobState.CANCELLED
        check_move("print job", JOB_MOVES, job.state, state)
    freed = attrs.evolve(job, state=state, claim=None, station_id=None, version=job.version + 1)
    tx.print_jobs.save(freed)
    write_line(tx, act, "print-job", freed, "number void", before=job.state, reason=reason)
