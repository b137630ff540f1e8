"""Transfers: every unit that left arrives, is explained or comes back; never silently (SM-TR, G-28)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, strategies as st

from houtai.domain.outbound.refusals import ChoiceNeeded, StepTooEarly, TooMany
from houtai.domain.outbound.transfer import Gap, GapReason, RoadChoice, Transfer, TransferMove, TransferPlace, TransferState
from houtai.domain.refusal import IllegalMove, InvalidValue, Refusal
from tests.outbound.arrange import EAST, transfer


def on_the_road(*qty: int) -> Transfer:
    ready = transfer(*qty).ready()
    return ready.shipped({line.seq: line.qty for line in ready.lines})[0]


def test_ten_sent_eight_received_two_written_off() -> None:
    """G-28."""
    sent, first = transfer(10).ready().shipped({1: 10})
    part, second = sent.received({1: 8})
    assert (part.state, part.outstanding_qty) == (TransferState.PARTIALLY_RECEIVED, 2)
    done, third = part.written_off(Gap(1, 2, GapReason.LOST))
    assert (done.state, done.lines[0].lost_qty) == (TransferState.RECEIVED, 2)
    ends = Counter({move.target: move.qty for move in (*second, *third)})
    assert (first[0].qty, ends) == (10, {TransferPlace.DESTINATION: 8, TransferPlace.SHRINKAGE: 2})


def test_cancelled_on_the_road_and_sent_back() -> None:
    """G-28, one way."""
    back, moves = on_the_road(10).cancelled(RoadChoice.RETURN_TO_SOURCE)
    assert (back.state, back.outstanding_qty, back.lines[0].returned_qty) == (TransferState.CANCELLED, 0, 10)
    assert [(move.target, move.qty) for move in moves] == [(TransferPlace.SOURCE, 10)]


def test_cancelled_on_the_road_and_written_off() -> None:
    """G-28, the other way."""
    gone, moves = on_the_road(10).cancelled(RoadChoice.WRITE_OFF)
    assert (gone.state, gone.lines[0].lost_qty) == (TransferState.CANCELLED, 10)
    assert [(move.target, move.reason) for move in moves] == [(TransferPlace.SHRINKAGE, GapReason.LOST)]


def test_goods_on_the_road_are_never_cancelled_silently() -> None:
    with pytest.raises(ChoiceNeeded) as refused:
        on_the_road(10).cancelled()
    assert refused.value.outstanding_qty == 10


def test_what_arrived_stays_when_the_rest_is_cancelled() -> None:
    part, _ = on_the_road(10).received({1: 4})
    done, moves = part.cancelled(RoadChoice.RETURN_TO_SOURCE)
    assert (done.state, done.lines[0].received_qty, moves[0].qty) == (TransferState.RECEIVED, 4, 6)


def test_before_it_left_it_is_just_cancelled() -> None:
    for early in (transfer(), transfer().ready()):
        assert early.cancelled()[0].state is TransferState.CANCELLED


def test_the_carrier_may_owe_for_what_was_lost() -> None:
    _, moves = on_the_road(10).written_off(Gap(1, 3, GapReason.DAMAGED, claim=True))
    assert (moves[0].target, moves[0].reason) == (TransferPlace.CARRIER_CLAIM, GapReason.DAMAGED)


def test_no_more_leaves_or_arrives_than_there_is() -> None:
    with pytest.raises(TooMany):
        transfer(10).ready().shipped({1: 11})
    with pytest.raises(TooMany):
        on_the_road(10).received({1: 11})
    with pytest.raises(TooMany):
        on_the_road(10).written_off(Gap(1, 11, GapReason.LOST))


def test_only_what_left_is_on_the_road() -> None:
    sent, _ = transfer(10, 5).ready().shipped({1: 7})
    assert (sent.outstanding_qty, sent.received({1: 7})[0].state) == (7, TransferState.RECEIVED)


def test_a_transfer_leaves_once_whatever_arrived_of_it() -> None:
    part, _ = on_the_road(10).received({1: 9})
    for again in (on_the_road(10), part):
        with pytest.raises(IllegalMove):
            again.shipped({1: 1})
    with pytest.raises(InvalidValue):
        transfer().ready().shipped({7: 1})


def test_an_empty_truck_does_not_leave_and_nothing_arrives_before() -> None:
    with pytest.raises(StepTooEarly):
        transfer().ready().shipped({})
    with pytest.raises(StepTooEarly):
        transfer().ready().received({1: 1})
    with pytest.raises(InvalidValue):
        on_the_road(10).received({7: 1})


def test_a_transfer_may_come_in_many_parts() -> None:
    part, _ = on_the_road(10).received({1: 3})
    part, _ = part.received({1: 3})
    assert (part.state, part.outstanding_qty) == (TransferState.PARTIALLY_RECEIVED, 4)
    assert part.received({1: 4})[0].state is TransferState.RECEIVED


def test_an_empty_delivery_changes_nothing() -> None:
    road = on_the_road(10)
    assert road.received({}) == (road, ())


def test_a_transfer_goes_to_another_warehouse() -> None:
    with pytest.raises(InvalidValue):
        Transfer(transfer().id, "TR-2", EAST, EAST, transfer().lines, transfer().made_at)


def test_a_transfer_that_is_over_stays_over() -> None:
    done, _ = on_the_road(1).received({1: 1})
    with pytest.raises(StepTooEarly):
        done.received({1: 1})
    with pytest.raises(IllegalMove):
        done.cancelled(RoadChoice.WRITE_OFF)


deeds = st.one_of(
    st.tuples(st.just("ship"), st.integers(0, 12)),
    st.tuples(st.just("receive"), st.integers(0, 12)),
    st.tuples(st.sampled_from(["lost", "damaged", "miscount"]), st.integers(1, 12)),
    st.tuples(st.sampled_from(["return-to-source", "write-off"]), st.just(0)),
)


@given(st.lists(deeds, max_size=12), st.integers(1, 10), st.integers(1, 10))
def test_the_road_always_holds_what_left_and_did_not_end(steps: list[tuple[str, int]], first: int, second: int) -> None:
    one, moves = transfer(first, second).ready(), list[TransferMove]()
    for name, qty in steps:
        try:
            one, more = _deed(one, name, qty)
        except Refusal:
            continue
        moves += more
    held, worth = Counter(dict.fromkeys(TransferPlace, 0)), Counter(dict.fromkeys(TransferPlace, 0))
    for move in moves:
        assert move.value_minor >= 0
        held[move.origin] -= move.qty
        held[move.target] += move.qty
        worth[move.origin] -= move.value_minor
        worth[move.target] += move.value_minor
    assert held[TransferPlace.TRANSIT] == one.outstanding_qty
    assert worth[TransferPlace.TRANSIT] == sum(line.outstanding_minor for line in one.lines)
    assert sum(held.values()) == sum(worth.values()) == 0
    assert one.outstanding_qty or worth[TransferPlace.TRANSIT] == 0
    over = one.state in (TransferState.RECEIVED, TransferState.CANCELLED)
    assert one.outstanding_qty == 0 if over else one.outstanding_qty > 0 or not moves


def _deed(one: Transfer, name: str, qty: int) -> tuple[Transfer, tuple[TransferMove, ...]]:
    if name == "ship":
        return one.shipped({1: qty, 2: qty}, {1: 100 * qty + 1, 2: 7})
    if name == "receive":
        return one.received({1: qty})
    if name in ("return-to-source", "write-off"):
        return one.cancelled(RoadChoice(name))
    return one.written_off(Gap(2, qty, GapReason(name)))
