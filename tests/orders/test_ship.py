"""Shipped orders on every adapter: the lines, the books to the fen, the channel told once, and the order closed (SM-SO, SM-FO)."""

from __future__ import annotations

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.orders.ship import TOPIC, CompleteOrder, complete_order
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.shipping.ports import OF_PARCEL, ShippingTx
from houtai.application.timeline import write_line
from houtai.application.tx import Views
from houtai.domain.act import Act
from houtai.domain.event import Event
from houtai.domain.ids import OutboundId, WaybillId
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import NotDueYet
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.state import OutboundState
from houtai.domain.shipping.events import ParcelDelivered, ParcelReturning
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.dispatch import Dispatch

UNIT_COST = 500


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def memory_dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


def books(dispatch: Dispatch, *accounts: str) -> dict[str, int]:
    return {account: dispatch.shop.balance(account) for account in accounts}


@needs("tests.read")
def messages(views: Views, query: str, act: Act) -> list[Message]:
    return [one for one in views.outbox.page(Page(limit=100)).items if one.topic == query]


@attrs.frozen
class News:
    """What the carrier says about every waybill of an outbound order."""

    outbound: OutboundId
    state: WaybillState


@needs("tests.track")
def tell(tx: ShippingTx, cmd: News, act: Act) -> None:
    """As tracking does: the waybill moves, and its event says so."""
    for waybill in tx.waybills.lock_by(OF_PARCEL, cmd.outbound):
        moved = waybill.moved(cmd.state)
        tx.waybills.save(moved)
        write_line(tx, act, "waybill", moved, cmd.state.value, before=waybill.state)
        kind: type[Event] = ParcelDelivered if cmd.state is WaybillState.DELIVERED else ParcelReturning
        tx.emit(kind(WaybillId(waybill.id), waybill.parcel_id))  # type: ignore[call-arg]  # both name waybill and parcel


def arrive(dispatch: Dispatch, order: Order, state: WaybillState = WaybillState.DELIVERED) -> None:
    dispatch.office.perform(tell, News(dispatch.sent(order).id, state), dispatch.act)


def test_the_sale_and_its_cost_stand_in_the_books_when_the_goods_leave(dispatch: Dispatch) -> None:
    dispatch.shop.charge_freight(1_000)
    order = dispatch.shop.paid(CUP=2, BOWL=1)
    before = dispatch.shop.balance("inventory")
    dispatch.shipped(order)
    assert books(dispatch, "customer-deposits", "revenue", "freight-income", "cogs") == {
        "customer-deposits": 0,
        "revenue": -(2 * 9_990 + 5_990),
        "freight-income": -1_000,
        "cogs": 3 * UNIT_COST,
    }
    assert dispatch.shop.balance("inventory") == before - 3 * UNIT_COST


def test_a_discount_stands_with_who_bears_it(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid([dispatch.shop.coupon(3_000)], CUP=1, BOWL=3)
    dispatch.shipped(order)
    assert books(dispatch, "customer-deposits", "revenue", "promotion-platform") == {
        "customer-deposits": 0,
        "revenue": -(9_990 + 3 * 5_990),
        "promotion-platform": 3_000,
    }


def test_a_gift_costs_marketing(memory_dispatch: Dispatch) -> None:
    memory_dispatch.shop.give_spoon()
    memory_dispatch.shipped(memory_dispatch.shop.paid(CUP=1))
    assert books(memory_dispatch, "cogs", "marketing") == {"cogs": UNIT_COST, "marketing": UNIT_COST}


def test_the_lines_say_what_left(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=2, BOWL=1)
    dispatch.shipped(order)
    after = dispatch.shop.order(order)
    assert [(line.qty, line.shipped_qty, line.open_qty) for line in after.lines] == [(2, 2, 0), (1, 1, 0)]
    assert (after.state, dispatch.shop.story(order)[-1]) == (OrderState.RELEASED, "shipped")


def test_nothing_is_earned_before_the_driver_has_signed(memory_dispatch: Dispatch) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    memory_dispatch.scan(memory_dispatch.manifest().id, memory_dispatch.weighed(order).waybill)
    assert books(memory_dispatch, "customer-deposits", "revenue", "cogs") == {
        "customer-deposits": -order.payable_minor,
        "revenue": 0,
        "cogs": 0,
    }


def test_the_channel_is_told_once_what_left_of_its_order(dispatch: Dispatch) -> None:
    order = dispatch.shop.import_order(dispatch.shop.sold_by_channel("TM-7", CUP=2))
    own = dispatch.shop.paid(CUP=1)
    dispatch.shipped(order, own)
    (told,) = dispatch.office.ask(messages, TOPIC, dispatch.act)
    lines = [{"item": order.lines[0].external_id, "sku_code": "CUP", "qty": 2}]
    waybill = dispatch.sent(order).waybill
    assert (told.payload["external_id"], told.payload["waybills"], told.payload["lines"]) == ("TM-7", [waybill], lines)


def test_an_order_is_closed_when_it_has_arrived_and_the_time_to_complain_is_over(dispatch: Dispatch, clock: StillClock) -> None:
    order = dispatch.shop.paid(CUP=1)
    dispatch.shipped(order)
    wish = CompleteOrder(order.id)
    with pytest.raises(NotDueYet):
        dispatch.office.perform(complete_order, wish, dispatch.act)
    arrive(dispatch, order)
    assert (dispatch.sent(order).state, dispatch.shop.story(order)[-1]) == (OutboundState.DELIVERED, "delivered")
    with pytest.raises(NotDueYet):
        dispatch.office.perform(complete_order, wish, dispatch.act)
    clock.advance(days=7)
    assert dispatch.office.perform(complete_order, wish, dispatch.act).state is OrderState.COMPLETED


def test_a_parcel_that_comes_back_is_not_delivered(memory_dispatch: Dispatch, clock: StillClock) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    memory_dispatch.shipped(order)
    arrive(memory_dispatch, order, WaybillState.RETURNING)
    assert memory_dispatch.sent(order).state is OutboundState.RETURNING
    clock.advance(days=30)
    with pytest.raises(NotDueYet):
        memory_dispatch.office.perform(complete_order, CompleteOrder(order.id), memory_dispatch.act)


def test_an_order_that_nobody_released_is_not_closed(memory_dispatch: Dispatch) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    with pytest.raises(NotDueYet):
        memory_dispatch.office.perform(complete_order, CompleteOrder(order.id), memory_dispatch.act)
