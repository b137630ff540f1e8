"""Reserving stock for orders: all or nothing for buyers, what there is for orders that a channel has sold already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import attrs

from houtai.application.inventory.convert import convert, end_hold, lock_hold
from houtai.application.inventory.oversell import Sale, record_oversells, settle_cancelled
from houtai.application.inventory.ports import (
    HELD_BY_HOLD,
    OVERSELL_BY_ORDER,
    RESERVATION_BY_ORDER,
    InventoryTx,
)
from houtai.application.inventory.publish import republish
from houtai.application.inventory.shelf import Shelf
from houtai.application.ports import TryAgain
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, HoldId, OrderId, ReservationId, WarehouseId, derive
from houtai.domain.inventory.allocation import allot
from houtai.domain.inventory.oversell import OversellState
from houtai.domain.inventory.refusals import OutOfStock, Shortage
from houtai.domain.inventory.reservation import Allotment, HoldState, Reservation, Want
from houtai.domain.inventory.stock import StockKey
from houtai.domain.inventory.warehouse import PoolState

__all__ = ["Want", "pool_of", "release", "reserve", "reserve_what_there_is"]


def pool_of(tx: InventoryTx, channel_id: ChannelId) -> tuple[WarehouseId, ...]:
    """The active warehouses that serve the channel, in its order; none where it does not sell from stock."""
    pool = tx.channel_warehouses.find(channel_id)
    if pool is None or pool.state is not PoolState.OPEN:
        return ()
    active = tx.warehouses.many(pool.warehouses)
    return tuple(warehouse for warehouse in pool.warehouses if active[warehouse].active)


def reserve(
    tx: InventoryTx,
    order_id: OrderId,
    wants: Sequence[Want],
    warehouses: Sequence[WarehouseId],
    act: Act,
    *,
    hold_id: HoldId | None = None,
    channel_id: ChannelId | None = None,
    buyer_id: CustomerId | None = None,
    ship_together: bool = False,
) -> tuple[Reservation, ...]:
    """Reserve everything from the pool, or refuse with OutOfStock that names every short SKU.

    One warehouse that has everything is preferred; else each line by itself in the order of the pool, split over warehouses
    unless `ship_together`. A hold becomes the reservation in this same transaction; one that has ended gives nothing, and
    the stock is looked for afresh. With `channel_id` the channel's own fence may be drawn from; with `buyer_id` somebody
    else's hold is NotFound. A refusal leaves nothing behind: the caller may catch it and go on. The caller holds the order,
    so that it is reserved for once at a time.
    """
    hold = lock_hold(tx, hold_id, buyer_id)
    lines = tx.held_lines.by(HELD_BY_HOLD, hold.id) if hold is not None else []
    shelf = Shelf.lock(tx, _keys(wants, warehouses), act.at, channel_id=channel_id, held=lines)
    allotted = convert(shelf, hold, wants, warehouses, at=act.at, channel_id=channel_id, ship_together=ship_together)
    converted = allotted is not None
    if allotted is None:
        allotted, shortages = allot(wants, shelf.reach(channel_id), warehouses, ship_together=ship_together)
        if shortages:
            raise OutOfStock(with_codes(tx, shortages))
        for allotment in allotted:
            shelf.reserve(allotment, channel_id)
    if hold is not None:
        end_hold(tx, hold, HoldState.CONVERTED if converted else HoldState.RELEASED, act.at)
    shelf.write(tx)
    return add_reservations(tx, order_id, allotted, channel_id, act)


def reserve_what_there_is(
    tx: InventoryTx,
    order_id: OrderId,
    wants: Sequence[Want],
    warehouses: Sequence[WarehouseId],
    act: Act,
    *,
    channel_id: ChannelId,
    sold_at: dt.datetime | None = None,
    ship_together: bool = False,
) -> tuple[tuple[Reservation, ...], tuple[Shortage, ...]]:
    """Reserve what is there for an order that the channel has sold; record the rest as oversold, with cause and owner.

    Refuses nothing for lack of stock, and tells the channel the new quantity in the same transaction. `sold_at` is when the
    channel sold it, by its own clock.
    """
    owing = [(want.sku_id, warehouses[0]) for want in wants] if warehouses else []
    shelf = Shelf.lock(tx, [*_keys(wants, warehouses), *owing], act.at, channel_id=channel_id)
    reach = shelf.reach(channel_id)
    allotted, shortages = allot(wants, reach, warehouses, ship_together=ship_together)
    for allotment in allotted:
        shelf.reserve(allotment, channel_id)
    if shortages:
        owed_from = warehouses[0] if warehouses else None
        sale = Sale(order_id, channel_id, wants, allotted, owed_from, sold_at or act.at)
        record_oversells(tx, shelf, sale, act)
    shelf.write(tx)
    if shortages:
        republish(tx, [short.sku_id for short in shortages], act, first_for=channel_id)
    return add_reservations(tx, order_id, allotted, channel_id, act), with_codes(tx, shortages)


def release(tx: InventoryTx, order_id: OrderId, act: Act, lines: Collection[int] | None = None) -> tuple[Reservation, ...]:
    """Free what the order (or these lines of it) still has reserved, and close its open oversells; idempotent.

    Returns what was released now. The caller holds the order.
    """
    made = tx.reservations.by(RESERVATION_BY_ORDER, order_id)
    owing = tx.oversells.by(OVERSELL_BY_ORDER, order_id)
    wanted = [one for one in made if one.open and (lines is None or one.line in lines)]
    owing = [one for one in owing if one.state is OversellState.OPEN and (lines is None or one.line in lines)]
    if not wanted and not owing:
        return ()
    shelf = Shelf.lock(tx, [one.stock_key for one in owing if one.stock_key is not None], act.at, reserved=wanted)
    if owing and {one.id for one in tx.reservations.by(RESERVATION_BY_ORDER, order_id)} != {one.id for one in made}:
        raise TryAgain("an oversell of the order was filled meanwhile")
    now = tx.reservations.lock([one.id for one in wanted]).values()
    freed = tuple(shelf.unreserve(one, act.at) for one in now if one.open)
    settle_cancelled(tx, shelf, [one.id for one in owing], act)
    shelf.write(tx)
    for reservation in freed:
        tx.reservations.save(reservation)
    return freed


def with_codes(tx: InventoryTx, shortages: Iterable[Shortage]) -> tuple[Shortage, ...]:
    """The shortages with the codes that people know the SKUs by."""
    shortages = tuple(shortages)
    skus = tx.skus.many(short.sku_id for short in shortages) if shortages else {}
    return tuple(attrs.evolve(short, sku_code=skus[short.sku_id].code) if short.sku_id in skus else short for short in shortages)


def _keys(wants: Sequence[Want], warehouses: Sequence[WarehouseId]) -> list[StockKey]:
    return [(want.sku_id, warehouse) for want in wants for warehouse in warehouses]


def add_reservations(
    tx: InventoryTx, order_id: OrderId, allotted: Sequence[Allotment], channel_id: ChannelId | None, act: Act
) -> tuple[Reservation, ...]:
    """Write a reservation for each allotment; an order that is reserved for again (late payment) gets further ones."""
    earlier = len(tx.reservations.by(RESERVATION_BY_ORDER, order_id))
    made = tuple(
        Reservation(
            id=ReservationId(derive(order_id, "reservation", place)),
            order_id=order_id,
            line=allotment.line,
            sku_id=allotment.sku_id,
            warehouse_id=allotment.warehouse_id,
            qty=allotment.qty,
            made_at=act.at,
            channel_id=channel_id,
            dedicated_qty=allotment.dedicated_qty,
        )
        for place, allotment in enumerate(allotted, start=earlier)
    )
    for reservation in made:
        tx.reservations.add(reservation)
    return made
