"""Talking to a provider that falls silent: its outcome is unknown, it is asked, and nothing is done twice (F9)."""

from __future__ import annotations

from houtai.adapters.payments.embedded import Fault
from houtai.application.payments.answers import MAX_ASKS, RecordPaymentAnswer, next_question, record_payment_answer
from houtai.application.payments.cashier import next_question_due
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from tests.conftest import StillClock
from tests.payments.till import CASH, DEPOSITS, Till, in_parallel, let_order_expire


def test_an_answer_that_got_lost_makes_the_payment_unknown_until_it_is_asked(till: Till, clock: StillClock) -> None:
    till.gateway.arrange("create", Fault.LOSE_ANSWER)
    payment = till.request()
    assert till.payment(payment).state is PaymentState.UNKNOWN
    assert till.cashier.ask_unknown() == 0
    clock.advance(seconds=31)
    assert till.cashier.ask_unknown() == 1
    assert (till.payment(payment).state, till.payment(payment).provider_ref) == (PaymentState.PENDING, f"emb_{payment.hex}")


def test_a_request_that_got_lost_is_told_again_only_after_asking(till: Till, clock: StillClock) -> None:
    till.gateway.arrange("create", Fault.LOSE_REQUEST)
    payment = till.request()
    clock.advance(seconds=31)
    till.cashier.ask_unknown()
    assert till.payment(payment).state is PaymentState.PENDING
    till.gateway.pay(payment)
    till.bring_all()
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_a_provider_that_cannot_be_reached_leaves_the_message_waiting(till: Till, clock: StillClock) -> None:
    till.gateway.arrange("create", Fault.UNREACHABLE)
    payment = till.request()
    assert (till.payment(payment).state, till.payment(payment).provider_ref) == (PaymentState.PENDING, "")
    clock.advance(seconds=10)
    till.relay.run_until_idle()
    assert till.payment(payment).provider_ref == f"emb_{payment.hex}"


def test_a_capture_whose_callback_got_lost_is_found_by_asking_and_its_late_callback_adds_nothing(
    till: Till, clock: StillClock
) -> None:
    payment = till.request()
    till.gateway.pay(payment)
    clock.advance(seconds=31)
    assert till.cashier.ask_unknown() == 1
    assert till.payment(payment).state is PaymentState.CAPTURED
    till.bring_all(copies=3)
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_money_that_came_after_expiry_is_found_by_asking(till: Till, clock: StillClock) -> None:
    payment = till.request()
    till.gateway.pay(payment)
    till.office.perform(let_order_expire, till.order, till.act)
    clock.advance(seconds=31)
    till.cashier.ask_unknown()
    assert till.payment(payment).state is PaymentState.CAPTURED


def test_a_payment_of_unknown_outcome_does_not_expire(memory_till: Till) -> None:
    memory_till.gateway.arrange("create", Fault.LOSE_ANSWER)
    payment = memory_till.request()
    assert memory_till.office.perform(let_order_expire, memory_till.order, memory_till.act) == 0
    assert memory_till.payment(payment).state is PaymentState.UNKNOWN


def test_an_expired_payment_that_the_provider_does_not_know_is_not_asked_about_again(till: Till) -> None:
    payment = till.request()
    till.office.perform(let_order_expire, till.order, till.act)
    assert till.payment(payment).ask_at is not None
    answer = GatewayAnswer(Standing.NOT_KNOWN, till.clock.now())
    till.office.perform(record_payment_answer, RecordPaymentAnswer(payment, answer), till.act)
    assert (till.payment(payment).state, till.payment(payment).ask_at) == (PaymentState.EXPIRED, None)


def test_a_silent_provider_is_asked_a_bounded_number_of_times_and_then_a_person_asks(
    memory_till: Till, clock: StillClock
) -> None:
    till = memory_till
    till.gateway.arrange("create", Fault.LOSE_ANSWER)
    till.gateway.arrange("query", *[Fault.LOSE_ANSWER, Fault.UNREACHABLE] * MAX_ASKS)
    payment = till.request()
    asked = 0
    for _ in range(4 * MAX_ASKS):
        clock.advance(hours=2)
        asked += till.cashier.ask_unknown()
    assert (asked, [case.kind for case in till.cases()]) == (MAX_ASKS, [CaseKind.NO_ANSWER])
    assert till.payment(payment).state is PaymentState.UNKNOWN


def test_a_buyer_who_does_not_pay_is_nobodys_case(memory_till: Till, clock: StillClock) -> None:
    till = memory_till
    till.request()
    for _ in range(4 * MAX_ASKS):
        clock.advance(hours=2)
        till.cashier.ask_unknown()
    assert till.cases() == []
    assert till.office.ask(next_question_due, None, till.act) is None


def test_a_refund_without_an_answer_ends_with_a_person(memory_till: Till, clock: StillClock) -> None:
    till = memory_till
    payment = till.paid()
    till.gateway.arrange("refund", Fault.LOSE_ANSWER)
    till.gateway.arrange("query_refund", *[Fault.LOSE_ANSWER] * (MAX_ASKS + 1))
    refund = till.refund(payment, "20.00")
    for _ in range(2 * MAX_ASKS):
        clock.advance(hours=2)
        till.cashier.ask_unknown()
    assert [case.kind for case in till.cases()] == [CaseKind.NO_ANSWER]
    assert till.refund_of(refund).state is RefundState.SUBMITTED


def test_a_refund_that_takes_long_is_finished_by_its_callback_or_by_asking(till: Till, clock: StillClock) -> None:
    payment = till.paid()
    till.gateway.arrange("refund", Fault.TAKE_LONG)
    refund = till.refund(payment, "20.00")
    clock.advance(seconds=31)
    till.cashier.ask_unknown()
    assert till.refund_of(refund).state is RefundState.SUBMITTED
    till.gateway.finish_refund(till.refund_of(refund).key)
    clock.advance(minutes=5)
    till.cashier.ask_unknown()
    assert till.refund_of(refund).state is RefundState.SUCCEEDED
    till.bring_all()
    assert till.gateway.money_out(payment) == 2000
    assert till.balances() == {}


def test_eight_cashiers_at_once_pay_out_once(till: Till, clock: StillClock) -> None:
    payment = till.paid()
    till.gateway.arrange("refund", Fault.LOSE_ANSWER)
    till.refund(payment, "20.00")
    clock.advance(minutes=1)
    in_parallel(lambda _: till.cashier.ask_unknown(), range(8))
    assert till.gateway.money_out(payment) == 2000
    assert till.balances() == {}


def test_questions_come_less_and_less_often(clock: StillClock) -> None:
    pauses = [(next_question(clock.now(), asks) - clock.now()).total_seconds() for asks in range(MAX_ASKS)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
