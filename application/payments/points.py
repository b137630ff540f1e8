"""Payments in points: captured as they are made, and given back as points, both within the deed and without a gateway (R-7)."""

from __future__ import annotations

from houtai.application.ledger.post import post
from houtai.application.payments.ports import PaymentsTx
from houtai.application.payments.request import record_captured
from houtai.application.points.pay import return_points, spend_points
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, JournalId, OrderId, PaymentId
from houtai.domain.money import Money
from houtai.domain.payments import postings
from houtai.domain.payments.events import RefundSucceeded
from houtai.domain.payments.payment import POINTS_PROVIDER, Payment, Tender
from houtai.domain.payments.refund import Refund
from houtai.domain.payments.refusals import PaymentDiffers


def pay_with_points(
    tx: PaymentsTx,
    *,
    payment_id: PaymentId,
    order_id: OrderId,
    amount: Money,
    act: Act,
    channel_id: ChannelId | None,
    customer_id: CustomerId | None,
) -> Payment:
    """One tender of the order, paid at once with the customer's points; like what a channel collected it is not announced.

    Raises PaymentDiffers for an id that is taken, PointsNeedCustomer, NoPointsHere and PointsShort.
    """
    if tx.payments.find(payment_id) is not None:
        raise PaymentDiffers(payment=str(payment_id))
    spend_points(tx, payment_id, customer_id, amount, act)
    return record_captured(
        tx,
        payment_id=payment_id,
        order_id=order_id,
        amount=amount,
        provider=POINTS_PROVIDER,
        act=act,
        tender=Tender.POINTS,
        ref=str(payment_id),
        channel_id=channel_id,
        customer_id=customer_id,
    )


def give_points_back(tx: PaymentsTx, payment: Payment, refund: Refund, act: Act) -> Refund:
    """The points of a refund that was just opened go back: it has succeeded, and nobody can take that back later."""
    assert payment.customer_id is not None, "whoever paid with points is known"
    return_points(tx, payment.id, payment.customer_id, refund.id, refund.amount, refund.reason, act)
    paid = refund.paid(act.at, str(refund.id))
    back = payment.paid_back(refund.amount)
    tx.refunds.save(paid)
    write_line(tx, act, "refund", paid, "succeeded", before=refund.state)
    tx.payments.save(back)
    write_line(tx, act, "payment", back, "refunded", before=payment.state, details={"refund": str(refund.id)})
    post(
        tx,
        id=paid.journal_id or JournalId(refund.id),
        document="refund",
        document_id=refund.id,
        entries=postings.refunded(payment, refund.amount),
        memo="given back as points",
        act=act,
    )
    amount = refund.amount
    tx.emit(RefundSucceeded(refund.id, payment.id, refund.order_id, amount.minor, amount.currency))
    return paid
