"""Tables that people keep in files: what one holds, what is wrong with it, and the port that reads and writes it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

import attrs

from houtai.domain.refusal import Kind, Refusal

ERROR_COLUMN: Final = "错误原因"
BETWEEN_ERRORS: Final = "；"  # parts the errors of one row, in any language
MAX_ROWS: Final = 10_000
MAX_COLUMNS: Final = 100
MAX_CELL_BYTES: Final = 32 * 1024
MAX_FILE_BYTES: Final = 20 * 1024 * 1024


class SheetFormat(enum.Enum):
    """The two formats that spreadsheets exchange."""

    CSV = "csv"
    XLSX = "xlsx"


@attrs.frozen
class SheetRow:
    """One row as it came. `number` is its place in the file, the header being row 1; `damaged` has unreadable cells by place."""

    number: int
    cells: tuple[str, ...]
    damaged: Mapping[int, str] = attrs.field(factory=dict)


@attrs.frozen
class Sheet:
    """A header and the rows below it, blank rows left out."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@attrs.frozen
class Column:
    """A column of a template: `key` and `title` both name it in a header."""

    key: str
    title: str
    required: bool = False
    note: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""


class SheetFiles(Protocol):
    """Reads and writes files of both formats."""

    def read(self, content: bytes, file_format: SheetFormat) -> Sheet:
        """The first sheet. Raises SheetMalformed, SheetTooLarge, BadHeader, BadSheetRow."""

    def write(self, file_format: SheetFormat, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
        """A file of texts that no spreadsheet takes for a formula; reading it gives the same texts back."""

    def write_marked(self, file_format: SheetFormat, sheet: Sheet, errors: Mapping[int, Mapping[str, str]]) -> bytes:
        """The same sheet with the column 错误原因; `errors` maps row numbers to header names to rules ('' for the whole row)."""

    def template(self, file_format: SheetFormat, columns: Sequence[Column]) -> bytes:
        """An empty file to fill in; xlsx with lists to choose from, notes and an example."""


def places(sheet: Sheet, columns: Sequence[Column]) -> dict[str, int]:
    """Where each known column stands. Raises BadHeader for one that is unknown, doubled or missing."""
    known = {name: column.key for column in columns for name in (column.key, column.title)}
    found: dict[str, int] = {}
    for place, raw in enumerate(sheet.header):
        name = raw.strip().rstrip("*").strip()
        if name == ERROR_COLUMN:
            continue
        key = known.get(name)
        if key is None:
            raise BadHeader(column=place + 1, name=name, rule="is not a column of the template")
        if key in found:
            raise BadHeader(column=place + 1, name=name, rule="stands in the header twice")
        found[key] = place
    for column in columns:
        if column.required and column.key not in found:
            raise BadHeader(column=0, name=column.title, rule="is missing in the header")
    return found


def marks(sheet: Sheet, places: Mapping[str, int], errors: Iterable[tuple[int, str, str]]) -> dict[int, dict[str, str]]:
    """What `SheetFiles.write_marked` writes of errors: each a row number, a column's key (empty: the whole row) and a text."""
    found: dict[int, dict[str, str]] = {}
    for number, column, rule in errors:
        name = sheet.header[places[column]] if column in places else ""
        text = f"{name}: {rule}" if name else rule
        row = found.setdefault(number, {})
        row[name] = f"{row[name]}{BETWEEN_ERRORS}{text}" if name in row else text
    return found


def is_titled(sheet: Sheet, columns: Iterable[Column]) -> bool:
    """Whether any column of the header is called by its Chinese title, so that errors are told in Chinese."""
    titles = {column.title for column in columns}
    return any(name.strip().rstrip("*").strip() in titles for name in sheet.header)


@attrs.define(eq=False, slots=False)
class SheetMalformed(Refusal):
    """The file is not what it claims to be: its bytes, its encoding or its inner parts."""

    code = "invalid-encoding"
    kind = Kind.INVALID
    text = "the file cannot be read: {rule} (row {row}, column {column})"

    rule: str
    row: int = 0
    column: int = 0


@attrs.define(eq=False, slots=False)
class SheetTooLarge(Refusal):
    """More bytes, rows or columns than one file may have, packed or unpacked."""

    code = "sheet-too-large"
    kind = Kind.INVALID
    text = "the file is too large: {what} are over {limit}"

    what: str
    limit: int


@attrs.define(eq=False, slots=False)
class BadHeader(Refusal):
    """The header row does not fit the template."""

    code = "csv-header"
    kind = Kind.INVALID
    text = "row 1, column {column}: {name} {rule}"

    column: int
    name: str
    rule: str


@attrs.define(eq=False, slots=False)
class BadSheetRow(Refusal):
    """A row is broken as a row: an open quote, a wrong number of cells, a cell that is too long."""

    code = "csv-row"
    kind = Kind.INVALID
    text = "row {row}, column {column}: {rule}"

    row: int
    column: int
    rule: str


@attrs.define(eq=False, slots=False)
class RowsRefused(Refusal):
    """Rows of an all-or-nothing file are wrong, so none was taken; the first error stands in front, the others follow."""

    code = "rows-refused"
    kind = Kind.INVALID
    text = "row {row}, column {column}: {rule} ({total} errors, nothing was taken)"

    row: int
    column: int
    rule: str
    errors: tuple[str, ...]
    total: int


@attrs.define(eq=False, slots=False)
class InvalidNumber(RowsRefused):
    """The same, the first error being a number that could be read in two ways."""

    code = "invalid-number"


@attrs.define(eq=False, slots=False)
class DuplicateImport(Refusal):
    """This very file was taken in before."""

    code = "duplicate-import"
    text = "{file_name} was imported before, at {at}, as import {import_id}"

    file_name: str
    at: str
    import_id: str
