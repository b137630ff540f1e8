"""Which outbound orders serve an order, transfer or return: its own, and those in which it travels with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from houtai.application.outbound.ports import OUTBOUND_OF, SHARES_OF, OutboundTx, OutboundViews
from houtai.domain.ids import OutboundId, WarehouseId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundKind

Facts = tuple[OutboundId, str, OutboundKind, WarehouseId, UUID | None]


def orders_of(tx: OutboundTx | OutboundViews, source_id: UUID) -> list[OutboundOrder]:
    """What warehouses send, or sent, for this document, alone or with others, in the order of their ids."""
    return orders_of_each(tx, [source_id])[source_id]


def orders_of_each(tx: OutboundTx | OutboundViews, source_ids: Iterable[UUID]) -> dict[UUID, list[OutboundOrder]]:
    """The same for several documents, in three statements at most."""
    found: dict[UUID, dict[OutboundId, OutboundOrder]] = {source_id: {} for source_id in source_ids}
    if not found:
        return {}
    for order in tx.outbound_orders.by(OUTBOUND_OF, *found):
        if order.source_id is not None:
            found[order.source_id][order.id] = order
    shares = tx.joint_shares.by(SHARES_OF, *found)
    joint = tx.outbound_orders.many(share.outbound_id for share in shares) if shares else {}
    for share in shares:
        found[share.source_id][share.outbound_id] = joint[share.outbound_id]
    return {source_id: [orders[key] for key in sorted(orders)] for source_id, orders in found.items()}


def lock_orders_of(tx: OutboundTx, source_id: UUID) -> list[OutboundOrder]:
    """What serves this document, locked."""
    return list(tx.outbound_orders.lock(order.id for order in orders_of(tx, source_id)).values())


def facts_of(order: OutboundOrder) -> Iterator[Facts]:
    """What an event says about the order, once for each document that it serves: each of them hears of it."""
    for source_id in order.sources:
        yield order.id, order.number, order.kind, order.warehouse_id, source_id
