"""Locking an order for a deed: its payments first where money moves with it, then the order, as the caller saw it."""

from __future__ import annotations

from houtai.application.orders.ports import OrdersTx
from houtai.application.payments.ports import OF_ORDER
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order
from houtai.domain.refusal import VersionConflict


def lock_with_payments(tx: OrdersTx, order_id: OrderId) -> Order:
    """The order, locked after its payments: in the same order as a provider's notice takes them. Raises NotFound."""
    tx.payments.lock_by(OF_ORDER, order_id)
    return tx.orders.lock_one(order_id)


def demand_version(order: Order, expected_version: int | None) -> None:
    """Refuse with VersionConflict unless the order is as the caller saw it; None is however it stands."""
    if expected_version is not None and order.version != expected_version:
        raise VersionConflict(what="order", key=str(order.id), expected_version=expected_version, current_version=order.version)
