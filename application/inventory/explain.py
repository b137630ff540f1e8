"""Explaining a number: the whole arithmetic behind what is available and what each channel is told, traceable to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory import ports
from houtai.application.inventory.explanation import (
    ChannelStock,
    Explanation,
    HeldFor,
    PartStock,
    ReservedFor,
    WarehouseStock,
)
from houtai.application.inventory.figures import reach_of, without_ended_holds, work_out
from houtai.application.inventory.ports import InventoryViews
from houtai.application.inventory.queries import READ, channel_seen, movement_view, scope_of_stock
from houtai.application.inventory.scope import check_seen
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.inventory.allocation import bundles_split, bundles_together
from houtai.domain.inventory.reservation import HeldLine, HoldState, ReservationState
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.inventory.warehouse import PoolState, Warehouse

MOST_NAMED: Final = 50


@attrs.frozen
class ExplainSku:
    """Which SKU, and how many of the latest movements of each warehouse to show."""

    sku_id: SkuId
    movements: int = attrs.field(default=5, validator=limits.between(0, 100))


@needs(READ, along=(CHANNEL, WAREHOUSE, MERCHANT))
def explain(views: InventoryViews, query: ExplainSku, act: Act) -> Explanation:
    """Everything that makes up the SKU's numbers in every warehouse and on every channel. Raises NotFound."""
    sku = views.skus.get(query.sku_id)
    check_seen(act, READ, sku)
    stocks = [stock for stock in views.stocks.by(ports.STOCK_BY_SKU, sku.id) if act.may(READ, scope_of_stock(stock, sku))]
    places = views.warehouses.many(stock.warehouse_id for stock in stocks)
    reserved = views.reservations.by(ports.RESERVATION_BY_SKU, (sku.id, ReservationState.OPEN.value))
    orders: dict[UUID, list[ReservedFor]] = {stock.warehouse_id: [] for stock in stocks}
    for one in sorted(reserved, key=lambda one: one.made_at, reverse=True):
        orders.setdefault(one.warehouse_id, []).append(ReservedFor(one.order_id, one.line, one.qty, one.made_at))
    warehouses = [
        _warehouse(views, stock, places[stock.warehouse_id], orders[stock.warehouse_id], query.movements, act) for stock in stocks
    ]
    return Explanation(
        sku_id=sku.id,
        sku_code=sku.code,
        sku_title=sku.title,
        at=act.at,
        warehouses=tuple(sorted(warehouses, key=lambda place: place.code)),
        parts=_parts(views, sku),
        channels=tuple(_channels(views, sku, act)),
    )


def _warehouse(
    views: InventoryViews, stock: Stock, place: Warehouse, orders: list[ReservedFor], most: int, act: Act
) -> WarehouseStock:
    lines = views.held_lines.by(ports.HELD_BY_STOCK, (*stock.key, HoldState.LIVE.value))
    live = [line for line in lines if line.live_at(act.at)]
    first = max(1, stock.last_seq - most + 1)
    moved = views.movements.many((*stock.key, seq) for seq in range(first, stock.last_seq + 1)) if most else {}
    now = without_ended_holds(views, stock, act.at)
    return WarehouseStock(
        warehouse_id=stock.warehouse_id,
        code=place.code,
        name=place.name,
        active=place.active,
        on_hand={state: stock.on_hand(state) for state in StockState},
        reserved_qty=stock.reserved_qty,
        reservations=tuple(orders[:MOST_NAMED]),
        further_reservations=max(0, len(orders) - MOST_NAMED),
        held_qty=now.held_qty,
        holds=tuple(HeldFor(line.buyer_id, line.hold_id, line.qty, line.expires_at) for line in live[:MOST_NAMED]),
        ended_holds_qty=stock.held_qty - now.held_qty,
        frozen_qty=stock.frozen_qty,
        safety_qty=stock.safety_qty,
        available_qty=now.available_qty,
        dedicated_qty=stock.dedicated_qty,
        owed_qty=stock.owed_qty,
        currency=stock.currency,
        value_minor=stock.value_minor,
        last_seq=stock.last_seq,
        movements=tuple(movement_view(moved[key]) for key in sorted(moved, key=lambda key: -key[2])),
        doubts=tuple(_doubts(stock, sum(one.qty for one in orders), lines)),
    )


def _doubts(stock: Stock, reserved_qty: int, lines: list[HeldLine]) -> list[str]:
    """What does not add up; empty where the projection equals its rows."""
    held_qty = sum(line.qty for line in lines)
    found = []
    if reserved_qty != stock.reserved_qty:
        found.append(f"the open reservations sum up to {reserved_qty}, not {stock.reserved_qty}")
    if held_qty != stock.held_qty:
        found.append(f"the live holds sum up to {held_qty}, not {stock.held_qty}")
    return found


def _parts(views: InventoryViews, sku: Sku) -> tuple[PartStock, ...]:
    """For a bundle: what it is made of."""
    skus = views.skus.many(component.sku_id for component in sku.components)
    return tuple(PartStock(part.sku_id, skus[part.sku_id].code, part.qty) for part in sku.components)


def _channels(views: InventoryViews, sku: Sku, act: Act) -> list[ChannelStock]:
    """What each channel that sells from stock, or was told of the SKU, may take and is told."""
    told = {row.channel_id: row for row in views.published.by(ports.PUBLISHED_BY_SKU, sku.id)}
    pools = {pool.channel_id: pool for pool in views.channel_warehouses.by(ports.POOL_BY_STATE, PoolState.OPEN.value)}
    shown = [one for one in {**told, **pools} if channel_seen(act, one, pools.get(one))]
    figures = work_out(views, [(channel, sku.id) for channel in shown], at=act.at) if shown else {}
    channels = views.channels.many(shown)
    found = []
    for channel in shown:
        pool, row = pools.get(channel), told.get(channel)
        together, split = _bundles(views, sku, channel, act) if pool is not None else (0, 0)
        codes = views.warehouses.many(pool.warehouses) if pool is not None else {}
        found.append(
            ChannelStock(
                channel_id=channel,
                code=channels[channel].code,
                warehouses=tuple(codes[one].code for one in pool.warehouses if codes[one].active) if pool else (),
                figure=figures[channel, sku.id],
                qty=figures[channel, sku.id].qty,
                bundles_together=together,
                bundles_split=split,
                told_qty=None if row is None else row.qty,
                told_at=None if row is None else row.at,
                told_seq=None if row is None else row.seq,
            )
        )
    return sorted(found, key=lambda one: one.code)


def _bundles(views: InventoryViews, sku: Sku, channel: ChannelId, act: Act) -> tuple[int, int]:
    """How many of a bundle there are on the channel, shipped together and split; (0, 0) for what is no bundle."""
    pool = views.channel_warehouses.get(channel)
    parts: Mapping[SkuId, int] = {component.sku_id: component.qty for component in sku.components}
    places = [place.id for place in views.warehouses.many(pool.warehouses).values() if place.active]
    wanted = {(channel, (part, place)) for part in parts for place in places}
    reach = {key[1]: found for key, found in reach_of(views, wanted, at=act.at).items()}
    return bundles_together(parts, reach, places), bundles_split(parts, reach, places)
