"""What happened to stock, for the modules above and for the channels."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import AdjustmentId, ChannelId, OrderId, SkuId, WarehouseId
from houtai.domain.inventory.oversell import OversellId


@attrs.frozen
class StockOpened(Event):
    """Goods came in by an opening receipt, worth `value_minor` in the books; `placed` where they stand at their place already."""

    receipt_id: UUID
    warehouse_id: WarehouseId
    value_minor: int
    currency: str
    placed: bool = False


@attrs.frozen
class StockAdjusted(Event):
    """An approved adjustment moved stock; the value of what came and of what went, both positive."""

    adjustment_id: AdjustmentId
    warehouse_id: WarehouseId
    gained_minor: int
    lost_minor: int
    currency: str


@attrs.frozen
class AvailabilityChanged(Event):
    """What can be promised of these SKUs is no longer what it was."""

    sku_ids: tuple[SkuId, ...]


@attrs.frozen
class OversellRecorded(Event):
    """A channel sold what was not there; the order stands with a shortage."""

    oversell_id: OversellId
    channel_id: ChannelId
    order_id: OrderId
    line: int
    sku_id: SkuId
    missing_qty: int


@attrs.frozen
class OversellSettled(Event):
    """The shortage of an order's line is over: filled from stock that came, or closed otherwise."""

    oversell_id: OversellId
    order_id: OrderId
    line: int
    sku_id: SkuId
    filled: bool
