"""Lists for receipt printers in ESC/POS: Chinese as GB 18030 in Kanji mode, 48 columns on 80 mm paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from houtai.domain.printing.code128 import BarcodeTooWide, check_scannable
from houtai.domain.printing.columns import cells, cut, folded
from houtai.domain.printing.page import Align
from houtai.domain.printing.sheet import Sheet

MEDIA_TYPE: Final = "application/octet-stream"
COLUMNS: Final = 48
PAPER_DOTS: Final = 576
_INITIALISE: Final = b"\x1b@"
_KANJI_ON: Final = b"\x1c&"
_KANJI_OFF: Final = b"\x1c."
_CENTRE: Final = b"\x1ba\x01"
_LEFT: Final = b"\x1ba\x00"
_LARGE: Final = b"\x1d!\x11"
_TALL: Final = b"\x1d!\x01"
_PLAIN: Final = b"\x1d!\x00"
_CUT: Final = b"\x1dVB\x00"


def render_slip(sheet: Sheet, footer: str = "") -> bytes:
    """The list as one slip that ends with a cut. Raises BarcodeTooWide for a number that 80 mm do not hold."""
    return b"".join(_slip(sheet, footer))


def _slip(sheet: Sheet, footer: str) -> Iterator[bytes]:
    yield _INITIALISE + _CENTRE + _LARGE + words(cut(sheet.title, COLUMNS // 2)) + _PLAIN
    if sheet.badge:
        yield _TALL + words(f"** {sheet.badge} **") + _PLAIN
    yield bars(sheet.number) + words(sheet.number) + _LEFT
    for label, value in sheet.facts:
        if value:
            yield words(cut(f"{label}: {value}", COLUMNS))
    yield words("-" * COLUMNS)
    for row in sheet.rows:
        yield from _row(sheet, row)
    yield words("-" * COLUMNS)
    yield _TALL + words(_apart(sheet.total[0], _quantity(sheet, sheet.total))) + _PLAIN
    if sheet.remark:
        yield words(cut(sheet.remark, COLUMNS))
    for sign in sheet.signs:
        yield b"\n" + words(f"{sign}: {'_' * 20}")
    if footer:
        yield _CENTRE + words(cut(footer, COLUMNS)) + _LEFT
    yield b"\n\n\n" + _CUT


def _row(sheet: Sheet, row: Sequence[str]) -> Iterator[bytes]:
    yield _TALL + words(_apart(row[0], _quantity(sheet, row))) + _PLAIN
    rest = [value for value, column in zip(row[1:], sheet.columns[1:], strict=True) if value and column.align is not Align.RIGHT]
    for line in folded(" ".join(rest), COLUMNS - 2):
        yield words("  " + line)


def _quantity(sheet: Sheet, row: Sequence[str]) -> str:
    counts = [value for value, column in zip(row, sheet.columns, strict=True) if column.align is Align.RIGHT and value]
    return counts[0] if counts else ""


def words(text: str) -> bytes:
    """A line of text and nothing else: control signs become blanks, so that none reaches the printer as a command."""
    clean = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    return _KANJI_ON + clean.encode("gb18030") + _KANJI_OFF + b"\n"


def bars(data: str) -> bytes:
    """A Code 128 in code set B, of as many dots a module as fit. Raises InvalidValue, BarcodeTooWide."""
    check_scannable("number", data)
    wide = 11 * (len(data) + 2) + 13 + 20
    module = min(3, PAPER_DOTS // wide)
    if module < 2:
        raise BarcodeTooWide(data=data, needed_dots=2 * wide, dots=PAPER_DOTS)
    said = b"{B" + data.replace("{", "{{").encode("ascii")
    return b"\x1dh\x50" + b"\x1dw" + bytes([module]) + b"\x1dH\x00" + b"\x1dkI" + bytes([len(said)]) + said + b"\n"


def _apart(left: str, right: str) -> str:
    left = cut(left, COLUMNS - cells(right) - 1)
    return left + " " * (COLUMNS - cells(left) - cells(right)) + right
