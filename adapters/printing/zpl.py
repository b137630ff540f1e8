"""Pages as ZPL II: bar codes as the printer's own, everything else as dots, so that no word is ever read as a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from houtai.adapters.printing.fonts import FontFile, find_font
from houtai.adapters.printing.raster import dots, raster
from houtai.domain.printing.code128 import Code128, encode
from houtai.domain.printing.page import Bars, Page

MEDIA_TYPE: Final = "application/vnd.zebra-zpl"
STRIP_ROWS: Final = 200  # longer or larger pictures exceed the memory of small printers
STRIP_BYTES: Final = 20_000


class ZplRenderer:
    """Builds labels. It needs a TrueType font, since the printer is sent pictures of the words."""

    def __init__(self, font: str = "") -> None:
        """`font` names a TrueType file; without one it is looked for. Raises FontMissing."""
        self._font: FontFile = find_font(font)

    def render(self, pages: Sequence[Page], dpi: int, copies: int = 1) -> tuple[bytes, ...]:
        """One label for each page, each complete in itself. Raises BarcodeTooWide, RendererMissing."""
        return tuple("".join(self._label(page, dpi, copies)).encode("ascii") for page in pages)

    def _label(self, page: Page, dpi: int, copies: int) -> Iterator[str]:
        yield f"^XA^CI28^PW{dots(page.width, dpi)}^LL{dots(page.height, dpi)}^LH0,0\n"
        for left, top, strip in strips(raster(page, dpi, self._font)):
            yield f"^FO{left},{top}{graphic(strip)}^FS\n"
        for mark in page.marks:
            if isinstance(mark, Bars):
                yield _bars(mark, dpi)
        yield (f"^PQ{copies}" if copies > 1 else "") + "^XZ\n"


def _bars(mark: Bars, dpi: int) -> str:
    code = encode(mark.data)
    place = dots(mark.w, dpi)
    module = code.dots_a_module(place, least=2, most=max(2, dpi * 5 // 254))
    x = dots(mark.x, dpi) + (place - code.modules * module) // 2
    return f"^FO{x},{dots(mark.y, dpi)}^BY{module}^BCN,{dots(mark.h, dpi)},N,N,N^FH_^FD{field_data(code)}^FS\n"


def field_data(code: Code128) -> str:
    """The code as ^BC takes it: the code sets named, and every sign that means something to ZPL in hexadecimal."""
    head, pairs = code.data[: code.digits_from], code.data[code.digits_from :]
    start = ">:" if head else ">;"
    return start + "".join(_sign(sign) for sign in head) + (">5" if head and pairs else "") + pairs


def _sign(sign: str) -> str:
    if sign == ">":
        return ">0"
    return f"_{ord(sign):02X}" if sign in "^~_\\" else sign


def strips(image: Any) -> Iterator[tuple[int, int, Any]]:
    """The parts of a picture that hold ink, at most 200 rows each: left, top and the part, in whole bytes of width."""
    width, height = image.size
    rows = min(STRIP_ROWS, STRIP_BYTES // -(-width // 8))
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        box = strip.convert("L").point(lambda value: 255 - value).getbbox()
        if box is not None:
            left, upper, right, lower = box
            left -= left % 8
            yield left, top + upper, strip.crop((left, upper, min(width, right), lower))


def graphic(image: Any) -> str:
    """A picture as ^GFA in ZPL's own short form: runs of signs counted, blank ends and repeated rows named."""
    width, height = image.size
    row_bytes = -(-width // 8)
    raw = image.point(lambda value: 0 if value else 255, mode="1").tobytes()
    rows = [raw[place * row_bytes : (place + 1) * row_bytes].hex().upper() for place in range(height)]
    told = [":" if place and row == rows[place - 1] else _short(row) for place, row in enumerate(rows)]
    return f"^GFA,{row_bytes * height},{row_bytes * height},{row_bytes},{''.join(told)}"


def _short(row: str) -> str:
    body = row.rstrip("0")
    ending = "," if len(body) < len(row) else ""
    found, place = [], 0
    while place < len(body):
        end = place
        while end < len(body) and body[end] == body[place]:
            end += 1
        found.append(_run(body[place], end - place))
        place = end
    return "".join(found) + ending


def _run(sign: str, count: int) -> str:
    """G to Y say 1 to 19 times, g to z 20 to 400 times."""
    said = ""
    while count >= 420:
        said, count = said + "z" + sign, count - 400
    if count >= 20:
        said += chr(ord("g") + count // 20 - 1)
    if count % 20 and count > 1:
        said += chr(ord("G") + count % 20 - 1)
    return said + sign
