"""What units that come back cost when they left, so that the stock takes them in at just that (R-18)."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.aftersales.ports import CLAIMS_OF_ORDER, AftersalesTx
from houtai.application.inventory.issue import DOCUMENT as RESERVATION
from houtai.application.inventory.ports import MOVEMENT_BY_DOCUMENT, RESERVATION_BY_ORDER
from houtai.domain.ids import OrderId
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.money import half_up


@attrs.define
class Outside:
    """Units of one line of an order that are with the buyer, and what they took out of the stock."""

    qty: int = 0
    value_minor: int = 0

    def take(self, qty: int) -> int:
        """What the next so many of them cost; the last ones take all."""
        assert 0 < qty <= self.qty, "no more units come back than are outside"
        worth = self.value_minor if qty == self.qty else half_up(self.value_minor * qty, self.qty)
        self.qty, self.value_minor = self.qty - qty, self.value_minor - worth
        return worth


def outside(tx: AftersalesTx, order_id: OrderId) -> dict[int, Outside]:
    """By line: what shipped, less what came back by claims, and with what these sent to the buyer again.

    A number of statements that does not grow with the lines. The caller holds the order.
    """
    found: dict[int, Outside] = {}
    shipped = [one for one in tx.reservations.by(RESERVATION_BY_ORDER, order_id) if one.state is ReservationState.SHIPPED]
    line_of: dict[UUID, int] = {one.id: one.line for one in shipped}
    for one in shipped:
        found.setdefault(one.line, Outside()).qty += one.qty
    moves = tx.movements.by(MOVEMENT_BY_DOCUMENT, *line_of) if line_of else ()
    for move in moves:
        if move.document == RESERVATION:
            found[line_of[move.document_id]].value_minor -= move.value_minor
    for claim in tx.claims.by(CLAIMS_OF_ORDER, order_id):
        for line in claim.lines:
            held = found.setdefault(line.line, Outside())
            held.qty += line.returned_qty + line.sent_qty - line.received_qty
            held.value_minor += line.sent_minor - line.received_minor
    return found
