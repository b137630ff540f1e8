"""Labels for places, pieces and handling units."""

from __future__ import annotations

from houtai.domain.printing.documents import Arrow, HandlingUnitLabel, LocationLabel, ProductLabel
from houtai.domain.printing.layout import Layout
from houtai.domain.printing.page import Align, Bars, Box, Mark, Page, Qr, Rule, Shape, Text
from houtai.domain.printing.sheets import weight
from houtai.domain.printing.words import word

EDGE = 20


def page_of_location(document: LocationLabel, layout: Layout, badge: str) -> Page:
    """The path across the top, to be read from a distance, with its arrow; the bar code over the whole width; check digits."""
    width, height = (side * 10 for side in layout.size.mm)
    inner = width - 2 * EDGE
    top = height * 3 // 10
    arrow = 0 if document.arrow is Arrow.NONE else top * 7 // 10
    check = inner // 4 if document.check else 0
    marks: list[Mark] = [
        Text(EDGE, EDGE + 12, inner - arrow, top - 24, document.path, bold=True, align=Align.CENTRE),
        Rule(EDGE, EDGE + top, width - EDGE, EDGE + top, 3),
        Bars(EDGE, EDGE + top + 18, inner, height - top - 148, document.code),
        Text(EDGE, height - 94, inner - check, 38, document.code, align=Align.CENTRE),
        Text(EDGE, height - 50, inner - check, 28, " ".join(part for part in (document.zone, badge) if part), align=Align.CENTRE),
    ]
    if document.check:
        x = width - EDGE - check
        marks += [
            Box(x, height - 98, check, 80, filled=True),
            Text(x, height - 94, check, 24, word("check", layout.language), align=Align.CENTRE, white=True),
            Text(x, height - 68, check, 48, document.check, bold=True, align=Align.CENTRE, white=True),
        ]
    if document.arrow is not Arrow.NONE:
        marks.append(_arrow(document.arrow, width - EDGE - arrow // 2, EDGE + 12, top - 24))
    return Page(width, height, tuple(marks))


def _arrow(arrow: Arrow, x: int, y: int, h: int) -> Shape:
    half, shaft = h * 2 // 5, h // 8
    points = [(0, 0), (half, h // 2), (shaft, h // 2), (shaft, h), (-shaft, h), (-shaft, h // 2), (-half, h // 2)]
    up = arrow is Arrow.UP
    return Shape(tuple((x + dx, y + (dy if up else h - dy)) for dx, dy in points))


def page_of_product(document: ProductLabel, layout: Layout, badge: str) -> Page:
    """Name and variant above the bar code, dates below."""
    width, height = (side * 10 for side in layout.size.mm)
    inner = width - 2 * EDGE
    dates = [("made", document.made_on), ("expires", document.expires_on), ("lot", document.lot)]
    told = "  ".join(f"{word(name, layout.language)} {value}" for name, value in dates if value)
    size = height // 11
    marks: list[Mark] = [
        Text(EDGE, EDGE, inner, size, document.name, bold=True, lines=1),
        Text(EDGE, EDGE + size + 8, inner, size * 4 // 5, f"{document.sku}  {document.spec}  {badge}".strip()),
        Bars(EDGE, EDGE + size * 2 + 16, inner, height - size * 5 - 30, document.barcode),
        Text(EDGE, height - EDGE - size * 2 - 10, inner, size, document.barcode, align=Align.CENTRE),
        Text(EDGE, height - EDGE - size * 4 // 5, inner, size * 4 // 5, told, align=Align.CENTRE),
    ]
    return Page(width, height, tuple(marks))


def page_of_handling_unit(document: HandlingUnitLabel, layout: Layout, badge: str) -> Page:
    """The licence plate across the label, and what is in it."""
    width, height = (side * 10 for side in layout.size.mm)
    inner = width - 2 * EDGE - 40
    x, side = EDGE + 20, height // 4
    facts = [
        ("warehouse", document.warehouse),
        ("destination", document.destination),
        ("contents", document.contents),
        ("weight", weight(document.weight_g)),
    ]
    kind = " ".join(part for part in (document.kind or word("handling-unit", layout.language), badge) if part)
    marks: list[Mark] = [
        Box(EDGE, EDGE, width - 2 * EDGE, height - 2 * EDGE, width=4),
        Text(x, EDGE + 25, inner, 70, layout.title or kind, bold=True),
        Bars(x, EDGE + 120, inner, height * 3 // 10, document.lpn),
        Text(x, EDGE + 140 + height * 3 // 10, inner, 80, document.lpn, bold=True, align=Align.CENTRE),
        Qr(width - EDGE - side - 20, height - EDGE - side - 20, side, document.lpn),
    ]
    y = EDGE + 260 + height * 3 // 10
    for name, value in facts:
        if value:
            text = f"{word(name, layout.language)}: {value}"
            marks.append(Text(x, y, inner - side - 20, 36, text, lines=1))
            y += 52
    return Page(width, height, tuple(marks))
