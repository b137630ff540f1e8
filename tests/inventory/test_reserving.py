"""Promising stock on every adapter: all or nothing, never twice, in whatever order the buyers come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.memory.store import MemoryStore
from houtai.application.inventory.configure import SetFence, set_fence
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.inventory.refusals import OutOfStock, Shortage
from tests.catalog.arrange import some_channel
from tests.conftest import StillClock
from tests.inventory.arrange import (
    Order,
    Shop,
    cancel,
    order,
    place,
    receive,
    serve,
    some_shop,
    some_skus,
    some_warehouse,
)
from tests.inventory.invariants import broken

pytestmark = pytest.mark.breaks("S8", "S11-line")  # there are no orders here, only their ids


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system)


def outcome(office: Office, act: Act, cmd: Order) -> str:
    try:
        office.perform(place, cmd, act)
    except OutOfStock:
        return "out of stock"
    return "placed"


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all at the same time, each in a thread of its own; their answers in order."""
    start = threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(number: int, deed: Callable[[], Any]) -> None:
        start.wait()
        answers[number] = deed()

    threads = [threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_an_order_gets_everything_it_wants(office: Office, system: Act, shop: Shop) -> None:
    tea, cup = some_skus(office, system, "TEA", "CUP")
    receive(office, system, shop.warehouse, (tea, 5), (cup, 3))
    made = office.perform(place, order(shop.channel, (tea, 2), (cup, 3)), system)
    assert [(one.line, one.sku_id, one.qty) for one in made] == [(1, tea, 2), (2, cup, 3)]
    assert (shop.stock(tea).available_qty, shop.stock(cup).available_qty) == (3, 0)


def test_a_refusal_names_every_short_sku_and_takes_nothing(office: Office, system: Act, shop: Shop) -> None:
    tea, cup, pot = some_skus(office, system, "TEA", "CUP", "POT")
    receive(office, system, shop.warehouse, (tea, 5), (cup, 3))
    with pytest.raises(OutOfStock) as refused:
        office.perform(place, order(shop.channel, (tea, 6), (cup, 3), (pot, 1)), system)
    assert refused.value.shortages == (Shortage(tea, 6, 5, "TEA"), Shortage(pot, 1, 0, "POT"))
    assert str(refused.value) == "not enough stock: TEA: 5 of 6, POT: 0 of 1"
    assert (shop.stock(tea).reserved_qty, shop.stock(cup).reserved_qty) == (0, 0)


def test_g_19_two_orders_want_the_last_unit_and_exactly_one_wins(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 1))
    for _ in range(25):
        rivals = [order(shop.channel, (tea, 1)) for _ in range(2)]
        outcomes = at_once(*(lambda cmd=cmd: outcome(office, system, cmd) for cmd in rivals))
        assert sorted(outcomes) == ["out of stock", "placed"]
        office.perform(cancel, rivals[outcomes.index("placed")].order, system)
    assert broken(office, system, [tea]) == []


@given(st.permutations(range(8)), st.lists(st.integers(1, 3), min_size=8, max_size=8), st.integers(0, 9))
def test_all_channels_together_are_promised_no_more_than_is_available(turn: list[int], wanted: list[int], there: int) -> None:
    clock = StillClock()
    office, act = Office(MemoryStore(), clock), Act.of_system(clock.now())
    shop = some_shop(office, act)
    channels = [shop.channel, some_channel(office, act, "TMALL")]
    serve(office, act, channels[1], shop.warehouse)
    (tea,) = some_skus(office, act, "TEA")
    receive(office, act, shop.warehouse, (tea, there + 1))
    office.perform(set_fence, SetFence(channels[1], tea, shop.warehouse, there // 2), act)
    accepted = 0
    for number in turn:
        if outcome(office, act, order(channels[number % 2], (tea, wanted[number]))) == "placed":
            accepted += wanted[number]
    stock = shop.stock(tea)
    assert (stock.reserved_qty, stock.available_qty) == (accepted, there + 1 - accepted)
    assert accepted <= there + 1


def test_orders_with_their_skus_the_other_way_round_do_not_block_each_other(sql_store: Any, clock: StillClock) -> None:
    office, act = Office(sql_store, clock), Act.of_system(clock.now())
    shop = some_shop(office, act)
    skus = some_skus(office, act, "A", "B", "C", "D")
    far, other = some_warehouse(office, act, "GZ"), some_channel(office, act, "OTHER")
    serve(office, act, other, far, shop.warehouse)
    receive(office, act, shop.warehouse, *((sku, 40) for sku in skus))
    for channel in (shop.channel, other):
        office.perform(publish_stock, PublishStock(channel, tuple(skus)), act)

    def buy(goods: list[Any]) -> list[str]:
        return [outcome(office, act, order(shop.channel, *((sku, 1) for sku in goods))) for _ in range(10)]

    answers = at_once(*(lambda goods=goods: buy(goods) for goods in (skus, skus[::-1]) * 2))
    assert answers == [["placed"] * 10] * 4
    assert [shop.stock(sku).available_qty for sku in skus] == [0, 0, 0, 0]
    assert broken(office, act, skus) == []  # nor was any channel told what another order had made untrue


def test_released_units_can_be_promised_again_and_a_second_release_does_nothing(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 2))
    cmd = order(shop.channel, (tea, 2))
    office.perform(place, cmd, system)
    assert [one.qty for one in office.perform(cancel, cmd.order, system)] == [2]
    assert office.perform(cancel, cmd.order, system) == ()
    again = office.perform(place, cmd, system)  # paid late: the same order is reserved for once more
    assert (again[0].qty, shop.stock(tea).reserved_qty) == (2, 2)


def test_an_order_is_served_from_several_warehouses_where_no_single_one_can(office: Office, system: Act, shop: Shop) -> None:
    near, far = shop.warehouse, some_warehouse(office, system, "GZ")
    both = some_channel(office, system, "BOTH")
    serve(office, system, both, near, far)
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, near, (tea, 1))
    receive(office, system, far, (tea, 2))
    made = office.perform(place, order(both, (tea, 3)), system)
    assert [(one.warehouse_id, one.qty) for one in made] == [(near, 1), (far, 2)]


def test_cancelled_units_go_back_into_the_fence_they_came_from(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 5))
    office.perform(set_fence, SetFence(shop.channel, tea, shop.warehouse, 3), system)
    cmd = order(shop.channel, (tea, 4))
    office.perform(place, cmd, system)
    office.perform(cancel, cmd.order, system)
    assert (shop.stock(tea).dedicated_qty, shop.stock(tea).available_qty) == (3, 5)
