"""F-3, the demo's third story, first half: orders go to the warehouse, waves are released, labels and lists come out on paper."""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs

from houtai.application.orders.queries import OrderRow, show_order
from houtai.application.orders.release import ReleaseOrder, release_order
from houtai.application.outbound.configure import SetBox, SetDispatch, SetTemplate, set_box, set_dispatch, set_template
from houtai.application.outbound.lists import PrintLists, print_outbound_sheets, print_pick_lists, print_summary
from houtai.application.outbound.plan import PlanWaves, propose_waves, usual_method
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews, parcel_id
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.warehouse.bin_queries import ListBins, list_bins
from houtai.domain.act import Act
from houtai.domain.ids import (
    BoxId,
    HandlingUnitId,
    OrderId,
    OutboundId,
    ParcelId,
    PickRunId,
    PrinterId,
    SkuId,
    WarehouseId,
    WaveId,
    WaveTemplateId,
    new_id,
)
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.planning import ONE_PIECE, PlannedWave, WaveCapacity, WaveTemplate
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import PickRun
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.entrypoints.demo.floor import Floor
from houtai.entrypoints.demo.orders import Counter, payment_of
from houtai.entrypoints.demo.parcels import SENDER
from houtai.entrypoints.demo.stage import Stage

LEAD: Final = "wu"
LABELS: Final = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "waybills", (Size.MM_100_150,))
LISTS: Final = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "lists", (Size.A4, Size.A5))
SMALL: Final = Box("S", 180, 130, 180, 5_000, cost_minor=80, tare_g=90)
LARGE: Final = Box("L", 320, 260, 220, 20_000, cost_minor=180, tare_g=200)


@attrs.define
class Hall:
    """What the third story works with: the floor, and orders and waves as they come."""

    stage: Stage
    counter: Counter
    floor: Floor
    changed: OrderId | None = None  # whose buyer changes her mind
    large: OrderId | None = None  # whose large tin is exchanged in the end
    cart: ReleasedWave | None = None
    lane: ReleasedWave | None = None

    @property
    def warehouse(self) -> WarehouseId:
        """上海仓."""
        return self.floor.warehouse

    def order(self, order: OrderId) -> OrderRow:
        """As it is now."""
        return self.stage.office.ask(show_order, order, self.stage.house()).row

    def sent(self, *outbound: OutboundId) -> list[OutboundOrder]:
        """As they are now, in this order."""
        found = self.stage.office.ask(_sent, outbound, self.stage.house())
        return [found[one] for one in outbound]

    def sent_for(self, order: OrderId) -> OutboundOrder:
        """The one outbound order of an order."""
        return self.stage.office.ask(_sent_for, order, self.stage.house())

    def parcel_of(self, sent: OutboundOrder) -> Parcel:
        """Its first parcel, as it is now."""
        return self.stage.office.ask(_parcel, parcel_id(sent.id), self.stage.house())

    def pieces_at(self, path: str, sku: SkuId) -> int:
        """What the books say lies there of it."""
        bins = self.stage.office.ask(list_bins, ListBins(sku_id=sku, location_id=self.floor.places[path].id), self.stage.house())
        return sum(one.qty for one in bins.items)

    def run(self, made: ReleasedWave) -> PickRun:
        """The one walk of a wave, as it is now."""
        return self.stage.office.ask(_run, made.runs[0].id, self.stage.house())


@needs("outbound.read")
def _sent(views: OutboundViews, outbound: tuple[OutboundId, ...], _: Act) -> dict[OutboundId, OutboundOrder]:
    return views.outbound_orders.many(outbound)


@needs("outbound.read")
def _sent_for(views: OutboundViews, order: OrderId, _: Act) -> OutboundOrder:
    (found,) = views.outbound_orders.by(OUTBOUND_OF, order)
    return found


@needs("outbound.read")
def _run(views: OutboundViews, run: PickRunId, _: Act) -> PickRun:
    return views.pick_runs.get(run)


@needs("outbound.read")
def _parcel(views: OutboundViews, parcel: ParcelId, _: Act) -> Parcel:
    return views.parcels.get(parcel)


def equip(stage: Stage, counter: Counter, floor: Floor) -> Hall:
    """Who sends with whom, on which printers, in which boxes, and how waves are made."""
    office, warehouse = stage.office, floor.warehouse
    labels, lists = PrinterId(new_id()), PrinterId(new_id())

    def printers() -> None:
        for printer, code, name, configuration in (
            (labels, "WAYBILLS-1", "面单打印机", LABELS),
            (lists, "LISTS-1", "单据打印机", LISTS),
        ):
            office.perform(add_printer, AddPrinter(printer, code, name, warehouse, configuration), stage.act("owner"))
        wish = SetDispatch(
            warehouse=warehouse,
            expected_version=0,
            sender=SENDER,
            carriers=(stage.carrier.name,),
            label_printer=labels,
            list_printer=lists,
        )
        office.perform(set_dispatch, wish, stage.act(LEAD))

    def boxes() -> None:
        for box in (SMALL, LARGE):
            office.perform(set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=box), stage.act(LEAD))

    def templates() -> None:
        lane = WaveTemplate("单品单件", shapes=ONE_PIECE, capacity=WaveCapacity(orders=200))
        cart = WaveTemplate("拣货车", capacity=WaveCapacity(slots=6), by_shape=False)
        for place, (template, method) in enumerate(((lane, PickMethod.THEN_SORT), (cart, PickMethod.CLUSTER)), start=1):
            wish = SetTemplate(
                id=WaveTemplateId(new_id()),
                expected_version=0,
                warehouse=warehouse,
                template=template,
                method=method,
                place=place,
            )
            office.perform(set_template, wish, stage.act(LEAD))

    stage.tell("owner", "sets up a printer for waybills and one for lists; they are folders here", printers)
    stage.tell(LEAD, "puts two boxes into the catalogue, 18×13×18 cm of 90 g and 32×26×22 cm of 200 g", boxes)
    stage.tell(LEAD, "says how waves are made: one-piece orders by themselves, all others on a cart of six slots", templates)
    return Hall(stage, counter, floor)


def sell_a_little_more(hall: Hall) -> None:
    """Three more paid orders, so that there is something of each kind to send."""

    def all_three() -> None:
        hall.large = _sell(hall, ("TEA-250", 1))
        _sell(hall, ("TEA-100", 1))
        hall.changed = _sell(hall, ("TEA-100", 1), ("TEA-250", 1))

    hall.stage.tell("林晓燕", "buys three times more in the evening: a large tin, a small one, and one of each", all_three)


def leave_one_for_tomorrow(hall: Hall) -> None:
    """An order that comes after the van: whoever looks at the shop finds something to release."""
    hall.stage.tell(
        "林晓燕", "buys a small tin when the van has left: confirmed, for tomorrow", lambda: _sell(hall, ("TEA-100", 1))
    )


def _sell(hall: Hall, *goods: tuple[str, int]) -> OrderId:
    """Ordered and paid."""
    basket = hall.counter.basket(hall.counter.buyers.lin, *goods)
    order = hall.counter.place(basket, hall.counter.quote(basket))
    hall.stage.deliver()
    hall.stage.buyer_pays(payment_of(order.id))
    return order.id


def release_and_wave(hall: Hall) -> None:
    """Every confirmed order goes to the warehouse, and the waves that are proposed are released."""
    stage, office = hall.stage, hall.stage.office

    def release() -> int:
        waiting = [one for one in hall.counter.placed() if hall.order(one).state is OrderState.CONFIRMED]
        for one in waiting:
            office.perform(release_order, ReleaseOrder(one), stage.act(LEAD))
        return len(waiting)

    def wave(planned: PlannedWave) -> ReleasedWave:
        wish = ReleaseWave(
            WaveId(new_id()),
            hall.warehouse,
            tuple(one.outbound_id for one in planned.orders),
            planned.shape,
            usual_method(planned.shape),
            planned.template,
        )
        return office.perform(release_wave, wish, stage.act(LEAD))

    stage.tell(LEAD, "gives every confirmed order to the warehouse that has its goods reserved", release)
    plan = office.ask(propose_waves, PlanWaves(hall.warehouse), stage.act(LEAD))
    for planned in plan.waves:
        slots = f"{len(planned.orders)} orders, {planned.template}, through {planned.aisle_visits} aisles"
        made = stage.tell(LEAD, f"releases a wave: {slots}; bins are promised", partial(wave, planned))
        if planned.shape in ONE_PIECE:
            hall.lane = made
        else:
            hall.cart = made
    stage.tell("relay", "the carrier gives every parcel of the cart its number, and its label is printed", stage.deliver)


def print_lists(hall: Hall) -> None:
    """The pick list and outbound sheets of the cart, the summary of the one-piece wave."""
    stage, office = hall.stage, hall.stage.office
    assert hall.cart is not None, "the cart's wave was released"
    assert hall.lane is not None, "the one-piece wave was released"
    cart, lane = hall.cart.wave.id, hall.lane.wave.id

    def lists() -> None:
        office.perform(print_pick_lists, PrintLists(cart), stage.act(LEAD))
        office.perform(print_outbound_sheets, PrintLists(cart), stage.act(LEAD))
        office.perform(print_summary, PrintLists(lane), stage.act(LEAD))
        stage.deliver()

    stage.tell(LEAD, "prints the cart's pick list and outbound sheets, and the summary of the one-piece wave", lists)


def unit_of(hall: Hall, made: ReleasedWave) -> HandlingUnitId:
    """What a wave's goods are carried in: the cart where every order has a slot, else a tote."""
    return hall.floor.cart if made.wave.method is PickMethod.CLUSTER else hall.floor.tote
