"""Real providers behind the whole house: what is lost is asked after, what does not fit is for people, and no cent goes twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from houtai.application import reactions
from houtai.domain.money import Money
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from tests.conftest import StillClock
from tests.payments.conftest import EVENTS
from tests.payments.counter import Counter
from tests.payments.fakes import Mode
from tests.payments.kits import KITS

LOST = (Mode.LOSE_REQUEST, Mode.LOSE_ANSWER, Mode.CUT)


@pytest.fixture(params=KITS, ids=lambda made: made.__name__)
def counter(
    request: pytest.FixtureRequest, memory_office: Any, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Counter]:
    for kind in EVENTS:
        monkeypatch.setitem(reactions.REACTIONS, kind, ())
    made = Counter(memory_office, clock, request.param(clock))
    yield made
    made.kit.close()


@pytest.mark.parametrize("mode", LOST, ids=lambda mode: mode.value)
def test_a_page_whose_answer_was_lost_is_found_by_asking_and_paid_once(counter: Counter, mode: Mode) -> None:
    counter.kit.fail("create", mode)
    payment = counter.request()
    assert counter.payment(payment).state is PaymentState.UNKNOWN
    counter.ask_later()
    asked = counter.payment(payment)
    assert (asked.state, bool(asked.pay_url), counter.kit.pages()) == (PaymentState.PENDING, True, 1)
    counter.kit.pay(payment, None)
    assert counter.bring(counter.kit.paid(payment, "1")).outcome is Outcome.APPLIED


def test_a_payment_whose_callback_never_came_is_found_by_asking(counter: Counter) -> None:
    payment = counter.request()
    counter.kit.pay(payment, None)
    counter.ask_later()
    assert counter.payment(payment).captured_minor == 2000
    assert counter.bring(counter.kit.paid(payment, "1")).outcome is Outcome.REPEATED


def test_the_same_notice_is_taken_once_and_another_about_the_same_money_too(counter: Counter) -> None:
    payment = counter.request()
    counter.kit.pay(payment, None)
    first, again = (counter.bring(counter.kit.paid(payment, "1")) for _ in range(2))
    assert [(one.outcome, one.repeated) for one in (first, again)] == [(Outcome.APPLIED, False), (Outcome.APPLIED, True)]
    assert (counter.payment(payment).captured_minor, counter.cases()) == (2000, [])


@pytest.mark.parametrize(("wrong", "kind"), [(Money(1999, "CNY"), "wrong-amount"), (Money(2000, "USD"), "wrong-currency")])
def test_money_that_was_not_asked_for_is_for_a_person(counter: Counter, wrong: Money, kind: str) -> None:
    payment = counter.request()
    counter.kit.pay(payment, wrong)
    assert counter.bring(counter.kit.paid(payment, "1")).outcome is Outcome.CASE
    assert ([case.kind.value for case in counter.cases()], counter.payment(payment).captured_minor) == ([kind], 0)


def test_money_of_another_account_is_for_a_person(counter: Counter) -> None:
    payment = counter.request()
    counter.kit.pay(payment, None)
    counter.kit.strangers()
    assert counter.bring(counter.kit.paid(payment, "1")).outcome is Outcome.CASE
    assert [case.kind.value for case in counter.cases()] == ["wrong-recipient"]


def test_money_that_comes_after_the_order_expired_is_captured_all_the_same(counter: Counter) -> None:
    payment = counter.request()
    counter.expire()
    counter.kit.pay(payment, None)
    counter.bring(counter.kit.paid(payment, "1"))
    assert (counter.payment(payment).state, counter.payment(payment).captured_minor) == (PaymentState.CAPTURED, 2000)


def test_a_refund_goes_back_and_is_booked_to_the_cent(counter: Counter) -> None:
    payment = counter.paid()
    refund = counter.refund(payment, "7.01")
    assert (counter.refund_of(refund).state, counter.payment(payment).refunded_minor) == (RefundState.SUCCEEDED, 701)
    assert counter.kit.money_out(payment) == 701


@pytest.mark.parametrize("mode", [*LOST, Mode.REFUSE], ids=lambda mode: mode.value)
def test_a_refund_whose_answer_was_lost_is_asked_after_and_paid_once(counter: Counter, mode: Mode) -> None:
    payment = counter.paid()
    counter.kit.fail("refund", mode)
    refund = counter.refund(payment, "7.01")
    assert counter.refund_of(refund).state is RefundState.SUBMITTED
    counter.ask_later()
    assert (counter.refund_of(refund).state, counter.kit.money_out(payment)) == (RefundState.SUCCEEDED, 701)
    assert counter.refund_of(refund).attempt == 1


def test_a_refund_that_takes_long_is_found_done(counter: Counter) -> None:
    payment = counter.paid()
    counter.kit.take_long()
    refund = counter.refund(payment, "7.01")
    assert counter.refund_of(refund).state is RefundState.SUBMITTED
    counter.kit.finish(refund, 1, True)
    counter.ask_later()
    assert (counter.refund_of(refund).state, counter.kit.money_out(payment)) == (RefundState.SUCCEEDED, 701)


def test_a_refused_refund_is_for_a_person_and_its_next_attempt_is_another(counter: Counter) -> None:
    if counter.kit.fake is None:
        pytest.skip("test_refund.py has it for the embedded provider")
    payment = counter.paid()
    counter.kit.fake.refuse_refunds = True
    refund = counter.refund(payment, "7.01")
    assert counter.refund_of(refund).state is RefundState.FAILED
    assert [case.kind.value for case in counter.cases()] == ["refund-failed"]
    counter.kit.fake.refuse_refunds = False
    counter.clock.advance(seconds=1)  # the finest time that these providers tell
    counter.retry(refund)
    assert (counter.refund_of(refund).state, counter.refund_of(refund).attempt) == (RefundState.SUCCEEDED, 2)
    assert counter.kit.money_out(payment) == 701


def test_a_refund_that_the_bank_sends_back_is_owed_again_and_older_news_does_not_undo_that(counter: Counter) -> None:
    if not counter.kit.refunds_fail or counter.kit.refunded is None:
        pytest.skip("this provider does not tell of it")
    payment = counter.paid()
    refund = counter.refund(payment, "7.01")
    done = counter.kit.refunded(refund, 1)
    counter.clock.advance(minutes=1)
    counter.kit.finish(refund, 1, False)
    failed = counter.kit.refunded(refund, 1)
    renamed = counter.kit.resign(failed, counter.clock.now(), True)
    counter.bring(_another_event(counter, renamed))
    assert (counter.refund_of(refund).state, counter.payment(payment).refunded_minor) == (RefundState.FAILED, 0)
    counter.bring(done)
    assert counter.refund_of(refund).state is RefundState.FAILED


def _another_event(counter: Counter, callback: Any) -> Any:
    """The same news under an event id of its own."""
    raw = callback.raw.replace(b"evt_r", b"evt_s").replace(b"EV-r", b"EV-s")
    if raw == callback.raw:
        return callback
    return counter.kit.resign(type(callback)(raw, callback.headers), counter.clock.now(), True)
