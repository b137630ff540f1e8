"""What the files say was shipped goes out through the use cases: by day and warehouse released, waved, picked, packed, weighed, handed over."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from houtai.application.inventory.configure import OpenWarehouse, open_warehouse
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.orders.ship import CompleteOrder, complete_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.check import BeginCheck, CheckInLane, CheckPiece, begin_check, check_in_lane, check_piece
from houtai.application.outbound.configure import SetBox, SetDispatch, set_box, set_dispatch
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
)
from houtai.application.outbound.pack import Pack, PackedParcel, ProposeBox, pack, propose_box
from houtai.application.outbound.picking import ConfirmPick, confirm_pick
from houtai.application.outbound.ports import PARCELS_OF, OutboundViews, parcel_id
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.outbound.weigh import WeighParcel, weigh_parcel
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.ids import (
    BoxId,
    HandlingUnitId,
    ManifestId,
    MerchantId,
    OrderId,
    OutboundId,
    PrinterId,
    SkuId,
    WarehouseId,
    WaveId,
    WaybillId,
    new_id,
)
from houtai.domain.inventory.warehouse import MAX_POOL
from houtai.domain.money import Money
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import PickRun
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Contact, Label, LabelFormat
from houtai.domain.shipping.tracking import TrackEvent, TrackState
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.bench.olist_files import Row, code_of, minor
from tests.warehouse.arrange import some_location

CARRIER = "correios"
SENDER = Contact("Olist", "1130001000", "SP", "São Paulo", "Centro", "Rua 1")
LABELS = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "labels", (Size.MM_100_150,))
OWN_WAREHOUSES = MAX_POOL - 1  # so many of the largest sellers send from a warehouse of their own, beside the one of all others
ROWS, COLUMNS = 6, 8  # of a cart
LANE = 200  # one-piece orders of a wave
BOXES = (
    Box("P", 250, 200, 100, 10_000, cost_minor=100, tare_g=120),
    Box("M", 400, 300, 250, 20_000, cost_minor=250, tare_g=300),
    Box("G", 800, 600, 500, 60_000, cost_minor=600, tare_g=900),
)

DEEDS = frozenset(
    {
        "orders released",
        "waves",
        "waybills",
        "walks begun",
        "pick lines",
        "pieces in the fast lane",
        "checks begun",
        "lines checked",
        "parcels in a box",
        "parcels as they are",
        "parcels weighed",
        "manifests opened",
        "parcels on a manifest",
        "manifests closed",
        "deliveries",
        "orders completed",
    }
)
"""What is done to send orders, by the names under which it is counted."""

Attempt = Callable[[str, Any, Any], Any]


@needs("tests.read")
def _waybills(views: OutboundViews, query: Sequence[OutboundId], act: Act) -> dict[OutboundId, WaybillId]:
    return {OutboundId(one.parcel_id): one.id for one in views.waybills.by(OF_PARCEL, *map(parcel_id, query))}


@needs("tests.read")
def _orders(views: OutboundViews, query: Sequence[OutboundId], act: Act) -> dict[OutboundId, OutboundOrder]:
    return views.outbound_orders.many(query)


@needs("tests.read")
def _parcel_numbers(views: OutboundViews, query: Sequence[OutboundId], act: Act) -> list[str]:
    return [one.waybill for one in views.parcels.by(PARCELS_OF, *query)]


@attrs.define
class Hall:
    """One warehouse: what goods are carried in, and its printer."""

    warehouse: WarehouseId
    tote: HandlingUnitId
    cart: HandlingUnitId


@attrs.define
class Wanted:
    """What the files say of one order: its id here and, by SKU code, what the carriage of its items cost."""

    order: OrderId
    freight_minor: Mapping[str, int]


class Shipping:
    """Sends orders, day by day. `attempt` does and counts a deed; `ask` looks something up."""

    def __init__(self, office: Any, attempt: Attempt, act: Callable[[], Act], currency: str) -> None:
        self._office, self._attempt, self._act, self._currency = office, attempt, act, currency
        self._halls: dict[WarehouseId, Hall] = {}
        self._weights: dict[SkuId, int] = {}
        self.sent: dict[OrderId, tuple[OutboundId, ...]] = {}  # what was handed over, by order
        self.freight_minor = 0  # what carriers charged for it

    def open(self, code: str, name: str, merchant: MerchantId | None = None) -> WarehouseId:
        """A warehouse that can send, of a merchant's where one is named."""
        warehouse = WarehouseId(new_id())
        self._attempt("warehouses", open_warehouse, OpenWarehouse(warehouse, code, name, self._currency, merchant))
        table = some_location(self._office, self._act(), warehouse, "P-01").id
        printer = PrinterId(new_id())
        self._attempt("printers", add_printer, AddPrinter(printer, f"L-{code}", "labels", warehouse, LABELS))
        settings = SetDispatch(
            warehouse=warehouse,
            expected_version=0,
            sender=SENDER,
            carriers=(CARRIER,),
            label_printer=printer,
            zero_check=False,
        )
        self._attempt("dispatch settings", set_dispatch, settings)
        tote = MakeUnit(HandlingUnitId(new_id()), warehouse, f"H-T-{code}", UnitKind.TOTE, table)
        cart = MakeUnit(HandlingUnitId(new_id()), warehouse, f"H-C-{code}", UnitKind.CART, table, rows=ROWS, columns=COLUMNS)
        for unit in (tote, cart):
            self._attempt("handling units", make_unit, unit)
        self._halls[warehouse] = Hall(warehouse, tote.unit, cart.unit)
        return warehouse

    def stock_boxes(self) -> None:
        """The catalogue of boxes."""
        for box in BOXES:
            self._attempt("boxes", set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=box))

    def know(self, sku: SkuId, weight_g: int) -> None:
        """What the scale will find of a SKU; 0 where the files do not say."""
        self._weights[sku] = weight_g

    def send(self, wanted: Sequence[Wanted]) -> None:
        """One day's orders: all of them leave before the night."""
        charges: dict[OutboundId, int] = {}
        going: dict[WarehouseId, list[OutboundOrder]] = defaultdict(list)
        for one in wanted:
            released = self._attempt("orders released", release_order, ReleaseOrder(one.order))
            for sent in () if released is None else released.outbound:
                charges[sent.id] = sum(one.freight_minor[line.sku_code] for line in sent.lines)
                going[sent.warehouse_id].append(sent)
        for warehouse, orders in sorted(going.items()):
            self._send_from(self._halls[warehouse], orders, charges)

    def _send_from(self, hall: Hall, orders: Sequence[OutboundOrder], charges: Mapping[OutboundId, int]) -> None:
        single = [order for order in orders if sum(line.qty for line in order.lines) == 1]
        many = [order for order in orders if sum(line.qty for line in order.lines) > 1]
        packed: list[OutboundOrder] = []
        for start in range(0, len(single), LANE):
            packed += self._through_lane(hall, single[start : start + LANE], charges)
        for start in range(0, len(many), ROWS * COLUMNS):
            packed += self._through_cart(hall, many[start : start + ROWS * COLUMNS], charges)
        self._hand_over(hall, packed, charges)

    def _wave(
        self, hall: Hall, orders: Sequence[OutboundOrder], charges: Mapping[OutboundId, int], shape: BasketShape
    ) -> ReleasedWave | None:
        """The orders in one wave, their numbers bound at what the files say that their carriage cost."""
        method = PickMethod.THEN_SORT if shape is BasketShape.SINGLE else PickMethod.CLUSTER
        wish = ReleaseWave(WaveId(new_id()), hall.warehouse, tuple(order.id for order in orders), shape, method)
        made: ReleasedWave | None = self._attempt("waves", release_wave, wish)
        if made is not None:
            ids = [slot.outbound_id for slot in made.wave.slots]
            for outbound, waybill in self._office.ask(_waybills, ids, self._act()).items():
                label = Label(
                    f"BR{outbound.hex[-14:].upper()}", LabelFormat.ZPL, b"^XA^XZ", Money(charges[outbound], self._currency)
                )
                self._attempt(
                    "waybills", record_waybill_answer, RecordWaybillAnswer(waybill, CarrierAnswer(Standing.DONE, label))
                )
        return made

    def _pick(self, made: ReleasedWave, unit: HandlingUnitId) -> None:
        for walk in made.runs:
            run: PickRun | None = self._attempt("walks begun", start_picking, StartPicking(made.wave.warehouse_id, unit, walk.id))
            while run is not None and (line := run.picking.line) is not None:
                taken = ConfirmPick(run.id, line.location, line.sku_id, line.rest_qty, line.lot, line.slot)
                run = self._attempt("pick lines", confirm_pick, taken)

    def _through_lane(
        self, hall: Hall, orders: Sequence[OutboundOrder], charges: Mapping[OutboundId, int]
    ) -> list[OutboundOrder]:
        made = self._wave(hall, orders, charges, BasketShape.SINGLE)
        if made is None:
            return []
        self._pick(made, hall.tote)
        skus = {order.id: order.lines[0].sku_id for order in orders}
        pieces = [skus[slot.outbound_id] for slot in made.wave.slots]
        checked = [self._attempt("pieces in the fast lane", check_in_lane, CheckInLane(made.wave.id, sku)) for sku in pieces]
        return [order for order in checked if order is not None and self._pack(order)]

    def _through_cart(
        self, hall: Hall, orders: Sequence[OutboundOrder], charges: Mapping[OutboundId, int]
    ) -> list[OutboundOrder]:
        made = self._wave(hall, orders, charges, BasketShape.MIXED)
        if made is None:
            return []
        self._pick(made, hall.cart)
        now = self._office.ask(_orders, [slot.outbound_id for slot in made.wave.slots], self._act())
        return [order for order in now.values() if self._check(order) and self._pack(order)]

    def _check(self, order: OutboundOrder) -> bool:
        done = self._attempt("checks begun", begin_check, BeginCheck(order.waybill))
        for line in order.lines:
            done = done and self._attempt("lines checked", check_piece, CheckPiece(order.id, line.sku_id, line.qty))
        return done is not None

    def _pack(self, order: OutboundOrder) -> bool:
        """In the box that is proposed, or as it is; and on the scale."""
        proposal = self._office.ask(propose_box, ProposeBox(order.id), self._act())
        boxed = len(proposal.boxes) == 1 and not proposal.too_large
        wish = Pack(order.id, (PackedParcel(proposal.boxes[0].box.code if boxed else ""),))
        parcels: tuple[Parcel, ...] | None = self._attempt("parcels in a box" if boxed else "parcels as they are", pack, wish)
        if parcels is None:
            return False
        (parcel,) = parcels
        grams = parcel.tare_g + sum(self._weights[content.sku_id] * content.qty for content in parcel.contents)
        return self._attempt("parcels weighed", weigh_parcel, WeighParcel(parcel.number, max(1, grams))) is not None

    def _hand_over(self, hall: Hall, orders: Sequence[OutboundOrder], charges: Mapping[OutboundId, int]) -> None:
        if not orders:
            return
        manifest = ManifestId(new_id())
        self._attempt("manifests opened", open_manifest, OpenManifest(manifest, hall.warehouse, CARRIER))
        for number in self._office.ask(_parcel_numbers, [order.id for order in orders], self._act()):
            self._attempt("parcels on a manifest", add_parcel, ScanParcel(manifest, number))
        if self._attempt("manifests closed", close_manifest, CloseManifest(manifest)) is None:
            return
        for order in orders:
            assert order.source_id is not None, "every one is a sale"
            source = OrderId(order.source_id)
            self.sent[source] = (*self.sent.get(source, ()), order.id)
            self.freight_minor += charges[order.id]

    def arrive(self, order: OrderId, at: dt.datetime) -> None:
        """The carrier says that all parcels of the order are delivered."""
        numbers = self._office.ask(_parcel_numbers, self.sent.get(order, ()), self._act())
        events = tuple(TrackEvent(number, TrackState.DELIVERED, at) for number in numbers)
        if events:
            self._attempt("deliveries", receive_carrier_push, ReceivePush(CARRIER, events))

    def complete(self, order: OrderId) -> None:
        """The window after the delivery is over."""
        if order in self.sent:
            self._attempt("orders completed", complete_order, CompleteOrder(order))


def charged(items: Iterable[Row]) -> dict[str, int]:
    """What the carriage of an order's items cost, by SKU code."""
    found: dict[str, int] = defaultdict(int)
    for item in items:
        found[code_of(item["product_id"], item["seller_id"])] += minor(item["freight_value"])
    return dict(found)
