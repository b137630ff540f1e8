"""Ask for a print: the same content once, a second label only as a reprint that says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from houtai.application.outbox import Message
from houtai.application.permission import WAREHOUSE, needs
from houtai.application.plain import SECRET, to_plain
from houtai.application.printing.ports import JOB_BY_CLAIM, TEMPLATE_BY_KIND, PrintingTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import ChannelId, PrinterId, PrintJobId, PrintTemplateId, StationId, derive
from houtai.domain.moves import check_move
from houtai.domain.printing.documents import Document, DocumentKind, kind_of, subject_of
from houtai.domain.printing.events import PrintSeenTo
from houtai.domain.printing.job import MAX_COPIES, STUCK, JobState, PrintJob, claim_of, content_hash
from houtai.domain.printing.layout import TEMPLATE_MOVES, Language, Layout, TemplateState, suiting, usual_layout
from houtai.domain.printing.printer import Printer
from houtai.domain.printing.refusals import NotPrintedYet, PrintedBefore, TemplateOfAnotherKind
from houtai.domain.refusal import NotFound

PRINT = "printing.print"
REPRINT = "printing.reprint"
TOPIC = "printing.print"
GOOD_FOR_S = 900
MAX_GOOD_FOR_S = 86_400


@attrs.frozen(kw_only=True)
class RequestPrint:
    """Print a document. After `good_for_s` it is not printed by itself any more.

    Without a template it has the look of its carrier's or shop's, where there is one on paper that the printer holds, and else
    its usual one. A `station` is told when something is wrong with the job.
    """

    job: PrintJobId
    printer: PrinterId
    document: Document = attrs.field(repr=False, metadata={SECRET: True})
    template: PrintTemplateId | None = None
    carrier: str = attrs.field(default="", validator=limits.text(0, 40))
    channel: ChannelId | None = None
    language: Language = Language.CHINESE
    copies: int = attrs.field(default=1, validator=limits.between(1, MAX_COPIES))
    good_for_s: int = attrs.field(default=GOOD_FOR_S, validator=limits.between(1, MAX_GOOD_FOR_S))
    station: StationId | None = None


@attrs.frozen(kw_only=True)
class Reprint:
    """Print again what was printed, on another printer if one is named. A waybill keeps its number."""

    job: PrintJobId  # of the reprint
    of: PrintJobId
    reason: str = attrs.field(validator=limits.text(1, 500))
    printer: PrinterId | None = None
    good_for_s: int = attrs.field(default=GOOD_FOR_S, validator=limits.between(1, MAX_GOOD_FOR_S))


@needs(PRINT, along=(WAREHOUSE,))
def request_print(tx: PrintingTx, cmd: RequestPrint, act: Act) -> PrintJob:
    """Queue a document for a printer; the same content again is the same job, however it ended.

    Raises NotFound, PrinterCannot, TemplateOfAnotherKind, and PrintedBefore for a waybill number with other content.
    """
    printer = tx.printers.get(cmd.printer)
    act.demand(PRINT, Scope(warehouse=printer.warehouse_id))
    return queue_print(tx, cmd, printer, act)


def queue_print(tx: PrintingTx, wish: RequestPrint, printer: Printer, act: Act) -> PrintJob:
    """The same for a module above, which has demanded its own permission. Raises what `request_print` raises."""
    kind = kind_of(wish.document)
    template, edition, layout = _look(tx, kind, wish, printer)
    printer.check_prints(kind, layout.size)
    payload = to_plain(wish.document)
    subject = subject_of(wish.document)
    content = content_hash(kind, payload, (template, edition), layout.language, layout.size)
    claim = claim_of(kind, subject, content, printer.id, wish.copies)
    before = tx.print_jobs.first(JOB_BY_CLAIM, claim) or tx.print_jobs.find(wish.job)
    if before is not None:
        if before.content_hash not in (content, _content_in_look_of(before, wish, payload)):
            raise PrintedBefore(subject=subject, job=str(before.id))
        return before
    job = PrintJob(
        id=wish.job,
        kind=kind,
        subject=subject,
        language=layout.language,
        size=layout.size,
        template_id=template,
        edition=edition,
        printer_id=printer.id,
        warehouse_id=printer.warehouse_id,
        payload=payload,
        content_hash=content,
        claim=claim,
        copies=wish.copies,
        requested_by=act.actor,
        created_at=act.at,
        expires_at=act.at + dt.timedelta(seconds=wish.good_for_s),
        station_id=wish.station,
    )
    tx.print_jobs.add(job)
    write_line(tx, act, "print-job", job, "requested", before=None)
    announce(tx, job, act)
    return job


@needs(REPRINT, along=(WAREHOUSE,))
def reprint(tx: PrintingTx, cmd: Reprint, act: Act) -> PrintJob:
    """Print the same content once more, counted and marked as a reprint. The same id again is the same reprint.

    Raises NotFound, PrinterCannot, and NotPrintedYet for a job that waits, is on its way or was cancelled.
    """
    asked = tx.print_jobs.get(cmd.of)
    root = tx.print_jobs.lock_one(asked.reprint_of or asked.id)
    if not act.may(REPRINT, Scope(warehouse=root.warehouse_id)):
        raise NotFound(what="print job", key=str(cmd.of))
    known = tx.print_jobs.find(cmd.job)
    if known is not None:
        return known
    if root.state in (JobState.QUEUED, JobState.SENT, JobState.CANCELLED):
        raise NotPrintedYet(job=str(root.id), state=root.state.value)
    printer = tx.printers.get(cmd.printer or root.printer_id)
    act.demand(REPRINT, Scope(warehouse=printer.warehouse_id))
    printer.check_prints(root.kind, layout_of(tx, root).size)
    counted = attrs.evolve(root, reprints=root.reprints + 1, station_id=None, version=root.version + 1)
    tx.print_jobs.save(counted)
    write_line(tx, act, "print-job", counted, "reprinted", before=root.state, reason=cmd.reason)
    for stuck in {root.id, asked.id} if root.state in STUCK or asked.state in STUCK else ():
        tx.emit(PrintSeenTo(stuck))
    job = attrs.evolve(
        root,
        id=cmd.job,
        printer_id=printer.id,
        warehouse_id=printer.warehouse_id,
        claim=None,
        reprint_of=root.id,
        reprint_no=counted.reprints,
        reprints=0,
        reason=cmd.reason,
        first_page=1,
        attempt=0,
        rounds=1,
        requested_by=act.actor,
        created_at=act.at,
        expires_at=act.at + dt.timedelta(seconds=cmd.good_for_s),
        sent_at=None,
        last_error="",
        remote="",
        state=JobState.QUEUED,
        version=1,
    )
    tx.print_jobs.add(job)
    write_line(tx, act, "print-job", job, "requested", before=None, reason=cmd.reason)
    announce(tx, job, act)
    return job


def announce(tx: PrintingTx, job: PrintJob, act: Act) -> None:
    """The message that brings a queued job to its printer, once for each time it is queued."""
    tx.outbox.add(
        Message(
            id=derive(job.id, "print", job.rounds),
            topic=TOPIC,
            payload={"job": str(job.id), "round": job.rounds},
            created_at=act.at,
            due_at=act.at,
        )
    )


def layout_of(tx: PrintingTx, job: PrintJob) -> Layout:
    """The look that a job was asked for in, whatever was published since."""
    if job.template_id is None:
        return Layout(job.size, job.language)
    return tx.print_editions.get((job.template_id, job.edition)).layout


def _content_in_look_of(before: PrintJob, wish: RequestPrint, payload: Mapping[str, Any]) -> str | None:
    """The content as it would be in the look of the job before; None where the wish names a look of its own.

    A template that was published meanwhile makes no other document of what was printed.
    """
    if wish.template is not None:
        return None
    return content_hash(before.kind, payload, (before.template_id, before.edition), before.language, before.size)


def _look(tx: PrintingTx, kind: DocumentKind, wish: RequestPrint, printer: Printer) -> tuple[PrintTemplateId | None, int, Layout]:
    """The template that is named, else the narrowest one that suits carrier and shop on paper that the printer holds."""
    if wish.template is None:
        for one in suiting(tx.print_templates.by(TEMPLATE_BY_KIND, kind.value), wish.carrier, wish.channel):
            layout = tx.print_editions.get((one.id, one.edition)).layout
            if layout.size in printer.configuration.sizes:
                return one.id, one.edition, layout
        return None, 0, usual_layout(kind, wish.language, printer.configuration.sizes)
    template = tx.print_templates.get(wish.template)
    if template.kind is not kind:
        raise TemplateOfAnotherKind(template=template.code, made_for=template.kind.value, wanted=kind.value)
    if template.state is not TemplateState.ACTIVE:
        check_move("print template", TEMPLATE_MOVES, template.state, TemplateState.ACTIVE)
    return template.id, template.edition, tx.print_editions.get((template.id, template.edition)).layout
