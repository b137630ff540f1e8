"""Paying back: the request, its further attempts, and what is settled by hand (SM-RF, M4)."""

from __future__ import annotations

import attrs

from houtai.application.ledger.post import post
from houtai.application.ledger.reverse import reverse
from houtai.application.outbox import Message
from houtai.application.payments.cases import open_case
from houtai.application.payments.points import give_points_back
from houtai.application.payments.ports import PaymentsTx
from houtai.application.permission import CHANNEL, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import JournalId, PaymentId, RefundId, derive
from houtai.domain.money import Money
from houtai.domain.payments import postings
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.events import RefundSucceeded
from houtai.domain.payments.payment import Payment, Tender
from houtai.domain.payments.refund import Refund, RefundState
from houtai.domain.payments.refusals import RefundDiffers
from houtai.domain.refusal import NotFound, VersionConflict


def request_refund(tx: PaymentsTx, *, refund_id: RefundId, payment_id: PaymentId, amount: Money, reason: str, act: Act) -> Refund:
    """Owe the buyer `amount` of a payment, and pay it out after the commit. Call it before locking the order.

    The same id again is the same refund. Raises NotFound, RefundOverPayment, RefundOverRest (M4), CurrencyMismatch and
    RefundDiffers.
    """
    return open_refund(tx, tx.payments.lock_one(payment_id), refund_id=refund_id, amount=amount, reason=reason, act=act)


def open_refund(tx: PaymentsTx, payment: Payment, *, refund_id: RefundId, amount: Money, reason: str, act: Act) -> Refund:
    """The same for a payment that is locked already. What was paid in points has gone back when this returns."""
    existing = tx.refunds.find(refund_id)
    if existing is not None:
        if (existing.payment_id, existing.amount) != (payment.id, amount):
            raise RefundDiffers(refund=str(refund_id))
        return existing
    reserved = payment.with_refund(amount)
    refund = Refund(
        id=refund_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=amount,
        reason=reason,
        maker=act.actor,
        created_at=act.at,
    )
    tx.payments.save(reserved)
    write_line(tx, act, "payment", reserved, "refund-requested", before=payment.state, details={"refund": str(refund_id)})
    tx.refunds.add(refund)
    write_line(tx, act, "refund", refund, "requested", before=None, reason=reason)
    post(
        tx,
        id=JournalId(derive(refund_id, "owed")),
        document="refund",
        document_id=refund_id,
        entries=postings.refund_owed(payment, amount),
        memo=reason,
        act=act,
    )
    if payment.tender is Tender.POINTS:
        return give_points_back(tx, reserved, refund, act)
    _tell(tx, payment, refund, act)
    return refund


def _tell(tx: PaymentsTx, payment: Payment, refund: Refund, act: Act) -> None:
    """Have the provider pay it out, or a person where no provider of ours holds the money."""
    if payment.tender is not Tender.GATEWAY:
        facts = {"amount": str(refund.amount), "where": postings.holder(payment), "order": str(refund.order_id)}
        channel = payment.channel_id
        open_case(tx, CaseKind.REFUND_BY_HAND, subject="refund", subject_id=refund.id, facts=facts, channel_id=channel, act=act)
        return
    tx.outbox.add(
        Message(
            id=derive(refund.id, "refund", refund.attempt),
            topic="payments.refund",
            payload={"refund": str(refund.id), "attempt": refund.attempt},
            created_at=act.at,
            due_at=act.at,
        )
    )


@attrs.frozen
class RefundPayment:
    """Pay back `amount` of `payment`."""

    refund: RefundId
    payment: PaymentId
    amount: Money
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("payments.refund", along=(CHANNEL,))
def refund_payment(tx: PaymentsTx, cmd: RefundPayment, act: Act) -> Refund:
    """Pay back by hand, outside of any cancellation. Raises what `request_refund` raises, and Forbidden past ``refund_minor``."""
    payment = tx.payments.lock_one(cmd.payment)
    _demand(payment, "payments.refund", act, cmd.amount.minor)
    return open_refund(tx, payment, refund_id=cmd.refund, amount=cmd.amount, reason=cmd.reason, act=act)


@attrs.frozen
class MoveRefund:
    """Do something with a refund as the caller saw it; `reason` says why."""

    refund: RefundId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("payments.retry-refund", along=(CHANNEL,))
def retry_refund(tx: PaymentsTx, cmd: MoveRefund, act: Act) -> Refund:
    """A new attempt after the provider refused the last one. Raises NotFound, VersionConflict and IllegalMove."""
    payment, refund = _locked(tx, cmd, "payments.retry-refund", act)
    again = refund.tried_again()
    tx.refunds.save(again)
    write_line(tx, act, "refund", again, "tried-again", before=refund.state, reason=cmd.reason)
    _tell(tx, payment, again, act)
    return again


@needs("payments.cancel-refund", along=(CHANNEL,))
def cancel_refund(tx: PaymentsTx, cmd: MoveRefund, act: Act) -> Refund:
    """It is not owed after all, and not on its way. Raises NotFound, VersionConflict and IllegalMove."""
    payment, refund = _locked(tx, cmd, "payments.cancel-refund", act)
    cancelled = refund.moved(RefundState.CANCELLED)
    freed = payment.without_refund(refund.amount)
    tx.refunds.save(cancelled)
    write_line(tx, act, "refund", cancelled, "cancelled", before=refund.state, reason=cmd.reason)
    tx.payments.save(freed)
    write_line(tx, act, "payment", freed, "refund-cancelled", before=payment.state, details={"refund": str(refund.id)})
    owed, not_owed = JournalId(derive(refund.id, "owed")), JournalId(derive(refund.id, "not-owed"))
    reverse(tx, owed, reversal=not_owed, reason=cmd.reason, act=act)
    return cancelled


@needs("payments.settle-refund", along=(CHANNEL,))
def settle_refund(tx: PaymentsTx, cmd: MoveRefund, act: Act) -> Refund:
    """It was paid out by other means. Not by whoever asked for it: Forbidden. Raises NotFound, VersionConflict, IllegalMove."""
    payment, refund = _locked(tx, cmd, "payments.settle-refund", act, by_another=True)
    settled = refund.moved(RefundState.MANUAL)
    back = payment.paid_back(refund.amount)
    tx.refunds.save(settled)
    write_line(tx, act, "refund", settled, "settled-by-hand", before=refund.state, reason=cmd.reason)
    tx.payments.save(back)
    write_line(tx, act, "payment", back, "refunded", before=payment.state, details={"refund": str(refund.id)})
    post(
        tx,
        id=JournalId(derive(refund.id, "by-hand")),
        document="refund",
        document_id=refund.id,
        entries=postings.refunded(payment, refund.amount),
        memo=cmd.reason,
        act=act,
    )
    amount = refund.amount
    tx.emit(RefundSucceeded(refund.id, refund.payment_id, refund.order_id, amount.minor, amount.currency))
    return settled


def lock_refund(tx: PaymentsTx, refund_id: RefundId) -> tuple[Payment, Refund] | None:
    """A refund's payment and the refund, locked in this order, since M4 is held on the payment. None where there is none."""
    known = tx.refunds.find(refund_id)
    if known is None:
        return None
    payment = tx.payments.lock_one(known.payment_id)
    return payment, tx.refunds.lock_one(refund_id)


def _locked(tx: PaymentsTx, cmd: MoveRefund, verb: str, act: Act, *, by_another: bool = False) -> tuple[Payment, Refund]:
    held = lock_refund(tx, cmd.refund)
    if held is None:
        raise NotFound(what="refund", key=str(cmd.refund))
    payment, refund = held
    _demand(payment, verb, act, refund.amount.minor, refund if by_another else None, refund.id)
    if refund.version != cmd.expected_version:
        raise VersionConflict(
            what="refund", key=str(refund.id), expected_version=cmd.expected_version, current_version=refund.version
        )
    return payment, refund


def _demand(
    payment: Payment, verb: str, act: Act, amount_minor: int, made: Refund | None = None, refund_id: RefundId | None = None
) -> None:
    demand_payment(payment, verb, act, refund=refund_id)
    scope = Scope(channel=payment.channel_id or HOUSE)
    act.demand(verb, scope, amounts={"refund_minor": amount_minor}, maker=None if made is None else made.maker)


def demand_payment(payment: Payment, verb: str, act: Act, *, refund: RefundId | None = None) -> None:
    """Refuse with NotFound, as if there were no such payment (or `refund`), where it lies outside of what the verb reaches."""
    what, key = ("payment", str(payment.id)) if refund is None else ("refund", str(refund))
    demand_within(act, verb, what, key, channel=payment.channel_id or HOUSE)
