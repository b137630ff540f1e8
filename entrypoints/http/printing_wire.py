"""What travels over HTTP about printing: printers, templates, labels to print, jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from houtai.application.printing.queries import ShownTemplate
from houtai.domain.ids import ChannelId, PrinterId, PrintTemplateId, WarehouseId
from houtai.domain.printing.documents import (
    Arrow,
    Document,
    DocumentKind,
    HandlingUnitLabel,
    LocationLabel,
    ProductLabel,
)
from houtai.domain.printing.job import MAX_COPIES, MAX_PAGES, JobState, PrintJob
from houtai.domain.printing.layout import Language, Layout, Size, Template, TemplateState
from houtai.domain.printing.printer import DPI, Printer, PrinterConfiguration, PrinterLanguage, PrinterState, Transport
from houtai.entrypoints.http import wire

Scannable = Annotated[str, Meta(min_length=1, max_length=48, description="Printable ASCII, as the bar code holds it.")]
Short = Annotated[str, Meta(max_length=40)]
Copies = Annotated[int, Meta(ge=1, le=MAX_COPIES)]
PageNumber = Annotated[int, Meta(ge=1, le=MAX_PAGES)]
Dpi = Annotated[int, Meta(ge=DPI[0], le=DPI[-1], description="203, 300 or 600.")]
Sizes = Annotated[tuple[Size, ...], Meta(min_length=1, max_length=20)]
Kinds = Annotated[tuple[DocumentKind, ...], Meta(max_length=20)]


class PrinterIn(wire.Wire, kw_only=True):
    """How a printer is reached, what it speaks, and what it is for. `kinds` empty is every document.

    `address` by transport: raw9100 HOST[:PORT], ipp ipp://HOST[:PORT]/PATH, cups a queue, file a folder, cloud a platform.
    """

    name: wire.Name
    language: PrinterLanguage
    transport: Transport
    address: Annotated[str, Meta(min_length=1, max_length=300, examples=["10.0.0.21:9100"])]
    sizes: Sizes
    dpi: Dpi = 203
    kinds: Kinds = ()

    def configuration(self) -> PrinterConfiguration:
        """As the domain's configuration."""
        return PrinterConfiguration(self.language, self.transport, self.address, self.sizes, self.dpi, self.kinds)


class NewPrinter(PrinterIn, kw_only=True):
    """A printer of a warehouse."""

    code: wire.Code
    warehouse_id: wire.Id
    id: wire.Id | None = None


class PrinterEdit(PrinterIn, kw_only=True):
    """The whole configuration, and whether jobs go there."""

    state: PrinterState = PrinterState.ACTIVE


class PrinterOut(wire.Versioned):
    """A printer."""

    id: wire.Id
    code: str
    name: str
    warehouse_id: wire.Id
    language: PrinterLanguage
    transport: Transport
    address: str
    sizes: tuple[Size, ...]
    dpi: int
    kinds: tuple[DocumentKind, ...]
    state: PrinterState


class PrinterQuery(wire.PageQuery):
    """Of which warehouse."""

    warehouse_id: wire.Id | None = None


class PrintLayoutIn(wire.Wire, kw_only=True):
    """How the document looks. An empty `title` is the document's usual one.

    With a carrier or a channel it is taken by itself for documents of that carrier, or that shop.
    """

    name: wire.Name
    size: Size
    language: Language = Language.CHINESE
    title: Short = ""
    footer: Annotated[str, Meta(max_length=100)] = ""
    carrier: Short = ""
    channel_id: wire.Id | None = None

    def channel(self) -> ChannelId | None:
        """The shop."""
        return None if self.channel_id is None else ChannelId(self.channel_id)

    def layout(self) -> Layout:
        """As the domain's layout."""
        return Layout(self.size, self.language, self.title, self.footer)


class NewPrintTemplate(PrintLayoutIn, kw_only=True):
    """The first edition of a template for one kind of document."""

    code: wire.Code
    kind: DocumentKind
    id: wire.Id | None = None


class PrintTemplateOut(wire.Versioned):
    """A template."""

    id: wire.Id
    code: str
    kind: DocumentKind
    name: str
    edition: int
    state: TemplateState
    carrier: str
    channel_id: wire.Id | None


class ShownPrintTemplateOut(PrintTemplateOut):
    """A template with its latest look."""

    size: Size
    language: Language
    title: str
    footer: str


class PrintTemplateQuery(wire.PageQuery):
    """For which kind of document."""

    kind: DocumentKind | None = None


class LocationLabelIn(wire.Wire, kw_only=True, tag_field="kind", tag="location-label"):
    """A place's label."""

    code: Scannable
    path: Annotated[str, Meta(min_length=1, max_length=40)]
    zone: Short = ""
    check: Annotated[str, Meta(max_length=8)] = ""
    arrow: Arrow = Arrow.NONE


class ProductLabelIn(wire.Wire, kw_only=True, tag_field="kind", tag="product-label"):
    """A piece's label."""

    barcode: Scannable
    sku: wire.Code
    name: wire.Name
    spec: wire.Line = ""
    lot: Annotated[str, Meta(max_length=64)] = ""
    made_on: Annotated[str, Meta(max_length=20)] = ""
    expires_on: Annotated[str, Meta(max_length=20)] = ""


class HandlingUnitLabelIn(wire.Wire, kw_only=True, tag_field="kind", tag="handling-unit-label"):
    """A pallet's, carton's or tote's licence plate."""

    lpn: Scannable
    unit_kind: Short = ""
    warehouse: wire.Line = ""
    contents: wire.Line = ""
    destination: wire.Line = ""
    weight_g: wire.WeightG = 0


class NewPrintJob(wire.Wire, kw_only=True):
    """One label to print. Other documents are printed by what makes them."""

    printer_id: wire.Id
    label: LocationLabelIn | ProductLabelIn | HandlingUnitLabelIn
    print_template_id: wire.Id | None = None
    language: Language = Language.CHINESE
    copies: Copies = 1
    id: wire.Id | None = None

    def document(self) -> Document:
        """As the domain's document."""
        match self.label:
            case LocationLabelIn(code=code, path=path, zone=zone, check=check, arrow=arrow):
                return LocationLabel(code=code, path=path, zone=zone, check=check, arrow=arrow)
            case ProductLabelIn() as label:
                return ProductLabel(**{name: getattr(label, name) for name in label.__struct_fields__})
            case HandlingUnitLabelIn() as label:
                return HandlingUnitLabel(
                    lpn=label.lpn,
                    kind=label.unit_kind,
                    warehouse=label.warehouse,
                    contents=label.contents,
                    destination=label.destination,
                    weight_g=label.weight_g,
                )


class ReprintIn(wire.Wire, kw_only=True):
    """Why it is printed again, and on which printer if on another one."""

    reason: wire.Reason
    printer_id: wire.Id | None = None
    id: wire.Id | None = None


class ResumeIn(wire.Wire, kw_only=True):
    """From which page on, and on which printer if on another one."""

    reason: wire.Reason
    from_page: PageNumber = 1
    printer_id: wire.Id | None = None


class SettleIn(wire.Wire, kw_only=True):
    """What a look at the printer showed."""

    printed: bool
    reason: wire.Reason


class CancelIn(wire.Wire, kw_only=True):
    """Why it is given up."""

    reason: wire.Reason


class PrintJobOut(wire.Versioned):
    """A print job. That it is done never says that anything was shipped."""

    id: wire.Id
    kind: DocumentKind
    subject: str
    state: JobState
    printer_id: wire.Id
    warehouse_id: wire.Id
    template_id: wire.Id | None
    edition: int
    size: Size
    copies: int
    reprint_of: wire.Id | None
    reprint_no: int
    reprints: int
    reason: str
    first_page: int
    attempt: int
    last_error: str
    requested_by: wire.Id
    created_at: wire.Moment
    expires_at: wire.Moment
    sent_at: wire.Moment | None


class PrintJobQuery(wire.PageQuery):
    """Which jobs; `subject` is a waybill's, wave's or document's number."""

    subject: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    state: JobState | None = None
    printer_id: wire.Id | None = None
    warehouse_id: wire.Id | None = None


class PreviewOut(wire.Wire):
    """What a job puts on paper, line by line; a bar code is its text between bars."""

    lines: tuple[str, ...]


class ReprintsOut(wire.Wire):
    """The reprints of a job, oldest first."""

    items: tuple[PrintJobOut, ...]


def printer_out(printer: Printer) -> PrinterOut:
    """A printer as it goes out."""
    given = printer.configuration
    return PrinterOut(
        id=PrinterId(printer.id),
        code=printer.code,
        name=printer.name,
        warehouse_id=WarehouseId(printer.warehouse_id),
        language=given.language,
        transport=given.transport,
        address=given.address,
        sizes=given.sizes,
        dpi=given.dpi,
        kinds=given.kinds,
        state=printer.state,
        version=printer.version,
    )


def template_out(template: Template) -> PrintTemplateOut:
    """A template as it goes out."""
    return PrintTemplateOut(**{name: getattr(template, name) for name in PrintTemplateOut.__struct_fields__})


def shown_template_out(shown: ShownTemplate) -> ShownPrintTemplateOut:
    """A template with its look as it goes out."""
    template, layout = shown.template, shown.edition.layout
    return ShownPrintTemplateOut(
        id=PrintTemplateId(template.id),
        code=template.code,
        kind=template.kind,
        name=template.name,
        edition=template.edition,
        state=template.state,
        carrier=template.carrier,
        channel_id=template.channel_id,
        size=layout.size,
        language=layout.language,
        title=layout.title,
        footer=layout.footer,
        version=template.version,
    )


def job_out(job: PrintJob) -> PrintJobOut:
    """A job as it goes out, without the document."""
    return PrintJobOut(**{name: getattr(job, name) for name in PrintJobOut.__struct_fields__})


class PrintJobsOut(wire.Wire):
    """What was queued."""

    items: tuple[PrintJobOut, ...]


def jobs_out(jobs: Iterable[PrintJob]) -> PrintJobsOut:
    """Jobs as they go out."""
    return PrintJobsOut(tuple(map(job_out, jobs)))
