"""Waves: every order in one wave or left with a reason, nothing over capacity, urgent first, few aisles (WO-1…4)."""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import ChannelId, OutboundId, WaveId
from houtai.domain.outbound.planning import (
    BasketShape,
    LeftOrder,
    LeftReason,
    PlanItem,
    PlannedWave,
    PlanOrder,
    WaveCapacity,
    WaveFilter,
    WavePlan,
    WaveTemplate,
    plan_waves,
)
from houtai.domain.outbound.wave import WAVE_MOVES, PickMethod, Wave, WaveSlot, WaveState
from houtai.domain.refusal import IllegalMove, InvalidValue
from tests.outbound.arrange import EAST, NOON, sku


def plan_order(number: int, *items: tuple[int, int, int], **fields: object) -> PlanOrder:
    """Items as (SKU, pieces, aisle)."""
    held = tuple(PlanItem(sku(kind), qty, aisle, f"Z{aisle // 5}") for kind, qty, aisle in items or ((1, 1, 0),))
    given: dict[str, object] = {"carrier": "SF", "made_at": NOON + dt.timedelta(seconds=number)} | fields
    return PlanOrder(OutboundId(UUID(int=number)), f"FO{number:03d}", held, **given)  # type: ignore[arg-type]  # fields by name


def plan(orders: list[PlanOrder], *templates: WaveTemplate) -> WavePlan:
    return plan_waves(orders, templates or (WaveTemplate("all"),), NOON)


def numbers(wave: PlannedWave) -> list[str]:
    return [order.number for order in wave.orders]


def test_sixty_orders_in_carts_of_twelve_visit_a_third_fewer_aisles_than_as_they_came() -> None:
    """The notes have 31 visits against 48; here ten aisles, one to four lines an order, twenty days. Tolerance 1 and 3 visits."""
    planned = came = 0
    for seed in range(20):
        dice = random.Random(seed)
        orders = [plan_order(n, *((n, 1, dice.randrange(10)) for _ in range(dice.randint(1, 4)))) for n in range(60)]
        waves = plan(orders, WaveTemplate("cart", capacity=WaveCapacity(slots=12), by_shape=False)).waves
        planned += sum(wave.aisle_visits for wave in waves)
        carts = [PlannedWave("", BasketShape.MIXED, "", tuple(orders[at : at + 12])) for at in range(0, 60, 12)]
        came += sum(cart.aisle_visits for cart in carts)
    assert abs(came - 20 * 48) <= 20 * 1
    assert abs(planned - 20 * 31) <= 20 * 3


def test_baskets_are_told_apart_by_kinds_and_pieces() -> None:
    orders = [plan_order(1), plan_order(2, (1, 3, 0)), plan_order(3, (1, 1, 0), (2, 1, 1))]
    shapes = {numbers(wave)[0]: wave.shape for wave in plan(orders).waves}
    assert shapes == {"FO001": BasketShape.SINGLE, "FO002": BasketShape.SINGLE_MANY, "FO003": BasketShape.MIXED}


def test_a_cart_may_take_baskets_of_all_shapes() -> None:
    orders = [plan_order(1), plan_order(2, (1, 3, 0)), plan_order(3, (1, 1, 0), (2, 1, 1))]
    waves = plan(orders, WaveTemplate("cart", by_shape=False)).waves
    assert [(wave.shape, len(wave.orders)) for wave in waves] == [(BasketShape.MIXED, 3)]
    assert [slot for slot, _ in waves[0].slots] == [1, 2, 3]


def test_what_many_order_singly_has_a_wave_of_its_own() -> None:
    orders = [plan_order(n) for n in range(4)] + [plan_order(9, (2, 1, 1))]
    waves = plan(orders, WaveTemplate("hot", hot_from=4)).waves
    assert [(wave.shape, len(wave.orders)) for wave in waves] == [(BasketShape.HOT, 4), (BasketShape.SINGLE, 1)]


def test_orders_with_the_same_basket_have_a_wave_of_their_own_whichever_bins_serve_them() -> None:
    alike = [plan_order(1, (1, 2, 0), (2, 1, 3)), plan_order(2, (2, 1, 7), (1, 1, 0), (1, 1, 4))]
    waves = plan([*alike, plan_order(3, (1, 1, 0), (3, 1, 0))], WaveTemplate("same", same_from=2)).waves
    assert [(wave.shape, len(wave.orders)) for wave in waves] == [(BasketShape.SAME, 2), (BasketShape.MIXED, 1)]


BOUNDS = [
    WaveCapacity(orders=2),
    WaveCapacity(slots=2),
    WaveCapacity(lines=4),
    WaveCapacity(pieces=6),
    WaveCapacity(weight_g=1_000),
    WaveCapacity(volume_cm3=200),
]


@pytest.mark.parametrize("bound", BOUNDS)
def test_each_bound_of_a_wave_holds(bound: WaveCapacity) -> None:
    orders = [plan_order(n, (n, 2, 0), (n + 50, 1, 0), weight_g=500, volume_cm3=100) for n in range(1, 6)]
    waves = plan(orders, WaveTemplate("small", capacity=bound)).waves
    assert [len(wave.orders) for wave in waves] == [2, 2, 1]


def test_an_order_that_no_wave_can_hold_is_left_with_the_reason() -> None:
    found = plan([plan_order(1, (1, 9, 0))], WaveTemplate("small", capacity=WaveCapacity(pieces=5)))
    assert (found.waves, found.left) == ((), (LeftOrder(OutboundId(UUID(int=1)), LeftReason.TOO_LARGE),))


def test_the_next_template_takes_what_the_first_could_not() -> None:
    orders = [plan_order(1, (1, 9, 0)), plan_order(2)]
    small = WaveTemplate("small", capacity=WaveCapacity(pieces=5))
    found = plan(orders, small, WaveTemplate("large"))
    assert {wave.template: numbers(wave) for wave in found.waves} == {"small": ["FO002"], "large": ["FO001"]}
    assert found.left == ()


def test_a_wave_too_small_for_the_walk_waits() -> None:
    found = plan([plan_order(1), plan_order(2)], WaveTemplate("big", fewest_orders=3))
    assert [one.reason for one in found.left] == [LeftReason.TOO_FEW] * 2


FILTERS = [
    WaveFilter(carriers=frozenset({"SF"})),
    WaveFilter(channels=frozenset({ChannelId(UUID(int=5))})),
    WaveFilter(zones=frozenset({"Z0"})),
    WaveFilter(skus=frozenset({sku(1)})),
    WaveFilter(kinds=(1, 1)),
    WaveFilter(pieces=(1, 3)),
]


@pytest.mark.parametrize("chooses", FILTERS)
def test_each_filter_takes_its_own(chooses: WaveFilter) -> None:
    mine = plan_order(1, channel_id=ChannelId(UUID(int=5)))
    other = plan_order(2, (2, 3, 7), (3, 1, 8), carrier="YTO")
    found = plan([mine, other], WaveTemplate("chosen", chooses=chooses))
    assert [numbers(wave) for wave in found.waves] == [["FO001"]]
    assert [one.reason for one in found.left] == [LeftReason.NO_TEMPLATE]


def test_waves_are_of_one_carrier_unless_the_template_mixes_them() -> None:
    orders = [plan_order(1), plan_order(2, carrier="YTO")]
    assert [wave.carrier for wave in plan(orders).waves] == ["SF", "YTO"]
    assert [wave.carrier for wave in plan(orders, WaveTemplate("dock", by_carrier=False)).waves] == [""]


@pytest.mark.parametrize("template", [WaveTemplate("z", by_zone=True), WaveTemplate("c", by_channel=True)])
def test_zones_and_channels_can_be_kept_apart(template: WaveTemplate) -> None:
    orders = [plan_order(1), plan_order(2, (1, 1, 7), channel_id=ChannelId(UUID(int=5)))]
    assert len(plan(orders, template).waves) == 2


def test_the_urgent_come_first_whatever_aisles_they_are_in() -> None:
    calm = [plan_order(n, (n, 1, 5)) for n in range(1, 4)]
    soon = plan_order(8, (8, 1, 9), ship_by=NOON + dt.timedelta(hours=2))
    first = plan_order(9, (9, 1, 5), priority=3)
    waves = plan([*calm, soon, first], WaveTemplate("two", capacity=WaveCapacity(orders=2))).waves
    assert numbers(waves[0]) == ["FO009", "FO008"]
    assert waves[0].ship_by == soon.ship_by


def test_of_orders_that_add_no_aisle_the_one_that_shares_more_comes_next() -> None:
    orders = [plan_order(1, (1, 1, 0), (2, 1, 1)), plan_order(2, (3, 1, 0)), plan_order(3, (4, 1, 0), (5, 1, 1))]
    first = plan(orders, WaveTemplate("two", capacity=WaveCapacity(orders=2), by_shape=False)).waves[0]
    assert numbers(first) == ["FO001", "FO003"]


def test_who_misses_the_cut_off_is_named_and_still_planned() -> None:
    past = plan_order(1, ship_by=NOON + dt.timedelta(minutes=20))
    found = plan_waves([past, plan_order(2)], [WaveTemplate("all")], NOON, lead=dt.timedelta(minutes=30))
    assert found.late == (past.outbound_id,)
    assert sum(len(wave.orders) for wave in found.waves) == 2


def test_an_order_is_planned_once() -> None:
    with pytest.raises(InvalidValue):
        plan([plan_order(1), plan_order(1)])


items = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 9)), min_size=1, max_size=4)


@given(st.lists(st.tuples(items, st.integers(0, 2)), max_size=25), st.integers(1, 6), st.integers(4, 20))
def test_every_order_is_in_one_wave_or_left_and_every_wave_fits(
    rows: list[tuple[list[tuple[int, int, int]], int]], slots: int, pieces: int
) -> None:
    orders = [plan_order(n, *held, priority=priority) for n, (held, priority) in enumerate(rows)]
    found = plan(orders, WaveTemplate("cart", hot_from=3, same_from=2, capacity=WaveCapacity(slots=slots, pieces=pieces)))
    placed = [order.outbound_id for wave in found.waves for order in wave.orders]
    assert sorted([*placed, *(one.outbound_id for one in found.left)]) == sorted(order.outbound_id for order in orders)
    assert all(len(wave.orders) <= slots and sum(order.pieces for order in wave.orders) <= pieces for wave in found.waves)
    assert found == plan(
        orders[::-1], WaveTemplate("cart", hot_from=3, same_from=2, capacity=WaveCapacity(slots=slots, pieces=pieces))
    )


def wave(*orders: int) -> Wave:
    slots = tuple(WaveSlot(slot, OutboundId(UUID(int=each))) for slot, each in enumerate(orders, 1))
    return Wave(WaveId(UUID(int=3)), "W-1", EAST, BasketShape.MIXED, PickMethod.CLUSTER, slots, NOON)


def test_a_wave_goes_from_planned_to_closed() -> None:
    going = wave(1, 2)
    for state in (WaveState.RELEASED, WaveState.PICKING, WaveState.PICKED, WaveState.CLOSED):
        going = going.moved(state)
    assert going.version == 5
    with pytest.raises(IllegalMove):
        going.moved(WaveState.RELEASED)
    assert set(WAVE_MOVES) == set(WaveState)


def test_an_order_that_is_stopped_leaves_its_slot_empty() -> None:
    left = wave(1, 2).without(OutboundId(UUID(int=1)))
    assert (left.slot_of(OutboundId(UUID(int=2))), left.slot_of(OutboundId(UUID(int=1)))) == (2, 0)
    assert left.without(OutboundId(UUID(int=1))) is left
    assert left.without(OutboundId(UUID(int=2))).state is WaveState.CANCELLED


def test_each_order_has_one_slot() -> None:
    with pytest.raises(InvalidValue):
        wave(1, 1)
