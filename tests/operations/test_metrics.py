"""What is counted, under which labels, and who is shown it."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from dependency_injector import providers
from litestar.testing import TestClient

from houtai.adapters.instruments import Instruments
from houtai.adapters.sql.watch import watch
from houtai.application.ports import StoreUnavailable, TryAgain
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.condition import Condition
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.http.app import MODULES, create_app
from houtai.entrypoints.operations import NoSuchAddress, operated
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.timers import Clockwork, Timer
from tests.conftest import StillClock
from tests.http_client import Door
from tests.orders.shop import Shop

PERSON = "王小明"


def figures(text: str) -> dict[str, float]:
    """Every sample by its name with labels."""
    return {name: float(value) for name, value in re.findall(r"^(\w+(?:{.*})?) (\S+)$", text, re.MULTILINE)}


@pytest.fixture
def container(clock: StillClock) -> Iterator[Container]:
    """A house in memory that counts."""
    opened = house(Settings(db="memory://", metrics="127.0.0.1:0"))
    opened.clock.override(providers.Object(clock))
    yield opened
    opened.office().close()


def counted(container: Container) -> dict[str, float]:
    watcher = container.watcher()
    assert isinstance(watcher, Instruments)
    return figures(watcher.text().decode())


def test_deeds_are_counted_by_how_they_end_and_how_many_share_a_transaction(container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    shop.place(CUP=1)
    with pytest.raises(Exception, match="not enough stock"):
        shop.place(CUP=1_000)
    found = counted(container)
    assert found['houtai_deeds_total{deed="place_order",outcome="done"}'] == 1
    assert found['houtai_deeds_total{deed="place_order",outcome="conflict"}'] == 1
    assert found['houtai_deed_seconds_count{deed="place_order"}'] == 2
    assert found["houtai_group_deeds_count"] >= 2
    assert found["houtai_group_waiting"] == 0


def test_a_try_again_is_counted(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    office = container.office()
    failing = [TryAgain("in the way")]

    def alone(deed: Any) -> str:
        if failing:
            raise failing.pop()
        return "done"

    monkeypatch.setattr(office, "_alone", alone)
    from houtai.application.inventory.hold import ExpireHolds, expire_holds

    office.perform(expire_holds, ExpireHolds(), office.act_of_system())
    assert counted(container)['houtai_tries_again_total{why="in-the-way"}'] == 1


def test_requests_are_counted_by_template_and_never_by_what_the_caller_wrote(container: Container) -> None:
    office = container.office()
    watcher = container.watcher()
    with TestClient(create_app(office, Door(office), modules=MODULES, traffic=watcher)) as client:
        known = {"authorization": "Bearer owner"}
        for number in range(3):
            client.get(f"/v1/orders/00000000-0000-0000-0000-00000000000{number}", headers=known)
            client.get(f"/v1/{PERSON}-{number}", headers=known)
        client.request("BREW", "/v1/orders")
    found = counted(container)
    assert found['houtai_http_requests_total{method="GET",route="/v1/orders/{order_id}",status="404"}'] == 3
    assert found['houtai_http_requests_total{method="GET",route="unmatched",status="404"}'] == 3
    assert found['houtai_http_request_seconds_count{route="unmatched"}'] >= 3
    assert sum(value for name, value in found.items() if 'method="other"' in name) == 1
    assert (found["houtai_http_in_flight"], found["houtai_http_waiting_for_thread"]) == (0, 0)
    assert PERSON not in "".join(found)


def test_transactions_and_connections_of_a_database_are_counted(sql_store: Any, clock: StillClock) -> None:
    instruments = Instruments()
    watch(sql_store.engine, instruments)
    with sql_store.begin() as tx:
        tx.commit()
    with sql_store.begin():
        pass
    with sql_store.snapshot():
        in_use = figures(instruments.text().decode())["houtai_store_connections_in_use"]
    found = figures(instruments.text().decode())
    ends = {end: found[f'houtai_store_transactions_total{{end="{end}"}}'] for end in ("commit", "none")}
    assert (ends, in_use) == ({"commit": 1, "none": 2}, 1)
    assert found["houtai_store_connections_in_use"] == 0


def ask(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_the_operators_address_shows_figures_and_health_and_nothing_else(container: Container, clock: StillClock) -> None:
    shop = Shop(container.office(), clock)
    shop.place(CUP=1)
    clock.advance(seconds=90)
    condition = container.condition()
    clockwork = Clockwork([Timer("outbox", 1, lambda: 0)])
    condition.timers = clockwork.stands
    with operated("127.0.0.1:0", None, condition) as address:
        found = figures(ask(address, "/metrics")[1])
        health = ask(address, "/health")
        other = ask(address, "/v1/orders")
    clockwork._pool.shutdown()
    pending = found['houtai_outbox_messages{state="pending"}']
    assert pending > 0
    assert (found["houtai_outbox_oldest_seconds"], found["houtai_outbox_overdue_seconds"]) == (90, 90)
    assert found['houtai_timer_failures{timer="outbox"}'] == 0
    assert found['houtai_timer_last_success_timestamp_seconds{timer="outbox"}'] > 1_000_000_000
    assert found['houtai_resident_bytes{process="main"}'] > 10_000_000
    assert found["houtai_store_up"] == 1
    assert (health[0], json.loads(health[1])["status"], json.loads(health[1])["outbox"]["pending"]) == (200, "ready", pending)
    assert other[0] == 404


def test_a_store_that_is_away_is_said_in_both(clock: StillClock) -> None:
    class Away:
        def snapshot(self) -> Any:
            raise StoreUnavailable("gone")

    with operated("127.0.0.1:0", None, Condition(Away(), clock)) as address:  # type: ignore[arg-type]  # nothing else is asked of it
        found = figures(ask(address, "/metrics")[1])
        health = ask(address, "/health")
    assert found["houtai_store_up"] == 0
    assert not any(name.startswith("houtai_outbox") for name in found)
    assert (health[0], json.loads(health[1])) == (503, {"status": "not-ready", "reasons": ["the store does not answer"]})


def test_an_address_that_is_taken_is_a_refusal(container: Container) -> None:
    condition = container.condition()
    with operated("127.0.0.1:0", None, condition) as address, pytest.raises(NoSuchAddress), operated(address, None, condition):
        pass


@pytest.mark.parametrize("wrong", ["9464", "host:", "host:70000", "host:x", ":9464"])
def test_an_address_without_host_or_port_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValue, match="HOUTAI_METRICS"):
        Settings.from_environment({"HOUTAI_METRICS": wrong})


def test_no_metrics_are_kept_where_nobody_asked_for_them() -> None:
    assert not isinstance(house(Settings(db="memory://")).watcher(), Instruments)
