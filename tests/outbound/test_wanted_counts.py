"""Counts that pickers want, on every adapter: asked for once in the picker's transaction, shown, answered by the next count."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from houtai.application.inventory.queries import ListAdjustments, list_adjustments
from houtai.application.office import Office
from houtai.application.outbound.picking import AnswerZeroCheck, answer_zero_check
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.paging import Page
from houtai.application.warehouse.count_place import Counted, CountOutcome, CountPlace, count_place
from houtai.application.warehouse.wanted_counts import (
    ListWantedCounts,
    WantedCountView,
    list_wanted_counts,
    show_wanted_count,
)
from houtai.domain.ids import WantedCountId, new_id
from houtai.domain.outbound.work import PickRun
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Location
from houtai.domain.warehouse.scan import WrongRecord
from houtai.domain.warehouse.wanted_count import CountReason, WantedState
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.floor import Floor
from tests.warehouse.wanted import wanted


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


def listed(floor: Floor, **which: Any) -> tuple[WantedCountView, ...]:
    query = ListWantedCounts(Page(newest_first=False), **{"warehouse_id": floor.warehouse, **which})
    return floor.office.ask(list_wanted_counts, query, floor.act).items


def waiting(floor: Floor) -> list[tuple[str, str, CountReason]]:
    return [(one.path, one.sku_code, one.wanted.reason) for one in listed(floor, state=WantedState.OPEN)]


def count(floor: Floor, place: Location, **units: int) -> CountOutcome:
    found = tuple(Counted(floor.shop.sku[code], qty) for code, qty in units.items())
    return floor.office.perform(count_place, CountPlace(new_id(), place.id, found), floor.act)


def walk(floor: Floor, **units: int) -> PickRun:
    """Of one order, its label printed, somebody on the way with a cart of their own."""
    made = floor.printed(floor.released(**units))
    return floor.start(floor.unit(UnitKind.CART, f"H-{made.wave.number}", rows=1, columns=1), run=floor.runs(made)[0].id)


def short(floor: Floor, run: PickRun, place: Location) -> None:
    floor.office.perform(report_short, ReportShort(run.id, place.path), floor.act)


def zero_check(floor: Floor, *, empty: bool) -> None:
    run = walk(floor, TRAY=10)
    run = floor.take(run, floor.second, "TRAY", 10, run.picking.lines[0].slot)
    floor.office.perform(answer_zero_check, AnswerZeroCheck(run.id, empty), floor.act)


def test_a_short_pick_leaves_a_count_that_names_place_goods_reason_who_and_when(floor: Floor) -> None:
    run = walk(floor, CUP=3)
    assert listed(floor) == ()
    short(floor, run, floor.first)
    (seen,) = listed(floor)
    one = seen.wanted
    assert (seen.path, seen.sku_code, one.reason, one.state) == ("A-01-01-1", "CUP", CountReason.SHORT_PICK, WantedState.OPEN)
    assert (one.asked_at, one.asked_by, one.lot) == (floor.act.at, floor.act.actor, "")
    assert (one.done_at, one.done_by, one.count_id) == (None, None, None)
    assert floor.office.ask(show_wanted_count, one.id, floor.act) == seen


def test_a_place_that_is_not_empty_when_the_books_say_so_waits_for_its_count(floor: Floor) -> None:
    zero_check(floor, empty=False)
    assert waiting(floor) == [("B-01-01-1", "TRAY", CountReason.ZERO_CHECK)]


def test_a_place_that_is_empty_as_the_books_say_is_not_counted(floor: Floor) -> None:
    zero_check(floor, empty=True)
    assert listed(floor) == ()


def test_a_short_pick_that_is_refused_asks_for_no_count(memory_floor: Floor) -> None:
    run = walk(memory_floor, CUP=1)
    with pytest.raises(WrongRecord):
        short(memory_floor, run, memory_floor.second)
    assert listed(memory_floor) == ()


def test_the_same_stock_waits_once_and_another_one_beside_it(floor: Floor) -> None:
    first, second = walk(floor, CUP=3), walk(floor, CUP=3)
    short(floor, first, floor.first)
    short(floor, second, floor.first)
    short(floor, walk(floor, BOWL=2), floor.first)
    assert sorted(waiting(floor)) == [
        ("A-01-01-1", "BOWL", CountReason.SHORT_PICK),
        ("A-01-01-1", "CUP", CountReason.SHORT_PICK),
    ]


def test_lots_of_one_product_in_one_place_are_wanted_each_by_itself(floor: Floor) -> None:
    cup = floor.shop.sku["CUP"]
    for lot in ("", "L1", "L2", "L1"):
        wanted(floor.office, floor.act, floor.warehouse, floor.first.path, cup, lot)
    assert sorted(one.wanted.lot for one in listed(floor)) == ["", "L1", "L2"]


def test_a_count_of_the_place_answers_all_that_was_wanted_there_and_nothing_elsewhere(floor: Floor, clock: StillClock) -> None:
    short(floor, walk(floor, CUP=3), floor.first)
    short(floor, walk(floor, BOWL=2), floor.first)
    short(floor, walk(floor, POT=1), floor.second)
    clock.advance(minutes=5)
    outcome = count(floor, floor.first, CUP=8, BOWL=10)
    assert waiting(floor) == [("B-01-01-1", "POT", CountReason.SHORT_PICK)]
    (asked,) = floor.office.ask(list_adjustments, ListAdjustments(), floor.act).items
    assert asked.number == outcome.adjustment
    done = [one.wanted for one in listed(floor, state=WantedState.DONE)]
    assert [(one.count_id, one.done_at, one.done_by) for one in done] == [(asked.id, floor.act.at, floor.act.actor)] * 2


def test_a_stock_that_is_short_again_after_its_count_is_wanted_again(floor: Floor) -> None:
    short(floor, walk(floor, CUP=3), floor.first)
    assert count(floor, floor.first, CUP=10, BOWL=10).agrees
    assert waiting(floor) == []
    short(floor, walk(floor, CUP=2), floor.first)
    assert waiting(floor) == [("A-01-01-1", "CUP", CountReason.SHORT_PICK)]
    assert len(listed(floor)) == 2


def test_a_count_that_is_refused_answers_nothing(memory_floor: Floor) -> None:
    floor = memory_floor
    short(floor, walk(floor, CUP=3), floor.first)
    stranger = floor.stranger("warehouse.count", warehouse=floor.warehouse)
    with pytest.raises(Forbidden):
        floor.office.perform(count_place, CountPlace(new_id(), floor.first.id, ()), stranger)
    assert len(waiting(floor)) == 1


def test_two_who_miss_the_same_goods_at_once_ask_for_one_count(sql_store: Any, clock: StillClock) -> None:
    floor = Floor(Shop(Office(sql_store, clock), clock))
    start = threading.Barrier(2)

    def ask() -> WantedCountId:
        start.wait(10)
        return wanted(floor.office, floor.act, floor.warehouse, floor.first.path, floor.shop.sku["CUP"]).id

    with ThreadPoolExecutor(2) as pool:
        asked = {one.result(60) for one in [pool.submit(ask) for _ in range(2)]}
    assert asked == {one.wanted.id for one in listed(floor)}
    assert len(asked) == 1


def test_who_does_not_reach_the_warehouse_sees_no_count(memory_floor: Floor) -> None:
    floor = memory_floor
    other = some_warehouse(floor.office, floor.act, "W3")
    short(floor, walk(floor, CUP=3), floor.first)
    (seen,) = listed(floor)
    here, there = (floor.stranger("warehouse.read", warehouse=one) for one in (floor.warehouse, other))
    assert floor.office.ask(list_wanted_counts, ListWantedCounts(), here).items == (seen,)
    assert floor.office.ask(list_wanted_counts, ListWantedCounts(), there).items == ()
    with pytest.raises(NotFound):
        floor.office.ask(show_wanted_count, seen.wanted.id, there)
    with pytest.raises(NotFound):
        floor.office.ask(show_wanted_count, WantedCountId(new_id()), floor.act)


def test_counts_are_wanted_at_known_places_only(memory_floor: Floor) -> None:
    with pytest.raises(NotFound):
        wanted(memory_floor.office, memory_floor.act, memory_floor.warehouse, "Z-99", memory_floor.shop.sku["CUP"])


def test_wanted_counts_come_in_pages_by_the_moment_of_asking(floor: Floor, clock: StillClock) -> None:
    for code in ("CUP", "BOWL", "POT"):
        wanted(floor.office, floor.act, floor.warehouse, floor.first.path, floor.shop.sku[code])
        clock.advance(seconds=1)
    found, cursor = [], ""
    for _ in range(3):
        page = floor.office.ask(list_wanted_counts, ListWantedCounts(Page(1, cursor)), floor.act)
        found += [one.sku_code for one in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (["POT", "BOWL", "CUP"], "")
    with pytest.raises(InvalidValue):
        floor.office.ask(list_wanted_counts, ListWantedCounts(Page(1, "nonsense")), floor.act)


def test_over_http_wanted_counts_are_listed_by_warehouse_and_state(http_client: Caller, memory_floor: Floor) -> None:
    floor = memory_floor
    short(floor, walk(floor, CUP=3), floor.first)
    here = {"warehouse_id": str(floor.warehouse), "state": "open"}
    (one,) = http_client.get("/wanted-counts", **here).json()["items"]
    assert (one["path"], one["sku_code"], one["lot_code"]) == ("A-01-01-1", "CUP", "")
    assert (one["reason"], one["state"], one["asked_by"], one["count_id"]) == ("short-pick", "open", str(floor.act.actor), None)
    assert http_client.get("/wanted-counts", warehouse_id=str(new_id())).json()["items"] == []
    assert http_client.get("/wanted-counts", location_id=str(floor.second.id)).json()["items"] == []
    assert http_client.get("/wanted-counts", sku_id=str(floor.shop.sku["POT"])).json()["items"] == []
    count(floor, floor.first, CUP=10, BOWL=10)
    assert http_client.get("/wanted-counts", **here).json()["items"] == []
    done = http_client.get(f"/wanted-counts/{one['id']}").json()
    assert (done["state"], done["version"], done["done_by"]) == ("done", 2, str(floor.act.actor))
    assert http_client.get(f"/wanted-counts/{new_id()}").status_code == 404
