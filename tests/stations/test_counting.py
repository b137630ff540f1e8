"""Counting a place and looking things up: blind, with every difference as a request, and nothing moved by looking."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.adjust import DecideAdjustment, approve_adjustment
from houtai.application.inventory.queries import ListAdjustments, list_adjustments
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.inventory.adjustment import Adjustment
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.work import Task
from tests.inventory.arrange import some_skus
from tests.stations.floor import Floor, said, some_floor
from tests.stations.test_moving import FIRST, SECOND
from tests.warehouse.wanted import wanted


@pytest.fixture
def floor(office: Office, clock: Any, system: Act) -> Floor:
    """All ten pieces of tea on the first shelf, and a count about to begin; on every adapter."""
    made = some_floor(office, clock, system)
    made.depot.put_away(10, made.depot.first)
    made.open(Task.COUNT)
    return made


def requests(floor: Floor) -> tuple[Adjustment, ...]:
    """The adjustments that were asked for."""
    return floor.office.ask(list_adjustments, ListAdjustments(), floor.depot.act).items


def test_a_count_that_agrees_asks_for_nothing(floor: Floor) -> None:
    assert said(floor.scan(FIRST, "TEA", "10", "C-DONE")) == "confirm-count"
    assert said(floor.scan("C-DONE")) == "count-agrees"
    assert requests(floor) == ()


def test_a_count_tells_nothing_of_the_books(floor: Floor) -> None:
    screen = floor.scan(FIRST)
    assert (screen.rows, screen.digits) == ((), "")
    assert floor.scan("TEA", "TEA").rows == (("TEA", "保温杯 TEA", "2"),)


def test_missing_pieces_are_in_doubt_at_once_and_gone_when_somebody_else_approves(floor: Floor, system: Act) -> None:
    assert said(floor.scan(FIRST, "TEA", "7", "C-DONE", "C-DONE")) == "count-differs"
    (asked,) = requests(floor)
    assert (asked.reason, [line.delta_qty for line in asked.lines]) == (Reason.COUNT_DIFFERENCE, [-3])
    (lying,) = floor.depot.bins(location_id=floor.depot.first.id)
    assert (lying.qty, lying.suspect_qty) == (10, 3)
    assert floor.depot.shop.stock(floor.depot.tea).frozen_qty == 3
    floor.office.perform(approve_adjustment, DecideAdjustment(asked.id, asked.version), system)
    (lying,) = floor.depot.bins(location_id=floor.depot.first.id)
    assert (lying.qty, lying.suspect_qty) == (7, 0)
    assert floor.depot.shop.stock(floor.depot.tea).frozen_qty == 0


def test_pieces_that_turn_up_are_asked_for_and_those_in_doubt_are_sold_again(floor: Floor) -> None:
    floor.scan(FIRST, "TEA", "7", "C-DONE", "C-DONE")
    assert said(floor.scan(FIRST, "TEA", "10", "C-DONE", "C-DONE")) == "count-agrees"
    assert floor.depot.shop.stock(floor.depot.tea).frozen_qty == 0


def test_goods_that_nobody_knew_of_may_be_counted(floor: Floor, system: Act) -> None:
    (cup,) = some_skus(floor.office, system, "CUP")
    floor.scan(SECOND, "CUP", "CUP", "C-DONE", "C-DONE")
    (asked,) = requests(floor)
    assert [(line.sku_id, line.delta_qty) for line in asked.lines] == [(cup, 2)]


def test_the_place_that_has_waited_longest_is_proposed_and_the_next_one_after_its_count(floor: Floor, clock: Any) -> None:
    depot = floor.depot
    for place in (depot.second, depot.first):
        wanted(floor.office, Act.of_system(clock.now()), depot.warehouse, place.path, depot.tea)
        clock.advance(seconds=1)
    screen = floor.open(Task.COUNT)
    assert (screen.prompt.code, dict(screen.prompt.facts)["path"]) == ("prompt.count-next", depot.second.path)
    why = ("TEA", "保温杯 TEA", "wanted.short-pick")
    assert screen.rows == ((depot.second.path, *why), (depot.first.path, *why))
    screen = floor.scan(SECOND, "C-DONE", "C-DONE")
    assert (dict(screen.prompt.facts)["path"], screen.rows) == (depot.first.path, ((depot.first.path, *why),))
    screen = floor.scan(FIRST, "TEA", "7", "C-DONE", "C-DONE")
    assert (said(screen), screen.prompt.code, screen.rows) == ("count-differs", "prompt.count-place", ())


def test_another_place_than_the_proposed_one_may_be_counted(floor: Floor) -> None:
    wanted(floor.office, floor.depot.act, floor.depot.warehouse, floor.depot.second.path, floor.depot.tea)
    screen = floor.scan(FIRST, "TEA", "10", "C-DONE", "C-DONE")
    assert (said(screen), screen.prompt.code) == ("count-agrees", "prompt.count-next")


def test_an_empty_place_is_counted_as_empty(floor: Floor) -> None:
    assert said(floor.scan(SECOND, "C-DONE", "C-DONE")) == "count-agrees"


def test_wrong_scans_while_counting_count_nothing(floor: Floor) -> None:
    assert floor.refuses("TEA") == "scan.wrong-record"
    floor.scan(FIRST, "TEA")
    for wrong in ("4711471147", SECOND, "S-0042"):
        assert floor.refuses(wrong).startswith("scan.")
    assert floor.scan("C-UNDO").rows == ()
    assert floor.refuses("C-SHORT") == "station.not-now"


def test_done_has_to_be_said_twice_and_nothing_in_between(floor: Floor) -> None:
    floor.scan(FIRST, "TEA", "C-DONE", "TEA")
    assert said(floor.scan("C-DONE")) == "confirm-count"
    assert requests(floor) == ()


def test_who_may_not_ask_for_adjustments_is_told_so_and_the_count_stays(floor: Floor, system: Act, clock: Any) -> None:
    from tests.stations.floor import some_worker

    door = floor.port._door  # type: ignore[attr-defined]  # the desk in this process
    verbs = ("warehouse.work", "warehouse.read", "warehouse.count")
    some_worker(floor.office, floor.house, floor.depot, door, system, "wang", "S-7", "735190", *verbs)
    floor.at = floor.port.log_in("S-7", "735190")
    floor.open(Task.COUNT)
    answer = floor.scan(FIRST, "TEA", "C-DONE", "C-DONE")
    assert said(answer) == "forbidden"
    assert answer.rows == (("TEA", "保温杯 TEA", "1"),)


def test_a_place_with_one_product_in_two_conditions_is_not_counted_by_scans(floor: Floor) -> None:
    floor.depot.move(2, floor.depot.first.id, floor.depot.first.id, to_state=StockState.B_GRADE)
    assert floor.refuses(FIRST) == "station.not-countable"


def test_looking_up_shows_a_place_a_product_and_nothing_else(floor: Floor) -> None:
    floor.open(Task.LOOK_UP)
    by_place, by_product = floor.scan(FIRST), floor.scan("TEA")
    assert by_place.rows == by_product.rows == (("A-01-01-1", "TEA", "保温杯 TEA", "", "state.sellable", "10"),)
    assert floor.scan(SECOND).digits == "0"
    assert floor.refuses("4711471147") == "scan.not-found"
