"""Ready, degraded or not ready, and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from houtai.adapters.condition import condition_of
from houtai.adapters.opening import open_store
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.relay import NotDelivered, Relay
from houtai.entrypoints.condition import DEGRADED, NOT_READY, READY, Condition, TimerStand
from houtai.entrypoints.http.app import create_app
from tests.conftest import ADAPTERS, StillClock
from tests.http.test_bad_input import problem
from tests.http_client import Door
from tests.orders.shop import Shop


@pytest.fixture(params=ADAPTERS)
def shop(request: pytest.FixtureRequest, clock: StillClock, tmp_path: Path) -> Iterator[Shop]:
    """A shop in a store as it is opened in earnest, with an order whose payment waits to be told to its provider."""
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    with closing(open_store(url)) as store:
        shop = Shop(Office(store, clock), clock)
        shop.place(CUP=1)
        yield shop


def store_of(shop: Shop) -> Any:
    return shop.office._store


def test_the_outbox_is_counted_alike_in_every_store(shop: Shop, clock: StillClock) -> None:
    with store_of(shop).snapshot() as views:
        pending = len(views.outbox.page(Page(limit=100)).items)
    clock.advance(seconds=75)
    found = condition_of(store_of(shop), clock.now())
    assert (found.pending, found.given_up, found.oldest_s, found.overdue_s) == (pending, 0, 75, 75)


def test_a_message_that_is_not_delivered_is_told_without_the_receivers_words(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(message: Message) -> None:
        words = "no such customer: 王小明"
        raise NotDelivered(words)

    topics = {"payments.create", "inventory.stock"}
    with caplog.at_level(logging.WARNING, "houtai.relay"):
        tried = Relay(shop.office, dict.fromkeys(topics, refuse), jitter=lambda _: 0).run_once()
    told = [record.facts for record in caplog.records]  # type: ignore[attr-defined]  # what is told beside the event
    assert len(told) == tried > 0
    assert {(fact["attempt"], fact["of"]) for fact in told} == {(1, 10)}
    assert "王小明" not in str(told) + caplog.text


def test_what_was_given_up_is_counted_apart(shop: Shop, clock: StillClock) -> None:
    relay = Relay(shop.office, {}, jitter=lambda _: 0)
    for _ in range(12):
        relay.run_until_idle()
        clock.advance(hours=2)
    found = condition_of(store_of(shop), clock.now())
    assert (found.pending, found.given_up > 0, found.oldest_s, found.overdue_s) == (0, True, 0, 0)


def test_a_house_is_ready_until_its_messages_lie_for_too_long(shop: Shop, clock: StillClock) -> None:
    condition = Condition(store_of(shop), clock)
    before = condition.look()
    clock.advance(seconds=121)
    after = condition.look()
    assert (before.status, after.status) == (READY, DEGRADED)
    assert after.reasons == ("a message has been due for 121 s",)


def test_a_timer_that_does_not_end_well_any_more_is_named(shop: Shop, clock: StillClock) -> None:
    condition = Condition(store_of(shop), clock)
    condition.timers = lambda: (TimerStand("holds", 10, 109, 3), TimerStand("coupons", 60, 400, 9))
    found = condition.look()
    assert (found.status, found.reasons) == (DEGRADED, ("timer coupons has not ended well for 400 s",))


def test_a_database_that_was_moved_on_under_a_process_makes_it_not_ready(shop: Shop, clock: StillClock) -> None:
    if not hasattr(store_of(shop), "engine"):
        pytest.skip("a store in memory has no schema")
    condition = Condition(store_of(shop), clock)
    with store_of(shop).engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    found = condition.look()
    assert found.status == NOT_READY
    app = create_app(shop.office, Door(shop.office), modules=(), condition=condition)
    with TestClient(app) as client:
        assert problem(client.get("/health/ready")) == (503, "unavailable")
        assert client.get("/health/live").status_code == 200


def test_a_stranger_learns_the_status_and_nothing_more(shop: Shop, clock: StillClock) -> None:
    clock.advance(seconds=121)
    app = create_app(shop.office, Door(shop.office), modules=(), condition=Condition(store_of(shop), clock))
    with TestClient(app) as client:
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})
