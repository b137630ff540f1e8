"""Letting go of a person who was erased: from ended orders at once, from those under way as soon as they end."""

from __future__ import annotations

from houtai.application.orders.ports import ORDER_BY_CUSTOMER, OrdersTx
from houtai.application.outbound.forget import forget_receiver
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.customers.events import CustomerErased
from houtai.domain.orders.events import OrderEvent
from houtai.domain.orders.order import Order, forget
from houtai.domain.orders.state import ENDED

REASON = "the buyer was erased"


def on_customer_erased(tx: OrdersTx, event: CustomerErased, act: Act) -> None:
    """Take the person out of every order of theirs that has ended. All of them are locked: none ends unseen meanwhile."""
    for order in tx.orders.lock_by(ORDER_BY_CUSTOMER, event.customer_id):
        _forget(tx, order, act)


def on_order_ended(tx: OrdersTx, event: OrderEvent, act: Act) -> None:
    """Take the person out of an order that has ended, if its buyer was erased while it was under way."""
    order = tx.orders.lock_one(event.order_id)
    buyer = None if order.customer_id is None else tx.customers.find(order.customer_id)
    if buyer is not None and buyer.state is CustomerState.ERASED:
        _forget(tx, order, act)


def _forget(tx: OrdersTx, order: Order, act: Act) -> None:
    if order.state not in ENDED or order.forgotten:
        return
    forget_receiver(tx, order.id, REASON, act)
    forgotten = forget(order)
    tx.orders.save(forgotten)
    write_line(tx, act, "order", forgotten, "buyer-erased", before=order.state, reason=REASON)
