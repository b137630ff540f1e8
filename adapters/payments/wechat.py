"""WeChat Pay v3 for merchants of their own (直连商户): Native QR payments, refunds, notices and the day's bill."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import attrs
from cryptography.exceptions import InvalidTag

from houtai.adapters.payments import wechat_words as words
from houtai.adapters.payments.names import refund_no, trade_no
from houtai.adapters.payments.rsa import private_key, signature
from houtai.adapters.payments.signature import is_of_this_moment
from houtai.adapters.payments.wechat_keys import PlatformKeys, opened
from houtai.adapters.payments.wire import Answer, call, read_object, refuse_by_status
from houtai.application.payments.ports import Acknowledgement, AnswerLost, NothingDone
from houtai.application.ports import Clock
from houtai.domain import limits
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import Bill
from houtai.domain.payments.notice import MAX_NOTICE_BYTES, Notice
from houtai.domain.payments.refusals import NoticeMalformed, NoticeNotGenuine
from houtai.domain.refusal import InvalidValue, Refusal

_SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_NOT_KNOWN: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_PAID_OR_TOLD: Final = frozenset({"ORDERPAID", "ORDER_PAID", "OUT_TRADE_NO_USED"})
_OF_THE_REQUEST: Final = frozenset({"SIGN_ERROR", "NO_AUTH", "FREQUENCY_LIMITED", "RATELIMIT_EXCEED", "MCH_NOT_EXISTS"})
_NO_BILL: Final = frozenset({"NO_STATEMENT_EXIST"})
_KEY_BYTES: Final = 32


@attrs.frozen
class WechatAccount:
    """What WeChat Pay knows us by.

    `serial_no` is that of our certificate, whose key signs our requests. `public_key` with its `public_key_id` is WeChat's;
    without them its certificates are fetched (平台证书), as older accounts have it.
    """

    mchid: str = attrs.field(validator=limits.text(1, 32))
    appid: str = attrs.field(validator=limits.text(1, 32))
    serial_no: str = attrs.field(validator=limits.text(1, 64))
    private_key: str = attrs.field(repr=False)
    apiv3_key: str = attrs.field(repr=False)
    notify_url: str = attrs.field(validator=limits.text(1, 256))
    public_key_id: str = ""
    public_key: str = attrs.field(default="", repr=False)
    description: str = "订单"
    url: str = "https://api.mch.weixin.qq.com"
    deadline_s: int = 15

    def __attrs_post_init__(self) -> None:
        if len(self.apiv3_key.encode()) != _KEY_BYTES:
            raise InvalidValue(field="apiv3_key", rule="must have 32 bytes")
        if bool(self.public_key) != bool(self.public_key_id):
            raise InvalidValue(field="public_key", rule="must come with public_key_id, or both be left out")


class WechatGateway:
    """See `PaymentGateway`; its days are those of Beijing. It takes yuan alone, as soon as the buyer pays."""

    acknowledgement = Acknowledgement(b'{"code":"SUCCESS","message":"OK"}', "application/json")

    def __init__(self, account: WechatAccount, clock: Clock, *, name: str = "wechat") -> None:
        """`name` is what payments call it by. Raises InvalidValue for keys that are none."""
        self.name = name
        self.recipient = words.recipient(account.mchid, account.appid)
        self._account = account
        self._clock = clock
        self._key = private_key(account.private_key, "private_key")
        self._keys = PlatformKeys(account, clock, fetch=lambda: self._sent("GET", "/v3/certificates", b""))

    def create(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.create`. Told again, the same order gets its code once more."""
        account = self._account
        if amount.currency != words.YUAN:
            return self._failed("WeChat Pay takes CNY")
        wish = {
            "appid": account.appid,
            "mchid": account.mchid,
            "description": account.description,
            "out_trade_no": trade_no(payment_id),
            "notify_url": account.notify_url,
            "amount": {"total": amount.minor, "currency": amount.currency},
        }
        try:
            told = self._told("POST", "/v3/pay/transactions/native", wish)
        except _Refused as refused:
            return self.query(payment_id) if refused.code in _PAID_OR_TOLD else self._failed(str(refused))
        url = told.get("code_url")
        if not isinstance(url, str):
            raise AnswerLost("the answer holds no code")
        return GatewayAnswer(Standing.PENDING, self._clock.now(), trade_no(payment_id), pay_url=url)

    def query(self, payment_id: PaymentId) -> GatewayAnswer:
        """See `PaymentGateway.query`."""
        try:
            return words.of_transaction(self._transaction(payment_id), self._clock.now())
        except _Refused as refused:
            return self._not_known(refused)
        except (KeyError, TypeError, ValueError, Refusal) as error:
            raise AnswerLost("the answer cannot be read") from error

    def capture(self, payment_id: PaymentId, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.capture`. The money is taken as soon as the buyer pays."""
        return self.query(payment_id)

    def refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID, amount: Money) -> GatewayAnswer:
        """See `PaymentGateway.refund`. WeChat wants to hear what the whole payment was: it is asked for first."""
        try:
            whole = self._transaction(payment_id)["amount"]["total"]
        except _Refused as refused:
            return self._failed(str(refused))
        except (AnswerLost, KeyError, TypeError) as lost:  # nothing was told yet
            message = f"the payment could not be looked up: {lost}"
            raise NothingDone(message) from lost
        wish = {
            "out_trade_no": trade_no(payment_id),
            "out_refund_no": refund_no(refund_id, attempt),
            "notify_url": self._account.notify_url,
            "amount": {"refund": amount.minor, "total": whole, "currency": amount.currency},
        }
        try:
            return self._refund_answer(self._told("POST", "/v3/refund/domestic/refunds", wish), refund_id, attempt)
        except _Refused as refused:
            return self._failed(str(refused))

    def query_refund(self, payment_id: PaymentId, refund_id: RefundId, attempt: int, key: UUID) -> GatewayAnswer:
        """See `PaymentGateway.query_refund`."""
        try:
            told = self._told("GET", f"/v3/refund/domestic/refunds/{refund_no(refund_id, attempt)}")
            return self._refund_answer(told, refund_id, attempt)
        except _Refused as refused:
            return self._not_known(refused)

    def bill(self, day: dt.date) -> Bill:
        """See `PaymentGateway.bill`. The file is believed by the hash that the signed answer names."""
        if day >= self._clock.now().astimezone(words.BEIJING).date():
            raise NothingDone("the day is not over")
        try:
            told = self._told("GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP")
            url, digest, kind = (str(told.get(name)) for name in ("download_url", "hash_value", "hash_type"))
        except _Refused as refused:
            if refused.code in _NO_BILL:
                return Bill(self.name, day, (), b"")
            raise NothingDone(str(refused)) from refused
        raw = words.checked_bill(self._fetched(url), digest, kind)
        try:
            return Bill(self.name, day, words.bill_lines(raw), raw)
        except (KeyError, TypeError, ValueError, Refusal) as error:
            raise AnswerLost("the bill cannot be read") from error

    def parse_notice(self, raw: bytes, headers: Mapping[str, str], now: dt.datetime) -> Notice:
        """See `PaymentGateway.parse_notice`. Signed for another merchant, it cannot be opened, and is not genuine for us."""
        found = {name.lower(): value for name, value in headers.items()}
        if not is_of_this_moment(found.get("wechatpay-timestamp", ""), now) or not self._keys.have_signed(found, raw):
            raise NoticeNotGenuine
        if len(raw) > MAX_NOTICE_BYTES:
            raise NoticeMalformed(what="too long")
        try:
            event = json.loads(raw)
            told = json.loads(opened(event["resource"], self._account.apiv3_key))
            return words.notice(raw.decode(), event, told, self._account.appid)
        except InvalidTag as sealed:
            raise NoticeNotGenuine from sealed
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, Refusal) as error:
            raise NoticeMalformed(what=type(error).__name__) from error

    def _transaction(self, payment_id: PaymentId) -> dict[str, Any]:
        """The order as WeChat has it. Raises NothingDone, AnswerLost and _Refused."""
        account = self._account
        told = self._told("GET", f"/v3/pay/transactions/out-trade-no/{trade_no(payment_id)}?mchid={account.mchid}")
        theirs = (told.get("mchid"), told.get("appid"), told.get("out_trade_no"))
        if theirs != (account.mchid, account.appid, trade_no(payment_id)):
            raise AnswerLost("the answer is about another payment")
        return told

    def _refund_answer(self, told: Mapping[str, Any], refund_id: RefundId, attempt: int) -> GatewayAnswer:
        if told.get("out_refund_no") != refund_no(refund_id, attempt):
            raise AnswerLost("the answer is about another refund")
        try:
            return words.of_refund(told, self._clock.now())
        except (KeyError, TypeError, ValueError, Refusal) as error:
            raise AnswerLost("the answer cannot be read") from error

    def _not_known(self, refused: _Refused) -> GatewayAnswer:
        if refused.code in _NOT_KNOWN:
            return GatewayAnswer(Standing.NOT_KNOWN, self._clock.now())
        return GatewayAnswer(Standing.NO_ANSWER, self._clock.now(), error=str(refused))

    def _failed(self, error: str) -> GatewayAnswer:
        return GatewayAnswer(Standing.FAILED, self._clock.now(), error=error[:500])

    def _told(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A signed answer to a signed request. Raises NothingDone, AnswerLost, and _Refused for a signed no."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self._sent(method, path, raw)
        fresh = is_of_this_moment(answer.headers.get("wechatpay-timestamp", ""), self._clock.now())
        if not fresh or not self._keys.have_signed(answer.headers, answer.raw):
            if answer.status >= 400:
                refuse_by_status(answer.status)
            raise AnswerLost("the answer is not signed by WeChat Pay, or not of this moment")
        told = read_object(answer.raw)
        if answer.status >= 400:
            _refuse(answer.status, told)
        return told

    def _sent(self, method: str, path: str, raw: bytes) -> Answer:
        """The answer to a signed request; what is signed are the bytes that are sent."""
        account = self._account
        stamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(16)
        signed = signature(self._key, f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + raw + b"\n")
        token = f'mchid="{account.mchid}",nonce_str="{nonce}",signature="{signed}",timestamp="{stamp}"'
        headers = {
            "accept": "application/json",
            "authorization": f'{_SCHEME} {token},serial_no="{account.serial_no}"',
            "content-type": "application/json",
            "user-agent": "houtai",
        }
        if account.public_key_id:
            headers["wechatpay-serial"] = account.public_key_id
        return call(method, account.url + path, raw or None, headers, account.deadline_s)

    def _fetched(self, url: str) -> bytes:
        """A file of WeChat's. Only its own address gets our signature."""
        here, there = urlsplit(self._account.url), urlsplit(url)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise AnswerLost("the bill lies at another address than WeChat's")
        answer = self._sent("GET", f"{there.path}?{there.query}", b"")
        if answer.status != 200:
            refuse_by_status(answer.status)
        return answer.raw


class _Refused(Exception):
    """WeChat says no, signed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}"[:300])
        self.code = code


def _refuse(status: int, told: Mapping[str, Any]) -> NoReturn:
    """Raise what a signed no means: about the request, nothing is done; about the payment, it is final."""
    refused = _Refused(str(told.get("code", "")), str(told.get("message", "")))
    if status >= 500:
        raise AnswerLost(str(refused))
    if status in (401, 429) or refused.code in _OF_THE_REQUEST:
        raise NothingDone(str(refused))
    raise refused
