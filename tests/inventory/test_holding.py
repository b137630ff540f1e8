"""Soft holds: they bind stock, end by themselves, and become reservations in one step."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.hold import ExpireHolds, HoldStock, ReleaseHeldStock, expire_holds, hold, release_held_stock
from houtai.application.inventory.reserve import Want
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import CustomerId, HoldId, SkuId, new_id
from houtai.domain.inventory.refusals import HoldCapReached, OutOfStock, Shortage
from houtai.domain.inventory.reservation import Hold, HoldState
from houtai.domain.inventory.warehouse import HoldRule
from houtai.domain.refusal import AlreadyExists, NotFound
from tests.catalog.arrange import limited, some_channel
from tests.conftest import StillClock
from tests.inventory.arrange import Shop, order, place, receive, some_shop, some_skus

RULE = HoldRule(ttl_s=900, scarce_ttl_s=300, scarce_below_qty=2, buyer_cap_qty=6)
BUYER, OTHER = CustomerId(new_id()), CustomerId(new_id())


@pytest.fixture
def office(memory_office: Office) -> Office:
    """Rules that no store can change; the contract has holds on every adapter."""
    return memory_office


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system, RULE)


@pytest.fixture
def tea(office: Office, system: Act, shop: Shop) -> SkuId:
    """Five of them lie there."""
    (sku,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (sku, 5))
    return sku


def held(shop: Shop, sku: SkuId, qty: int, buyer: CustomerId = BUYER, act: Act | None = None) -> Hold:
    cmd = HoldStock(HoldId(new_id()), buyer, shop.channel, (Want(1, sku, qty),))
    return shop.office.perform(hold, cmd, act or shop.act)


def later(shop: Shop, clock: StillClock, **span: float) -> Act:
    clock.advance(**span)
    return Act.of_system(clock.now())


def test_what_one_buyer_holds_no_other_gets(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    held(shop, tea, 4)
    with pytest.raises(OutOfStock) as refused:
        office.perform(place, order(shop.channel, (tea, 2)), system)
    assert refused.value.shortages == (Shortage(tea, 2, 1, "TEA"),)


def test_a_hold_becomes_the_reservation_in_the_step_that_places_the_order(
    office: Office, system: Act, shop: Shop, tea: SkuId
) -> None:
    made = held(shop, tea, 5)
    office.perform(place, order(shop.channel, (tea, 5), hold=made.id, buyer=BUYER), system)
    assert (shop.stock(tea).held_qty, shop.stock(tea).reserved_qty) == (0, 5)


def test_an_order_of_more_than_was_held_looks_for_the_rest(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 3)
    office.perform(place, order(shop.channel, (tea, 5), hold=made.id), system)
    assert (shop.stock(tea).held_qty, shop.stock(tea).reserved_qty) == (0, 5)


def test_an_order_of_less_than_was_held_frees_the_rest(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 3)
    office.perform(place, order(shop.channel, (tea, 1), hold=made.id), system)
    assert (shop.stock(tea).held_qty, shop.stock(tea).available_qty) == (0, 4)


def test_a_refused_order_leaves_the_hold_as_it_was(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 3)
    with pytest.raises(OutOfStock):
        office.perform(place, order(shop.channel, (tea, 9), hold=made.id), system)
    assert shop.stock(tea).held_qty == 3


def test_g_21_a_hold_that_ended_before_the_order_is_reserved_for_afresh(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    made = held(shop, tea, 3)
    act = later(shop, clock, minutes=16)
    reserved = office.perform(place, order(shop.channel, (tea, 3), hold=made.id), act)
    assert (reserved[0].qty, shop.stock(tea).held_qty) == (3, 0)


def test_g_21_a_hold_that_ended_gives_nothing_where_the_stock_is_gone(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    made = held(shop, tea, 3)
    act = later(shop, clock, minutes=16)
    office.perform(place, order(shop.channel, (tea, 4)), act)  # no timer has run; the hold counts as ended all the same
    with pytest.raises(OutOfStock) as refused:
        office.perform(place, order(shop.channel, (tea, 3), hold=made.id), act)
    assert refused.value.shortages == (Shortage(tea, 3, 1, "TEA"),)


def test_a_hold_binds_until_its_last_second_and_not_beyond(office: Office, clock: StillClock, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 3)
    with pytest.raises(OutOfStock):
        office.perform(place, order(shop.channel, (tea, 3)), later(shop, clock, seconds=899))
    act = later(shop, clock, seconds=1)
    assert act.at == made.expires_at
    assert office.perform(place, order(shop.channel, (tea, 3)), act)[0].qty == 3


def test_the_timer_frees_what_has_ended(office: Office, clock: StillClock, shop: Shop, tea: SkuId) -> None:
    held(shop, tea, 2)
    act = later(shop, clock, minutes=10)
    held(shop, tea, 1, OTHER, act)
    act = later(shop, clock, minutes=6)
    assert office.perform(expire_holds, ExpireHolds(), act) == 1
    assert shop.stock(tea).held_qty == 1
    assert office.perform(expire_holds, ExpireHolds(), act) == 0


def test_a_hold_is_shorter_where_stock_is_scarce(shop: Shop, tea: SkuId) -> None:
    assert (held(shop, tea, 3).expires_at - shop.act.at).seconds == RULE.ttl_s
    assert (held(shop, tea, 1, OTHER).expires_at - shop.act.at).seconds == RULE.scarce_ttl_s


def test_one_buyer_cannot_hold_more_than_the_cap(shop: Shop, tea: SkuId, office: Office, system: Act) -> None:
    receive(office, system, shop.warehouse, (tea, 50))
    held(shop, tea, 4)
    with pytest.raises(HoldCapReached) as refused:
        held(shop, tea, 3)
    assert (refused.value.held_qty, refused.value.wanted_qty, refused.value.cap_qty) == (4, 3, 6)
    assert held(shop, tea, 6, OTHER).state is HoldState.LIVE


def test_a_hold_that_ended_does_not_count_against_the_cap(shop: Shop, tea: SkuId, clock: StillClock) -> None:
    held(shop, tea, 4)
    assert held(shop, tea, 4, act=later(shop, clock, minutes=16)).state is HoldState.LIVE


def test_a_hold_given_back_is_free_at_once_and_again_does_nothing(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 5)
    for _ in range(2):
        assert office.perform(release_held_stock, ReleaseHeldStock(made.id), system).state is HoldState.RELEASED
    assert shop.stock(tea).available_qty == 5


def test_somebody_elses_hold_is_not_there(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    made = held(shop, tea, 5)
    with pytest.raises(NotFound):
        office.perform(place, order(shop.channel, (tea, 5), hold=made.id, buyer=OTHER), system)
    with pytest.raises(NotFound):
        office.perform(release_held_stock, ReleaseHeldStock(made.id, OTHER), system)


def test_a_hold_is_made_once(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    cmd = HoldStock(HoldId(new_id()), BUYER, shop.channel, (Want(1, tea, 1),))
    office.perform(hold, cmd, system)
    with pytest.raises(AlreadyExists):
        office.perform(hold, cmd, system)


def test_nobody_holds_on_a_channel_out_of_their_reach(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    clerk = limited(system, "inventory.hold", channel=some_channel(office, system, "ELSEWHERE"))
    with pytest.raises(NotFound):
        held(shop, tea, 1, act=clerk)


def test_nothing_is_held_where_something_is_short(office: Office, shop: Shop, tea: SkuId) -> None:
    wants: Any = (Want(1, tea, 2), Want(2, some_skus(office, shop.act, "CUP")[0], 1))
    with pytest.raises(OutOfStock):
        office.perform(hold, HoldStock(HoldId(new_id()), BUYER, shop.channel, wants), shop.act)
    assert shop.stock(tea).held_qty == 0
