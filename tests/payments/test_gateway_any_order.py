"""Real providers in bad weather: answers lost, notices late, doubled and out of order; in the end every cent is where it belongs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from houtai.adapters.payments.embedded import Callback
from houtai.application import reactions
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import NoticeNotGenuine
from tests.conftest import StillClock
from tests.payments.conftest import EVENTS
from tests.payments.counter import Counter
from tests.payments.fakes import Mode
from tests.payments.kits import KITS

WEATHER = (Mode.REFUSE, Mode.LOSE_REQUEST, Mode.LOSE_ANSWER, Mode.FAIL_BEFORE, Mode.FAIL_AFTER, Mode.GARBAGE, Mode.CUT)


@pytest.fixture(params=KITS, ids=lambda made: made.__name__)
def counter(
    request: pytest.FixtureRequest, memory_office: Any, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Counter]:
    for kind in EVENTS:
        monkeypatch.setitem(reactions.REACTIONS, kind, ())
    made = Counter(memory_office, clock, request.param(clock))
    yield made
    made.kit.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_lost_each_payment_comes_in_once_and_each_refund_goes_out_once(counter: Counter, seed: int) -> None:
    chance, bag = random.Random(seed), list[Callback]()
    payments = [_paid(counter, chance, bag, number) for number in range(4)]
    _deliver(counter, chance, bag)
    counter.ask_later()
    refunds = {payment: [_refund(counter, chance, bag, payment) for _ in range(2)] for payment in payments}
    _deliver(counter, chance, bag)
    for _ in range(2):
        counter.ask_later()
    for payment, backs in refunds.items():
        told, out = counter.payment(payment), sum(counter.refund_of(one).amount.minor for one in backs)
        assert (told.state, told.captured_minor) == (PaymentState.CAPTURED, 2000)
        assert [counter.refund_of(one).state for one in backs] == [RefundState.SUCCEEDED] * 2
        assert (told.refunded_minor, counter.kit.money_out(payment)) == (out, out)
    assert (counter.kit.pages(), counter.cases()) == (4, [])


def _paid(counter: Counter, chance: random.Random, bag: list[Callback], number: int) -> PaymentId:
    if chance.random() < 0.6:
        counter.kit.fail("create", chance.choice(WEATHER))
    payment = counter.request()
    counter.ask_later()
    counter.kit.pay(payment, None)
    bag.append(counter.kit.paid(payment, str(number)))
    return payment


def _refund(counter: Counter, chance: random.Random, bag: list[Callback], payment: PaymentId) -> RefundId:
    if chance.random() < 0.6:
        counter.kit.fail("refund", chance.choice(WEATHER))
    refund = counter.refund(payment, f"{chance.randint(1, 9)}.{chance.randint(10, 99)}")
    if chance.random() < 0.5:
        counter.ask_later()
    return refund


def _deliver(counter: Counter, chance: random.Random, bag: list[Callback]) -> None:
    """Twice and out of order; what comes after its window is not believed, and asking finds it out."""
    for callback in chance.sample(bag * 2, len(bag) * 2):
        try:
            counter.bring(callback)
        except NoticeNotGenuine:
            continue
    bag.clear()
