"""What providers call back with: verified at the door, taken once, compared, and never believed beyond what was asked for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.group import grouped
from houtai.application.payments.ahead import ahead_of_notices
from houtai.application.payments.capture import Result, take_capture, take_failure
from houtai.application.payments.cases import open_case
from houtai.application.payments.payout import Payout, take_payout, take_payout_refusal
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.refund import lock_refund
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, PaymentId, RefundId, derive
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.notice import Notice, NoticeKind, Outcome, ProviderEvent
from houtai.domain.payments.payment import Payment, Tender
from houtai.domain.payments.refund import Refund

_EVENTS: Final = UUID(int=0x4E)  # what cases about a provider's event derive their subject from


@attrs.frozen
class ReceiveNotice:
    """A notice of `provider` whose signature was verified; `recipient` is our account with it."""

    provider: str
    recipient: str
    notice: Notice


@attrs.frozen
class Receipt:
    """What became of a notice; `repeated` if the provider had sent it before."""

    outcome: Outcome
    repeated: bool


@grouped(ahead_of_notices)
@needs("payments.receive-notice")
def receive_notice(tx: PaymentsTx, cmd: ReceiveNotice, act: Act) -> Receipt:
    """Take one notice, once for each event of the provider (M11), in whatever order they come.

    What fits is booked; a wrong amount, currency or recipient opens a case and books nothing, as does money of an
    unknown payment.
    """
    notice = cmd.notice
    payment, refund = _subject(tx, cmd)
    seen = tx.provider_events.find((cmd.provider, notice.event_id))
    if seen is not None:
        _compare(tx, seen, cmd, payment, act)
        return Receipt(seen.outcome, repeated=True)
    outcome, journal = _apply(tx, cmd, payment, refund, act)
    tx.provider_events.add(_record(cmd, outcome, journal, act))
    return Receipt(outcome, repeated=False)


def _subject(tx: PaymentsTx, cmd: ReceiveNotice) -> tuple[Payment | None, Refund | None]:
    """The payment, locked, and the refund, if any, that the notice is about: of this provider, or none."""
    ours = cmd.notice.ours
    if ours is None:
        return None, None
    if cmd.notice.kind in (NoticeKind.REFUNDED, NoticeKind.REFUND_FAILED):
        held = lock_refund(tx, RefundId(ours))
        return held if held is not None and _is_theirs(held[0], cmd.provider) else (None, None)
    payment = tx.payments.lock([PaymentId(ours)]).get(PaymentId(ours))
    return (payment if payment is not None and _is_theirs(payment, cmd.provider) else None), None


def _is_theirs(payment: Payment, provider: str) -> bool:
    return payment.tender is Tender.GATEWAY and payment.provider == provider


def _apply(tx: PaymentsTx, cmd: ReceiveNotice, payment: Payment | None, refund: Refund | None, act: Act) -> Result:
    notice = cmd.notice
    if notice.kind is NoticeKind.OTHER:
        return Outcome.IGNORED, None
    if payment is None:
        _open(tx, CaseKind.UNKNOWN_PAYMENT, cmd, None, act)
        return Outcome.PARKED, None
    if notice.recipient != cmd.recipient:
        _open(tx, CaseKind.WRONG_RECIPIENT, cmd, payment, act)
        return Outcome.CASE, None
    if refund is None:
        return _apply_to_payment(tx, notice, payment, act)
    return _apply_to_refund(tx, notice, payment, refund, act)


def _apply_to_payment(tx: PaymentsTx, notice: Notice, payment: Payment, act: Act) -> Result:
    if notice.amount is None or notice.kind is NoticeKind.FAILED:
        return take_failure(tx, payment, notice.error, act)
    return take_capture(tx, payment, notice.amount, notice.money_ref, act)


def _apply_to_refund(tx: PaymentsTx, notice: Notice, payment: Payment, refund: Refund, act: Act) -> Result:
    if notice.amount is None or notice.kind is NoticeKind.REFUND_FAILED:
        return take_payout_refusal(tx, payment, refund, attempt=notice.attempt, error=notice.error, at=notice.at, act=act)
    return take_payout(tx, payment, refund, Payout(notice.amount, notice.money_ref, notice.at, notice.attempt), act)


def _compare(tx: PaymentsTx, seen: ProviderEvent, cmd: ReceiveNotice, payment: Payment | None, act: Act) -> None:
    """One event id, two stories: the first one stands, a person asks."""
    if not seen.same_news(cmd.notice):
        _open(tx, CaseKind.CHANGED_NOTICE, cmd, payment, act)


def _open(tx: PaymentsTx, kind: CaseKind, cmd: ReceiveNotice, payment: Payment | None, act: Act) -> None:
    notice = cmd.notice
    facts = {
        "provider": cmd.provider,
        "event": notice.event_id,
        "what": notice.kind.value,
        "ours": "" if notice.ours is None else str(notice.ours),
        "reported": "" if notice.amount is None else str(notice.amount),
        "recipient": notice.recipient,
        "ref": notice.money_ref,
    }
    subject_id = derive(_EVENTS, cmd.provider, notice.event_id)
    channel = None if payment is None else payment.channel_id
    open_case(tx, kind, subject="notice", subject_id=subject_id, facts=facts, channel_id=channel, act=act)


def _record(cmd: ReceiveNotice, outcome: Outcome, journal: JournalId | None, act: Act) -> ProviderEvent:
    notice = cmd.notice
    return ProviderEvent(
        provider=cmd.provider,
        event_id=notice.event_id,
        kind=notice.kind,
        ours=notice.ours,
        amount=notice.amount,
        money_ref=notice.money_ref,
        at=notice.at,
        received_at=act.at,
        outcome=outcome,
        journal_id=journal,
        raw=notice.raw,
    )
