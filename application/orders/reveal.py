"""Showing a receiver in full: one order at a time, for a reason, as a disclosure in the operation log."""

from __future__ import annotations

import attrs

from houtai.application.audit import Category
from houtai.application.disclosures import Disclosed, note_disclosure
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order, scopes_of
from houtai.application.permission import CHANNEL, MERCHANT, logged_as, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.customers.mask import PERSONAL
from houtai.domain.ids import OrderId


@attrs.frozen
class RevealReceiver:
    """Whose receiver, and what for."""

    order: OrderId
    reason: str = attrs.field(validator=limits.text(3, 500))


@needs("orders.reveal", along=(CHANNEL, MERCHANT), own=True)
@logged_as(Category.DISCLOSURE)
def reveal_receiver(tx: OrdersTx, cmd: RevealReceiver, act: Act) -> Address:
    """Name, phone and address in full. It is a deed and no query, so that each look stands in the log with its reason.

    Raises NotFound, and Forbidden also where the actor's grants hide a part of it.
    """
    order = tx.orders.get(cmd.order)
    demand_order(act, "orders.reveal", order)
    for scope in scopes_of(order):
        act.authority.decide("orders.reveal", scope, at=act.at).demand_shown(PERSONAL)
    note_disclosure(tx, act, Disclosed.SHOWN, "order", record_id=order.id, reason=cmd.reason)
    return order.receiver
