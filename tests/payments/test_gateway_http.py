"""Real providers at the house's door: each calls its own path, is checked by its own signature and hears its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from houtai.adapters.payments.embedded import Callback
from houtai.domain.money import Money
from tests.conftest import StillClock
from tests.http_client import Caller, calling
from tests.payments.counter import Counter
from tests.payments.kits import KITS

HEARD = {
    "embedded": "application/json",
    "stripe": "application/json",
    "wechat": "application/json",
    "alipay": "text/plain; charset=utf-8",
}


@attrs.frozen
class Desk:
    counter: Counter
    caller: Caller

    def call(self, callback: Callback, provider: str | None = None) -> Any:
        path = f"/v1/payment-notices/{provider or self.counter.name}"
        return self.caller.client.post(path, content=callback.raw, headers=dict(callback.headers))


@pytest.fixture(params=KITS, ids=lambda made: made.__name__)
def desk(request: pytest.FixtureRequest, memory_office: Any, clock: StillClock) -> Iterator[Desk]:
    counter = Counter(memory_office, clock, request.param(clock))
    with calling(memory_office, gateways={counter.name: counter.kit.gateway}) as caller:
        yield Desk(counter, caller)
    counter.kit.close()


def test_a_callback_pays_is_thanked_in_the_providers_words_and_may_come_twice(desk: Desk) -> None:
    payment = desk.counter.request()
    desk.counter.kit.pay(payment, None)
    callback = desk.counter.kit.paid(payment, "1")
    first, again = desk.call(callback), desk.call(callback)
    assert [(one.status_code, one.headers["content-type"]) for one in (first, again)] == [(200, HEARD[desk.counter.name])] * 2
    wanted = desk.counter.kit.gateway.acknowledgement
    assert wanted is None or first.content == wanted.content
    assert desk.counter.payment(payment).captured_minor == 2000


def test_a_wrong_amount_is_taken_for_a_person_and_not_sent_for_ever(desk: Desk) -> None:
    payment = desk.counter.request()
    desk.counter.kit.pay(payment, Money(1, "CNY"))
    answer = desk.call(desk.counter.kit.paid(payment, "1"))
    assert answer.status_code == (200 if desk.counter.kit.gateway.acknowledgement else 202)
    assert [case.kind.value for case in desk.counter.cases()] == ["wrong-amount"]


def test_a_forged_callback_hears_nothing_but_no(desk: Desk, clock: StillClock) -> None:
    payment = desk.counter.request()
    desk.counter.kit.pay(payment, None)
    forged = desk.counter.kit.resign(desk.counter.kit.paid(payment, "1"), clock.now(), False)
    answer = desk.call(forged)
    assert (answer.status_code, answer.json()["code"]) == (401, "payments.notice-not-genuine")
    assert desk.counter.payment(payment).captured_minor == 0


def test_one_providers_callback_at_anothers_path_finds_nobody(desk: Desk) -> None:
    payment = desk.counter.request()
    desk.counter.kit.pay(payment, None)
    assert desk.call(desk.counter.kit.paid(payment, "1"), "paypal").status_code == 404
