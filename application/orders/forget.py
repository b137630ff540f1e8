"""Letting go of a person who was erased: the receiver of an order that has ended, when nothing goes to them any more."""

from __future__ import annotations

from houtai.application.orders.ports import OrdersTx
from houtai.application.outbound.forget import forget_receiver
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.ids import CustomerId
from houtai.domain.orders.order import Order, forget
from houtai.domain.orders.state import ENDED

REASON = "the buyer was erased"


def is_erased(tx: OrdersTx, customer_id: CustomerId | None) -> bool:
    """Whether the buyer was erased; of a sale to nobody known, never."""
    buyer = None if customer_id is None else tx.customers.find(customer_id)
    return buyer is not None and buyer.state is CustomerState.ERASED


def forget_buyer(tx: OrdersTx, order: Order, act: Act) -> None:
    """Take the person out of an order that has ended, once; for callers above, who know whether goods still go there."""
    if order.state not in ENDED or order.forgotten:
        return
    forget_receiver(tx, order.id, REASON, act)
    forgotten = forget(order)
    tx.orders.save(forgotten)
    write_line(tx, act, "order", forgotten, "buyer-erased", before=order.state, reason=REASON)
