"""Asking for money: the payment is written here, the provider hears of it after the commit."""

from __future__ import annotations

from houtai.application.ledger.post import post
from houtai.application.outbox import Message
from houtai.application.payments.ports import OF_ORDER, PaymentsTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, JournalId, OrderId, PaymentId, derive
from houtai.domain.money import Money
from houtai.domain.payments import postings
from houtai.domain.payments.payment import Payment, PaymentState, Tender
from houtai.domain.payments.refusals import PaymentDiffers


def request_payment(
    tx: PaymentsTx,
    *,
    payment_id: PaymentId,
    order_id: OrderId,
    amount: Money,
    provider: str,
    act: Act,
    channel_id: ChannelId | None = None,
    customer_id: CustomerId | None = None,
) -> Payment:
    """A payment of `amount` through `provider`, one tender of the order; several may stand side by side.

    The same id again is the same payment. Raises PaymentDiffers, and InvalidValue for an amount of nothing.
    """
    payment = Payment(
        id=payment_id,
        order_id=order_id,
        channel_id=channel_id,
        customer_id=customer_id,
        tender=Tender.GATEWAY,
        provider=provider,
        amount=amount,
        created_at=act.at,
    )
    existing = _existing(tx, payment)
    if existing is not None:
        return existing
    tx.payments.add(payment)
    write_line(tx, act, "payment", payment, "requested", before=None)
    tx.outbox.add(
        Message(
            id=derive(payment_id, "create"),
            topic="payments.create",
            payload={"payment": str(payment_id)},
            created_at=act.at,
            due_at=act.at,
        )
    )
    return payment


def record_captured(
    tx: PaymentsTx,
    *,
    payment_id: PaymentId,
    order_id: OrderId,
    amount: Money,
    provider: str,
    act: Act,
    tender: Tender,
    ref: str,
    channel_id: ChannelId | None = None,
    customer_id: CustomerId | None = None,
) -> Payment:
    """A payment that somebody has collected for us already: a channel's order comes paid, a platform adds its subsidy.

    It is booked at once, and not announced: whoever records it knows. The same id again is the same payment.
    Raises PaymentDiffers, and InvalidValue for an amount of nothing.
    """
    asked = Payment(
        id=payment_id,
        order_id=order_id,
        channel_id=channel_id,
        customer_id=customer_id,
        tender=tender,
        provider=provider,
        amount=amount,
        created_at=act.at,
        version=0,
    )
    existing = _existing(tx, asked)
    if existing is not None:
        return existing
    payment = asked.captured(ref, act.at)
    post(
        tx,
        id=capture_journal(payment.id, ref),
        document="payment",
        document_id=payment.id,
        entries=postings.captured(payment, amount),
        memo="collected for us",
        act=act,
    )
    tx.payments.add(payment)
    write_line(tx, act, "payment", payment, "captured", before=None)
    return payment


def capture_journal(payment_id: PaymentId, ref: str) -> JournalId:
    """The one journal that may book this money, whoever reports it (M11)."""
    return JournalId(derive(payment_id, "capture", ref))


def expire_payments(tx: PaymentsTx, order_id: OrderId, act: Act) -> tuple[Payment, ...]:
    """The order waits no longer: its pending payments expire. Money that comes all the same is announced as ever.

    One of unknown outcome stays unknown and is asked about. Call it before locking the order.
    """
    expired = []
    for payment in tx.payments.lock_by(OF_ORDER, order_id):
        if payment.state is PaymentState.PENDING:
            moved = payment.moved(PaymentState.EXPIRED, ask_at=payment.ask_at, asks=payment.asks)
            tx.payments.save(moved)
            write_line(tx, act, "payment", moved, "expired", before=payment.state)
            expired.append(moved)
    return tuple(expired)


def _existing(tx: PaymentsTx, payment: Payment) -> Payment | None:
    existing = tx.payments.find(payment.id)
    if existing is None:
        return None
    asked = ("order_id", "channel_id", "customer_id", "tender", "provider", "amount")
    if any(getattr(existing, name) != getattr(payment, name) for name in asked):
        raise PaymentDiffers(payment=str(payment.id))
    return existing
