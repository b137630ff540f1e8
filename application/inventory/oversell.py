"""Oversells: recorded with their cause when a channel sold what is not there, and settled when it came or the order went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs

from houtai.application.inventory.cause import root_cause
from houtai.application.inventory.ports import InventoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, OrderId, SkuId, WarehouseId, derive
from houtai.domain.inventory.events import OversellRecorded, OversellSettled
from houtai.domain.inventory.oversell import (
    DUE_AFTER,
    OVERSELL_MOVES,
    OWNER_QUEUE,
    Oversell,
    OversellId,
    OversellState,
)
from houtai.domain.inventory.reservation import Allotment, Want
from houtai.domain.moves import check_move


@attrs.frozen
class Sale:
    """What a channel sold and what of it there was."""

    order_id: OrderId
    channel_id: ChannelId
    wants: Sequence[Want]
    allotted: Sequence[Allotment]
    owed_from: WarehouseId | None
    sold_at: dt.datetime

    def by_line(self) -> dict[tuple[int, SkuId], tuple[int, int]]:
        """Wanted and got for each line and SKU."""
        found: dict[tuple[int, SkuId], tuple[int, int]] = {}
        for want in self.wants:
            wanted, got = found.get((want.line, want.sku_id), (0, 0))
            found[want.line, want.sku_id] = wanted + want.qty, got
        for part in self.allotted:
            wanted, got = found[part.line, part.sku_id]
            found[part.line, part.sku_id] = wanted, got + part.qty
        return found


def record_oversells(tx: InventoryTx, shelf: Shelf, sale: Sale, act: Act) -> None:
    """Record an oversell for each line and SKU that did not get everything.

    The units are owed from one warehouse's stock, so that what comes in is promised to nobody else before them.
    """
    for (line, sku_id), (wanted, got) in sale.by_line().items():
        if wanted == got:
            continue
        oversell = Oversell(
            id=OversellId(derive(sale.order_id, "oversell", line, sku_id)),
            channel_id=sale.channel_id,
            order_id=sale.order_id,
            line=line,
            sku_id=sku_id,
            warehouse_id=sale.owed_from,
            wanted_qty=wanted,
            got_qty=got,
            root_cause=root_cause(tx, sale.channel_id, sku_id, sale.sold_at, shelf.of_sku(sku_id)),
            found_at=act.at,
            owner_queue=OWNER_QUEUE,
            due_at=act.at + DUE_AFTER,
        )
        if sale.owed_from is not None:
            currency = tx.warehouses.get(sale.owed_from).currency
            stock = shelf.ensure((sku_id, sale.owed_from), currency)
            shelf.change(stock.key, owed_qty=stock.owed_qty + oversell.missing_qty)
        tx.oversells.add(oversell)
        write_line(tx, act, "oversell", oversell, "recorded", before=None)
        tx.emit(OversellRecorded(oversell.id, sale.channel_id, sale.order_id, line, sku_id, oversell.missing_qty))


def settle(tx: InventoryTx, shelf: Shelf, oversell: Oversell, act: Act, *, state: OversellState, resolution: str) -> Oversell:
    """End an open oversell, which is locked, and take its units off what the stock owes."""
    check_move("oversell", OVERSELL_MOVES, oversell.state, state)
    owe_no_more(shelf, oversell)
    return write_settled(tx, oversell, act, state=state, resolution=resolution)


def owe_no_more(shelf: Shelf, oversell: Oversell) -> None:
    """Take an oversell's units off what its stock owes."""
    if oversell.stock_key is not None:
        stock = shelf.stocks[oversell.stock_key]
        shelf.change(stock.key, owed_qty=stock.owed_qty - oversell.missing_qty)


def write_settled(tx: InventoryTx, oversell: Oversell, act: Act, *, state: OversellState, resolution: str) -> Oversell:
    """Write how an oversell ended, with its line in the timeline, and announce it."""
    settled = attrs.evolve(oversell, state=state, resolution=resolution, version=oversell.version + 1)
    tx.oversells.save(settled)
    write_line(tx, act, "oversell", settled, state.value, before=oversell.state, reason=resolution)
    filled = state is OversellState.FILLED
    tx.emit(OversellSettled(oversell.id, oversell.order_id, oversell.line, oversell.sku_id, filled))
    return settled


def settle_cancelled(tx: InventoryTx, shelf: Shelf, oversells: Iterable[OversellId], act: Act) -> None:
    """Close the open ones of these because their order no longer wants the units."""
    locked = tx.oversells.lock(oversells)
    for oversell in locked.values():
        if oversell.state is OversellState.OPEN:
            settle(tx, shelf, oversell, act, state=OversellState.CLOSED, resolution="the order no longer wants the units")
