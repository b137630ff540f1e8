"""Waves end on every adapter: stopped orders leave them, and the last order to leave the house, or to be stopped, closes them."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.waves import ReleasedWave
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import WaveState
from houtai.domain.outbound.work import RunState
from houtai.domain.refusal import NotFound
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.floor import Floor
from tests.outbound.way import Way


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def way(office: Office, clock: StillClock) -> Way:
    return Way(Shop(office, clock))


def stop(floor: Floor, order: OutboundOrder) -> OutboundOrder:
    return floor.office.perform(intercept_order, InterceptOrder(order.id, "refund"), floor.act)


def state_of(floor: Floor, made: ReleasedWave) -> WaveState:
    return floor.wave_now(made).state


def test_a_stopped_order_leaves_its_wave_and_its_slot_stays_empty(floor: Floor) -> None:
    first, second = floor.released(CUP=1), floor.released(BOWL=1)
    made = floor.printed(first, second)
    stopped = stop(floor, first)
    wave = floor.wave_now(made)
    assert (stopped.wave_id, stopped.slot) == (None, 0)
    assert ({slot.slot for slot in wave.slots}, wave.orders, wave.state) == ({2}, frozenset({second.id}), WaveState.RELEASED)


def test_a_wave_without_any_order_is_over_with_its_walks(floor: Floor) -> None:
    only = floor.released(CUP=1)
    made = floor.printed(only)
    stop(floor, only)
    assert (state_of(floor, made), [run.state for run in floor.runs(made)]) == (WaveState.CANCELLED, [RunState.CANCELLED])
    with pytest.raises(NotFound):
        floor.office.perform(start_picking, StartPicking(floor.warehouse, floor.cart()), floor.act)


def test_a_wave_of_which_all_was_stopped_while_it_was_picked_closes_with_its_walk(floor: Floor) -> None:
    only = floor.released(CUP=2)
    made = floor.printed(only)
    cart = floor.cart()
    run = floor.start(cart)
    floor.take(run, floor.first, "CUP", 1, slot=run.picking.lines[0].slot)
    stop(floor, only)
    assert state_of(floor, made) is WaveState.PICKING
    assert floor.start(cart).state is RunState.DONE
    assert state_of(floor, made) is WaveState.CLOSED


def test_the_last_order_that_leaves_the_house_closes_its_wave(way: Way) -> None:
    first, second = way.released(CUP=1), way.released(CUP=1)
    made = way.picked(first, second)
    way.leaves(first)
    assert state_of(way, made) is WaveState.PICKED
    way.leaves(second)
    assert state_of(way, made) is WaveState.CLOSED
    assert way.now(second).state is OutboundState.SHIPPED


def test_the_last_order_that_is_stopped_closes_its_wave_too(way: Way) -> None:
    first, second = way.released(CUP=1), way.released(CUP=1)
    made = way.picked(first, second)
    way.leaves(first)
    stop(way, second)
    assert state_of(way, made) is WaveState.CLOSED
    assert way.wave_now(made).orders == frozenset({first.id, second.id})  # what was picked in it stays told
