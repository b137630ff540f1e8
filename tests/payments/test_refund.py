"""Paying back: never more than came in, once for each wish, and never forgotten."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.adapters.payments.embedded import Fault
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.refund import (
    MoveRefund,
    RefundPayment,
    cancel_refund,
    refund_payment,
    retry_refund,
    settle_refund,
)
from houtai.application.payments.request import record_captured
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import AccountId, OrderId, PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import RefundFailed, RefundSucceeded
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import Payment, PaymentState, Tender
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import PaymentDiffers, RefundDiffers, RefundOverPayment, RefundOverRest
from houtai.domain.refusal import CurrencyMismatch, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.conftest import StillClock
from tests.payments.till import CASH, CHANNEL, CUSTOMER, DEPOSITS, OWED, Till, in_parallel, yuan


def somebody(till: Till, *grants: Grant) -> Act:
    actor = AccountId(new_id())
    return attrs.evolve(till.act, actor=actor, name="clerk", authority=Authority(actor, grants))


def test_a_refund_is_owed_at_once_and_paid_out_after_the_commit(till: Till) -> None:
    payment = till.paid("20.00")
    refund = till.refund(payment, "5.00", delivered=False)
    assert till.balances() == {CASH: 2000, DEPOSITS: -1500, OWED: -500}
    till.relay.run_until_idle()
    assert till.refund_of(refund).state is RefundState.SUCCEEDED
    assert till.balances() == {CASH: 1500, DEPOSITS: -1500}
    assert till.events(RefundSucceeded) == [RefundSucceeded(refund, payment, till.order, 500, "CNY")]


def test_the_callback_of_a_refund_adds_nothing_to_its_answer(till: Till) -> None:
    payment = till.paid("20.00")
    refund = till.refund(payment, "5.00")
    assert [receipt.outcome for receipt in till.bring_all(copies=2)] == [Outcome.REPEATED, Outcome.REPEATED]
    assert till.payment(payment).refunded_minor == 500
    assert till.refund_of(refund).version == 3


def test_more_than_was_captured_is_refused(till: Till) -> None:
    payment = till.paid("20.00")
    with pytest.raises(RefundOverPayment):
        till.refund(payment, "20.01")
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_r6_refunds_under_way_count_as_spent(till: Till) -> None:
    payment = till.paid("20.00")
    till.refund(payment, "15.00", delivered=False)
    with pytest.raises(RefundOverRest) as refused:
        till.refund(payment, "5.01")
    assert refused.value.rest_minor == 500


def test_m4_ten_parallel_refunds_never_exceed_what_was_captured(till: Till) -> None:
    payment = till.paid("20.00")
    results = in_parallel(lambda _: till.refund(payment, "6.00", delivered=False), range(10))
    refused = [result for result in results if isinstance(result, RefundOverRest)]
    assert (len(results) - len(refused), len(refused)) == (3, 7)
    assert till.payment(payment).refund_minor == 1800


def test_two_parallel_full_refunds_pay_back_once(till: Till) -> None:
    payment = till.paid("20.00")
    results = in_parallel(lambda _: till.refund(payment, "20.00", delivered=False), range(2))
    assert sorted(isinstance(result, RefundOverRest) for result in results) == [False, True]
    till.relay.run_until_idle()
    assert till.gateway.money_out(payment) == 2000


def test_the_same_refund_again_is_the_first_one(till: Till) -> None:
    payment = till.paid("20.00")
    cmd = RefundPayment(RefundId(new_id()), payment, yuan("5.00"), "buyer asked")
    first = till.office.perform(refund_payment, cmd, till.act)
    assert till.office.perform(refund_payment, cmd, till.act) == first
    with pytest.raises(RefundDiffers):
        till.office.perform(refund_payment, attrs.evolve(cmd, amount=yuan("6.00")), till.act)
    assert till.payment(payment).refund_minor == 500


def test_what_was_not_captured_is_not_refunded(memory_till: Till) -> None:
    payment = memory_till.request()
    with pytest.raises(RefundOverPayment):
        memory_till.refund(payment, "0.01")
    with pytest.raises(NotFound):
        memory_till.refund(PaymentId(new_id()), "0.01")


@pytest.mark.parametrize("amount", [Money(0, "CNY"), Money(-1, "CNY")])
def test_a_refund_is_of_something(memory_till: Till, amount: Money) -> None:
    payment = memory_till.paid()
    cmd = RefundPayment(RefundId(new_id()), payment, amount, "buyer asked")
    with pytest.raises(InvalidValue):
        memory_till.office.perform(refund_payment, cmd, memory_till.act)


def test_a_refund_is_in_the_payments_currency(memory_till: Till) -> None:
    cmd = RefundPayment(RefundId(new_id()), memory_till.paid(), Money(1, "USD"), "buyer asked")
    with pytest.raises(CurrencyMismatch):
        memory_till.office.perform(refund_payment, cmd, memory_till.act)


def test_g17_timeout_then_late_success_and_our_retry_make_one_money_out(till: Till, clock: StillClock) -> None:
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.LOSE_ANSWER)
    refund = till.refund(payment, "20.00")
    assert till.refund_of(refund).state is RefundState.SUBMITTED
    with pytest.raises(IllegalMove):  # of unknown outcome: it is asked for, not tried again
        till.office.perform(retry_refund, MoveRefund(refund, 2, "hurry"), till.act)
    clock.advance(minutes=1)
    assert till.cashier.ask_unknown() == 1
    till.bring_all(copies=2)
    assert till.refund_of(refund).state is RefundState.SUCCEEDED
    assert till.gateway.money_out(payment) == 2000
    assert till.balances() == {}


def test_f9_a_refund_of_unknown_outcome_stays_reserved(till: Till) -> None:
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.LOSE_ANSWER)
    till.refund(payment, "20.00")
    with pytest.raises(RefundOverRest):
        till.refund(payment, "0.01")


def test_f9_a_refund_that_the_provider_never_heard_of_is_told_again_under_the_same_key(till: Till, clock: StillClock) -> None:
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.LOSE_REQUEST)
    refund = till.refund(payment, "20.00")
    clock.advance(minutes=1)
    till.cashier.ask_unknown()
    assert (till.refund_of(refund).state, till.refund_of(refund).attempt) == (RefundState.SUCCEEDED, 1)
    assert till.gateway.money_out(payment) == 2000


def test_a_refused_refund_is_still_owed_and_a_new_attempt_may_succeed(till: Till, clock: StillClock) -> None:
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.REFUSE)
    refund = till.refund(payment, "5.00")
    failed = till.refund_of(refund)
    assert (failed.state, [case.kind for case in till.cases()]) == (RefundState.FAILED, [CaseKind.REFUND_FAILED])
    assert till.balances() == {CASH: 2000, DEPOSITS: -1500, OWED: -500}
    assert len(till.events(RefundFailed)) == 1
    clock.advance(minutes=1)
    till.office.perform(retry_refund, MoveRefund(refund, failed.version, "account opened again"), till.act)
    till.relay.run_until_idle()
    assert (till.refund_of(refund).state, till.refund_of(refund).attempt) == (RefundState.SUCCEEDED, 2)
    assert till.balances() == {CASH: 1500, DEPOSITS: -1500}


def test_an_attempt_that_succeeds_in_the_moment_in_which_the_last_one_failed_counts(till: Till) -> None:
    payment = till.paid()
    till.gateway.arrange("refund", Fault.REFUSE)
    refund = till.refund_of(till.refund(payment, "5.00"))
    retry = MoveRefund(refund.id, refund.version, "the buyer has another account")
    till.office.perform(retry_refund, retry, till.act)
    till.relay.run_until_idle()
    assert till.refund_of(refund.id).state is RefundState.SUCCEEDED
    assert (till.payment(payment).refunded_minor, till.gateway.money_out(payment)) == (500, 500)


def test_a_provider_that_takes_its_word_back_gets_the_posting_reversed(till: Till, clock: StillClock) -> None:
    payment = till.paid("20.00")
    refund = till.refund(payment, "5.00")
    clock.advance(hours=1)
    till.gateway.finish_refund(till.refund_of(refund).key, error="account closed")
    till.bring_all()
    assert till.refund_of(refund).state is RefundState.FAILED
    assert (till.payment(payment).refunded_minor, till.payment(payment).refund_minor) == (0, 500)
    assert till.balances() == {CASH: 2000, DEPOSITS: -1500, OWED: -500}
    assert [case.kind for case in till.cases()] == [CaseKind.REFUND_FAILED]


def test_a_failure_that_was_overtaken_by_the_next_attempt_changes_nothing(memory_till: Till, clock: StillClock) -> None:
    till = memory_till
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.REFUSE, Fault.TAKE_LONG)
    refund = till.refund(payment, "5.00")
    till.office.perform(retry_refund, MoveRefund(refund, 3, "again"), till.act)
    till.relay.run_until_idle()
    till.gateway.tell("refund.failed", {"refund": str(refund), "attempt": 1, "error": "late"})
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.OUTDATED]
    assert till.refund_of(refund).state is RefundState.SUBMITTED
    clock.advance(minutes=5)
    till.gateway.finish_refund(till.refund_of(refund).key)
    till.bring_all()
    assert till.refund_of(refund).state is RefundState.SUCCEEDED


def test_a_refund_of_another_amount_opens_a_case_and_books_nothing(till: Till) -> None:
    payment = till.paid("20.00")
    till.gateway.arrange("refund", Fault.TAKE_LONG)
    refund = till.refund(payment, "5.00")
    money = {"money_ref": "rfd_1", "amount": {"minor": 400, "currency": "CNY"}}
    till.gateway.tell("refund.succeeded", {"refund": str(refund), "attempt": 1, **money})
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.CASE]
    assert [case.kind for case in till.cases()] == [CaseKind.REFUND_DIFFERS]
    assert till.refund_of(refund).state is RefundState.SUBMITTED


def test_money_that_goes_out_twice_opens_a_case(till: Till) -> None:
    refund = till.refund(till.paid("20.00"), "5.00")
    till.bring_all()
    money = {"money_ref": "rfd_other", "amount": {"minor": 500, "currency": "CNY"}}
    till.gateway.tell("refund.succeeded", {"refund": str(refund), "attempt": 1, **money})
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.CASE]
    assert [case.kind for case in till.cases()] == [CaseKind.REFUND_TWICE]
    assert till.balances() == {CASH: 1500, DEPOSITS: -1500}


def test_a_cancelled_refund_frees_its_money_and_never_leaves(till: Till) -> None:
    payment = till.paid("20.00")
    refund = till.refund(payment, "5.00", delivered=False)
    till.office.perform(cancel_refund, MoveRefund(refund, 1, "buyer keeps it"), till.act)
    till.relay.run_until_idle()
    assert (till.gateway.money_out(payment), till.payment(payment).refund_minor) == (0, 0)
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_a_refund_on_its_way_is_not_cancelled(till: Till) -> None:
    till.gateway.arrange("refund", Fault.TAKE_LONG)
    refund = till.refund(till.paid("20.00"), "5.00")
    with pytest.raises(IllegalMove):
        till.office.perform(cancel_refund, MoveRefund(refund, 2, "too late"), till.act)
    with pytest.raises(VersionConflict):
        till.office.perform(cancel_refund, MoveRefund(refund, 1, "too late"), till.act)


def test_a_refund_by_hand_is_settled_by_somebody_else_than_who_asked(till: Till) -> None:
    payment = till.paid("20.00")
    maker = somebody(till, Grant("payments.*"))
    refund = RefundId(new_id())
    till.gateway.arrange("refund", Fault.REFUSE)
    till.office.perform(refund_payment, RefundPayment(refund, payment, yuan("5.00"), "broken"), maker)
    till.relay.run_until_idle()
    cmd = MoveRefund(refund, till.refund_of(refund).version, "paid by bank transfer 4711")
    with pytest.raises(Forbidden) as refused:
        till.office.perform(settle_refund, cmd, maker)
    assert refused.value.reason == "same-person"
    settled = till.office.perform(settle_refund, cmd, somebody(till, Grant("payments.*")))
    assert settled.state is RefundState.MANUAL
    assert till.balances() == {CASH: 1500, DEPOSITS: -1500}
    assert len(till.events(RefundSucceeded)) == 1


def test_a_refund_that_does_not_exist_is_not_moved(memory_till: Till) -> None:
    with pytest.raises(NotFound):
        memory_till.office.perform(cancel_refund, MoveRefund(RefundId(new_id()), 1, "why"), memory_till.act)


def test_a_clerk_refunds_up_to_their_limit_and_within_their_channels(memory_till: Till) -> None:
    till = memory_till
    payment = till.paid("20.00")
    within = {Dimension.CHANNEL: frozenset([CHANNEL])}
    junior = somebody(till, Grant("payments.refund", within, limits={"refund_minor": 500}))
    stranger = somebody(till, Grant("payments.refund", {Dimension.CHANNEL: frozenset([new_id()])}))
    till.office.perform(refund_payment, RefundPayment(RefundId(new_id()), payment, yuan("5.00"), "small"), junior)
    with pytest.raises(Forbidden):
        till.office.perform(refund_payment, RefundPayment(RefundId(new_id()), payment, yuan("5.01"), "large"), junior)
    with pytest.raises(NotFound):
        till.office.perform(refund_payment, RefundPayment(RefundId(new_id()), payment, yuan("1.00"), "theirs"), stranger)


@attrs.frozen
class Collected:
    payment: PaymentId
    amount: Money
    tender: Tender


@needs("tests.collected")
def take_collected(tx: PaymentsTx, cmd: Collected, act: Act) -> Payment:
    return record_captured(
        tx,
        payment_id=cmd.payment,
        order_id=OrderId(cmd.payment),
        amount=cmd.amount,
        provider="taobao",
        act=act,
        tender=cmd.tender,
        ref="TB-1",
        channel_id=CHANNEL,
        customer_id=CUSTOMER,
    )


def test_money_that_the_channel_collected_lies_in_its_clearing_account_and_is_refunded_by_hand(till: Till) -> None:
    cmd = Collected(PaymentId(new_id()), yuan("20.00"), Tender.CHANNEL)
    first = till.office.perform(take_collected, cmd, till.act)
    assert till.office.perform(take_collected, cmd, till.act) == first
    assert (first.state, first.version) == (PaymentState.CAPTURED, 1)
    clearing = f"channel-clearing|channel:{CHANNEL}|CNY"
    assert till.balances() == {clearing: 2000, DEPOSITS: -2000}
    refund = till.refund(cmd.payment, "5.00")
    assert [case.kind for case in till.cases()] == [CaseKind.REFUND_BY_HAND]
    settler = somebody(till, Grant("payments.*"))
    till.office.perform(settle_refund, MoveRefund(refund, 1, "refunded on the channel"), settler)
    assert till.balances() == {clearing: 1500, DEPOSITS: -1500}


def test_a_platforms_subsidy_is_a_receivable(memory_till: Till) -> None:
    cmd = Collected(PaymentId(new_id()), yuan("3.00"), Tender.SUBSIDY)
    memory_till.office.perform(take_collected, cmd, memory_till.act)
    assert memory_till.balances() == {f"subsidy-receivable|channel:{CHANNEL}|CNY": 300, DEPOSITS: -300}
    with pytest.raises(PaymentDiffers):
        memory_till.office.perform(take_collected, attrs.evolve(cmd, amount=yuan("4.00")), memory_till.act)


@given(st.integers(1, 10_000), st.lists(st.integers(1, 4_000), max_size=12))
def test_m4_whatever_is_asked_for_the_refunds_stay_within_the_capture(captured: int, wishes: list[int]) -> None:
    asked = PaymentId(new_id())
    payment = Payment(
        id=asked,
        order_id=OrderId(asked),
        channel_id=None,
        customer_id=None,
        tender=Tender.GATEWAY,
        provider="embedded",
        amount=Money(captured, "CNY"),
        created_at=StillClock().now(),
    ).captured("mny_1", StillClock().now())
    granted = 0
    for wish in wishes:
        try:
            payment = payment.with_refund(Money(wish, "CNY"))
            granted += wish
        except (RefundOverPayment, RefundOverRest):
            assert granted + wish > captured
    assert payment.refund_minor == granted <= captured
