"""What holds of every document that reserves goods and sends them as outbound orders: transfers and goods issues alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import unequal
from houtai.adapters.sql.inventory_tables import reservations
from houtai.adapters.sql.outbound_tables import outbound_lines, outbound_orders
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundKind


def unlike_outbound(
    lines: Table, document_id: ColumnElement[Any], kinds: Sequence[OutboundKind], told_of: ColumnElement[bool] | None = None
) -> Select[Any]:
    """Lines whose document says that other quantities left than its outbound orders of these kinds say.

    `told_of` says which lines go by outbound orders, None for all.
    """
    sent = (
        select(outbound_orders.c.source_id, outbound_lines.c.source_line, literal(0), outbound_lines.c.shipped_qty)
        .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
        .where(
            outbound_orders.c.kind.in_([kind.value for kind in kinds]),
            outbound_orders.c.state.in_(sorted(state.value for state in OUT_OF_THE_HOUSE)),
        )
    )
    told = select(document_id, lines.c.seq, lines.c.shipped_qty, literal(0).label("sent_qty"))
    if told_of is not None:
        told = told.where(told_of)
    return unequal(union_all(told, sent).subquery("sides"), 2)


def unlike_reserved(documents: Table, lines: Table, document_id: ColumnElement[Any], ready: str) -> Select[Any]:
    """Lines that have goods reserved though their document is not in the state `ready`, or more than they want."""
    reserved = (
        select(reservations.c.order_id, reservations.c.line, func.sum(reservations.c.qty).label("qty"))
        .where(reservations.c.state == ReservationState.OPEN.value)
        .group_by(reservations.c.order_id, reservations.c.line)
        .subquery("reserved")
    )
    return (
        select(documents.c.number, documents.c.state, lines.c.seq, lines.c.qty, reserved.c.qty.label("reserved_qty"))
        .join_from(lines, documents, documents.c.id == document_id)
        .join(reserved, and_(reserved.c.order_id == document_id, reserved.c.line == lines.c.seq), isouter=True)
        .where(
            or_(
                and_(documents.c.state != ready, reserved.c.qty.is_not(None)),
                and_(documents.c.state == ready, func.coalesce(reserved.c.qty, 0) > lines.c.qty),
            )
        )
    )
