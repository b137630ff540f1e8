"""What a group of orders locks of stock before the first of them reserves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set as AbstractSet

from houtai.application.inventory.ports import (
    PART_BY_COMPONENT,
    PUBLISHED_BY_SKU,
    RESERVATION_BY_ORDER,
    InventoryTx,
)
from houtai.application.inventory.reserve import pool_of
from houtai.domain.ids import ChannelId, HoldId, OrderId, SkuId


def ahead_of_reserving(
    tx: InventoryTx, wanted: Mapping[ChannelId, AbstractSet[SkuId]], *, orders: Sequence[OrderId], holds: Sequence[HoldId]
) -> None:
    """Lock the holds, the stock of each channel's goods wherever it is served from, and what other channels were told of it."""
    if holds:
        tx.holds.ahead(holds, lock=True)
    tx.stocks.ahead(
        {(sku_id, warehouse) for channel, skus in wanted.items() for warehouse in pool_of(tx, channel) for sku_id in skus},
        lock=True,
    )
    tx.reservations.ahead_by(RESERVATION_BY_ORDER, *orders)
    touched = sorted({sku_id for skus in wanted.values() for sku_id in skus})
    tx.bundle_parts.ahead_by(PART_BY_COMPONENT, *touched)
    bundles = {part.bundle_id for part in tx.bundle_parts.by(PART_BY_COMPONENT, *touched)}
    tx.published.ahead_by(PUBLISHED_BY_SKU, *sorted({*touched, *bundles}), lock=True)
