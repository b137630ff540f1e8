"""Lines of a walk that are passed over, because their orders were stopped while it was walked."""

from __future__ import annotations

from houtai.application.outbound.ports import OutboundTx
from houtai.domain.ids import OutboundId
from houtai.domain.outbound.picking import Picking


def passed_over(tx: OutboundTx, picking: Picking) -> frozenset[OutboundId]:
    """The orders whose lines would be next, had they not been stopped; looked at unlocked, and none is ever taken up again."""
    stopped: set[OutboundId] = set()
    while True:
        ahead = orders_at(picking.without(stopped)[0])
        found = {order.id for order in tx.outbound_orders.many(ahead).values() if order.stopped}
        if not found:
            return frozenset(stopped)
        stopped |= found


def orders_at(picking: Picking) -> frozenset[OutboundId]:
    """Whose units the current line, and every other line of the same goods at the same place, are."""
    line = picking.line
    if line is None:
        return frozenset()
    return frozenset(share.outbound_id for one in picking.lines if one.stock == line.stock for share in one.shares)
