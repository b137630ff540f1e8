"""A shop whose warehouse has shelves, carts, totes, a label printer and a carrier: for tests from release to the last pick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from houtai.application.orders.release import ReleasedOrder, ReleaseOrder, release_order
from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.configure import SetDispatch, set_dispatch
from houtai.application.outbound.picking import ConfirmPick, confirm_pick
from houtai.application.outbound.plan import PlanWaves, propose_waves
from houtai.application.outbound.ports import RUNS_OF_WAVE, OutboundViews
from houtai.application.outbound.queries import OutboundDetail, show_outbound
from houtai.application.outbound.waves import ReleasedWave, ReleaseWave, release_wave
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.ports import JOB_BY_WAREHOUSE
from houtai.application.shipping.answers import RecordWaybillAnswer, record_waybill_answer
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.warehouse.bin_queries import BinView, ListBins, list_bins
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import HandlingUnitId, LocationId, OutboundId, PrinterId, WarehouseId, WaveId, new_id
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import WavePlan
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun
from houtai.domain.printing.job import PrintJob
from houtai.domain.shipping.answer import CarrierAnswer, Standing as Answer
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.waybill import Waybill, WaybillState
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Location, Standard, standard_id
from tests.catalog.arrange import another
from tests.orders.shop import Shop
from tests.printing.room import LABELS
from tests.shipping.dock import SENDER
from tests.warehouse.arrange import some_location

CARRIERS = ("embedded", "second")
NOBODY = UUID(int=79)


@needs("tests.read")
def _runs(views: OutboundViews, query: WaveId, act: Act) -> list[PickRun]:
    return views.pick_runs.by(RUNS_OF_WAVE, query)


@needs("tests.read")
def _wave(views: OutboundViews, query: WaveId, act: Act) -> Wave:
    return views.waves.get(query)


@needs("tests.read")
def _waybills(views: OutboundViews, query: OutboundId, act: Act) -> list[Waybill]:
    return views.waybills.by(OF_PARCEL, query)


@needs("tests.read")
def _jobs(views: OutboundViews, query: WarehouseId, act: Act) -> list[PrintJob]:
    return views.print_jobs.by(JOB_BY_WAREHOUSE, query)


class Floor:
    """The shop's goods lie on two shelves: cups and bowls on the first, everything else on the second."""

    def __init__(self, shop: Shop, *, printer: bool = True) -> None:
        self.shop, self.office, self.warehouse = shop, shop.office, shop.warehouse
        self.first = self.place("A-01-01-1")
        self.second = self.place("B-01-01-1")
        self.aisle = self.place("P-01")
        self.printer = PrinterId(new_id())
        cmd = AddPrinter(self.printer, "L1", "面单机", self.warehouse, LABELS)
        self.office.perform(add_printer, cmd, self.act)
        self.dispatch(label_printer=self.printer if printer else None)
        shop.no_rules()
        self.put_away(self.first, CUP=10, BOWL=10)
        self.put_away(self.second, POT=10, TRAY=10)

    @property
    def act(self) -> Act:
        """The house, at the clock's moment."""
        return self.shop.act

    def dispatch(self, expected_version: int = 0, **fields: Any) -> None:
        cmd = SetDispatch(warehouse=self.warehouse, expected_version=expected_version, sender=SENDER, carriers=CARRIERS, **fields)
        self.office.perform(set_dispatch, cmd, self.act)

    def place(self, path: str) -> Location:
        return some_location(self.office, self.act, self.warehouse, path)

    def put_away(self, place: Location, **units: int) -> None:
        self._move(standard_id(self.warehouse, Standard.UNPLACED), place, units)

    def move(self, start: Location, place: Location, **units: int) -> None:
        self._move(start.id, place, units)

    def _move(self, start: LocationId, place: Location, units: Mapping[str, int]) -> None:
        lines = tuple(MoveLine(self.shop.sku[code], qty, start, place.id) for code, qty in units.items())
        self.office.perform(move_goods, MoveGoods(new_id(), self.warehouse, lines), self.act)

    def unit(self, kind: UnitKind, barcode: str, **grid: Any) -> HandlingUnitId:
        cmd = MakeUnit(HandlingUnitId(new_id()), self.warehouse, barcode, kind, self.aisle.id, **grid)
        return self.office.perform(make_unit, cmd, self.act).id

    def cart(self) -> HandlingUnitId:
        return self.unit(UnitKind.CART, "H-CART1", rows=2, columns=2)

    def tote(self) -> HandlingUnitId:
        return self.unit(UnitKind.TOTE, "H-TOTE1")

    def stranger(self, verb: str, **within: Any) -> Act:
        """Somebody who holds one verb, within one member of an axis if it is named."""
        axes = {Dimension(axis): frozenset({member}) for axis, member in within.items()}
        return another(self.act, NOBODY, (Grant(verb, axes),))

    # -- along the way

    def hand_over(self, order: Order, **more: Any) -> ReleasedOrder:
        return self.office.perform(release_order, ReleaseOrder(order.id, **more), self.act)

    def released(self, **units: Any) -> OutboundOrder:
        (sent,) = self.hand_over(self.shop.paid(**units)).outbound
        return sent

    def plan(self) -> WavePlan:
        return self.office.ask(propose_waves, PlanWaves(self.warehouse), self.act)

    def wave(self, *orders: OutboundOrder, **more: Any) -> ReleasedWave:
        cmd = ReleaseWave(WaveId(new_id()), self.warehouse, tuple(order.id for order in orders), **more)
        return self.office.perform(release_wave, cmd, self.act)

    def answer(self, order: OutboundOrder, answer: CarrierAnswer | None = None) -> None:
        """The carrier answers the last request for this order, with a number where nothing else is said."""
        waybill = self.waybills(order)[-1]
        label = Label(f"HT{order.id.hex[-10:].upper()}", LabelFormat.ZPL, b"^XA^XZ", Money(1_000, "CNY"))
        cmd = RecordWaybillAnswer(waybill.id, answer or CarrierAnswer(Answer.DONE, label))
        self.office.perform(record_waybill_answer, cmd, self.act)

    def printed(self, *orders: OutboundOrder, **more: Any) -> ReleasedWave:
        """A wave whose labels are printed."""
        made = self.wave(*orders, **more)
        for order in orders:
            self.answer(order)
        return made

    def start(self, unit: HandlingUnitId, **more: Any) -> PickRun:
        return self.office.perform(start_picking, StartPicking(self.warehouse, unit, **more), self.act)

    def take(self, run: PickRun, location: Location, code: str, qty: int = 1, slot: str = "") -> PickRun:
        cmd = ConfirmPick(run.id, location.path, self.shop.sku[code], qty, slot=slot)
        return self.office.perform(confirm_pick, cmd, self.act)

    # -- looking

    def detail(self, order: OutboundOrder) -> OutboundDetail:
        return self.office.ask(show_outbound, order.id, self.act)

    def now(self, order: OutboundOrder) -> OutboundOrder:
        return self.detail(order).order

    def runs(self, made: ReleasedWave) -> list[PickRun]:
        return self.office.ask(_runs, made.wave.id, self.act)

    def wave_now(self, made: ReleasedWave) -> Wave:
        return self.office.ask(_wave, made.wave.id, self.act)

    def waybills(self, order: OutboundOrder) -> list[Waybill]:
        """All that were asked for; one that waits for its carrier comes last."""
        found = self.office.ask(_waybills, order.id, self.act)
        return sorted(found, key=lambda one: (one.state is WaybillState.REQUESTED, one.carrier))

    def jobs(self) -> list[PrintJob]:
        return self.office.ask(_jobs, self.warehouse, self.act)

    def bins(self, code: str) -> tuple[BinView, ...]:
        return self.office.ask(list_bins, ListBins(Page(limit=100), sku_id=self.shop.sku[code]), self.act).items

    def lies(self, code: str) -> dict[str, tuple[int, int]]:
        """Pieces and, of them, free ones by the path of their place."""
        found: dict[str, tuple[int, int]] = {}
        for one in self.bins(code):
            qty, free = found.get(one.path, (0, 0))
            found[one.path] = (qty + one.qty, free + one.free_qty)
        return found
