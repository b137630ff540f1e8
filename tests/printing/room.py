"""A print room for tests: an office with printers, a press that does as it is told, and short words for what people do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs

from houtai.application.office import Office
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.ports import Rendered, Sending
from houtai.application.printing.request import RequestPrint, request_print
from houtai.application.printing.room import PrintRoom
from houtai.domain.act import Act
from houtai.domain.ids import PrinterId, PrintJobId, WarehouseId, new_id
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.job import Outcome, PrintJob, Result
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import Printer, PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.refusal import Refusal
from tests.printing.samples import SAMPLES

WAREHOUSE = WarehouseId(UUID(int=71))
ALL = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "desk", tuple(Size)[:8])
LABELS = PrinterConfiguration(PrinterLanguage.ZPL, Transport.RAW, "127.0.0.1:9", (Size.MM_100_150, Size.MM_76_130))
WAYBILL = SAMPLES[DocumentKind.EXPRESS_WAYBILL]
PICKS = SAMPLES[DocumentKind.PICK_LIST]


@attrs.define
class ToldPress:
    """A press whose printers answer what the test says, in this order, and the last answer from then on."""

    outcomes: list[Outcome | Refusal] = attrs.field(factory=lambda: [Outcome(Result.DONE)])
    sent: list[Sending] = attrs.field(factory=list)

    def render(self, sending: Sending) -> Rendered:
        first = self.outcomes[0]
        if isinstance(first, Refusal):
            raise first
        return Rendered(sending.job.subject.encode(), "text/plain", "txt", 1)

    def send(self, sending: Sending, rendered: Rendered, deadline_ms: int) -> Outcome:
        self.sent.append(sending)
        return self.ask(sending, deadline_ms)

    def ask(self, sending: Sending, deadline_ms: int) -> Outcome:
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        assert isinstance(outcome, Outcome)
        return outcome


@attrs.define
class Room:
    """Everything around one office."""

    office: Office
    act: Act
    press: ToldPress = attrs.field(factory=ToldPress)

    @property
    def prints(self) -> PrintRoom:
        return PrintRoom(self.office, self.press)

    def printer(self, configuration: PrinterConfiguration = ALL, code: str = "P1", warehouse: WarehouseId = WAREHOUSE) -> Printer:
        cmd = AddPrinter(PrinterId(new_id()), code, "打印机", warehouse, configuration)
        return self.office.perform(add_printer, cmd, self.act)

    def ask_for(self, printer: Printer, document: Any = WAYBILL, **more: Any) -> PrintJob:
        cmd = RequestPrint(job=PrintJobId(new_id()), printer=printer.id, document=document, **more)
        return self.office.perform(request_print, cmd, self.act)
