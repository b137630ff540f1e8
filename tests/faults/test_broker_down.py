"""F13, the broker: while it is down orders go on, and when it is back every event is in its stream, in its document's order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from houtai.adapters.clock import SystemClock
from houtai.adapters.events.redis_streams import RedisBroker, Streams
from houtai.adapters.sql.store import SqlStore
from houtai.application.events import TOPIC, BrokerAway, Publisher, announcing
from houtai.application.office import Office
from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.outbox import Delivery
from houtai.application.paging import Page
from houtai.application.relay import ListMessages, list_messages
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order
from tests.faults.broker import Broker, Lossy, brokered
from tests.faults.programs import api, relay
from tests.faults.stall import Stall, body_of, place, say, verdict

ORDERS = 40
IN_ORDER = ["OrderPlaced", "OrderCancelled"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with brokered(tmp_path / "redis") as started:
        yield started


@contextmanager
def announced(stall: Stall) -> Iterator[Office]:
    """An office that announces its events."""
    clock = SystemClock()
    with closing(Office(SqlStore(stall.url), clock, reactions=announcing(clock))) as office:
        yield office


def publisher(office: Office, url: str) -> Publisher:
    return Publisher(office, RedisBroker(Streams(url)))


def drained(publisher: Publisher) -> int:
    """How many events went."""
    total = 0
    while did := publisher.run_once():
        total += did
    return total


def queued(office: Office) -> dict[Delivery, set[str]]:
    """The ids of all events by state."""
    found: dict[Delivery, set[str]] = {}
    page = Page(100)
    while True:
        part = office.ask(list_messages, ListMessages(page), office.act_of_system())
        for message in part.items:
            if message.topic == TOPIC:
                found.setdefault(message.state, set()).add(str(message.id))
        if not part.has_more:
            return found
        page = Page(100, part.next_cursor)


def turned(office: Office, order: Order) -> None:
    """A second event of the same order."""
    office.perform(cancel_order, CancelOrder(order.id, "changed their mind", order.version), office.act_of_system())


def events_of(stream: list[dict[str, str]], order: Order) -> list[str]:
    """What the stream tells of one order, each event once: what a consumer sees that drops ids it has seen."""
    once = {fields["id"]: fields["event"] for fields in stream if str(order.id) in fields["data"]}
    return list(once.values())


def test_orders_go_on_while_the_broker_is_down_and_each_event_arrives_once_in_order(stall: Stall, broker: Broker) -> None:
    wanted = stall.wishes(ORDERS)
    with announced(stall) as office:
        events = publisher(office, broker.url)
        orders = [place(office, wish) for wish in wanted[:10]]
        before = drained(events)
        broker.kill()
        begun = time.monotonic()
        for wish in wanted[10:]:
            orders.append(place(office, wish))
            with pytest.raises(BrokerAway):
                events.run_once()
        for order in orders:
            turned(office, order)
        down_s = time.monotonic() - begun
        waiting = len(queued(office)[Delivery.QUEUED])
        broker.start()
        after = drained(events)
        kept = queued(office)
    stream = broker.stream("houtai:orders")
    everything = [fields["id"] for name in _streams(broker) for fields in broker.stream(name)]
    say(
        f"{len(orders)} orders, {waiting} events waited {down_s:.1f} s for the broker, {len(everything)} are in its streams, each once"
    )
    assert (set(kept), before + after, waiting) == ({Delivery.DELIVERED}, len(everything), after)
    assert (len(set(everything)), set(everything)) == (len(everything), kept[Delivery.DELIVERED])
    assert {order.id: events_of(stream, order) for order in orders} == {order.id: IN_ORDER for order in orders}
    assert verdict(stall.url, wanted, [order.id for order in orders]).holds


def _streams(broker: Broker) -> list[str]:
    with closing(broker.client()) as client:
        return sorted(client.keys("houtai:*"))


def test_an_answer_that_got_lost_repeats_events_under_their_ids(on_sqlite: Stall, broker: Broker) -> None:
    with announced(on_sqlite) as office, closing(Lossy(broker.port, lose=1)) as line:
        events = publisher(office, f"redis://127.0.0.1:{line.port}/0")
        order = place(office, on_sqlite.pattern)
        turned(office, order)
        with pytest.raises(BrokerAway):
            events.run_once()
        assert set(queued(office)) == {Delivery.QUEUED}
        _turn_is_over(broker)
        again = drained(events)
        kept = queued(office)
    stream = broker.stream("houtai:orders")
    assert (len(stream), len({fields["id"] for fields in stream})) == (4, 2)
    assert (again, events_of(stream, order), set(kept)) == (len(kept[Delivery.DELIVERED]), IN_ORDER, {Delivery.DELIVERED})


def _turn_is_over(broker: Broker) -> None:
    """As after TURN_S: the publisher could not give its turn back over the broken line, or did so before."""
    with closing(broker.client()) as client:
        client.delete("houtai:publisher")


def test_two_publishers_take_turns(on_sqlite: Stall, broker: Broker) -> None:
    with announced(on_sqlite) as office:
        place(office, on_sqlite.pattern)
        one, other = RedisBroker(Streams(broker.url)), publisher(office, broker.url)
        with one.turn() as mine:
            assert (mine, other.run_once()) == (True, 0)
        assert other.run_once() == len(broker.stream("houtai:orders")) + len(broker.stream("houtai:inventory")) > 0


def test_two_publishers_that_race_append_nothing_out_of_order(on_sqlite: Stall, broker: Broker) -> None:
    """The turn only saves repetitions: whoever publishes without it repeats whole beginnings of the queue."""
    with announced(on_sqlite) as office:
        order = place(office, on_sqlite.pattern)
        turned(office, order)
        late, prompt = _Slow(broker.url), publisher(office, broker.url)
        late.before = lambda: _without_turn(broker, prompt)
        Publisher(office, late).run_once()
    stream = broker.stream("houtai:orders")
    assert [fields["event"] for fields in stream] == [*IN_ORDER, *IN_ORDER]
    assert events_of(stream, order) == IN_ORDER


def _without_turn(broker: Broker, prompt: Publisher) -> None:
    _turn_is_over(broker)
    drained(prompt)


class _Slow(RedisBroker):
    """Held up between reading the queue and publishing."""

    def __init__(self, url: str) -> None:
        super().__init__(Streams(url))
        self.before: Any = None

    def publish(self, messages: Any) -> None:
        self.before()
        super().publish(messages)


def test_what_a_consumer_reads_names_the_event_its_moment_and_its_data(on_sqlite: Stall, broker: Broker) -> None:
    with announced(on_sqlite) as office:
        order = place(office, on_sqlite.pattern)
        drained(publisher(office, broker.url))
    (placed,) = broker.stream("houtai:orders")
    assert (set(placed), placed["event"]) == ({"id", "event", "at", "data"}, "OrderPlaced")
    assert (UUID(placed["id"]).version, placed["at"]) == (7, order.placed_at.isoformat())
    assert placed["data"] == f'{{"order_id":"{order.id}","channel_id":"{order.channel_id}"}}'


def test_a_house_of_several_processes_announces_by_its_settings(
    on_postgres: Stall, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The API writes, whichever relay has its turn publishes; the broker dies and comes back between them."""
    monkeypatch.setenv("HOUTAI_EVENTS", broker.url)
    wanted = on_postgres.wishes(30)
    db = on_postgres.url
    with api(db, tmp_path / "api") as server, relay(db, tmp_path / "one"), relay(db, tmp_path / "other"):
        token = server.token()
        for place_no, wish in enumerate(wanted):
            headers = {"authorization": f"Bearer {token}", "idempotency-key": str(wish.order)}
            assert server.call("POST", "/v1/orders", body_of(wish), headers)[0] == 201
            if place_no == 10:
                broker.kill()
        broker.start()
        until = time.monotonic() + 100
        while set(_announced(on_postgres)) != {Delivery.DELIVERED} and time.monotonic() < until:
            time.sleep(0.5)
    there = {fields["id"] for name in _streams(broker) for fields in broker.stream(name)}
    assert _announced(on_postgres) == {Delivery.DELIVERED: there}
    placed = [fields["data"] for fields in broker.stream("houtai:orders") if fields["event"] == "OrderPlaced"]
    assert {wish.order for wish in wanted} == {OrderId(UUID(json.loads(data)["order_id"])) for data in placed}
    assert verdict(db, wanted, [wish.order for wish in wanted]).holds


def _announced(stall: Stall) -> dict[Delivery, set[str]]:
    with stall.office() as office:
        return queued(office)
