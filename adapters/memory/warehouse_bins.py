"""Searching stock by location in memory: every bin and every move is looked at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.paging import Page, Slice
from houtai.application.warehouse.bin_ports import BinWish, MoveWish, WantedWish
from houtai.domain.authority import HOUSE
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.warehouse.bins import Bin, BinMove
from houtai.domain.warehouse.wanted_count import WantedCount


class BinsSearch:
    """See `BinsViews`: its searches."""

    store: MemoryStore

    def bin_list(self, wish: BinWish, page: Page) -> Slice[Bin]:
        """See `BinsViews.bin_list`."""
        held: dict[Any, Bin] = self.store.shelves["bins"].held
        found = [bin_id for bin_id, one in held.items() if _meets(wish, one)]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def bin_move_list(self, wish: MoveWish, page: Page) -> Slice[BinMove]:
        """See `BinsViews.bin_move_list`."""
        held: dict[Any, BinMove] = {(one.at, *one.key): one for one in self.store.shelves["bin_moves"].held.values()}
        found = [place for place, one in held.items() if _is_wanted(wish, one)]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def wanted_count_list(self, wish: WantedWish, page: Page) -> Slice[WantedCount]:
        """See `BinsViews.wanted_count_list`."""
        held: dict[Any, WantedCount] = {(one.asked_at, one.id): one for one in self.store.shelves["wanted_counts"].held.values()}
        found = [place for place, one in held.items() if _is_asked_for(wish, one)]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)


def _within(wish: BinWish | MoveWish | WantedWish, warehouse_id: WarehouseId, sku_id: SkuId, merchant_id: UUID | None) -> bool:
    return (
        (wish.warehouses is None or warehouse_id in wish.warehouses)
        and (wish.merchants is None or (merchant_id or HOUSE) in wish.merchants)
        and wish.sku_id in (None, sku_id)
    )


def _meets(wish: BinWish, one: Bin) -> bool:
    key = one.key
    return (
        one.qty > 0
        and _within(wish, key.warehouse_id, key.sku_id, key.merchant_id)
        and wish.location_id in (None, key.location_id)
        and wish.handling_unit_id in (None, key.handling_unit_id)
        and wish.lot_id in (None, key.lot_id)
        and wish.state in (None, key.state)
        and (one.suspect_qty > 0 or not wish.suspect)
    )


def _is_wanted(wish: MoveWish, move: BinMove) -> bool:
    return (
        _within(wish, move.warehouse_id, move.sku_id, move.merchant_id)
        and wish.location_id in (None, move.from_location_id, move.to_location_id)
        and wish.handling_unit_id in (None, move.from_unit_id, move.to_unit_id)
        and wish.document_id in (None, move.document_id)
    )


def _is_asked_for(wish: WantedWish, one: WantedCount) -> bool:
    return (
        _within(wish, one.warehouse_id, one.sku_id, one.merchant_id)
        and wish.location_id in (None, one.location_id)
        and wish.state in (None, one.state)
    )
