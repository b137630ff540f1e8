"""A shop whose buyers send goods back, with stations where people take them in, look at them and send some of them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from houtai.adapters.passwords import Argon2Passwords
from houtai.application.aftersales.ports import PARCEL_BY_WAYBILL, AftersalesViews
from houtai.application.catalog.describe import EditSku, edit_sku
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.ports import JOB_BY_WAREHOUSE
from houtai.application.stations.port import StationPort
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.bin_queries import ListBins, list_bins
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.return_parcel import ReturnParcel
from houtai.domain.authority import Dimension, Grant
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.ids import HandlingUnitId, LocationId, PrinterId, StaffId, StationId, WarehouseId, new_id
from houtai.domain.inventory.stock import StockState
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.job import PrintJob
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind
from houtai.domain.warehouse.location import LocationKind, Standard, standard_id
from houtai.domain.warehouse.station import Flow, Station
from tests.access.door import House, open_house
from tests.aftersales.desk import RETURN, ServiceDesk
from tests.orders.shop import Shop
from tests.outbound.dispatch import WEIGHTS
from tests.printing.room import LABELS
from tests.stations.floor import desk_at
from tests.stations.shipping import PIN, Worker
from tests.warehouse.arrange import some_location

VERBS = ("warehouse.work", "warehouse.read", "aftersales.receive", "aftersales.inspect", "aftersales.send-back")
RETURNS, SHELF, BROKEN = "L-SH-R-01", "L-SH-A-01-01-1", "L-SH-D-01"


@needs("tests.read")
def _parcels(views: AftersalesViews, query: str, act: Act) -> list[ReturnParcel]:
    return views.return_parcels.by(PARCEL_BY_WAYBILL, query)


@needs("tests.read")
def _jobs(views: AftersalesViews, query: WarehouseId, act: Act) -> list[PrintJob]:
    return views.print_jobs.by(JOB_BY_WAREHOUSE, query)


class ReturnsDock(ServiceDesk):
    """The service desk's shop with a place for what comes back, one for what is broken, and stations."""

    def __init__(self, office: Office, clock: Any, *, stock: int = 10) -> None:
        self.house: House = open_house(office, clock)
        super().__init__(Shop(office, clock, stock=stock))
        self.returns = some_location(office, self.act, self.shop.warehouse, "R-01", LocationKind.RETURNS)
        self.broken = some_location(office, self.act, self.shop.warehouse, "D-01", LocationKind.DAMAGED)
        self.badges = BadgeDoor(office, Argon2Passwords(time_cost=1, memory_kib=8, lanes=1))
        self.people = 0
        self.last_station: Station
        self.reach: Callable[[Station], StationPort] = lambda station: desk_at(office, self.house, station, self.badges)

    def worker(
        self,
        name: str,
        *verbs: str,
        flows: frozenset[Flow] = frozenset(Flow),
        merchant: UUID | None = None,
        labels: PrinterId | None = None,
    ) -> Worker:
        """Somebody new, logged in at a new station; with all verbs of the returns desk, or with these, for all or a merchant."""
        self.people += 1
        printers = {} if labels is None else {DocumentKind.HANDLING_UNIT_LABEL.value: labels}
        cmd = SetUpStation(StationId(new_id()), self.shop.warehouse, f"T{self.people}", Setting("台", flows, printers))
        self.last_station = station = self.office.perform(set_up_station, cmd, self.act)
        within: dict[Dimension, frozenset[UUID]] = {Dimension.WAREHOUSE: frozenset({self.shop.warehouse})}
        work = Grant("warehouse.work", within)
        if merchant is not None:
            within = {**within, Dimension.MERCHANT: frozenset({merchant})}
        account = self.house.person(name, work, *(Grant(verb, within) for verb in verbs or VERBS))
        badge = f"S-{name.upper()}"
        staff = EnrolStaff(StaffId(new_id()), account.id, badge, Duties(flows, (self.shop.warehouse,)))
        person = self.office.perform(enrol_staff, staff, self.act)
        self.badges.set_pin(person.id, person.version, PIN, self.act)
        port = self.reach(station)
        return Worker(port, port.log_in(badge, PIN), badge)

    def awaited(self, waybill: str = "YT1", ordered: dict[str, int] | None = None, **units: Any) -> Claim:
        """An order of these units (or more) that left, and a claim on them that was approved; the buyer has sent them."""
        order = self.shop.paid(**(ordered or units))
        self.shipped(order)
        claim = self.approve(self.claim(order, RETURN, **units))
        return self.tell(claim, waybill) if waybill else claim

    def unit(self, barcode: str, place: LocationId | None = None) -> HandlingUnit:
        """A tote at the place for what comes back."""
        cmd = MakeUnit(
            HandlingUnitId(new_id()), self.shop.warehouse, barcode, UnitKind.TOTE, location_id=place or self.returns.id
        )
        return self.office.perform(make_unit, cmd, self.act)

    def put_away(self, code: str, qty: int) -> None:
        """Units of the stock go onto the shelf."""
        unplaced = standard_id(self.shop.warehouse, Standard.UNPLACED)
        line = MoveLine(self.shop.sku[code], qty, unplaced, self.shelf.id)
        self.office.perform(move_goods, MoveGoods(new_id(), self.shop.warehouse, (line,)), self.act)

    def label_printer(self) -> PrinterId:
        """One for the labels of the returns desk."""
        cmd = AddPrinter(PrinterId(new_id()), "RETURNS", "退货标签机", self.shop.warehouse, LABELS)
        return self.office.perform(add_printer, cmd, self.act).id

    def jobs(self, printer: PrinterId) -> list[PrintJob]:
        """What was to be printed there, in order."""
        jobs = self.office.ask(_jobs, self.shop.warehouse, self.act)
        return sorted((job for job in jobs if job.printer_id == printer), key=lambda job: (job.created_at, job.subject))

    def nobodys(self, waybill: str) -> list[ReturnParcel]:
        """The parcels that were taken down under the waybill."""
        return self.office.ask(_parcels, waybill, self.act)

    def barcode(self, code: str, barcode: Barcode) -> None:
        """What its packages have on them."""
        self.office.perform(edit_sku, EditSku(self.shop.sku[code], 1, f"茶具 {code}", (barcode,), WEIGHTS[code]), self.act)

    def lots(self, code: str) -> dict[tuple[str, str], int]:
        """What came back of these goods, by place and lot."""
        wanted = ListBins(sku_id=self.shop.sku[code], state=StockState.RETURN_PENDING)
        return {(one.path, one.lot_code): one.qty for one in self.office.ask(list_bins, wanted, self.act).items}

    def lies(self, code: str, **where: Any) -> dict[tuple[str, str], int]:
        """Where units of these goods lie, by place and state."""
        listed = self.office.ask(list_bins, ListBins(sku_id=self.shop.sku[code], **where), self.act)
        return {(one.path, one.state.value): one.qty for one in listed.items}
