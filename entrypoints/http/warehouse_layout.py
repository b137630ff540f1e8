"""A warehouse's layout over HTTP: its places, the tree of their paths, files in and out, and what a scanned code names."""

from __future__ import annotations

from typing import Final

from houtai.adapters.sheets.files import Files
from houtai.application.catalog.import_products import Result
from houtai.application.sheets import (
    BadHeader,
    BadSheetRow,
    InvalidNumber,
    RowsRefused,
    SheetFormat,
    SheetMalformed,
    SheetTooLarge,
)
from houtai.application.warehouse import locations, queries
from houtai.application.warehouse.import_layout import import_layout
from houtai.application.warehouse.layout_columns import COLUMNS, TITLE_OF
from houtai.application.warehouse.layout_file import LayoutFile, LayoutTaken, export_layout, layout_lines, take_in_layout
from houtai.application.warehouse.resolve import Scan, resolve
from houtai.domain.ids import LocationId, WarehouseId
from houtai.domain.warehouse.refusals import NotEmpty, StandardPlace
from houtai.entrypoints.http import warehouse_layout_wire as layout, wire
from houtai.entrypoints.http.desk import Desk, Download, Reply, Upload
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.product_files import CSV, MAX_ERRORS, MEDIA, XLSX, CellErrorOut, FormatQuery
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("layout", "The places of a warehouse, one by one and as files, and what a scanned code names.")

SHEET_REFUSALS: Final = (BadHeader, BadSheetRow, InvalidNumber, RowsRefused)


@ROUTES.post("/locations", locations.define_location, status=201, location="/locations/{id}")
def post_location(desk: Desk, body: layout.NewLocation) -> layout.LocationOut:
    """Add a place. The first one of a warehouse brings the places that every warehouse has."""
    cmd = locations.DefineLocation(
        LocationId(desk.new_id(body.id)), WarehouseId(body.warehouse_id), body.path, body.barcode, body.properties()
    )
    return layout.location_out(desk.perform(locations.define_location, cmd))


@ROUTES.get("/locations", queries.list_locations)
def get_locations(desk: Desk, query: layout.LocationQuery) -> wire.Listed[layout.LocationOut]:
    """List places by warehouse and path."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    page = query.page(newest_first=False)
    request = queries.ListLocations(page, warehouse, query.path, query.kind, query.state)
    return wire.listed(desk.ask(queries.list_locations, request), layout.location_out)


@ROUTES.get("/locations/{location_id}", queries.show_location)
def get_location(desk: Desk, location_id: wire.Id) -> layout.LocationOut:
    """Look at one place."""
    return layout.location_out(desk.ask(queries.show_location, LocationId(location_id)))


@ROUTES.put("/locations/{location_id}", locations.edit_location, refuses=(NotEmpty, StandardPlace))
def put_location(desk: Desk, location_id: wire.Id, body: layout.LocationChange) -> layout.LocationOut:
    """Change a place; its path stays. While something lies there it neither becomes sellable nor ceases to be."""
    cmd = locations.EditLocation(LocationId(location_id), desk.expected_version, body.properties(), body.barcode)
    return layout.location_out(desk.perform(locations.edit_location, cmd))


@ROUTES.post("/locations/{location_id}/block", locations.block_location, match="required", refuses=(StandardPlace,))
def post_location_block(desk: Desk, location_id: wire.Id, body: layout.LocationBlock) -> layout.LocationOut:
    """Block a place for what comes or goes, or open it again."""
    cmd = locations.BlockLocation(LocationId(location_id), desk.expected_version, body.value())
    return layout.location_out(desk.perform(locations.block_location, cmd))


@ROUTES.move("/locations/{location_id}/retire", locations.retire_location, refuses=(NotEmpty, StandardPlace))
def post_location_retire(desk: Desk, location_id: wire.Id, body: layout.RetireIn) -> layout.LocationOut:
    """Use an empty place no more; its path and barcode stay taken."""
    cmd = locations.RetireLocation(LocationId(location_id), desk.expected_version, body.reason)
    return layout.location_out(desk.perform(locations.retire_location, cmd))


@ROUTES.move("/locations/{location_id}/restore", locations.restore_location, refuses=(StandardPlace,))
def post_location_restore(desk: Desk, location_id: wire.Id) -> layout.LocationOut:
    """Use a retired place again."""
    cmd = locations.RestoreLocation(LocationId(location_id), desk.expected_version)
    return layout.location_out(desk.perform(locations.restore_location, cmd))


@ROUTES.get("/warehouses/{warehouse_id}/location-tree", queries.location_branches)
def get_location_tree(desk: Desk, warehouse_id: wire.Id, query: layout.TreeQuery) -> layout.BranchesOut:
    """Look at the tree of places in use, one step at a time."""
    found = desk.ask(queries.location_branches, queries.BranchesOf(WarehouseId(warehouse_id), query.below))
    return layout.BranchesOut(tuple(layout.branch_out(branch) for branch in found))


@ROUTES.post("/scans", resolve, keyed=False)
def post_scan(desk: Desk, body: layout.ScanIn) -> layout.MatchesOut:
    """Ask what a scanned code names in a warehouse; nothing is done by it."""
    found = desk.ask(resolve, Scan(body.code, WarehouseId(body.warehouse_id)))
    return layout.MatchesOut(tuple(layout.match_out(match) for match in found))


# -- files


class LayoutImportQuery(wire.Wire, kw_only=True):
    """How to take the file in; a dry run tells what would come of it."""

    dry_run: bool = False
    file_name: wire.Line = ""


class LayoutImportOut(wire.Wire):
    """What became of the rows. `applied` is false for a dry run."""

    dry_run: bool
    applied: bool
    imported: int
    updated: int
    skipped: int
    failed: int
    errors: tuple[CellErrorOut, ...]


def _take_in(desk: Desk, warehouse_id: wire.Id, query: LayoutImportQuery, file: Upload) -> LayoutTaken:
    """Raises Problem (400, 413) for bytes that are no such file; faulty rows are in the report."""
    form = SheetFormat.XLSX if file.media_type == XLSX else SheetFormat.CSV
    sent = LayoutFile(WarehouseId(warehouse_id), file.content, form, query.file_name, query.dry_run)
    try:
        return take_in_layout(desk.house.office, Files(), sent, desk.act, key=desk.key)
    except SheetMalformed as refusal:
        raise Problem("invalid-encoding", detail=str(refusal), members=refusal.facts()) from refusal
    except SheetTooLarge as refusal:
        raise Problem("too-large", detail=str(refusal), members=refusal.facts()) from refusal


@ROUTES.upload("/warehouses/{warehouse_id}/layout-imports", import_layout, accepts=(CSV, XLSX), refuses=SHEET_REFUSALS)
def post_layout_import(desk: Desk, warehouse_id: wire.Id, query: LayoutImportQuery, file: Upload) -> LayoutImportOut:
    """Take a layout in from a file, all of it or nothing.

    The body is the file. UTF-8 (with or without BOM), GBK and GB18030 are read. Rows are matched by path: a new place is drawn,
    a different one edited, an equal one left alone; columns that the file lacks stay as they are.
    """
    taken = _take_in(desk, warehouse_id, query, file)
    taken.demand()
    shown = taken.errors[:MAX_ERRORS]
    return LayoutImportOut(
        dry_run=taken.dry_run,
        applied=taken.applied,
        imported=taken.count(Result.IMPORTED),
        updated=taken.count(Result.UPDATED),
        skipped=taken.count(Result.SKIPPED),
        failed=taken.count(Result.FAILED),
        errors=tuple(
            CellErrorOut(error.row, error.column, TITLE_OF.get(error.column, ""), error.code, error.rule) for error in shown
        ),
    )


@ROUTES.upload(
    "/warehouses/{warehouse_id}/layout-imports/marked",
    import_layout,
    accepts=(CSV, XLSX),
    produces=(CSV, XLSX),
    refuses=SHEET_REFUSALS,
)
def post_layout_import_marked(desk: Desk, warehouse_id: wire.Id, query: LayoutImportQuery, file: Upload) -> Reply[Download]:
    """Take a layout in, and get the same file back with a column that names each row's error.

    The counts stand in the headers X-Imported, X-Updated, X-Skipped and X-Failed.
    """
    taken = _take_in(desk, warehouse_id, query, file)
    form = SheetFormat.XLSX if file.media_type == XLSX else SheetFormat.CSV
    name = query.file_name.rpartition(".")[0] or "layout"
    marked = Download(taken.marked(Files(), form), MEDIA[form], f"{name}-marked.{form.value}")
    return Reply(marked, 200, {f"x-{result.value}": str(taken.count(result)) for result in Result})


@ROUTES.get("/layout-template", queries.list_locations, produces=(CSV, XLSX))
def get_layout_template(desk: Desk, query: FormatQuery) -> Download:
    """Get an empty layout file to fill in; xlsx with lists to choose from, notes and an example."""
    del desk
    return Download(Files().template(query.format, COLUMNS), MEDIA[query.format], f"layout-template.{query.format.value}")


@ROUTES.get("/warehouses/{warehouse_id}/layout", layout_lines, produces=(CSV, XLSX))
def get_layout(desk: Desk, warehouse_id: wire.Id, query: FormatQuery) -> Download:
    """Get the places of a warehouse as a file, which the import takes back unchanged."""
    content = export_layout(desk.house.office, Files(), WarehouseId(warehouse_id), query.format, desk.act)
    return Download(content, MEDIA[query.format], f"layout.{query.format.value}")
