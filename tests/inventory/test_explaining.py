"""The explanation of a SKU: every number with its parts, as a view and as a text for a clerk."""

from __future__ import annotations

import pytest

from houtai.application.inventory.configure import SetAside, SetFence, SetPublishPolicy, set_aside, set_fence, set_publish_policy
from houtai.application.inventory.explain import ExplainSku, explain
from houtai.application.inventory.explanation import Explanation
from houtai.application.inventory.hold import HoldStock, hold
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.inventory.reserve import Want
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import CustomerId, HoldId, SkuId, WarehouseId, new_id
from houtai.domain.inventory.stock import StockState
from tests.catalog.arrange import new_sku, some_category, some_channel, some_product
from tests.conftest import StillClock
from tests.inventory.arrange import Shop, book, order, place, receive, serve, some_shop, some_skus, some_warehouse


@pytest.fixture
def office(memory_office: Office) -> Office:
    """Rules that no store can change; the contract explains on every adapter."""
    return memory_office


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system)


@pytest.fixture
def tea(office: Office, system: Act, shop: Shop) -> SkuId:
    """Twenty, three reserved, two held, one for safety, four fenced in, and a policy."""
    (sku,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (sku, 20))
    receive(office, system, shop.warehouse, (sku, 1), state=StockState.DAMAGED)
    office.perform(place, order(shop.channel, (sku, 3)), system)
    office.perform(hold, HoldStock(HoldId(new_id()), CustomerId(new_id()), shop.channel, (Want(1, sku, 2),)), system)
    office.perform(set_aside, SetAside(sku, shop.warehouse, safety_qty=1), system)
    office.perform(set_fence, SetFence(shop.channel, sku, shop.warehouse, 4), system)
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, sku, 0, 50, 2, cap_qty=9), system)
    office.perform(publish_stock, PublishStock(shop.channel, (sku,)), system)
    return sku


def explained(office: Office, act: Act, sku: SkuId, movements: int = 5) -> Explanation:
    return office.ask(explain, ExplainSku(sku, movements), act)


def test_available_is_the_sum_of_what_is_shown(office: Office, system: Act, tea: SkuId) -> None:
    (stock,) = explained(office, system, tea).warehouses
    parts = stock.reserved_qty + stock.held_qty + stock.frozen_qty + stock.safety_qty
    assert stock.available_qty == stock.on_hand[StockState.SELLABLE] - parts == 14
    assert sum(one.qty for one in stock.reservations) == stock.reserved_qty == 3
    assert sum(one.qty for one in stock.holds) == stock.held_qty == 2
    assert stock.doubts == ()


def test_the_latest_movements_lead_to_what_lies_there(office: Office, system: Act, tea: SkuId) -> None:
    (stock,) = explained(office, system, tea, movements=1).warehouses
    assert [(one.seq, one.state, one.balance_after_qty) for one in stock.movements] == [(2, "damaged", 1)]
    assert explained(office, system, tea, movements=0).warehouses[0].movements == ()


def test_a_channels_figure_is_shown_with_its_arithmetic(office: Office, system: Act, tea: SkuId) -> None:
    (channel,) = explained(office, system, tea).channels
    sums = channel.figure
    assert (sums.shared_qty, sums.ratio_percent, sums.buffer_qty, sums.dedicated_qty) == (10, 50, 2, 4)
    assert (channel.qty, channel.told_qty, channel.told_seq) == (7, 7, 1)


def test_a_clerk_can_read_it(office: Office, system: Act, tea: SkuId) -> None:
    text = explained(office, system, tea, movements=1).text()
    arithmetic = [line.strip() for line in text.splitlines() if line.startswith("    ") and line[4] in " -=x+"]
    assert [" ".join(line.split()) for line in arithmetic if " for " not in line or "counting" in line] == [
        "20 sellable",
        "- 3 reserved",
        "- 2 held",
        "- 0 frozen for counting",
        "- 1 safety stock",
        "= 14 available, 4 of it ring-fenced",
        "10 shared with other channels (available - owed - all fences)",
        "x 50 percent of it, rounded down",
        "- 2 buffer",
        "+ 4 left in the channel's own fence",
        "- 0 sold there, not booked yet",
        "= 7 before its bounds",
        "= 7 to publish (at most 9, zero up to 0)",
    ]
    assert "Warehouse SH 仓库 SH: on hand 20 sellable, 1 damaged, after movement #2" in text


def test_holds_that_have_ended_are_not_subtracted(office: Office, clock: StillClock, tea: SkuId) -> None:
    clock.advance(hours=1)
    (stock,) = explained(office, Act.of_system(clock.now()), tea).warehouses
    assert (stock.held_qty, stock.ended_holds_qty, stock.available_qty) == (0, 2, 16)
    assert "(2 more were held until their time was over; they are free)" in "\n".join(stock.text())


def test_what_is_owed_and_what_was_never_told_is_said(office: Office, system: Act, shop: Shop) -> None:
    cup, pot = some_skus(office, system, "CUP", "POT")
    office.perform(book, order(shop.channel, (cup, 2)), system)
    assert "!      2  owed to orders that channels sold without stock" in explained(office, system, cup).text()
    assert "the channel was told nothing yet" in explained(office, system, pot).text()


def test_r_12_a_bundle_is_explained_by_what_its_parts_make(office: Office, system: Act, shop: Shop) -> None:
    far = some_warehouse(office, system, "GZ")
    cup, pot = some_skus(office, system, "CUP", "POT")
    receive(office, system, shop.warehouse, (cup, 4))
    receive(office, system, far, (cup, 1), (pot, 4))
    bundle = new_sku("SET", components=(Component(cup, 1), Component(pot, 2)))
    some_product(office, system, some_category(office, system, "SETS"), bundle, code="PSET")
    both = some_shop_on(office, system, shop, far)
    found = explained(office, system, bundle.id)
    assert [(part.sku_code, part.qty) for part in found.parts] == [("CUP", 1), ("POT", 2)]
    (channel,) = (one for one in found.channels if one.code == both)
    assert (channel.bundles_together, channel.bundles_split, channel.qty) == (1, 2, 1)
    assert "bundles from one warehouse each: 1; with parts from several: 2" in found.text()


def some_shop_on(office: Office, act: Act, shop: Shop, *more: WarehouseId) -> str:
    """A second channel that the shop's warehouse and these serve; its code."""
    serve(office, act, some_channel(office, act, "BOTH"), shop.warehouse, *more)
    return "BOTH"
