"""The press: draws a job in its printer's language and brings it there by the printer's transport."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

import attrs

from houtai.adapters.printing import cups, escpos, file, ipp, raw, tspl, zpl
from houtai.adapters.printing.pdf import MEDIA_TYPE as PDF, PdfRenderer
from houtai.adapters.printing.tspl import TsplRenderer
from houtai.adapters.printing.zpl import ZplRenderer
from houtai.adapters.reachable import AT_HOME, Reachable
from houtai.application.plain import from_plain
from houtai.application.printing.ports import Rendered, Sending
from houtai.domain.printing.documents import TYPES, Document
from houtai.domain.printing.draw import SHEETS, badge_of, pages_of, sheet_of
from houtai.domain.printing.job import Outcome, PrintJob, Result
from houtai.domain.printing.layout import Size
from houtai.domain.printing.page import Page
from houtai.domain.printing.printer import PrinterLanguage, Transport
from houtai.domain.printing.refusals import PageNotThere
from houtai.domain.refusal import InvalidValue

JSON = "application/json"


class PrinterPress:
    """See `Press`. Renderers are made when they are first needed, since a font takes a tenth of a second to read."""

    def __init__(self, *, font: str = "", folder: Path | None = None, reachable: Reachable = AT_HOME) -> None:
        """`font` names a TrueType file with Chinese glyphs, looked for without it; `folder` is where file printers write.

        `reachable` are the networks that printers stand in: what their address says is not called elsewhere.
        """
        self._font = font
        self._reachable = reachable
        self._folder = folder
        self._making = threading.Lock()
        self._pdf: PdfRenderer | None = None
        self._zpl: ZplRenderer | None = None
        self._tspl: TsplRenderer | None = None

    def render(self, sending: Sending) -> Rendered:
        """See `Press.render`."""
        job, printer = sending.job, sending.printer.configuration
        document: Document = from_plain(job.payload, TYPES[job.kind])
        match printer.language:
            case PrinterLanguage.CLOUD:
                content = json.dumps(dict(job.payload), ensure_ascii=False, sort_keys=True).encode()
                return Rendered(content, JSON, "json", 1)
            case PrinterLanguage.ESC_POS:
                return self._slip(sending, document)
            case PrinterLanguage.ZPL:
                labels = self._zpl_renderer().render(_pages(sending, document), printer.dpi, job.copies)
                return _labels(labels, zpl.MEDIA_TYPE, "zpl")
            case PrinterLanguage.TSPL:
                labels = self._tspl_renderer().render(_pages(sending, document), printer.dpi, job.copies)
                return _labels(labels, tspl.MEDIA_TYPE, "tspl")
            case PrinterLanguage.PDF:
                pages = _pages(sending, document)
                if printer.transport in (Transport.RAW, Transport.FILE):
                    pages = pages * job.copies
                return Rendered(self._pdf_renderer().render(pages, printer.dpi), PDF, "pdf", len(pages))
        assert_never(printer.language)

    def send(self, sending: Sending, rendered: Rendered, deadline_ms: int) -> Outcome:
        """See `Press.send`."""
        job, printer = sending.job, sending.printer.configuration
        name, copies = f"{job.kind.value} {job.subject}", _copies_left(job, printer.language)
        match printer.transport:
            case Transport.RAW:
                return raw.send(printer.address, printer.language, rendered, deadline_ms, self._reachable)
            case Transport.IPP:
                return ipp.send(printer.address, _octets(rendered), name, copies, deadline_ms, self._reachable)
            case Transport.CUPS:
                return cups.send(printer.address, rendered, name, copies, deadline_ms)
            case Transport.FILE:
                return file.send(self._folder, printer.address, rendered, job)
            case Transport.CLOUD:
                return Outcome(Result.ACCEPTED, f"waits for the client of {printer.address}")
        assert_never(printer.transport)

    def ask(self, sending: Sending, deadline_ms: int) -> Outcome:
        """See `Press.ask`."""
        printer = sending.printer.configuration
        if printer.transport is Transport.IPP and sending.job.remote.isdecimal():
            return ipp.ask(printer.address, sending.job.remote, deadline_ms, self._reachable)
        return Outcome(Result.ACCEPTED)

    def _slip(self, sending: Sending, document: Document) -> Rendered:
        job, layout = sending.job, sending.layout
        if job.kind not in SHEETS:
            raise InvalidValue(field="language", rule="escpos prints lists only")
        if layout.size is not Size.ROLL_80:
            layout = attrs.evolve(layout, size=Size.ROLL_80)
        sheet = attrs.evolve(sheet_of(document, layout, job.reprint_no), badge=badge_of(layout, job.reprint_no))
        content = escpos.render_slip(sheet, layout.footer) * job.copies
        return Rendered(content, escpos.MEDIA_TYPE, "escpos", 1)

    def _pdf_renderer(self) -> PdfRenderer:
        with self._making:
            if self._pdf is None:
                self._pdf = PdfRenderer(self._font)
            return self._pdf

    def _zpl_renderer(self) -> ZplRenderer:
        with self._making:
            if self._zpl is None:
                self._zpl = ZplRenderer(self._font)
            return self._zpl

    def _tspl_renderer(self) -> TsplRenderer:
        with self._making:
            if self._tspl is None:
                self._tspl = TsplRenderer(self._font)
            return self._tspl


def _labels(labels: Sequence[bytes], media_type: str, extension: str) -> Rendered:
    """Labels one behind the other, with the places where each ends."""
    ends = tuple(sum(map(len, labels[: place + 1])) for place in range(len(labels)))
    return Rendered(b"".join(labels), media_type, extension, len(labels), ends)


def _pages(sending: Sending, document: Document) -> tuple[Page, ...]:
    pages = pages_of(document, sending.layout, sending.job.reprint_no)
    first = sending.job.first_page
    if first > len(pages):
        raise PageNotThere(page=first, pages=len(pages))
    return pages[first - 1 :]


def _copies_left(job: PrintJob, language: PrinterLanguage) -> int:
    """How many copies the transport has to ask for: ZPL, TSPL and ESC/POS hold them already."""
    return job.copies if language is PrinterLanguage.PDF else 1


def _octets(rendered: Rendered) -> Rendered:
    """As IPP names it: what is no PDF is the printer's own language."""
    return rendered if rendered.media_type == PDF else attrs.evolve(rendered, media_type="application/octet-stream")
