"""The outbound order: facets of its lines, its moves, and what stopping it means at every state (SM-FO, G-31)."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.moves import terminal
from houtai.domain.outbound.interception import put_back, stop
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import Intercepted, MustReturn, OtherWaybill, StepTooEarly, TooMany
from houtai.domain.outbound.state import MOVES, OUT_OF_THE_HOUSE, OutboundState
from houtai.domain.refusal import IllegalMove
from tests.outbound.arrange import NOON, WAVE, allocated, checked, in_every_state, line, order, packed, picked, picking, weighed

STEPS: dict[str, Callable[[OutboundLine, int], OutboundLine]] = {
    "allocate": OutboundLine.allocated,
    "unallocate": OutboundLine.unallocated,
    "pick": OutboundLine.picked,
    "short": OutboundLine.found_short,
    "reopen": OutboundLine.reopened,
    "drop": OutboundLine.dropped,
    "check": OutboundLine.checked,
    "pack": OutboundLine.packed,
    "put back": OutboundLine.put_back,
    "uncheck": lambda one, _: one.unchecked(),
    "stop": lambda one, _: one.stopped(),
}


@given(st.integers(1, 9), st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(-1, 9)), max_size=30))
def test_whatever_happens_every_unit_is_in_one_place_and_nothing_skips_a_step(qty: int, steps: list[tuple[str, int]]) -> None:
    one = line(qty=qty)
    for step, count in steps:
        try:
            one = STEPS[step](one, count)
        except TooMany as refused:
            assert refused.wanted_qty == count  # the refusal is part of the walk
    assert one.open_qty + one.allocated_qty + one.picked_qty + one.short_qty + one.cancelled_qty == qty
    assert 0 <= one.shipped_qty <= one.packed_qty <= one.checked_qty <= one.picked_qty


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"allocate", "uncheck", "stop"}))
def test_a_step_takes_no_units_that_are_not_there_for_it(step: str) -> None:
    with pytest.raises(TooMany):
        STEPS[step](line(), 1)


def test_zero_units_are_no_step() -> None:
    with pytest.raises(TooMany):
        line().allocated(0)


def test_an_order_goes_from_wave_to_delivery() -> None:
    done = weighed(2, 5).shipped().delivered()
    assert [one.shipped_qty for one in done.lines] == [2, 5]
    assert done.state is OutboundState.DELIVERED


def test_the_states_that_nothing_leaves_are_the_ends() -> None:
    assert terminal(MOVES) == {OutboundState.DELIVERED, OutboundState.RETURNING, OutboundState.CANCELLED}


def test_every_state_can_be_reached_by_the_orders_own_moves() -> None:
    assert set(in_every_state()) == set(OutboundState)


@pytest.mark.parametrize("current", OutboundState)
@pytest.mark.parametrize("wanted", OutboundState)
def test_only_the_literals_moves_are_legal(current: OutboundState, wanted: OutboundState) -> None:
    one = in_every_state()[current]
    if wanted in MOVES[current]:
        assert one.moved(wanted).version == one.version + 1
    else:
        with pytest.raises(IllegalMove):
            one.moved(wanted)


def test_a_wave_takes_an_order_whole_or_by_its_leave_in_part() -> None:
    with pytest.raises(StepTooEarly):
        order(line(qty=3, allocated_qty=2)).waved(WAVE)
    assert order(line(qty=3, allocated_qty=2), partial=True).waved(WAVE).state is OutboundState.WAVED
    with pytest.raises(StepTooEarly):
        order(partial=True).waved(WAVE)


def test_a_wave_can_be_taken_apart_before_anybody_picks_and_the_number_stays() -> None:
    back = allocated().waved(WAVE, 2).with_waybill("SF1").printed().unwaved()
    assert (back.state, back.wave_id, back.slot, back.waybill, back.lines[0].open_qty) == (OutboundState.NEW, None, 0, "SF1", 3)
    with pytest.raises(IllegalMove):
        picking().unwaved()


def test_no_label_without_a_number_and_no_pick_without_a_label() -> None:
    waved = allocated().waved(WAVE)
    with pytest.raises(StepTooEarly):
        waved.printed()
    with pytest.raises(StepTooEarly):
        waved.picking()


def test_the_fast_lane_picks_first_and_binds_the_number_at_the_bench() -> None:
    fast = order(line(qty=1, allocated_qty=1), label_after_scan=True).waved(WAVE).picking()
    fast = fast.with_line(fast.line(1).picked(1)).all_picked()
    fast = fast.with_line(fast.line(1).checked(1).packed(1)).all_checked()
    with pytest.raises(StepTooEarly):
        fast.all_packed()
    assert fast.with_waybill("SF7").all_packed().state is OutboundState.PACKED


def test_a_reprint_keeps_the_number_and_another_is_refused() -> None:
    """G-33, first half."""
    bound = allocated().waved(WAVE).with_waybill("SF1")
    assert bound.with_waybill("SF1") is bound
    with pytest.raises(OtherWaybill):
        bound.with_waybill("SF2")


def test_stopping_gives_the_number_back() -> None:
    """G-33, second half: the carrier is told, and the pool may use it again."""
    _, undoing = stop(allocated().waved(WAVE).with_waybill("SF1"), "buyer")
    assert undoing.void_waybill == "SF1"


@pytest.mark.parametrize(
    "too_early", [lambda: picking().all_picked(), lambda: picked().all_checked(), lambda: checked().all_packed()]
)
def test_a_step_waits_until_every_unit_took_it(too_early: Callable[[], OutboundOrder]) -> None:
    with pytest.raises(StepTooEarly):
        too_early()


def test_a_pick_with_nothing_short_is_not_short() -> None:
    with pytest.raises(StepTooEarly):
        picking().fell_short()


def test_a_short_order_goes_on_from_another_bin_or_with_what_it_has() -> None:
    short = in_every_state()[OutboundState.SHORT]
    with pytest.raises(StepTooEarly):
        short.all_picked()
    again = short.with_line(short.line(1).reopened(2).allocated(2)).picking()
    assert again.with_line(again.line(1).picked(2)).all_picked().state is OutboundState.PICKED
    rest = short.with_line(short.line(1).dropped(2)).all_picked()
    assert (rest.line(1).picked_qty, rest.line(1).demand_qty) == (1, 1)


def test_an_order_of_which_nothing_was_found_cannot_go_on() -> None:
    going = picking()
    nothing = going.with_line(going.line(1).found_short(3)).fell_short()
    with pytest.raises(StepTooEarly):
        nothing.with_line(nothing.line(1).dropped(3)).all_picked()
    stopped, undoing = stop(nothing, "nothing there")
    assert (stopped.state, undoing.put_back) == (OutboundState.CANCELLED, ())


def test_a_weight_out_of_tolerance_sends_it_back_to_the_bench() -> None:
    again = packed().to_check_again()
    assert (again.state, again.line(1).checked_qty, again.line(1).packed_qty) == (OutboundState.PICKED, 0, 0)


@pytest.mark.parametrize("state", list(OutboundState))
def test_stopping_at_any_moment_leaves_no_unit_without_a_place(state: OutboundState) -> None:
    """G-31: intercepted before hand-over, wherever it stands; afterwards only as a return."""
    one = in_every_state()[state]
    if state in OUT_OF_THE_HOUSE:
        with pytest.raises(MustReturn):
            stop(one, "refund")
        return
    stopped, undoing = stop(one, "refund")
    if one.stopped:
        assert (stopped, undoing.put_back, undoing.release) == (one, (), ())
        return
    off_shelf, bound = sum(part.qty for part in undoing.put_back), sum(part.qty for part in undoing.release)
    assert off_shelf == sum(each.picked_qty for each in one.lines)
    assert bound == sum(each.allocated_qty for each in one.lines)
    assert stopped.state is (OutboundState.INTERCEPTED if off_shelf else OutboundState.CANCELLED)
    assert all(each.picked_qty + each.cancelled_qty == each.qty for each in stopped.lines)


IN_A_WAVE = {OutboundState.WAVED, OutboundState.PRINTED, OutboundState.PICKING, OutboundState.SHORT}


@pytest.mark.parametrize("state", [state for state in OutboundState if state not in OUT_OF_THE_HOUSE])
def test_stopping_takes_an_order_off_its_wave_while_it_is_picked(state: OutboundState) -> None:
    assert stop(in_every_state()[state], "refund")[1].off_wave is (state in IN_A_WAVE)


@pytest.mark.parametrize("cls", [OutboundState.PACKED, OutboundState.WEIGHED])
def test_stopping_a_packed_order_opens_its_parcels(cls: OutboundState) -> None:
    _, undoing = stop(in_every_state()[cls], "refund")
    assert (undoing.open_parcels, undoing.exception_bin) == (True, True)
    assert undoing.off_manifest is (cls is OutboundState.WEIGHED)


def test_a_stopped_order_is_over_when_the_last_unit_is_back() -> None:
    stopped, _ = stop(picked(2, 1), "refund")
    first = put_back(stopped, 1, 2)
    assert first.state is OutboundState.INTERCEPTED
    last = put_back(first, 2, 1)
    assert (last.state, last.version) == (OutboundState.CANCELLED, first.version + 1)
    assert all(each.cancelled_qty == each.qty for each in last.lines)
    with pytest.raises(StepTooEarly):
        put_back(last, 1, 1)
    with pytest.raises(TooMany):
        put_back(stopped, 1, 3)


STEPS_ON: list[Callable[[OutboundOrder], OutboundOrder]] = [
    lambda one: one.waved(WAVE),
    lambda one: one.with_waybill("SF9"),
    OutboundOrder.printed,
    OutboundOrder.picking,
    OutboundOrder.all_picked,
    OutboundOrder.all_checked,
    OutboundOrder.to_check_again,
    OutboundOrder.all_packed,
    OutboundOrder.weighed,
    OutboundOrder.shipped,
]


@pytest.mark.parametrize("step", STEPS_ON)
@pytest.mark.parametrize("state", [state for state in OutboundState if state not in OUT_OF_THE_HOUSE])
def test_no_step_takes_a_stopped_order_on(step: Callable[[OutboundOrder], OutboundOrder], state: OutboundState) -> None:
    wanted = attrs.evolve(in_every_state()[state], stop_reason="refund asked")
    with pytest.raises(Intercepted):
        step(wanted)


def test_a_moment_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        order(made_at=NOON.replace(tzinfo=None))
