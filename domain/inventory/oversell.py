"""Oversells: what a channel sold and was not there, with its cause, an owner and a time by which it must be solved."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain.ids import ChannelId, OrderId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockKey
from houtai.domain.moves import Moves

OversellId = NewType("OversellId", UUID)

OWNER_QUEUE: Final = "stock-control"
DUE_AFTER: Final = dt.timedelta(hours=4)


class OversellState(enum.Enum):
    """Where an oversell stands."""

    OPEN = "open"
    FILLED = "filled"
    CLOSED = "closed"


OVERSELL_MOVES: Final[Moves[OversellState]] = {
    OversellState.OPEN: frozenset({OversellState.FILLED, OversellState.CLOSED}),
    OversellState.FILLED: frozenset(),
    OversellState.CLOSED: frozenset(),
}


class OversellCause(enum.Enum):
    """How it could come to it."""

    NEVER_PUBLISHED = "never-published"  # the channel sold without ever being told a figure
    NOT_DELIVERED = "not-delivered"  # a lower figure was on its way, the channel still showed an older one
    CONSUMED_SINCE = "consumed-since"  # stock went to others after the last figure, and no new one was made
    SOLD_ABOVE_FIGURE = "sold-above-figure"  # the channel sold more than it was told


@attrs.frozen
class Consumption:
    """What took stock since the figure that the channel knew: an order, a hold or a movement's document."""

    kind: str
    document_id: UUID
    qty: int
    at: dt.datetime


@attrs.frozen
class RootCause:
    """What the channel knew and what happened since. The figure is the last one delivered to the channel, None if none was."""

    cause: OversellCause
    figure_seq: int | None
    figure_qty: int | None
    figure_at: dt.datetime | None
    last_published_at: dt.datetime | None
    consumed: tuple[Consumption, ...]


@attrs.frozen
class Oversell:
    """Units of a line that a channel sold and that were not there.

    `warehouse_id` is where they are owed from first, None where the channel has no warehouses.
    """

    id: OversellId
    channel_id: ChannelId
    order_id: OrderId
    line: int
    sku_id: SkuId
    warehouse_id: WarehouseId | None
    wanted_qty: int
    got_qty: int
    root_cause: RootCause
    found_at: dt.datetime
    owner_queue: str
    due_at: dt.datetime
    state: OversellState = OversellState.OPEN
    resolution: str = ""
    version: int = 1

    @property
    def missing_qty(self) -> int:
        """The units still owed when it was found."""
        return self.wanted_qty - self.got_qty

    @property
    def stock_key(self) -> StockKey | None:
        """The stock that owes; None where the channel has no warehouses."""
        return None if self.warehouse_id is None else (self.sku_id, self.warehouse_id)
