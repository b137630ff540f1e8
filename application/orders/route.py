"""Which warehouses serve orders best: what is reserved for them moves there, and what belongs together stays together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.inventory.ports import RESERVATION_BY_ORDER
from houtai.application.inventory.reserve import pool_of, release, reserve
from houtai.application.orders.ports import OrdersTx
from houtai.application.outbound.release import PartLine
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, SkuId, WarehouseId
from houtai.domain.inventory.reservation import Reservation, Want
from houtai.domain.inventory.stock import StockKey
from houtai.domain.orders.belonging import belonging, is_torn
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.outbound.refusals import CannotRoute, StepTooEarly
from houtai.domain.outbound.routing import USUAL_RULES, Route, RouteLine, RoutePart, Site, StockAt, route

MOST_BUNDLES: Final = 500
"""Of orders, that are shared out over warehouses one by one."""
Units = Counter[tuple[WarehouseId, int, SkuId]]
Part = tuple[WarehouseId, tuple[PartLine, ...]]


@attrs.frozen
class Load:
    """The lines of orders that go together, numbered through. `origin` says whose line a number is; one order keeps its own."""

    lines: tuple[OrderLine, ...]
    origin: Mapping[int, tuple[OrderId, int]]

    @property
    def numbers(self) -> dict[tuple[OrderId, int], int]:
        """The number of each order's line."""
        return {whose: number for number, whose in self.origin.items()}


def load_of(orders: Sequence[Order]) -> Load:
    """What these orders come to as one."""
    lines: list[OrderLine] = []
    origin: dict[int, tuple[OrderId, int]] = {}
    for order in orders:
        behind = max(origin, default=0)
        for line in order.lines:
            number = behind + line.seq
            origin[number] = order.id, line.seq
            lines.append(_numbered(line, behind) if behind else line)
    return Load(tuple(lines), origin)


def _numbered(line: OrderLine, behind: int) -> OrderLine:
    """The line with its number, and those of what it belongs to, behind those of the orders before it."""
    bundle, gift = line.bundle, line.gift
    if bundle is not None:
        bundle = attrs.evolve(bundle, basket_line=bundle.basket_line + behind)
    if gift is not None:
        gift = attrs.evolve(gift, trigger_lines=tuple(seq + behind for seq in gift.trigger_lines))
    return attrs.evolve(line, seq=line.seq + behind, bundle=bundle, gift=gift)


def open_of(tx: OrdersTx, orders: Iterable[Order]) -> list[Reservation]:
    """What is reserved for the orders and has not left."""
    return [one for one in tx.reservations.by(RESERVATION_BY_ORDER, *(order.id for order in orders)) if one.open]


def parts_of(orders: Sequence[Order], reserved: Iterable[Reservation]) -> list[Part]:
    """What each warehouse sends; a line that a warehouse has reserved twice is one line there."""
    load = load_of(orders)
    numbers = load.numbers
    units = Units()
    for one in reserved:
        units[one.warehouse_id, numbers[one.order_id, one.line], one.sku_id] += one.qty
    return parts_from(load, units)


def parts_from(load: Load, units: Units) -> list[Part]:
    """The units of each line by warehouse, as parts of a consignment."""
    lines = {line.seq: line for line in load.lines}
    found: dict[WarehouseId, list[PartLine]] = {}
    for (warehouse_id, number, sku_id), qty in sorted(units.items()):
        order_id, seq = load.origin[number]
        part = PartLine(seq, sku_id, lines[number].sku_code, qty, lines[number].merchant_id, order_id)
        found.setdefault(warehouse_id, []).append(part)
    return [(warehouse_id, tuple(members)) for warehouse_id, members in found.items()]


def told(parts: Sequence[Part]) -> dict[str, int]:
    """How many units each warehouse sends, for the timeline."""
    return {str(warehouse_id): sum(line.qty for line in lines) for warehouse_id, lines in parts}


def served_best(
    tx: OrdersTx, orders: Sequence[Order], reserved: list[Reservation], act: Act, *, apart: bool
) -> list[Reservation]:
    """The reservations, moved where other warehouses serve the orders better; everything that decides it is locked.

    The orders are of one channel and receiver. What would tear a bundle moves wherever the bundle is whole. Raises StepTooEarly
    where that is nowhere, unless `apart`.
    """
    first, load = orders[0], load_of(orders)
    pool = pool_of(tx, first.channel_id)
    places = tuple(dict.fromkeys((*pool, *(one.warehouse_id for one in reserved))))
    if not reserved or len(places) < 2:  # there is nothing to choose
        return reserved
    stocks = tx.stocks.lock((one.sku_id, place) for one in reserved for place in places)
    mine = Counter[StockKey]()
    for one in reserved:
        mine[one.stock_key] += one.qty
    sites = _sites(tx, first, places)
    free = {key: mine[key] + max(0, stock.shared_qty - stock.owed_qty) for key, stock in stocks.items()}
    at_hand = [site for site in sites if any(key[1] == site.warehouse_id for key in mine)]
    torn = not apart and _is_torn(load, reserved)
    best = _best(load, reserved, [site for site in sites if site.warehouse_id in pool], free, apart=apart)
    if best is None:
        if torn:
            raise StepTooEarly(number=first.number, step="released", missing="no warehouse has all parts of its bundle")
        return reserved
    now = _best(load, reserved, at_hand, mine, apart=apart)
    if not torn and now is not None and _rank(best) >= _rank(now):
        return reserved
    _move(tx, orders, load, best.route, act)
    return open_of(tx, orders)


def _move(tx: OrdersTx, orders: Sequence[Order], load: Load, chosen: Route, act: Act) -> None:
    """Everything that is reserved for them goes free and is reserved where the route has it."""
    for order in orders:
        release(tx, order.id, act)
    for order in orders:
        for warehouse_id in chosen.warehouses:
            wants = [
                Want(load.origin[part.line][1], part.sku_id, part.qty)
                for part in chosen.parts
                if part.warehouse_id == warehouse_id and load.origin[part.line][0] == order.id
            ]
            if wants:
                reserve(tx, order.id, wants, (warehouse_id,), act, channel_id=order.channel_id)


@attrs.frozen
class _Served:
    """A route, and how far it does not keep together what belongs together: 0 everything, 1 gifts, 2 several bundles."""

    route: Route
    loose: int


def _best(load: Load, reserved: Sequence[Reservation], sites: Sequence[Site], stock: StockAt, *, apart: bool) -> _Served | None:
    """The best route that keeps together what belongs together: gifts too if that goes, whole bundles always unless `apart`."""
    wanted = _route_lines(load, reserved)
    numbers = {one.line for one in wanted}
    lines = [line for line in load.lines if line.seq in numbers]
    for loose, groups in enumerate((belonging(lines), {} if apart else belonging(lines, gifts=False))):
        try:
            found = route([attrs.evolve(one, sealed=groups.get(one.line, 0)) for one in wanted], sites, stock).best
        except CannotRoute:
            continue
        return _Served(found, loose)
    several = _bundle_by_bundle(load, wanted, sites, stock)
    return None if several is None else _Served(several, 2)


def _bundle_by_bundle(load: Load, wanted: Sequence[RouteLine], sites: Sequence[Site], stock: StockAt) -> Route | None:
    """Several of a bundle from several warehouses, each of them whole."""
    bundles = {line.seq: line.bundle for line in load.lines if line.bundle is not None}
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


def _is_torn(load: Load, reserved: Sequence[Reservation]) -> bool:
    numbers = load.numbers
    units = Counter[tuple[WarehouseId, int]]()
    for one in reserved:
        units[one.warehouse_id, numbers[one.order_id, one.line]] += one.qty
    return is_torn(load.lines, units)


def _rank(found: _Served) -> tuple[int, ...]:
    """Less is better: the fewest parcels, then what is kept together, then the usual rules."""
    return found.route.parcels, found.loose, *(found.route.score(rule) for rule in USUAL_RULES)


def _route_lines(load: Load, reserved: Sequence[Reservation]) -> list[RouteLine]:
    lines, numbers = {line.seq: line for line in load.lines}, load.numbers
    units = Counter[int]()
    sku_of: dict[int, SkuId] = {}
    for one in reserved:
        number = numbers[one.order_id, one.line]
        units[number] += one.qty
        sku_of[number] = one.sku_id
    return [
        RouteLine(
            line=number,
            sku_id=sku_of[number],
            qty=qty,
            unit_g=lines[number].weight_g // lines[number].qty,
            merchant_id=lines[number].merchant_id,
        )
        for number, qty in sorted(units.items())
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
