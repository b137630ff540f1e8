"""xlsx: opened only after a look inside that finds bombs and outside references; written as text, never as formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Collection, Sequence
from typing import Any, Final

import python_calamine
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from houtai.application.sheets import (
    MAX_CELL_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    BadSheetRow,
    Column,
    Sheet,
    SheetMalformed,
    SheetRow,
    SheetTooLarge,
)

MAX_UNPACKED_BYTES: Final = 80 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_EXACT: Final = 10**15  # spreadsheets keep 15 digits; a longer number has lost some
_CELL = re.compile(rb'\br="([A-Z]{1,4})?([0-9]{1,8})"')
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def read_xlsx(content: bytes) -> Sheet:
    """The first sheet. Raises SheetMalformed, SheetTooLarge, BadSheetRow."""
    inspect(content)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            grid = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise SheetMalformed(rule="it is no xlsx file") from error
    lines = [(number, line) for number, line in enumerate(grid, start=1) if any(cell not in ("", None) for cell in line)]
    if not lines:
        raise BadSheetRow(row=1, column=0, rule="the file is empty")
    header = tuple(str(cell) for cell in lines[0][1])
    while header and not header[-1]:
        header = header[:-1]
    return Sheet(header, tuple(_row(number, line, len(header)) for number, line in lines[1:]))


def _row(number: int, line: Sequence[Any], width: int) -> SheetRow:
    cells: list[str] = []
    damaged: dict[int, str] = {}
    for place, value in enumerate(line):
        text, fault = as_text(value)
        if fault:
            damaged[place] = fault
        if len(text.encode()) > MAX_CELL_BYTES:
            raise BadSheetRow(row=number, column=place + 1, rule=f"the cell is longer than {MAX_CELL_BYTES} bytes")
        cells.append(text)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return SheetRow(number, tuple(cells), damaged)


def as_text(value: Any) -> tuple[str, str]:
    """A cell's value as text, and what is wrong with it, empty for nothing. Whole numbers come without a decimal point."""
    match value:
        case bool():
            return ("yes" if value else "no"), ""
        case float() if value.is_integer():
            fault = "" if abs(value) < MAX_EXACT else "is a number of more than 15 digits: format the column as text"
            return str(int(value)), fault
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat(), ""
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat(), ""
        case None:
            return "", ""
        case _:
            return str(value), ""


def inspect(content: bytes) -> None:
    """Look at every part before a parser does. Raises SheetMalformed and SheetTooLarge; nothing is fetched from anywhere.

    Each part is unpacked once to its declared size, whose sum is bounded; a part that lies about it fails its checksum.
    Entities and document types have no place in xlsx. One cell far out would make a reader allocate the whole area.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise SheetTooLarge(what="parts", limit=MAX_PARTS)
            if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise SheetTooLarge(what="unpacked bytes", limit=MAX_UNPACKED_BYTES)
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise SheetMalformed(rule="it is no xlsx file")
            for part in parts:
                _inspect_part(part.filename, archive.read(part))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise SheetMalformed(rule="it is no xlsx file, or a broken or encrypted one") from error


def _inspect_part(name: str, body: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    if b"\0" in body:
        raise SheetMalformed(rule=f"{name} is not UTF-8")
    if any(mark in body for mark in _DECLARATIONS):
        raise SheetMalformed(rule=f"{name} declares a document type or an entity")
    if name.startswith("xl/worksheets/"):
        for letters, digits in _CELL.findall(body):
            if int(digits) > 2 * MAX_ROWS:
                raise SheetTooLarge(what="rows", limit=MAX_ROWS)
            if letters and _column_number(letters) > 2 * MAX_COLUMNS:
                raise SheetTooLarge(what="columns", limit=MAX_COLUMNS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


class _Book:
    """One workbook in memory, closed into its bytes."""

    def __init__(self) -> None:
        self._target = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self._target, options)
        self.heading = self.book.add_format({"bold": True, "num_format": "@"})
        self.text = self.book.add_format({"num_format": "@"})
        self.wrong = self.book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006"})

    def sheet(self, name: str, header: Sequence[str]) -> Any:
        made = self.book.add_worksheet(name)
        made.freeze_panes(1, 0)
        for place, title in enumerate(header):
            made.set_column(place, place, max(10, min(40, 2 * len(title) + 2)), self.text)
            made.write_string(0, place, title, self.heading)
        return made

    def close(self) -> bytes:
        self.book.close()
        return self._target.getvalue()


def write_xlsx(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """All cells as text."""
    made = _Book()
    sheet = made.sheet("Sheet1", header)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, made.text)
    return made.close()


def write_marked_xlsx(header: Sequence[str], rows: Sequence[Sequence[str]], wrong: Sequence[Collection[str]]) -> bytes:
    """The rows, with the cells red that stand under the wrong names of their row."""
    made = _Book()
    sheet = made.sheet("Sheet1", header)
    for line, (row, names) in enumerate(zip(rows, wrong, strict=True), start=1):
        red = {place for place, name in enumerate(header) if name in names}
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, made.wrong if place in red else made.text)
    return made.close()


def template_xlsx(columns: Sequence[Column]) -> bytes:
    """An empty sheet with notes and lists to choose from, and a second sheet with an example."""
    made = _Book()
    titles = [f"{column.title}*" if column.required else column.title for column in columns]
    sheet = made.sheet("Sheet1", titles)
    example = made.sheet("示例", titles)
    for place, column in enumerate(columns):
        if column.note:
            sheet.write_comment(0, place, column.note)
        if column.choices:
            sheet.data_validation(1, place, MAX_ROWS, place, {"validate": "list", "source": list(column.choices)})
        example.write_string(1, place, column.example, made.text)
    return made.close()
