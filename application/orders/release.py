"""Confirmed orders go to the warehouses: each warehouse that has goods reserved for one sends them as an outbound order."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.inventory.reserve import pool_of, release, reserve
from houtai.application.office import Office
from houtai.application.orders.lock import demand_version
from houtai.application.orders.ports import OrderFilter, OrdersTx, OrdersViews
from houtai.application.orders.reach import demand_order
from houtai.application.outbound.ports import OUTBOUND_OF
from houtai.application.outbound.release import RELEASE, Consignment, PartLine, make_outbound_orders
from houtai.application.paging import Page
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act, Entry
from houtai.domain.ids import OrderId, SkuId, WarehouseId
from houtai.domain.inventory.reservation import Reservation, Want
from houtai.domain.inventory.stock import StockKey
from houtai.domain.orders.belonging import belonging, is_torn
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import CannotRoute, StepTooEarly
from houtai.domain.outbound.routing import USUAL_RULES, Route, RouteLine, RoutePart, Site, StockAt, route
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.refusal import Refusal

PAGE = 100
MOST_PAGES = 100  # that one call looks at, the earliest orders first
MOST_BUNDLES = 500  # of an order that are shared out over warehouses one by one
Units = Counter[tuple[WarehouseId, int, SkuId]]
Part = tuple[WarehouseId, tuple[PartLine, ...]]


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
    reserved = _served_best(tx, order, _open_of(tx, order), act, apart=cmd.apart)
    if not reserved:
        raise StepTooEarly(number=order.number, step="released", missing="nothing is reserved for it")
    tx.orders.save(released)
    parts = _parts(order, _units(reserved))
    write_line(tx, act, "order", released, "released", before=order.state, details={"units": _told(parts)})
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
    working = tx.outbound_orders.lock_by(OUTBOUND_OF, cmd.order)  # before the order, as whoever stops them does
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, RELEASE, order)
    demand_version(order, cmd.expected_version)
    units = _units(_open_of(tx, order)) if order.state is OrderState.RELEASED else Units()
    for outbound in working:
        for line in outbound.lines:
            units[outbound.warehouse_id, line.source_line, line.sku_id] -= line.demand_qty - line.shipped_qty
    parts = _parts(order, +units)
    if not parts:
        raise StepTooEarly(number=order.number, step="released again", missing="nothing of it waits for a warehouse")
    again = order.edited()
    tx.orders.save(again)
    write_line(tx, act, "order", again, "released again", before=order.state, details={"units": _told(parts)})
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


def _told(parts: Sequence[Part]) -> dict[str, int]:
    """How many units each warehouse sends, for the timeline."""
    return {str(warehouse_id): sum(line.qty for line in lines) for warehouse_id, lines in parts}


def _open_of(tx: OrdersTx, order: Order) -> list[Reservation]:
    return [one for one in tx.reservations.by(RESERVATION_BY_ORDER, order.id) if one.open]


def _units(reserved: Sequence[Reservation]) -> Units:
    found = Units()
    for one in reserved:
        found[one.warehouse_id, one.line, one.sku_id] += one.qty
    return found


def _parts(order: Order, units: Units) -> list[Part]:
    """The units of each line by warehouse; a line that a warehouse has reserved twice is one line there."""
    lines = {line.seq: line for line in order.lines}
    found: dict[WarehouseId, list[PartLine]] = {}
    for (warehouse_id, seq, sku_id), qty in sorted(units.items()):
        part = PartLine(seq, sku_id, lines[seq].sku_code, qty, lines[seq].merchant_id)
        found.setdefault(warehouse_id, []).append(part)
    return [(warehouse_id, tuple(members)) for warehouse_id, members in found.items()]


def _served_best(tx: OrdersTx, order: Order, reserved: list[Reservation], act: Act, *, apart: bool) -> list[Reservation]:
    """The reservations, moved where other warehouses serve the order better; everything that decides it is locked.

    What would tear a bundle moves wherever the bundle is whole. Raises StepTooEarly where that is nowhere, unless `apart`.
    """
    pool = pool_of(tx, order.channel_id)
    places = tuple(dict.fromkeys((*pool, *(one.warehouse_id for one in reserved))))
    if not reserved or len(places) < 2:  # there is nothing to choose
        return reserved
    stocks = tx.stocks.lock((one.sku_id, place) for one in reserved for place in places)
    mine = Counter[StockKey]()
    for one in reserved:
        mine[one.stock_key] += one.qty
    sites = _sites(tx, order, places)
    free = {key: mine[key] + max(0, stock.shared_qty - stock.owed_qty) for key, stock in stocks.items()}
    at_hand = [site for site in sites if any(key[1] == site.warehouse_id for key in mine)]
    torn = not apart and _is_torn(order, reserved)
    best = _best(order, reserved, [site for site in sites if site.warehouse_id in pool], free, apart=apart)
    if best is None:
        if torn:
            raise StepTooEarly(number=order.number, step="released", missing="no warehouse has all parts of its bundle")
        return reserved
    now = _best(order, reserved, at_hand, mine, apart=apart)
    if not torn and now is not None and _rank(best) >= _rank(now):
        return reserved
    release(tx, order.id, act)
    for warehouse_id in best.route.warehouses:
        wants = [_want(part) for part in best.route.parts if part.warehouse_id == warehouse_id]
        reserve(tx, order.id, wants, (warehouse_id,), act, channel_id=order.channel_id)
    return _open_of(tx, order)


@attrs.frozen
class _Served:
    """A route, and how far it does not keep together what belongs together: 0 everything, 1 gifts, 2 several bundles."""

    route: Route
    loose: int


def _best(order: Order, reserved: Sequence[Reservation], sites: Sequence[Site], stock: StockAt, *, apart: bool) -> _Served | None:
    """The best route that keeps together what belongs together: gifts too if that goes, whole bundles always unless `apart`."""
    lines = [line for line in order.lines if any(one.line == line.seq for one in reserved)]
    wanted = _route_lines(order, reserved)
    for loose, groups in enumerate((belonging(lines), {} if apart else belonging(lines, gifts=False))):
        try:
            found = route([attrs.evolve(one, sealed=groups.get(one.line, 0)) for one in wanted], sites, stock).best
        except CannotRoute:
            continue
        return _Served(found, loose)
    several = _bundle_by_bundle(order, wanted, sites, stock)
    return None if several is None else _Served(several, 2)


def _bundle_by_bundle(order: Order, wanted: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt) -> Route | None:
    """Several of a bundle from several warehouses, each of them whole."""
    bundles = {line.seq: line.bundle for line in order.lines if line.bundle is not None}
    single: list[RouteLine] = []
    source: dict[int, int] = {}
    sealed: dict[tuple[int, int], int] = {}
    for one in wanted:
        bundle = bundles.get(one.line)
        count = 1 if bundle is None or one.qty % bundle.qty else bundle.qty
        for each in range(count):
            group = 0 if bundle is None else sealed.setdefault((bundle.basket_line, each), len(sealed) + 1)
            single.append(attrs.evolve(one, line=len(single) + 1, qty=one.qty // count, sealed=group))
            source[len(single)] = one.line
        if len(sealed) > MOST_BUNDLES:
            return None
    try:
        found = route(single, sites, stock).best
    except CannotRoute:
        return None
    units = Counter[tuple[WarehouseId, int, SkuId]]()
    for part in found.parts:
        units[part.warehouse_id, source[part.line], part.sku_id] += part.qty
    return attrs.evolve(found, parts=tuple(RoutePart(*key, qty) for key, qty in sorted(units.items())))


def _is_torn(order: Order, reserved: Sequence[Reservation]) -> bool:
    units = Counter[tuple[WarehouseId, int]]()
    for one in reserved:
        units[one.warehouse_id, one.line] += one.qty
    return is_torn(order.lines, units)


def _rank(found: _Served) -> tuple[int, ...]:
    """Less is better: the fewest parcels, then what is kept together, then the usual rules."""
    return found.route.parcels, found.loose, *(found.route.score(rule) for rule in USUAL_RULES)


def _want(part: RoutePart) -> Want:
    return Want(part.line, part.sku_id, part.qty)


def _route_lines(order: Order, reserved: Sequence[Reservation]) -> list[RouteLine]:
    lines = {line.seq: line for line in order.lines}
    units = Counter[int]()
    for one in reserved:
        units[one.line] += one.qty
    sku_of = {one.line: one.sku_id for one in reserved}
    return [
        RouteLine(
            line=seq,
            sku_id=sku_of[seq],
            qty=qty,
            unit_g=lines[seq].weight_g // lines[seq].qty,
            merchant_id=lines[seq].merchant_id,
        )
        for seq, qty in sorted(units.items())
    ]


def _sites(tx: OrdersTx, order: Order, places: Sequence[WarehouseId]) -> list[Site]:
    """The warehouses in the pool's order; one that sends from the receiver's region is at home there."""
    warehouses = tx.warehouses.many(places)
    regions = {place: one.sender.region for place, one in tx.dispatch_settings.many(places).items()}
    return [
        Site(
            warehouse_id=place,
            rank=rank,
            home=bool(order.receiver.region) and regions.get(place) == order.receiver.region,
            merchant_id=warehouses[place].merchant_id,
        )
        for rank, place in enumerate(places)
    ]


@attrs.frozen
class ConfirmedOrders:
    """A page of the orders that wait to be released; with `sending`, only those of warehouses that have said how they send."""

    page: Page
    sending: bool = False


@attrs.frozen
class WaitingOrders:
    """Their ids, the earliest first, and where the next page begins."""

    orders: tuple[OrderId, ...]
    cursor: str


@needs(RELEASE)
def confirmed_orders(views: OrdersViews, query: ConfirmedOrders, act: Act) -> WaitingOrders:
    """Which orders are CONFIRMED and not yet with a warehouse; with `sending` none at all where no warehouse has said so."""
    del act
    if query.sending and not views.dispatch_settings.page(Page(limit=1)).items:
        return WaitingOrders((), "")
    found = views.find_orders(query.page, OrderFilter(states=frozenset({OrderState.CONFIRMED})))
    waiting = tuple(order.id for order in found.items)
    if query.sending and waiting:
        where: dict[OrderId, set[WarehouseId]] = {}
        for one in views.reservations.by(RESERVATION_BY_ORDER, *waiting):
            if one.open:
                where.setdefault(one.order_id, set()).add(one.warehouse_id)
        sending = views.dispatch_settings.many(set[WarehouseId]().union(*where.values()))
        waiting = tuple(one for one in waiting if one in where and where[one] <= sending.keys())
    return WaitingOrders(waiting, found.next_cursor)


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
        for order_id in waiting.orders[: limit - done]:
            try:
                office.perform(release_order, ReleaseOrder(order_id), act)
                done += 1
            except Refusal:
                continue  # the order says why to whoever releases it by hand
        cursor = waiting.cursor
        if not cursor:
            break
    return done
