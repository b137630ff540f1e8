"""Pages as PDF by reportlab: fonts embedded, bars in whole dots of the printer that the file is for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from houtai.adapters.printing.fonts import FontFile, find_font, fit
from houtai.adapters.printing.qr import QUIET_MODULES, qr_rows
from houtai.domain.printing.code128 import encode
from houtai.domain.printing.page import Align, Bars, Box, Mark, Page, Qr, Rule, Shape, Text
from houtai.domain.printing.refusals import FontMissing, RendererMissing

MEDIA_TYPE: Final = "application/pdf"
UNEMBEDDED: Final = "STSong-Light"  # a CID font that every reader of PDF is asked to bring
_BASELINE: Final = 83  # per cent of a line's height above the baseline
_LINE: Final = 116  # per cent of a line's height from one baseline to the next
_REGISTERING: Final = threading.Lock()


class PdfRenderer:
    """Draws PDF. Without a font of its own it falls back on one that the reader has to have; `embeds` says which."""

    def __init__(self, font: str = "", *, fall_back: bool = True) -> None:
        """`font` names a TrueType file; without one it is looked for. Raises RendererMissing, FontMissing unless falling back."""
        self._file: FontFile | None = None
        try:
            self._file = find_font(font)
        except FontMissing:
            if font or not fall_back:
                raise
        self._face = _register(self._file)
        self.embeds = self._file is not None

    def render(self, pages: Sequence[Page], dpi: int) -> bytes:
        """The file, the same bytes for the same pages."""
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # an extra, needed only here

        content = BytesIO()
        canvas = Canvas(content, invariant=1, pageCompression=1)
        for page in pages:
            canvas.setPageSize((_points(page.width), _points(page.height)))
            for mark in page.marks:
                self._draw(canvas, page, mark, dpi)
            canvas.showPage()
        canvas.save()
        return content.getvalue()

    def _draw(self, canvas: Any, page: Page, mark: Mark, dpi: int) -> None:
        match mark:
            case Text():
                self._text(canvas, page, mark)
            case Bars():
                _bars(canvas, page, mark, dpi)
            case Qr():
                _qr(canvas, page, mark, dpi)
            case _:
                _line_art(canvas, page, mark)

    def _text(self, canvas: Any, page: Page, mark: Text) -> None:
        if not mark.text.strip():
            return
        size, lines = fit(mark.text, mark.w, mark.size, mark.lines, self._measure)
        thickness = 0 if self._file is None or not self._file.variable else 22
        thickness += 28 if mark.bold else 0
        white = 1 if mark.white else 0
        canvas.setFillGray(white)
        canvas.setStrokeGray(white)
        canvas.setLineWidth(_points(size) * thickness / 1_000)
        top = mark.y + (max(0, mark.h - len(lines) * size * _LINE // 100) // 2)
        for place, line in enumerate(lines):
            y = top + size * _BASELINE // 100 + place * size * _LINE // 100
            wide = self._measure(line, size)
            x = {Align.LEFT: mark.x, Align.CENTRE: mark.x + (mark.w - wide) // 2, Align.RIGHT: mark.x + mark.w - wide}[mark.align]
            words = canvas.beginText(_points(x), _points(page.height - y))
            words.setFont(self._face, _points(size))
            words.setTextRenderMode(2 if thickness else 0)
            words.textOut(line)
            canvas.drawText(words)
        canvas.setFillGray(0)
        canvas.setStrokeGray(0)

    def _measure(self, text: str, size: int) -> int:
        from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415  # an extra, needed only here

        return int(stringWidth(text, self._face, size)) + 1


def _register(file: FontFile | None) -> str:
    try:
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  # an extra, needed only here
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
        from reportlab.pdfbase.ttfonts import TTFError, TTFont  # noqa: PLC0415
    except ImportError as error:
        raise RendererMissing(language="pdf", package="reportlab") from error
    name = UNEMBEDDED if file is None else f"houtai {file.path}"
    with _REGISTERING:
        if name in pdfmetrics.getRegisteredFontNames():
            return name
        try:
            font = UnicodeCIDFont(UNEMBEDDED) if file is None else TTFont(name, str(file.path), subfontIndex=0)
        except TTFError as error:
            raise FontMissing(detail=f"{file.path if file else name}: {error}") from error
        pdfmetrics.registerFont(font)
    return name


def _points(tenths: int) -> float:
    return tenths * 72 / 254


def _line_art(canvas: Any, page: Page, mark: Mark) -> None:
    match mark:
        case Rule(x1, y1, x2, y2, width, dashed):
            canvas.setLineWidth(_points(width))
            canvas.setDash([4, 3] if dashed else [])
            canvas.line(_points(x1), _points(page.height - y1), _points(x2), _points(page.height - y2))
            canvas.setDash([])
        case Box(x, y, w, h, filled, width):
            canvas.setLineWidth(_points(width))
            box = (_points(x), _points(page.height - y - h), _points(w), _points(h))
            canvas.rect(*box, stroke=0 if filled else 1, fill=1 if filled else 0)
        case Shape(points):
            path = canvas.beginPath()
            for place, (x, y) in enumerate(points):
                step = path.lineTo if place else path.moveTo
                step(_points(x), _points(page.height - y))
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)


def _bars(canvas: Any, page: Page, mark: Bars, dpi: int) -> None:
    code = encode(mark.data)
    place_dots = mark.w * dpi // 254
    module = code.dots_a_module(place_dots, least=2, most=_most(dpi))
    dot = 72 / dpi
    at = mark.x * dpi // 254 + (place_dots - code.modules * module) // 2
    for place, width in enumerate(code.widths):
        if place % 2 == 0:
            box = (at * dot, _points(page.height - mark.y - mark.h), width * module * dot, _points(mark.h))
            canvas.rect(*box, stroke=0, fill=1)
        at += width * module


def _most(dpi: int) -> int:
    return max(2, dpi * 5 // 254)  # half a millimetre: wider bars help no scanner


def _qr(canvas: Any, page: Page, mark: Qr, dpi: int) -> None:
    rows = qr_rows(mark.data)
    dots = mark.side * dpi // 254
    module = max(1, dots // (len(rows) + 2 * QUIET_MODULES))
    dot = 72 / dpi
    free = (dots - module * len(rows)) // 2
    left = (mark.x * dpi // 254 + free) * dot
    top = _points(page.height) - (mark.y * dpi // 254 + free) * dot
    side = module * dot
    for row, signs in enumerate(rows):
        for column, dark in enumerate(signs):
            if dark:
                canvas.rect(left + column * side, top - (row + 1) * side, side, side, stroke=0, fill=1)
