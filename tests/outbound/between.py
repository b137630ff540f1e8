"""A shop with a second warehouse, and goods on their way there: for tests of transfers."""

from __future__ import annotations

from typing import Any

from houtai.application.house import OF_DOCUMENT
from houtai.application.inventory.ports import ADJUSTMENT_BY_WAREHOUSE
from houtai.application.outbound.arrivals import ReceivedLine, ReceiveTransfer, receive_transfer
from houtai.application.outbound.configure import SetDispatch, set_dispatch
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews
from houtai.application.outbound.transfers import (
    CreateTransfer,
    ReadyTransfer,
    TransferWish,
    create_transfer,
    ready_transfer,
)
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.application.warehouse.bin_queries import ListBins, list_bins
from houtai.domain.act import Act
from houtai.domain.ids import SkuId, TransferId, WarehouseId, new_id
from houtai.domain.inventory.adjustment import Adjustment
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.transfer import Transfer
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.bins import LotId
from tests.inventory.arrange import some_warehouse, stock_of
from tests.orders.shop import Shop
from tests.outbound.dispatch import CARRIER, Dispatch
from tests.shipping.dock import SENDER


@needs("tests.read")
def _transfer(views: OutboundViews, query: TransferId, act: Act) -> Transfer:
    return views.transfers.get(query)


@needs("tests.read")
def _outbound_of(views: OutboundViews, query: TransferId, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


@needs("tests.read")
def _timeline(views: OutboundViews, query: TransferId, act: Act) -> list[TimelineEntry]:
    return views.timeline.by(OF_DOCUMENT, query)


@needs("tests.read")
def _adjustments(views: OutboundViews, query: WarehouseId, act: Act) -> list[Adjustment]:
    return views.adjustments.by(ADJUSTMENT_BY_WAREHOUSE, query)


class Between(Dispatch):
    """The shop's warehouse, where everything lies at 5 yuan a piece, and an empty one in the west."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.west = some_warehouse(shop.office, shop.act, "WE")
        settings = SetDispatch(warehouse=self.west, expected_version=0, sender=SENDER, carriers=(CARRIER,))
        self.office.perform(set_dispatch, settings, self.act)

    def draft(self, **units: int) -> Transfer:
        """Asked for."""
        wishes = tuple(TransferWish(self.shop.sku[code], qty) for code, qty in units.items())
        cmd = CreateTransfer(TransferId(new_id()), self.shop.warehouse, self.west, wishes)
        return self.office.perform(create_transfer, cmd, self.act)

    def ready(self, **units: int) -> Transfer:
        """Reserved, with an outbound order."""
        return self.office.perform(ready_transfer, ReadyTransfer(self.draft(**units).id), self.act)

    def outbound_of(self, transfer: Transfer) -> OutboundOrder:
        """What the source works on for it now."""
        return max(self.office.ask(_outbound_of, transfer.id, self.act), key=lambda one: one.number)

    def picked_for(self, transfer: Transfer) -> OutboundOrder:
        """Its goods on the table."""
        outbound = self.outbound_of(transfer)
        self.waved(outbound)
        return self.pick(outbound.id)

    def weighed_for(self, transfer: Transfer) -> OutboundOrder:
        """Its goods in a parcel on the scale."""
        outbound = self.check(self.picked_for(transfer).id)
        for parcel in self.pack(outbound.id):
            self.weigh(parcel)
        return self.sent_by_id(outbound.id)

    def send(self, transfer: Transfer) -> Transfer:
        """From ready to the carrier's van."""
        outbound = self.weighed_for(transfer)
        manifest = self.manifest()
        self.scan(manifest.id, outbound.waybill)
        self.close(manifest.id)
        return self.transfer(transfer)

    def sent(self, **units: int) -> Transfer:  # type: ignore[override]  # of a transfer, not of an order
        """On the road."""
        return self.send(self.ready(**units))

    def receive(self, transfer: Transfer, qty: int, **line: Any) -> Transfer:
        """So many units of its first line arrive."""
        cmd = ReceiveTransfer(transfer.id, (ReceivedLine(line.pop("line", 1), qty, **line),))
        return self.office.perform(receive_transfer, cmd, self.act)

    def transfer(self, transfer: Transfer) -> Transfer:
        """As it is now."""
        return self.office.ask(_transfer, transfer.id, self.act)

    def story(self, transfer: Transfer) -> list[str]:
        """What happened to it, in order."""
        found = self.office.ask(_timeline, transfer.id, self.act)
        return [line.event for line in sorted(found, key=lambda line: line.version)]

    def adjustments(self, warehouse: WarehouseId) -> list[Adjustment]:
        """What was asked to be changed there."""
        return self.office.ask(_adjustments, warehouse, self.act)

    def lots_at(self, warehouse: WarehouseId, sku: SkuId) -> dict[LotId | None, int]:
        """Pieces there by their lot."""
        found: dict[LotId | None, int] = {}
        for one in self.office.ask(list_bins, ListBins(Page(limit=100), warehouse, sku), self.act).items:
            found[one.lot_id] = found.get(one.lot_id, 0) + one.qty
        return found

    def on_hand(self, code: str, warehouse: WarehouseId | None = None) -> int:
        """Sellable pieces there; none where there never were any."""
        try:
            return stock_of(self.office, self.act, self.shop.sku[code], warehouse or self.shop.warehouse).sellable_qty
        except NotFound:
            return 0

    def books(self) -> tuple[int, int, int]:
        """Inventory, goods in transit, and shrinkage."""
        return self.shop.balance("inventory"), self.shop.balance("in-transit"), self.shop.balance("shrinkage")
