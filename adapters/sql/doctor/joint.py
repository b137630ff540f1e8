"""Checks on orders that travel together: each is named once, and parcels hold what is told of each (O6, D6)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, distinct, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.ledger import journals
from houtai.adapters.sql.orders_tables import order_lines, orders
from houtai.adapters.sql.outbound_tables import joint_shares, outbound_lines, outbound_orders, parcel_contents, parcels
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.state import OutboundKind

SERVES: Final = func.coalesce(outbound_lines.c.source_id, outbound_orders.c.source_id)
"""Whom a line serves: its own order where several travel together."""

BOOKED = union_all(
    select(
        outbound_orders.c.id.label("document_id"),
        literal("outbound-order").label("document"),
        outbound_orders.c.source_id.label("order_id"),
        outbound_orders.c.warehouse_id,
    ).where(outbound_orders.c.kind == OutboundKind.SALES.value),
    select(joint_shares.c.id, literal("joint-share"), joint_shares.c.source_id, outbound_orders.c.warehouse_id).join_from(
        joint_shares, outbound_orders, outbound_orders.c.id == joint_shares.c.outbound_id
    ),
).subquery("booked")
IS_BOOKED: Final = and_(BOOKED.c.document_id == journals.c.document_id, BOOKED.c.document == journals.c.document)
"""What the journals of an order's goods bear, alone or in a parcel with others."""

_TOGETHER = unequal(
    union_all(
        select(
            outbound_lines.c.outbound_id,
            outbound_lines.c.source_id,
            literal(1).label("lines_say"),
            literal(0).label("shares_say"),
        )
        .where(outbound_lines.c.source_id.is_not(None))
        .distinct(),
        select(joint_shares.c.outbound_id, joint_shares.c.source_id, literal(0), literal(1)),
    ).subquery("sides"),
    2,
)
_NAMED_TWICE = (
    select(outbound_orders.c.number, outbound_orders.c.source_number, outbound_lines.c.seq)
    .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
    .where((outbound_lines.c.source_id.is_(None)) == (outbound_orders.c.source_id.is_(None)))
)
_STRANGERS = (
    select(outbound_orders.c.number, func.count(orders.c.id).label("orders"))
    .join_from(joint_shares, outbound_orders, outbound_orders.c.id == joint_shares.c.outbound_id)
    .join(orders, orders.c.id == joint_shares.c.source_id, isouter=True)
    .group_by(outbound_orders.c.id, outbound_orders.c.number)
    .having(
        or_(
            func.count(distinct(orders.c.customer_id)) != 1,
            func.count(orders.c.customer_id) != func.count(),
            func.count(distinct(orders.c.channel_id)) != 1,
            func.count(distinct(orders.c.currency)) != 1,
        )
    )
)
_UNLIKE_PARCELS = unequal(
    union_all(
        select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.shipped_qty, literal(0).label("parcels_hold")).where(
            order_lines.c.shipped_qty > 0
        ),
        select(SERVES, outbound_lines.c.source_line, literal(0), parcel_contents.c.qty)
        .join_from(parcel_contents, parcels, parcels.c.id == parcel_contents.c.parcel_id)
        .join(outbound_orders, outbound_orders.c.id == parcels.c.outbound_id)
        .join(
            outbound_lines,
            and_(outbound_lines.c.outbound_id == parcels.c.outbound_id, outbound_lines.c.seq == parcel_contents.c.line),
        )
        .where(outbound_orders.c.kind == OutboundKind.SALES.value, parcels.c.state == ParcelState.HANDED_OVER.value),
    ).subquery("sides"),
    2,
)

CHECKS: Final = (
    rows("O6-shares", "the orders that travel in an outbound order are those that its shares name", _TOGETHER),
    rows("O6-one", "an outbound order names its order, or its lines name theirs, never both", _NAMED_TWICE),
    rows("O6-together", "orders that travel together are of one buyer, channel and currency", _STRANGERS),
    rows("O6-parcels", "what the lines of an order have shipped lay in parcels that a carrier has", _UNLIKE_PARCELS),
)
