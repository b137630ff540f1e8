"""What is Stripe's own: a search that lags, keys that replay, pages that expire, test mode, and its library's soft spots."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from houtai.adapters.payments.embedded import Callback
from houtai.adapters.payments.stripe import StripeAccount, StripeGateway
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.domain.ids import PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.bill import BillKind
from houtai.domain.payments.notice import Notice, NoticeKind
from houtai.domain.payments.refusals import NoticeNotGenuine
from houtai.domain.refusal import InvalidValue
from tests.conftest import StillClock
from tests.payments.fake_stripe import WEBHOOK, StripeFake, signed
from tests.payments.kits import key_of, stripe_account
from tests.payments.till import yuan

PAYMENT = PaymentId(new_id())
REFUND = RefundId(new_id())


@pytest.fixture
def fake(clock: StillClock) -> Iterator[StripeFake]:
    made = StripeFake(clock.now)
    yield made
    made.close()


@pytest.fixture
def gateway(fake: StripeFake, clock: StillClock) -> StripeGateway:
    return StripeGateway(stripe_account(fake), clock)


def heard(gateway: StripeGateway, clock: StillClock, raw: bytes) -> Notice:
    return gateway.parse_notice(raw, signed(raw, clock.now()), clock.now())


def test_granted_money_is_captured_when_we_say_so_and_never_more_than_was_granted(
    fake: StripeFake, gateway: StripeGateway
) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.grant(PAYMENT.hex)
    assert gateway.query(PAYMENT).standing is Standing.PENDING
    over = gateway.capture(PAYMENT, yuan("20.01"))
    assert (over.standing, bool(over.error)) == (Standing.PENDING, True)
    assert [gateway.capture(PAYMENT, yuan("20.00")).amount for _ in range(2)] == [yuan("20.00")] * 2


def test_what_the_search_does_not_find_yet_is_found_by_telling_it_again(fake: StripeFake, gateway: StripeGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    fake.unindexed.add(PAYMENT.hex)
    assert gateway.query(PAYMENT).standing is Standing.NOT_KNOWN
    answer = gateway.create(PAYMENT, yuan("20.00"))
    assert (answer.standing, answer.amount, len(fake.trades)) == (Standing.DONE, yuan("20.00"), 1)


def test_a_refund_waits_until_the_search_knows_the_payment(fake: StripeFake, gateway: StripeGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    fake.unindexed.add(PAYMENT.hex)
    with pytest.raises(NothingDone):
        gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("5.00"))
    assert gateway.query_refund(PAYMENT, REFUND, 1, key_of(REFUND, 1)).standing is Standing.NO_ANSWER
    assert fake.money_out(PAYMENT.hex) == 0


def test_a_page_that_expired_has_failed_for_good(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.expired.add(PAYMENT.hex)
    notice = heard(gateway, clock, fake.event("checkout.session.expired", fake.session(PAYMENT.hex)))
    assert gateway.create(PAYMENT, yuan("20.00")).standing is Standing.FAILED
    assert (notice.kind, notice.ours) == (NoticeKind.FAILED, PAYMENT)


def test_one_key_for_two_amounts_is_no_answer_about_either(gateway: StripeGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    with pytest.raises(AnswerLost, match="IdempotencyError"):
        gateway.create(PAYMENT, yuan("20.01"))


def test_a_currency_that_it_counts_otherwise_is_refused_before_it_is_told(fake: StripeFake, gateway: StripeGateway) -> None:
    assert (gateway.create(PAYMENT, Money(500, "ISK")).standing, fake.seen) == (Standing.FAILED, [])


@pytest.mark.parametrize(
    "kind", ["payment_intent.payment_failed", "charge.refunded", "checkout.session.completed", "payout.paid"]
)
def test_news_that_settles_nothing_is_of_no_use(fake: StripeFake, gateway: StripeGateway, clock: StillClock, kind: str) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    assert heard(gateway, clock, fake.event(kind, fake.intent(PAYMENT.hex))).kind is NoticeKind.OTHER


def test_money_that_we_did_not_ask_for_is_nobodys(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    notice = heard(gateway, clock, fake.event("payment_intent.succeeded", {**fake.intent(PAYMENT.hex), "metadata": {}}))
    assert (notice.kind, notice.ours, notice.amount) == (NoticeKind.CAPTURED, None, yuan("20.00"))


def test_money_of_test_mode_is_not_our_money(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    notice = heard(gateway, clock, fake.event("payment_intent.succeeded", fake.intent(PAYMENT.hex), live=False))
    assert (gateway.recipient, notice.recipient) == ("own", "own (test)")


def test_a_bill_has_several_pages_and_names_what_is_neither_payment_nor_refund(
    fake: StripeFake, gateway: StripeGateway, clock: StillClock
) -> None:
    for _ in range(3):
        payment = PaymentId(new_id())
        gateway.create(payment, yuan("20.00"))
        fake.pay(payment.hex)
    day = clock.now().date()
    clock.advance(days=1)
    kinds = [line.kind for line in gateway.bill(day).lines]
    assert kinds == [BillKind.CAPTURED] * 3 + [BillKind.OTHER]
    assert gateway.bill(day).lines[-1].amount == Money(-900, "CNY")


def test_the_library_believes_a_time_to_come_and_we_do_not(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    import stripe

    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw = fake.event("payment_intent.succeeded", fake.intent(PAYMENT.hex))
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), WEBHOOK, 4_000_000_000)
    assert stripe.WebhookSignature.verify_header(raw, header, WEBHOOK, 300)
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(raw, {"Stripe-Signature": header}, clock.now())


def test_a_signature_by_the_library_is_ours_too(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    import stripe

    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw, stamp = fake.event("payment_intent.succeeded", fake.intent(PAYMENT.hex)), int(clock.now().timestamp())
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), WEBHOOK, stamp)
    assert gateway.parse_notice(raw, {"Stripe-Signature": header}, clock.now()).ours == PAYMENT
    assert header.split(",")[1] == signed(raw, clock.now())["stripe-signature"].split(",")[1]


@pytest.mark.parametrize("header", ["", "t=1", "v1=aa", "t=now,v1=aa", "t=1,v1=签", "t=,v1=", "t=1,t=2,v1=aa", "=,="])
def test_a_strange_signature_is_not_genuine(gateway: StripeGateway, clock: StillClock, header: str) -> None:
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(b"{}", {"Stripe-Signature": header}, clock.now())


def test_the_time_that_counts_is_the_one_that_is_signed(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    raw = fake.event("payment_intent.processing", fake.intent(PAYMENT.hex))
    old = signed(raw, clock.now())["stripe-signature"]
    clock.advance(hours=1)
    fresh = int(clock.now().timestamp())
    for header in (f"{old},t={fresh}", f"t={fresh},{old}"):
        with pytest.raises(NoticeNotGenuine):
            gateway.parse_notice(raw, {"Stripe-Signature": header}, clock.now())


def test_without_the_extra_nothing_is_done_and_it_says_what_to_install(
    gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "stripe", None)
    with pytest.raises(NothingDone, match=r"houtai\[payments\]"):
        gateway.query(PAYMENT)


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    told = "import sys, houtai.adapters.payments.stripe, houtai.entrypoints.container; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False, timeout=60).returncode == 0


def test_an_account_with_a_key_that_is_none_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidValue) as refused:
        StripeAccount("密钥密钥密钥密钥", WEBHOOK, "https://shop.example")
    assert "密钥" not in str(refused.value)
    with pytest.raises(ValueError, match="capture"):
        StripeAccount("sk_live_12345", WEBHOOK, "https://shop.example", capture="later")


def test_a_callback_is_told_from_its_raw_bytes(fake: StripeFake, gateway: StripeGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw = fake.event("payment_intent.succeeded", fake.intent(PAYMENT.hex)).replace(b'"id"', b' "\\u0069d"', 1)
    callback = Callback(raw, signed(raw, clock.now()))
    assert gateway.parse_notice(callback.raw, callback.headers, clock.now()).raw == raw.decode()
