"""Money comes in, or does not: what a provider's report does to a payment, whichever way it reached us."""

from __future__ import annotations

from houtai.application.ledger.post import post
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.refund import open_refund
from houtai.application.payments.request import capture_journal
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, RefundId, derive
from houtai.domain.money import Money
from houtai.domain.payments import postings
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import ExcessCaptured, PaymentCaptured, PaymentFailed
from houtai.domain.payments.notice import Outcome
from houtai.domain.payments.payment import Payment, PaymentState, Verdict

Result = tuple[Outcome, JournalId | None]

_CASES = {Verdict.WRONG_AMOUNT: CaseKind.WRONG_AMOUNT, Verdict.WRONG_CURRENCY: CaseKind.WRONG_CURRENCY}


def take_capture(tx: PaymentsTx, payment: Payment, amount: Money, ref: str, act: Act) -> Result:
    """Book captured money on the locked `payment`, once for each `ref`.

    Another amount or currency books nothing and opens a case; money that came in twice is booked and goes back.
    """
    verdict = payment.judge(amount, ref)
    if verdict is Verdict.REPEATED:
        return Outcome.REPEATED, None
    if verdict in _CASES:
        facts = {"asked": str(payment.amount), "reported": str(amount), "ref": ref, "order": str(payment.order_id)}
        open_case(
            tx,
            _CASES[verdict],
            subject="payment",
            subject_id=payment.id,
            facts=facts,
            channel_id=payment.channel_id,
            act=act,
            about=ref,
        )
        return Outcome.CASE, None
    captured = payment.captured(ref, act.at)
    tx.payments.save(captured)
    event = "captured" if verdict is Verdict.FIRST else "captured-again"
    write_line(tx, act, "payment", captured, event, before=payment.state, details={"ref": ref})
    journal = post(
        tx,
        id=capture_journal(payment.id, ref),
        document="payment",
        document_id=payment.id,
        entries=postings.captured(payment, amount),
        memo=f"captured by {payment.provider}",
        act=act,
    )
    if verdict is Verdict.FIRST:
        tx.emit(PaymentCaptured(payment.id, payment.order_id, amount.minor, amount.currency))
        return Outcome.APPLIED, journal.id
    refund_id = RefundId(derive(payment.id, "excess", len(captured.captures)))
    open_refund(tx, captured, refund_id=refund_id, amount=amount, reason="paid twice", act=act)
    tx.emit(ExcessCaptured(payment.id, payment.order_id, refund_id, amount.minor, amount.currency))
    return Outcome.EXCESS, journal.id


def take_failure(tx: PaymentsTx, payment: Payment, error: str, act: Act) -> Result:
    """The provider definitely did not collect the locked `payment`; what is captured or over stays so."""
    if payment.state not in (PaymentState.PENDING, PaymentState.UNKNOWN):
        return Outcome.OUTDATED, None
    failed = payment.moved(PaymentState.FAILED, error=error)
    tx.payments.save(failed)
    write_line(tx, act, "payment", failed, "failed", before=payment.state, reason=error[:500])
    tx.emit(PaymentFailed(payment.id, payment.order_id, failed.error))
    return Outcome.APPLIED, None
