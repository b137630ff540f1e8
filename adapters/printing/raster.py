"""Everything of a page but its bar codes as dots, for printers that have no Chinese font: by pillow."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from houtai.adapters.printing.fonts import FontFile, fit
from houtai.adapters.printing.qr import QUIET_MODULES, qr_rows
from houtai.domain.printing.page import Align, Bars, Box, Mark, Page, Qr, Rule, Shape, Text
from houtai.domain.printing.refusals import RendererMissing

PAPER: Final = 255
INK: Final = 0
_THRESHOLD: Final = 140
_WEIGHT: Final = {False: 480, True: 800}
_LINE: Final = 116


def dots(tenths: int, dpi: int) -> int:
    """A length in tenths of a millimetre as whole dots."""
    return tenths * dpi // 254


def raster(page: Page, dpi: int, font: FontFile) -> Any:
    """The page as a pillow image of one bit a dot, ink black; bar codes are left out. Raises RendererMissing."""
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415  # an extra, needed only here
    except ImportError as error:
        raise RendererMissing(language="zpl", package="pillow") from error
    image = Image.new("L", (dots(page.width, dpi), dots(page.height, dpi)), PAPER)
    draw = ImageDraw.Draw(image)
    for mark in page.marks:
        _draw(draw, mark, dpi, font)
    return image.point(lambda value: PAPER if value > _THRESHOLD else INK, mode="1")


def _draw(draw: Any, mark: Mark, dpi: int, font: FontFile) -> None:
    match mark:
        case Text():
            _text(draw, mark, dpi, font)
        case Rule(x1, y1, x2, y2, width, dashed):
            _rule(draw, [dots(side, dpi) for side in (x1, y1, x2, y2)], max(1, dots(width, dpi)), dashed=dashed)
        case Box(x, y, w, h, filled, width):
            box = [dots(side, dpi) for side in (x, y, x + w, y + h)]
            draw.rectangle(box, fill=INK if filled else None, outline=INK, width=max(1, dots(width, dpi)))
        case Shape(points):
            draw.polygon([(dots(x, dpi), dots(y, dpi)) for x, y in points], fill=INK)
        case Qr():
            _qr(draw, mark, dpi)
        case Bars():
            pass  # the printer draws these itself, sharper than any picture


def _rule(draw: Any, ends: list[int], width: int, *, dashed: bool) -> None:
    x1, y1, x2, y2 = ends
    if not dashed:
        draw.line(ends, fill=INK, width=width)
        return
    for start in range(x1, x2, 20):
        draw.line([start, y1, min(start + 11, x2), y2], fill=INK, width=width)


def _text(draw: Any, mark: Text, dpi: int, font: FontFile) -> None:
    if not mark.text.strip():
        return

    def measure(text: str, size: int) -> int:
        return int(_face(font, size, mark.bold).getlength(text)) + 1

    width = dots(mark.w, dpi)
    size, lines = fit(mark.text, width, max(6, dots(mark.size, dpi)), mark.lines, measure)
    face = _face(font, size, mark.bold)
    stroke = 1 if mark.bold and not font.variable and size >= 20 else 0
    ink = PAPER if mark.white else INK
    top = dots(mark.y, dpi) + max(0, dots(mark.h, dpi) - len(lines) * size * _LINE // 100) // 2
    for place, line in enumerate(lines):
        free = width - measure(line, size)
        x = dots(mark.x, dpi) + {Align.LEFT: 0, Align.CENTRE: free // 2, Align.RIGHT: free}[mark.align]
        y = top + size * 83 // 100 + place * size * _LINE // 100
        draw.text((x, y), line, fill=ink, font=face, anchor="ls")
        if stroke:
            draw.text((x + 1, y), line, fill=ink, font=face, anchor="ls")


@cache
def _face(font: FontFile, size: int, bold: bool) -> Any:  # noqa: FBT001  # the cache's key
    from PIL import ImageFont  # noqa: PLC0415  # an extra, needed only here

    face = ImageFont.truetype(str(font.path), size, index=0)
    if font.variable:
        face.set_variation_by_axes([_WEIGHT[bold]])
    return face


def _qr(draw: Any, mark: Qr, dpi: int) -> None:
    rows = qr_rows(mark.data)
    side = dots(mark.side, dpi)
    module = max(1, side // (len(rows) + 2 * QUIET_MODULES))
    free = (side - module * len(rows)) // 2
    left, top = dots(mark.x, dpi) + free, dots(mark.y, dpi) + free
    for row, signs in enumerate(rows):
        for column, dark in enumerate(signs):
            if dark:
                x, y = left + column * module, top + row * module
                draw.rectangle([x, y, x + module - 1, y + module - 1], fill=INK)
