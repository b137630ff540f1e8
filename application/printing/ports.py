"""What printing is kept in, and the port to what draws documents and reaches printers."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.ids import PrinterId, PrintJobId, PrintTemplateId, WarehouseId
from houtai.domain.printing.job import JobState, Outcome, PrintJob
from houtai.domain.printing.layout import Edition, Layout, Template
from houtai.domain.printing.printer import Printer

EditionKey = tuple[PrintTemplateId, int]

PRINTER_BY_CODE: Final[Index[Printer, str]] = Index("code", lambda printer: printer.code, unique=True)
PRINTER_BY_WAREHOUSE: Final[Index[Printer, UUID]] = Index("warehouse_id", lambda printer: printer.warehouse_id)
PRINTERS: Final[Records[PrinterId, Printer]] = Records(
    "printers", Printer, lambda printer: printer.id, (PRINTER_BY_CODE, PRINTER_BY_WAREHOUSE), reference=True
)

TEMPLATE_BY_CODE: Final[Index[Template, str]] = Index("code", lambda template: template.code, unique=True)
TEMPLATE_BY_KIND: Final[Index[Template, str]] = Index("kind", lambda template: template.kind.value)
TEMPLATES: Final[Records[PrintTemplateId, Template]] = Records(
    "print_templates", Template, lambda template: template.id, (TEMPLATE_BY_CODE, TEMPLATE_BY_KIND), reference=True
)
EDITION_OF: Final[Index[Edition, UUID]] = Index("template_id", lambda edition: edition.template_id)
EDITIONS: Final[Records[EditionKey, Edition]] = Records(
    "print_editions", Edition, lambda edition: edition.key, (EDITION_OF,), append_only=True, reference=True
)

JOB_BY_CLAIM: Final[Index[PrintJob, str]] = Index("claim", lambda job: job.claim, unique=True)
JOB_BY_SUBJECT: Final[Index[PrintJob, str]] = Index("subject", lambda job: job.subject)
JOB_BY_WAREHOUSE: Final[Index[PrintJob, UUID]] = Index("warehouse_id", lambda job: job.warehouse_id)
JOB_BY_STATE: Final[Index[PrintJob, str]] = Index("state", lambda job: job.state.value)
JOB_BY_PRINTER: Final[Index[PrintJob, UUID]] = Index("printer_id", lambda job: job.printer_id)
REPRINTS_OF: Final[Index[PrintJob, UUID]] = Index("reprint_of", lambda job: job.reprint_of)
JOBS_FOR_STATION: Final[Index[PrintJob, UUID]] = Index("station_id", lambda job: job.station_id)
JOBS: Final[Records[PrintJobId, PrintJob]] = Records(
    "print_jobs",
    PrintJob,
    lambda job: job.id,
    (JOB_BY_CLAIM, JOB_BY_SUBJECT, JOB_BY_WAREHOUSE, JOB_BY_STATE, JOB_BY_PRINTER, REPRINTS_OF, JOBS_FOR_STATION),
    secret=frozenset({"payload"}),
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (PRINTERS, TEMPLATES, EDITIONS, JOBS)


class PrintingTx(HouseTx, Protocol):
    """What printing writes. A reprint locks the job that it repeats; nothing else locks two jobs."""

    @property
    def printers(self) -> Rows[PrinterId, Printer]:
        """How each printer is reached."""

    @property
    def print_templates(self) -> Rows[PrintTemplateId, Template]:
        """The looks that may be chosen."""

    @property
    def print_editions(self) -> Rows[EditionKey, Edition]:
        """Every published look, append-only."""

    @property
    def print_jobs(self) -> Rows[PrintJobId, PrintJob]:
        """What was, is and will be printed."""


@attrs.frozen
class JobFilter:
    """Which jobs; what is set must hold. `warehouses` None is every warehouse."""

    subject: str | None = None
    state: JobState | None = None
    printer_id: PrinterId | None = None
    warehouses: frozenset[WarehouseId] | None = None


class PrintingViews(Protocol):
    """Printing as last committed."""

    @property
    def printers(self) -> Reading[PrinterId, Printer]:
        """By id, code or warehouse."""

    @property
    def print_templates(self) -> Reading[PrintTemplateId, Template]:
        """By id, code or kind of document."""

    @property
    def print_editions(self) -> Reading[EditionKey, Edition]:
        """By template and edition."""

    @property
    def print_jobs(self) -> Reading[PrintJobId, PrintJob]:
        """By id, subject, state or warehouse."""


@attrs.frozen
class Sending:
    """All that is needed to draw and send a job. `go` says that this caller, and no other, is to send it now."""

    job: PrintJob
    printer: Printer
    layout: Layout
    go: bool = False


@attrs.frozen
class Rendered:
    """A document in a printer's language. `ends` are the places in `content` behind each page that prints by itself."""

    content: bytes = attrs.field(repr=False)
    media_type: str
    extension: str
    pages: int
    ends: tuple[int, ...] = ()


class Press(Protocol):
    """Draws documents and reaches printers, outside of any transaction. Neither raises for what a printer does."""

    def render(self, sending: Sending) -> Rendered:
        """The document from the job's first page on. Raises FontMissing, RendererMissing, BarcodeTooWide."""

    def send(self, sending: Sending, rendered: Rendered, deadline_ms: int) -> Outcome:
        """Bring it to the printer; what came of it, within the deadline."""

    def ask(self, sending: Sending, deadline_ms: int) -> Outcome:
        """What became of a job that the printer accepted; ACCEPTED as long as it says nothing new."""


def page_of_jobs(views: PrintingViews, page: Page, where: JobFilter) -> Slice[PrintJob]:
    """One page of the jobs that match, newest first."""
    wanted: dict[Index[PrintJob, Any], Any] = {}
    if where.subject is not None:
        wanted[JOB_BY_SUBJECT] = where.subject
    if where.state is not None:
        wanted[JOB_BY_STATE] = where.state.value
    if where.printer_id is not None:
        wanted[JOB_BY_PRINTER] = where.printer_id
    if where.warehouses is not None:
        wanted[JOB_BY_WAREHOUSE] = where.warehouses
    return views.print_jobs.page(page, wanted or None)
