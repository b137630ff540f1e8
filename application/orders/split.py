"""An order is split by hand: which units go in which parcel, and from where; its money and its reservations add up (OMS-4)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from houtai.application.inventory.reserve import pool_of, release, reserve
from houtai.application.orders.lock import demand_version
from houtai.application.orders.merging import money_line
from houtai.application.orders.ports import OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.orders.route import open_of, told
from houtai.application.outbound.intercept import lock_to_stop, stop_orders
from houtai.application.outbound.release import Consignment, PartLine, make_outbound_orders
from houtai.application.outbound.serving import orders_of
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId, WarehouseId
from houtai.domain.inventory.reservation import Reservation, Want
from houtai.domain.orders.belonging import belonging, is_torn
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import NotSplittable, StepTooEarly
from houtai.domain.outbound.splitting import MoneyLine, cut, split
from houtai.domain.outbound.state import OutboundKind, OutboundState

SPLIT = "orders.split"
MAX_SPLIT = 50
"""Parts of one order."""


@attrs.frozen
class LineUnits:
    """So many units of a line of the order."""

    line: int = attrs.field(validator=limits.between(1, limits.MAX_LINES * 60))
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class SplitPart:
    """What goes as one; from `warehouse`, else from where its units are reserved."""

    units: tuple[LineUnits, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    warehouse: WarehouseId | None = None


@attrs.frozen
class SplitOrder:
    """Give an order to the warehouses in these parts, all its units in one of them. One part puts it together again.

    With `apart`, the parts of a bundle, and gifts and what earned them, may travel apart, because somebody says so.
    """

    order: OrderId
    parts: tuple[SplitPart, ...] = attrs.field(validator=limits.at_most(MAX_SPLIT, low=1))
    reason: str = attrs.field(validator=limits.text(1, 200))
    apart: bool = False
    expected_version: int | None = None
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))


@attrs.frozen
class PartOut:
    """What goes out for one part, and its share of what the buyer pays: goods, discounts and freight add up (R-2, R-13)."""

    outbound: OutboundOrder
    gross_minor: int
    discount_minor: int
    freight_minor: int


@attrs.frozen
class SplitOrdered:
    """The order as it is now, and its parts in the order in which they were named."""

    order: Order
    parts: tuple[PartOut, ...]


@needs(SPLIT, along=(CHANNEL, MERCHANT))
def split_order(tx: OrdersTx, cmd: SplitOrder, act: Act) -> SplitOrdered:
    """RELEASED in these parts, each an outbound order; one that was released before is split anew as long as it is in no wave.

    Nothing of its money changes. Reservations move where a part names another warehouse of the channel's pool. Raises NotFound,
    VersionConflict, IllegalMove, NotSplittable, StepTooEarly for what is in a wave or goes out with other orders, OutOfStock.
    """
    standing = [one for one in orders_of(tx, cmd.order) if one.state is not OutboundState.CANCELLED]
    lock_to_stop(tx, [one.id for one in standing])
    before = tx.orders.lock_one(cmd.order)
    demand_order(act, SPLIT, before)
    demand_version(before, cmd.expected_version)
    _take_back(tx, before, [one.id for one in standing], cmd.reason, act)
    after = before.edited() if before.state is OrderState.RELEASED else before.moved(OrderState.RELEASED)
    reserved = open_of(tx, [before])
    if not reserved:
        raise StepTooEarly(number=before.number, step="split", missing="nothing is reserved for it")
    shares = _shares(before, reserved, cmd)
    if not cmd.apart:
        _demand_together(before, cmd.parts)
    places = _places(tx, before, reserved, cmd.parts)
    _move(tx, before, reserved, cmd.parts, places, act)
    parts = [(place, _lines(before, part)) for place, part in zip(places, cmd.parts, strict=True)]
    tx.orders.save(after)
    details = {"parts": [told([part]) for part in parts]}
    write_line(tx, act, "order", after, "split", before=before.state, reason=cmd.reason, details=details)
    wanted = Consignment(
        kind=OutboundKind.SALES,
        source_id=after.id,
        source_number=after.number,
        receiver=after.receiver,
        parts=parts,
        channel_id=after.channel_id,
        priority=cmd.priority,
        ship_by=cmd.ship_by,
    )
    made = make_outbound_orders(tx, wanted, act)
    return SplitOrdered(after, tuple(_told(*one) for one in zip(made, shares, strict=True)))


def _take_back(tx: OrdersTx, order: Order, standing: Sequence[OutboundId], reason: str, act: Act) -> None:
    """What a warehouse has of it and no wave is stopped. Raises StepTooEarly for anything else, TryAgain."""
    now = {one.id: one for one in orders_of(tx, order.id) if one.state is not OutboundState.CANCELLED}
    if now.keys() != set(standing):
        message = "a warehouse got the order meanwhile"
        raise TryAgain(message)
    for one in now.values():
        if one.state is not OutboundState.NEW or one.joint:
            missing = "it goes out with other orders" if one.joint else f"{one.number} is {one.state.value}"
            raise StepTooEarly(number=order.number, step="split", missing=missing)
    stop_orders(tx, standing, reason, act)


def _shares(order: Order, reserved: Sequence[Reservation], cmd: SplitOrder) -> tuple[tuple[MoneyLine, ...], ...]:
    """The lines of each part with their money. Raises NotSplittable unless the parts hold just what is reserved."""
    units = Counter[int]()
    for one in reserved:
        units[one.line] += one.qty
    wanted = [_units(part) for part in cmd.parts]
    lines = [_part(money_line(order, line), units[line.seq]) for line in order.lines if units[line.seq]]
    return split(lines, wanted)


def _part(line: MoneyLine, qty: int) -> MoneyLine:
    """So many units of the line: others were given up."""
    return line if qty == line.qty else cut(line, [qty, line.qty - qty])[0]


def _units(part: SplitPart) -> Counter[int]:
    found = Counter[int]()
    for one in part.units:
        found[one.line] += one.qty
    return found


def _demand_together(order: Order, parts: Sequence[SplitPart]) -> None:
    """Raises NotSplittable where a bundle would be torn, or a gift travel without what earned it."""
    wanted = [_units(part) for part in parts]
    at = {(WarehouseId(UUID(int=place)), seq): qty for place, units in enumerate(wanted) for seq, qty in units.items()}
    if is_torn(order.lines, at):
        raise NotSplittable(reason="a bundle would be torn apart")
    groups = belonging(order.lines)
    for line in order.lines:
        group = groups.get(line.seq)
        if line.gift is None or group is None:
            continue
        if any(units[line.seq] and not units[group] for units in wanted):
            raise NotSplittable(reason=f"the gift on line {line.seq} would travel without line {group}, which earned it")


def _places(tx: OrdersTx, order: Order, reserved: Sequence[Reservation], parts: Sequence[SplitPart]) -> list[WarehouseId]:
    """From where each part goes. Raises NotSplittable for a warehouse that does not serve it."""
    left = Counter[tuple[WarehouseId, int]]()
    for one in reserved:
        left[one.warehouse_id, one.line] += one.qty
    known = {*pool_of(tx, order.channel_id), *(place for place, _ in left)}
    warehouses = tx.warehouses.many(known)
    owners = {line.seq: line.merchant_id for line in order.lines}
    for part in parts:
        place = part.warehouse
        if place is not None and place not in known:
            raise NotSplittable(reason="a warehouse of the parts does not serve the order's channel")
        if place is not None:
            owner = warehouses[place].merchant_id
            if owner is not None and any(owners[one.line] != owner for one in part.units):
                raise NotSplittable(reason=f"{warehouses[place].code} sends its own merchant's goods only")
            left.subtract({(place, seq): qty for seq, qty in _units(part).items()})
    return [part.warehouse or _lying(left, _units(part)) for part in parts]


def _lying(left: Counter[tuple[WarehouseId, int]], units: Mapping[int, int]) -> WarehouseId:
    """The warehouse that has all units of the part reserved and not given to another; what it has is taken."""
    for place in sorted({place for place, _ in left}):
        if all(left[place, seq] >= qty for seq, qty in units.items()):
            left.subtract({(place, seq): qty for seq, qty in units.items()})
            return place
    raise NotSplittable(reason="no warehouse has all units of a part: name one for it, or make more parts")


def _move(
    tx: OrdersTx,
    order: Order,
    reserved: Sequence[Reservation],
    parts: Sequence[SplitPart],
    places: Sequence[WarehouseId],
    act: Act,
) -> None:
    """Reservations are where the parts want them. Raises OutOfStock."""
    sku_of = {one.line: one.sku_id for one in reserved}
    wanted = Counter[tuple[WarehouseId, int]]()
    for place, part in zip(places, parts, strict=True):
        wanted.update({(place, seq): qty for seq, qty in _units(part).items()})
    lying = Counter[tuple[WarehouseId, int]]()
    for one in reserved:
        lying[one.warehouse_id, one.line] += one.qty
    if wanted == lying:
        return
    tx.stocks.lock((sku_of[seq], place) for place, seq in {*wanted, *lying})
    release(tx, order.id, act)
    for place in sorted({place for place, _ in wanted}):
        wants = [Want(seq, sku_of[seq], qty) for (at, seq), qty in sorted(wanted.items()) if at == place]
        reserve(tx, order.id, wants, (place,), act, channel_id=order.channel_id)


def _lines(order: Order, part: SplitPart) -> tuple[PartLine, ...]:
    lines = {line.seq: line for line in order.lines}
    found = []
    for seq, qty in sorted(_units(part).items()):
        line = lines[seq]
        assert line.sku_id is not None, "what nobody knows is not reserved"
        found.append(PartLine(seq, line.sku_id, line.sku_code, qty, line.merchant_id))
    return tuple(found)


def _told(outbound: OutboundOrder, lines: Sequence[MoneyLine]) -> PartOut:
    return PartOut(
        outbound,
        gross_minor=sum(line.gross_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        freight_minor=sum(line.freight_minor for line in lines),
    )
