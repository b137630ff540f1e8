"""Searching outbound in memory: every record is looked at."""

from __future__ import annotations

from typing import Any

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.outbound.wishes import (
    GoodsIssueFilter,
    ManifestWish,
    OutboundWish,
    ParcelWish,
    RunWish,
    TransferFilter,
    WaveWish,
)
from houtai.application.paging import Page, Slice
from houtai.domain.authority import HOUSE
from houtai.domain.outbound.goods_issue import GoodsIssue
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.transfer import Transfer
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun


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

    def run_list(self, wish: RunWish, page: Page) -> Slice[PickRun]:
        """See `OutboundViews.run_list`."""
        held: dict[Any, PickRun] = self.store.shelves["pick_runs"].held
        found = [
            run_id
            for run_id, run in held.items()
            if (wish.warehouses is None or run.warehouse_id in wish.warehouses)
            and wish.wave_id in (None, run.wave_id)
            and (not wish.states or run.state in wish.states)
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def parcel_list(self, wish: ParcelWish, page: Page) -> Slice[Parcel]:
        """See `OutboundViews.parcel_list`."""
        held: dict[Any, Parcel] = self.store.shelves["parcels"].held
        orders: dict[Any, OutboundOrder] = self.store.shelves["outbound_orders"].held
        found = [parcel_id for parcel_id, parcel in held.items() if _meets_parcel(wish, parcel, orders[parcel.outbound_id])]
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

    def transfer_list(self, wish: TransferFilter, page: Page) -> Slice[Transfer]:
        """See `OutboundViews.transfer_list`."""
        held: dict[Any, Transfer] = self.store.shelves["transfers"].held
        found = [
            transfer_id
            for transfer_id, one in held.items()
            if (wish.warehouses is None or not wish.warehouses.isdisjoint((one.source_id, one.destination_id)))
            and (not wish.states or one.state in wish.states)
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def goods_issue_list(self, wish: GoodsIssueFilter, page: Page) -> Slice[GoodsIssue]:
        """See `OutboundViews.goods_issue_list`."""
        held: dict[Any, GoodsIssue] = self.store.shelves["goods_issues"].held
        found = [
            issue_id
            for issue_id, one in held.items()
            if (wish.warehouses is None or one.warehouse_id in wish.warehouses)
            and (not wish.states or one.state in wish.states)
            and wish.reason in (None, one.reason)
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)


def _meets(wish: OutboundWish, order: OutboundOrder) -> bool:
    return (
        (wish.warehouses is None or order.warehouse_id in wish.warehouses)
        and (wish.merchants is None or (order.merchant_id or HOUSE) in wish.merchants)
        and (not wish.states or order.state in wish.states)
        and wish.wave_id in (None, order.wave_id)
        and (wish.source_id is None or wish.source_id in order.sources)
        and wish.kind in (None, order.kind)
        and wish.code in ("", order.number, order.waybill)
    )


def _meets_parcel(wish: ParcelWish, parcel: Parcel, order: OutboundOrder) -> bool:
    return (
        (wish.warehouses is None or order.warehouse_id in wish.warehouses)
        and (wish.merchants is None or (order.merchant_id or HOUSE) in wish.merchants)
        and wish.outbound_id in (None, parcel.outbound_id)
        and (not wish.states or parcel.state in wish.states)
        and wish.manifest_number in ("", parcel.manifest_number)
        and wish.code in ("", parcel.number, parcel.waybill)
    )
