"""The relay: takes due messages from the outbox, delivers them outside of any transaction, and records what came of it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from uuid import UUID

import attrs

from houtai.application.house import DUE, WITH_STATE
from houtai.application.office import Office
from houtai.application.outbox import Delivery, Message
from houtai.application.paging import Page, Slice
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import PaymentsTx
from houtai.application.permission import needs
from houtai.application.ports import Reading
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.payments.case import CaseKind
from houtai.domain.refusal import IllegalMove, Refusal

log = logging.getLogger("houtai.relay")

MAX_TRIES: Final = 10
FIRST_PAUSE_S: Final = 5
LONGEST_PAUSE_S: Final = 3_600
LEASE_S: Final = 120


class NotDelivered(Exception):
    """The receiver did not take the message, or did not say so; it is sent again under the same id."""


Deliverer = Callable[[Message], None]
"""Brings one message to its receiver, perhaps for a second time. Raises NotDelivered."""


class Relay:
    """Delivers what is due, at least once each and under one id. Several may run, in threads, processes or machines."""

    def __init__(self, office: Office, deliverers: Mapping[str, Deliverer], *, jitter: Callable[[int], int]) -> None:
        """`deliverers` by topic; `jitter(n)` is a random integer below `n`, so that many messages do not return at once."""
        self._office = office
        self._deliverers = deliverers
        self._jitter = jitter

    def run_once(self, limit: int = 20) -> int:
        """Deliver up to `limit` due messages; how many were tried.

        What a deliverer raises beyond its promise goes through to the caller. Its message's lease then runs out, and it is
        tried again until its tries are used up.
        """
        now = self._office.clock.now()
        due = self._office.ask(next_delivery_due, None, self._act())
        if due is None or due > now:
            return 0
        claimed = self._office.perform(claim_messages, ClaimMessages(limit, LEASE_S), self._act())
        for message in claimed:
            outcome = self._deliver(message)
            self._office.perform(record_delivery, outcome, self._act())
        return len(claimed)

    def run_until_idle(self, rounds: int = 1_000) -> int:
        """Deliver until nothing is due, within `rounds`; how many were tried."""
        tried = 0
        for _ in range(rounds):
            count = self.run_once()
            if not count:
                break
            tried += count
        return tried

    def _deliver(self, message: Message) -> RecordDelivery:
        deliver = self._deliverers.get(message.topic)
        try:
            if deliver is None:
                return self._failed(message, f"nobody delivers {message.topic}")
            deliver(message)
        except (NotDelivered, Refusal) as error:
            return self._failed(message, str(error))
        return RecordDelivery(message.id, message.attempts)

    def _failed(self, message: Message, error: str) -> RecordDelivery:
        # Why, stands with the message: a receiver's words may name somebody.
        facts = {"message_id": str(message.id), "topic": message.topic, "attempt": message.attempts, "of": MAX_TRIES}
        log.warning("not delivered", extra={"facts": facts})
        pause_s = min(FIRST_PAUSE_S * 2 ** (message.attempts - 1), LONGEST_PAUSE_S)
        pause_ms = 500 * pause_s + self._jitter(1_000 * pause_s)
        return RecordDelivery(message.id, message.attempts, error[:500] or "no reason given", pause_ms)

    def _act(self) -> Act:
        return Act.of_system(self._office.clock.now(), Entry.TIMER)


@attrs.frozen
class ClaimMessages:
    """Up to `limit` due messages; nobody else tries them for `lease_s` seconds."""

    limit: int = attrs.field(validator=limits.between(1, 1_000))
    lease_s: int = attrs.field(validator=limits.between(1, 3_600))


@needs("house.deliver")
def claim_messages(tx: PaymentsTx, cmd: ClaimMessages, act: Act) -> tuple[Message, ...]:
    """Take due messages and count the try, before anything leaves: a crash in between is a try as well."""
    claimed = []
    for message in tx.outbox.lock_due(DUE, act.at, cmd.limit):
        if message.attempts >= MAX_TRIES:
            _give_up(tx, message, message.last_error or "every try ended without a word", act)
            continue
        taken = attrs.evolve(message, attempts=message.attempts + 1, due_at=act.at + dt.timedelta(seconds=cmd.lease_s))
        tx.outbox.save(taken)
        claimed.append(taken)
    return tuple(claimed)


@attrs.frozen
class RecordDelivery:
    """What came of the try numbered `attempt`: delivered where `error` is empty, else to be tried after `pause_ms`."""

    message: UUID
    attempt: int
    error: str = attrs.field(default="", validator=limits.text(0, 500))
    pause_ms: int = attrs.field(default=0, validator=limits.between(0, 10_000_000))


@needs("house.deliver")
def record_delivery(tx: PaymentsTx, cmd: RecordDelivery, act: Act) -> Message:
    """Mark a message as delivered, as due again, or as given up: then a case is open for it. Raises NotFound.

    A failure of an earlier try than the present one changes nothing.
    """
    message = tx.outbox.lock_one(cmd.message)
    if message.state is Delivery.DELIVERED or (cmd.error and cmd.attempt != message.attempts):
        return message
    if not cmd.error:
        done = attrs.evolve(message, state=Delivery.DELIVERED, due_at=None, last_error="")
    elif message.attempts >= MAX_TRIES:
        return _give_up(tx, message, cmd.error, act)
    else:
        due_at = act.at + dt.timedelta(milliseconds=cmd.pause_ms)
        done = attrs.evolve(message, due_at=due_at, last_error=cmd.error)
    tx.outbox.save(done)
    return done


def _give_up(tx: PaymentsTx, message: Message, error: str, act: Act) -> Message:
    given_up = attrs.evolve(message, state=Delivery.GIVEN_UP, due_at=None, last_error=error)
    tx.outbox.save(given_up)
    facts = {"topic": message.topic, "error": error, "tries": message.attempts, "payload": dict(message.payload)}
    about = message.created_at.isoformat()
    open_case(
        tx,
        CaseKind.NOT_DELIVERED,
        subject="message",
        subject_id=message.id,
        facts=facts,
        channel_id=None,
        act=act,
        about=about,
    )
    return given_up


@needs("house.redeliver")
def redeliver(tx: PaymentsTx, message_id: UUID, act: Act) -> Message:
    """Try a message again that was given up, under the same id. Raises NotFound, and IllegalMove for one that is not."""
    message = tx.outbox.lock_one(message_id)
    if message.state is not Delivery.GIVEN_UP:
        raise IllegalMove(what="message", current=message.state.value, wanted=Delivery.PENDING.value, legal=())
    again = attrs.evolve(message, state=Delivery.PENDING, attempts=0, due_at=act.at)
    tx.outbox.save(again)
    return again


class RelayViews(Protocol):
    """The outbox as last committed."""

    @property
    def outbox(self) -> Reading[UUID, Message]:
        """Every message, delivered ones included."""

    def next_delivery(self) -> dt.datetime | None:
        """When a message is due next."""


@needs("house.deliver")
def next_delivery_due(views: RelayViews, query: None, act: Act) -> dt.datetime | None:
    """When the next message is due."""
    del query, act
    return views.next_delivery()


@attrs.frozen
class ListMessages:
    """Which messages: of one state, or all."""

    page: Page = attrs.field(factory=Page)
    state: Delivery | None = None


@needs("house.read-outbox")
def list_messages(views: RelayViews, query: ListMessages, act: Act) -> Slice[Message]:
    """Messages of the outbox, those that were given up for instance."""
    del act
    return views.outbox.page(query.page, {WITH_STATE: query.state.value} if query.state else None)
