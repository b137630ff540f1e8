"""A document as lines of text, for a screen without pictures: what would stand on paper, in the order in which it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from houtai.domain.printing.columns import cells, cut
from houtai.domain.printing.documents import CloudDocument, Document, kind_of
from houtai.domain.printing.draw import SHEETS, pages_of, sheet_of
from houtai.domain.printing.layout import Layout
from houtai.domain.printing.page import Align, Bars, Page, Text
from houtai.domain.printing.sheet import Column, Sheet

WIDTH: Final = 80
_SAME_LINE: Final = 20  # tenths of a millimetre


def preview(document: Document, layout: Layout, reprint_no: int = 0, width: int = WIDTH) -> tuple[str, ...]:
    """Its lines, none wider than `width` columns and none with a control sign; a bar code is its text between bars.

    Of a platform's label only the number is known. Raises InvalidValue for a paper that the document is not laid out for.
    """
    if isinstance(document, CloudDocument):
        return (_plain(f"{document.platform}: {_code(document.waybill)}", width),)
    if kind_of(document) in SHEETS:
        return _list(sheet_of(document, layout, reprint_no), width)
    return tuple(line for page in pages_of(document, layout, reprint_no) for line in _label(page, width))


def _list(sheet: Sheet, width: int) -> tuple[str, ...]:
    shares = _widths(sheet.columns, width)
    facts = [f"{label}: {value}" for label, value in sheet.facts if value]
    rows = [_row(sheet.columns, row, shares) for row in sheet.rows]
    lines = [
        f"{sheet.title}  {sheet.badge}",
        _code(sheet.number),
        *facts,
        _row(sheet.columns, [column.title for column in sheet.columns], shares),
        "-" * width,
        *rows,
        "-" * width,
        _row(sheet.columns, sheet.total, shares),
        *([sheet.remark] if sheet.remark else []),
        "  ".join(f"{sign}: ________" for sign in sheet.signs),
    ]
    return tuple(_plain(line, width) for line in lines)


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    whole, free = sum(column.share for column in columns), width - len(columns) + 1
    return [max(1, free * column.share // whole) for column in columns]


def _row(columns: Sequence[Column], values: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join(_cell(value, wide, column.align) for column, value, wide in zip(columns, values, widths, strict=True))


def _cell(value: str, width: int, align: Align) -> str:
    shown = cut(_plain(value, 10_000), width)
    free = width - cells(shown)
    left = {Align.LEFT: 0, Align.CENTRE: free // 2, Align.RIGHT: free}[align]
    return " " * left + shown + " " * (free - left)


def _label(page: Page, width: int) -> list[str]:
    """Words that stand at the same height are one line."""
    told = [(mark.y, mark.x, _said(mark)) for mark in page.marks if isinstance(mark, (Text, Bars))]
    lines: list[tuple[int, list[str]]] = []
    for y, _, said in sorted(one for one in told if one[2]):
        if lines and y - lines[-1][0] <= _SAME_LINE:
            lines[-1][1].append(said)
        else:
            lines.append((y, [said]))
    return [_plain("  ".join(words), width) for _, words in lines]


def _said(mark: Text | Bars) -> str:
    return mark.text.strip() if isinstance(mark, Text) else _code(mark.data)


def _code(data: str) -> str:
    return f"|||{data}|||"


def _plain(line: str, width: int) -> str:
    clean = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in line)
    return cut(clean.rstrip(), width)
