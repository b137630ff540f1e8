"""What a running house does by itself: each timer once, and the clockwork that keeps on through faults and stops in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from houtai.adapters.noted_heads import NotedHeads
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.access.noted_heads import NotedHead
from houtai.application.inventory.ports import InventoryViews
from houtai.application.permission import needs
from houtai.application.relay import NotDelivered
from houtai.domain.act import Act
from houtai.domain.ids import HoldId, new_id
from houtai.domain.inventory.reservation import HoldState
from houtai.domain.orders.state import OrderState
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.refusal import Busy
from houtai.entrypoints import timers
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.settings import PRODUCTION, Settings
from houtai.entrypoints.timers import Clockwork, Timer, run_once, timers_of
from tests.conftest import StillClock
from tests.orders.shop import Shop

NOTHING = {
    "outbox": 0,
    "webhooks": 0,
    "unpaid-orders": 0,
    "merge-windows": 0,
    "stopped-orders": 0,
    "confirmed-orders": 0,
    "short-orders": 0,
    "delivered-orders": 0,
    "due-tickets": 0,
    "due-claims": 0,
    "holds": 0,
    "coupons": 0,
    "points": 0,
    "answers": 0,
    "ended-sessions": 0,
    "login-tries": 0,
    "known-addresses": 0,
    "delivered-messages": 0,
    "webhook-deliveries": 0,
    "unknown-outcomes": 0,
    "unknown-waybills": 0,
    "embedded-callbacks": 0,
    "embedded-pushes": 0,
}


@pytest.fixture
def container(clock: StillClock) -> Iterator[Container]:
    """A house in memory on the test's clock."""
    from dependency_injector import providers

    opened = house(Settings(db="memory://"))
    opened.clock.override(providers.Object(clock))
    yield opened
    opened.office().close()


@needs("tests.read")
def state_of_hold(views: InventoryViews, hold: HoldId, act: Act) -> HoldState:
    return views.holds.get(hold).state


def test_an_idle_house_does_nothing_and_logs_nothing(container: Container) -> None:
    assert run_once(timers_of(container)) == NOTHING
    with container.store().snapshot() as views:
        assert views.audit_head() == 0


def test_no_development_end_runs_in_production() -> None:
    container = house(Settings(db="memory://", env=PRODUCTION))
    assert [timer.name for timer in timers_of(container)] == [name for name in NOTHING if not name.startswith("embedded-")]
    assert container.gateways() == {}
    with pytest.raises(NotDelivered):
        container.channels()(new_id())


def test_a_payment_goes_out_is_paid_and_its_callback_comes_back(container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    order = shop.place(CUP=1)
    house_timers = timers_of(container)
    assert run_once(house_timers)["outbox"] > 0
    gateway = container.gateways()["embedded"]
    assert isinstance(gateway, EmbeddedGateway)
    gateway.pay(order.tenders[0].payment_id)
    assert run_once(house_timers)["embedded-callbacks"] == 1
    assert shop.order(order).paid_minor == 9990


def test_a_coupon_is_closed_once_its_time_is_over(container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    coupon = shop.coupon()
    assert run_once(timers_of(container))["coupons"] == 0
    clock.advance(days=31)
    assert run_once(timers_of(container))["coupons"] == 1
    assert shop.coupon_of(coupon).state is CouponState.EXPIRED


def test_time_ends_unpaid_orders_and_holds(container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    order = shop.place(CUP=1)
    hold = shop.hold(BOWL=1)
    clock.advance(minutes=31)
    did = run_once(timers_of(container))
    assert (did["unpaid-orders"], did["holds"]) == (1, 1)
    assert shop.order(order).state is OrderState.EXPIRED
    assert container.office().ask(state_of_hold, hold, shop.act) is HoldState.EXPIRED


def test_the_head_of_the_log_is_noted_where_the_house_was_told(clock: StillClock, tmp_path: Path) -> None:
    from dependency_injector import providers

    opened = house(Settings(db="memory://", audit_heads=str(tmp_path)))
    opened.clock.override(providers.Object(clock))
    assert run_once(timers_of(opened))["audit-heads"] == 0
    Shop(opened.office(), clock)
    assert [run_once(timers_of(opened))["audit-heads"] for _ in range(2)] == [1, 0]
    (noted,) = NotedHeads(tmp_path).read()
    with opened.store().snapshot() as views:
        assert noted == NotedHead(clock.now(), views.audit_head(), views.audit_head_hash())
    opened.office().close()


def until(done: Callable[[], bool]) -> None:
    """Wait for another thread, within reason."""
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clockwork that looks often."""
    monkeypatch.setattr(timers, "TICK_S", 0.01)


def test_the_clockwork_runs_timers_again_and_again_and_stops(quick: None) -> None:
    runs: list[str] = []

    def once(name: str) -> Callable[[], int]:
        return lambda: runs.append(name) or 0  # type: ignore[func-returns-value]

    with Clockwork([Timer("often", 0, once("often")), Timer("seldom", 3_600, once("seldom"))]):
        until(lambda: runs.count("often") >= 3)
    stopped = len(runs)
    time.sleep(0.05)
    assert (runs.count("seldom"), len(runs)) == (1, stopped)


def test_a_timer_with_more_to_do_goes_on_at_once(quick: None) -> None:
    left = [3, 2, 1, 0]
    with Clockwork([Timer("backlog", 3_600, lambda: left.pop(0))]):
        until(lambda: not left)
    assert left == []


def test_a_failing_timer_is_logged_and_runs_again_beside_the_others(quick: None, caplog: pytest.LogCaptureFixture) -> None:
    failures: list[BaseException] = [Busy(what="the store cannot be reached"), ZeroDivisionError("a fault of ours")]
    runs: list[str] = []

    def fail_twice() -> int:
        if failures:
            raise failures.pop(0)
        runs.append("recovered")
        return 0

    with caplog.at_level(logging.WARNING, "houtai.timers"), Clockwork([Timer("shaky", 0, fail_twice)]):
        until(lambda: "recovered" in runs)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("WARNING", "timer shaky: the store cannot be reached"), ("ERROR", "timer shaky failed")]
    assert caplog.records[1].exc_info is not None


def test_stopping_waits_for_what_is_under_way(quick: None) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[bool] = []

    def slowly() -> int:
        begun.set()
        done.append(go_on.wait(10))
        return 0

    clockwork = Clockwork([Timer("slow", 0, slowly)])
    with clockwork:
        assert begun.wait(10)
        threading.Timer(0.05, go_on.set).start()
    assert done[0] is True
