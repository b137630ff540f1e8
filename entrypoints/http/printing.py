"""Printers, templates and print jobs over HTTP."""

from __future__ import annotations

from typing import Final

from houtai.application.printing.configure import (
    AddPrinter,
    EditPrinter,
    PublishTemplate,
    RetireTemplate,
    add_printer,
    edit_printer,
    publish_template,
    retire_template,
)
from houtai.application.printing.ports import JobFilter
from houtai.application.printing.queries import (
    ListJobs,
    ListPrinters,
    ListTemplates,
    list_jobs,
    list_print_templates,
    list_printers,
    list_reprints,
    look_at_delivery,
    preview_job,
    read_job,
    show_job,
    show_print_template,
    show_printer,
)
from houtai.application.printing.request import Reprint, RequestPrint, reprint, request_print
from houtai.application.printing.room import PrintRoom
from houtai.application.printing.track import CancelJob, ResumeJob, SettleJob, cancel_job, resume_job, settle_job
from houtai.domain.ids import PrinterId, PrintJobId, PrintTemplateId, WarehouseId
from houtai.domain.printing.code128 import BarcodeTooWide
from houtai.domain.printing.refusals import (
    FontMissing,
    NotPrintedYet,
    PageNotThere,
    PrintedBefore,
    PrinterCannot,
    RendererMissing,
    TemplateOfAnotherKind,
)
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import printing_wire as forms, wire
from houtai.entrypoints.http.desk import Desk, Download
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("printing", "Printers, how documents look, and what was printed how often.")

FILES: Final = (
    "application/pdf",
    "application/vnd.zebra-zpl",
    "application/vnd.tsc-tspl",
    "application/octet-stream",
    "application/json",
)


@ROUTES.post("/printers", add_printer, status=201, location="/printers/{id}")
def post_printer(desk: Desk, body: forms.NewPrinter) -> forms.PrinterOut:
    """Begin to use a printer."""
    cmd = AddPrinter(PrinterId(desk.new_id(body.id)), body.code, body.name, WarehouseId(body.warehouse_id), body.configuration())
    return forms.printer_out(desk.perform(add_printer, cmd))


@ROUTES.get("/printers", list_printers)
def get_printers(desk: Desk, query: forms.PrinterQuery) -> wire.Listed[forms.PrinterOut]:
    """List printers, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    return wire.listed(desk.ask(list_printers, ListPrinters(warehouse, query.page())), forms.printer_out)


@ROUTES.get("/printers/{printer_id}", show_printer)
def get_printer(desk: Desk, printer_id: wire.Id) -> forms.PrinterOut:
    """Look at one printer."""
    return forms.printer_out(desk.ask(show_printer, PrinterId(printer_id)))


@ROUTES.put("/printers/{printer_id}", edit_printer, refuses=(IllegalMove,))
def put_printer(desk: Desk, printer_id: wire.Id, body: forms.PrinterEdit) -> forms.PrinterOut:
    """Change, retire or take up a printer again; jobs that wait go where it is then."""
    cmd = EditPrinter(PrinterId(printer_id), desk.expected_version, body.name, body.configuration(), body.state)
    return forms.printer_out(desk.perform(edit_printer, cmd))


@ROUTES.post("/print-templates", publish_template, status=201, location="/print-templates/{id}", refuses=(IllegalMove,))
def post_print_template(desk: Desk, body: forms.NewPrintTemplate) -> forms.PrintTemplateOut:
    """Publish the first edition of a template."""
    cmd = PublishTemplate(
        PrintTemplateId(desk.new_id(body.id)),
        body.code,
        body.name,
        body.kind,
        body.layout(),
        carrier=body.carrier,
        channel=body.channel(),
    )
    return forms.template_out(desk.perform(publish_template, cmd))


@ROUTES.get("/print-templates", list_print_templates)
def get_print_templates(desk: Desk, query: forms.PrintTemplateQuery) -> wire.Listed[forms.PrintTemplateOut]:
    """List templates, newest first."""
    return wire.listed(desk.ask(list_print_templates, ListTemplates(query.kind, query.page())), forms.template_out)


@ROUTES.get("/print-templates/{print_template_id}", show_print_template)
def get_print_template(desk: Desk, print_template_id: wire.Id) -> forms.ShownPrintTemplateOut:
    """Look at one template with its latest edition."""
    return forms.shown_template_out(desk.ask(show_print_template, PrintTemplateId(print_template_id)))


@ROUTES.put("/print-templates/{print_template_id}", publish_template, refuses=(IllegalMove,))
def put_print_template(desk: Desk, print_template_id: wire.Id, body: forms.PrintLayoutIn) -> forms.PrintTemplateOut:
    """Publish the next edition; what was printed before keeps the one it was printed with."""
    known = desk.ask(show_print_template, PrintTemplateId(print_template_id)).template
    cmd = PublishTemplate(
        known.id, known.code, body.name, known.kind, body.layout(), desk.expected_version, body.carrier, body.channel()
    )
    return forms.template_out(desk.perform(publish_template, cmd))


@ROUTES.move("/print-templates/{print_template_id}/retire", retire_template)
def post_print_template_retire(desk: Desk, print_template_id: wire.Id) -> forms.PrintTemplateOut:
    """Offer a template no more."""
    cmd = RetireTemplate(PrintTemplateId(print_template_id), desk.expected_version)
    return forms.template_out(desk.perform(retire_template, cmd))


@ROUTES.post(
    "/print-jobs",
    request_print,
    status=201,
    location="/print-jobs/{id}",
    refuses=(PrinterCannot, PrintedBefore, TemplateOfAnotherKind, IllegalMove),
)
def post_print_job(desk: Desk, body: forms.NewPrintJob) -> forms.PrintJobOut:
    """Print a label. The same content again is the same job: a second label needs a reprint."""
    cmd = RequestPrint(
        job=PrintJobId(desk.new_id(body.id)),
        printer=PrinterId(body.printer_id),
        document=body.document(),
        template=None if body.print_template_id is None else PrintTemplateId(body.print_template_id),
        language=body.language,
        copies=body.copies,
    )
    return forms.job_out(desk.perform(request_print, cmd))


@ROUTES.get("/print-jobs", list_jobs)
def get_print_jobs(desk: Desk, query: forms.PrintJobQuery) -> wire.Listed[forms.PrintJobOut]:
    """List print jobs, newest first."""
    where = JobFilter(
        query.subject,
        query.state,
        None if query.printer_id is None else PrinterId(query.printer_id),
        None if query.warehouse_id is None else frozenset({WarehouseId(query.warehouse_id)}),
    )
    return wire.listed(desk.ask(list_jobs, ListJobs(where, query.page())), forms.job_out)


@ROUTES.get("/print-jobs/{print_job_id}", show_job)
def get_print_job(desk: Desk, print_job_id: wire.Id) -> forms.PrintJobOut:
    """Look at one print job."""
    return forms.job_out(desk.ask(show_job, PrintJobId(print_job_id)))


@ROUTES.get("/print-jobs/{print_job_id}/reprints", list_reprints)
def get_print_job_reprints(desk: Desk, print_job_id: wire.Id) -> forms.ReprintsOut:
    """List a job's reprints, oldest first."""
    return forms.ReprintsOut(tuple(forms.job_out(job) for job in desk.ask(list_reprints, PrintJobId(print_job_id))))


@ROUTES.get(
    "/print-jobs/{print_job_id}/file",
    read_job,
    produces=FILES,
    refuses=(FontMissing, RendererMissing, BarcodeTooWide, PageNotThere),
)
def get_print_job_file(desk: Desk, print_job_id: wire.Id) -> Download:
    """Get what the printer gets: PDF, ZPL, TSPL, ESC/POS, or what a platform's client has to draw. Nothing is printed by this."""
    sending = desk.ask(read_job, PrintJobId(print_job_id))
    drawn = PrintRoom(desk.house.office, desk.press).draw(sending)
    return Download(drawn.content, drawn.media_type, f"{sending.job.kind.value}-{print_job_id}.{drawn.extension}")


@ROUTES.get("/print-jobs/{print_job_id}/preview", preview_job)
def get_print_job_preview(desk: Desk, print_job_id: wire.Id) -> forms.PreviewOut:
    """Look at what a job puts on paper, as lines of text of at most 80 columns."""
    return forms.PreviewOut(desk.ask(preview_job, PrintJobId(print_job_id)))


@ROUTES.post("/print-jobs/{print_job_id}/deliver", look_at_delivery, keyed=False)
def post_print_job_deliver(desk: Desk, print_job_id: wire.Id) -> forms.PrintJobOut:
    """Bring a queued job to its printer now, and learn within three seconds how that went.

    It is brought there soon in any case; twice it never is. One that stays `queued` says in `last_error` what its printer lacks.
    """
    known = desk.ask(look_at_delivery, PrintJobId(print_job_id))
    return forms.job_out(PrintRoom(desk.house.office, desk.press).deliver(known.id))


@ROUTES.post(
    "/print-jobs/{print_job_id}/reprint",
    reprint,
    status=201,
    location="/print-jobs/{id}",
    refuses=(PrinterCannot, NotPrintedYet),
)
def post_print_job_reprint(desk: Desk, print_job_id: wire.Id, body: forms.ReprintIn) -> forms.PrintJobOut:
    """Print the same content once more, counted and marked; a waybill keeps its number."""
    printer = None if body.printer_id is None else PrinterId(body.printer_id)
    cmd = Reprint(job=PrintJobId(desk.new_id(body.id)), of=PrintJobId(print_job_id), reason=body.reason, printer=printer)
    return forms.job_out(desk.perform(reprint, cmd))


@ROUTES.move("/print-jobs/{print_job_id}/resume", resume_job, refuses=(PrinterCannot, PageNotThere))
def post_print_job_resume(desk: Desk, print_job_id: wire.Id, body: forms.ResumeIn) -> forms.PrintJobOut:
    """Print on from a page, after a jam or on another printer."""
    printer = None if body.printer_id is None else PrinterId(body.printer_id)
    cmd = ResumeJob(PrintJobId(print_job_id), desk.expected_version, body.reason, body.from_page, printer)
    return forms.job_out(desk.perform(resume_job, cmd))


@ROUTES.move("/print-jobs/{print_job_id}/settle", settle_job)
def post_print_job_settle(desk: Desk, print_job_id: wire.Id, body: forms.SettleIn) -> forms.PrintJobOut:
    """Say whether an uncertain job is on paper, after a look at the printer."""
    cmd = SettleJob(PrintJobId(print_job_id), desk.expected_version, body.printed, body.reason)
    return forms.job_out(desk.perform(settle_job, cmd))


@ROUTES.move("/print-jobs/{print_job_id}/cancel", cancel_job)
def post_print_job_cancel(desk: Desk, print_job_id: wire.Id, body: forms.CancelIn) -> forms.PrintJobOut:
    """Give a job up."""
    cmd = CancelJob(PrintJobId(print_job_id), desk.expected_version, body.reason)
    return forms.job_out(desk.perform(cancel_job, cmd))
