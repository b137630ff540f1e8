"""Paper of the floor: labels for places, products and handling units, and sheets to count by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

import attrs

from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import HOUSE_TIME
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.ports import PrintingTx
from houtai.application.printing.reach import printer_in
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.application.warehouse.bin_ports import BIN_BY_LOCATION, FILLED, LOT_BY_CODE, BinsTx
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, PrintJobId, SkuId, WarehouseId, derive
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.printing.documents import (
    CountLine,
    CountSheet,
    HandlingUnitLabel,
    LocationLabel,
    ProductLabel,
)
from houtai.domain.printing.job import MAX_COPIES, PrintJob
from houtai.domain.printing.printer import Printer
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.bins import Bin, LotId
from houtai.domain.warehouse.location import Activity, Location, parts_of
from houtai.domain.warehouse.lots import Lot

PAPERS: Final = "warehouse.papers"
MAX_LABELS: Final = 200


class PapersTx(BinsTx, PrintingTx, Protocol):
    """What lies where, and the printers."""


@attrs.frozen
class PrintPlaceLabels:
    """A label for each of these places, on a printer of their warehouse."""

    warehouse_id: WarehouseId
    locations: tuple[LocationId, ...] = attrs.field(validator=limits.at_most(MAX_LABELS, low=1))
    printer: PrinterId


@needs(PAPERS, along=(WAREHOUSE,))
def print_place_labels(tx: PapersTx, cmd: PrintPlaceLabels, act: Act) -> tuple[PrintJob, ...]:
    """One job a place, in the order given. Raises NotFound, PrinterCannot, and InvalidValue where nobody can stand."""
    _, printer = _at(tx, cmd.warehouse_id, cmd.printer, act)
    places = _places(tx, cmd.warehouse_id, cmd.locations)
    for place in places:
        if not place.physical:
            raise InvalidValue(field="locations", rule=f"must be places with a shelf, which {place.path} is not")
    return tuple(
        _queue(tx, LocationLabel(code=place.barcode, path=place.path, zone=parts_of(place.path)[0]), printer, place.id, act)
        for place in places
    )


@attrs.frozen
class PrintUnitLabels:
    """A licence plate for each of these handling units, on a printer of their warehouse."""

    warehouse_id: WarehouseId
    units: tuple[HandlingUnitId, ...] = attrs.field(validator=limits.at_most(MAX_LABELS, low=1))
    printer: PrinterId


@needs(PAPERS, along=(WAREHOUSE,))
def print_unit_labels(tx: PapersTx, cmd: PrintUnitLabels, act: Act) -> tuple[PrintJob, ...]:
    """One job a unit, in the order given; what lies in it changes and stands on no label. Raises NotFound, PrinterCannot."""
    warehouse, printer = _at(tx, cmd.warehouse_id, cmd.printer, act)
    found = tx.handling_units.many(cmd.units)
    for unit_id in cmd.units:
        if unit_id not in found or found[unit_id].warehouse_id != warehouse.id:
            raise NotFound(what="handling unit", key=str(unit_id))
    return tuple(
        _queue(
            tx,
            HandlingUnitLabel(lpn=found[one].barcode, kind=found[one].kind.value, warehouse=warehouse.name),
            printer,
            one,
            act,
        )
        for one in cmd.units
    )


@attrs.frozen
class PrintProductLabels:
    """So many labels for pieces of one product, with the dates of `lot` where one is named."""

    warehouse_id: WarehouseId
    sku_id: SkuId
    printer: PrinterId
    copies: int = attrs.field(default=1, validator=limits.between(1, MAX_COPIES))
    lot: str = attrs.field(default="", validator=limits.text(0, 64))


@needs(PAPERS, along=(WAREHOUSE, MERCHANT))
def print_product_labels(tx: PapersTx, cmd: PrintProductLabels, act: Act) -> PrintJob:
    """One job with its copies: the code of a single piece, else the SKU's own. More of the same are a reprint of it.

    Raises NotFound, also for a lot that the product does not have, NotStocked, PrinterCannot.
    """
    sku = stocked_skus(tx, [cmd.sku_id])[cmd.sku_id]
    _, printer = _at(tx, cmd.warehouse_id, cmd.printer, act, (sku,))
    lot = tx.lots.first(LOT_BY_CODE, (sku.id, cmd.lot)) if cmd.lot else None
    if cmd.lot and lot is None:
        raise NotFound(what="lot", key=cmd.lot)
    label = ProductLabel(
        barcode=next((one.code for one in sku.barcodes if one.pack_qty == 1), sku.code),
        sku=sku.code,
        name=tx.products.get(sku.product_id).title,
        spec=_spec(sku),
        lot=cmd.lot,
        made_on=_day(None if lot is None else lot.produced_on),
        expires_on=_day(None if lot is None else lot.expires_on),
    )
    return _queue(tx, label, printer, sku.id, act, copies=cmd.copies)


@attrs.frozen
class PrintCountSheet:
    """What to count at these places, with room for what is found. `blind` leaves the books' figures off.

    `job` makes it one sheet however often it is asked for.
    """

    job: PrintJobId
    warehouse_id: WarehouseId
    locations: tuple[LocationId, ...] = attrs.field(validator=limits.at_most(MAX_LABELS, low=1))
    printer: PrinterId
    blind: bool = True
    reason: str = attrs.field(default="", validator=limits.text(0, 200))


@needs(PAPERS, along=(WAREHOUSE, MERCHANT))
def print_count_sheet(tx: PapersTx, cmd: PrintCountSheet, act: Act) -> PrintJob:
    """A line for each product and lot that should lie there, in the order of the walk, and its number for whoever enters it.

    Raises NotFound, PrinterCannot, and InvalidValue for a place that is not counted, or where nothing should lie anywhere.
    """
    warehouse, printer = _at(tx, cmd.warehouse_id, cmd.printer, act)
    known = tx.print_jobs.find(cmd.job)
    if known is not None and known.warehouse_id == warehouse.id:
        return known
    places = sorted(_places(tx, cmd.warehouse_id, cmd.locations), key=lambda one: (one.walk.pick_sequence, one.path))
    for place in places:
        if not place.allows(Activity.CYCLE_COUNT):
            raise InvalidValue(field="locations", rule=f"must be places that may be counted, which {place.path} may not")
    lines = _count_lines(tx, warehouse, places, cmd, act)
    if not lines:
        raise InvalidValue(field="locations", rule="must be places where something should lie")
    sheet = CountSheet(
        number=f"CS-{cmd.job.hex[-12:].upper()}",
        warehouse=warehouse.name,
        reason=cmd.reason,
        made_on=f"{act.at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M}",
        lines=lines,
    )
    return queue_print(tx, RequestPrint(job=cmd.job, printer=printer.id, document=sheet), printer, act)


def _count_lines(
    tx: PapersTx, warehouse: Warehouse, places: Sequence[Location], cmd: PrintCountSheet, act: Act
) -> tuple[CountLine, ...]:
    turn = {place.id: number for number, place in enumerate(places)}
    lying = [one for one in tx.bins.by(BIN_BY_LOCATION, *((place.id, FILLED) for place in places)) if one.qty]
    skus = stocked_skus(tx, sorted({one.key.sku_id for one in lying}))
    demand_at(act, PAPERS, warehouse, skus.values())
    products = tx.products.many(sku.product_id for sku in skus.values())
    lots = tx.lots.many(one.key.lot_id for one in lying if one.key.lot_id is not None)
    sums: dict[tuple[int, str, SkuId, str], int] = {}
    for one in lying:
        sku = skus[one.key.sku_id]
        key = turn[one.key.location_id], sku.code, sku.id, _lot_code(one, lots)
        sums[key] = sums.get(key, 0) + one.qty
    return tuple(
        CountLine(
            location=places[number].path,
            sku=code,
            name=products[skus[sku_id].product_id].title,
            spec=_spec(skus[sku_id]),
            lot=lot,
            book_qty=None if cmd.blind else sums[number, code, sku_id, lot],
        )
        for number, code, sku_id, lot in sorted(sums)
    )


def _at(
    tx: PapersTx, warehouse_id: WarehouseId, printer_id: PrinterId, act: Act, skus: Sequence[Sku] = ()
) -> tuple[Warehouse, Printer]:
    """The warehouse, which this actor reaches, and its printer. Raises NotFound."""
    warehouse = tx.warehouses.get(warehouse_id)
    demand_at(act, PAPERS, warehouse, skus)
    return warehouse, printer_in(tx, warehouse.id, printer_id)


def _places(tx: PapersTx, warehouse_id: WarehouseId, wanted: Sequence[LocationId]) -> tuple[Location, ...]:
    found = tx.locations.many(wanted)
    for location_id in wanted:
        if location_id not in found or found[location_id].warehouse_id != warehouse_id:
            raise NotFound(what="location", key=str(location_id))
    return tuple(found[location_id] for location_id in dict.fromkeys(wanted))


def _queue(
    tx: PapersTx,
    label: LocationLabel | ProductLabel | HandlingUnitLabel,
    printer: Printer,
    of: UUID,
    act: Act,
    *,
    copies: int = 1,
) -> PrintJob:
    job = PrintJobId(derive(of, "label", printer.id, *attrs.astuple(label), copies))
    return queue_print(tx, RequestPrint(job=job, printer=printer.id, document=label, copies=copies), printer, act)


def _lot_code(one: Bin, lots: Mapping[LotId, Lot]) -> str:
    return "" if one.key.lot_id is None else lots[one.key.lot_id].code


def _spec(sku: Sku) -> str:
    return " ".join(sku.option_values)[:200]


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
