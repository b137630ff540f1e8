"""What belongs together leaves together, on every adapter: bundles whole, gifts with what earned them, as far as that goes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from houtai.application.inventory.configure import SetChannelWarehouses, set_channel_warehouses
from houtai.application.office import Office
from houtai.application.orders.release import release_confirmed
from houtai.domain.ids import WarehouseId
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.floor import Floor


class Two(Floor):
    """The floor, with ten of each, and a second warehouse behind it in the channel's pool, which has what a test gives it."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.other = some_warehouse(self.office, self.act, "BJ")
        pool = SetChannelWarehouses(shop.channel, (self.warehouse, self.other), expected_version=1)
        self.office.perform(set_channel_warehouses, pool, self.act)

    def torn(self) -> Order:
        """An order of a set (a pot, two trays) whose pot is reserved here and whose trays are in the other warehouse."""
        self.shop.take_in(self.other, TRAY=10)
        self.shop.paid(TRAY=9)
        return self.shop.paid(SET=1)


@pytest.fixture
def two(office: Office, clock: StillClock) -> Two:
    return Two(Shop(office, clock))


@pytest.fixture
def memory_two(memory_office: Office, clock: StillClock) -> Two:
    return Two(Shop(memory_office, clock))


def units(sent: Sequence[OutboundOrder]) -> dict[WarehouseId, dict[str, int]]:
    return {one.warehouse_id: {line.sku_code: line.qty for line in one.lines} for one in sent}


def test_a_bundle_whose_parts_are_reserved_apart_leaves_from_where_it_is_whole(two: Two) -> None:
    order = two.torn()
    two.shop.take_in(two.other, POT=1)
    assert units(two.hand_over(order).outbound) == {two.other: {"POT": 1, "TRAY": 2}}


def test_a_split_does_not_part_a_bundle(two: Two) -> None:
    two.shop.take_in(two.other, CUP=5, POT=1, TRAY=10)
    two.shop.paid(TRAY=9)
    sent = two.hand_over(two.shop.paid(SET=1, CUP=12)).outbound
    assert len(sent) == 2
    assert [place for place, held in units(sent).items() if {"POT", "TRAY"} & set(held)] == [two.other]


def test_a_bundle_that_no_warehouse_has_whole_waits_until_somebody_says_otherwise(two: Two) -> None:
    order = two.torn()
    with pytest.raises(StepTooEarly, match="bundle"):
        two.hand_over(order)
    assert release_confirmed(two.office) == 1  # the one of nine trays
    assert two.shop.order(order).state is OrderState.CONFIRMED
    assert units(two.hand_over(order, apart=True).outbound) == {two.warehouse: {"POT": 1}, two.other: {"TRAY": 2}}


def test_of_several_bundles_each_is_whole_wherever_it_leaves(two: Two) -> None:
    two.shop.take_in(two.other, POT=5, TRAY=10)
    sent = two.hand_over(two.shop.paid(SET=8)).outbound
    held = units(sent)
    assert sum(one["POT"] for one in held.values()) == 8
    assert {place: one["TRAY"] - 2 * one["POT"] for place, one in held.items()} == {two.warehouse: 0, two.other: 0}


def test_a_gift_goes_with_what_earned_it_where_a_warehouse_has_both(two: Two) -> None:
    two.shop.paid(CUP=10)
    two.shop.give_spoon()
    two.shop.take_in(two.other, CUP=5, SPOON=5)
    sent = two.hand_over(two.shop.paid(CUP=2, BOWL=1)).outbound
    where = {code: place for place, held in units(sent).items() for code in held}
    assert where["SPOON"] == where["CUP"] == two.other


def test_a_gift_that_lies_elsewhere_holds_nothing_up(two: Two) -> None:
    two.shop.paid(CUP=10)
    two.shop.give_spoon()
    two.shop.take_in(two.other, CUP=5)
    assert len(two.hand_over(two.shop.paid(CUP=1)).outbound) == 2


def test_over_http_somebody_sends_a_bundle_apart(http_client: Caller, memory_two: Two) -> None:
    path = f"/orders/{memory_two.torn().id}/outbound-orders"
    refused = http_client.post(path, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "outbound.not-ready")
    sent = http_client.post(path, {"apart": True})
    assert (sent.status_code, len(sent.json()["outbound"])) == (201, 2)
