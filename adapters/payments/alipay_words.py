"""What Alipay's answers and notices say, in our terms; and which signs of an answer are those that it signed."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from houtai.adapters.payments.names import payment_of
from houtai.adapters.payments.wire import read_object
from houtai.application.payments.ports import AnswerLost
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.notice import Notice, NoticeKind

BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
YUAN: Final = "CNY"
_PAID: Final = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_SCANNER: Final = json.JSONDecoder()


def recipient(seller_id: str, app_id: str) -> str:
    """Our account: who is paid, and the application in whose name."""
    return f"{seller_id}/{app_id}"


def yuan(amount: Money) -> str:
    """An amount in yuan, as Alipay counts: ``20.00``."""
    return str(amount).removesuffix(f" {amount.currency}")


def moment(text: str) -> dt.datetime:
    """A time of Beijing. Raises ValueError."""
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(dt.UTC)


def of_trade(told: Mapping[str, Any], now: dt.datetime) -> GatewayAnswer:
    """How a trade stands; a closed one that was paid was refunded whole. Raises KeyError, TypeError, ValueError, refusals."""
    state, ref, paid_at = str(told["trade_status"]), str(told["out_trade_no"]), told.get("send_pay_date")
    if state in _PAID or (state == "TRADE_CLOSED" and paid_at):
        amount = Money.of(told["total_amount"], told.get("trans_currency") or YUAN)
        return GatewayAnswer(Standing.DONE, moment(paid_at) if paid_at else now, ref, str(told["trade_no"]), amount)
    if state == "TRADE_CLOSED":
        return GatewayAnswer(Standing.FAILED, now, ref, error="closed before the buyer paid")
    return GatewayAnswer(Standing.PENDING, now, ref)


def of_refund(told: Mapping[str, Any], now: dt.datetime) -> GatewayAnswer:
    """How a refund stands that is done; it is called by our own name. Raises as above."""
    ref, at = str(told["out_request_no"]), told.get("gmt_refund_pay")
    amount = Money.of(told["refund_amount"], told.get("trans_currency") or YUAN)
    return GatewayAnswer(Standing.DONE, moment(at) if at else now, ref, ref, amount)


def notice(raw: str, told: Mapping[str, str], seller_id: str) -> Notice:
    """A verified notice. Raises KeyError, ValueError and refusals.

    One about a refund names what was refunded of the trade so far and says nothing of this refund: it is of no use to us.
    """
    state = told.get("trade_status", "")
    kind, amount = NoticeKind.OTHER, None
    if "gmt_refund" not in told and state in _PAID:
        kind, amount = NoticeKind.CAPTURED, Money.of(told["total_amount"], told.get("trans_currency") or YUAN)
    elif "gmt_refund" not in told and state == "TRADE_CLOSED":
        kind = NoticeKind.FAILED
    return Notice(
        event_id=told["notify_id"],
        kind=kind,
        ours=_ours(told),
        at=moment(told.get("gmt_payment") or told["notify_time"]),
        recipient=recipient(told.get("seller_id") or seller_id, told["app_id"]),
        amount=amount,
        money_ref=told["trade_no"] if amount is not None else "",
        error="closed before the buyer paid" if kind is NoticeKind.FAILED else "",
        raw=raw,
    )


def parts_of(raw: bytes) -> dict[str, str]:
    """The members of an answer, each as the very signs that it consists of, the first of each name. Raises AnswerLost.

    Where a member ends is found by reading it: a brace within a text ends nothing.
    """
    try:
        text = raw.decode()
        return _members(text)
    except (ValueError, IndexError, RecursionError) as error:
        raise AnswerLost("the answer is no JSON") from error


def _members(text: str) -> dict[str, str]:
    place = _past(text, 0, "{")
    found: dict[str, str] = {}
    while text[place] != "}":
        name, place = _SCANNER.raw_decode(text, place)
        begin = _past(text, place, ":")
        _, end = _SCANNER.raw_decode(text, begin)
        found.setdefault(str(name), text[begin:end])
        place = _skipped(text, end)
        if text[place] == ",":
            place = _past(text, place, ",")
    return found


def _past(text: str, place: int, sign: str) -> int:
    """Where something stands after this sign. Raises ValueError and IndexError where the sign is not next."""
    place = _skipped(text, place)
    if text[place] != sign:
        raise ValueError("another sign is expected")
    return _skipped(text, place + 1)


def _skipped(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def text_of(part: str) -> str:
    """A member that is a text; empty for any other."""
    try:
        found = json.loads(part)
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""


def object_of(text: str) -> dict[str, Any]:
    """A member that is an object. Raises AnswerLost."""
    return read_object(text.encode())


def _ours(told: Mapping[str, str]) -> UUID | None:
    return payment_of(told.get("out_trade_no", ""))
