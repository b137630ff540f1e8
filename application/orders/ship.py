"""What orders do when their goods leave, come back or arrive: facets, books, the channel's callback (F-2, SM-SO, SM-FO)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.application.ledger.post import post
from houtai.application.orders.ports import OrdersTx, Timer, due_moment
from houtai.application.orders.reach import demand_order
from houtai.application.outbound.serving import orders_of
from houtai.application.outbox import Message
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, OrderId, derive
from houtai.domain.orders.events import OrderCompleted, OrderShipped
from houtai.domain.orders.order import Order
from houtai.domain.orders.refusals import NotDueYet, StillClaimed
from houtai.domain.orders.shipping import UnitsOut, all_shipped, completed, cost_entries, sale_entries, ship, together
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.events import ManifestClosed, OutboundCancelled, OutboundDelivered, OutboundShipped
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundKind, OutboundState

TOPIC: Final = "channels.push-shipment"
DOCUMENT: Final = "outbound-order"
SHARE: Final = "joint-share"
"""What journals name where orders travel together: each posts its own part."""
WINDOW: Final = dt.timedelta(days=7)
"""After the last delivery, in which the buyer may still complain before an order is closed."""


def on_manifest_closed(tx: OrdersTx, event: ManifestClosed, act: Act) -> None:
    """Lock the orders behind a manifest and look for their journals, in one statement each, before its parcels are posted."""
    del act
    orders = tx.orders.lock(OrderId(source_id) for source_id in event.source_ids)
    currencies = sorted({order.currency for order in orders.values()})
    tx.journals.ahead(
        journal
        for document_id in event.document_ids
        for journal in (revenue_journal(document_id), *(cost_journal(document_id, currency) for currency in currencies))
    )


def on_outbound_shipped(tx: OrdersTx, event: OutboundShipped, act: Act) -> None:
    """Units of a sale left: cost and revenue are posted, the lines say so, the channel is told once (R-4, R-18, R-19, R-20).

    Raises IllegalMove for an order that is not with a warehouse any more, PeriodClosed.
    """
    if event.kind is not OutboundKind.SALES or event.source_id is None:
        return
    before = tx.orders.lock_one(OrderId(event.source_id))
    units = [UnitsOut(one.source_line, one.qty, one.cost_minor, one.currency) for one in event.goods]
    after, brought = ship(before, units)
    tx.orders.save(after)
    lines = together(units)
    details = {"outbound": event.number, "lines": {str(seq): qty for seq, qty in lines.items()}, "waybills": list(event.waybills)}
    write_line(tx, act, "order", after, "shipped", before=before.state, details=details)
    for currency, entries in cost_entries(before, units).items():
        _post(tx, cost_journal(event.document_id, currency), event, entries, "cost of goods", act)
    if entries := sale_entries(before, brought):
        _post(tx, revenue_journal(event.document_id), event, entries, "sale", act)
    if after.external_id:
        _tell_channel(tx, after, event, lines, act)
    tx.emit(
        OrderShipped(
            after.id, after.channel_id, event.outbound_id, tuple(lines.items()), event.carrier, event.waybills, all_shipped(after)
        )
    )


def revenue_journal(document_id: UUID) -> JournalId:
    """The id of the journal in which the sale of an outbound order, or of an order's share in it, stands."""
    return JournalId(derive(document_id, "sale"))


def cost_journal(document_id: UUID, currency: str) -> JournalId:
    """The id of the journal in which the cost of its goods stands, by the currency they are valued in."""
    return JournalId(derive(document_id, "cost", currency))


def _post(tx: OrdersTx, journal: JournalId, event: OutboundShipped, entries: Iterable[Any], what: str, act: Act) -> None:
    memo = f"{what} of {event.number}"
    document = DOCUMENT if event.document_id == event.outbound_id else SHARE
    post(tx, id=journal, document=document, document_id=event.document_id, entries=tuple(entries), memo=memo, act=act)


def _tell_channel(tx: OrdersTx, order: Order, event: OutboundShipped, lines: dict[int, int], act: Act) -> None:
    """The message that tells the channel what left, with whom and under which numbers; one for each outbound order."""
    items = {line.seq: line for line in order.lines}
    payload = {
        "channel": str(order.channel_id),
        "order": str(order.id),
        "external_id": order.external_id,
        "carrier": event.carrier,
        "waybills": list(event.waybills),
        "lines": [{"item": items[seq].external_id, "sku_code": items[seq].sku_code, "qty": qty} for seq, qty in lines.items()],
        "shipped_at": act.at.isoformat(),
        "all_shipped": all_shipped(order),
    }
    tx.outbox.add(Message(derive(event.document_id, "channel-shipped"), TOPIC, payload, act.at, act.at))


def on_outbound_cancelled(tx: OrdersTx, event: OutboundCancelled, act: Act) -> None:
    """Nothing of an order is with a warehouse any more and nothing left: it is CONFIRMED again, its goods still reserved."""
    if event.kind is not OutboundKind.SALES or event.source_id is None:
        return
    order = tx.orders.lock([OrderId(event.source_id)]).get(OrderId(event.source_id))
    if order is None or order.state is not OrderState.RELEASED:
        return
    if any(line.shipped_qty for line in order.lines):
        _await_complaints(tx, order, "arrived without the rest", event.number, act)
        return
    if any(one.state is not OutboundState.CANCELLED and _goes(one, order) for one in orders_of(tx, order.id)):
        return
    recalled = order.moved(OrderState.CONFIRMED)
    tx.orders.save(recalled)
    write_line(tx, act, "order", recalled, "recalled", before=order.state, reason=event.reason)


def on_outbound_delivered(tx: OrdersTx, event: OutboundDelivered, act: Act) -> None:
    """The order's timeline says that a part of it, or its last, has arrived: from then on the buyer may complain for WINDOW."""
    if event.kind is not OutboundKind.SALES or event.source_id is None:
        return
    order = tx.orders.lock([OrderId(event.source_id)]).get(OrderId(event.source_id))
    if order is None or order.state is not OrderState.RELEASED:
        return
    if not _await_complaints(tx, order, "delivered", event.number, act):
        told = order.edited()
        tx.orders.save(told)
        write_line(tx, act, "order", told, "delivered", before=order.state, details={"outbound": event.number})


def _await_complaints(tx: OrdersTx, order: Order, event: str, outbound: str, act: Act) -> bool:
    """Begin WINDOW where every unit went out or was given up and all that went out has arrived; whether it has."""
    sent = [one for one in orders_of(tx, order.id) if one.state is not OutboundState.CANCELLED and _goes(one, order)]
    if not all_shipped(order) or any(one.state is not OutboundState.DELIVERED for one in sent):
        return False
    arrived = order.edited(complete_at=act.at + WINDOW)
    tx.orders.save(arrived)
    write_line(tx, act, "order", arrived, event, before=order.state, details={"outbound": outbound})
    return True


def _goes(sent: OutboundOrder, order: Order) -> bool:
    """Whether anything of the order is in it: from a joint one its units may have been taken out."""
    return any(line.demand_qty for line in sent.lines_of(order.id))


@attrs.frozen
class CompleteOrder:
    """Close an order of which everything arrived."""

    order: OrderId


@needs("orders.complete", along=(CHANNEL, MERCHANT))
def complete_order(tx: OrdersTx, cmd: CompleteOrder, act: Act) -> Order:
    """COMPLETED: every unit shipped or was given up, every outbound order of it was delivered, and WINDOW has passed since.

    Raises NotFound, NotDueYet, and StillClaimed while a claim of it is open.
    """
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.complete", order)
    return _completed(tx, order, act)


@needs("orders.run-timers")
def complete_due(tx: OrdersTx, order_id: OrderId, act: Act) -> Order:
    """Close an order of which everything arrived and no complaint is open. Raises NotDueYet, StillClaimed."""
    return _completed(tx, tx.orders.lock_one(order_id), act)


def _completed(tx: OrdersTx, order: Order, act: Act) -> Order:
    due = due_moment(order, Timer.COMPLETION)
    if due is None or due > act.at:
        raise NotDueYet(number=order.number, state=order.state.value)
    if claims := tx.open_claims_on(order.id):
        raise StillClaimed(number=order.number, claims=claims)
    closed = completed(order)
    tx.orders.save(closed)
    write_line(tx, act, "order", closed, "completed", before=order.state)
    tx.emit(OrderCompleted(closed.id, closed.channel_id))
    return closed
