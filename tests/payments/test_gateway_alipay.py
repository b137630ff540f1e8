"""What is Alipay's own: signed signs within an answer, running totals, forms as notices; and python-alipay-sdk as a second opinion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.payments import alipay_words as words
from houtai.adapters.payments.alipay import AlipayGateway
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.domain.ids import PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.notice import NoticeKind
from houtai.domain.payments.refusals import NoticeNotGenuine
from tests.conftest import StillClock
from tests.payments import fake_alipay
from tests.payments.fake_alipay import AlipayFake, local, sign_of
from tests.payments.fakes import private_pem, public_pem
from tests.payments.kits import alipay_account, key_of
from tests.payments.till import yuan

PAYMENT = PaymentId(new_id())
REFUND = RefundId(new_id())


@pytest.fixture
def fake(clock: StillClock) -> Iterator[AlipayFake]:
    made = AlipayFake(clock.now)
    yield made
    made.close()


@pytest.fixture
def gateway(fake: AlipayFake, clock: StillClock) -> AlipayGateway:
    return AlipayGateway(alipay_account(fake), clock)


def opened(fake: AlipayFake, gateway: AlipayGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.trades[PAYMENT.hex].ref = "2026112222001"


def paid(fake: AlipayFake, gateway: AlipayGateway) -> None:
    opened(fake, gateway)
    fake.pay(PAYMENT.hex)


def test_a_scanned_code_waits_and_a_closed_trade_has_failed(fake: AlipayFake, gateway: AlipayGateway, clock: StillClock) -> None:
    opened(fake, gateway)
    fake.trades[PAYMENT.hex].state = "scanned"
    assert gateway.query(PAYMENT).standing is Standing.PENDING
    fake.trades[PAYMENT.hex].state = "closed"
    assert gateway.query(PAYMENT).standing is Standing.FAILED
    raw = fake.notice(PAYMENT.hex, trade_status="TRADE_CLOSED")
    assert gateway.parse_notice(raw, {}, clock.now()).kind is NoticeKind.FAILED


def test_a_notice_about_a_refund_names_a_running_total_and_is_of_no_use(
    fake: AlipayFake, gateway: AlipayGateway, clock: StillClock
) -> None:
    paid(fake, gateway)
    for state in ("TRADE_SUCCESS", "TRADE_CLOSED"):
        more = {"trade_status": state, "gmt_refund": local(clock.now()), "refund_fee": "7.00", "out_biz_no": "x"}
        assert gateway.parse_notice(fake.notice(PAYMENT.hex, **more), {}, clock.now()).kind is NoticeKind.OTHER


def test_a_waiting_trade_is_no_news(fake: AlipayFake, gateway: AlipayGateway, clock: StillClock) -> None:
    opened(fake, gateway)
    raw = fake.notice(PAYMENT.hex, trade_status="WAIT_BUYER_PAY")
    assert gateway.parse_notice(raw, {}, clock.now()).kind is NoticeKind.OTHER


def test_a_service_that_fails_inside_may_have_done_it(fake: AlipayFake, gateway: AlipayGateway) -> None:
    paid(fake, gateway)
    fake.system_error = "alipay.trade.refund"
    with pytest.raises(AnswerLost, match="20000"):
        gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("5.00"))


def test_a_refund_that_was_taken_and_cannot_be_asked_about_is_not_known(fake: AlipayFake, gateway: AlipayGateway) -> None:
    paid(fake, gateway)
    fake.system_error = "alipay.trade.fastpay.refund.query"
    with pytest.raises(AnswerLost):
        gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("5.00"))
    assert fake.money_out(PAYMENT.hex) == 500


def test_a_request_that_is_signed_with_another_key_does_nothing(fake: AlipayFake, clock: StillClock) -> None:
    stranger = AlipayGateway(alipay_account(fake, private_key=private_pem("somebody")), clock)
    with pytest.raises(NothingDone, match="invalid-signature"):
        stranger.create(PAYMENT, yuan("20.00"))
    assert (fake.forged, fake.trades) == (1, {})


def test_keys_without_their_frame_as_the_console_shows_them_will_do(fake: AlipayFake, clock: StillClock) -> None:
    bare = {"private_key": _bare(private_pem("merchant")), "alipay_public_key": _bare(public_pem("platform"))}
    assert AlipayGateway(alipay_account(fake, **bare), clock).create(PAYMENT, yuan("20.00")).standing is Standing.PENDING


def _bare(pem: str) -> str:
    return "".join(pem.splitlines()[1:-1])


def test_other_currencies_are_refused_before_they_are_told(fake: AlipayFake, gateway: AlipayGateway) -> None:
    assert (gateway.create(PAYMENT, Money(2000, "USD")).standing, fake.seen) == (Standing.FAILED, [])
    assert gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), Money(1, "USD")).standing is Standing.FAILED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b"&total_amount=0.01",
        lambda raw: raw + b"&notify_id=n1",
        lambda raw: raw.replace(b"total_amount=20.00", b"total_amount=20.01"),
        lambda raw: raw.replace(b"sign_type=RSA2", b"sign_type=RSA"),
        lambda raw: raw.replace(b"&sign_type=RSA2", b""),
        lambda raw: raw.replace(b"&body=", b""),
        lambda raw: raw + b"&more=1",
        lambda raw: raw + b"&" + b"&".join(b"f%d=1" % number for number in range(300)),
        lambda raw: raw.replace(b"&sign=", b"&sign=%FF"),
    ],
)
def test_a_form_that_was_touched_is_not_genuine(fake: AlipayFake, gateway: AlipayGateway, clock: StillClock, spoil: Any) -> None:
    paid(fake, gateway)
    raw = fake.notice(PAYMENT.hex)
    assert gateway.parse_notice(raw, {}, clock.now()).amount == yuan("20.00")
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(spoil(raw), {}, clock.now())


def test_what_is_read_of_an_answer_is_what_was_signed(gateway: AlipayGateway) -> None:
    """Two members of one name: the first is the signed one, and a parser that takes the last would read the other."""
    node = '{"code":"10000","qr_code":"https:\\/\\/qr.alipay.com\\/bax"}'
    name = "alipay_trade_precreate_response"
    text = f'{{"{name}":{node},"sign":"{sign_of(node.encode())}","{name}":{{"code":"10000","qr_code":"https://evil"}}}}'
    assert gateway._judged(text.encode(), name)["qr_code"] == "https://qr.alipay.com/bax"
    turned = f'{{"{name}":{{"code":"10000"}},"sign":"{sign_of(node.encode())}","{name}":{node}}}'
    with pytest.raises(AnswerLost):
        gateway._judged(turned.encode(), name)


def test_an_unsigned_complaint_means_that_nothing_was_done(gateway: AlipayGateway) -> None:
    raw = b'{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}'
    with pytest.raises(NothingDone, match="unsigned: 40002"):
        gateway._judged(raw, "alipay_trade_query_response")
    with pytest.raises(NothingDone):
        gateway._judged(raw.replace(b"40002", b"10000"), "alipay_trade_query_response")


@given(st.dictionaries(st.text(), st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5), max_size=5))
def test_the_parts_of_an_answer_are_its_very_signs(told: dict[str, Any]) -> None:
    import json

    pairs = [f"{json.dumps(name)} : {json.dumps(value)}" for name, value in told.items()]
    text = "{ " + " , ".join(pairs) + " }"
    assert words.parts_of(text.encode()) == {name: json.dumps(value) for name, value in told.items()}


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a" 1}', b"\xff", b"{" * 100_000, b'{"a":' * 50_000]
)
def test_an_answer_that_is_no_object_is_lost(raw: bytes) -> None:
    with pytest.raises(AnswerLost):
        words.parts_of(raw)


def test_no_bill_yet_and_a_day_without_money_are_told_apart(gateway: AlipayGateway, clock: StillClock) -> None:
    day = clock.now().date()
    clock.moment = dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)  # one in the morning in Beijing
    with pytest.raises(NothingDone):
        gateway.bill(day)
    clock.advance(hours=9)
    assert gateway.bill(day).lines == ()


def test_a_bill_that_was_cut_is_not_believed(fake: AlipayFake, gateway: AlipayGateway, clock: StillClock) -> None:
    paid(fake, gateway)
    day = clock.now().date()
    clock.advance(days=1)
    fake.bill_cut = True
    with pytest.raises(AnswerLost):
        gateway.bill(day)


def library(fake: AlipayFake) -> Any:
    """A client of python-alipay-sdk to the same server; it knows no clock but the machine's."""
    from alipay import AliPay

    fake.real_time = True
    made = AliPay(
        appid=fake_alipay.APP_ID,
        app_notify_url="https://house.example/v1/payment-notices/alipay",
        app_private_key_string=private_pem("merchant"),
        alipay_public_key_string=public_pem("platform"),
    )
    made._gateway = fake.url + "/gateway.do"
    return made


def test_the_library_and_we_say_the_same_to_the_same_server(fake: AlipayFake, gateway: AlipayGateway) -> None:
    """Each client proves the other: what one did, the other finds, and the server believed both."""
    fake.remark = "balanced"
    paid(fake, gateway)
    theirs = library(fake)
    assert theirs.api_alipay_trade_query(out_trade_no=PAYMENT.hex)["total_amount"] == "20.00"
    told = theirs.api_alipay_trade_refund("5.00", out_trade_no=PAYMENT.hex, out_request_no=f"{REFUND.hex}_1")
    assert told["fund_change"] == "Y"
    fake.real_time = False
    answer = gateway.query_refund(PAYMENT, REFUND, 1, key_of(REFUND, 1))
    assert (answer.amount, fake.forged) == (yuan("5.00"), 0)


def test_the_library_believes_the_same_notice(fake: AlipayFake, gateway: AlipayGateway, clock: StillClock) -> None:
    paid(fake, gateway)
    raw = fake.notice(PAYMENT.hex)
    fields = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    assert library(fake).verify(fields, fields.pop("sign"))
    assert gateway.parse_notice(raw, {}, clock.now()).ours == PAYMENT


def test_the_library_refuses_a_right_answer_for_a_brace_and_we_do_not(fake: AlipayFake, gateway: AlipayGateway) -> None:
    from alipay.exceptions import AliPayValidationError

    fake.remark = "a brace } alone"
    paid(fake, gateway)
    assert gateway.query(PAYMENT).amount == yuan("20.00")
    with pytest.raises(AliPayValidationError):
        library(fake).api_alipay_trade_query(out_trade_no=PAYMENT.hex)
