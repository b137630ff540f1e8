"""What payments announce; orders and after-sales decide what follows."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import OrderId, PaymentId, RefundId


@attrs.frozen
class PaymentCaptured(Event):
    """The whole amount of one payment came in, perhaps after the order expired or was cancelled. Once for each payment."""

    payment_id: PaymentId
    order_id: OrderId
    amount_minor: int
    currency: str


@attrs.frozen
class ExcessCaptured(Event):
    """The same payment came in a second time; its refund is under way already."""

    payment_id: PaymentId
    order_id: OrderId
    refund_id: RefundId
    amount_minor: int
    currency: str


@attrs.frozen
class PaymentFailed(Event):
    """The provider definitely said no; the buyer may try another payment."""

    payment_id: PaymentId
    order_id: OrderId
    error: str


@attrs.frozen
class RefundSucceeded(Event):
    """The money went back, through the provider or by hand."""

    refund_id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    amount_minor: int
    currency: str


@attrs.frozen
class RefundFailed(Event):
    """The provider definitely said no, perhaps after it had said yes; a case is open and we still owe the money."""

    refund_id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    amount_minor: int
    currency: str
    error: str
