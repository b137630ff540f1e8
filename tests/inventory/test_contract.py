"""One story of each kind on every adapter: memory, SQLite and PostgreSQL keep the same stock."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from houtai.application.inventory import ports
from houtai.application.inventory.adjust import DecideAdjustment, RequestAdjustment, approve_adjustment, request_adjustment
from houtai.application.inventory.configure import SetFence, SetPublishPolicy, set_fence, set_publish_policy
from houtai.application.inventory.explain import ExplainSku, explain
from houtai.application.inventory.hold import ExpireHolds, HoldStock, expire_holds, hold
from houtai.application.inventory.ports import InventoryViews
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.inventory.queries import (
    ListAdjustments,
    ListMovements,
    ListOversells,
    ListPublished,
    ListStock,
    find_receipt,
    list_adjustments,
    list_movements,
    list_oversells,
    list_published,
    list_stock,
)
from houtai.application.inventory.reserve import Want
from houtai.application.inventory.settle import FillOversell, fill_oversell
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import AdjustmentId, CustomerId, HoldId, SkuId, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.oversell import OversellCause
from houtai.domain.inventory.refusals import OutOfStock, WouldUndercut
from houtai.domain.inventory.reservation import Hold
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import HoldRule
from tests.catalog.arrange import another, new_sku, some_category, some_product
from tests.conftest import StillClock
from tests.inventory.arrange import Shop, book, cancel, order, place, receive, some_shop, some_skus, some_warehouse
from tests.inventory.invariants import broken

pytestmark = pytest.mark.breaks("S8", "S11-line")  # there are no orders here, only their ids


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system, HoldRule(ttl_s=600))


@pytest.fixture
def tea(office: Office, system: Act, shop: Shop) -> SkuId:
    """Five lie there, and the channel is told of them."""
    (sku,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (sku, 5), unit_minor=333)
    office.perform(publish_stock, PublishStock(shop.channel, (sku,)), system)
    return sku


@needs("tests.read-hold")
def _read_hold(views: InventoryViews, request: HoldId, act: Act) -> Hold:
    return views.holds.get(request)


def held(shop: Shop, sku: SkuId, qty: int) -> Hold:
    cmd = HoldStock(HoldId(new_id()), CustomerId(new_id()), shop.channel, (Want(1, sku, qty),))
    return shop.office.perform(hold, cmd, shop.act)


def test_g_20_a_channel_order_without_stock_is_booked_short_with_its_cause_and_the_channel_told_zero(
    office: Office, clock: StillClock, shop: Shop, tea: SkuId
) -> None:
    rival = order(shop.channel, (tea, 5))
    office.perform(place, rival, Act.of_system(clock.advance(seconds=1)))
    act = Act.of_system(clock.advance(seconds=1))
    sold = order(shop.channel, (tea, 2))
    reserved, shortages = office.perform(book, sold, act)
    assert (reserved, [(one.wanted_qty, one.available_qty) for one in shortages]) == ((), [(2, 0)])
    (found,) = office.ask(list_oversells, ListOversells(), act).items
    assert (found.order_id, found.missing_qty, found.root_cause.cause) == (sold.order, 2, OversellCause.NOT_DELIVERED)
    assert [(one.document_id, one.qty) for one in found.root_cause.consumed] == [(rival.order, 5)]
    (told,) = office.ask(list_published, ListPublished(shop.channel), act).items
    assert (told.row.qty, told.row.seq, told.publication.figure.shared_qty) == (0, 2, 0)
    assert broken(office, act, [tea]) == []


def test_what_was_oversold_is_filled_when_stock_comes(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(book, order(shop.channel, (tea, 8)), system)
    receive(office, system, shop.warehouse, (tea, 4))
    (found,) = office.ask(list_oversells, ListOversells(), system).items
    office.perform(fill_oversell, FillOversell(found.id, 1), system)
    stock = shop.stock(tea)
    assert (stock.reserved_qty, stock.owed_qty, stock.available_qty) == (8, 0, 1)
    assert broken(office, system, [tea]) == []


def test_a_hold_binds_ends_and_becomes_a_reservation(office: Office, clock: StillClock, shop: Shop, tea: SkuId) -> None:
    office.perform(set_fence, SetFence(shop.channel, tea, shop.warehouse, 2), shop.act)
    first, second = held(shop, tea, 3), held(shop, tea, 1)
    with pytest.raises(OutOfStock):
        held(shop, tea, 2)
    cmd = order(shop.channel, (tea, 3), hold=first.id)
    assert office.perform(place, cmd, shop.act)[0].dedicated_qty == 2
    act = Act.of_system(clock.advance(minutes=11))
    office.perform(place, order(shop.channel, (tea, 2)), act)  # what the second hold bound is free by now
    assert office.perform(expire_holds, ExpireHolds(), act) == 1
    office.perform(cancel, cmd.order, act)
    states = [office.ask(_read_hold, one.id, act).state.value for one in (first, second)]
    stock = shop.stock(tea)
    assert (states, stock.held_qty, stock.reserved_qty, stock.dedicated_qty) == (["converted", "expired"], 0, 2, 2)
    assert broken(office, act, [tea]) == []


def test_an_adjustment_is_posted_whole_or_not_at_all(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(place, order(shop.channel, (tea, 2)), system)
    lines = (
        AdjustmentLine(1, tea, StockState.SELLABLE, -1, StockState.DAMAGED),
        AdjustmentLine(2, tea, StockState.SELLABLE, -2),
    )
    for number, changed in enumerate((lines, (*lines, AdjustmentLine(3, tea, StockState.SELLABLE, -1)))):
        cmd = RequestAdjustment(AdjustmentId(new_id()), shop.warehouse, Reason.DAMAGE, changed)
        office.perform(request_adjustment, cmd, system)
        decision = DecideAdjustment(cmd.adjustment, 1)
        if number:
            with pytest.raises(WouldUndercut):
                office.perform(approve_adjustment, decision, another(system))
        else:
            office.perform(approve_adjustment, decision, another(system))
    stock = shop.stock(tea)
    assert (stock.sellable_qty, stock.damaged_qty, stock.value_minor) == (2, 1, 999)
    states = [one.state.value for one in office.ask(list_adjustments, ListAdjustments(), system).items]
    assert states == ["requested", "posted"]
    assert broken(office, system, [tea]) == []


def test_lists_come_in_pages(office: Office, system: Act, shop: Shop) -> None:
    skus = some_skus(office, system, "A", "B", "C")
    far = some_warehouse(office, system, "GZ")
    for warehouse in (shop.warehouse, far):
        receipt = receive(office, system, warehouse, *((sku, 2) for sku in skus))
        assert office.ask(find_receipt, receipt.id, system) == receipt
    first = office.ask(list_stock, ListStock(Page(limit=4)), system)
    second = office.ask(list_stock, ListStock(Page(limit=4, cursor=first.next_cursor)), system)
    rows = [(one.sku_id, one.warehouse_id) for one in (*first.items, *second.items)]
    assert (rows, second.has_more) == (sorted(((sku, w) for sku in skus for w in (shop.warehouse, far)), reverse=True), False)
    assert len(office.ask(list_stock, ListStock(warehouse_id=far, sku_id=skus[0], available_at_most=2), system).items) == 1
    assert office.ask(list_stock, ListStock(available_at_most=1), system).items == ()
    receive(office, system, far, (skus[0], 1))
    moves = office.ask(list_movements, ListMovements(skus[0], far, Page(limit=1)), system)
    assert [(one.seq, one.balance_after_qty) for one in moves.items] == [(2, 3)]
    rest = office.ask(list_movements, ListMovements(skus[0], far, Page(limit=1, cursor=moves.next_cursor)), system)
    assert ([one.seq for one in rest.items], rest.has_more) == ([1], False)


def test_a_bundle_is_published_by_its_parts_and_explained(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    bundle = new_sku("SET", components=(Component(tea, 2),))
    some_product(office, system, some_category(office, system, "SETS"), bundle, code="PSET")
    office.perform(publish_stock, PublishStock(shop.channel, (bundle.id,)), system)
    office.perform(set_publish_policy, SetPublishPolicy(shop.channel, None, 0, 50, 1, 10), system)
    office.perform(place, order(shop.channel, (tea, 1)), system)
    figures = office.ask(list_published, ListPublished(shop.channel), system).items
    assert {one.sku_code: one.row.qty for one in figures} == {"TEA": 1, "SET": 0}
    found = office.ask(explain, ExplainSku(tea), system)
    assert (found.available_qty, found.channels[0].qty, found.warehouses[0].doubts) == (4, 1, ())


@pytest.mark.parametrize("table", ["movements", "publications", "opening_receipts", "opening_receipt_lines"])
def test_the_ledgers_cannot_be_rewritten(sql_store: Any, clock: StillClock, table: str) -> None:
    office, act = Office(sql_store, clock), Act.of_system(clock.now())
    shop = some_shop(office, act)
    (sku,) = some_skus(office, act, "TEA")
    receive(office, act, shop.warehouse, (sku, 5))
    office.perform(publish_stock, PublishStock(shop.channel, (sku,)), act)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET warehouse_id = NULL" if table == "movements" else ""):
        if statement:
            with pytest.raises(DBAPIError, match="append-only"), sql_store.engine.begin() as connection:
                connection.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["reserved_qty = 6", "held_qty = 1", "sellable_qty = -1", "sellable_qty = 0", "owed_qty = -1", "value_minor = -1"],
)
def test_the_table_itself_refuses_what_cannot_be(sql_store: Any, clock: StillClock, change: str) -> None:
    office, act = Office(sql_store, clock), Act.of_system(clock.now())
    shop = some_shop(office, act)
    (sku,) = some_skus(office, act, "TEA")
    receive(office, act, shop.warehouse, (sku, 5))
    with pytest.raises(DBAPIError), sql_store.engine.begin() as connection:
        connection.execute(text(f"UPDATE stocks SET {change}"))  # the test's own words


def test_every_record_declared_is_kept() -> None:
    assert len({records.name for records in ports.RECORDS}) == len(ports.RECORDS) == 17
