"""Look at printers, templates and print jobs."""

from __future__ import annotations

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import WAREHOUSE, needs
from houtai.application.plain import from_plain
from houtai.application.printing.ports import (
    PRINTER_BY_WAREHOUSE,
    REPRINTS_OF,
    TEMPLATE_BY_KIND,
    JobFilter,
    PrintingViews,
    Sending,
    page_of_jobs,
)
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Scope
from houtai.domain.ids import PrinterId, PrintJobId, PrintTemplateId, WarehouseId
from houtai.domain.printing.documents import TYPES, Document, DocumentKind
from houtai.domain.printing.job import PrintJob
from houtai.domain.printing.layout import Edition, Layout, Template
from houtai.domain.printing.preview import preview
from houtai.domain.printing.printer import Printer
from houtai.domain.refusal import NotFound

READ = "printing.read"


@attrs.frozen
class ListPrinters:
    """One warehouse's printers, or all within reach."""

    warehouse: WarehouseId | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class ListTemplates:
    """Templates of one kind of document, or all."""

    kind: DocumentKind | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class ListJobs:
    """Jobs within reach that match."""

    where: JobFilter = attrs.field(factory=JobFilter)
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class ShownTemplate:
    """A template with its latest edition."""

    template: Template
    edition: Edition


@needs(READ, along=(WAREHOUSE,))
def show_printer(views: PrintingViews, query: PrinterId, act: Act) -> Printer:
    """One printer. Raises NotFound, also for a warehouse out of reach."""
    printer = views.printers.find(query)
    if printer is None or not act.may(READ, Scope(warehouse=printer.warehouse_id)):
        raise NotFound(what="printer", key=str(query))
    return printer


@needs(READ, along=(WAREHOUSE,))
def list_printers(views: PrintingViews, query: ListPrinters, act: Act) -> Slice[Printer]:
    """The printers of the warehouses within reach."""
    wanted = _within(act, None if query.warehouse is None else frozenset({query.warehouse}))
    return views.printers.page(query.page, None if wanted is None else {PRINTER_BY_WAREHOUSE: wanted})


@needs(READ, regardless=(WAREHOUSE,))
def show_print_template(views: PrintingViews, query: PrintTemplateId, act: Act) -> ShownTemplate:
    """One template with its latest look. Raises NotFound."""
    del act
    template = views.print_templates.get(query)
    return ShownTemplate(template, views.print_editions.get((template.id, template.edition)))


@needs(READ, regardless=(WAREHOUSE,))
def list_print_templates(views: PrintingViews, query: ListTemplates, act: Act) -> Slice[Template]:
    """Templates, newest first."""
    del act
    return views.print_templates.page(query.page, None if query.kind is None else {TEMPLATE_BY_KIND: query.kind.value})


@needs(READ, along=(WAREHOUSE,))
def show_job(views: PrintingViews, query: PrintJobId, act: Act) -> PrintJob:
    """One job. Raises NotFound, also for a warehouse out of reach."""
    job = views.print_jobs.find(query)
    if job is None or not act.may(READ, Scope(warehouse=job.warehouse_id)):
        raise NotFound(what="print job", key=str(query))
    return job


@needs("printing.print", along=(WAREHOUSE,))
def look_at_delivery(views: PrintingViews, query: PrintJobId, act: Act) -> PrintJob:
    """A job that the actor may have brought to its printer. Raises NotFound, also for a warehouse out of reach."""
    job = views.print_jobs.find(query)
    if job is None or not act.may("printing.print", Scope(warehouse=job.warehouse_id)):
        raise NotFound(what="print job", key=str(query))
    return job


@needs(READ, along=(WAREHOUSE,))
def list_jobs(views: PrintingViews, query: ListJobs, act: Act) -> Slice[PrintJob]:
    """Jobs of the warehouses within reach, newest first."""
    wanted = _within(act, query.where.warehouses)
    return page_of_jobs(views, query.page, attrs.evolve(query.where, warehouses=wanted))


@needs(READ, along=(WAREHOUSE,))
def list_reprints(views: PrintingViews, query: PrintJobId, act: Act) -> tuple[PrintJob, ...]:
    """The reprints of a job, oldest first. Raises NotFound."""
    return tuple(views.print_jobs.by(REPRINTS_OF, show_job(views, query, act).id))


@needs(READ, along=(WAREHOUSE,))
def read_job(views: PrintingViews, query: PrintJobId, act: Act) -> Sending:
    """All that is needed to draw a job: for its file, and to ask its printer. Raises NotFound."""
    job = show_job(views, query, act)
    layout = Layout(job.size, job.language)
    if job.template_id is not None:
        layout = views.print_editions.get((job.template_id, job.edition)).layout
    return Sending(job, views.printers.get(job.printer_id), layout)


@needs(READ, along=(WAREHOUSE,))
def preview_job(views: PrintingViews, query: PrintJobId, act: Act) -> tuple[str, ...]:
    """What a job puts on paper, as lines of text for a screen without pictures. Raises NotFound."""
    sending = read_job(views, query, act)
    document: Document = from_plain(sending.job.payload, TYPES[sending.job.kind])
    return preview(document, sending.layout, sending.job.reprint_no)


def _within(act: Act, wanted: frozenset[WarehouseId] | None) -> frozenset[WarehouseId] | None:
    reach = act.authority.reach(READ, Dimension.WAREHOUSE, at=act.at)
    reached = None if reach is None else frozenset(WarehouseId(one) for one in reach)
    if wanted is None or reached is None:
        return wanted if reached is None else reached
    return wanted & reached
