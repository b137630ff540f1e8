"""How the explanation of a SKU's numbers travels over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.inventory.explanation import ChannelStock, Explanation, WarehouseStock
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.inventory_wire import MovementOut, movement_out
from houtai.entrypoints.http.promises_wire import FigureOut, figure_out


class ExplainQuery(wire.Wire):
    """How many of the latest movements of each warehouse to show."""

    movements: Annotated[int, Meta(ge=0, le=100)] = 5


class ReservedForOut(wire.Wire):
    """Units that an order line has."""

    order_id: UUID
    line: int
    qty: int
    made_at: dt.datetime


class HeldForOut(wire.Wire):
    """Units that a buyer holds."""

    buyer_id: UUID
    hold_id: UUID
    qty: int
    expires_at: dt.datetime


class WarehouseStockOut(wire.Wire):
    """One warehouse's part of the arithmetic; `doubts` says what does not add up."""

    warehouse_id: UUID
    code: str
    name: str
    active: bool
    on_hand: dict[str, int]
    reserved_qty: int
    reservations: tuple[ReservedForOut, ...]
    further_reservations: int
    held_qty: int
    holds: tuple[HeldForOut, ...]
    ended_holds_qty: int
    frozen_qty: int
    safety_qty: int
    available_qty: int
    dedicated_qty: int
    owed_qty: int
    currency: str
    value_minor: int | None
    last_seq: int
    movements: tuple[MovementOut, ...]
    doubts: tuple[str, ...]


_PLAIN = set(WarehouseStockOut.__struct_fields__) - {"on_hand", "reservations", "holds", "movements"}


def _warehouse_stock(place: WarehouseStock) -> WarehouseStockOut:
    return WarehouseStockOut(
        on_hand={state.value: qty for state, qty in place.on_hand.items()},
        reservations=tuple(ReservedForOut(one.order_id, one.line, one.qty, one.made_at) for one in place.reservations),
        holds=tuple(HeldForOut(one.buyer_id, one.hold_id, one.qty, one.expires_at) for one in place.holds),
        movements=tuple(movement_out(one) for one in place.movements),
        **{name: getattr(place, name) for name in _PLAIN},
    )


class PartOut(wire.Wire):
    """A component of a bundle."""

    sku_id: UUID
    sku_code: str
    qty: int


class ChannelStockOut(wire.Wire):
    """One channel's part: the arithmetic by now, its outcome, and what the channel was told last."""

    channel_id: UUID
    code: str
    warehouses: tuple[str, ...]
    figure: FigureOut
    qty: int
    bundles_together: int
    bundles_split: int
    told_qty: int | None
    told_at: dt.datetime | None
    told_seq: int | None


def _channel_stock(channel: ChannelStock) -> ChannelStockOut:
    plain = set(ChannelStockOut.__struct_fields__) - {"figure"}
    return ChannelStockOut(figure=figure_out(channel.figure), **{name: getattr(channel, name) for name in plain})


class ExplanationOut(wire.Wire):
    """Every number of a SKU with what it is made of; `text` is the same to read."""

    sku_id: UUID
    sku_code: str
    sku_title: str
    at: dt.datetime
    available_qty: int
    warehouses: tuple[WarehouseStockOut, ...]
    parts: tuple[PartOut, ...]
    channels: tuple[ChannelStockOut, ...]
    text: str


def explanation_out(found: Explanation) -> ExplanationOut:
    """An explanation as it goes out."""
    return ExplanationOut(
        sku_id=found.sku_id,
        sku_code=found.sku_code,
        sku_title=found.sku_title,
        at=found.at,
        available_qty=found.available_qty,
        warehouses=tuple(_warehouse_stock(place) for place in found.warehouses),
        parts=tuple(PartOut(part.sku_id, part.sku_code, part.qty) for part in found.parts),
        channels=tuple(_channel_stock(channel) for channel in found.channels),
        text=found.text(),
    )
