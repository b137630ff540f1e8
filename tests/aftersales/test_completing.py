"""An order stays open while a claim of it is (SM-SO), and is closed by time as soon as none is."""

from __future__ import annotations

import pytest

from houtai.application.orders.ports import Timer
from houtai.application.orders.ship import WINDOW, CompleteOrder, complete_order
from houtai.application.orders.timers import run_timer
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import StillClaimed
from houtai.domain.orders.state import OrderState
from tests.aftersales.desk import RETURN, ServiceDesk
from tests.conftest import StillClock
from tests.orders.test_ship import arrive


def arrived(desk: ServiceDesk) -> Order:
    order = desk.shop.paid(CUP=2)
    desk.shipped(order)
    arrive(desk, order)
    return order


def test_no_order_is_closed_over_an_open_claim(desk: ServiceDesk, clock: StillClock) -> None:
    order, unclaimed = arrived(desk), arrived(desk)
    claim = desk.claim(order, RETURN, CUP=1)
    clock.advance(days=WINDOW.days)
    with pytest.raises(StillClaimed, match="1 of its claims are not over"):
        desk.office.perform(complete_order, CompleteOrder(order.id), desk.act)
    assert run_timer(desk.office, Timer.COMPLETION) == 1
    assert [desk.shop.order(one).state for one in (order, unclaimed)] == [OrderState.RELEASED, OrderState.COMPLETED]
    desk.reject(claim)
    assert run_timer(desk.office, Timer.COMPLETION) == 1
    assert desk.shop.order(order).state is OrderState.COMPLETED
