"""Movements and their value: stock is the sum of its ledger, and no value stays without units (R-18)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Cause, Reason, adjust, gained_and_lost, receive, regrade
from houtai.domain.inventory.refusals import CostNeeded, NotEnoughOnHand, WouldUndercut
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.refusal import InvalidValue

SKU, PLACE = SkuId(UUID(int=1)), WarehouseId(UUID(int=2))
EMPTY = Stock(SKU, PLACE, "CNY")
CAUSE = Cause("adjustment", UUID(int=3), 1, Reason.FOUND, dt.datetime(2026, 11, 22, tzinfo=dt.UTC), UUID(int=4))

receipts = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9_999)), min_size=1, max_size=6)


def received(goods: list[tuple[int, int]]) -> Stock:
    """The stock after these (quantity, unit cost) came in."""
    stock = EMPTY
    for qty, unit_minor in goods:
        stock, _ = receive(stock, StockState.SELLABLE, qty, unit_minor, CAUSE)
    return stock


@given(receipts, st.data())
def test_units_take_their_value_along_and_the_last_one_takes_all(goods: list[tuple[int, int]], data: st.DataObject) -> None:
    stock = received(goods)
    gone = 0
    while stock.sellable_qty:
        qty = data.draw(st.integers(1, stock.sellable_qty))
        stock, movement = adjust(stock, StockState.SELLABLE, -qty, CAUSE)
        gone -= movement.value_minor
        assert stock.value_minor >= 0
    assert (stock.value_minor, gone) == (0, sum(qty * unit for qty, unit in goods))


@given(receipts, st.integers(1, 20))
def test_found_units_are_worth_what_those_beside_them_are(goods: list[tuple[int, int]], qty: int) -> None:
    stock = received(goods)
    _, movement = adjust(stock, StockState.SELLABLE, qty, CAUSE)
    assert abs(movement.value_minor * stock.sellable_qty - stock.value_minor * qty) * 2 <= stock.sellable_qty


@given(receipts, st.sampled_from([StockState.DAMAGED, StockState.QUARANTINE, StockState.B_GRADE]), st.data())
def test_a_change_of_state_moves_units_and_no_value(
    goods: list[tuple[int, int]], to_state: StockState, data: st.DataObject
) -> None:
    stock = received(goods)
    qty = data.draw(st.integers(1, stock.sellable_qty))
    after, movements = regrade(stock, (StockState.SELLABLE, to_state), qty, CAUSE)
    assert (after.on_hand(to_state), after.on_hand_qty) == (qty, stock.on_hand_qty)
    assert (after.value_minor, gained_and_lost(movements)) == (stock.value_minor, (0, 0))


def test_every_movement_has_its_place_and_the_balance_after_it() -> None:
    stock = received([(5, 100), (3, 100)])
    _, movement = adjust(stock, StockState.SELLABLE, -2, CAUSE)
    assert (movement.seq, movement.delta_qty, movement.balance_after_qty, movement.value_minor) == (3, -2, 6, -200)


def test_a_sample_carries_no_value_until_it_is_made_sellable_at_a_cost() -> None:
    stock, _ = receive(EMPTY, StockState.SAMPLE, 5, 900, CAUSE)
    assert (stock.value_minor, stock.available_qty) == (0, 0)
    after, movements = regrade(stock, (StockState.SAMPLE, StockState.SELLABLE), 2, CAUSE, unit_minor=700)
    assert (after.value_minor, after.available_qty, gained_and_lost(movements)) == (1400, 2, (1400, 0))


def test_found_units_without_any_known_cost_need_one() -> None:
    with pytest.raises(CostNeeded):
        adjust(EMPTY, StockState.SELLABLE, 1, CAUSE)
    assert adjust(EMPTY, StockState.SELLABLE, 1, CAUSE, unit_minor=30)[0].value_minor == 30


def test_found_units_where_all_were_gone_cost_what_the_last_ones_did() -> None:
    gone, _ = adjust(received([(2, 450)]), StockState.SELLABLE, -2, CAUSE)
    assert adjust(gone, StockState.SELLABLE, 1, CAUSE)[0].value_minor == 450


def test_more_than_lies_there_cannot_go() -> None:
    with pytest.raises(NotEnoughOnHand) as refused:
        adjust(received([(2, 100)]), StockState.SELLABLE, -3, CAUSE)
    assert (refused.value.on_hand_qty, refused.value.wanted_qty) == (2, 3)


def test_promised_units_cannot_go_and_the_refusal_has_the_numbers() -> None:
    stock = attrs.evolve(received([(5, 100)]), reserved_qty=3, held_qty=1)
    with pytest.raises(WouldUndercut) as refused:
        adjust(stock, StockState.SELLABLE, -2, CAUSE)
    told = refused.value
    assert (told.sellable_qty, told.reserved_qty, told.held_qty, told.delta_qty) == (5, 3, 1, -2)


@pytest.mark.parametrize(("delta", "to_state"), [(0, None), (2, StockState.DAMAGED), (-2, StockState.SELLABLE)])
def test_an_adjustment_line_moves_something_and_its_units_leave_for_another_state(
    delta: int, to_state: StockState | None
) -> None:
    with pytest.raises(InvalidValue):
        AdjustmentLine(1, SKU, StockState.SELLABLE, delta, to_state)
