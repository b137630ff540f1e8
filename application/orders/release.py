"""Confirmed orders go to the warehouses: each warehouse that has goods reserved for one sends them as an outbound order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.office import Office
from houtai.application.orders.lock import demand_version
from houtai.application.orders.merge import MergeOrders, merge_orders
from houtai.application.orders.merging import companions
from houtai.application.orders.ports import OrderFilter, OrdersTx, OrdersViews
from houtai.application.orders.reach import demand_order
from houtai.application.orders.route import Part, Units, load_of, open_of, parts_from, parts_of, served_best, told
from houtai.application.outbound.release import RELEASE, Consignment, make_outbound_orders
from houtai.application.outbound.serving import lock_orders_of
from houtai.application.paging import Page
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.ids import OrderId, WarehouseId
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.refusal import Refusal

PAGE = 100
MOST_PAGES = 100  # that one call looks at, the earliest orders first


@attrs.frozen
class ReleaseOrder:
    """Give an order to the warehouses. With `expected_version`, only as the caller saw it.

    With `apart`, bundles that no warehouse has whole leave in parts, because somebody says so.
    """

    order: OrderId
    expected_version: int | None = None
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))
    apart: bool = False


@attrs.frozen
class ReleasedOrder:
    """The order as it is now, and what each warehouse sends of it."""

    order: Order
    outbound: tuple[OutboundOrder, ...]


@needs(RELEASE, along=(CHANNEL, MERCHANT))
def release_order(tx: OrdersTx, cmd: ReleaseOrder, act: Act) -> ReleasedOrder:
    """Hand a CONFIRMED order over: one outbound order for each warehouse that has some of it reserved.

    Where other warehouses of the channel's pool serve it better (fewer parcels, then nearer to the receiver, then as the pool
    prefers), its reservations move there first. The parts of a bundle leave one warehouse together, and so does a gift with what
    earned it where any warehouse has both. Nothing of its money changes: each line keeps its price, discounts and freight share,
    whichever parcel its units go in (R-13). Raises NotFound, VersionConflict, IllegalMove, and StepTooEarly for an order that
    has nothing reserved, or a bundle that no warehouse has whole.
    """
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, RELEASE, order)
    demand_version(order, cmd.expected_version)
    released = order.moved(OrderState.RELEASED)
    reserved = served_best(tx, [order], open_of(tx, [order]), act, apart=cmd.apart)
    if not reserved:
        raise StepTooEarly(number=order.number, step="released", missing="nothing is reserved for it")
    tx.orders.save(released)
    parts = parts_of([order], reserved)
    write_line(tx, act, "order", released, "released", before=order.state, details={"units": told(parts)})
    return _handed_over(tx, released, parts, cmd, act)


@attrs.frozen
class ReleaseRest:
    """Give the warehouses what no warehouse works on any more: a part of a released order that was stopped and put back."""

    order: OrderId
    expected_version: int | None = None
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))


@needs(RELEASE, along=(CHANNEL, MERCHANT))
def release_rest(tx: OrdersTx, cmd: ReleaseRest, act: Act) -> ReleasedOrder:
    """Further outbound orders for all that is reserved for a RELEASED order and is on none, in the warehouse where it lies.

    Raises NotFound, VersionConflict, and StepTooEarly where nothing is left to release.
    """
    working = lock_orders_of(tx, cmd.order)  # before the order, as whoever stops them does
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, RELEASE, order)
    demand_version(order, cmd.expected_version)
    units = Units()
    for one in open_of(tx, [order]) if order.state is OrderState.RELEASED else ():
        units[one.warehouse_id, one.line, one.sku_id] += one.qty
    for outbound in working:
        for line in outbound.lines_of(order.id):
            units[outbound.warehouse_id, line.source_line, line.sku_id] -= line.demand_qty - line.shipped_qty
    parts = parts_from(load_of([order]), +units)
    if not parts:
        raise StepTooEarly(number=order.number, step="released again", missing="nothing of it waits for a warehouse")
    again = order.edited()
    tx.orders.save(again)
    write_line(tx, act, "order", again, "released again", before=order.state, details={"units": told(parts)})
    return _handed_over(tx, again, parts, cmd, act)


def _handed_over(tx: OrdersTx, order: Order, parts: Sequence[Part], cmd: ReleaseOrder | ReleaseRest, act: Act) -> ReleasedOrder:
    wanted = Consignment(
        kind=OutboundKind.SALES,
        source_id=order.id,
        source_number=order.number,
        receiver=order.receiver,
        parts=parts,
        channel_id=order.channel_id,
        priority=cmd.priority,
        ship_by=cmd.ship_by,
    )
    return ReleasedOrder(order, make_outbound_orders(tx, wanted, act))


@attrs.frozen
class ConfirmedOrders:
    """A page of the orders that wait to be released; with `sending`, only those of warehouses that have said how they send."""

    page: Page
    sending: bool = False


@attrs.frozen
class WaitingOrders:
    """Their ids, the earliest first, and where the next page begins.

    `groups` are the same orders as they go out: those of one buyer together where their channel has a merge window, with
    others that wait for theirs.
    """

    orders: tuple[OrderId, ...]
    cursor: str
    groups: tuple[tuple[OrderId, ...], ...] = ()


@needs(RELEASE)
def confirmed_orders(views: OrdersViews, query: ConfirmedOrders, act: Act) -> WaitingOrders:
    """Which orders are CONFIRMED and not yet with a warehouse; with `sending` none at all where no warehouse has said so."""
    del act
    if query.sending and not views.dispatch_settings.page(Page(limit=1)).items:
        return WaitingOrders((), "")
    found = views.find_orders(query.page, OrderFilter(states=frozenset({OrderState.CONFIRMED})))
    waiting = tuple(order.id for order in found.items)
    groups = companions(views, found.items)
    if query.sending and waiting:
        sent = _sent_from(views, {one for group in groups for one in group})
        waiting = tuple(one for one in waiting if one in sent)
        groups = [left for group in groups if (left := tuple(one for one in group if one in sent))]
    return WaitingOrders(waiting, found.next_cursor, tuple(groups))


def _sent_from(views: OrdersViews, orders: Collection[OrderId]) -> set[OrderId]:
    """Those whose goods lie in warehouses that have said how they send."""
    where: dict[OrderId, set[WarehouseId]] = {}
    for one in views.reservations.by(RESERVATION_BY_ORDER, *orders):
        if one.open:
            where.setdefault(one.order_id, set()).add(one.warehouse_id)
    sending = views.dispatch_settings.many(set[WarehouseId]().union(*where.values()))
    return {one for one in orders if one in where and where[one] <= sending.keys()}


def release_sendable(office: Office) -> int:
    """Release what is confirmed in warehouses that have said how they send, as a timer does; how many went there."""
    return release_confirmed(office, sending=True)


def release_confirmed(office: Office, limit: int = 1_000, *, sending: bool = False) -> int:
    """Release up to `limit` orders that are confirmed, each in a transaction of its own; how many went to a warehouse.

    One that refuses, because it was cancelled or changed meanwhile or has nothing reserved, waits for the next time. With
    `sending`, orders of warehouses that nobody has told how to send wait for somebody who releases them by hand.
    """
    act = Act.of_system(office.clock.now(), Entry.TIMER)
    done, pages, cursor = 0, 0, ""
    while done < limit and pages < MOST_PAGES:
        pages += 1
        waiting = office.ask(confirmed_orders, ConfirmedOrders(Page(limit=PAGE, cursor=cursor, newest_first=False), sending), act)
        for group in waiting.groups:
            if done >= limit:
                break
            refused = release_group(office, group, act)  # each order says why to whoever releases it by hand
            done += len(group) - len(refused)
        cursor = waiting.cursor
        if not cursor:
            break
    return done


def release_group(office: Office, group: Sequence[OrderId], act: Act) -> dict[OrderId, Refusal]:
    """Orders that go out together do so in one transaction; where that is refused each goes alone. Answers who stays, and why."""
    if len(group) > 1:
        try:
            office.perform(merge_orders, MergeOrders(tuple(group)), act)
        except Refusal:
            pass  # one of them changed meanwhile, or this actor may not merge
        else:
            return {}
    refused: dict[OrderId, Refusal] = {}
    for order_id in group:
        try:
            office.perform(release_order, ReleaseOrder(order_id), act)
        except Refusal as refusal:
            refused[order_id] = refusal
    return refused
