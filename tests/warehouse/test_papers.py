"""Labels and count sheets of the floor: what stands on them is what the house knows, and each is one job."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.plain import from_plain
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.application.warehouse.papers import (
    PrintCountSheet,
    PrintPlaceLabels,
    PrintProductLabels,
    PrintUnitLabels,
    print_count_sheet,
    print_place_labels,
    print_product_labels,
    print_unit_labels,
)
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, PrintJobId, WarehouseId, new_id
from houtai.domain.printing.documents import CountSheet, HandlingUnitLabel, LocationLabel, ProductLabel
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Location, Standard, standard_id
from tests.http_client import Caller
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_location
from tests.warehouse.bins_arrange import Depot, some_depot

PAPERS = (Size.MM_60_40, Size.MM_100_100, Size.A4)


@pytest.fixture
def depot(office: Office, system: Act) -> Depot:
    return some_depot(office, system)


def printer(depot: Depot, warehouse: WarehouseId | None = None) -> PrinterId:
    made, folder = PrinterId(new_id()), PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "papers", PAPERS)
    code = f"PAPERS-{made.hex[-6:]}".upper()
    cmd = AddPrinter(made, code, "标签机", warehouse or depot.warehouse, folder)
    return depot.office.perform(add_printer, cmd, depot.act).id


def labelled(depot: Depot, *places: LocationId, on: PrinterId) -> tuple[Any, ...]:
    return depot.office.perform(print_place_labels, PrintPlaceLabels(depot.warehouse, places, on), depot.act)


def sheet(depot: Depot, *places: Location, on: PrinterId, **more: Any) -> CountSheet:
    cmd = PrintCountSheet(PrintJobId(new_id()), depot.warehouse, tuple(one.id for one in places), on, **more)
    told: CountSheet = from_plain(depot.office.perform(print_count_sheet, cmd, depot.act).payload, CountSheet)
    return told


def test_places_get_the_code_that_a_scan_of_them_knows_and_the_same_label_is_one_job(depot: Depot) -> None:
    on = printer(depot)
    jobs = labelled(depot, depot.second.id, depot.first.id, on=on)
    told = [from_plain(job.payload, LocationLabel) for job in jobs]
    assert [(label.code, label.path, label.zone) for label in told] == [
        (depot.second.barcode, "A-02-01-1", "A"),
        (depot.first.barcode, "A-01-01-1", "A"),
    ]
    assert labelled(depot, depot.second.id, depot.first.id, on=on) == jobs


def test_no_label_for_what_has_no_shelf_or_stands_elsewhere(depot: Depot) -> None:
    on, other = printer(depot), some_warehouse(depot.office, depot.act, "GZ")
    with pytest.raises(InvalidValue, match="must be places with a shelf, which SUPPLIER is not"):
        labelled(depot, standard_id(depot.warehouse, Standard.SUPPLIER), on=on)
    with pytest.raises(NotFound, match="location"):
        labelled(depot, some_location(depot.office, depot.act, other).id, on=on)
    with pytest.raises(NotFound, match="printer"):
        labelled(depot, depot.first.id, on=printer(depot, other))


def test_a_unit_gets_its_licence_plate_in_its_own_warehouse_only(depot: Depot) -> None:
    on, other = printer(depot), some_warehouse(depot.office, depot.act, "GZ")
    here, there = (
        depot.office.perform(make_unit, MakeUnit(HandlingUnitId(new_id()), warehouse, code, UnitKind.TOTE), depot.act).id
        for warehouse, code in ((depot.warehouse, "H-1"), (other, "H-2"))
    )
    (job,) = depot.office.perform(print_unit_labels, PrintUnitLabels(depot.warehouse, (here,), on), depot.act)
    label = from_plain(job.payload, HandlingUnitLabel)
    assert (label.lpn, label.kind, bool(label.warehouse)) == ("H-1", "tote", True)
    with pytest.raises(NotFound, match="handling unit"):
        depot.office.perform(print_unit_labels, PrintUnitLabels(depot.warehouse, (here, there), on), depot.act)


def test_a_product_is_labelled_with_its_own_code_and_the_dates_of_its_lot(depot: Depot) -> None:
    on, made, ends = printer(depot), dt.date(2026, 1, 2), dt.date(2027, 1, 2)
    depot.office.perform(register_lot, RegisterLot(LotId(new_id()), depot.tea, "L1", made, ends), depot.act)
    cmd = PrintProductLabels(depot.warehouse, depot.tea, on, copies=3, lot="L1")
    job = depot.office.perform(print_product_labels, cmd, depot.act)
    label = from_plain(job.payload, ProductLabel)
    assert (label.barcode, label.sku, bool(label.name), label.lot) == ("TEA", "TEA", True, "L1")
    assert (label.made_on, label.expires_on, job.copies) == ("2026-01-02", "2027-01-02", 3)
    with pytest.raises(NotFound, match="lot"):
        depot.office.perform(print_product_labels, PrintProductLabels(depot.warehouse, depot.tea, on, lot="L9"), depot.act)


def test_a_count_sheet_lists_what_should_lie_there_in_the_order_of_the_walk_and_tells_the_books_only_if_asked(
    depot: Depot,
) -> None:
    depot.put_away(3, depot.second)
    depot.put_away(4, depot.first)
    on = printer(depot)
    blind = sheet(depot, depot.second, depot.first, on=on, reason="月末")
    assert [(line.location, line.sku, line.book_qty) for line in blind.lines] == [
        ("A-01-01-1", "TEA", None),
        ("A-02-01-1", "TEA", None),
    ]
    assert blind.reason == "月末"
    seeing = sheet(depot, depot.second, depot.first, on=on, blind=False)
    assert [line.book_qty for line in seeing.lines] == [4, 3]
    assert seeing.number != blind.number


def test_a_count_sheet_is_one_job_though_the_stock_moves_meanwhile(depot: Depot) -> None:
    depot.put_away(3, depot.first)
    cmd = PrintCountSheet(PrintJobId(new_id()), depot.warehouse, (depot.first.id,), printer(depot), blind=False)
    first = depot.office.perform(print_count_sheet, cmd, depot.act)
    depot.put_away(1, depot.first)
    assert depot.office.perform(print_count_sheet, cmd, depot.act) == first


def test_empty_places_and_those_that_nobody_counts_are_refused(depot: Depot) -> None:
    on, dock = printer(depot), some_location(depot.office, depot.act, depot.warehouse, "D-01", activities=frozenset())
    with pytest.raises(InvalidValue, match="where something should lie"):
        sheet(depot, depot.first, on=on)
    with pytest.raises(InvalidValue, match="D-01 may not"):
        sheet(depot, dock, on=on)


def test_the_papers_over_http(http_client: Caller, memory_office: Office, system: Act) -> None:
    depot = some_depot(memory_office, system)
    depot.put_away(3, depot.first)
    on, base = str(printer(depot)), f"/warehouses/{depot.warehouse}"
    unit = memory_office.perform(make_unit, MakeUnit(HandlingUnitId(new_id()), depot.warehouse, "H-1", UnitKind.TOTE), system)
    places = http_client.post(f"{base}/place-labels", {"location_ids": [str(depot.first.id)], "printer_id": on})
    units = http_client.post(f"{base}/unit-labels", {"handling_unit_ids": [str(unit.id)], "printer_id": on})
    product = http_client.post(f"{base}/product-labels", {"sku_id": str(depot.tea), "printer_id": on, "copies": 2})
    count = http_client.post(f"{base}/count-sheets", {"location_ids": [str(depot.first.id)], "printer_id": on})
    assert [one.status_code for one in (places, units, product, count)] == [200] * 4, (places.text, count.text)
    assert [one["kind"] for one in (*places.json()["items"], *units.json()["items"], product.json(), count.json())] == [
        "location-label",
        "handling-unit-label",
        "product-label",
        "count-sheet",
    ]
    nothing = http_client.post(f"{base}/place-labels", {"location_ids": [], "printer_id": on})
    assert (nothing.status_code, "location_ids" in nothing.text) == (400, True)
