"""Alipay (RSA2, keys without certificates): QR payments by pre-created trades, refunds, notices and the day's bill."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import attrs

from houtai.adapters.payments import alipay_words as words
from houtai.adapters.payments.alipay_bill import bill_lines
from houtai.adapters.payments.names import refund_no, trade_no
from houtai.adapters.payments.rsa import is_signed, private_key, public_key, signature
from houtai.adapters.payments.wire import call, refuse_by_status
from houtai.application.payments.ports import Acknowledgement, AnswerLost, NothingDone
from houtai.application.ports import Clock
from houtai.domain import limits
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import Bill
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, Notice
from houtai.domain.payments.refusals import NoticeMalformed, NoticeNotGenuine
from houtai.domain.refusal import Refusal

WINDOW: Final = dt.timedelta(hours=26)
"""How long a notice is good: Alipay sends one again for 25 hours, and does not say that its time moves on with it."""

_EARLY: Final = dt.timedelta(minutes=5)
_BILL_HOUR: Final = dt.timedelta(hours=9)  # from then on, no bill of the day before means that nothing moved
_FIELDS: Final = 200  # a notice has about thirty
_NO_BILL: Final = frozenset({"isp.bill_not_exist"})
_NOT_KNOWN: Final = frozenset({"ACQ.TRADE_NOT_EXIST"})
_PAID: Final = frozenset({"ACQ.TRADE_HAS_SUCCESS"})
_SUCCESS: Final = "10000"
_UNKNOWN: Final = "20000"  # the service failed: it may have been done
_BUSINESS: Final = "40004"  # the request was taken, and the answer is no


@attrs.frozen
class AlipayAccount:
    """What Alipay knows us by. `private_key` signs our requests, `alipay_public_key` is the one that Alipay signs with."""

    app_id: str = attrs.field(validator=limits.text(1, 32))
    seller_id: str = attrs.field(validator=limits.text(1, 32))
    private_key: str = attrs.field(repr=False)
    alipay_public_key: str = attrs.field(repr=False)
    notify_url: str = attrs.field(validator=limits.text(1, 256))
    subject: str = "订单"
    url: str = "https://openapi.alipay.com/gateway.do"
    deadline_s: int = 15


class AlipayGateway:
    """See `PaymentGateway`; its days are those of Beijing. It takes yuan alone, as soon as the buyer pays."""

    acknowledgement = Acknowledgement(b"success", "text/plain")

    def __init__(self, account: AlipayAccount, clock: Clock, *, name: str = "alipay") -> None:
        """`name` is what payments call it by. Raises InvalidValue for keys that are none."""
        self.name = name
        self.recipient = words.recipient(account.seller_id, account.app_id)
        self._account = account
        self._clock = clock
        self._key = private_key(account.private_key, "private_key")
        self._theirs = public_key(account.alipay_public_key, "alipay_public_key")

    def create(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.create`. Until the buyer scans the code, Alipay knows no trade."""
        if amount.currency != words.YUAN:
            return self._failed("Alipay takes CNY")
        wish = {"out_trade_no": trade_no(payment_id), "total_amount": words.yuan(amount), "subject": self._account.subject}
        try:
            told = self._told("alipay.trade.precreate", wish, notify_url=self._account.notify_url)
        except _Refused as refused:
            return self.query(payment_id) if refused.code in _PAID else self._failed(str(refused))
        url = told.get("qr_code")
        if not isinstance(url, str) or told.get("out_trade_no") != trade_no(payment_id):
            raise AnswerLost("the answer holds no code, or one of another payment")
        return GatewayAnswer(Standing.PENDING, self._clock.now(), trade_no(payment_id), pay_url=url)

    def query(self, payment_id: PaymentId) -> GatewayAnswer:
        """See `PaymentGateway.query`."""
        try:
            told = self._told("alipay.trade.query", {"out_trade_no": trade_no(payment_id)})
        except _Refused as refused:
            return self._not_known(refused)
        if told.get("out_trade_no") != trade_no(payment_id):
            raise AnswerLost("the answer is about another payment")
        try:
            return words.of_trade(told, self._clock.now())
        except (KeyError, TypeError, ValueError, Refusal) as error:
            raise AnswerLost("the answer cannot be read") from error

    def capture(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.capture`. The money is taken as soon as the buyer pays."""
        return self.query(payment_id)

    def refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.refund`.

        The answer names what was refunded of the trade so far, not now: this refund's own amount is asked for.
        """
        if amount.currency != words.YUAN:
            return self._failed("Alipay refunds CNY")
        wish = {
            "out_trade_no": trade_no(payment_id),
            "out_request_no": refund_no(refund_id, attempt),
            "refund_amount": words.yuan(amount),
        }
        try:
            self._told("alipay.trade.refund", wish)
        except _Refused as refused:
            return self._failed(str(refused))
        try:
            answer = self.query_refund(payment_id, refund_id, attempt, key)
        except NothingDone as away:
            raise AnswerLost(str(away)) from away
        return attrs.evolve(answer, standing=Standing.PENDING) if answer.standing is Standing.NOT_KNOWN else answer

    def query_refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID) -> GatewayAnswer:
        """See `PaymentGateway.query_refund`. What is not done after all is not known: it may be told again by its name."""
        name = refund_no(refund_id, attempt)
        wish = {"out_trade_no": trade_no(payment_id), "out_request_no": name, "query_options": ["gmt_refund_pay"]}
        try:
            told = self._told("alipay.trade.fastpay.refund.query", wish)
        except _Refused as refused:
            return self._not_known(refused)
        if told.get("refund_status") != "REFUND_SUCCESS":
            return GatewayAnswer(Standing.NOT_KNOWN, self._clock.now())
        if told.get("out_request_no") != name:
            raise AnswerLost("the answer is about another refund")
        try:
            return words.of_refund(told, self._clock.now())
        except (KeyError, TypeError, ValueError, Refusal) as error:
            raise AnswerLost("the answer cannot be read") from error

    def bill(self, day: dt.date) -> Bill:
        """See `PaymentGateway.bill`. The file bears neither signature nor hash; its address does."""
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), words.BEIJING)
        if self._clock.now() < end:
            raise NothingDone("the day is not over")
        wish = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            told = self._told("alipay.data.dataservice.bill.downloadurl.query", wish)
        except _Refused as refused:
            if refused.code in _NO_BILL and self._clock.now() >= end + _BILL_HOUR:
                return Bill(self.name, day, (), b"")
            raise NothingDone(str(refused)) from refused
        answer = call("GET", str(told.get("bill_download_url")), None, {}, self._account.deadline_s)
        if answer.status != 200:
            refuse_by_status(answer.status)
        return Bill(self.name, day, bill_lines(answer.raw), answer.raw)

    def parse_notice(self, raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> Notice:
        """See `PaymentGateway.parse_notice`. What is signed are the form's values, sorted by name."""
        told = _form(raw)
        signed = "&".join(f"{name}={told[name]}" for name in sorted(told) if name not in ("sign", "sign_type"))
        if told.get("sign_type") != "RSA2" or not is_signed(self._theirs, signed.encode(), told.get("sign", "")):
            raise NoticeNotGenuine
        try:
            age = now - words.moment(told["notify_time"])
        except (KeyError, ValueError) as error:
            raise NoticeNotGenuine from error
        if not -_EARLY <= age <= WINDOW:
            raise NoticeNotGenuine
        if len(raw) > MAX_NOTICE_BYTES:
            raise NoticeMalformed(what="too long")
        try:
            return words.notice(raw.decode(), told, self._account.seller_id)
        except (KeyError, ValueError, Refusal) as error:
            raise NoticeMalformed(what=type(error).__name__) from error

    def _not_known(self, refused: _Refused) -> GatewayAnswer:
        if refused.code in _NOT_KNOWN:
            return GatewayAnswer(Standing.NOT_KNOWN, self._clock.now())
        return GatewayAnswer(Standing.NO_ANSWER, self._clock.now(), error=str(refused))

    def _failed(self, error: str) -> GatewayAnswer:
        return GatewayAnswer(Standing.FAILED, self._clock.now(), error=error[:500])

    def _told(self, method: str, wish: Mapping[str, Any], **more: str) -> dict[str, Any]:
        """A signed answer to a signed request. Raises NothingDone, AnswerLost, and _Refused for a signed no."""
        account = self._account
        fields = {
            "app_id": account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self._clock.now().astimezone(words.BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(wish, ensure_ascii=False, separators=(",", ":")),
            **more,
        }
        signed = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        fields["sign"] = signature(self._key, signed.encode())
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8", "user-agent": "houtai"}
        answer = call("POST", account.url, urlencode(fields).encode(), headers, account.deadline_s)
        if answer.status != 200:
            refuse_by_status(answer.status)
        return self._judged(answer.raw, method.replace(".", "_") + "_response")

    def _judged(self, raw: bytes, name: str) -> dict[str, Any]:
        """What the answer says, by its code. Only what is signed is read, from exactly the signs that were signed."""
        parts = words.parts_of(raw)
        text = parts.get(name) or parts.get("error_response") or ""
        genuine = is_signed(self._theirs, text.encode(), words.text_of(parts.get("sign", "")))
        if not genuine and name in parts:
            raise AnswerLost("the answer is not signed by Alipay")
        told = words.object_of(text)
        code, sub_code = str(told.get("code")), str(told.get("sub_code", ""))
        complaint = f"{code} {sub_code}: {told.get('sub_msg') or told.get('msg') or ''}"[:300]
        if not genuine:  # it cannot sign for an application that it does not know
            unsigned = f"unsigned: {complaint}"
            raise NothingDone(unsigned)
        if code == _SUCCESS and name in parts:
            return told
        if code == _BUSINESS and not sub_code.endswith("SYSTEM_ERROR"):
            raise _Refused(sub_code, complaint)
        if code in (_BUSINESS, _UNKNOWN, _SUCCESS):
            raise AnswerLost(complaint)
        raise NothingDone(complaint)


class _Refused(Exception):
    """Alipay says no, signed."""

    def __init__(self, code: str, complaint: str) -> None:
        super().__init__(complaint)
        self.code = code


def _form(raw: bytes) -> dict[str, str]:
    """The fields of a form, each of which stands in it once. Raises NoticeNotGenuine."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise NoticeNotGenuine from error
    if len(dict(pairs)) != len(pairs):
        raise NoticeNotGenuine
    return dict(pairs)
