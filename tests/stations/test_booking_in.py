"""A simple delivery by scans: the books, the lots and the bins say what stands where; each wrong scan books nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from houtai.application.catalog.describe import EditSku, edit_sku
from houtai.application.inventory.queries import find_receipt
from houtai.application.office import Office
from houtai.application.warehouse.bin_queries import lots_of_sku
from houtai.application.warehouse.book_in import BookIn, book_in
from houtai.application.warehouse.lots import RegisterLot, register_lot
from houtai.domain.act import Act
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.ids import new_id
from houtai.domain.inventory.refusals import CostNeeded
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.work import Task
from tests.inventory.arrange import some_skus
from tests.stations.floor import Floor, said, some_floor, some_tote
from tests.stations.test_moving import FIRST, SECOND, TABLE

GTIN = "6901234567892"


@pytest.fixture
def floor(office: Office, clock: Any, system: Act) -> Floor:
    """Ten pieces of tea at 5 yuan wait, and a delivery is about to be booked in; on every adapter."""
    made = some_floor(office, clock, system)
    made.open(Task.BOOK_IN)
    return made


@pytest.fixture
def memory_floor(memory_office: Office, clock: Any, system: Act) -> Floor:
    made = some_floor(memory_office, clock, system)
    made.open(Task.BOOK_IN)
    return made


def some_lot(floor: Floor, code: str = "A1", expires_on: dt.date | None = None) -> None:
    """From now on tea is told apart by lots."""
    floor.office.perform(register_lot, RegisterLot(LotId(new_id()), floor.depot.tea, code, None, expires_on), floor.depot.act)


def lots(floor: Floor) -> dict[str, dt.date | None]:
    return {lot.code: lot.expires_on for lot in floor.office.ask(lots_of_sku, floor.depot.tea, floor.depot.act)}


def worth(floor: Floor) -> tuple[int, int]:
    stock = floor.depot.shop.stock(floor.depot.tea)
    return stock.sellable_qty, stock.value_minor


def test_a_delivery_stands_at_its_place_and_in_the_books_at_what_such_goods_cost_last(floor: Floor) -> None:
    booked = floor.scan("DN-4711", "TEA", "7", SECOND)
    assert said(booked) == "booked-in"
    assert (floor.depot.lies(), worth(floor)) == ({"UNPLACED": 10, "A-02-01-1": 7}, (17, 8_500))
    assert booked.facts == (("label.delivery", "DN-4711"),)
    assert booked.rows == (("TEA", "\u4fdd\u6e29\u676f TEA", "", "7", "A-02-01-1"),)
    assert said(floor.scan("TEA", "TEA", FIRST, "C-DONE")) == "delivery-done"
    assert floor.depot.lies() == {"UNPLACED": 10, "A-01-01-1": 2, "A-02-01-1": 7}


def test_the_paper_is_no_must_and_goods_may_be_put_away_later(memory_floor: Floor) -> None:
    screen = memory_floor.scan("TEA", "3", "C-DONE")
    assert (said(screen), screen.facts) == ("booked-in", ())
    assert memory_floor.depot.lies() == {"UNPLACED": 13}
    memory_floor.open(Task.RECEIVE)
    assert said(memory_floor.scan("TEA", "13", FIRST)) == "moved"


def test_the_receipt_names_the_delivery(memory_floor: Floor) -> None:
    cmd = BookIn(new_id(), memory_floor.depot.warehouse, memory_floor.depot.tea, 2, memory_floor.depot.first.id, note="DN-9")
    made = memory_floor.office.perform(book_in, cmd, memory_floor.depot.act)
    kept = memory_floor.office.ask(find_receipt, made.id, memory_floor.depot.act)
    assert (kept.note, kept.value_minor, [(line.qty, line.unit_minor) for line in kept.lines]) == ("DN-9", 1_000, [(2, 500)])


def test_goods_that_have_lots_come_in_with_one_and_a_new_one_with_its_date(floor: Floor) -> None:
    some_lot(floor, "A1", dt.date(2027, 3, 31))
    assert floor.scan("C-DONE", "TEA").prompt.code == "prompt.lot"
    assert floor.scan("A1").prompt.code == "prompt.book-in"
    floor.scan("2", FIRST)
    assert floor.scan("TEA", "B7").prompt.code == "prompt.expiry"
    floor.scan("20270930", "3", FIRST)
    floor.scan("TEA", "C8", "C-SKIP", SECOND)
    assert lots(floor) == {"A1": dt.date(2027, 3, 31), "B7": dt.date(2027, 9, 30), "C8": None}
    lying = {(one.path, one.lot_code): one.qty for one in floor.depot.bins()}
    assert lying == {("UNPLACED", ""): 10, ("A-01-01-1", "A1"): 2, ("A-01-01-1", "B7"): 3, ("A-02-01-1", "C8"): 1}


def test_a_gs1_symbol_says_lot_expiry_and_serial_by_itself(floor: Floor, system: Act) -> None:
    floor.office.perform(edit_sku, EditSku(floor.depot.tea, 1, "保温杯 TEA", (Barcode(GTIN),)), system)
    screen = floor.scan("DN-1", f"]d2010{GTIN}17270930" + "10B7\x1d21S1")
    assert (screen.prompt.code, screen.facts[2:]) == ("prompt.book-in", (("label.lot", "B7"), ("label.expiry", "2027-09-30")))
    assert floor.refuses(f"]d2010{GTIN}17270930" + "10B7\x1d21S1") == "station.same-piece"
    assert floor.refuses(f"]d2010{GTIN}" + "10OTHER") == "scan.wrong-record"
    floor.scan(f"]d2010{GTIN}17270930" + "10B7\x1d21S2")
    assert floor.refuses("1") == "invalid-value"
    assert said(floor.scan(FIRST)) == "booked-in"
    assert lots(floor) == {"B7": dt.date(2027, 9, 30)}
    floor.scan(f"]d2010{GTIN}" + "10B7\x1d21S1")
    assert floor.refuses(SECOND) == "warehouse.serial-taken"


def test_wrong_scans_and_dates_book_nothing(memory_floor: Floor) -> None:
    some_lot(memory_floor)
    assert memory_floor.refuses(FIRST) == "scan.wrong-record"
    assert memory_floor.refuses("6901234567892") == "scan.not-found"
    assert memory_floor.refuses("C-SHORT") == "station.not-now"
    memory_floor.scan("DN-1")
    assert memory_floor.refuses("DN-2") == "scan.not-found"
    memory_floor.scan("TEA")
    assert memory_floor.refuses(FIRST) == "scan.wrong-record"
    assert memory_floor.refuses("C-DONE") == "station.not-now"
    memory_floor.scan("B7")
    for wrong in ("20270231", "2027", "NEVER"):
        assert memory_floor.refuses(wrong) == "invalid-value"
    memory_floor.scan("20200101")
    assert memory_floor.refuses(FIRST) == "invalid-value"  # expired before it came
    assert memory_floor.depot.lies() == {"UNPLACED": 10}


def test_a_step_is_taken_back_and_the_delivery_begun_anew(memory_floor: Floor) -> None:
    memory_floor.scan("DN-1", "TEA", "5")
    assert memory_floor.scan("C-UNDO").prompt.code == "prompt.arrived"
    assert memory_floor.scan("C-UNDO").prompt.code == "prompt.delivery"
    memory_floor.scan("TEA", FIRST)
    assert memory_floor.refuses("C-UNDO") == "station.not-now"
    assert said(memory_floor.scan("C-CANCEL")) == "begun-anew"
    assert memory_floor.depot.lies() == {"UNPLACED": 10, "A-01-01-1": 1}


def test_goods_come_into_a_tote_where_it_stands(memory_floor: Floor) -> None:
    tote = some_tote(memory_floor)
    assert said(memory_floor.scan("TEA", "4", "H-T1")) == "booked-in"
    assert memory_floor.depot.lies(handling_unit_id=tote.id) == {"A-01-01-1": 4}


def test_a_place_that_does_not_take_them_says_why(memory_floor: Floor, system: Act) -> None:
    from houtai.domain.warehouse.location import LocationKind
    from tests.warehouse.arrange import some_location

    some_location(memory_floor.office, system, memory_floor.depot.warehouse, "D-01", LocationKind.DAMAGED)
    memory_floor.scan("TEA")
    assert memory_floor.refuses("L-SH-D-01") == "warehouse.cannot-place"
    assert said(memory_floor.scan(TABLE)) == "booked-in"


def test_goods_whose_cost_nobody_knows_are_not_booked_at_the_dock(memory_floor: Floor, system: Act) -> None:
    (cup,) = some_skus(memory_floor.office, system, "CUP")
    memory_floor.scan("CUP")
    assert memory_floor.refuses(FIRST) == "inventory.cost-needed"
    with pytest.raises(CostNeeded):
        cmd = BookIn(new_id(), memory_floor.depot.warehouse, cup, 1, memory_floor.depot.first.id)
        memory_floor.office.perform(book_in, cmd, system)


def test_a_lot_that_is_missing_or_known_with_another_date_is_refused(memory_floor: Floor, system: Act) -> None:
    some_lot(memory_floor, "A1", dt.date(2027, 3, 31))
    depot = memory_floor.depot
    for more in ({}, {"lot": "A1", "expires_on": dt.date(2027, 4, 1)}):
        cmd = BookIn(new_id(), depot.warehouse, depot.tea, 1, depot.first.id, **more)  # type: ignore[arg-type]  # fields by name
        with pytest.raises(InvalidValue):
            memory_floor.office.perform(book_in, cmd, system)
    wrongs: list[dict[str, Any]] = [{"serials": ("S1", "S2")}, {"expires_on": dt.date(2027, 4, 1)}]
    for wrong in wrongs:
        with pytest.raises(InvalidValue):
            BookIn(new_id(), depot.warehouse, depot.tea, 1, depot.first.id, **wrong)
