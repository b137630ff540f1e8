"""Paper of a warehouse's floor over HTTP: labels for places, handling units and products, and sheets to count by."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.warehouse import papers
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, PrintJobId, SkuId, WarehouseId
from houtai.domain.inventory.refusals import NotStocked
from houtai.domain.printing.job import MAX_COPIES
from houtai.domain.printing.refusals import PrintedBefore, PrinterCannot
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.printing_wire import PrintJobOut, PrintJobsOut, job_out, jobs_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("floor papers", "Labels for places, handling units and products, and sheets to count by.")
ON_PAPER = (PrinterCannot, PrintedBefore)

_Ids = Annotated[tuple[wire.Id, ...], Meta(min_length=1, max_length=papers.MAX_LABELS)]


class PlaceLabels(wire.Wire):
    """A label for each place."""

    location_ids: _Ids
    printer_id: wire.Id


@ROUTES.post("/warehouses/{warehouse_id}/place-labels", papers.print_place_labels, refuses=ON_PAPER)
def post_place_labels(desk: Desk, warehouse_id: wire.Id, body: PlaceLabels) -> PrintJobsOut:
    """Print a label for each of these places. The same label again is the same job: a second one is a reprint."""
    places = tuple(LocationId(one) for one in body.location_ids)
    cmd = papers.PrintPlaceLabels(WarehouseId(warehouse_id), places, PrinterId(body.printer_id))
    return jobs_out(desk.perform(papers.print_place_labels, cmd))


class UnitLabels(wire.Wire):
    """A licence plate for each handling unit."""

    handling_unit_ids: _Ids
    printer_id: wire.Id


@ROUTES.post("/warehouses/{warehouse_id}/unit-labels", papers.print_unit_labels, refuses=ON_PAPER)
def post_unit_labels(desk: Desk, warehouse_id: wire.Id, body: UnitLabels) -> PrintJobsOut:
    """Print a licence plate for each of these handling units."""
    units = tuple(HandlingUnitId(one) for one in body.handling_unit_ids)
    cmd = papers.PrintUnitLabels(WarehouseId(warehouse_id), units, PrinterId(body.printer_id))
    return jobs_out(desk.perform(papers.print_unit_labels, cmd))


class ProductLabels(wire.Wire, kw_only=True):
    """So many labels for pieces of one product, with the dates of its lot where one is named."""

    sku_id: wire.Id
    printer_id: wire.Id
    copies: Annotated[int, Meta(ge=1, le=MAX_COPIES)] = 1
    lot: Annotated[str, Meta(max_length=64)] = ""


@ROUTES.post("/warehouses/{warehouse_id}/product-labels", papers.print_product_labels, refuses=(*ON_PAPER, NotStocked))
def post_product_labels(desk: Desk, warehouse_id: wire.Id, body: ProductLabels) -> PrintJobOut:
    """Print labels for pieces of a product, with its own code and name."""
    cmd = papers.PrintProductLabels(
        WarehouseId(warehouse_id), SkuId(body.sku_id), PrinterId(body.printer_id), body.copies, body.lot
    )
    return job_out(desk.perform(papers.print_product_labels, cmd))


class CountSheetWish(wire.Wire, kw_only=True):
    """Which places are to be counted; `blind` leaves the books' figures off the sheet."""

    location_ids: _Ids
    printer_id: wire.Id
    blind: bool = True
    reason: Annotated[str, Meta(max_length=200)] = ""
    id: wire.Id | None = None


@ROUTES.post("/warehouses/{warehouse_id}/count-sheets", papers.print_count_sheet, refuses=ON_PAPER)
def post_count_sheet(desk: Desk, warehouse_id: wire.Id, body: CountSheetWish) -> PrintJobOut:
    """Print what should lie at these places, in the order of the walk, with room for what is found."""
    cmd = papers.PrintCountSheet(
        job=PrintJobId(desk.new_id(body.id)),
        warehouse_id=WarehouseId(warehouse_id),
        locations=tuple(LocationId(one) for one in body.location_ids),
        printer=PrinterId(body.printer_id),
        blind=body.blind,
        reason=body.reason,
    )
    return job_out(desk.perform(papers.print_count_sheet, cmd))
