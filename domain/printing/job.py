"""Print jobs: a document on its way to paper. That something was printed never says that it was shipped."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import PrinterId, PrintJobId, PrintTemplateId, StationId, WarehouseId
from houtai.domain.moves import Moves
from houtai.domain.printing.documents import WAYBILLS, DocumentKind
from houtai.domain.printing.layout import Language, Size

MAX_COPIES: Final = 20
MAX_PAGES: Final = 10_000
LEASE_S: Final = 60  # a job that was sent so long ago without a word has an unknown outcome


class JobState(enum.Enum):
    """Where a job stands."""

    QUEUED = "queued"  # no byte has left
    SENT = "sent"  # bytes are on their way
    ACCEPTED = "accepted"  # the printer has all of it, whether it is on paper is not known
    DONE = "done"  # on paper, as the printer or a person says
    FAILED = "failed"  # not printed, or not whole: nothing more will come by itself
    UNCERTAIN = "uncertain"  # part of it may be on paper: somebody has to look
    CANCELLED = "cancelled"


STUCK: Final = frozenset({JobState.FAILED, JobState.UNCERTAIN})
"""Where nothing more happens by itself: a person has to see to it."""

JOB_MOVES: Final[Moves[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SENT, JobState.FAILED, JobState.CANCELLED}),
    JobState.SENT: frozenset({JobState.QUEUED, JobState.ACCEPTED, JobState.DONE, JobState.FAILED, JobState.UNCERTAIN}),
    JobState.ACCEPTED: frozenset({JobState.DONE, JobState.FAILED, JobState.UNCERTAIN, JobState.QUEUED}),
    JobState.UNCERTAIN: frozenset({JobState.DONE, JobState.FAILED, JobState.QUEUED, JobState.CANCELLED}),
    JobState.FAILED: frozenset({JobState.QUEUED, JobState.CANCELLED}),
    JobState.DONE: frozenset(),
    JobState.CANCELLED: frozenset(),
}


class Result(enum.Enum):
    """What came of a try to print."""

    DONE = "done"
    ACCEPTED = "accepted"
    NOT_REACHED = "not-reached"  # nothing was printed, a later try may go through
    REFUSED = "refused"  # nothing was printed, and the same try fails again
    UNCERTAIN = "uncertain"  # it broke off with bytes on their way


@attrs.frozen
class Outcome:
    """A try's result with the printer's words, its own name for the job, and how many pages are surely out."""

    result: Result
    detail: str = ""
    remote: str = ""
    pages_out: int = 0


AFTER: Final[dict[Result, JobState]] = {
    Result.DONE: JobState.DONE,
    Result.ACCEPTED: JobState.ACCEPTED,
    Result.NOT_REACHED: JobState.QUEUED,
    Result.REFUSED: JobState.FAILED,
    Result.UNCERTAIN: JobState.UNCERTAIN,
}


@attrs.frozen(kw_only=True)
class PrintJob:
    """One document for one printer. `claim` is what may be printed only once without a reprint; None for a reprint.

    `payload` is the document as plain JSON. `first_page` counts from 1; more than that after a jam. `reprints` counts the
    reprints of this job, `reprint_no` which one of `reprint_of` this is. After `expires_at` it is not printed by itself any more.
    `station_id` is the station that waits for it, until nothing is left to be told there: it went well, or somebody saw to it.
    """

    id: PrintJobId
    kind: DocumentKind
    subject: str = attrs.field(validator=limits.code)
    language: Language
    size: Size
    template_id: PrintTemplateId | None
    edition: int
    printer_id: PrinterId
    warehouse_id: WarehouseId
    payload: Mapping[str, Any] = attrs.field(repr=False)
    content_hash: str
    claim: str | None
    copies: int = attrs.field(default=1, validator=limits.between(1, MAX_COPIES))
    reprint_of: PrintJobId | None = None
    reprint_no: int = 0
    reprints: int = 0
    reason: str = attrs.field(default="", validator=limits.text(0, 500))
    first_page: int = attrs.field(default=1, validator=limits.between(1, MAX_PAGES))
    attempt: int = 0  # tries so far
    rounds: int = 1  # how often it was queued
    requested_by: UUID
    created_at: dt.datetime
    expires_at: dt.datetime
    sent_at: dt.datetime | None = None
    last_error: str = ""
    remote: str = ""
    station_id: StationId | None = None
    state: JobState = JobState.QUEUED
    version: int = 1

    @property
    def unwell(self) -> bool:
        """Whether somebody has to see to it, or to its printer."""
        return self.state in STUCK or (self.state is JobState.QUEUED and bool(self.last_error))

    @property
    def over(self) -> bool:
        """Whether nothing more will be heard of it: it is on paper or given up, or its printer cannot be asked."""
        unheard = self.state is JobState.ACCEPTED and not self.remote
        return unheard or self.state in (JobState.DONE, JobState.CANCELLED)


def content_hash(
    kind: DocumentKind, payload: Mapping[str, Any], template: tuple[UUID | None, int], language: Language, size: Size
) -> str:
    """The same document in the same look has the same hash, and no other has."""
    said = [kind.value, str(template[0]), template[1], language.value, size.value, payload]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def claim_on(waybill: str) -> str:
    """What the label of a waybill number claims, as long as the number counts."""
    return f"waybill {waybill}"


def claim_of(kind: DocumentKind, subject: str, content: str, printer: PrinterId, copies: int) -> str:
    """What is printed once: a waybill by its number, wherever; anything else by its content, printer and number of copies."""
    if kind in WAYBILLS:
        return claim_on(subject)
    return f"{content} {printer} {copies}"
