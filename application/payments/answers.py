"""What came of telling and asking a provider: recorded in a transaction of its own, after the call (R-19)."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.payments.capture import take_capture, take_failure
from houtai.application.payments.cases import open_case
from houtai.application.payments.payout import Payout, take_payout, take_payout_refusal
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.refund import lock_refund
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import PaymentId, RefundId
from houtai.domain.payments.answer import GatewayAnswer, Standing
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.payment import Payment, PaymentState
from houtai.domain.payments.refund import Refund, RefundState
from houtai.domain.refusal import NotFound

MAX_ASKS: Final = 12
FIRST_PAUSE_S: Final = 30
LONGEST_PAUSE_S: Final = 3_600


def next_question(at: dt.datetime, asks: int) -> dt.datetime:
    """When to ask after `asks` questions: 30 s, 1 min, 2 min … an hour. Together they span about six hours."""
    return at + dt.timedelta(seconds=min(FIRST_PAUSE_S * 2**asks, LONGEST_PAUSE_S))


@attrs.frozen
class RecordPaymentAnswer:
    """What the provider said about `payment`."""

    payment: PaymentId
    answer: GatewayAnswer


@needs("payments.record-answer")
def record_payment_answer(tx: PaymentsTx, cmd: RecordPaymentAnswer, act: Act) -> Payment:
    """Take a provider's answer, or that there was none: then its outcome is unknown until it is asked. Raises NotFound."""
    payment = tx.payments.lock_one(cmd.payment)
    answer = cmd.answer
    if answer.standing is Standing.DONE and answer.amount is not None:
        take_capture(tx, payment, answer.amount, answer.money_ref, act)
    elif answer.standing is Standing.FAILED:
        take_failure(tx, payment, answer.error, act)
    elif answer.standing is Standing.PENDING:
        _waits(tx, payment, answer, act)
    elif answer.standing is Standing.NOT_KNOWN:
        _forget(tx, payment)
    else:
        _unknown(tx, payment, act)
    return tx.payments.lock_one(cmd.payment)


def _waits(tx: PaymentsTx, payment: Payment, answer: GatewayAnswer, act: Act) -> None:
    """The buyer has not paid yet. Asked a bounded number of times, in case the callback gets lost."""
    if payment.state not in (PaymentState.PENDING, PaymentState.UNKNOWN, PaymentState.EXPIRED):
        return
    ask_at = next_question(act.at, payment.asks) if payment.asks < MAX_ASKS else None
    known = attrs.evolve(
        payment,
        provider_ref=answer.provider_ref or payment.provider_ref,
        pay_url=answer.pay_url or payment.pay_url,
        ask_at=ask_at,
    )
    if payment.state is PaymentState.UNKNOWN:
        known = known.moved(PaymentState.PENDING, ask_at=ask_at, asks=payment.asks)
    elif (known.provider_ref, known.pay_url) != (payment.provider_ref, payment.pay_url):
        known = attrs.evolve(known, version=payment.version + 1)
    tx.payments.save(known)
    if known.version != payment.version:
        write_line(tx, act, "payment", known, "accepted", before=payment.state, details={"ref": known.provider_ref})


def _forget(tx: PaymentsTx, payment: Payment) -> None:
    """The provider never heard of it and is not to hear of it any more: there is nothing to ask."""
    if payment.ask_at is not None:
        tx.payments.save(attrs.evolve(payment, ask_at=None))


def _unknown(tx: PaymentsTx, payment: Payment, act: Act) -> None:
    if payment.state not in (PaymentState.PENDING, PaymentState.UNKNOWN, PaymentState.EXPIRED):
        return
    ask_at: dt.datetime | None = next_question(act.at, payment.asks)
    if payment.asks >= MAX_ASKS:
        ask_at = None
        facts = {"amount": str(payment.amount), "provider": payment.provider, "order": str(payment.order_id)}
        channel = payment.channel_id
        open_case(tx, CaseKind.NO_ANSWER, subject="payment", subject_id=payment.id, facts=facts, channel_id=channel, act=act)
    unknown = attrs.evolve(payment, ask_at=ask_at)
    if payment.state is PaymentState.PENDING:
        unknown = payment.moved(PaymentState.UNKNOWN, ask_at=ask_at, asks=payment.asks)
        write_line(tx, act, "payment", unknown, "no-answer", before=payment.state)
    tx.payments.save(unknown)


@needs("payments.submit-refund")
def submit_refund(tx: PaymentsTx, refund_id: RefundId, act: Act) -> Refund:
    """Mark the refund as told to the provider, just before it is: from here on its outcome is unknown until answered.

    One that is no longer waiting comes back as it is. Raises NotFound.
    """
    held = lock_refund(tx, refund_id)
    if held is None:
        raise NotFound(what="refund", key=str(refund_id))
    _, refund = held
    if refund.state is not RefundState.CREATED:
        return refund
    submitted = refund.moved(RefundState.SUBMITTED, ask_at=next_question(act.at, 0))
    tx.refunds.save(submitted)
    write_line(tx, act, "refund", submitted, "submitted", before=refund.state)
    return submitted


@attrs.frozen
class RecordRefundAnswer:
    """What the provider said about the `attempt` of `refund`."""

    refund: RefundId
    attempt: int
    answer: GatewayAnswer


@needs("payments.record-answer")
def record_refund_answer(tx: PaymentsTx, cmd: RecordRefundAnswer, act: Act) -> Refund:
    """Take a provider's answer, or that there was none. Raises NotFound."""
    held = lock_refund(tx, cmd.refund)
    if held is None:
        raise NotFound(what="refund", key=str(cmd.refund))
    payment, refund = held
    answer = cmd.answer
    if answer.standing is Standing.DONE and answer.amount is not None:
        take_payout(tx, payment, refund, Payout(answer.amount, answer.money_ref, answer.at, cmd.attempt), act)
    elif answer.standing is Standing.FAILED:
        take_payout_refusal(tx, payment, refund, attempt=cmd.attempt, error=answer.error, at=answer.at, act=act)
    elif refund.state is RefundState.SUBMITTED and refund.attempt == cmd.attempt:
        _ask_refund_later(tx, payment, refund, act)
    return tx.refunds.lock_one(cmd.refund)


def _ask_refund_later(tx: PaymentsTx, payment: Payment, refund: Refund, act: Act) -> None:
    ask_at: dt.datetime | None = next_question(act.at, refund.asks)
    if refund.asks >= MAX_ASKS:
        ask_at = None
        facts = {"amount": str(refund.amount), "order": str(refund.order_id), "attempt": refund.attempt}
        open_case(
            tx,
            CaseKind.NO_ANSWER,
            subject="refund",
            subject_id=refund.id,
            facts=facts,
            channel_id=payment.channel_id,
            act=act,
            about=str(refund.attempt),
        )
    tx.refunds.save(attrs.evolve(refund, ask_at=ask_at))
