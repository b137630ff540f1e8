"""The demo's labels: a printer that is a folder, a look for shelves, a label printed once and reprinted with a reason."""

from __future__ import annotations

from houtai.application.printing.configure import AddPrinter, PublishTemplate, add_printer, publish_template
from houtai.application.printing.request import Reprint, RequestPrint, reprint, request_print
from houtai.application.printing.room import PrintRoom
from houtai.domain.ids import PrinterId, PrintJobId, PrintTemplateId, new_id
from houtai.domain.printing.documents import DocumentKind, LocationLabel
from houtai.domain.printing.job import JobState, PrintJob
from houtai.domain.printing.layout import Layout, Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.entrypoints.demo.shop import Shop
from houtai.entrypoints.demo.stage import Stage

FOLDER = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "labels", (Size.MM_60_40,))
LABEL = LocationLabel(code="L-A-03-02-1", path="A-03-02-1", zone="茶叶拣选区", check="47")


def label_the_shelves(stage: Stage, shop: Shop) -> None:
    """One label: asked for twice and printed once, then printed again because it tore. Without a folder it waits for one."""
    office, act = stage.office, stage.act("owner")
    warehouse = next(iter(shop.warehouses.values()))
    add = AddPrinter(PrinterId(new_id()), "LABELS-1", "货架标签机", warehouse, FOLDER)
    look = PublishTemplate(PrintTemplateId(new_id()), "SHELF", "货架标签", DocumentKind.LOCATION_LABEL, Layout(Size.MM_60_40))

    def set_up() -> None:
        office.perform(add_printer, add, act)
        office.perform(publish_template, look, act)

    def ask_for() -> PrintJob:
        wish = RequestPrint(job=PrintJobId(new_id()), printer=add.printer, document=LABEL, template=look.template)
        return office.perform(request_print, wish, act)

    def print_twice() -> PrintJob:
        asked = (ask_for(), ask_for())
        return PrintRoom(office, stage.container.press()).deliver(asked[1].id)

    stage.tell("owner", "sets up a printer for shelf labels and publishes how they look", set_up)
    printed = stage.tell("owner", "asks for a shelf's label twice: it is one job", print_twice)
    if printed.state is not JobState.QUEUED:
        torn = Reprint(job=PrintJobId(new_id()), of=printed.id, reason="标签破损")
        stage.tell(
            "owner", "prints it again because it tore: counted, and marked on paper", lambda: office.perform(reprint, torn, act)
        )
    stage.deliver()
