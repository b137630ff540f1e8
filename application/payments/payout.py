"""A refund goes out, or is refused: what a provider's report does to it, whichever way it reached us (SM-RF)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from houtai.application.ledger.post import post
from houtai.application.ledger.reverse import reverse
from houtai.application.payments.capture import Result
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import PaymentsTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, derive
from houtai.domain.money import Money
from houtai.domain.payments import postings
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import RefundFailed, RefundSucceeded
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import Payment
from houtai.domain.payments.refund import Refund, RefundState


@attrs.frozen
class Payout:
    """Money that the provider says went out at `at` for an attempt; two reports with one `ref` are about the same money."""

    amount: Money
    ref: str
    at: dt.datetime
    attempt: int


def take_payout(tx: PaymentsTx, payment: Payment, refund: Refund, payout: Payout, act: Act) -> Result:
    """Book a payout on the locked refund, once for each `ref`; news older than what counts already changes nothing.

    What counts was said of an earlier attempt where this one is still under way: then no clock has to tell the two apart.
    Another amount books nothing and opens a case, and so does money that went out a second time.
    """
    facts = {"owed": str(refund.amount), "reported": str(payout.amount), "ref": payout.ref, "state": refund.state.value}
    if payout.amount != refund.amount:
        _ask_person(tx, CaseKind.REFUND_DIFFERS, payment, refund, facts, act, about=payout.ref)
        return Outcome.CASE, None
    if refund.state in (RefundState.SUCCEEDED, RefundState.MANUAL, RefundState.CANCELLED):
        if refund.provider_ref == payout.ref:
            return _confirmed(tx, refund, payout.at)
        _ask_person(tx, CaseKind.REFUND_TWICE, payment, refund, facts, act, about=payout.ref)
        return Outcome.CASE, None
    under_way = refund.attempt == payout.attempt and refund.state is not RefundState.FAILED
    if refund.told_at is not None and payout.at <= refund.told_at and not under_way:
        return Outcome.OUTDATED, None
    paid = refund.paid(payout.at, payout.ref)
    back = payment.paid_back(refund.amount)
    tx.refunds.save(paid)
    write_line(tx, act, "refund", paid, "succeeded", before=refund.state, details={"ref": payout.ref})
    tx.payments.save(back)
    write_line(tx, act, "payment", back, "refunded", before=payment.state, details={"refund": str(refund.id)})
    journal = post(
        tx,
        id=paid.journal_id or JournalId(refund.id),
        document="refund",
        document_id=refund.id,
        entries=postings.refunded(payment, refund.amount),
        memo=f"refunded by {payment.provider}",
        act=act,
    )
    tx.emit(RefundSucceeded(refund.id, payment.id, refund.order_id, refund.amount.minor, refund.amount.currency))
    return Outcome.APPLIED, journal.id


def take_payout_refusal(
    tx: PaymentsTx, payment: Payment, refund: Refund, *, attempt: int, error: str, at: dt.datetime, act: Act
) -> Result:
    """The provider refuses an attempt of the locked refund, or takes back that it paid: then its posting is reversed.

    We owe the money still, and a case is open for it.
    """
    if refund.state is RefundState.FAILED and attempt == refund.attempt:
        return _confirmed(tx, refund, at)
    stands = refund.state in (RefundState.SUBMITTED, RefundState.SUCCEEDED) and attempt == refund.attempt
    if not stands or (refund.told_at is not None and at < refund.told_at):
        return Outcome.OUTDATED, None
    refused = refund.refused(at, error)
    tx.refunds.save(refused)
    write_line(tx, act, "refund", refused, "failed", before=refund.state, reason=error[:500])
    journal: JournalId | None = None
    if refund.state is RefundState.SUCCEEDED and refund.journal_id is not None:
        owing = payment.paid_back(-refund.amount)
        tx.payments.save(owing)
        write_line(tx, act, "payment", owing, "refund-came-back", before=payment.state, details={"refund": str(refund.id)})
        journal = JournalId(derive(refund.journal_id, "came-back"))
        reverse(tx, refund.journal_id, reversal=journal, reason="the provider took its word back", act=act)
    facts = {"amount": str(refund.amount), "error": refused.error, "attempt": attempt, "order": str(refund.order_id)}
    _ask_person(tx, CaseKind.REFUND_FAILED, payment, refund, facts, act, about=str(refused.version))
    amount = refund.amount
    tx.emit(RefundFailed(refund.id, payment.id, refund.order_id, amount.minor, amount.currency, refused.error))
    return Outcome.APPLIED, journal


def _ask_person(
    tx: PaymentsTx, kind: CaseKind, payment: Payment, refund: Refund, facts: Mapping[str, Any], act: Act, *, about: str
) -> None:
    channel = payment.channel_id
    open_case(tx, kind, subject="refund", subject_id=refund.id, facts=facts, channel_id=channel, act=act, about=about)


def _confirmed(tx: PaymentsTx, refund: Refund, at: dt.datetime) -> Result:
    """Nothing new, but news of a later moment: what happened before it no longer counts."""
    if refund.told_at is not None and at > refund.told_at:
        tx.refunds.save(attrs.evolve(refund, told_at=at))
    return Outcome.REPEATED, None
