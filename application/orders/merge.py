"""Orders of one buyer go out together (合单), each with its own money; until their wave they can be taken apart again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from houtai.application.orders.audit import confirm
from houtai.application.orders.merging import MERGE, candidates
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.orders.route import Part, open_of, parts_of, served_best, told
from houtai.application.outbound.intercept import lock_to_stop, stop_orders
from houtai.application.outbound.release import Consignment, PartLine, make_outbound_orders
from houtai.application.outbound.serving import orders_of_each
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.joint import MAX_TOGETHER
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import NotMergeable, StepTooEarly
from houtai.domain.outbound.splitting import merge
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.refusal import NotFound


@attrs.frozen
class MergeOrders:
    """Send these orders together. What they cost their buyer stays what it was, freight and all (R-13)."""

    orders: tuple[OrderId, ...] = attrs.field(validator=limits.at_most(MAX_TOGETHER, low=2))
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))


@attrs.frozen
class MergedOrders:
    """The orders as they are now, and what each warehouse sends of them."""

    orders: tuple[Order, ...]
    outbound: tuple[OutboundOrder, ...]


@needs(MERGE, along=(CHANNEL, MERCHANT))
def merge_orders(tx: OrdersTx, cmd: MergeOrders, act: Act) -> MergedOrders:
    """RELEASED together: one outbound order for each warehouse, with the lines of all orders whose goods come from there.

    Orders that passed the audit and wait for their merge window are confirmed; those that a warehouse has but no wave are taken
    back first. The warehouses are chosen as for one order. Raises NotFound, NotMergeable with the first reason against it,
    StepTooEarly where nothing is reserved.
    """
    seen = orders_of_each(tx, cmd.orders)
    standing = {one.id for sent in seen.values() for one in sent if one.state is not OutboundState.CANCELLED}
    lock_to_stop(tx, standing)
    found = tx.orders.lock(cmd.orders)
    for order_id in cmd.orders:
        if order_id not in found:
            raise NotFound(what="order", key=str(order_id))
        demand_order(act, MERGE, found[order_id])
    orders = [found[order_id] for order_id in dict.fromkeys(cmd.orders)]
    _check(tx, orders, cmd, standing)
    stop_orders(tx, standing, "goes out with other orders", act)
    released = [_released(tx, order, orders, act) for order in orders]
    reserved = served_best(tx, released, open_of(tx, released), act, apart=False)
    if {one.order_id for one in reserved} != {order.id for order in orders}:
        raise StepTooEarly(number=orders[0].number, step="merged", missing="nothing is reserved for one of the orders")
    parts = parts_of(released, reserved)
    for order in released:
        tx.orders.save(order)
        details = {"units": told(_own(parts, order)), "with": [one.number for one in released if one.id != order.id]}
        was = found[order.id].state
        before = OrderState.CONFIRMED if was is OrderState.PAID else was
        write_line(tx, act, "order", order, "merged", before=before, details=details)
    first, *others = released
    wanted = Consignment(
        kind=OutboundKind.SALES,
        source_id=first.id,
        source_number=first.number,
        receiver=first.receiver,
        parts=parts,
        channel_id=first.channel_id,
        priority=cmd.priority,
        ship_by=cmd.ship_by,
        together={order.id: order.number for order in others},
    )
    return MergedOrders(tuple(released), make_outbound_orders(tx, wanted, act))


def _check(tx: OrdersTx, orders: Sequence[Order], cmd: MergeOrders, standing: set[OutboundId]) -> None:
    """Raises NotMergeable, and TryAgain where a warehouse got one of them between the look and its lock."""
    ids = set(cmd.orders)
    if len(ids) < len(cmd.orders):
        raise NotMergeable(reason="an order is named twice")
    now = orders_of_each(tx, ids)
    if {one.id for sent in now.values() for one in sent if one.state is not OutboundState.CANCELLED} != standing:
        message = "a warehouse got one of the orders meanwhile"
        raise TryAgain(message)
    merge(candidates(tx, orders))
    for order in orders:
        for one in now[order.id]:
            strangers = {source for source in one.sources if source not in ids}
            if one.id in standing and strangers:
                raise NotMergeable(reason=f"order {order.number} goes out with orders that are not named")
    lines = sum(len(order.lines) for order in orders)
    if lines > limits.MAX_LINES:
        raise NotMergeable(reason=f"they have {lines} lines, {limits.MAX_LINES} go together at most")


def _released(tx: OrdersTx, order: Order, orders: Sequence[Order], act: Act) -> Order:
    """The next version, RELEASED; one that waits for its merge window is confirmed first."""
    if order.state is OrderState.RELEASED:
        return order.edited()
    if order.state is OrderState.PAID:
        names = ", ".join(one.number for one in orders if one.id != order.id)
        order = confirm(tx, order, act, reason=f"goes out with {names}"[:500])
    return order.moved(OrderState.RELEASED)


def _own(parts: Sequence[Part], order: Order) -> list[Part]:
    return [(place, mine) for place, lines in parts if (mine := tuple(line for line in lines if line.source_id == order.id))]


@attrs.frozen
class UndoMerge:
    """Take a joint outbound order apart before it is in a wave."""

    outbound: OutboundId
    reason: str = attrs.field(validator=limits.text(1, 200))


@needs(MERGE, along=(CHANNEL, MERCHANT))
def undo_merge(tx: OrdersTx, cmd: UndoMerge, act: Act) -> MergedOrders:
    """Each of its orders goes by itself, from the same warehouse and with the same urgency; the joint one is CANCELLED.

    Raises NotFound, StepTooEarly for an outbound order with goods of one order alone, or that is in a wave, packed or gone.
    """
    lock_to_stop(tx, [cmd.outbound])
    joint = tx.outbound_orders.lock_one(cmd.outbound)
    sources = [OrderId(source) for source in joint.sources if source is not None]
    found = tx.orders.lock(sources)
    for order in found.values():
        demand_order(act, MERGE, order)
    if not joint.joint or joint.state is not OutboundState.NEW:
        missing = f"it is {joint.state.value}" if joint.joint else "no orders go together in it"
        raise StepTooEarly(number=joint.number, step="taken apart", missing=missing)
    stop_orders(tx, [joint.id], cmd.reason, act)
    made: list[OutboundOrder] = []
    alone: list[Order] = []
    for order in found.values():
        lines = _lines(joint, order)
        if not lines:  # it was cancelled
            continue
        apart = order.edited()
        tx.orders.save(apart)
        details = {"outbound": joint.number}
        write_line(tx, act, "order", apart, "merge undone", before=order.state, reason=cmd.reason, details=details)
        made += make_outbound_orders(tx, _by_itself(joint, order, lines), act)
        alone.append(apart)
    return MergedOrders(tuple(alone), tuple(made))


def _lines(joint: OutboundOrder, order: Order) -> tuple[PartLine, ...]:
    return tuple(
        PartLine(line.source_line, line.sku_id, line.sku_code, line.demand_qty, line.merchant_id)
        for line in joint.lines_of(order.id)
        if line.demand_qty
    )


def _by_itself(joint: OutboundOrder, order: Order, lines: tuple[PartLine, ...]) -> Consignment:
    return Consignment(
        kind=OutboundKind.SALES,
        source_id=order.id,
        source_number=order.number,
        receiver=order.receiver,
        parts=[(joint.warehouse_id, lines)],
        channel_id=order.channel_id,
        priority=joint.priority,
        ship_by=joint.ship_by,
    )
