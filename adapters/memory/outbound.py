"""Searching outbound in memory: every record is looked at."""

from __future__ import annotations

from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.outbound.ports import ManifestWish, OutboundWish, WaveWish
from houtai.application.paging import Page, Slice
from houtai.domain.authority import HOUSE
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import Wave


class OutboundSearch:
    """See `OutboundViews`: its searches."""

    store: MemoryStore

    def outbound_list(self, wish: OutboundWish, page: Page) -> Slice[OutboundOrder]:
        """See `OutboundViews.outbound_list`."""
        held: dict[Any, OutboundOrder] = self.store.shelves["outbound_orders"].held
        found = [order_id for order_id, order in held.items() if _meets(wish, order)]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def wave_list(self, wish: WaveWish, page: Page) -> Slice[Wave]:
        """See `OutboundViews.wave_list`."""
        held: dict[Any, Wave] = self.store.shelves["waves"].held
        found = [
            wave_id
            for wave_id, wave in held.items()
            if (wish.warehouses is None or wave.warehouse_id in wish.warehouses)
            and (not wish.states or wave.state in wish.states)
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def manifest_list(self, wish: ManifestWish, page: Page) -> Slice[Manifest]:
        """See `OutboundViews.manifest_list`."""
        held: dict[Any, Manifest] = self.store.shelves["manifests"].held
        found = [
            manifest_id
            for manifest_id, one in held.items()
            if (wish.warehouses is None or one.warehouse_id in wish.warehouses)
            and wish.carrier in ("", one.carrier)
            and wish.state in (None, one.state)
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)


def _meets(wish: OutboundWish, order: OutboundOrder) -> bool:
    return (
        (wish.warehouses is None or order.warehouse_id in wish.warehouses)
        and (wish.merchants is None or (order.merchant_id or HOUSE) in wish.merchants)
        and (not wish.states or order.state in wish.states)
        and wish.wave_id in (None, order.wave_id)
        and wish.source_id in (None, order.source_id)
    )
