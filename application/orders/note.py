"""Notes that people of the house write on an order; buyers never see them."""

from __future__ import annotations

import attrs

from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.orders.order import Order


@attrs.frozen
class AddNote:
    """A note with its author and time; it stands in the order's timeline for good."""

    order: OrderId
    text: str = attrs.field(validator=limits.text(1, 2_000))


@needs("orders.note", along=(CHANNEL, MERCHANT), own=True)
def add_note(tx: OrdersTx, cmd: AddNote, act: Act) -> Order:
    """Write the note. Raises NotFound, Forbidden."""
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.note", order)
    noted = order.edited()
    tx.orders.save(noted)
    write_line(tx, act, "order", noted, "note", before=order.state, details={"text": cmd.text})
    return noted
