"""What is WeChat Pay's own: keys by certificate, sealed resources, bills by hash; and wechatpayv3 as a second opinion."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest

from houtai.adapters.payments.wechat import WechatGateway
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.domain.ids import PaymentId, RefundId, new_id
from houtai.domain.money import Money
from houtai.domain.payments.answer import Standing
from houtai.domain.payments.bill import BillKind
from houtai.domain.payments.notice import NoticeKind
from houtai.domain.payments.refusals import NoticeNotGenuine
from houtai.domain.refusal import InvalidValue
from tests.conftest import StillClock
from tests.payments import fake_wechat
from tests.payments.fake_wechat import WechatFake, certificate
from tests.payments.fakes import private_pem, public_pem
from tests.payments.kits import NOTIFY, key_of, wechat_account
from tests.payments.till import yuan

PAYMENT = PaymentId(new_id())
REFUND = RefundId(new_id())
SERIAL = 0x5157F09EFDC096DE


@pytest.fixture
def fake(clock: StillClock) -> Iterator[WechatFake]:
    made = WechatFake(clock.now)
    yield made
    made.close()


@pytest.fixture
def gateway(fake: WechatFake, clock: StillClock) -> WechatGateway:
    return WechatGateway(wechat_account(fake), clock)


def by_certificate(fake: WechatFake, clock: StillClock) -> WechatGateway:
    fake.certificates = [certificate("platform", SERIAL, clock.now() + dt.timedelta(days=30))]
    fake.serial = f"{SERIAL:X}"
    return WechatGateway(wechat_account(fake, by_certificate=True), clock)


def fetches(fake: WechatFake) -> int:
    return fake.seen.count("GET /v3/certificates")


def test_certificates_are_fetched_once_and_answers_checked_by_them(fake: WechatFake, clock: StillClock) -> None:
    gateway = by_certificate(fake, clock)
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw = fake.paid_notice(PAYMENT.hex)
    assert gateway.query(PAYMENT).amount == yuan("20.00")
    assert gateway.parse_notice(raw, fake.headers(raw, clock.now()), clock.now()).amount == yuan("20.00")
    assert (fetches(fake), fake.forged) == (1, 0)


def test_a_serial_that_nobody_knows_costs_one_fetch_in_ten_minutes(fake: WechatFake, clock: StillClock) -> None:
    gateway = by_certificate(fake, clock)
    fake.serial = "ABCDEF"
    raw = fake.notice("TRANSACTION.SUCCESS", {})
    for minutes in (0, 4, 4, 4):
        clock.advance(minutes=minutes)
        with pytest.raises(NoticeNotGenuine):
            gateway.parse_notice(raw, fake.headers(raw, clock.now()), clock.now())
    assert fetches(fake) == 2


def test_a_certificate_ends_and_its_successor_is_fetched(fake: WechatFake, clock: StillClock) -> None:
    gateway = by_certificate(fake, clock)
    gateway.create(PAYMENT, yuan("20.00"))
    clock.advance(days=31)
    with pytest.raises(AnswerLost):
        gateway.query(PAYMENT)
    clock.advance(minutes=11)
    fake.certificates.append(certificate("platform", SERIAL + 1, clock.now() + dt.timedelta(days=30)))
    fake.serial = f"{SERIAL + 1:X}"
    assert gateway.query(PAYMENT).standing is Standing.PENDING


@pytest.mark.parametrize("spoil", ["signed by another", "sealed for another", "another key", "another serial"])
def test_certificates_that_do_not_prove_themselves_are_not_believed(fake: WechatFake, clock: StillClock, spoil: str) -> None:
    gateway = by_certificate(fake, clock)
    if spoil == "signed by another":
        fake.lists_by = "somebody"
    elif spoil == "another key":
        fake.certificates = [certificate("somebody", SERIAL, clock.now() + dt.timedelta(days=30))]
    elif spoil == "another serial":
        fake.certificates = [certificate("platform", SERIAL + 7, clock.now() + dt.timedelta(days=30))]
    else:
        gateway = WechatGateway(wechat_account(fake, by_certificate=True, apiv3_key="x" * 32), clock)
    with pytest.raises(AnswerLost):
        gateway.create(PAYMENT, yuan("20.00"))


def test_what_was_sealed_for_another_merchant_is_not_genuine_for_us(
    fake: WechatFake, gateway: WechatGateway, clock: StillClock
) -> None:
    raw = fake.notice("TRANSACTION.SUCCESS", {"mchid": "1900000099"}, key="x" * 32)
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(raw, fake.headers(raw, clock.now()), clock.now())


def test_money_collected_for_another_application_is_not_ours(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    fake.appid = "wx_of_somebody_else"
    raw = fake.paid_notice(PAYMENT.hex)
    notice = gateway.parse_notice(raw, fake.headers(raw, clock.now()), clock.now())
    assert notice.recipient == f"{fake_wechat.MCHID}/wx_of_somebody_else" != gateway.recipient


def test_an_answer_about_another_account_says_nothing(fake: WechatFake, gateway: WechatGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    fake.mchid = "1900000099"
    with pytest.raises(AnswerLost):
        gateway.query(PAYMENT)
    with pytest.raises(NothingDone):
        gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("1.00"))


def test_a_closed_order_has_failed(fake: WechatFake, gateway: WechatGateway) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.trades[PAYMENT.hex].state = "closed"
    assert [gateway.query(PAYMENT).standing, gateway.create(PAYMENT, yuan("20.00")).standing] == [Standing.FAILED] * 2


def test_other_currencies_are_refused_before_they_are_told(fake: WechatFake, gateway: WechatGateway) -> None:
    assert (gateway.create(PAYMENT, Money(2000, "USD")).standing, fake.seen) == (Standing.FAILED, [])


def test_news_that_settles_nothing_is_of_no_use(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    told = {"mchid": fake_wechat.MCHID, "out_trade_no": PAYMENT.hex, "trade_state": "NOTPAY"}
    for event in ("TRANSACTION.SUCCESS", "MCHTRANSFER.BILL.FINISHED"):
        raw = fake.notice(event, told)
        assert gateway.parse_notice(raw, fake.headers(raw, clock.now()), clock.now()).kind is NoticeKind.OTHER


def billed(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> dt.date:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    day = clock.now().date()
    clock.advance(days=1)
    return day


def test_a_bill_that_is_not_the_announced_one_is_not_believed(
    fake: WechatFake, gateway: WechatGateway, clock: StillClock
) -> None:
    day = billed(fake, gateway, clock)
    fake.hash_of = b"another bill"
    with pytest.raises(AnswerLost, match="announced"):
        gateway.bill(day)


def test_a_bill_is_fetched_from_wechat_alone(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    day, port = billed(fake, gateway, clock), int(fake.url.rpartition(":")[2])
    fake.url = f"http://localhost:{port}"
    with pytest.raises(AnswerLost, match="another address"):
        gateway.bill(day)


def test_a_refund_under_way_is_no_money_that_went_back(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    fake.take_long = True
    gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("1.00"))
    day = clock.now().date()
    clock.advance(days=1)
    assert [line.kind for line in gateway.bill(day).lines] == [BillKind.CAPTURED, BillKind.OTHER]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"apiv3_key": "short"}, "32 bytes"),
        ({"public_key": "", "public_key_id": "x"}, "come with"),
        ({"private_key": "c2VjcmV0"}, "RSA key"),
        ({"private_key": "not base64 at all: hush"}, "RSA key"),
        ({"private_key": public_pem("merchant")}, "RSA key"),
        ({"public_key": private_pem("platform")}, "RSA key"),
    ],
)
def test_an_account_that_cannot_work_is_refused_and_not_shown(
    fake: WechatFake, clock: StillClock, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InvalidValue, match=complaint) as refused:
        WechatGateway(wechat_account(fake, **changes), clock)
    assert "hush" not in str(refused.value)


def library(fake: WechatFake) -> Any:
    """A client of wechatpayv3 to the same server; it knows no clock but the machine's."""
    from wechatpayv3 import WeChatPay, WeChatPayType

    fake.real_time = True
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=fake_wechat.MCHID,
        private_key=private_pem("merchant"),
        cert_serial_no=fake_wechat.SERIAL,
        appid=fake_wechat.APPID,
        apiv3_key=fake_wechat.APIV3_KEY,
        notify_url=NOTIFY + "wechat",
        public_key=public_pem("platform"),
        public_key_id=fake_wechat.KEY_ID,
        timeout=(3, 3),
    )
    made._core._gate_way = fake.url
    return made


def test_the_library_and_we_say_the_same_to_the_same_server(fake: WechatFake, gateway: WechatGateway) -> None:
    """Each client proves the other: what one opened, the other finds, and the server believed both."""
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    gateway.refund(PAYMENT, REFUND, 1, key_of(REFUND, 1), yuan("5.00"))
    theirs = library(fake)
    (_, trade), (_, back) = theirs.query(out_trade_no=PAYMENT.hex), theirs.query_refund(f"{REFUND.hex}_1")
    assert (json.loads(trade)["amount"]["total"], json.loads(back)["amount"]["refund"]) == (2000, 500)
    other = PaymentId(new_id())
    status, told = theirs.pay(description="订单", out_trade_no=other.hex, amount={"total": 100, "currency": "CNY"})
    assert (status, json.loads(told)["code_url"][:9]) == (200, "weixin://")
    fake.real_time = False
    assert (gateway.query(other).standing, fake.forged) == (Standing.PENDING, 0)


def test_the_library_opens_a_notice_as_we_do(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw = fake.paid_notice(PAYMENT.hex)
    headers = fake.headers(raw, clock.now())
    theirs, ours = library(fake).callback(headers, raw), gateway.parse_notice(raw, headers, clock.now())
    assert ours.amount is not None
    assert (theirs["id"], theirs["resource"]["amount"]["total"]) == (ours.event_id, ours.amount.minor)


def test_the_library_believes_a_notice_of_an_hour_ago_and_we_do_not(
    fake: WechatFake, gateway: WechatGateway, clock: StillClock
) -> None:
    gateway.create(PAYMENT, yuan("20.00"))
    fake.pay(PAYMENT.hex)
    raw = fake.paid_notice(PAYMENT.hex)
    headers = fake.headers(raw, dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    assert library(fake).callback(headers, raw)["id"] == "EV-1"
    clock.moment = dt.datetime.now(dt.UTC)
    with pytest.raises(NoticeNotGenuine):
        gateway.parse_notice(raw, headers, clock.now())


def test_the_library_does_not_look_at_a_bills_hash_and_we_do(fake: WechatFake, gateway: WechatGateway, clock: StillClock) -> None:
    day = billed(fake, gateway, clock)
    fake.hash_of = b"another bill"
    theirs = library(fake)
    _, told = theirs.trade_bill(day.isoformat())
    status, _ = theirs.download_bill(json.loads(told)["download_url"])
    assert status == 200
    fake.real_time = False
    with pytest.raises(AnswerLost):
        gateway.bill(day)
