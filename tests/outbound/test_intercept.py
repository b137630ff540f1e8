"""Stopping at any moment before the hand-over, on every adapter: bins, labels, parcels and money, and the way back to a shelf."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.refusals import MustReturn, StepTooEarly, TooMany
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickState
from houtai.domain.refusal import IllegalMove, NotFound
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.dispatch import Dispatch


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def memory_dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


def released(dispatch: Dispatch, order: Order) -> None:
    dispatch.released(order)


def waved(dispatch: Dispatch, order: Order) -> None:
    dispatch.waved(dispatch.released(order))


def picked(dispatch: Dispatch, order: Order) -> None:
    dispatch.picked(order)


def checked(dispatch: Dispatch, order: Order) -> None:
    dispatch.check(dispatch.picked(order).id)


def packed(dispatch: Dispatch, order: Order) -> None:
    dispatch.pack(dispatch.check(dispatch.picked(order).id).id)


def weighed(dispatch: Dispatch, order: Order) -> None:
    dispatch.weighed(order)


def on_manifest(dispatch: Dispatch, order: Order) -> None:
    dispatch.scan(dispatch.manifest().id, dispatch.weighed(order).waybill)


MOMENTS = (released, waved, picked, checked, packed, weighed, on_manifest)


@pytest.mark.parametrize("moment", MOMENTS)
def test_whatever_the_moment_goods_and_money_are_whole(dispatch: Dispatch, moment: Callable[[Dispatch, Order], None]) -> None:
    order = dispatch.shop.paid(CUP=2, BOWL=1)
    moment(dispatch, order)
    assert dispatch.cancel(order).state is OrderState.CANCELLED
    sent = dispatch.sent(order)
    back = {row.line: row.qty for row in dispatch.rows(sent.id) if row.state is PickState.PICKED}
    assert sent.state is (OutboundState.INTERCEPTED if back else OutboundState.CANCELLED)
    assert [refund.amount.minor for refund in dispatch.shop.refunds(order)] == [order.payable_minor]
    for line, qty in back.items():
        sent = dispatch.put_back(sent, order.lines[line - 1].sku_code, qty)
    assert sent.state is OutboundState.CANCELLED
    assert (dispatch.promised(sent.id), dispatch.shop.reserved("CUP"), dispatch.shop.balance("customer-deposits")) == (0, 0, 0)
    assert {parcel.state for parcel in dispatch.parcels(sent.id)} <= {ParcelState.DISSOLVED}


@pytest.mark.parametrize("moment", [waved, on_manifest])
def test_the_label_of_a_stopped_order_is_voided(memory_dispatch: Dispatch, moment: Callable[[Dispatch, Order], None]) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    moment(memory_dispatch, order)
    memory_dispatch.cancel(order)
    states = [waybill.state for waybill in memory_dispatch.waybills(memory_dispatch.sent(order).id)]
    assert states == [WaybillState.VOIDING]


def test_a_number_that_is_still_awaited_is_voided_when_it_comes(memory_dispatch: Dispatch) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    memory_dispatch.waved(memory_dispatch.released(order), bound=False)
    memory_dispatch.cancel(order)
    sent = memory_dispatch.sent(order)
    memory_dispatch.bind(sent.id)
    assert [waybill.state for waybill in memory_dispatch.waybills(sent.id)] == [WaybillState.VOIDING]
    assert memory_dispatch.sent(order).waybill == ""


def test_what_has_left_comes_back_as_a_return(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=1)
    dispatch.shipped(order)
    with pytest.raises(MustReturn):
        dispatch.cancel(order)
    with pytest.raises(MustReturn):
        dispatch.office.perform(intercept_order, InterceptOrder(dispatch.sent(order).id, "refund"), dispatch.act)
    assert (dispatch.shop.order(order).state, dispatch.shop.refunds(order)) == (OrderState.RELEASED, [])


def stop(dispatch: Dispatch, sent: OutboundOrder) -> OutboundOrder:
    return dispatch.office.perform(intercept_order, InterceptOrder(sent.id, "the address is wrong"), dispatch.act)


def test_an_order_that_only_its_warehouse_stopped_is_confirmed_again_with_its_goods(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=2)
    sent = dispatch.picked(order)
    assert stop(dispatch, sent).state is OutboundState.INTERCEPTED
    assert dispatch.shop.order(order).state is OrderState.RELEASED
    dispatch.put_back(sent, "CUP", 2)
    assert (dispatch.shop.order(order).state, dispatch.shop.reserved("CUP")) == (OrderState.CONFIRMED, 2)
    assert dispatch.shop.story(order)[-1] == "recalled"


def test_stopping_twice_is_stopping_once(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1))
    assert stop(memory_dispatch, sent) == stop(memory_dispatch, sent)


def test_units_go_back_one_by_one_and_never_more_than_were_taken(dispatch: Dispatch) -> None:
    sent = dispatch.picked(dispatch.shop.paid(CUP=3))
    with pytest.raises(StepTooEarly):
        dispatch.put_back(sent, "CUP", 1)
    stop(dispatch, sent)
    assert dispatch.put_back(sent, "CUP", 1).state is OutboundState.INTERCEPTED
    with pytest.raises(TooMany):
        dispatch.put_back(sent, "CUP", 3)
    with pytest.raises(NotFound):
        dispatch.put_back(sent, "FAN", 1)
    assert dispatch.put_back(sent, "CUP", 2).state is OutboundState.CANCELLED
    assert sorted((row.state.value, row.qty) for row in dispatch.rows(sent.id)) == [("returned", 1), ("returned", 2)]


def test_goods_are_put_back_to_a_place_that_is_there(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1))
    stop(memory_dispatch, sent)
    nowhere = PutBack(sent.id, memory_dispatch.shop.sku["CUP"], 1, memory_dispatch.shelf.warehouse_id)  # type: ignore[arg-type]  # no place has this id
    with pytest.raises(NotFound):
        memory_dispatch.office.perform(put_back_goods, nowhere, memory_dispatch.act)


def test_an_order_that_is_over_is_not_cancelled_again(memory_dispatch: Dispatch) -> None:
    order = memory_dispatch.shop.paid(CUP=1)
    memory_dispatch.picked(order)
    memory_dispatch.cancel(order)
    with pytest.raises(IllegalMove):
        memory_dispatch.cancel(order)
