"""What a pool can promise: fences, safety stock and counting take off it, and nothing that lacks is hidden."""

from __future__ import annotations

import pytest

from houtai.application.inventory.configure import SetAside, SetFence, set_aside, set_fence
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.inventory.refusals import FenceTooWide, FrozenTooMuch, OutOfStock, Shortage
from tests.catalog.arrange import some_channel
from tests.inventory.arrange import Order, Shop, book, order, place, receive, serve, some_shop, some_skus, some_warehouse


@pytest.fixture
def office(memory_office: Office) -> Office:
    """Rules that no store can change."""
    return memory_office


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system)


def outcome(office: Office, act: Act, cmd: Order) -> str:
    try:
        office.perform(place, cmd, act)
    except OutOfStock:
        return "out of stock"
    return "placed"


def test_an_order_that_ships_together_is_not_split(office: Office, system: Act, shop: Shop) -> None:
    far, both = some_warehouse(office, system, "GZ"), some_channel(office, system, "BOTH")
    serve(office, system, both, shop.warehouse, far)
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 1))
    receive(office, system, far, (tea, 2))
    with pytest.raises(OutOfStock) as refused:
        office.perform(place, order(both, (tea, 3), ship_together=True), system)
    assert refused.value.shortages == (Shortage(tea, 3, 2, "TEA"),)


def test_what_is_fenced_in_for_a_channel_is_promised_to_no_other(office: Office, system: Act, shop: Shop) -> None:
    campaign = some_channel(office, system, "CAMPAIGN")
    serve(office, system, campaign, shop.warehouse)
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 5))
    office.perform(set_fence, SetFence(campaign, tea, shop.warehouse, 3), system)
    with pytest.raises(OutOfStock) as refused:
        office.perform(place, order(shop.channel, (tea, 3)), system)
    assert refused.value.shortages == (Shortage(tea, 3, 2, "TEA"),)
    made = office.perform(place, order(campaign, (tea, 5)), system)
    assert (made[0].qty, made[0].dedicated_qty, shop.stock(tea).dedicated_qty) == (5, 3, 0)


def test_no_more_is_fenced_in_than_is_available_beside_other_fences(office: Office, system: Act, shop: Shop) -> None:
    other = some_channel(office, system, "OTHER")
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 5))
    office.perform(set_fence, SetFence(other, tea, shop.warehouse, 3), system)
    with pytest.raises(FenceTooWide) as refused:
        office.perform(set_fence, SetFence(shop.channel, tea, shop.warehouse, 3), system)
    assert (refused.value.available_qty, refused.value.others_qty) == (5, 3)


def test_safety_stock_and_what_is_being_counted_are_not_promised(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 10))
    office.perform(set_aside, SetAside(tea, shop.warehouse, safety_qty=3, frozen_qty=2), system)
    assert outcome(office, system, order(shop.channel, (tea, 6))) == "out of stock"
    assert outcome(office, system, order(shop.channel, (tea, 5))) == "placed"


def test_what_is_promised_cannot_be_frozen(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 10))
    office.perform(place, order(shop.channel, (tea, 8)), system)
    with pytest.raises(FrozenTooMuch) as refused:
        office.perform(set_aside, SetAside(tea, shop.warehouse, 0, 3), system)
    assert (refused.value.wanted_qty, refused.value.free_qty) == (3, 2)


def test_more_safety_than_stock_shows_as_lacking_and_is_not_hidden(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    office.perform(set_aside, SetAside(tea, shop.warehouse, safety_qty=4), system)
    receive(office, system, shop.warehouse, (tea, 1))
    assert shop.stock(tea).available_qty == -3
    assert outcome(office, system, order(shop.channel, (tea, 1))) == "out of stock"


def test_a_channel_without_warehouses_has_nothing_to_promise(office: Office, system: Act, shop: Shop) -> None:
    (tea,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (tea, 1))
    elsewhere = some_channel(office, system, "ELSEWHERE")
    assert outcome(office, system, order(elsewhere, (tea, 1))) == "out of stock"
    reserved, shortages = office.perform(book, order(elsewhere, (tea, 1)), system)
    assert (reserved, shortages) == ((), (Shortage(tea, 1, 0, "TEA"),))
