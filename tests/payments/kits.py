"""The gateways for the contract suite: each with its other side, and how to make it fail, pay, call back and refund late."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from houtai.adapters.payments.alipay import WINDOW, AlipayAccount, AlipayGateway
from houtai.adapters.payments.embedded import Callback, EmbeddedGateway, Fault
from houtai.adapters.payments.names import refund_no
from houtai.adapters.payments.stripe import StripeAccount, StripeGateway
from houtai.adapters.payments.wechat import WechatAccount, WechatGateway
from houtai.application.payments.ports import PaymentGateway
from houtai.domain.ids import PaymentId, RefundId, derive
from houtai.domain.money import Money
from tests.payments import fake_alipay, fake_stripe, fake_wechat
from tests.payments.fake_alipay import AlipayFake
from tests.payments.fake_stripe import StripeFake
from tests.payments.fake_wechat import WechatFake
from tests.payments.fakes import Fake, Mode, private_pem, public_pem

SECRET = b"a secret of the contract suite"
NOTIFY = "https://house.example/v1/payment-notices/"
FIVE_MINUTES = dt.timedelta(minutes=5)
EMBEDDED = {Mode.REFUSE: Fault.UNREACHABLE, Mode.LOSE_REQUEST: Fault.LOSE_REQUEST, Mode.FAIL_BEFORE: Fault.LOSE_REQUEST}


@attrs.frozen(kw_only=True)
class Kit:
    """A gateway and its other side.

    `paid` gives the notice of a payment that was made, with the number of the event, `refunded` that of a refund, None where
    the provider's says nothing of it; `sign` signs anything in its name, at a moment and with the right key or a wrong one.
    """

    gateway: PaymentGateway
    fail: Callable[[str, Mode], None]
    pay: Callable[[PaymentId, Money | None], None]
    paid: Callable[[PaymentId, str], Callback]
    refunded: Callable[[RefundId, int], Callback] | None
    resign: Callable[[Callback, dt.datetime, bool], Callback]
    money_out: Callable[[PaymentId], int]
    pages: Callable[[], int]
    take_long: Callable[[], None]
    finish: Callable[[RefundId, int, bool], None]
    strangers: Callable[[], None]
    close: Callable[[], None]
    fake: Fake | None = None
    window: dt.timedelta = FIVE_MINUTES
    refunds_fail: bool = True
    fee_minor: int = 0


def key_of(refund_id: RefundId, attempt: int) -> Any:
    return derive(refund_id, "attempt", attempt)


def embedded(clock: Any) -> Kit:
    gateway = EmbeddedGateway(clock, secret=SECRET, page="https://pay.test/")
    others = EmbeddedGateway(clock, secret=b"another merchant's secret")
    account: list[str] = []

    def pay(payment_id: PaymentId, amount: Money | None) -> None:
        gateway.pay(payment_id, amount)

    def told(ours: str) -> Callback:
        sent = [one for one in gateway.callbacks(again=True) if json.loads(one.raw)["data"].get("payment", "") == ours]
        sent += [one for one in gateway.callbacks(again=True) if json.loads(one.raw)["data"].get("refund", "") == ours]
        raw = sent[-1].raw.replace(b'"houtai"', f'"{account[0]}"'.encode()) if account else sent[-1].raw
        return gateway.signed(sent[-1].headers["webhook-id"], raw, clock.now())

    def resign(callback: Callback, at: dt.datetime, right: bool) -> Callback:
        return (gateway if right else others).signed(callback.headers["webhook-id"], callback.raw, at)

    def close() -> None:
        gateway.close()
        others.close()

    return Kit(
        gateway=gateway,
        fail=lambda call, mode: gateway.arrange(call, EMBEDDED.get(mode, Fault.LOSE_ANSWER)),
        pay=pay,
        paid=lambda payment_id, number: told(str(payment_id)),
        refunded=lambda refund_id, attempt: told(str(refund_id)),
        resign=resign,
        money_out=gateway.money_out,
        pages=lambda: gateway._state.execute("SELECT count(*) FROM payments").fetchone()[0],
        take_long=lambda: gateway.arrange("refund", Fault.TAKE_LONG),
        finish=lambda refund_id, attempt, good: gateway.finish_refund(key_of(refund_id, attempt), "" if good else "card closed"),
        strangers=lambda: account.append("somebody else"),
        close=close,
    )


def _finish(fake: Fake) -> Callable[[RefundId, int, bool], None]:
    def finish(refund_id: RefundId, attempt: int, good: bool) -> None:
        back = fake.backs[refund_no(refund_id, attempt)]
        back.state, back.at = "done" if good else "failed", fake.now()

    return finish


def _common(fake: Fake) -> dict[str, Any]:
    def fail(_: str, mode: Mode) -> None:
        fake.modes.append(mode)

    return {
        "fail": fail,
        "pay": lambda payment_id, amount: fake.pay(payment_id.hex, amount),
        "money_out": lambda payment_id: fake.money_out(payment_id.hex),
        "pages": lambda: len(fake.trades),
        "take_long": lambda: setattr(fake, "take_long", True),
        "finish": _finish(fake),
        "close": fake.close,
        "fake": fake,
    }


def stripe_account(fake: StripeFake) -> StripeAccount:
    thanks = "https://shop.example/thanks"
    return StripeAccount(fake_stripe.API_KEY, fake_stripe.WEBHOOK, thanks, url=fake.url, deadline_s=fake.deadline_s)


def stripe(clock: Any) -> Kit:
    fake = StripeFake(clock.now)

    def signed(raw: bytes, at: dt.datetime, right: bool = True) -> Callback:
        return Callback(raw, fake_stripe.signed(raw, at, fake_stripe.WEBHOOK if right else "whsec_another"))

    def paid(payment_id: PaymentId, number: str) -> Callback:
        told = fake.event("payment_intent.succeeded", fake.intent(payment_id.hex), number=number)
        return signed(told, clock.now())

    def refunded(refund_id: RefundId, attempt: int) -> Callback:
        return signed(fake.event("refund.updated", fake.refund(refund_no(refund_id, attempt)), number="r"), clock.now())

    return Kit(
        gateway=StripeGateway(stripe_account(fake), clock),
        paid=paid,
        refunded=refunded,
        resign=lambda callback, at, right: signed(callback.raw, at, right),
        strangers=lambda: setattr(fake, "account", "acct_of_somebody_else"),
        fee_minor=37,
        **_common(fake),
    )


def wechat_account(fake: WechatFake, *, by_certificate: bool = False, **changes: Any) -> WechatAccount:
    account = WechatAccount(
        mchid=fake_wechat.MCHID,
        appid=fake_wechat.APPID,
        serial_no=fake_wechat.SERIAL,
        private_key=private_pem("merchant"),
        apiv3_key=fake_wechat.APIV3_KEY,
        notify_url=NOTIFY + "wechat",
        public_key_id="" if by_certificate else fake_wechat.KEY_ID,
        public_key="" if by_certificate else public_pem("platform"),
        url=fake.url,
        deadline_s=fake.deadline_s,
    )
    return attrs.evolve(account, **changes)


def wechat(clock: Any) -> Kit:
    fake = WechatFake(clock.now)

    def signed(raw: bytes, at: dt.datetime, right: bool = True) -> Callback:
        return Callback(raw, fake.headers(raw, at, "platform" if right else "somebody"))

    def strangers() -> None:
        fake.mchid = "1900000099"

    return Kit(
        gateway=WechatGateway(wechat_account(fake), clock),
        paid=lambda payment_id, number: signed(fake.paid_notice(payment_id.hex, number), clock.now()),
        refunded=lambda refund_id, attempt: signed(fake.refund_notice(refund_no(refund_id, attempt), "r"), clock.now()),
        resign=lambda callback, at, right: signed(callback.raw, at, right),
        strangers=strangers,
        fee_minor=12,
        **_common(fake),
    )


def alipay_account(fake: AlipayFake, **changes: Any) -> AlipayAccount:
    account = AlipayAccount(
        app_id=fake_alipay.APP_ID,
        seller_id=fake_alipay.SELLER,
        private_key=private_pem("merchant"),
        alipay_public_key=public_pem("platform"),
        notify_url=NOTIFY + "alipay",
        url=fake.url + "/gateway.do",
        deadline_s=fake.deadline_s,
    )
    return attrs.evolve(account, **changes)


def alipay(clock: Any) -> Kit:
    fake = AlipayFake(clock.now)
    plain: Mapping[str, str] = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    made: dict[bytes, tuple[str, str]] = {}

    def paid(payment_id: PaymentId, number: str) -> Callback:
        raw = fake.notice(payment_id.hex, number)
        made[raw] = (payment_id.hex, number)
        return Callback(raw, plain)

    def resign(callback: Callback, at: dt.datetime, right: bool) -> Callback:
        name, number = made[callback.raw]
        more = {"notify_time": fake_alipay.local(at)}
        return Callback(fake.notice(name, number, "platform" if right else "somebody", **more), plain)

    return Kit(
        gateway=AlipayGateway(alipay_account(fake), clock),
        paid=paid,
        refunded=None,
        resign=resign,
        strangers=lambda: setattr(fake, "seller", "2088999999999999"),
        window=WINDOW,
        refunds_fail=False,
        fee_minor=12,
        **_common(fake),
    )


KITS = (embedded, stripe, wechat, alipay)
