"""What time does to goods on their way out, on every adapter: released where somebody sends, closed a week after they arrived."""

from __future__ import annotations

import pytest

from houtai.application.aftersales.short import settle_short
from houtai.application.office import Office
from houtai.application.orders.release import release_confirmed, release_sendable
from houtai.application.orders.short import SettleShort
from houtai.application.orders.timers import run_due_timers
from houtai.application.outbound.short import ReportShort, report_short
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.tracking import TrackState
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_ship import arrive
from tests.outbound.dispatch import Dispatch
from tests.outbound.test_own_waybills import news
from tests.outbound.way import Way


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


def test_an_order_is_closed_by_itself_a_week_after_it_arrived(dispatch: Dispatch, clock: StillClock) -> None:
    order = dispatch.shop.paid(CUP=1)
    dispatch.shipped(order)
    arrive(dispatch, order)
    clock.advance(days=6, hours=23)
    assert run_due_timers(dispatch.office) == 0
    clock.advance(hours=1)
    assert run_due_timers(dispatch.office) == 1
    assert dispatch.shop.order(order).state is OrderState.COMPLETED
    assert run_due_timers(dispatch.office) == 0


def test_the_week_of_each_order_begins_when_it_arrived(dispatch: Dispatch, clock: StillClock) -> None:
    orders = [dispatch.shop.paid(CUP=1) for _ in range(2)]
    dispatch.shipped(*orders)
    arrive(dispatch, orders[0])
    clock.advance(days=3)
    arrive(dispatch, orders[1])
    clock.advance(days=4)
    assert run_due_timers(dispatch.office) == 1
    assert [dispatch.shop.order(order).state for order in orders] == [OrderState.COMPLETED, OrderState.RELEASED]


def test_where_nobody_has_said_how_a_warehouse_sends_its_orders_wait_for_a_hand(office: Office, clock: StillClock) -> None:
    shop = Shop(office, clock)
    shop.no_rules()
    order = shop.paid(CUP=1)
    assert release_sendable(office) == 0
    assert release_confirmed(office) == 1
    assert shop.order(order).state is OrderState.RELEASED


def test_where_somebody_sends_confirmed_orders_are_released_by_themselves(dispatch: Dispatch) -> None:
    orders = [dispatch.shop.paid(CUP=1) for _ in range(2)]
    assert (release_sendable(dispatch.office), release_sendable(dispatch.office)) == (2, 0)
    assert {dispatch.shop.order(order).state for order in orders} == {OrderState.RELEASED}


def test_what_is_paid_back_last_lets_an_order_be_closed_that_has_otherwise_arrived(office: Office, clock: StillClock) -> None:
    way = Way(Shop(office, clock))
    order = way.shop.paid(CUP=3)
    (sent,) = way.hand_over(order).outbound
    way.printed(sent, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    way.take(run, way.first, "CUP", 2)
    way.office.perform(report_short, ReportShort(run.id, way.first.path), way.act)
    split = way.office.perform(settle_short, SettleShort(sent.id, ShortChoice.SPLIT, "one is missing"), way.act)
    way.leaves(sent)
    news(way, way.now(sent).waybill, TrackState.DELIVERED)
    assert way.shop.order(order).complete_at is None
    (rest,) = split.further
    way.shop.take_in(None, CUP=1)
    way.put_away(way.second, CUP=1)
    way.printed(rest, method=PickMethod.SINGLE)
    run = way.start(way.new_tote())
    way.office.perform(report_short, ReportShort(run.id, way.second.path), way.act)
    way.office.perform(settle_short, SettleShort(rest.id, ShortChoice.REFUND, "this one too"), way.act)
    assert way.shop.story(order)[-1] == "arrived without the rest"
    clock.advance(days=7)
    assert run_due_timers(office) == 1
    assert way.shop.order(order).state is OrderState.COMPLETED
    assert way.shop.balance("customer-deposits") == 0
