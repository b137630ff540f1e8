"""A shop whose warehouse sends: orders released, waved and picked, for tests of what follows at the bench and the door."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.orders.cancel import CancelOrder, cancel_order
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.check import BeginCheck, CheckPiece, begin_check, check_piece
from houtai.application.outbound.configure import SetBox, SetDispatch, set_box, set_dispatch
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
)
from houtai.application.outbound.intercept import PutBack, put_back_goods
from houtai.application.outbound.pack import Pack, PackedParcel, pack
from houtai.application.outbound.ports import OUTBOUND_OF, PARCELS_OF, PICKS_OF, OutboundTx, OutboundViews
from houtai.application.outbound.steps import keep_order
from houtai.application.outbound.waves import ReleaseWave, release_wave
from houtai.application.outbound.weigh import ParcelWeighed, WeighParcel, weigh_parcel
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.warehouse.pick import Pick, Taking, take
from houtai.domain.act import Act
from houtai.domain.ids import BoxId, ManifestId, OutboundId, PrinterId, WaveId, new_id
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.checking import FastLane, LaneOrder
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.work import PickRow, PickState, WaveLane
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.waybill import Waybill, WaybillState
from houtai.domain.warehouse.bins import Bin
from tests.orders.shop import Shop
from tests.printing.room import LABELS
from tests.shipping.dock import SENDER
from tests.warehouse.arrange import some_location

CARRIER = "embedded"
BOX = Box("B", 300, 300, 300, 30_000, tare_g=200)


@attrs.frozen
class _Picking:
    outbound: OutboundId
    table: Any


@needs("tests.pick")
def _pick(tx: OutboundTx, cmd: _Picking, act: Act) -> OutboundOrder:
    """Everything that the wave promised goes to the table."""
    before = order = tx.outbound_orders.lock_one(cmd.outbound)
    order = keep_order(tx, order, order.picking(), "picking", act)
    rows = [row for row in tx.picks.lock_by(PICKS_OF, order.id) if row.state is PickState.PROMISED]
    takings = [Taking(Pick(row.line, row.bin, row.qty), row.qty, cmd.table) for row in rows]
    picked = order
    for row, now in zip(rows, take(tx, takings, act, document="outbound-order", document_id=order.id), strict=True):
        tx.picks.save(attrs.evolve(row.moved(PickState.PICKED), bin=now.bin))
        picked = picked.with_line(picked.line(row.line).picked(row.qty))
    if order.label_after_scan and order.wave_id is not None and tx.wave_lanes.find(order.wave_id) is None:
        wave = tx.waves.get(order.wave_id)
        members = [tx.outbound_orders.get(slot.outbound_id) for slot in wave.slots]
        waiting = tuple(LaneOrder(one.id, one.number, one.lines[0].seq, one.lines[0].sku_id) for one in members)
        tx.wave_lanes.add(WaveLane(wave.id, FastLane(wave.number, waiting)))
    assert before.version < picked.version
    return keep_order(tx, order, picked.all_picked(), "picked", act)


@needs("tests.read")
def _outbound(views: OutboundViews, query: Any, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


@needs("tests.read")
def _parcels(views: OutboundViews, query: OutboundId, act: Act) -> list[Parcel]:
    return views.parcels.by(PARCELS_OF, query)


@needs("tests.read")
def _rows(views: OutboundViews, query: OutboundId, act: Act) -> list[PickRow]:
    return views.picks.by(PICKS_OF, query)


@needs("tests.read")
def _bins(views: OutboundViews, query: OutboundId, act: Act) -> list[Bin]:
    return list(views.bins.many(row.bin.id for row in views.picks.by(PICKS_OF, query)).values())


@needs("tests.read")
def _waybills(views: OutboundViews, query: OutboundId, act: Act) -> list[Waybill]:
    return views.waybills.by(OF_PARCEL, query)


@needs("tests.read")
def _manifest(views: OutboundViews, query: ManifestId, act: Act) -> Manifest:
    return views.manifests.get(query)


class Dispatch:
    """The shop with a packing table, a shelf, a carrier and a box."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.office = shop.office
        self.shelf = some_location(shop.office, shop.act, shop.warehouse, "A-01-01-1")
        self.table = some_location(shop.office, shop.act, shop.warehouse, "P-01")
        printer = AddPrinter(PrinterId(new_id()), "LABELS", "面单机", shop.warehouse, LABELS)
        self.office.perform(add_printer, printer, shop.act)
        settings = SetDispatch(
            warehouse=shop.warehouse, expected_version=0, sender=SENDER, carriers=(CARRIER,), label_printer=printer.printer
        )
        self.office.perform(set_dispatch, settings, shop.act)
        self.office.perform(set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=BOX), shop.act)
        shop.no_rules()

    @property
    def act(self) -> Act:
        """The house, at the clock's moment."""
        return self.shop.act

    # -- along the way, each step from the one before

    def released(self, order: Order) -> OutboundOrder:
        """The order with the warehouse; its one outbound order."""
        (sent,) = self.office.perform(release_order, ReleaseOrder(order.id), self.act).outbound
        return sent

    def waved(self, *sent: OutboundOrder, shape: BasketShape = BasketShape.MIXED, bound: bool = True) -> WaveId:
        """In one wave, with their numbers bound."""
        wish = ReleaseWave(WaveId(new_id()), self.shop.warehouse, tuple(one.id for one in sent), shape)
        self.office.perform(release_wave, wish, self.act)
        if bound and shape is BasketShape.MIXED:
            for one in sent:
                self.bind(one.id)
        return wish.wave

    def bind(self, outbound: OutboundId) -> None:
        """The carrier gives the number that it was asked for."""
        (waybill,) = (one for one in self.waybills(outbound) if one.state is WaybillState.REQUESTED)
        label = Label(f"HT{outbound.hex[-10:].upper()}", LabelFormat.ZPL, b"^XA^XZ", Money(1_000, "CNY"))
        cmd = RecordWaybillAnswer(waybill.id, CarrierAnswer(Standing.DONE, label))
        self.office.perform(record_waybill_answer, cmd, self.act)

    def pick(self, outbound: OutboundId) -> OutboundOrder:
        """On the table."""
        return self.office.perform(_pick, _Picking(outbound, self.table.id), self.act)

    def picked(self, order: Order) -> OutboundOrder:
        """From the confirmed order to the table."""
        sent = self.released(order)
        self.waved(sent)
        return self.pick(sent.id)

    def check(self, outbound: OutboundId) -> OutboundOrder:
        """Every piece scanned."""
        sent = self.sent_by_id(outbound)
        self.office.perform(begin_check, BeginCheck(sent.waybill), self.act)
        for line in sent.lines:
            if line.picked_qty:
                self.office.perform(check_piece, CheckPiece(sent.id, line.sku_id, line.picked_qty), self.act)
        return self.sent_by_id(outbound)

    def pack(self, outbound: OutboundId, *parcels: PackedParcel) -> tuple[Parcel, ...]:
        """Into the box, or into these parcels."""
        return self.office.perform(pack, Pack(outbound, parcels or (PackedParcel("B"),)), self.act)

    def weight_of(self, parcel: Parcel) -> int:
        """What the parcel should weigh."""
        grams = {self.shop.sku[code]: weight for code, weight in WEIGHTS.items()}
        return parcel.tare_g + sum(grams[content.sku_id] * content.qty for content in parcel.contents)

    def weigh(self, parcel: Parcel, off_g: int = 0) -> ParcelWeighed:
        """On the scale, so many grams off what it should weigh."""
        return self.office.perform(weigh_parcel, WeighParcel(parcel.number, self.weight_of(parcel) + off_g), self.act)

    def weighed(self, order: Order) -> OutboundOrder:
        """From the confirmed order to the scale."""
        sent = self.check(self.picked(order).id)
        for parcel in self.pack(sent.id):
            self.weigh(parcel)
        return self.sent_by_id(sent.id)

    def manifest(self, carrier: str = CARRIER) -> Manifest:
        """A new one for the carrier."""
        return self.office.perform(open_manifest, OpenManifest(ManifestId(new_id()), self.shop.warehouse, carrier), self.act)

    def scan(self, manifest: ManifestId, code: str) -> Manifest:
        """A parcel onto the manifest."""
        return self.office.perform(add_parcel, ScanParcel(manifest, code), self.act)

    def close(self, manifest: ManifestId, **more: Any) -> Manifest:
        """The driver signs."""
        return self.office.perform(close_manifest, CloseManifest(manifest, **more), self.act)

    def shipped(self, *orders: Order) -> Manifest:
        """From confirmed orders to the carrier's van, on one manifest."""
        manifest = self.manifest()
        for order in orders:
            self.scan(manifest.id, self.weighed(order).waybill)
        return self.close(manifest.id)

    def cancel(self, order: Order) -> Order:
        """The buyer changes their mind."""
        return self.office.perform(cancel_order, CancelOrder(order.id, "the buyer changed their mind"), self.act)

    def put_back(self, sent: OutboundOrder, code: str, qty: int) -> OutboundOrder:
        """Units of a stopped order go onto the shelf."""
        return self.office.perform(put_back_goods, PutBack(sent.id, self.shop.sku[code], qty, self.shelf.id), self.act)

    # -- looking

    def sent(self, order: Order) -> OutboundOrder:
        """The order's one outbound order."""
        (found,) = self.office.ask(_outbound, order.id, self.act)
        return found

    def sent_by_id(self, outbound: OutboundId) -> OutboundOrder:
        """As it is now."""
        return self.office.ask(_by_id, outbound, self.act)

    def parcels(self, outbound: OutboundId) -> list[Parcel]:
        """As they are now."""
        return self.office.ask(_parcels, outbound, self.act)

    def rows(self, outbound: OutboundId) -> list[PickRow]:
        """What was promised and taken for it."""
        return self.office.ask(_rows, outbound, self.act)

    def promised(self, outbound: OutboundId) -> int:
        """Units that are still promised in the bins that its rows name."""
        return sum(one.allocated_qty for one in self.office.ask(_bins, outbound, self.act))

    def waybills(self, outbound: OutboundId) -> list[Waybill]:
        """Those of its first parcel."""
        return self.office.ask(_waybills, outbound, self.act)

    def manifest_now(self, manifest: ManifestId) -> Manifest:
        """As it is now."""
        return self.office.ask(_manifest, manifest, self.act)


@needs("tests.read")
def _by_id(views: OutboundViews, query: OutboundId, act: Act) -> OutboundOrder:
    return views.outbound_orders.get(query)


WEIGHTS = {"CUP": 300, "BOWL": 200, "POT": 1200, "TRAY": 800, "SPOON": 10, "FAN": 20}
