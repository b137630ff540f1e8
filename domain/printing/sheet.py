"""Lists on A4 and A5: a head with the bar code, facts, a table over as many pages as it takes, totals and places to sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.domain.printing.layout import Layout, Size
from houtai.domain.printing.page import Align, Bars, Box, Mark, Page, Rule, Text
from houtai.domain.printing.words import word

MARGIN: Final = 100
HEAD: Final = 200
FACT: Final = 60
ROW: Final = 85
HEADER_ROW: Final = 70
FOOT: Final = 180


@attrs.frozen
class Column:
    """A column: its heading, its share of the width, and where its values stand."""

    title: str
    share: int
    align: Align = Align.LEFT
    bold: bool = False


@attrs.frozen(kw_only=True)
class Sheet:
    """What stands on a list. `total` is one value a column; `signs` are the places to sign."""

    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str]
    signs: Sequence[str] = ()
    remark: str = ""
    badge: str = ""  # in a black box in the head, such as a reprint's


def pages_of_sheet(sheet: Sheet, layout: Layout) -> tuple[Page, ...]:
    """The pages: each has the head and the table's heading, the last one the total and the places to sign."""
    width, height = (side * 10 for side in layout.size.mm)
    facts = [(label, value) for label, value in sheet.facts if value]
    columns = 3 if layout.size is Size.A4 else 2
    top = MARGIN + HEAD + FACT * -(-len(facts) // columns) + 20
    fitting = (height - top - HEADER_ROW - FOOT - ROW - MARGIN) // ROW
    parts = [sheet.rows[start : start + fitting] for start in range(0, len(sheet.rows), fitting)] or [()]
    pages = []
    for place, part in enumerate(parts):
        marks = [*_head(sheet, width), *_facts(facts, width, columns)]
        bottom = top + HEADER_ROW + ROW * len(part)
        marks += _table(sheet, part, width, top, last=place == len(parts) - 1)
        if place == len(parts) - 1:
            marks += _signs(sheet, width, bottom + ROW + 30)
        numbered = word("page", layout.language).format(page=place + 1, pages=len(parts))
        marks.append(Text(MARGIN, height - MARGIN + 10, width - 2 * MARGIN, 26, numbered, align=Align.RIGHT))
        if layout.footer:
            marks.append(Text(MARGIN, height - MARGIN + 10, (width - 2 * MARGIN) * 2 // 3, 26, layout.footer))
        pages.append(Page(width, height, tuple(marks)))
    return tuple(pages)


def _head(sheet: Sheet, width: int) -> list[Mark]:
    inner = width - 2 * MARGIN
    left = inner * 42 // 100
    marks: list[Mark] = [
        Text(MARGIN, MARGIN + 15, left, 80, sheet.title, bold=True),
        Bars(MARGIN + left, MARGIN, inner - left, 110, sheet.number),
        Text(MARGIN + left, MARGIN + 118, inner - left, 36, sheet.number, align=Align.CENTRE),
        Rule(MARGIN, MARGIN + 175, width - MARGIN, MARGIN + 175, 5),
    ]
    if sheet.badge:
        marks += [
            Box(MARGIN, MARGIN + 112, 260, 48, filled=True),
            Text(MARGIN, MARGIN + 119, 260, 34, sheet.badge, bold=True, align=Align.CENTRE, white=True),
        ]
    return marks


def _facts(facts: Sequence[tuple[str, str]], width: int, columns: int) -> list[Mark]:
    each = (width - 2 * MARGIN) // columns
    marks: list[Mark] = []
    for place, (label, value) in enumerate(facts):
        x = MARGIN + place % columns * each
        y = MARGIN + HEAD + place // columns * FACT
        marks += [Text(x, y + 4, 140, 28, label), Text(x + 145, y, each - 160, 34, value, bold=True)]
    return marks


def _table(sheet: Sheet, part: Sequence[Sequence[str]], width: int, top: int, *, last: bool) -> list[Mark]:
    inner = width - 2 * MARGIN
    whole = sum(column.share for column in sheet.columns)
    edges = [MARGIN]
    for column in sheet.columns:
        edges.append(edges[-1] + inner * column.share // whole)
    edges[-1] = width - MARGIN
    marks: list[Mark] = [Box(MARGIN, top, inner, HEADER_ROW, filled=True)]
    for place, column in enumerate(sheet.columns):
        box = (edges[place] + 12, top + 18, edges[place + 1] - edges[place] - 24)
        marks.append(Text(*box, 32, column.title, bold=True, align=column.align, white=True))
    y = top + HEADER_ROW
    for row in part:
        marks += _row(sheet.columns, row, edges, y)
        marks.append(Rule(MARGIN, y + ROW, width - MARGIN, y + ROW, 1))
        y += ROW
    if last:
        marks += _row([attrs.evolve(column, bold=True) for column in sheet.columns], sheet.total, edges, y)
        y += ROW
    marks.append(Rule(MARGIN, y, width - MARGIN, y, 4))
    marks += [Rule(edge, top, edge, y, 1) for edge in edges]
    return marks


def _row(columns: Sequence[Column], row: Sequence[str], edges: Sequence[int], y: int) -> list[Mark]:
    marks: list[Mark] = []
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        if value:
            box = (edges[place] + 12, y + 3, edges[place + 1] - edges[place] - 24)
            lines = 1 if column.align is Align.RIGHT else 2
            marks.append(Text(*box, 34, value, bold=column.bold, align=column.align, lines=lines, h=ROW - 6))
    return marks


def _signs(sheet: Sheet, width: int, y: int) -> list[Mark]:
    marks: list[Mark] = []
    if sheet.remark:
        marks.append(Text(MARGIN, y, width - 2 * MARGIN, 30, sheet.remark, lines=1))
    each = (width - 2 * MARGIN) // max(1, len(sheet.signs))
    for place, sign in enumerate(sheet.signs):
        x = MARGIN + place * each
        marks += [Text(x, y + 60, 200, 32, sign), Rule(x + 190, y + 95, x + each - 40, y + 95, 2)]
    return marks
