"""Stock for an order: its paid lines whole or not at all, its gifts as far as they are there (R-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from houtai.application.inventory.ports import RESERVATION_BY_ORDER, InventoryTx
from houtai.application.inventory.reserve import pool_of, reserve
from houtai.application.inventory.shelf import Shelf
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, HoldId, OrderId, SkuId
from houtai.domain.inventory.allocation import pool_qty
from houtai.domain.inventory.reservation import Want
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order

GiftChoice = Callable[[Mapping[SkuId, int]], Sequence[OrderLine]]
"""Which gifts go out, by what may be had of each SKU; the lines' `shortage_qty` says what is owed."""


def secure(
    tx: InventoryTx,
    order_id: OrderId,
    sold: Sequence[OrderLine],
    candidates: Iterable[SkuId],
    choose: GiftChoice,
    act: Act,
    *,
    channel_id: ChannelId,
    buyer_id: CustomerId | None = None,
    hold_id: HoldId | None = None,
) -> tuple[OrderLine, ...]:
    """Reserve the lines, and then of the `candidates` what `choose` takes; the gift lines that came of it.

    All stock is locked at once, so that gifts never wait for what another order holds. Raises OutOfStock for a paid line,
    never for a gift.
    """
    warehouses = pool_of(tx, channel_id)
    free = set(candidates)
    if free:
        if hold_id is not None:
            tx.holds.lock([hold_id])
        everything = {sku_id for sku_id in free | {line.sku_id for line in sold} if sku_id is not None}
        tx.stocks.lock((sku_id, warehouse) for sku_id in everything for warehouse in warehouses)
    reserve(tx, order_id, wants(sold), warehouses, act, hold_id=hold_id, channel_id=channel_id, buyer_id=buyer_id)
    if not free:
        return ()
    shelf = Shelf.lock(tx, [(sku_id, warehouse) for sku_id in free for warehouse in warehouses], act.at, channel_id=channel_id)
    reach = shelf.reach(channel_id)
    gifts = tuple(choose({sku_id: max(0, pool_qty(sku_id, reach, warehouses)) for sku_id in free}))
    if asked := wants(gifts):
        reserve(tx, order_id, asked, warehouses, act, channel_id=channel_id)
    return gifts


def secure_again(tx: InventoryTx, order: Order, act: Act) -> tuple[OrderLine, ...]:
    """Reserve once more for an order that has nothing reserved; its lines as they are then. Raises OutOfStock."""
    sold = tuple(line.short_of(line.settled_qty) for line in order.lines if not line.is_gift)
    gifts = tuple(line for line in order.lines if line.is_gift)

    def take(available: Mapping[SkuId, int]) -> tuple[OrderLine, ...]:
        left = dict(available)
        taken = []
        for line in gifts:
            assert line.sku_id is not None, "a gift is one of our goods"
            there = min(line.open_qty, left.get(line.sku_id, 0))
            left[line.sku_id] = left.get(line.sku_id, 0) - there
            taken.append(line.short_of(line.open_qty - there))
        return tuple(taken)

    candidates = [line.sku_id for line in gifts if line.sku_id is not None]
    got = secure(tx, order.id, sold, candidates, take, act, channel_id=order.channel_id, buyer_id=order.customer_id)
    return order.with_lines({line.seq: line for line in (*sold, *got)})


def wants(lines: Iterable[OrderLine]) -> list[Want]:
    """What these lines need from stock now."""
    return [
        Want(line.seq, line.sku_id, line.open_qty - line.shortage_qty)
        for line in lines
        if line.sku_id is not None and line.open_qty > line.shortage_qty
    ]


def reserved_by_line(tx: InventoryTx, order_id: OrderId) -> dict[int, int]:
    """Units with an open reservation, by line."""
    found: dict[int, int] = {}
    for reservation in tx.reservations.by(RESERVATION_BY_ORDER, order_id):
        if reservation.open:
            found[reservation.line] = found.get(reservation.line, 0) + reservation.qty
    return found
