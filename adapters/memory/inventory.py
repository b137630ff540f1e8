"""Searching inventory in memory: every stock is looked at."""

from __future__ import annotations

from uuid import UUID

from houtai.adapters.buffer import flat
from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.paging import Page, Slice
from houtai.domain.authority import HOUSE
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.stock import Stock


class InventorySearch:
    """See `InventoryViews`: its search."""

    store: MemoryStore

    def stock_list(
        self,
        warehouses: frozenset[WarehouseId] | None,
        sku_id: SkuId | None,
        available_at_most: int | None,
        merchants: frozenset[UUID] | None,
        page: Page,
    ) -> Slice[Stock]:
        """See `InventoryViews.stock_list`."""
        stocks, skus = self.store.shelves["stocks"].held, self.store.shelves["skus"].held
        found = [
            key
            for key, stock in stocks.items()
            if (warehouses is None or stock.warehouse_id in warehouses)
            and (sku_id is None or stock.sku_id == sku_id)
            and (available_at_most is None or stock.available_qty <= available_at_most)
            and (merchants is None or (skus[stock.sku_id].merchant_id or HOUSE) in merchants)
        ]
        return slice_of(sorted(found, key=flat, reverse=page.newest_first), stocks, page)
