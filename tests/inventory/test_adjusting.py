"""Receipts and adjustments: asked by one, approved by another, moved by the difference, with the books in step."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.inventory.adjust import (
    DecideAdjustment,
    RequestAdjustment,
    approve_adjustment,
    reject_adjustment,
    request_adjustment,
    withdraw_adjustment,
)
from houtai.application.inventory.configure import EditWarehouse, edit_warehouse
from houtai.application.inventory.ports import InventoryViews
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Denial, Dimension, Grant
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import AdjustmentId, SkuId, WarehouseId, new_id
from houtai.domain.inventory.adjustment import Adjustment, AdjustmentLine, AdjustmentState, ReceiptLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.refusals import NotOurGoods, NotStocked, WarehouseClosed, WouldUndercut
from houtai.domain.inventory.stock import StockState
from houtai.domain.inventory.warehouse import WarehouseState
from houtai.domain.refusal import AlreadyExists, CurrencyMismatch, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.catalog.arrange import another, limited, new_sku, some_category, some_merchant, some_product
from tests.inventory.arrange import Shop, order, place, receive, some_shop, some_skus, some_warehouse
from tests.inventory.invariants import broken


@pytest.fixture
def office(memory_office: Office) -> Office:
    """Rules that no store can change; the contract has adjustments on every adapter."""
    return memory_office


@pytest.fixture
def shop(office: Office, system: Act) -> Shop:
    return some_shop(office, system)


@pytest.fixture
def tea(office: Office, system: Act, shop: Shop) -> SkuId:
    """Ten lie there, worth 3.33 each."""
    (sku,) = some_skus(office, system, "TEA")
    receive(office, system, shop.warehouse, (sku, 10), unit_minor=333)
    return sku


def ask(shop: Shop, *lines: AdjustmentLine, act: Act | None = None, reason: Reason = Reason.COUNT_DIFFERENCE) -> Adjustment:
    cmd = RequestAdjustment(AdjustmentId(new_id()), shop.warehouse, reason, lines, "counted twice")
    return shop.office.perform(request_adjustment, cmd, act or shop.act)


def approve(shop: Shop, asked: Adjustment, act: Act | None = None) -> Adjustment:
    return shop.office.perform(approve_adjustment, DecideAdjustment(asked.id, asked.version), act or another(shop.act))


@needs("tests.books")
def books(views: InventoryViews, request: None, act: Act) -> dict[str, int]:
    totals: Any = views
    return {key.code.value: minor for key, minor in totals.sum_rows("balances").items() if minor}


def test_opening_stock_is_worth_its_cost_in_the_books(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    assert (shop.stock(tea).sellable_qty, shop.stock(tea).value_minor) == (10, 3330)
    assert office.ask(books, None, system) == {"inventory": 3330, "opening": -3330}


def test_a_receipt_has_a_number_and_is_booked_once(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    cmd = ReceiveOpening(new_id(), shop.warehouse, (ReceiptLine(1, tea, 1, 5),))
    assert office.perform(receive_opening, cmd, system).number == "RC-20261122-000002"
    with pytest.raises(AlreadyExists):
        office.perform(receive_opening, cmd, system)


def test_a_receipt_is_in_the_currency_of_the_warehouse(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    with pytest.raises(CurrencyMismatch):
        office.perform(receive_opening, ReceiveOpening(new_id(), shop.warehouse, (ReceiptLine(1, tea, 1, 5),), "USD"), system)


def test_nothing_comes_into_a_closed_warehouse(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(edit_warehouse, EditWarehouse(shop.warehouse, 1, "仓库", WarehouseState.CLOSED), system)
    with pytest.raises(WarehouseClosed):
        receive(office, system, shop.warehouse, (tea, 1))


def test_a_bundle_cannot_lie_on_a_shelf_and_nothing_unknown_can(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    bundle = new_sku("SET", components=(Component(tea, 2),))
    some_product(office, system, some_category(office, system, "SETS"), bundle, code="PSET")
    with pytest.raises(NotStocked):
        receive(office, system, shop.warehouse, (bundle.id, 1))
    with pytest.raises(NotFound):
        receive(office, system, shop.warehouse, (SkuId(new_id()), 1))


def test_a_merchants_goods_have_no_cost_in_the_books(office: Office, system: Act, shop: Shop) -> None:
    merchant = some_merchant(office, system)
    theirs = some_warehouse(office, system, "M1", merchant)
    (sku,) = some_skus(office, system, "THEIRS", merchant=merchant)
    with pytest.raises(NotOurGoods):
        receive(office, system, theirs, (sku, 3), unit_minor=1)
    receive(office, system, theirs, (sku, 3), unit_minor=0)
    assert (shop.stock(sku, theirs).sellable_qty, office.ask(books, None, system)) == (3, {})


def test_stock_moves_only_when_another_person_approves(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    asked = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    assert (asked.state, shop.stock(tea).sellable_qty) == (AdjustmentState.REQUESTED, 10)
    posted = approve(shop, asked)
    assert (posted.state, posted.version, shop.stock(tea).sellable_qty) == (AdjustmentState.POSTED, 2, 7)


def test_whoever_asks_cannot_approve(shop: Shop, tea: SkuId) -> None:
    asked = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    with pytest.raises(Forbidden) as refused:
        approve(shop, asked, shop.act)
    assert refused.value.reason == Denial.SAME_PERSON.value


def test_an_approver_has_a_limit_of_units(shop: Shop, tea: SkuId) -> None:
    asked = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3), AdjustmentLine(2, tea, StockState.DAMAGED, 3))
    clerk = another(shop.act, grants=(Grant("inventory.*", limits={"adjust_qty": 5}),))
    with pytest.raises(Forbidden) as refused:
        approve(shop, asked, clerk)
    assert refused.value.reason == Denial.OVER_LIMIT.value


def test_a_clerk_of_another_warehouse_is_told_so(shop: Shop, tea: SkuId) -> None:
    within = {Dimension.WAREHOUSE: frozenset({new_id()})}
    clerk = attrs.evolve(shop.act, actor=new_id(), authority=Authority(None, (Grant("inventory.adjust", within),)))
    with pytest.raises(Forbidden) as refused:
        ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3), act=clerk)
    assert refused.value.reason == Denial.OUT_OF_SCOPE.value


def test_the_houses_stock_is_not_there_for_a_merchant(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    merchant = some_merchant(office, system)
    with pytest.raises(NotFound):
        ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3), act=limited(system, "inventory.adjust", merchant=merchant))


def test_what_is_lost_and_found_goes_through_the_books(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    approve(shop, ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -4)))
    approve(shop, ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, 1, unit_minor=400)))
    expected = {"inventory": 2398, "opening": -3330, "shrinkage": 1332, "count-gain": -400}
    assert office.ask(books, None, system) == expected
    assert broken(office, system, [tea]) == []


def test_damaged_goods_stay_in_the_books_and_leave_the_shop(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    line = AdjustmentLine(1, tea, StockState.SELLABLE, -4, StockState.DAMAGED)
    approve(shop, ask(shop, line, reason=Reason.DAMAGE))
    stock = shop.stock(tea)
    assert (stock.sellable_qty, stock.damaged_qty, stock.available_qty, stock.value_minor) == (6, 4, 6, 3330)


def test_an_adjustment_never_takes_promised_units(office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    office.perform(place, order(shop.channel, (tea, 8)), system)
    asked = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    with pytest.raises(WouldUndercut) as refused:
        approve(shop, asked)
    told = refused.value
    assert (told.sellable_qty, told.reserved_qty, told.held_qty, told.delta_qty) == (10, 8, 0, -3)
    assert shop.stock(tea).sellable_qty == 10


def test_an_adjustment_is_decided_once(shop: Shop, tea: SkuId) -> None:
    asked = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    posted = approve(shop, asked)
    with pytest.raises(VersionConflict):
        approve(shop, asked)
    with pytest.raises(IllegalMove):
        approve(shop, posted)
    with pytest.raises(IllegalMove):
        shop.office.perform(withdraw_adjustment, DecideAdjustment(asked.id, 2), shop.act)


def test_a_rejected_or_withdrawn_request_moves_nothing(shop: Shop, tea: SkuId) -> None:
    first = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    second = ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, -3))
    rejected = shop.office.perform(reject_adjustment, DecideAdjustment(first.id, 1, "count again"), another(shop.act))
    withdrawn = shop.office.perform(withdraw_adjustment, DecideAdjustment(second.id, 1), shop.act)
    assert (rejected.state, withdrawn.state) == (AdjustmentState.REJECTED, AdjustmentState.WITHDRAWN)
    assert shop.stock(tea).sellable_qty == 10


def test_opening_is_no_reason_for_an_adjustment(shop: Shop, tea: SkuId) -> None:
    with pytest.raises(InvalidValue):
        ask(shop, AdjustmentLine(1, tea, StockState.SELLABLE, 3), reason=Reason.OPENING)


def test_a_request_is_made_once(shop: Shop, tea: SkuId) -> None:
    cmd = RequestAdjustment(
        AdjustmentId(new_id()), shop.warehouse, Reason.LOSS, (AdjustmentLine(1, tea, StockState.SELLABLE, -1),)
    )
    shop.office.perform(request_adjustment, cmd, shop.act)
    with pytest.raises(AlreadyExists):
        shop.office.perform(request_adjustment, cmd, shop.act)


def test_an_unknown_warehouse_is_not_found(shop: Shop, tea: SkuId) -> None:
    with pytest.raises(NotFound):
        ask(attrs.evolve(shop, warehouse=WarehouseId(new_id())), AdjustmentLine(1, tea, StockState.SELLABLE, -1))
