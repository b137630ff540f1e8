"""Messages to the outside: delivered after the commit, at least once, under one id, and never silently given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.adapters.channels.embedded import EmbeddedChannel, Shown
from houtai.application.deliveries import DELIVERERS, Outside
from houtai.application.office import Office
from houtai.application.outbox import Delivery, Message
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.ports import HouseTx
from houtai.application.relay import (
    LEASE_S,
    MAX_TRIES,
    ClaimMessages,
    ListMessages,
    NotDelivered,
    RecordDelivery,
    Relay,
    claim_messages,
    list_messages,
    record_delivery,
    redeliver,
)
from houtai.domain.act import Act
from houtai.domain.ids import new_id
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.refusals import RefundDiffers
from houtai.domain.refusal import IllegalMove, InvalidValue
from tests.conftest import StillClock
from tests.payments.till import Till, in_parallel, no_channel


@attrs.frozen
class Send:
    message: UUID
    topic: str = "tests.ring"
    payload: Mapping[str, Any] = attrs.field(factory=dict)


@needs("tests.send")
def send(tx: HouseTx, cmd: Send, act: Act) -> None:
    tx.outbox.add(Message(cmd.message, cmd.topic, cmd.payload, act.at, act.at))


@needs("tests.send")
def send_and_refuse(tx: HouseTx, cmd: Send, act: Act) -> None:
    send(tx, cmd, act)
    raise InvalidValue(field="topic", rule="is refused after writing")


class Bell:
    """A receiver that remembers what it got, and fails as often as told."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.rung: list[UUID] = []
        self.failures = failures
        self.error = error or NotDelivered("out of order")

    def __call__(self, message: Message) -> None:
        self.rung.append(message.id)
        if self.failures:
            self.failures -= 1
            raise self.error


def relay_to(office: Office, bell: Callable[[Message], None]) -> Relay:
    return Relay(office, {"tests.ring": bell}, jitter=lambda _: 0)


def seen(till: Till, state: Delivery | None = None) -> list[Message]:
    return list(till.office.ask(list_messages, ListMessages(Page(), state), till.act).items)


def sent(till: Till) -> UUID:
    message = new_id()
    till.office.perform(send, Send(message), till.act)
    return message


def test_a_message_is_delivered_once_and_marked(till: Till) -> None:
    message, bell = sent(till), Bell()
    relay = relay_to(till.office, bell)
    assert (relay.run_until_idle(), relay.run_until_idle()) == (1, 0)
    assert bell.rung == [message]
    assert [(one.state, one.attempts) for one in seen(till)] == [(Delivery.DELIVERED, 1)]


def test_a_refused_deed_sends_nothing(till: Till) -> None:
    with pytest.raises(InvalidValue):
        till.office.perform(send_and_refuse, Send(new_id()), till.act)
    assert relay_to(till.office, Bell()).run_until_idle() == 0


def test_a_failure_is_tried_again_later_and_later_under_the_same_id(till: Till, clock: StillClock) -> None:
    message, bell = sent(till), Bell(failures=3)
    relay = relay_to(till.office, bell)
    pauses = []
    for _ in range(4):
        relay.run_until_idle()
        (waiting,) = seen(till)
        pauses.append((waiting.due_at - clock.now()).total_seconds() if waiting.due_at else None)
        clock.advance(seconds=pauses[-1] or 0)
    assert pauses == [2.5, 5, 10, None]
    assert bell.rung == [message] * 4


def test_the_pause_is_spread_by_chance(memory_till: Till, clock: StillClock) -> None:
    sent(memory_till)
    Relay(memory_till.office, {"tests.ring": Bell(1)}, jitter=lambda below: below - 1).run_once()
    (waiting,) = seen(memory_till)
    assert waiting.due_at is not None
    assert (waiting.due_at - clock.now()).total_seconds() == pytest.approx(7.499)


def test_after_its_tries_a_message_is_given_up_and_a_person_is_told(till: Till, clock: StillClock) -> None:
    message, bell = sent(till), Bell(failures=99)
    relay = relay_to(till.office, bell)
    for _ in range(MAX_TRIES + 3):
        relay.run_until_idle()
        clock.advance(hours=2)
    assert len(bell.rung) == MAX_TRIES
    assert [one.last_error for one in seen(till, Delivery.GIVEN_UP)] == ["out of order"]
    (case,) = till.cases()
    assert (case.kind, case.subject_id, case.queue) == (CaseKind.NOT_DELIVERED, message, "operations")


def test_a_person_has_it_delivered_after_all(till: Till, clock: StillClock) -> None:
    message, bell = sent(till), Bell(failures=MAX_TRIES)
    relay = relay_to(till.office, bell)
    for _ in range(MAX_TRIES + 1):
        relay.run_until_idle()
        clock.advance(hours=2)
    till.office.perform(redeliver, message, till.act)
    relay.run_until_idle()
    assert [one.state for one in seen(till)] == [Delivery.DELIVERED]
    with pytest.raises(IllegalMove):
        till.office.perform(redeliver, message, till.act)


def test_a_refusal_by_our_own_house_counts_as_a_failure(memory_till: Till) -> None:
    sent(memory_till)
    relay_to(memory_till.office, Bell(1, RefundDiffers(refund="7"))).run_once()
    assert "exists for another payment" in seen(memory_till)[0].last_error


def test_a_message_that_nobody_delivers_waits_for_a_person(memory_till: Till, clock: StillClock) -> None:
    memory_till.office.perform(send, Send(new_id(), "tests.unheard-of"), memory_till.act)
    for _ in range(MAX_TRIES + 1):
        memory_till.relay.run_until_idle()
        clock.advance(hours=2)
    assert [case.facts["error"] for case in memory_till.cases()] == ["nobody delivers tests.unheard-of"]


def test_a_crash_between_delivery_and_mark_delivers_again_under_the_same_id(till: Till, clock: StillClock) -> None:
    message = sent(till)
    bell = Bell()

    class Crash(Exception):
        """The process dies."""

    def ring_and_die(message: Message) -> None:
        bell(message)
        raise Crash

    with pytest.raises(Crash):
        relay_to(till.office, ring_and_die).run_once()
    assert relay_to(till.office, bell).run_once() == 0  # the dead relay's lease still holds
    clock.advance(seconds=LEASE_S + 1)
    relay_to(till.office, bell).run_once()
    assert bell.rung == [message, message]
    assert [(one.state, one.attempts) for one in seen(till)] == [(Delivery.DELIVERED, 2)]


def test_a_message_that_kills_every_relay_ends_with_a_person(memory_till: Till, clock: StillClock) -> None:
    sent(memory_till)
    relay = relay_to(memory_till.office, Bell(99, RuntimeError("a fault of ours")))
    for _ in range(MAX_TRIES):
        with pytest.raises(RuntimeError):
            relay.run_once()
        clock.advance(seconds=LEASE_S + 1)
    assert relay.run_until_idle() == 0
    assert [case.kind for case in memory_till.cases()] == [CaseKind.NOT_DELIVERED]


def test_a_relay_that_comes_back_late_does_not_undo_the_next_try(till: Till, clock: StillClock) -> None:
    message = sent(till)
    till.office.perform(claim_messages, ClaimMessages(5, LEASE_S), till.act)
    clock.advance(seconds=LEASE_S + 1)
    (second,) = till.office.perform(claim_messages, ClaimMessages(5, LEASE_S), till.act)
    late = till.office.perform(record_delivery, RecordDelivery(message, 1, "timed out", 1), till.act)
    assert late == second
    done = till.office.perform(record_delivery, RecordDelivery(message, 2), till.act)
    again = till.office.perform(record_delivery, RecordDelivery(message, 2, "too late", 1), till.act)
    assert (done.state, again) == (Delivery.DELIVERED, done)


def test_four_relays_at_once_deliver_each_message_once(till: Till) -> None:
    messages = [sent(till) for _ in range(12)]
    bell = Bell()
    in_parallel(lambda _: relay_to(till.office, bell).run_until_idle(), range(4))
    assert sorted(bell.rung) == sorted(messages)


def test_every_topic_has_its_deliverer() -> None:
    assert sorted(DELIVERERS) == [
        "channels.push-listing",
        "channels.push-price",
        "channels.push-shipment",
        "channels.push-stock",
        "channels.set-shelf",
        "inventory.follow-merchant",
        "inventory.look-at-shelf",
        "payments.create",
        "payments.refund",
        "pricing.tell-prices",
        "printing.ask",
        "printing.print",
        "shipping.buy",
        "shipping.refill",
        "shipping.void",
        "webhooks.replay",
    ]


def test_a_quantity_reaches_its_channel_and_an_older_one_does_not_undo_it(memory_till: Till, clock: StillClock) -> None:
    channel = EmbeddedChannel(new_id())
    outside = Outside(memory_till.office, {}, channel=lambda _: channel)
    relay = Relay(memory_till.office, outside.deliverers(), jitter=lambda _: 0)
    channel.disappear(1)
    for seq, qty in ((1, 7), (2, 5)):
        payload = {"channel_id": str(channel.channel_id), "sku_id": "s", "seq": seq, "qty": qty}
        memory_till.office.perform(send, Send(new_id(), "channels.push-stock", payload), memory_till.act)
    relay.run_until_idle()
    clock.advance(minutes=1)
    relay.run_until_idle()
    assert channel.stock == {"s": Shown(2, 5)}
    assert len(set(channel.received)) == 2


def test_nothing_is_sent_to_a_provider_that_is_none_of_ours(memory_till: Till) -> None:
    outside = Outside(memory_till.office, {}, channel=no_channel)
    memory_till.request(delivered=False)
    Relay(memory_till.office, outside.deliverers(), jitter=lambda _: 0).run_once()
    assert seen(memory_till)[0].last_error == "no provider is called embedded"
