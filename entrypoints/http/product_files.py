"""Product files over HTTP: the template, files in (checked, taken in, given back with their errors) and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from houtai.adapters.sheets.files import Files
from houtai.application.catalog.export import begin_export, export_products
from houtai.application.catalog.import_file import ProductFile, Taken, take_in
from houtai.application.catalog.import_products import Mode, Result, import_products
from houtai.application.catalog.imports import ImportState
from houtai.application.catalog.product_columns import COLUMNS, TITLE_OF
from houtai.application.catalog.queries import ListImports, list_imports, list_products
from houtai.application.merchants.queries import MerchantsByCode, merchants_by_code
from houtai.application.sheets import (
    BadHeader,
    BadSheetRow,
    DuplicateImport,
    InvalidNumber,
    RowsRefused,
    SheetFormat,
    SheetMalformed,
    SheetTooLarge,
)
from houtai.domain.ids import MerchantId
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk, Download, Reply, Upload
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("product files", "Products in and out as CSV or xlsx.")

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: Final = {SheetFormat.CSV: CSV, SheetFormat.XLSX: XLSX}
MAX_ERRORS: Final = 1_000  # in one answer; the marked file has all of them
SHEET_REFUSALS: Final = (BadHeader, BadSheetRow, InvalidNumber, RowsRefused, DuplicateImport)


class ImportQuery(wire.Wire, kw_only=True):
    """How to take the file in. `merchant_id` says whose file it is; the house's own without it."""

    mode: Mode = Mode.ALL_OR_NOTHING
    dry_run: bool = False
    merchant_id: wire.Id | None = None
    file_name: wire.Line = ""


class FormatQuery(wire.Wire):
    """Which format."""

    format: SheetFormat = SheetFormat.CSV


class CellErrorOut(wire.Wire):
    """What is wrong with a cell, or with the whole row where `column` is empty."""

    row: int
    column: str
    title: str
    code: str
    rule: str


class ImportOut(wire.Wire):
    """What became of the rows. `applied` is false for a dry run."""

    id: wire.Id
    mode: Mode
    dry_run: bool
    applied: bool
    imported: int
    updated: int
    skipped: int
    failed: int
    errors: tuple[CellErrorOut, ...]


def _take_in(desk: Desk, query: ImportQuery, file: Upload) -> Taken:
    """Raises Problem (400, 413) for bytes that are no such file; faulty rows are in the report."""

    def merchants(codes: tuple[str, ...]) -> Mapping[str, MerchantId]:
        return desk.ask(merchants_by_code, MerchantsByCode(codes))

    sent = ProductFile(
        id=desk.new_id(),
        content=file.content,
        file_format=SheetFormat.XLSX if file.media_type == XLSX else SheetFormat.CSV,
        file_name=query.file_name,
        owner=None if query.merchant_id is None else MerchantId(query.merchant_id),
        mode=query.mode,
        dry_run=query.dry_run,
    )
    try:
        return take_in(desk.house.office, Files(), sent, merchants, desk.act, key=desk.key)
    except SheetMalformed as refusal:
        raise Problem("invalid-encoding", detail=str(refusal), members=refusal.facts()) from refusal
    except SheetTooLarge as refusal:
        raise Problem("too-large", detail=str(refusal), members=refusal.facts()) from refusal


def _import_out(taken: Taken) -> ImportOut:
    report = taken.report
    return ImportOut(
        id=report.id,
        mode=report.mode,
        dry_run=report.dry_run,
        applied=report.applied,
        imported=report.count(Result.IMPORTED),
        updated=report.count(Result.UPDATED),
        skipped=report.count(Result.SKIPPED),
        failed=report.count(Result.FAILED),
        errors=tuple(
            CellErrorOut(error.row, error.column, TITLE_OF.get(error.column, ""), error.code, error.rule)
            for error in report.errors[:MAX_ERRORS]
        ),
    )


@ROUTES.upload("/product-imports", import_products, accepts=(CSV, XLSX), refuses=SHEET_REFUSALS)
def post_product_import(desk: Desk, query: ImportQuery, file: Upload) -> ImportOut:
    """Take products in from a file.

    The body is the file. UTF-8 (with or without BOM), GBK and GB18030 are read. All-or-nothing refuses a file with a faulty
    row; row by row takes the good ones and reports the others, as does a dry run, which writes nothing. Rows are matched by
    business codes; the same file twice is refused.
    """
    taken = _take_in(desk, query, file)
    taken.demand()
    return _import_out(taken)


@ROUTES.upload("/product-imports/marked", import_products, accepts=(CSV, XLSX), produces=(CSV, XLSX), refuses=SHEET_REFUSALS)
def post_product_import_marked(desk: Desk, query: ImportQuery, file: Upload) -> Reply[Download]:
    """Take products in, and get the same file back with a column that names each row's error.

    The counts stand in the headers X-Imported, X-Updated, X-Skipped and X-Failed.
    """
    taken = _take_in(desk, query, file)
    form = SheetFormat.XLSX if file.media_type == XLSX else SheetFormat.CSV
    name = query.file_name.rpartition(".")[0] or "products"
    marked = Download(taken.marked(Files(), form), MEDIA[form], f"{name}-marked.{form.value}")
    counts = {f"x-{result.value}": str(taken.report.count(result)) for result in Result}
    return Reply(marked, 200, counts)


class FileOut(wire.Wire):
    """A product file that was taken in, or begun."""

    id: wire.Id
    file_name: str
    content_hash: str
    at: wire.Moment
    actor: wire.Id
    state: ImportState
    imported: int
    updated: int
    skipped: int
    failed: int


class FilesQuery(wire.Wire):
    """Whose files: a merchant's, or the house's own without it."""

    merchant_id: wire.Id | None = None
    limit: wire.Limit = 20


class FilesOut(wire.Wire):
    """Files, newest first."""

    items: tuple[FileOut, ...]


@ROUTES.get("/product-imports", list_imports)
def get_product_imports(desk: Desk, query: FilesQuery) -> FilesOut:
    """List the latest product files with their counts."""
    owner = None if query.merchant_id is None else MerchantId(query.merchant_id)
    found = desk.ask(list_imports, ListImports(owner, query.limit))
    return FilesOut(tuple(FileOut(**{name: getattr(file, name) for name in FileOut.__struct_fields__}) for file in found))


@ROUTES.get("/product-imports/template", list_products, produces=(CSV, XLSX))
def get_product_import_template(desk: Desk, query: FormatQuery) -> Download:
    """Get an empty file to fill in; xlsx with lists to choose from, notes and an example."""
    del desk
    return Download(Files().template(query.format, COLUMNS), MEDIA[query.format], f"products-template.{query.format.value}")


@ROUTES.get("/product-exports", begin_export, produces=(CSV, XLSX))
def get_product_export(desk: Desk, query: FormatQuery) -> Download:
    """Get every product that you may see as a file, which the import takes back.

    The export stands in the operation log.
    """
    content = export_products(desk.house.office, Files(), query.format, desk.act)
    return Download(content, MEDIA[query.format], f"products.{query.format.value}")
