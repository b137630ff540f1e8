"""A product file from its bytes to the report: read, checked, taken in by batches, and given back with its errors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.catalog.import_messages import told
from houtai.application.catalog.import_products import ImportProducts, Mode, Result, RowResult, import_products
from houtai.application.catalog.product_columns import COLUMNS, TITLE_OF, CellError, ProductRow, parse_row
from houtai.application.ports import Performer
from houtai.application.sheets import (
    BadSheetRow,
    InvalidNumber,
    RowsRefused,
    Sheet,
    SheetFiles,
    SheetFormat,
    is_titled,
    marks,
    places,
)
from houtai.domain.act import Act
from houtai.domain.ids import MerchantId

BATCH_ROWS: Final = 500
MAX_TOLD: Final = 200  # errors in one refusal; the marked file has all of them

MerchantCodes = Callable[[tuple[str, ...]], Mapping[str, MerchantId]]


@attrs.frozen
class ProductFile:
    """What to take in, and how. `owner` is the merchant whose file it is, None for the house."""

    id: UUID
    content: bytes = attrs.field(repr=False)
    file_format: SheetFormat
    file_name: str = ""
    owner: MerchantId | None = None
    mode: Mode = Mode.ALL_OR_NOTHING
    dry_run: bool = False


@attrs.frozen
class ImportReport:
    """What became of every row. `applied` is False for a dry run, and for all-or-nothing with a faulty row."""

    id: UUID
    dry_run: bool
    mode: Mode
    applied: bool
    results: tuple[RowResult, ...]

    def count(self, result: Result) -> int:
        """How many rows came out so."""
        return sum(row.result is result for row in self.results)

    @property
    def errors(self) -> tuple[CellError, ...]:
        """Everything that is wrong, in row order."""
        return tuple(error for row in self.results for error in row.errors)


@attrs.frozen
class Taken:
    """A file that was read and taken in: the report, and what is needed to give it back marked."""

    report: ImportReport
    sheet: Sheet
    places: Mapping[str, int]

    def demand(self) -> None:
        """Refuse what all-or-nothing did not take, by its first error: BadSheetRow, InvalidNumber or RowsRefused."""
        errors = self.report.errors
        if not errors or self.report.applied or self.report.dry_run:
            return
        first, total = errors[0], len(errors)
        place = self.places.get(first.column, -1) + 1
        named = tuple(f"row {error.row}: {TITLE_OF.get(error.column, error.column)} {error.rule}" for error in errors[:MAX_TOLD])
        if first.code == BadSheetRow.code:
            raise BadSheetRow(row=first.row, column=place, rule=first.rule)
        kind = InvalidNumber if first.code == InvalidNumber.code else RowsRefused
        raise kind(row=first.row, column=place, rule=first.rule, errors=named, total=total)

    def marked(self, files: SheetFiles, file_format: SheetFormat) -> bytes:
        """The same file with the column 错误原因: everything that is wrong with the row, in the file's own language."""
        chinese = is_titled(self.sheet, COLUMNS)
        errors = ((error.row, error.column, told(error, chinese=chinese)) for error in self.report.errors)
        return files.write_marked(file_format, self.sheet, marks(self.sheet, self.places, errors))


def take_in(
    office: Performer,
    files: SheetFiles,
    file: ProductFile,
    merchants: MerchantCodes,
    act: Act,
    *,
    key: str | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Taken:
    """Read and import. Raises the refusals of `SheetFiles.read`, BadHeader and DuplicateImport; faulty rows are reported.

    All-or-nothing and dry runs are one transaction, row-by-row is one for every 500 rows; `progress` hears rows done and rows
    in all. `key` makes a repeated call get the first answers.
    """
    sheet = files.read(file.content, file.file_format)
    found = places(sheet, COLUMNS)
    parsed = [parse_row(row, found, len(sheet.header)) for row in sheet.rows]
    rows = [row for row in parsed if isinstance(row, ProductRow)]
    unreadable = [RowResult(errors[0].row, Result.FAILED, errors) for errors in parsed if isinstance(errors, tuple)]
    codes = tuple(sorted({row.merchant_code for row in rows if row.merchant_code}))
    cmd = ImportProducts(
        id=file.id,
        content_hash=hashlib.sha256(file.content).hexdigest(),
        file_name=file.file_name,
        rows=(),
        merchants=merchants(codes) if codes else {},
        owner=file.owner,
        mode=file.mode,
        dry_run=file.dry_run,
        failed_before=len(unreadable),
    )
    whole = file.dry_run or file.mode is Mode.ALL_OR_NOTHING
    batches = [tuple(rows)] if whole else list(_batches(rows, BATCH_ROWS)) or [()]
    results = list(unreadable)
    for number, batch in enumerate(batches):
        part = attrs.evolve(cmd, rows=batch, is_first=number == 0, is_last=number == len(batches) - 1)
        results += office.perform(
            import_products,
            part,
            act,
            key=_batch_key(key, number),
            wish=f"{cmd.content_hash}:{file.mode.value}:{file.dry_run}:{file.owner}:{number}",
        )
        progress(len(results), len(parsed))
    return Taken(_report(file, results), sheet, found)


def _batch_key(key: str | None, number: int) -> str | None:
    """The caller's key for the first batch, keys made from it for the others."""
    return key if key is None or number == 0 else f"{hashlib.sha256(key.encode()).hexdigest()}:{number}"


def _report(file: ProductFile, results: Iterable[RowResult]) -> ImportReport:
    ordered = tuple(sorted(results, key=lambda result: result.row))
    failed = any(result.result is Result.FAILED for result in ordered)
    applied = not file.dry_run and not (file.mode is Mode.ALL_OR_NOTHING and failed)
    return ImportReport(file.id, file.dry_run, file.mode, applied, ordered)


def _batches(rows: Sequence[ProductRow], size: int) -> Iterable[tuple[ProductRow, ...]]:
    """Rows in batches of about `size`: products stay together, and bundles come after what they hold."""
    groups: dict[str, list[ProductRow]] = {}
    for row in rows:
        groups.setdefault(row.product_code, []).append(row)
    batch: list[ProductRow] = []
    for group in sorted(groups.values(), key=lambda group: any(row.components for row in group)):
        if batch and len(batch) + len(group) > size:
            yield tuple(batch)
            batch = []
        batch += group
    if batch:
        yield tuple(batch)
