"""Picking on every adapter: walks taken on and resumed, goods confirmed into slots and totes, short picks, zero checks."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.picking import (
    AnswerZeroCheck,
    LeaveWalk,
    SkipLine,
    answer_zero_check,
    leave_walk,
    skip_line,
)
from houtai.application.outbound.queries import my_walks
from houtai.application.outbound.short import ReportShort, ShortReported, report_short
from houtai.domain.ids import PickRunId, new_id
from houtai.domain.outbound.picking import NotNow, PickStep
from houtai.domain.outbound.refusals import StepTooEarly, TooMany
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod, WaveState
from houtai.domain.outbound.work import PickRun, PickState, RunState
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.scan import WrongRecord
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.floor import Floor


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


def short(floor: Floor, run: PickRun, path: str) -> ShortReported:
    return floor.office.perform(report_short, ReportShort(run.id, path), floor.act)


def empty(floor: Floor, run: PickRun, *, yes: bool) -> PickRun:
    return floor.office.perform(answer_zero_check, AnswerZeroCheck(run.id, yes), floor.act)


def test_two_orders_are_picked_into_their_slots_until_both_are_picked(floor: Floor) -> None:
    first, second = floor.released(CUP=2, POT=1), floor.released(CUP=1)
    made = floor.printed(first, second)
    run = floor.start(floor.cart())
    assert floor.wave_now(made).state is WaveState.PICKING
    assert floor.now(first).state is OutboundState.PICKING
    slots = [line.slot for line in run.picking.lines]
    assert slots[0] == slots[2] != slots[1]
    run = floor.take(run, floor.first, "CUP", 2, slots[0])
    run = floor.take(run, floor.first, "CUP", 1, slots[1])
    assert floor.now(second).state is OutboundState.PICKED
    assert floor.now(first).state is OutboundState.PICKING
    run = floor.take(run, floor.second, "POT", 1, slots[0])
    assert (run.state, floor.wave_now(made).state) == (RunState.DONE, WaveState.PICKED)
    detail = floor.detail(first)
    assert (detail.order.state, [line.picked_qty for line in detail.order.lines]) == (OutboundState.PICKED, [2, 1])
    assert {row.state for row in detail.picks} == {PickState.PICKED}
    assert floor.lies("CUP") == {"A-01-01-1": (7, 7), "P-01": (3, 0)}


def test_part_of_a_line_is_picked_now_and_the_rest_later_from_the_same_promise(floor: Floor) -> None:
    sent = floor.released(CUP=3)
    floor.printed(sent, method=PickMethod.THEN_SORT)
    run = floor.start(floor.tote())
    run = floor.take(run, floor.first, "CUP", 2)
    assert [(row.number, row.qty, row.state) for row in floor.detail(sent).picks] == [
        (1, 1, PickState.PROMISED),
        (2, 2, PickState.PICKED),
    ]
    run = floor.take(run, floor.first, "CUP", 1)
    assert (run.state, floor.now(sent).state) == (RunState.DONE, OutboundState.PICKED)
    assert {row.state for row in floor.detail(sent).picks} == {PickState.PICKED}


def test_a_walk_is_resumed_where_it_stopped_and_is_nobody_elses(floor: Floor) -> None:
    floor.printed(floor.released(CUP=1, POT=1))
    cart = floor.cart()
    run = floor.start(cart)
    moved = floor.take(run, floor.first, "CUP", 1, run.picking.lines[0].slot)
    assert floor.start(cart) == moved
    assert floor.office.ask(my_walks, None, floor.act) == (moved,)
    colleague = another(floor.act)
    with pytest.raises(NotFound):
        floor.office.perform(start_picking, StartPicking(floor.warehouse, cart), colleague)
    with pytest.raises(StepTooEarly, match="somebody else"):
        floor.office.perform(start_picking, StartPicking(floor.warehouse, cart, run.id), colleague)
    with pytest.raises(StepTooEarly, match="not taken it on"):
        floor.office.perform(skip_line, SkipLine(run.id), colleague)
    floor.office.perform(leave_walk, LeaveWalk(run.id), floor.act)
    taken = floor.office.perform(start_picking, StartPicking(floor.warehouse, cart), colleague)
    assert (taken.id, taken.picking.queue) == (run.id, moved.picking.queue)


def test_nobody_begins_before_the_label_is_printed(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    made = floor.wave(sent)
    cart = floor.cart()
    with pytest.raises(NotFound):
        floor.start(cart)
    with pytest.raises(StepTooEarly, match="label"):
        floor.start(cart, run=made.runs[0].id)
    floor.answer(sent)
    assert floor.start(cart).id == made.runs[0].id


def test_a_wrong_place_product_slot_or_quantity_moves_nothing(memory_floor: Floor) -> None:
    floor = memory_floor
    floor.printed(floor.released(CUP=2))
    run = floor.start(floor.cart())
    slot = run.picking.lines[0].slot
    for code, place, qty, into, refusal in (
        ("CUP", floor.second, 1, slot, WrongRecord),
        ("POT", floor.first, 1, slot, WrongRecord),
        ("CUP", floor.first, 1, "H-CART1-04", WrongRecord),
        ("CUP", floor.first, 3, slot, TooMany),
    ):
        with pytest.raises(refusal):
            floor.take(run, place, code, qty, into)
    assert floor.lies("CUP") == {"A-01-01-1": (10, 8)}


def test_goods_go_only_into_a_unit_that_suits_the_walk(memory_floor: Floor) -> None:
    floor = memory_floor
    sent = floor.released(CUP=1)
    made = floor.printed(sent, floor.released(BOWL=1))
    tote = floor.tote()
    with pytest.raises(InvalidValue, match="cart with 2 slots"):
        floor.start(tote)
    cart = floor.cart()
    floor.start(cart)
    floor.printed(floor.released(POT=1), method=PickMethod.THEN_SORT)
    colleague = another(floor.act)
    with pytest.raises(InvalidValue, match="tote or carton"):
        floor.office.perform(
            start_picking, StartPicking(floor.warehouse, floor.unit(UnitKind.CART, "H-C2", rows=1, columns=1)), colleague
        )
    with pytest.raises(InvalidValue, match="another walk"):
        floor.office.perform(start_picking, StartPicking(floor.warehouse, cart), colleague)
    with pytest.raises(NotFound):
        floor.start(tote, run=PickRunId(new_id()))
    with pytest.raises(Forbidden):
        cmd = StartPicking(floor.warehouse, tote, made.runs[0].id)
        floor.office.perform(start_picking, cmd, floor.stranger("outbound.pick", warehouse=new_id()))


def test_a_skipped_line_comes_last(floor: Floor) -> None:
    floor.printed(floor.released(CUP=1, POT=1))
    run = floor.start(floor.cart())
    skipped = floor.office.perform(skip_line, SkipLine(run.id), floor.act)
    assert skipped.picking.queue == run.picking.queue[::-1]


def test_a_short_pick_is_found_on_another_shelf_and_the_rest_of_the_place_is_doubted(floor: Floor) -> None:
    third = floor.place("C-01-01-1")
    floor.shop.take_in(None, CUP=5)
    floor.put_away(third, CUP=5)
    sent = floor.released(CUP=3)
    floor.printed(sent)
    run = floor.start(floor.cart())
    slot = run.picking.lines[0].slot
    run = floor.take(run, floor.first, "CUP", 1, slot)
    told = short(floor, run, floor.first.path)
    assert told.missing == ()
    line = told.run.picking.line
    assert line is not None
    assert (line.location, line.rest_qty, line.slot) == (third.path, 2, slot)
    assert floor.lies("CUP") == {"A-01-01-1": (9, 0), "C-01-01-1": (5, 3), "P-01": (1, 0)}
    done = floor.take(told.run, third, "CUP", 2, slot)
    assert (done.state, floor.now(sent).state) == (RunState.DONE, OutboundState.PICKED)


def test_units_that_are_nowhere_make_the_order_short_and_other_pickers_promises_stay(floor: Floor) -> None:
    mine, other = floor.released(TRAY=6), floor.released(TRAY=2)
    floor.printed(mine)
    floor.printed(other)
    cart = floor.cart()
    run = floor.start(cart)
    run = floor.take(run, floor.second, "TRAY", 4, run.picking.lines[0].slot)
    told = short(floor, run, floor.second.path)
    assert [(one.share.outbound_id, one.share.qty) for one in told.missing] == [(mine.id, 2)]
    order = floor.now(mine)
    assert (order.state, order.lines[0].picked_qty, order.lines[0].short_qty) == (OutboundState.SHORT, 4, 2)
    assert told.run.state is RunState.DONE
    (bin_,) = [one for one in floor.bins("TRAY") if one.path == floor.second.path]
    assert (bin_.qty, bin_.allocated_qty, bin_.free_qty) == (6, 2, 0)
    assert floor.now(other).lines[0].allocated_qty == 2


def test_a_short_pick_away_from_the_place_is_refused(memory_floor: Floor) -> None:
    floor = memory_floor
    floor.printed(floor.released(CUP=1))
    run = floor.start(floor.cart())
    with pytest.raises(WrongRecord):
        short(floor, run, floor.second.path)
    assert floor.lies("CUP") == {"A-01-01-1": (10, 9)}


def test_the_last_unit_of_a_place_asks_whether_it_is_empty(floor: Floor) -> None:
    sent = floor.released(TRAY=10)
    floor.printed(sent)
    run = floor.start(floor.cart())
    run = floor.take(run, floor.second, "TRAY", 10, run.picking.lines[0].slot)
    assert (run.state, run.picking.step) == (RunState.OPEN, PickStep.ZERO_CHECK)
    assert empty(floor, run, yes=False).state is RunState.DONE


def test_no_answer_is_taken_where_nothing_was_asked(memory_floor: Floor) -> None:
    floor = memory_floor
    floor.printed(floor.released(CUP=1))
    run = floor.start(floor.cart())
    with pytest.raises(NotNow):
        empty(floor, run, yes=True)


def test_an_order_that_is_stopped_on_the_way_is_not_picked_on_and_the_walk_ends_without_it(floor: Floor) -> None:
    sent, other = floor.released(CUP=2), floor.released(BOWL=1)
    floor.printed(sent, other)
    cart = floor.cart()
    run = floor.start(cart)
    slots = {line.sku_code: line.slot for line in run.picking.lines}
    bowl = run.picking.lines[0].sku_code == "BOWL"
    run = floor.take(run, floor.first, "BOWL" if bowl else "CUP", 1, slots["BOWL" if bowl else "CUP"])
    floor.office.perform(intercept_order, InterceptOrder(sent.id, "the buyer changed their mind"), floor.act)
    run = floor.start(cart)
    assert all(share.outbound_id != sent.id for line in run.picking.lines for share in line.shares)
    if not bowl:
        run = floor.take(run, floor.first, "BOWL", 1, slots["BOWL"])
    assert run.state is RunState.DONE
    assert floor.now(other).state is OutboundState.PICKED


FEW, MANY = 2, 4


def test_a_line_of_four_orders_is_picked_in_as_many_statements_as_one_of_two(sql_store: Any, clock: StillClock) -> None:
    floor = Floor(Shop(Office(sql_store, clock), clock))
    tote, counts = floor.tote(), []
    for code, size in (("CUP", FEW), ("POT", MANY), ("TRAY", FEW)):
        orders = [floor.released(**{code: 1}) for _ in range(size)]
        floor.printed(*orders, floor.released(BOWL=1), method=PickMethod.THEN_SORT)
        run = floor.start(tote)
        place = floor.first if code == "CUP" else floor.second
        if run.picking.line is not None and run.picking.line.sku_code == "BOWL":
            run = floor.office.perform(skip_line, SkipLine(run.id), floor.act)
        with counted(sql_store) as sent:
            run = floor.take(run, place, code, size)
        counts.append(len(sent))
        floor.take(run, floor.first, "BOWL", 1)
    assert counts[1] == counts[2]
