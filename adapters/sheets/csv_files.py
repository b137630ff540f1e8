"""CSV as spreadsheets write it: UTF-8 with or without a byte order mark, GBK or GB18030; written as UTF-8 with the mark."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from houtai.application.sheets import (
    MAX_CELL_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    BadSheetRow,
    Sheet,
    SheetMalformed,
    SheetRow,
    SheetTooLarge,
)

# A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "'")

csv.field_size_limit(MAX_CELL_BYTES * 4)  # the parser's own limit, for the whole process; ours is checked cell by cell


def escape(cell: str) -> str:
    """The cell as text to any spreadsheet."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def unescape(cell: str) -> str:
    """What `escape` was given; a formula that nobody escaped stays as it is."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell


def decode(content: bytes) -> str:
    """The text. Raises SheetMalformed with row and column of the first byte that fits neither encoding, and for NUL."""
    body = content.removeprefix(codecs.BOM_UTF8)
    if (place := body.find(b"\0")) >= 0:
        raise _malformed(body, place, "it holds a NUL byte")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        utf8_fault = error.start
    if body is content:
        try:
            return body.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _malformed(body, error.start, "it is neither UTF-8 nor GB18030") from error
    raise _malformed(body, utf8_fault, "it begins like UTF-8 and is not")


def _malformed(body: bytes, place: int, rule: str) -> SheetMalformed:
    before = body[:place]
    row = before.count(b"\n") + 1
    column = before.rpartition(b"\n")[2].count(b",") + 1
    return SheetMalformed(rule=rule, row=row, column=column)


def read_csv(content: bytes) -> Sheet:
    """Header and rows. Raises SheetMalformed, SheetTooLarge, BadSheetRow."""
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    header: tuple[str, ...] | None = None
    rows: list[SheetRow] = []
    number = 0
    try:
        for cells in reader:
            number += 1
            if not any(cells):
                continue
            _check_cells(cells, number)
            if header is None:
                header = tuple(cells)
                continue
            if len(rows) == MAX_ROWS:
                raise SheetTooLarge(what="rows", limit=MAX_ROWS)
            rows.append(SheetRow(number, tuple(unescape(cell) for cell in cells)))
    except csv.Error as error:
        rule = "a quote is not closed" if "unexpected end of data" in str(error) else str(error)
        raise BadSheetRow(row=number + 1, column=0, rule=rule) from error
    if header is None:
        raise BadSheetRow(row=1, column=0, rule="the file is empty")
    return Sheet(header, tuple(rows))


def _check_cells(cells: Sequence[str], number: int) -> None:
    if len(cells) > MAX_COLUMNS:
        raise SheetTooLarge(what="columns", limit=MAX_COLUMNS)
    for place, cell in enumerate(cells, start=1):
        if len(cell) * 4 > MAX_CELL_BYTES and len(cell.encode()) > MAX_CELL_BYTES:
            raise BadSheetRow(row=number, column=place, rule=f"the cell is longer than {MAX_CELL_BYTES} bytes")


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """All rows, the header first, as UTF-8 with the mark that Excel needs to see it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([escape(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()
