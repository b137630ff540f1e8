"""A provider's notices over HTTP: doubled, in every order and in parallel (F8), and answers that get lost (F9)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest
from litestar.testing import TestClient

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.payments.embedded import Callback, EmbeddedGateway, Fault
from houtai.application.deliveries import Outside
from houtai.application.relay import Relay
from houtai.domain.orders.order import Order
from houtai.entrypoints.http.app import create_app
from tests.faults.stall import Stall, place, verdict
from tests.http_client import Door
from tests.orders.shop import Shop

SECRET = b"between the provider and the shop"
COPIES = 3


@attrs.frozen
class Counter:
    """A shop whose provider calls it over HTTP."""

    shop: Shop
    gateway: EmbeddedGateway
    relay: Relay
    client: Any

    def call(self, callback: Callback) -> int:
        """One notice over HTTP; its status."""
        answer = self.client.post(
            f"/v1/payment-notices/{self.gateway.name}", content=callback.raw, headers=dict(callback.headers)
        )
        return int(answer.status_code)

    def asked(self) -> Order:
        """An order whose payment the provider was asked for."""
        order = place(self.shop.office, self.shop.wish(CUP=1))
        self.relay.run_until_idle()
        return order

    def end(self, order: Order) -> tuple[Any, ...]:
        """What became of it: the order's state, its payment, what is to be paid back."""
        (payment,) = self.shop.payments(order)
        back = tuple(sorted(refund.amount.minor for refund in self.shop.refunds(order)))
        return self.shop.order(order).state, payment.state, payment.captured_minor, back


@pytest.fixture
def counter(stall: Stall) -> Iterator[Counter]:
    """On each database."""
    with stall.office() as office:
        gateway = EmbeddedGateway(office.clock, secret=SECRET)
        outside = Outside(office, {gateway.name: gateway}, channel=EmbeddedChannel)
        relay = Relay(office, outside.deliverers(), jitter=random.randrange)
        app = create_app(office, Door(office), gateways={gateway.name: gateway}, with_schema=False, strict=True)
        with TestClient(app) as client:
            yield Counter(stall.shop.moved_to(office, office.clock), gateway, relay, client)


def stories(counter: Counter) -> Iterator[tuple[Order, list[Callback]]]:
    """For each order of the three events a fresh order, whose buyer was declined, then paid, then paid again by mistake."""
    for order_of_events in itertools.permutations(range(3)):
        order = counter.asked()
        assert {counter.call(paid_back) for paid_back in counter.gateway.callbacks()} <= {200}  # of the story before
        payment = order.tenders[0].payment_id
        counter.gateway.decline(payment)
        counter.gateway.pay(payment)
        counter.gateway.pay(payment)
        events = counter.gateway.callbacks()
        assert len(events) == 3
        yield order, [events[place] for place in order_of_events]


def test_every_order_of_doubled_notices_ends_alike(counter: Counter, stall: Stall) -> None:
    """F8: declined, paid, paid twice, each told three times and in every order: one order, one payment, the surplus goes back."""
    ends, placed = set(), []
    for order, events in stories(counter):
        assert {counter.call(event) for event in events for _ in range(COPIES)} == {200}
        ends.add(counter.end(order))
        placed.append(order)
    assert len(ends) == 1, ends
    price = placed[0].tenders[0].amount_minor
    ((_, _, captured, back),) = ends
    assert (captured, back) == (2 * price, (price,))
    judge(stall, placed)


def test_notices_in_parallel_end_as_one_after_the_other(counter: Counter, stall: Stall) -> None:
    """F8: the same nine at once from six connections, shuffled; and all of them again, which changes nothing."""
    ends, placed = set(), []
    pick = random.Random(8)
    for order, events in stories(counter):
        nine = [event for event in events for _ in range(COPIES)]
        pick.shuffle(nine)
        ends.add(settled(counter, order, nine))
        ends.add(settled(counter, order, nine))
        placed.append(order)
    assert len(ends) == 1, ends
    judge(stall, placed)


def test_paid_after_cancelled_goes_back_and_reopens_nothing(counter: Counter, stall: Stall) -> None:
    """F8: the buyer paid while a clerk cancelled; the notice comes late, and three times."""
    order = counter.asked()
    counter.gateway.pay(order.tenders[0].payment_id)
    cancelled = counter.shop.cancel(order)
    assert {counter.call(event) for event in counter.gateway.callbacks(copies=COPIES)} == {200}
    state, _, captured, back = counter.end(order)
    assert (state, captured, back) == (cancelled.state, order.tenders[0].amount_minor, (order.tenders[0].amount_minor,))
    judge(stall, [order])


def test_a_provider_whose_answer_gets_lost_is_asked_and_charged_once(counter: Counter, stall: Stall) -> None:
    """F9: it took the payment and its answer got lost. The same message comes again under the same id: one payment, paid once."""
    counter.gateway.arrange("create", Fault.LOSE_ANSWER)
    order = counter.asked()
    payment = order.tenders[0].payment_id
    assert counter.gateway.knows(payment)
    counter.gateway.pay(payment)
    assert [counter.call(event) for event in counter.gateway.callbacks()] == [200]
    state, _, captured, back = counter.end(order)
    assert (captured, back) == (order.tenders[0].amount_minor, ()), state
    judge(stall, [order])


def settled(counter: Counter, order: Order, notices: Sequence[Callback]) -> tuple[Any, ...]:
    """All of them at once; a notice that met another one in the way is sent again, as providers do."""
    with ThreadPoolExecutor(6) as threads:
        for status, notice in zip(threads.map(counter.call, notices), notices, strict=True):
            assert (status if status != 503 else counter.call(notice)) == 200
    return counter.end(order)


def judge(stall: Stall, placed: Sequence[Order]) -> None:
    """Every invariant holds, and the orders are those that were placed."""
    found = verdict(stall.url, [attrs.evolve(stall.pattern, order=order.id) for order in placed], [order.id for order in placed])
    assert (found.orders, found.holds) == (len(placed), True), found
