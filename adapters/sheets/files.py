"""The port for both formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from houtai.adapters.sheets.csv_files import read_csv, write_csv
from houtai.adapters.sheets.xlsx_files import read_xlsx, template_xlsx, write_marked_xlsx, write_xlsx
from houtai.application.sheets import (
    BETWEEN_ERRORS,
    ERROR_COLUMN,
    MAX_FILE_BYTES,
    MAX_ROWS,
    Column,
    Sheet,
    SheetFormat,
    SheetRow,
    SheetTooLarge,
)


class Files:
    """See `SheetFiles`."""

    def read(self, content: bytes, file_format: SheetFormat) -> Sheet:
        """See `SheetFiles.read`."""
        if len(content) > MAX_FILE_BYTES:
            raise SheetTooLarge(what="bytes", limit=MAX_FILE_BYTES)
        sheet = read_csv(content) if file_format is SheetFormat.CSV else read_xlsx(content)
        if len(sheet.rows) > MAX_ROWS:
            raise SheetTooLarge(what="rows", limit=MAX_ROWS)
        return sheet

    def write(self, file_format: SheetFormat, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
        """See `SheetFiles.write`."""
        return write_csv([header, *rows]) if file_format is SheetFormat.CSV else write_xlsx(header, rows)

    def write_marked(self, file_format: SheetFormat, sheet: Sheet, errors: Mapping[int, Mapping[str, str]]) -> bytes:
        """See `SheetFiles.write_marked`."""
        header = [*(name for name in sheet.header if name != ERROR_COLUMN), ERROR_COLUMN]
        wrong = [errors.get(row.number, {}) for row in sheet.rows]
        rows = [_marked(row, sheet.header, faults) for row, faults in zip(sheet.rows, wrong, strict=True)]
        if file_format is SheetFormat.XLSX:
            return write_marked_xlsx(header, rows, [{*faults, ERROR_COLUMN} if faults else () for faults in wrong])
        return write_csv([header, *rows])

    def template(self, file_format: SheetFormat, columns: Sequence[Column]) -> bytes:
        """See `SheetFiles.template`."""
        if file_format is SheetFormat.XLSX:
            return template_xlsx(columns)
        return write_csv([[f"{column.title}*" if column.required else column.title for column in columns]])


def _marked(row: SheetRow, header: Sequence[str], wrong: Mapping[str, str]) -> list[str]:
    """The row's cells under their names, then its errors, then whatever stood beyond the header."""
    cells = [*row.cells, *[""] * (len(header) - len(row.cells))]
    kept = [cell for cell, name in zip(cells, header, strict=False) if name != ERROR_COLUMN]
    return [*kept, BETWEEN_ERRORS.join(wrong.values()), *cells[len(header) :]]
