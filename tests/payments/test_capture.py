"""Getting paid: booked once, to the cent, whatever the provider repeats, delays or confuses."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest

from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.payments.queries import list_notices, show_payment
from houtai.application.permission import needs
from houtai.application.tx import Views
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import AccountId, OrderId, PaymentId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import ExcessCaptured, PaymentCaptured, PaymentFailed
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import PaymentState
from houtai.domain.payments.refund import RefundState
from houtai.domain.payments.refusals import NoticeMalformed, PaymentDiffers
from houtai.domain.refusal import InvalidValue, NotFound
from tests.payments.till import CASH, DEPOSITS, Ask, Till, ask_for_payment, in_parallel, let_order_expire, yuan


def test_a_payment_is_told_to_the_provider_after_the_commit_and_captured_by_its_callback(till: Till) -> None:
    payment = till.request("20.00")
    assert till.payment(payment).provider_ref == f"emb_{payment.hex}"
    till.gateway.pay(payment)
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.APPLIED]
    assert till.payment(payment).state is PaymentState.CAPTURED
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}
    assert till.events(PaymentCaptured) == [PaymentCaptured(payment, till.order, 2000, "CNY")]


def test_an_order_may_be_paid_by_several_tenders(till: Till) -> None:
    first, second = till.paid("15.00"), till.paid("5.00")
    assert first != second
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_g16_a_callback_twice_is_booked_once_and_answered_alike(till: Till) -> None:
    payment = till.request()
    till.gateway.pay(payment)
    first, second = till.bring_all(copies=2)
    assert (first.outcome, first.repeated, second.outcome, second.repeated) == (Outcome.APPLIED, False, Outcome.APPLIED, True)
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


def test_m11_sixteen_parallel_callbacks_make_one_posting(till: Till) -> None:
    payment = till.request()
    till.gateway.pay(payment)
    receipts = in_parallel(till.bring, till.gateway.callbacks(copies=16))
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 15
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}
    assert len(till.office.ask(list_notices, payment, till.act)) == 1


def test_the_same_money_under_another_event_is_booked_once(till: Till) -> None:
    payment = till.request()
    ref = till.gateway.pay(payment)
    amount = {"minor": 2000, "currency": "CNY"}
    till.gateway.tell("payment.captured", {"payment": str(payment), "money_ref": ref, "amount": amount})
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.APPLIED, Outcome.REPEATED]
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}


@pytest.mark.parametrize(
    ("paid", "kind"),
    [
        (Money(1999, "CNY"), CaseKind.WRONG_AMOUNT),
        (Money(2001, "CNY"), CaseKind.WRONG_AMOUNT),
        (Money(1, "CNY"), CaseKind.WRONG_AMOUNT),
        (Money(2000, "USD"), CaseKind.WRONG_CURRENCY),
    ],
)
def test_g15_a_difference_of_one_cent_or_of_currency_opens_a_case_and_does_not_pay(
    till: Till, paid: Money, kind: CaseKind
) -> None:
    payment = till.request("20.00")
    till.gateway.pay(payment, paid)
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.CASE]
    assert till.payment(payment).state is PaymentState.PENDING
    assert till.balances() == {}
    (case,) = till.cases()
    assert (case.kind, case.subject_id, case.facts["asked"], case.facts["reported"]) == (kind, payment, "20.00 CNY", str(paid))
    assert (case.queue, bool(case.next_action), case.due_at > case.opened_at) == ("finance", True, True)


def test_after_a_wrong_amount_the_right_one_still_pays(till: Till) -> None:
    payment = till.request("20.00")
    till.gateway.pay(payment, yuan("2.00"))
    till.gateway.pay(payment)
    till.bring_all()
    assert till.payment(payment).state is PaymentState.CAPTURED
    assert len(till.cases()) == 1


def test_money_of_another_recipient_opens_a_case_and_does_not_pay(till: Till) -> None:
    payment = till.request()
    data = {"payment": str(payment), "money_ref": "mny_1", "amount": {"minor": 2000, "currency": "CNY"}}
    till.gateway.tell("payment.captured", data, account="somebody-else")
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.CASE]
    assert [case.kind for case in till.cases()] == [CaseKind.WRONG_RECIPIENT]
    assert till.balances() == {}


@pytest.mark.parametrize("ours", [str(UUID(int=7)), "not one of our ids"])
def test_money_of_an_unknown_payment_is_parked_once(till: Till, ours: str) -> None:
    data = {"payment": ours, "money_ref": "mny_1", "amount": {"minor": 2000, "currency": "CNY"}}
    till.gateway.tell("payment.captured", data)
    assert [receipt.outcome for receipt in till.bring_all(copies=3)] == [Outcome.PARKED] * 3
    assert [case.kind for case in till.cases()] == [CaseKind.UNKNOWN_PAYMENT]


def test_sixteen_parallel_callbacks_about_an_unknown_payment_open_one_case(till: Till) -> None:
    data = {"payment": str(UUID(int=7)), "money_ref": "mny_1", "amount": {"minor": 2000, "currency": "CNY"}}
    till.gateway.tell("payment.captured", data)
    receipts = in_parallel(till.bring, till.gateway.callbacks(copies=16))
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 15
    assert len(till.cases()) == 1


def test_a_payment_of_another_provider_is_unknown_to_this_one(memory_till: Till) -> None:
    till = memory_till
    payment = PaymentId(new_id())
    till.office.perform(ask_for_payment, Ask(payment, till.order, yuan("20.00"), provider="other"), till.act)
    data = {"payment": str(payment), "money_ref": "mny_1", "amount": {"minor": 2000, "currency": "CNY"}}
    till.gateway.tell("payment.captured", data)
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.PARKED]


def test_g16_paying_twice_is_booked_and_goes_back(till: Till) -> None:
    payment = till.paid("20.00")
    till.gateway.pay(payment)
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.EXCESS]
    (excess,) = till.events(ExcessCaptured)
    assert till.payment(payment).captured_minor == 4000
    till.relay.run_until_idle()
    till.bring_all()
    (refund,) = till.refunds()
    assert isinstance(excess, ExcessCaptured)
    assert (refund.id, refund.amount, refund.state) == (excess.refund_id, yuan("20.00"), RefundState.SUCCEEDED)
    assert till.balances() == {CASH: 2000, DEPOSITS: -2000}
    assert len(till.events(PaymentCaptured)) == 1


def test_g16_money_after_expiry_is_booked_and_announced(till: Till) -> None:
    payment = till.request()
    assert till.office.perform(let_order_expire, till.order, till.act) == 1
    assert till.payment(payment).state is PaymentState.EXPIRED
    till.gateway.pay(payment)
    till.bring_all()
    assert till.payment(payment).state is PaymentState.CAPTURED
    assert len(till.events(PaymentCaptured)) == 1


def test_what_is_captured_does_not_expire(memory_till: Till) -> None:
    payment = memory_till.paid()
    assert memory_till.office.perform(let_order_expire, memory_till.order, memory_till.act) == 0
    assert memory_till.payment(payment).state is PaymentState.CAPTURED


def test_a_declined_payment_fails_and_may_be_paid_after_all(till: Till) -> None:
    payment = till.request()
    till.gateway.decline(payment, "card declined")
    till.bring_all()
    assert till.events(PaymentFailed) == [PaymentFailed(payment, till.order, "card declined")]
    till.gateway.pay(payment)
    till.bring_all()
    assert till.payment(payment).state is PaymentState.CAPTURED


def test_a_failure_that_comes_after_the_money_changes_nothing(till: Till) -> None:
    payment = till.paid()
    till.gateway.tell("payment.failed", {"payment": str(payment), "error": "late"})
    assert [receipt.outcome for receipt in till.bring_all()] == [Outcome.OUTDATED]
    assert till.payment(payment).state is PaymentState.CAPTURED


def test_one_event_with_two_stories_opens_a_case_and_the_first_stands(memory_till: Till) -> None:
    till = memory_till
    payment = till.request()
    till.gateway.pay(payment)
    (callback,) = till.gateway.callbacks()
    till.bring(callback)
    changed = till.gateway.signed(callback.headers["webhook-id"], callback.raw.replace(b"2000", b"1000"), till.clock.now())
    assert till.bring(changed).outcome is Outcome.APPLIED
    assert [case.kind for case in till.cases()] == [CaseKind.CHANGED_NOTICE]


def test_an_event_of_an_unknown_type_is_ignored(memory_till: Till) -> None:
    memory_till.gateway.tell("payout.created", {"payment": str(UUID(int=7))})
    assert [receipt.outcome for receipt in memory_till.bring_all()] == [Outcome.IGNORED]
    assert memory_till.cases() == []


def test_money_without_an_amount_is_malformed(memory_till: Till) -> None:
    memory_till.gateway.tell("payment.captured", {"payment": str(UUID(int=7))})
    with pytest.raises(NoticeMalformed):
        memory_till.bring_all()


def test_every_notice_is_kept_with_its_words_and_what_came_of_it(till: Till) -> None:
    payment = till.request()
    till.gateway.pay(payment)
    (callback,) = till.gateway.callbacks()
    till.bring(callback)
    (told,) = till.office.ask(list_notices, payment, till.act)
    assert (told.raw, told.outcome, told.amount) == (callback.raw.decode(), Outcome.APPLIED, yuan("20.00"))
    assert told.journal_id is not None


def test_the_same_request_again_is_the_same_payment(till: Till) -> None:
    ask = Ask(PaymentId(new_id()), till.order, yuan("20.00"))
    first = till.office.perform(ask_for_payment, ask, till.act)
    assert till.office.perform(ask_for_payment, ask, till.act) == first
    for other in (attrs.evolve(ask, amount=yuan("21.00")), attrs.evolve(ask, order=OrderId(new_id()))):
        with pytest.raises(PaymentDiffers):
            till.office.perform(ask_for_payment, other, till.act)


def test_a_payment_of_nothing_is_refused(memory_till: Till) -> None:
    with pytest.raises(InvalidValue):
        memory_till.request("0.00")


def test_payments_of_other_channels_look_missing(memory_till: Till) -> None:
    payment = memory_till.request()
    actor = AccountId(new_id())
    grants = (Grant("payments.read", {Dimension.CHANNEL: frozenset([new_id()])}),)
    stranger = attrs.evolve(memory_till.act, actor=actor, name="clerk", authority=Authority(actor, grants))
    with pytest.raises(NotFound) as hidden:
        memory_till.office.ask(show_payment, payment, stranger)
    with pytest.raises(NotFound) as missing:
        memory_till.office.ask(show_payment, PaymentId(UUID(int=7)), stranger)
    assert str(hidden.value).replace(str(payment), "") == str(missing.value).replace(str(UUID(int=7)), "")


@needs("tests.timeline")
def lines(views: Views, document: UUID, _act: Act) -> list[tuple[int, str]]:
    return [(line.version, line.event) for line in views.timeline.by(OF_DOCUMENT, document)]


def test_every_version_of_a_payment_has_its_line(office: Office, till: Till) -> None:
    payment = till.paid()
    refund = till.refund(payment, "5.00")
    till.bring_all()

    told = office.ask(lines, payment, till.act)
    assert told == [(1, "requested"), (2, "accepted"), (3, "captured"), (4, "refund-requested"), (5, "refunded")]
    assert office.ask(lines, refund, till.act) == [(1, "requested"), (2, "submitted"), (3, "succeeded")]
