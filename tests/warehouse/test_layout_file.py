"""A layout in a file: taken in whole or not at all, twice without effect, given back with its errors, and out again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from houtai.adapters.sheets.files import Files
from houtai.application.catalog.import_products import Result
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.sheets import BadHeader, RowsRefused, SheetFormat
from houtai.application.warehouse.layout_file import LayoutFile, LayoutTaken, export_layout, take_in_layout
from houtai.application.warehouse.queries import ListLocations, list_locations
from houtai.domain.act import Act
from houtai.domain.ids import WarehouseId
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.location import AbcClass, Location, LocationKind, MixPolicy, Side
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_location
from tests.warehouse.test_locations import clerk

HEADER = "库位,库位条码,类型,混放规则,承重(克),横坐标(毫米),左右,拣货顺序,ABC"
ROWS = ("A-01-01-1,L-A1,拣货,同品,500000,-1200,右,10,A", "A-01-02-1,,存储,,,,,20,", "RECV,,收货,,,,,,")


def bring(
    office: Office, act: Act, warehouse: WarehouseId, *rows: str, header: str = HEADER, encoding: str = "utf-8", dry: bool = False
) -> LayoutTaken:
    content = "\n".join((header, *rows)).encode(encoding)
    return take_in_layout(office, Files(), LayoutFile(warehouse, content, SheetFormat.CSV, "layout.csv", dry), act)


def drawn(office: Office, act: Act, warehouse: WarehouseId) -> dict[str, Location]:
    page = Page(limit=100, newest_first=False)
    found = office.ask(list_locations, ListLocations(page, warehouse), act).items
    return {place.path: place for place in found}


def counts(taken: LayoutTaken) -> tuple[int, ...]:
    return tuple(taken.count(result) for result in Result)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_file_in_every_usual_encoding_draws_the_layout(office: Office, system: Act, encoding: str) -> None:
    warehouse = some_warehouse(office, system)
    taken = bring(office, system, warehouse, *ROWS, encoding=encoding)
    assert (taken.applied, counts(taken)) == (True, (3, 0, 0, 0))
    place = drawn(office, system, warehouse)["A-01-01-1"]
    assert (place.barcode, place.kind, place.mix, place.abc) == (
        "L-A1",
        LocationKind.PICK_FACE,
        MixPolicy.SAME_PRODUCT,
        AbcClass.A,
    )
    assert (place.capacity.max_weight_g, place.walk.x_mm, place.walk.side, place.walk.pick_sequence) == (
        500_000,
        -1_200,
        Side.RIGHT,
        10,
    )


def test_the_same_file_again_changes_nothing(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    bring(office, system, warehouse, *ROWS)
    before = drawn(office, system, warehouse)
    assert counts(bring(office, system, warehouse, *ROWS)) == (0, 0, 3, 0)
    assert drawn(office, system, warehouse) == before


def test_a_column_that_the_file_lacks_stays_as_it_is(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    bring(office, system, warehouse, *ROWS)
    taken = bring(office, system, warehouse, "A-01-01-1,99", header="库位,拣货顺序")
    place = drawn(office, system, warehouse)["A-01-01-1"]
    assert counts(taken) == (0, 1, 0, 0)
    assert (place.walk.pick_sequence, place.walk.x_mm, place.barcode, place.version) == (99, -1_200, "L-A1", 2)


def test_a_dry_run_tells_and_writes_nothing(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    taken = bring(office, system, warehouse, *ROWS, dry=True)
    assert (taken.applied, counts(taken)) == (False, (3, 0, 0, 0))
    assert drawn(office, system, warehouse) == {}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("A--1,,,,,,,,", "path"),
        (",,,,,,,,", ""),
        ("A-2,X-1,,,,,,,", "barcode"),
        ("A-2,L-A1,,,,,,,", "barcode"),
        ("A-2,,货架,,,,,,", "kind"),
        ("A-2,,,,1.5,,,,", "max_weight_g"),
        ("A-2,,,,0,,,,", "max_weight_g"),
        ("A-2,,,,,１２,,,", "x_mm"),
        ("A-2,,,,,,上,,", "side"),
        ("A-01-01-1,,,,,,,,", "path"),
        ("UNPLACED,,,,,,,,", "path"),
        ("A-2,", ""),
    ],
)
def test_a_faulty_row_names_its_column_and_keeps_every_other_row_out(office: Office, system: Act, row: str, column: str) -> None:
    warehouse = some_warehouse(office, system)
    taken = bring(office, system, warehouse, *ROWS, row)
    if row.strip(","):
        assert {error.column for error in taken.errors} == {column}
        with pytest.raises(RowsRefused):
            taken.demand()
        assert drawn(office, system, warehouse) == {}
    else:  # a blank row is no row
        assert taken.applied


def test_a_barcode_of_another_warehouse_is_taken(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    some_location(office, system, there, "A-1", barcode="L-A1")
    assert [error.rule for error in bring(office, system, here, *ROWS).errors] == ["is taken"]


def test_the_file_comes_back_with_its_errors_in_its_own_language(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    taken = bring(office, system, warehouse, ROWS[0], "A-2,,,,x,,,,")
    lines = taken.marked(Files(), SheetFormat.CSV).decode("utf-8-sig").splitlines()
    assert "错误原因" in lines[0]
    assert "承重(克): 只能是不带分隔符的整数" in lines[2]


def test_a_header_that_no_template_has_is_refused(office: Office, system: Act) -> None:
    with pytest.raises(BadHeader):
        bring(office, system, some_warehouse(office, system), header="库位,颜色")


@pytest.mark.parametrize("file_format", SheetFormat)
def test_what_goes_out_comes_back_unchanged(office: Office, system: Act, file_format: SheetFormat) -> None:
    warehouse = some_warehouse(office, system)
    bring(office, system, warehouse, *ROWS)
    content = export_layout(office, Files(), warehouse, file_format, system)
    taken = take_in_layout(office, Files(), LayoutFile(warehouse, content, file_format), system)
    assert counts(taken) == (0, 0, 3, 0)


def test_a_clerk_takes_no_layout_out_of_a_warehouse_that_is_not_theirs(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    with pytest.raises(NotFound):
        export_layout(office, Files(), there, SheetFormat.CSV, clerk(system, here, "warehouse.export"))


def test_a_layout_takes_as_many_statements_for_many_places_as_for_few(sql_store: Any, clock: Any, system: Act) -> None:
    office = Office(sql_store, clock)
    warehouse = some_warehouse(office, system)
    statements: list[str] = []
    event.listen(sql_store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    def needed(zone: str, count: int) -> int:
        statements.clear()
        bring(office, system, warehouse, *(f"{zone}-{number:05d},,,,,,,{number}," for number in range(count)))
        return len(statements)

    needed("Z", 2)
    few, many = needed("A", 3), needed("B", 300)
    assert few - 1 <= many <= few  # a note names few places, or says that any may have changed and forgets those before


def test_ten_thousand_places_come_in_at_once(sql_store: Any, clock: Any, system: Act) -> None:
    office = Office(sql_store, clock)
    warehouse = some_warehouse(office, system)
    rows = [f"A-{number:05d},,,,,,,{number}," for number in range(9_999)]
    assert counts(bring(office, system, warehouse, *rows)) == (9_999, 0, 0, 0)
