"""Say which printers there are and how documents look."""

from __future__ import annotations

import attrs

from houtai.application.permission import WAREHOUSE, needs
from houtai.application.printing.ports import PRINTER_BY_CODE, TEMPLATE_BY_CODE, PrintingTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import ChannelId, PrinterId, PrintTemplateId, WarehouseId
from houtai.domain.moves import check_move
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.layout import TEMPLATE_MOVES, Edition, Layout, Template, TemplateState, check_layout
from houtai.domain.printing.printer import PRINTER_MOVES, Printer, PrinterConfiguration, PrinterState
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict

CONFIGURE = "printing.configure"


@attrs.frozen
class AddPrinter:
    """A printer of a warehouse."""

    printer: PrinterId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    warehouse: WarehouseId
    configuration: PrinterConfiguration


@attrs.frozen
class EditPrinter:
    """The printer's new name and configuration, and whether jobs go there."""

    printer: PrinterId
    expected_version: int
    name: str = attrs.field(validator=limits.text())
    configuration: PrinterConfiguration
    state: PrinterState = PrinterState.ACTIVE


@attrs.frozen
class PublishTemplate:
    """A look of a kind of document under a code: the first edition of a new template, or the next of a known one.

    With a carrier or a channel it is taken by itself for documents of that carrier, or that shop, where no template is named.
    """

    template: PrintTemplateId
    code: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=limits.text())
    kind: DocumentKind
    layout: Layout
    expected_version: int = 0
    carrier: str = attrs.field(default="", validator=limits.text(0, 40))
    channel: ChannelId | None = None


@attrs.frozen
class RetireTemplate:
    """The template is offered no more; what was printed with it can be printed again."""

    template: PrintTemplateId
    expected_version: int


@needs(CONFIGURE, along=(WAREHOUSE,))
def add_printer(tx: PrintingTx, cmd: AddPrinter, act: Act) -> Printer:
    """Begin to use a printer. Raises AlreadyExists for a taken code."""
    act.demand(CONFIGURE, Scope(warehouse=cmd.warehouse))
    if tx.printers.find(cmd.printer) is not None or tx.printers.first(PRINTER_BY_CODE, cmd.code) is not None:
        raise AlreadyExists(what="printer", key=cmd.code)
    printer = Printer(cmd.printer, cmd.code, cmd.name, cmd.warehouse, cmd.configuration)
    tx.printers.add(printer)
    write_line(tx, act, "printer", printer, "added", before=None)
    return printer


@needs(CONFIGURE, along=(WAREHOUSE,))
def edit_printer(tx: PrintingTx, cmd: EditPrinter, act: Act) -> Printer:
    """Change, retire or take up a printer again; jobs that wait go where it is then. Raises NotFound, VersionConflict."""
    printer = tx.printers.lock([cmd.printer]).get(cmd.printer)
    if printer is None or not act.may(CONFIGURE, Scope(warehouse=printer.warehouse_id)):
        raise NotFound(what="printer", key=str(cmd.printer))
    if printer.version != cmd.expected_version:
        raise VersionConflict(
            what="printer", key=printer.code, expected_version=cmd.expected_version, current_version=printer.version
        )
    if cmd.state is not printer.state:
        check_move("printer", PRINTER_MOVES, printer.state, cmd.state)
    edited = attrs.evolve(printer, name=cmd.name, configuration=cmd.configuration, state=cmd.state, version=printer.version + 1)
    tx.printers.save(edited)
    write_line(tx, act, "printer", edited, "edited", before=printer.state)
    return edited


@needs(CONFIGURE)
def publish_template(tx: PrintingTx, cmd: PublishTemplate, act: Act) -> Template:
    """Publish an edition. Raises InvalidValue for a paper that the document is not laid out for or another kind than before.

    Raises AlreadyExists for a taken code, VersionConflict, and IllegalMove for a retired template.
    """
    check_layout(cmd.kind, cmd.layout)
    known = tx.print_templates.lock([cmd.template]).get(cmd.template)
    if known is None:
        if tx.print_templates.first(TEMPLATE_BY_CODE, cmd.code) is not None:
            raise AlreadyExists(what="template", key=cmd.code)
        _check_version(cmd.template, cmd.expected_version, 0)
        template = Template(cmd.template, cmd.code, cmd.kind, cmd.name, carrier=cmd.carrier, channel_id=cmd.channel)
        tx.print_templates.add(template)
        write_line(tx, act, "print-template", template, "published", before=None)
    else:
        _check_version(cmd.template, cmd.expected_version, known.version)
        if known.state is not TemplateState.ACTIVE:
            check_move("print template", TEMPLATE_MOVES, known.state, TemplateState.ACTIVE)
        if (known.kind, known.code) != (cmd.kind, cmd.code):
            raise AlreadyExists(what="template", key=f"{known.code} for {known.kind.value}")
        template = attrs.evolve(
            known,
            name=cmd.name,
            carrier=cmd.carrier,
            channel_id=cmd.channel,
            edition=known.edition + 1,
            version=known.version + 1,
        )
        tx.print_templates.save(template)
        write_line(tx, act, "print-template", template, "published", before=known.state)
    tx.print_editions.add(Edition(template.id, template.edition, cmd.layout))
    return template


@needs(CONFIGURE)
def retire_template(tx: PrintingTx, cmd: RetireTemplate, act: Act) -> Template:
    """Offer a template no more. Raises NotFound, VersionConflict, IllegalMove."""
    known = tx.print_templates.lock_one(cmd.template)
    _check_version(cmd.template, cmd.expected_version, known.version)
    check_move("print template", TEMPLATE_MOVES, known.state, TemplateState.RETIRED)
    retired = attrs.evolve(known, state=TemplateState.RETIRED, version=known.version + 1)
    tx.print_templates.save(retired)
    write_line(tx, act, "print-template", retired, "retired", before=known.state)
    return retired


def _check_version(template: PrintTemplateId, expected: int, current: int) -> None:
    if expected != current:
        raise VersionConflict(what="print template", key=str(template), expected_version=expected, current_version=current)
