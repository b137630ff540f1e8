"""A floor with a bench, a scale and a door: orders go the whole way from the shelf to the van, for tests of what ends there."""

from __future__ import annotations

from typing import Any

from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.configure import SetBox, set_box
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
)
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.waves import ReleasedWave
from houtai.application.outbound.weigh import WeighParcel, weigh_parcel
from houtai.domain.ids import BoxId, HandlingUnitId, ManifestId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import PickRun
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.orders.shop import Shop
from tests.outbound.dispatch import BOX, WEIGHTS
from tests.outbound.floor import Floor


class Way(Floor):
    """The floor, and everything that comes behind it."""

    def __init__(self, shop: Shop, **more: Any) -> None:
        super().__init__(shop, **more)
        self.totes = 0
        self.dispatch(expected_version=1, label_printer=self.printer, zero_check=False)
        self.office.perform(set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=BOX), self.act)

    def new_tote(self) -> HandlingUnitId:
        """An empty one."""
        self.totes += 1
        return self.unit(UnitKind.TOTE, f"H-W{self.totes}")

    def picked(self, *orders: OutboundOrder) -> ReleasedWave:
        """In one wave, picked order by order."""
        made = self.printed(*orders, method=PickMethod.SINGLE)
        for run in self.runs(made):
            self.walked(self.start(self.new_tote(), run=run.id))
        return made

    def walked(self, run: PickRun) -> PickRun:
        """To its end."""
        places = {place.path: place for place in (self.first, self.second)}
        codes = {sku: code for code, sku in self.shop.sku.items()}
        for line in run.picking.lines:
            run = self.take(run, places[line.location], codes[line.sku_id], line.qty)
        return run

    def weighed(self, order: OutboundOrder) -> OutboundOrder:
        """Checked, in a box, on the scale."""
        now = self.now(order)
        self.office.perform(begin_check, BeginCheck(now.waybill or now.number), self.act)
        for line in now.lines:
            if line.picked_qty:
                self.office.perform(check_piece, CheckPiece(now.id, line.sku_id, line.picked_qty), self.act)
        return self.packed_and_weighed(order)

    def packed_and_weighed(self, order: OutboundOrder) -> OutboundOrder:
        """In a box, on the scale."""
        now = self.now(order)
        grams = BOX.tare_g + sum(WEIGHTS[line.sku_code] * line.picked_qty for line in now.lines)
        (parcel,) = self.office.perform(pack, Pack(now.id, (PackedParcel("B"),)), self.act)
        self.office.perform(weigh_parcel, WeighParcel(parcel.number, grams), self.act)
        return self.now(order)

    def leaves(self, *orders: OutboundOrder) -> None:
        """From the table to the carrier's van, on one manifest."""
        manifest = ManifestId(new_id())
        carrier = self.now(orders[0]).carrier
        self.office.perform(open_manifest, OpenManifest(manifest, self.warehouse, carrier), self.act)
        for order in orders:
            self.office.perform(add_parcel, ScanParcel(manifest, self.weighed(order).waybill), self.act)
        self.office.perform(close_manifest, CloseManifest(manifest), self.act)
