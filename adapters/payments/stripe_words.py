"""What Stripe's objects say, in our terms: sessions, intents, refunds, events and lines of its balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from houtai.adapters.payments.names import payment_of, refund_of
from houtai.domain.money import Money
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.bill import BillKind, BillLine
from houtai.domain.payments.notice import Notice, NoticeKind

OTHER_UNITS: Final = frozenset({"ISK", "MGA", "UGX"})  # Stripe's smallest unit of these is not that of ISO 4217
_REFUNDS: Final = {"succeeded": Standing.DONE, "failed": Standing.FAILED, "canceled": Standing.FAILED}
_REFUND_EVENTS: Final = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_LINES: Final = {
    "charge": BillKind.CAPTURED,
    "payment": BillKind.CAPTURED,
    "refund": BillKind.REFUNDED,
    "payment_refund": BillKind.REFUNDED,
}
Object = Mapping[str, Any]


def recipient(account_id: str, *, live: bool) -> str:
    """Our account; what happens in its test mode is not our money."""
    return account_id if live else f"{account_id} (test)"


def of_session(session: Object, now: dt.datetime) -> GatewayAnswer:
    """How the page stands, or the payment on it."""
    intent = session.get("payment_intent")
    if isinstance(intent, dict) and intent.get("status") == "succeeded":
        return of_intent(intent, now)
    ref = str(session["id"])
    if session.get("status") == "expired":
        return GatewayAnswer(Standing.FAILED, now, ref, error="the page expired before the buyer paid")
    return GatewayAnswer(Standing.PENDING, now, ref, pay_url=session.get("url") or "")


def of_intent(intent: Object, now: dt.datetime) -> GatewayAnswer:
    """How a payment stands. Its intent is captured at most once, so that it names the money."""
    ref = str(intent["id"])
    if intent["status"] == "succeeded":
        charge = intent.get("latest_charge")
        at = charge["created"] if isinstance(charge, dict) else intent["created"]
        amount = _money(intent["amount_received"], intent["currency"])
        return GatewayAnswer(Standing.DONE, _moment(at), ref, ref, amount)
    if intent["status"] == "canceled":
        return GatewayAnswer(Standing.FAILED, now, ref, error=f"cancelled: {intent.get('cancellation_reason') or ''}")
    return GatewayAnswer(Standing.PENDING, now, ref)


def of_refund(refund: Object, now: dt.datetime) -> GatewayAnswer:
    """How a refund stands. Its failure bears no time with Stripe: it is as of now."""
    ref, standing = str(refund["id"]), _REFUNDS.get(str(refund["status"]), Standing.PENDING)
    if standing is Standing.DONE:
        amount = _money(refund["amount"], refund["currency"])
        return GatewayAnswer(standing, _moment(refund["created"]), ref, ref, amount)
    return GatewayAnswer(standing, now, ref, error=str(refund.get("failure_reason") or ""))


def notice(raw: str, event: Object, account_id: str) -> Notice:
    """A verified event. Raises KeyError, TypeError, ValueError and refusals for one that is not as Stripe's are."""
    told: Object = event["data"]["object"]
    kind = _kind(str(event["type"]), told)
    ours, attempt = _ours(kind, told)
    amount: Money | None = None
    if kind in (NoticeKind.CAPTURED, NoticeKind.REFUNDED):
        minor = told["amount_received"] if kind is NoticeKind.CAPTURED else told["amount"]
        amount = _money(minor, told["currency"])
    return Notice(
        event_id=event["id"],
        kind=kind,
        ours=ours,
        at=_moment(event["created"]),
        recipient=recipient(event.get("account") or account_id, live=event["livemode"] is True),
        amount=amount,
        money_ref=str(told["id"]) if amount is not None else "",
        attempt=attempt,
        error=str(told.get("failure_reason") or told.get("cancellation_reason") or ""),
        raw=raw,
    )


def bill_line(told: Object) -> BillLine:
    """One movement of the balance, with what it moved as the buyer saw it; the fee is in the balance's currency."""
    kind = _LINES.get(told["type"], BillKind.OTHER)
    at, fee = _moment(told["created"]), _money(told["fee"], told["currency"])
    source = told.get("source")
    if kind is BillKind.OTHER or not isinstance(source, dict):
        return BillLine(BillKind.OTHER, at, None, str(told["id"]), _money(told["amount"], told["currency"]), fee)
    ours, attempt = _ours(NoticeKind.CAPTURED if kind is BillKind.CAPTURED else NoticeKind.REFUNDED, source)
    ref = str((source.get("payment_intent") if kind is BillKind.CAPTURED else "") or source["id"])
    return BillLine(kind, at, ours, ref, _money(source["amount"], source["currency"]), fee, attempt)


def _kind(event: str, told: Object) -> NoticeKind:
    """A failed try on a page says nothing: the buyer may try again until the page expires."""
    if event == "payment_intent.succeeded":
        return NoticeKind.CAPTURED
    if event in ("payment_intent.canceled", "checkout.session.expired"):
        return NoticeKind.FAILED
    if event in _REFUND_EVENTS:
        standing = _REFUNDS.get(str(told.get("status")), Standing.PENDING)
        return {Standing.DONE: NoticeKind.REFUNDED, Standing.FAILED: NoticeKind.REFUND_FAILED}.get(standing, NoticeKind.OTHER)
    return NoticeKind.OTHER


def _ours(kind: NoticeKind, told: Object) -> tuple[UUID | None, int]:
    metadata = told.get("metadata") or {}
    if kind in (NoticeKind.REFUNDED, NoticeKind.REFUND_FAILED):
        return refund_of(str(metadata.get("refund", "")))
    return payment_of(str(metadata.get("payment", ""))), 1


def _money(minor: int, currency: str) -> Money:
    return Money(minor, str(currency).upper())


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
