"""What WeChat Pay's answers, notices and bills say, in our terms."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from houtai.adapters.payments.names import payment_of, refund_of
from houtai.adapters.payments.wire import MAX_ANSWER_BYTES
from houtai.application.payments.ports import AnswerLost
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import BillKind, BillLine
from houtai.domain.payments.notice import Notice, NoticeKind

BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
YUAN: Final = "CNY"
_MAX_BILL_BYTES: Final = 4 * MAX_ANSWER_BYTES
_GZIP: Final = 16 + zlib.MAX_WBITS
_CAPTURED: Final = frozenset({"SUCCESS", "REFUND"})  # what was refunded, in part or whole, had been captured
_OVER: Final = frozenset({"CLOSED", "REVOKED", "PAYERROR"})
_REFUNDS: Final = {"SUCCESS": Standing.DONE, "CLOSED": Standing.FAILED, "ABNORMAL": Standing.FAILED}
_KINDS: Final = {
    "REFUND.SUCCESS": NoticeKind.REFUNDED,
    "REFUND.CLOSED": NoticeKind.REFUND_FAILED,
    "REFUND.ABNORMAL": NoticeKind.REFUND_FAILED,
}
Told = Mapping[str, Any]


def recipient(mchid: str, appid: str) -> str:
    """Our account: the merchant, and the application in whose name it collects."""
    return f"{mchid}/{appid}"


def of_transaction(told: Told, now: dt.datetime) -> GatewayAnswer:
    """How a payment stands. Raises KeyError, TypeError, ValueError and refusals for one that cannot be read."""
    state, ref = str(told["trade_state"]), str(told["out_trade_no"])
    if state in _CAPTURED:
        at = dt.datetime.fromisoformat(told["success_time"])
        return GatewayAnswer(Standing.DONE, at, ref, str(told["transaction_id"]), _money(told["amount"], "total"))
    if state in _OVER:
        return GatewayAnswer(Standing.FAILED, now, ref, error=f"{state}: {told.get('trade_state_desc', '')}"[:300])
    return GatewayAnswer(Standing.PENDING, now, ref)


def of_refund(told: Told, now: dt.datetime) -> GatewayAnswer:
    """How a refund stands; raises as above."""
    ref, status = str(told["refund_id"]), str(told["status"])
    standing = _REFUNDS.get(status, Standing.PENDING)
    if standing is Standing.DONE:
        at = dt.datetime.fromisoformat(told["success_time"])
        return GatewayAnswer(standing, at, ref, ref, _money(told["amount"], "refund"))
    return GatewayAnswer(standing, now, ref, error="" if standing is Standing.PENDING else status)


def notice(raw: str, event: Told, told: Told, appid: str) -> Notice:
    """A verified notice; `told` is what was sealed in it. Raises as above."""
    kind = _kind(str(event["event_type"]), told)
    ours, attempt = _ours(kind, told)
    amount: Money | None = None
    if kind is NoticeKind.CAPTURED:
        amount = _money(told["amount"], "total")
    elif kind is NoticeKind.REFUNDED:
        amount = _money(told["amount"], "refund")
    return Notice(
        event_id=event["id"],
        kind=kind,
        ours=ours,
        at=dt.datetime.fromisoformat(told.get("success_time") or event["create_time"]),
        recipient=recipient(told["mchid"], told.get("appid") or appid),  # refunds are told without the application
        amount=amount,
        money_ref=str(told["transaction_id"] if kind is NoticeKind.CAPTURED else told.get("refund_id", "")) if amount else "",
        attempt=attempt,
        error=str(told.get("refund_status", "")) if kind is NoticeKind.REFUND_FAILED else "",
        raw=raw,
    )


def checked_bill(packed: bytes, digest: str, kind: str) -> bytes:
    """The bill's text, unpacked, once it is what the hash says. Raises AnswerLost."""
    unpacking = zlib.decompressobj(_GZIP)
    try:
        raw = unpacking.decompress(packed, _MAX_BILL_BYTES)
    except zlib.error as error:
        raise AnswerLost("the bill cannot be unpacked") from error
    right = hashlib.sha1(raw, usedforsecurity=False).hexdigest()  # SHA1 is all that WeChat offers
    if kind != "SHA1" or not hmac.compare_digest(right.encode(), digest.lower().encode()):
        raise AnswerLost("the bill is not the one that was announced")
    return raw


def bill_lines(raw: bytes) -> tuple[BillLine, ...]:
    """The movements of a bill of all trades. Raises KeyError, ValueError and refusals for one that cannot be read."""
    lines = raw.decode("utf-8-sig").splitlines()
    names = lines[0].split(",")
    return tuple(_bill_line(dict(zip(names, fields, strict=True))) for fields in _rows(lines[1:]))


def _rows(lines: list[str]) -> Iterator[list[str]]:
    """Each field stands behind a back-tick, so that a comma in a name parts nothing; the sums at the end have their own head."""
    for line in lines:
        if not line.startswith("`"):
            return
        yield line[1:].split(",`")


def _bill_line(row: Mapping[str, str]) -> BillLine:
    at = dt.datetime.strptime(row["交易时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(dt.UTC)
    fee = Money.of(row["手续费"], row["货币种类"])
    if row["交易状态"] == "REFUND":
        kind = BillKind.REFUNDED if row["退款状态"] == "SUCCESS" else BillKind.OTHER
        ours, attempt = refund_of(row["商户退款单号"])
        return BillLine(kind, at, ours, row["微信退款单号"], Money.of(row["申请退款金额"], row["货币种类"]), fee, attempt)
    kind = BillKind.CAPTURED if row["交易状态"] == "SUCCESS" else BillKind.OTHER
    ours = payment_of(row["商户订单号"])
    return BillLine(kind, at, ours, row["微信订单号"], Money.of(row["订单金额"], row["货币种类"]), fee)


def _kind(event: str, told: Told) -> NoticeKind:
    if event == "TRANSACTION.SUCCESS":
        return NoticeKind.CAPTURED if told["trade_state"] in _CAPTURED else NoticeKind.OTHER
    return _KINDS.get(event, NoticeKind.OTHER)


def _ours(kind: NoticeKind, told: Told) -> tuple[UUID | None, int]:
    if kind in (NoticeKind.REFUNDED, NoticeKind.REFUND_FAILED):
        return refund_of(str(told["out_refund_no"]))
    return payment_of(str(told.get("out_trade_no", ""))), 1


def _money(amount: Told, field: str) -> Money:
    return Money(amount[field], amount.get("currency") or YUAN)
