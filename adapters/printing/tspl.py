"""Pages as TSPL: the label as dots, bar codes among them, so that no word and no code is ever read as a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from houtai.adapters.printing.fonts import FontFile, find_font
from houtai.adapters.printing.raster import INK, PAPER, dots, raster
from houtai.adapters.printing.zpl import strips
from houtai.domain.printing.code128 import encode
from houtai.domain.printing.page import Bars, Page

MEDIA_TYPE: Final = "application/vnd.tsc-tspl"
_END: Final = b"\r\n"


class TsplRenderer:
    """Builds labels. It needs a TrueType font, since the printer is sent pictures of the words."""

    def __init__(self, font: str = "") -> None:
        """`font` names a TrueType file; without one it is looked for. Raises FontMissing."""
        self._font: FontFile = find_font(font)

    def render(self, pages: Sequence[Page], dpi: int, copies: int = 1) -> tuple[bytes, ...]:
        """One label for each page, each complete in itself. Raises BarcodeTooWide, RendererMissing."""
        return tuple(b"".join(self._label(page, dpi, copies)) for page in pages)

    def _label(self, page: Page, dpi: int, copies: int) -> Iterator[bytes]:
        """The gap between labels is the printer's own setting, which knows its paper."""
        yield f"SIZE {_mm(page.width)} mm,{_mm(page.height)} mm".encode() + _END + b"CLS" + _END
        image = raster(page, dpi, self._font)
        for mark in page.marks:
            if isinstance(mark, Bars):
                _bars(image, mark, dpi)
        for left, top, strip in strips(image):
            row_bytes, content = _octets(strip)
            yield f"BITMAP {left},{top},{row_bytes},{strip.size[1]},0,".encode() + content + _END
        yield f"PRINT 1,{copies}".encode() + _END


def _bars(image: Any, mark: Bars, dpi: int) -> None:
    """A Code 128 in the widest whole dots that its place allows."""
    from PIL import ImageDraw  # noqa: PLC0415  # an extra, needed only here

    draw = ImageDraw.Draw(image)
    code, place = encode(mark.data), dots(mark.w, dpi)
    module = code.dots_a_module(place, least=2, most=max(2, dpi * 5 // 254))
    x, y = dots(mark.x, dpi) + (place - code.modules * module) // 2, dots(mark.y, dpi)
    for number, width in enumerate(code.widths):
        if number % 2 == 0:
            draw.rectangle([x, y, x + width * module - 1, y + dots(mark.h, dpi) - 1], fill=INK)
        x += width * module


def _octets(strip: Any) -> tuple[int, bytes]:
    """The strip in whole bytes: a dot that is burnt is a 0, and what fills the last byte stays white."""
    from PIL import Image  # noqa: PLC0415  # an extra, needed only here

    width, height = strip.size
    row_bytes = -(-width // 8)
    whole = Image.new("1", (row_bytes * 8, height), PAPER)
    whole.paste(strip, (0, 0))
    return row_bytes, whole.tobytes()


def _mm(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
