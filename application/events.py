"""Events for other systems: one message each in the transaction that they happen in, brought to a broker in their order."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol
from uuid import UUID

import attrs

from houtai.application.house import WITH_STATE
from houtai.application.outbox import Delivery, Message
from houtai.application.paging import Page
from houtai.application.permission import logged_as, needs
from houtai.application.plain import to_plain
from houtai.application.ports import Clock, HouseTx, Performer
from houtai.application.reactions import REACTIONS, Reaction
from houtai.application.relay import NotDelivered, RelayViews
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.event import Event
from houtai.domain.refusal import Kind, Refusal

TOPIC: Final = "events.publish"
AT_ONCE: Final = 100
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@attrs.define(eq=False, slots=False)
class BrokerAway(Refusal):
    """The broker did not confirm; its events wait in their order and are published when it is back."""

    code = "broker-away"
    kind = Kind.UNAVAILABLE
    text = "the broker of events did not confirm: {why}"

    why: str


class EventBroker(Protocol):
    """Where events go. Each of its calls ends within a deadline of its own."""

    def turn(self) -> AbstractContextManager[bool]:
        """Whether nobody else publishes meanwhile, as far as the broker can tell. Raises NotDelivered.

        Two that publish at once do no harm but repetitions.
        """

    def publish(self, messages: Sequence[Message]) -> None:
        """Append them in this order. Raises NotDelivered unless all were confirmed; some may be there all the same."""


class Announcer:
    """The reaction that writes an event as a message. Its ids rise, so that sorted by id a document's events are in order.

    A deed holds its document locked while it announces: the next deed on it, in whatever process, announces later. That holds
    as far as the clocks of the machines do.
    """

    def __init__(self, clock: Clock) -> None:
        """One for each process."""
        self._clock = clock
        self._last = 0
        self._turn = threading.Lock()

    def __call__(self, tx: HouseTx, event: Event, act: Act) -> None:
        """Queue the event."""
        payload = {"event": type(event).__name__, "module": module_of(event), "at": act.at.isoformat(), "data": to_plain(event)}
        tx.outbox.add(Message(self._next_id(), TOPIC, payload, act.at, None, Delivery.QUEUED))

    def _next_id(self) -> UUID:
        """A version 7 UUID (RFC 9562) to the microsecond, later than any before it in this process."""
        with self._turn:
            now = (self._clock.now() - _EPOCH) // dt.timedelta(microseconds=1)
            self._last = max(now, self._last + 1)
            millis, micros = divmod(self._last, 1_000)
        return UUID(int=millis << 80 | 7 << 76 | micros << 64 | 2 << 62 | secrets.randbits(62))


def module_of(event: Event) -> str:
    """The module that announces it, ``orders``."""
    return type(event).__module__.removesuffix(".events").rpartition(".")[2]


def announcing(clock: Clock) -> Mapping[type[Event], tuple[Reaction, ...]]:
    """The house's reactions with one more to every event: it is announced to other systems."""
    announce = Announcer(clock)
    return {kind: (*reactions, announce) for kind, reactions in REACTIONS.items()}


class Publisher:
    """Brings queued events to the broker, the earliest first and none before the one ahead of it. Several may run.

    Nothing is tried out of turn, counted or given up: while the broker is away its events wait, and no other message does.
    """

    def __init__(self, office: Performer, broker: EventBroker) -> None:
        """`office` holds the queue."""
        self._office = office
        self._broker = broker

    def run_once(self, limit: int = AT_ONCE) -> int:
        """Publish up to `limit` events; how many. Raises BrokerAway, and then nothing is marked as published."""
        if not self._waiting(1):
            return 0
        try:
            with self._broker.turn() as mine:
                waiting = self._waiting(limit) if mine else ()
                if waiting:
                    self._broker.publish(waiting)
                    done = RecordPublished(tuple(message.id for message in waiting))
                    self._office.perform(record_published, done, self._act())
        except NotDelivered as away:
            raise BrokerAway(why=str(away)) from away
        return len(waiting)

    def _waiting(self, limit: int) -> tuple[Message, ...]:
        return self._office.ask(queued_events, limit, self._act())

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)


@needs("house.deliver")
def queued_events(views: RelayViews, limit: int, act: Act) -> tuple[Message, ...]:
    """The first events that wait for the broker, in the order in which they go."""
    del act
    return views.outbox.page(Page(limit, newest_first=False), {WITH_STATE: Delivery.QUEUED.value}).items


@attrs.frozen
class RecordPublished:
    """The broker has confirmed these messages."""

    messages: tuple[UUID, ...] = attrs.field(validator=limits.at_most(AT_ONCE))


@logged_as(None)
@needs("house.deliver")
def record_published(tx: HouseTx, cmd: RecordPublished, act: Act) -> None:
    """Take them out of the queue; one that another publisher has taken out already stays as it is."""
    del act
    for message in tx.outbox.lock(cmd.messages).values():
        if message.state is Delivery.QUEUED:
            tx.outbox.save(attrs.evolve(message, state=Delivery.DELIVERED, attempts=message.attempts + 1))
