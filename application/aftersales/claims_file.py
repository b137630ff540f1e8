"""A file of applications from its bytes to the report: read, each claim taken in by itself, given back with its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.aftersales.import_claims import ImportClaim, ImportedLine, check_claim, import_claim
from houtai.application.aftersales.sheet_columns import COLUMNS, ClaimRow, in_chinese, parse_row
from houtai.application.catalog.import_file import ImportReport
from houtai.application.catalog.import_products import Mode, Result, RowResult
from houtai.application.catalog.product_columns import CellError
from houtai.application.ports import Performer
from houtai.application.sheets import Sheet, SheetFiles, SheetFormat, is_titled, marks, places
from houtai.domain.act import Act
from houtai.domain.ids import ClaimId, new_id
from houtai.domain.refusal import InvalidValue, Refusal

_LINE: Final = re.compile(r"lines\[(\d+)\]\.(\w+)")
_SAME: Final = ("order", "kind", "reason")


@attrs.frozen
class ClaimsFile:
    """What to take in."""

    id: UUID
    content: bytes = attrs.field(repr=False)
    file_format: SheetFormat
    file_name: str = ""
    dry_run: bool = False


@attrs.frozen
class ClaimsTaken:
    """A file that was read and taken in: what became of every row, and what is needed to give it back marked."""

    report: ImportReport
    sheet: Sheet
    places: dict[str, int]

    def marked(self, files: SheetFiles, file_format: SheetFormat) -> bytes:
        """The same file with the column 错误原因, in Chinese under Chinese headings."""
        chinese = is_titled(self.sheet, COLUMNS)
        errors = ((one.row, one.column, in_chinese(one.rule) if chinese else one.rule) for one in self.report.errors)
        return files.write_marked(file_format, self.sheet, marks(self.sheet, self.places, errors))


def take_in_claims(
    office: Performer,
    files: SheetFiles,
    file: ClaimsFile,
    act: Act,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> ClaimsTaken:
    """Read and import. Raises the refusals of `SheetFiles.read` and BadHeader; faulty rows are reported.

    Each claim is a transaction of its own, so that one which is refused keeps none of the others back, and the same file again
    takes in what was wrong before. A dry run checks each claim by itself. `progress` hears rows done and rows in all.
    """
    sheet = files.read(file.content, file.file_format)
    found = places(sheet, COLUMNS)
    rows = [parse_row(row, found, len(sheet.header)) for row in sheet.rows]
    results: list[RowResult] = []
    for group in _claims(rows):
        results += _taken(office, group, act, dry_run=file.dry_run)
        progress(len(results), len(rows))
    ordered = tuple(sorted(results, key=lambda result: result.row))
    report = ImportReport(file.id, file.dry_run, Mode.ROW_BY_ROW, not file.dry_run, ordered)
    return ClaimsTaken(report, sheet, found)


def _claims(rows: Iterable[ClaimRow]) -> list[list[ClaimRow]]:
    """The rows of each claim, in the order of the file; one that names no claim stands by itself."""
    groups: dict[tuple[str, ...], list[ClaimRow]] = {}
    for row in rows:
        key = row.claim if all(row.claim) else (*row.claim, str(row.row))
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _taken(office: Performer, rows: Sequence[ClaimRow], act: Act, *, dry_run: bool) -> list[RowResult]:
    faults = [fault for row in rows for fault in row.faults] or _contradictions(rows)
    if not faults:
        try:
            cmd = _command(rows)
            is_new = office.ask(check_claim, cmd, act) if dry_run else office.perform(import_claim, cmd, act)
        except Refusal as refused:
            faults = [_fault(rows, refused)]
        else:
            return [RowResult(row.row, Result.IMPORTED if is_new else Result.SKIPPED) for row in rows]
    return [RowResult(row.row, Result.FAILED, _errors(row, faults)) for row in rows]


def _errors(row: ClaimRow, faults: Sequence[CellError]) -> tuple[CellError, ...]:
    """What is wrong with the row itself, else which one of its claim keeps it back."""
    own = tuple(fault for fault in faults if fault.row == row.row)
    return own or (CellError(row.row, "", "csv-row", f"row {faults[0].row} of the same claim is wrong"),)


def _contradictions(rows: Sequence[ClaimRow]) -> list[CellError]:
    first = rows[0]
    return [
        CellError(row.row, key, "invalid-value", f"differs from row {first.row} of the same claim")
        for row in rows[1:]
        for key in _SAME
        if row.values.get(key) != first.values.get(key)
    ]


def _command(rows: Sequence[ClaimRow]) -> ImportClaim:
    """The claim of these rows. Raises InvalidValue."""
    head = rows[0].values
    names = ("line", "sku_code", "qty", "amount", "replacement_code")
    lines = (ImportedLine(**{name: row.values[name] for name in names if name in row.values}) for row in rows)
    return ImportClaim(
        claim=ClaimId(new_id()),
        channel_code=head["channel_code"],
        order=head["order"],
        external_id=head["external_id"],
        kind=head["kind"],
        reason=head["reason"],
        lines=tuple(lines),
        text=next((text for row in rows if (text := row.values.get("text", ""))), ""),
    )


def _fault(rows: Sequence[ClaimRow], refused: Refusal) -> CellError:
    """The refusal under the cell that it is about, as far as it names one."""
    if not isinstance(refused, InvalidValue):
        return CellError(rows[0].row, "", refused.code, str(refused))
    place, column = 0, refused.field
    if match := _LINE.fullmatch(refused.field):
        place, column = int(match[1]), match[2]
    return CellError(rows[place].row, column, refused.code, refused.rule)
