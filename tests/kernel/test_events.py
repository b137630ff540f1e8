"""Events for other systems: one message each, in the transaction that they happen in, in order; none where no broker is set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from houtai.adapters.condition import condition_of
from houtai.adapters.events.redis_streams import RedisBroker, Streams
from houtai.adapters.opening import open_store
from houtai.application.events import AT_ONCE, TOPIC, Announcer, BrokerAway, Publisher, announcing, module_of
from houtai.application.house import WITH_STATE
from houtai.application.kept import Kept
from houtai.application.office import Office
from houtai.application.outbox import Delivery, Message
from houtai.application.permission import needs
from houtai.application.ports import HouseTx
from houtai.application.reactions import REACTIONS
from houtai.application.relay import NotDelivered, Relay
from houtai.domain.act import Act
from houtai.domain.customers.events import CustomerErased
from houtai.domain.ids import ChannelId, CustomerId, OrderId, new_id
from houtai.domain.orders.events import OrderPaid, OrderPlaced
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.entrypoints.condition import DEGRADED, READY, Condition
from houtai.entrypoints.container import house
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.timers import timers_of
from tests.conftest import StillClock

ORDER, CHANNEL = OrderId(new_id()), ChannelId(new_id())


@attrs.define
class Shelf:
    """A broker in a list. `away` is what it says when asked, `busy` whether another one publishes."""

    got: list[Message] = attrs.field(factory=list)
    away: str = ""
    busy: bool = False

    @contextmanager
    def turn(self) -> Iterator[bool]:
        yield not self.busy

    def publish(self, messages: Sequence[Message]) -> None:
        if self.away:
            raise NotDelivered(self.away)
        self.got += messages


@needs("tests.write")
def happen(tx: HouseTx, cmd: int, act: Act) -> None:
    """So many orders are placed and paid."""
    for _ in range(cmd):
        tx.emit(OrderPlaced(ORDER, CHANNEL))
        tx.emit(OrderPaid(ORDER, CHANNEL))


@needs("tests.write")
def refuse(tx: HouseTx, cmd: int, act: Act) -> None:
    """Announces, and then finds out that it cannot be."""
    announce = announcing(StillClock())[OrderPlaced][-1]
    announce(tx, OrderPlaced(ORDER, CHANNEL), act)
    raise NotFound(what="order", key=str(cmd))


@pytest.fixture
def told(store: Any, clock: StillClock) -> Office:
    """An office that announces, on every adapter."""
    return Office(store, clock, reactions={**announcing(clock), OrderPlaced: (Announcer(clock),), OrderPaid: (Announcer(clock),)})


def do(office: Office, count: int) -> None:
    office.perform(happen, count, Act.of_system(office.clock.now()))


def queue(store: Any) -> list[Message]:
    with store.snapshot() as views:
        return sorted(views.outbox.by(WITH_STATE, Delivery.QUEUED.value), key=lambda message: message.id)


def test_each_event_is_one_message_in_the_order_in_which_it_happened(store: Any, clock: StillClock) -> None:
    announce = Announcer(clock)
    office = Office(store, clock, reactions={OrderPlaced: (announce,), OrderPaid: (announce,)})
    for _ in range(3):
        do(office, 2)
    assert [message.payload["event"] for message in queue(store)] == ["OrderPlaced", "OrderPaid"] * 6
    assert {message.topic for message in queue(store)} == {TOPIC}
    data = {"order_id": str(ORDER), "channel_id": str(CHANNEL)}
    assert queue(store)[0].payload == {"event": "OrderPlaced", "module": "orders", "at": clock.now().isoformat(), "data": data}


def test_without_a_broker_nothing_is_announced_and_every_reaction_is_the_houses_own(store: Any, clock: StillClock) -> None:
    do(Office(store, clock), 2)
    assert queue(store) == []
    assert house(Settings(db="memory://")).reactions() is REACTIONS


def test_with_a_broker_every_event_is_announced_after_what_the_house_does_itself(clock: StillClock) -> None:
    with_broker = announcing(clock)
    assert set(with_broker) == set(REACTIONS)
    assert {kind: found[:-1] for kind, found in with_broker.items()} == dict(REACTIONS)
    assert len({id(found[-1]) for found in with_broker.values()}) == 1


def test_what_was_refused_is_not_announced(store: Any, told: Office) -> None:
    with pytest.raises(NotFound):
        told.perform(refuse, 1, Act.of_system(told.clock.now()))
    assert queue(store) == []


def test_ids_rise_even_where_the_clock_stands_still_or_goes_back(memory_office: Office, clock: StillClock) -> None:
    announce = Announcer(clock)
    ids = []
    for step in (0, 0, 5, -7, 0, 0):
        clock.advance(seconds=step)
        ids += [announce._next_id() for _ in range(3)]
    assert ids == sorted(set(ids))
    assert {one.version for one in ids} == {7}


def test_the_first_hundred_go_first(store: Any, told: Office) -> None:
    do(told, AT_ONCE // 2 + 10)
    shelf = Shelf()
    publisher = Publisher(told, shelf)
    waiting = [message.id for message in queue(store)]
    assert [publisher.run_once() for _ in range(3)] == [AT_ONCE, 20, 0]
    assert [message.id for message in shelf.got] == waiting
    assert queue(store) == []


def test_while_the_broker_is_away_nothing_is_counted_given_up_or_overtaken(store: Any, told: Office) -> None:
    do(told, 1)
    shelf = Shelf(away="TimeoutError")
    publisher = Publisher(told, shelf)
    waiting = queue(store)
    for _ in range(20):
        with pytest.raises(BrokerAway, match="TimeoutError"):
            publisher.run_once()
    assert queue(store) == waiting
    shelf.away = ""
    assert (publisher.run_once(), [message.id for message in shelf.got]) == (2, [message.id for message in waiting])


def test_nobody_publishes_while_another_one_does(store: Any, told: Office) -> None:
    do(told, 1)
    assert (Publisher(told, Shelf(busy=True)).run_once(), len(queue(store))) == (0, 2)


def test_the_relay_leaves_events_alone(store: Any, told: Office) -> None:
    do(told, 1)
    assert Relay(told, {}, jitter=lambda _: 0).run_once() == 0
    assert len(queue(store)) == 2


def test_published_events_are_forgotten_and_waiting_ones_are_not(store: Any, told: Office, clock: StillClock) -> None:
    do(told, 1)
    Publisher(told, Shelf()).run_once()
    do(told, 1)
    moment = clock.advance(days=400)
    assert (store.forget(Kept.MESSAGES, moment, 10), len(queue(store))) == (2, 2)


def test_events_that_wait_too_long_are_somebodys_concern(tmp_path: Any, clock: StillClock) -> None:
    wired = house(Settings(db="memory://"))
    store = wired.store()
    told = Office(store, clock, reactions={OrderPlaced: (Announcer(clock),), OrderPaid: (Announcer(clock),)})
    do(told, 1)
    assert Condition(store, clock).look().status == READY
    clock.advance(seconds=121)
    report = Condition(store, clock).look()
    assert (report.status, report.reasons) == (DEGRADED, ("an event has waited for its broker for 121 s",))
    found = condition_of(store, clock.now())
    assert (found.queued, found.queued_s, found.pending) == (2, 121, 0)


@pytest.mark.parametrize("adapter", ["sqlite", "postgres"])
def test_the_same_figures_come_from_a_database(
    adapter: str, request: pytest.FixtureRequest, tmp_path: Path, clock: StillClock
) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    if adapter == "postgres":
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    with closing(open_store(url)) as store:
        do(Office(store, clock, reactions={OrderPlaced: (Announcer(clock),), OrderPaid: (Announcer(clock),)}), 1)
        found = condition_of(store, clock.advance(seconds=7))
    assert (found.queued, found.queued_s, found.pending) == (2, 7, 0)


def test_an_event_is_told_under_the_module_that_announces_it() -> None:
    assert module_of(OrderPlaced(ORDER, CHANNEL)) == "orders"
    assert module_of(CustomerErased(CustomerId(new_id()))) == "customers"
    assert {kind.__module__.split(".")[2] for kind in REACTIONS} == {module_of(object.__new__(kind)) for kind in REACTIONS}


def test_no_event_holds_a_person() -> None:
    """What leaves the house by a broker is ids, amounts and codes; a consumer asks for the rest and is masked."""
    names = {field.name for kind in REACTIONS for field in attrs.fields(kind)}
    assert names.isdisjoint({"receiver", "name", "phone", "address", "addresses", "street", "remark", "buyer"})


@pytest.mark.parametrize("url", ["http://broker", "broker:6379", "amqp://x"])
def test_a_broker_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue, match="HOUTAI_EVENTS"):
        Settings.from_environment({"HOUTAI_EVENTS": url})


@pytest.mark.parametrize(
    ("name", "value"), [("HOUTAI_EVENTS_MAXLEN", "10"), ("HOUTAI_EVENTS_MAXLEN", "many"), ("HOUTAI_EVENTS_PREFIX", "x" * 61)]
)
def test_a_stream_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidValue):
        Settings.from_environment({"HOUTAI_EVENTS": "redis://broker", name: value})


def test_a_url_that_the_client_does_not_understand_is_named() -> None:
    with pytest.raises(InvalidValue, match="HOUTAI_EVENTS"):
        house(Settings(db="memory://", events="redis://broker:port")).publisher()


def test_a_broker_adds_one_timer_and_the_settings_do_not_show_its_password() -> None:
    settings = Settings.from_environment({"HOUTAI_DB": "memory://", "HOUTAI_EVENTS": "redis://:s3cret@broker:6379/0"})
    names = [timer.name for timer in timers_of(house(settings))]
    assert ("events" in names, "s3cret" in repr(settings), "s3cret" in repr(Streams(settings.events))) == (True, False, False)
    assert "events" not in [timer.name for timer in timers_of(house(Settings(db="memory://")))]


def test_a_broker_that_is_not_there_says_so_by_its_kind() -> None:
    broker = RedisBroker(Streams("redis://:s3cret@127.0.0.1:1/0"))
    with pytest.raises(NotDelivered) as refused, broker.turn():
        pytest.fail("there is nobody to give the turn")
    assert str(refused.value) == "ConnectionError"
    broker.close()
