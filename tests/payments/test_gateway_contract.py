"""One contract for every payment provider: told once, asked after, exact to the cent, and believed only where it signed."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from houtai.adapters.payments.embedded import Callback
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.domain.ids import PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import BillKind
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, NoticeKind
from houtai.domain.payments.refusals import NoticeMalformed, NoticeNotGenuine
from tests.conftest import StillClock
from tests.payments import fake_alipay, fake_stripe, fake_wechat
from tests.payments.fakes import Mode, private_pem
from tests.payments.kits import KITS, Kit, key_of
from tests.payments.till import yuan

LOST = (Mode.LOSE_REQUEST, Mode.LOSE_ANSWER, Mode.FAIL_AFTER, Mode.FAIL_BEFORE, Mode.GARBAGE, Mode.CUT, Mode.TOO_LATE)
FORGED = (Mode.TAMPERED, Mode.STALE, Mode.UNSIGNED)


@pytest.fixture(params=KITS, ids=lambda made: made.__name__)
def kit(request: pytest.FixtureRequest, clock: StillClock) -> Iterator[Kit]:
    make: Callable[[Any], Kit] = request.param
    made = make(clock)
    yield made
    made.close()


def opened(kit: Kit, amount: str = "20.00") -> PaymentId:
    payment = PaymentId(new_id())
    assert kit.gateway.create(payment, yuan(amount)).standing is Standing.PENDING
    return payment


def paid(kit: Kit, amount: str = "20.00") -> PaymentId:
    payment = opened(kit, amount)
    kit.pay(payment, None)
    return payment


def refund(kit: Kit, payment: PaymentId, amount: str, refund_id: RefundId, attempt: int = 1) -> GatewayAnswer:
    return kit.gateway.refund(payment, refund_id, attempt, key_of(refund_id, attempt), yuan(amount))


def ask(kit: Kit, payment: PaymentId, refund_id: RefundId, attempt: int = 1) -> GatewayAnswer:
    return kit.gateway.query_refund(payment, refund_id, attempt, key_of(refund_id, attempt))


def test_a_payment_gets_a_page_and_telling_it_again_opens_no_second_one(kit: Kit) -> None:
    payment = PaymentId(new_id())
    first, again = (kit.gateway.create(payment, yuan("20.00")) for _ in range(2))
    assert (first.standing, first.pay_url, kit.pages()) == (Standing.PENDING, again.pay_url, 1)
    assert first.pay_url


def test_what_was_never_told_is_not_known(kit: Kit) -> None:
    assert kit.gateway.query(PaymentId(new_id())).standing is Standing.NOT_KNOWN
    assert ask(kit, paid(kit), RefundId(new_id())).standing is Standing.NOT_KNOWN


def test_paid_money_is_told_to_the_cent_and_by_one_name_whichever_way_it_is_heard_of(kit: Kit, clock: StillClock) -> None:
    payment = paid(kit, "0.01")
    answer, callback = kit.gateway.query(payment), kit.paid(payment, "1")
    notice = kit.gateway.parse_notice(callback.raw, callback.headers, clock.now())
    assert (answer.standing, answer.amount, answer.at) == (Standing.DONE, yuan("0.01"), clock.now())
    assert (notice.kind, notice.amount, notice.money_ref) == (NoticeKind.CAPTURED, answer.amount, answer.money_ref)
    assert (notice.ours, notice.recipient, notice.raw) == (payment, kit.gateway.recipient, callback.raw.decode())


def test_another_amount_or_currency_is_told_as_it_is(kit: Kit, clock: StillClock) -> None:
    for wrong in (Money(1, "CNY"), Money(2000, "USD")):
        payment = opened(kit)
        kit.pay(payment, wrong)
        callback = kit.paid(payment, "1")
        notice = kit.gateway.parse_notice(callback.raw, callback.headers, clock.now())
        assert (kit.gateway.query(payment).amount, notice.amount) == (wrong, wrong)


def test_what_is_paid_is_not_opened_anew(kit: Kit) -> None:
    payment = paid(kit)
    assert (kit.gateway.create(payment, yuan("20.00")).standing, kit.pages()) == (Standing.DONE, 1)


def test_capturing_takes_granted_money_or_says_how_it_stands(kit: Kit) -> None:
    waiting, done = opened(kit), paid(kit)
    assert kit.gateway.capture(waiting, yuan("20.00")).standing in (Standing.PENDING, Standing.NOT_KNOWN)
    assert kit.gateway.capture(done, yuan("20.00")).amount == yuan("20.00")


@pytest.mark.parametrize("mode", LOST, ids=lambda mode: mode.value)
def test_a_lost_answer_is_told_apart_and_asking_finds_out_without_a_second_page(kit: Kit, mode: Mode) -> None:
    payment = PaymentId(new_id())
    kit.fail("create", mode)
    with pytest.raises(AnswerLost):
        kit.gateway.create(payment, yuan("20.00"))
    assert kit.gateway.query(payment).standing in (Standing.NOT_KNOWN, Standing.PENDING)
    assert (kit.gateway.create(payment, yuan("20.00")).standing, kit.pages()) == (Standing.PENDING, 1)


@pytest.mark.parametrize("mode", LOST, ids=lambda mode: mode.value)
def test_a_refund_whose_answer_was_lost_goes_out_once(kit: Kit, mode: Mode) -> None:
    payment, refund_id = paid(kit), RefundId(new_id())
    kit.fail("refund", mode)
    with pytest.raises(AnswerLost):
        refund(kit, payment, "5.00", refund_id)
    answer = ask(kit, payment, refund_id)
    if answer.standing is Standing.NOT_KNOWN:
        answer = refund(kit, payment, "5.00", refund_id)
    assert (answer.standing, answer.amount, kit.money_out(payment)) == (Standing.DONE, yuan("5.00"), 500)


@pytest.mark.parametrize("mode", FORGED, ids=lambda mode: mode.value)
def test_an_answer_that_is_not_well_signed_counts_as_lost(kit: Kit, mode: Mode) -> None:
    signs = {"wechat": set(FORGED), "alipay": {Mode.TAMPERED, Mode.UNSIGNED}}  # Alipay signs no time, Stripe no answers
    if mode not in signs.get(kit.gateway.name, ()):
        pytest.skip("this provider does not sign that")
    payment, refund_id = paid(kit), RefundId(new_id())
    kit.fail("refund", mode)
    with pytest.raises(AnswerLost):
        refund(kit, payment, "5.00", refund_id)
    assert ask(kit, payment, refund_id).amount == yuan("5.00")


def test_an_answer_that_drips_for_ever_is_cut_at_the_deadline(kit: Kit) -> None:
    if kit.fake is None:
        pytest.skip("the embedded provider has no line")
    kit.fail("create", Mode.DRIP)
    begun = dt.datetime.now(dt.UTC)
    with pytest.raises(AnswerLost):
        kit.gateway.create(PaymentId(new_id()), yuan("20.00"))
    assert (dt.datetime.now(dt.UTC) - begun).total_seconds() < 3


def test_a_provider_that_will_not_hear_us_now_has_done_nothing(kit: Kit) -> None:
    kit.fail("create", Mode.REFUSE)
    with pytest.raises(NothingDone):
        kit.gateway.create(PaymentId(new_id()), yuan("20.00"))
    payment = paid(kit)
    kit.fail("refund", Mode.REFUSE)
    with pytest.raises(NothingDone):
        refund(kit, payment, "5.00", RefundId(new_id()))
    assert (kit.pages(), kit.money_out(payment)) == (1, 0)


def test_a_provider_that_is_gone_has_done_nothing(kit: Kit) -> None:
    if kit.fake is None:
        pytest.skip("the embedded provider is always there")
    payment = paid(kit)
    kit.fake.close()
    with pytest.raises(NothingDone):
        kit.gateway.create(payment, yuan("1.00"))
    with pytest.raises(NothingDone):
        refund(kit, payment, "1.00", RefundId(new_id()))


def test_refunds_go_out_in_parts_once_for_each_attempt_and_never_beyond_the_payment(kit: Kit) -> None:
    payment, first, second, third = paid(kit), *(RefundId(new_id()) for _ in range(3))
    answers = [refund(kit, payment, "15.00", first), refund(kit, payment, "15.00", first), refund(kit, payment, "4.99", second)]
    assert [(one.standing, one.amount) for one in answers] == [(Standing.DONE, yuan("15.00"))] * 2 + [
        (Standing.DONE, yuan("4.99"))
    ]
    over = refund(kit, payment, "0.02", third)
    assert (over.standing, bool(over.error), kit.money_out(payment)) == (Standing.FAILED, True, 1999)
    assert [ask(kit, payment, one).amount for one in (first, second)] == [yuan("15.00"), yuan("4.99")]


def test_a_payment_stays_captured_when_all_of_it_went_back(kit: Kit) -> None:
    payment = paid(kit)
    refund(kit, payment, "20.00", RefundId(new_id()))
    assert (kit.gateway.query(payment).standing, kit.gateway.query(payment).amount) == (Standing.DONE, yuan("20.00"))


def test_a_refund_that_takes_long_waits_and_is_told_when_it_is_done(kit: Kit, clock: StillClock) -> None:
    payment, refund_id = paid(kit), RefundId(new_id())
    kit.take_long()
    assert refund(kit, payment, "5.00", refund_id).standing is Standing.PENDING
    assert ask(kit, payment, refund_id).standing in (Standing.PENDING, Standing.NOT_KNOWN)
    kit.finish(refund_id, 1, True)
    answer = ask(kit, payment, refund_id)
    assert (answer.standing, answer.amount, kit.money_out(payment)) == (Standing.DONE, yuan("5.00"), 500)
    if kit.refunded is not None:
        callback = kit.refunded(refund_id, 1)
        notice = kit.gateway.parse_notice(callback.raw, callback.headers, clock.now())
        assert (notice.kind, notice.ours, notice.attempt) == (NoticeKind.REFUNDED, refund_id, 1)
        assert (notice.amount, notice.money_ref) == (answer.amount, answer.money_ref)


def test_a_refund_that_fails_in_the_end_is_told_with_its_attempt(kit: Kit, clock: StillClock) -> None:
    if not kit.refunds_fail or kit.refunded is None:
        pytest.skip("this provider never takes a refund back; until it is done, it is not known")
    payment, refund_id = paid(kit), RefundId(new_id())
    kit.take_long()
    refund(kit, payment, "5.00", refund_id, attempt=2)
    kit.finish(refund_id, 2, False)
    callback = kit.refunded(refund_id, 2)
    notice = kit.gateway.parse_notice(callback.raw, callback.headers, clock.now())
    assert (notice.kind, notice.ours, notice.attempt) == (NoticeKind.REFUND_FAILED, refund_id, 2)
    assert (ask(kit, payment, refund_id, 2).standing, bool(ask(kit, payment, refund_id, 2).error)) == (Standing.FAILED, True)


def test_a_day_is_billed_with_our_ids_the_fees_and_the_names_of_the_money(kit: Kit, clock: StillClock) -> None:
    payment, refund_id, day = paid(kit), RefundId(new_id()), clock.now().date()
    back = refund(kit, payment, "5.00", refund_id, attempt=3)
    with pytest.raises(NothingDone):
        kit.gateway.bill(day)
    clock.advance(days=1, hours=12)
    bill = kit.gateway.bill(day)
    lines = {line.kind: line for line in bill.lines}
    assert (bill.provider, bill.day, bool(bill.raw)) == (kit.gateway.name, day, True)
    captured, refunded = lines[BillKind.CAPTURED], lines[BillKind.REFUNDED]
    assert (captured.ours, captured.amount, captured.fee) == (payment, yuan("20.00"), Money(kit.fee_minor, "CNY"))
    assert (refunded.ours, refunded.attempt, refunded.amount) == (refund_id, 3, yuan("5.00"))
    assert (captured.money_ref, refunded.money_ref) == (kit.gateway.query(payment).money_ref, back.money_ref)


def test_a_day_on_which_nothing_moved_has_an_empty_bill(kit: Kit, clock: StillClock) -> None:
    clock.advance(days=3)
    assert kit.gateway.bill(clock.now().date() - dt.timedelta(days=1)).lines == ()


def test_a_notice_that_is_not_signed_by_the_provider_for_us_is_not_believed(kit: Kit, clock: StillClock) -> None:
    callback = kit.paid(paid(kit), "1")
    changed = bytearray(callback.raw)
    changed[len(changed) // 2] ^= 1
    for raw, headers in (
        (callback.raw, {}),
        (callback.raw + b" ", callback.headers),
        (bytes(changed), callback.headers),
        (b"", callback.headers),
        (b"\xff\xfe", callback.headers),
        (callback.raw, dict.fromkeys(callback.headers, "签名")),
        (callback.raw, dict.fromkeys(callback.headers, "")),
        attrs.astuple(kit.resign(callback, clock.now(), False)),
    ):
        if kit.gateway.name == "alipay" and raw == callback.raw:
            continue  # its signature lies in the body
        with pytest.raises(NoticeNotGenuine):
            kit.gateway.parse_notice(raw, headers, clock.now())


@pytest.mark.parametrize("late", [True, False])
def test_a_notice_is_good_for_its_window_and_no_longer(kit: Kit, clock: StillClock, late: bool) -> None:
    callback, second = kit.paid(paid(kit), "1"), dt.timedelta(seconds=1)
    reach = kit.window if late else dt.timedelta(minutes=5)
    way = -1 if late else 1
    inside = kit.resign(callback, clock.now() + way * reach, True)
    assert kit.gateway.parse_notice(inside.raw, inside.headers, clock.now()).kind is NoticeKind.CAPTURED
    outside = kit.resign(callback, clock.now() + way * (reach + second), True)
    with pytest.raises(NoticeNotGenuine):
        kit.gateway.parse_notice(outside.raw, outside.headers, clock.now())


def test_one_event_has_one_name_however_often_it_is_sent(kit: Kit, clock: StillClock) -> None:
    payment = paid(kit)
    first, again = (kit.paid(payment, "1") for _ in range(2))
    ids = {kit.gateway.parse_notice(one.raw, one.headers, clock.now()).event_id for one in (first, again)}
    assert len(ids) == 1


def test_money_of_another_account_is_told_with_its_name(kit: Kit, clock: StillClock) -> None:
    payment = paid(kit)
    kit.strangers()
    callback = kit.paid(payment, "1")
    assert kit.gateway.parse_notice(callback.raw, callback.headers, clock.now()).recipient != kit.gateway.recipient


@pytest.mark.parametrize("raw", [b"{", b"[]", b"null", b'{"id": 7}', b"[" * 100_000, b'"' + b"x" * MAX_NOTICE_BYTES + b'"'])
def test_what_is_signed_and_still_nonsense_is_malformed(kit: Kit, clock: StillClock, raw: bytes) -> None:
    if kit.gateway.name == "alipay":
        pytest.skip("its forms have their own test")
    callback = kit.resign(Callback(raw, {"webhook-id": "evt_1"}), clock.now(), True)
    with pytest.raises(NoticeMalformed):
        kit.gateway.parse_notice(callback.raw, callback.headers, clock.now())


def test_every_request_was_signed_as_the_provider_checks_it(kit: Kit) -> None:
    payment = paid(kit)
    refund(kit, payment, "1.00", RefundId(new_id()))
    kit.gateway.query(payment)
    assert kit.fake is None or kit.fake.forged == 0


def test_no_secret_shows_in_print_in_an_error_or_in_the_log(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    payment = paid(kit)
    refund(kit, payment, "1.00", RefundId(new_id()))
    kit.fail("create", Mode.FAIL_AFTER)
    with pytest.raises(AnswerLost) as lost:
        kit.gateway.create(PaymentId(new_id()), yuan("20.00"))
    told = repr(getattr(kit.gateway, "_account", "")) + repr(kit.gateway) + repr(lost.value) + str(lost.value) + caplog.text
    key = private_pem("merchant").splitlines()[1]
    assert [one for one in (fake_stripe.API_KEY, fake_stripe.WEBHOOK, fake_wechat.APIV3_KEY, key) if one in told] == []


def test_an_alipay_notice_needs_every_field_that_says_which_money_it_is(clock: StillClock) -> None:
    from tests.payments.kits import alipay

    made = alipay(clock)
    payment = paid(made)
    assert isinstance(made.fake, fake_alipay.AlipayFake)
    for changes in ({"total_amount": "20,00"}, {"notify_id": ""}, {"trade_no": ""}, {"app_id": "x" * 300}, {"gmt_payment": "?"}):
        raw = made.fake.notice(payment.hex, "1", **changes)
        with pytest.raises(NoticeMalformed):
            made.gateway.parse_notice(raw, {}, clock.now())
    made.close()
