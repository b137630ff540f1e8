"""Promises on stock: soft holds that end by themselves, and hard reservations of orders."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, CustomerId, HoldId, OrderId, ReservationId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockKey
from houtai.domain.moves import Moves


@attrs.frozen
class Want:
    """So many units of a SKU for a line; several wants may name the same line (a bundle's parts) or SKU (a gift)."""

    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class Allotment:
    """A part of a want that one warehouse serves; `dedicated_qty` of it comes out of the channel's own fence."""

    line: int
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int
    dedicated_qty: int = 0

    @property
    def stock_key(self) -> StockKey:
        """The stock it comes from."""
        return self.sku_id, self.warehouse_id


class ReservationState(enum.Enum):
    """Where a reservation stands."""

    OPEN = "open"
    RELEASED = "released"
    SHIPPED = "shipped"


RESERVATION_MOVES: Final[Moves[ReservationState]] = {
    ReservationState.OPEN: frozenset({ReservationState.RELEASED, ReservationState.SHIPPED}),
    ReservationState.RELEASED: frozenset(),
    ReservationState.SHIPPED: frozenset(),
}


@attrs.frozen
class Reservation:
    """Units of one warehouse that an order line has for certain until they ship or are released."""

    id: ReservationId
    order_id: OrderId
    line: int
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int
    made_at: dt.datetime
    channel_id: ChannelId | None = None
    dedicated_qty: int = 0
    state: ReservationState = ReservationState.OPEN
    closed_at: dt.datetime | None = None

    @property
    def stock_key(self) -> StockKey:
        """The stock it rests on."""
        return self.sku_id, self.warehouse_id

    @property
    def open(self) -> bool:
        """Whether it still binds stock."""
        return self.state is ReservationState.OPEN


class HoldState(enum.Enum):
    """Where a hold, or one line of it, stands."""

    LIVE = "live"
    CONVERTED = "converted"
    RELEASED = "released"
    EXPIRED = "expired"


HOLD_MOVES: Final[Moves[HoldState]] = {
    HoldState.LIVE: frozenset({HoldState.CONVERTED, HoldState.RELEASED, HoldState.EXPIRED}),
    HoldState.CONVERTED: frozenset(),
    HoldState.RELEASED: frozenset(),
    HoldState.EXPIRED: frozenset(),
}


@attrs.frozen
class Hold:
    """What a buyer holds while paying. Past `expires_at` it counts as ended, whether or not the timer has come round."""

    id: HoldId
    buyer_id: CustomerId
    channel_id: ChannelId
    lines: tuple[Allotment, ...]
    made_at: dt.datetime
    expires_at: dt.datetime
    state: HoldState = HoldState.LIVE

    def live_at(self, at: dt.datetime) -> bool:
        """Whether it still binds stock at that moment."""
        return self.state is HoldState.LIVE and at < self.expires_at


HeldLineKey = tuple[HoldId, int]


@attrs.frozen
class HeldLine:
    """One allotment of a hold as it binds its stock; `number` is its place in the hold.

    Each ends by itself, so that whoever locks a stock can clear what ended there without touching any other stock.
    """

    hold_id: HoldId
    number: int
    buyer_id: CustomerId
    channel_id: ChannelId
    sku_id: SkuId
    warehouse_id: WarehouseId
    qty: int
    dedicated_qty: int
    expires_at: dt.datetime
    state: HoldState = HoldState.LIVE

    @property
    def key(self) -> HeldLineKey:
        """Which line of which hold."""
        return self.hold_id, self.number

    @property
    def stock_key(self) -> StockKey:
        """The stock it rests on."""
        return self.sku_id, self.warehouse_id

    def live_at(self, at: dt.datetime) -> bool:
        """Whether it still binds stock at that moment."""
        return self.state is HoldState.LIVE and at < self.expires_at


@attrs.frozen
class Holder:
    """A buyer who has held stock: the row that is locked while the buyer's cap is checked."""

    buyer_id: CustomerId
    holds: int = 0


FenceKey = tuple[ChannelId, SkuId, WarehouseId]


@attrs.frozen
class Fence:
    """Units of one warehouse ring-fenced for one channel: `total_qty` when set, `left_qty` not yet drawn."""

    channel_id: ChannelId
    sku_id: SkuId
    warehouse_id: WarehouseId
    total_qty: int
    left_qty: int

    @property
    def key(self) -> FenceKey:
        """Whose, of what, where."""
        return self.channel_id, self.sku_id, self.warehouse_id

    @property
    def stock_key(self) -> StockKey:
        """The stock it lies in."""
        return self.sku_id, self.warehouse_id
