"""A shop whose warehouse sends, with stations for every task and people who work at them; and short ways to scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from houtai.adapters.passwords import Argon2Passwords
from houtai.application.catalog.describe import EditSku, edit_sku
from houtai.application.office import Office
from houtai.application.outbound.configure import SetBox, set_box
from houtai.application.outbound.ports import PARCELS_OF, OutboundViews
from houtai.application.permission import needs
from houtai.application.stations.port import AtDesk, StationPort
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import BoxId, OutboundId, PrinterId, StaffId, StationId, new_id
from houtai.domain.outbound.cartonise import Box
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.waybill import WaybillState
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.location import Location
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.station import Flow, Station
from houtai.domain.warehouse.work import StationScreen, Task
from tests.access.door import House, open_house
from tests.orders.shop import Shop
from tests.outbound.dispatch import WEIGHTS
from tests.outbound.floor import Floor
from tests.stations.floor import desk_at

PIN = "480213"
VERBS = (
    "warehouse.work",
    "warehouse.read",
    "outbound.pick",
    "outbound.check",
    "outbound.pack",
    "outbound.weigh",
    "outbound.ship",
    "outbound.put-back",
)
BOX = Box("B1", 400, 400, 400, 30_000, tare_g=200)
CHEAP = Box("B0", 100, 100, 100, 5_000, tare_g=50)


@needs("tests.read")
def _parcels(views: OutboundViews, query: OutboundId, act: Act) -> list[Parcel]:
    return views.parcels.by(PARCELS_OF, query)


@attrs.define
class Worker:
    """Somebody at a station of their own."""

    port: StationPort
    at: AtDesk
    badge: str
    task: Task = Task.PICK
    seq: int = 0

    def open(self, task: Task) -> StationScreen:
        """Take up a task."""
        self.task = task
        screen = self.port.open_task(self.at.token, task)
        self.seq = screen.seq
        return screen

    def scan(self, *codes: str) -> StationScreen:
        """Scan one after the other; the answer to the last."""
        for code in codes:
            self.seq += 1
            screen = self.port.scan(self.at.token, self.task, self.seq, code)
        return screen

    def refuses(self, code: str, level: MessageLevel = MessageLevel.ERROR) -> str:
        """Scan what is refused; the code of the refusal. The screen's prompt and list are as before."""
        before = self.port.open_task(self.at.token, self.task)
        answer = self.scan(code)
        assert answer.message is not None
        assert answer.message.level is level, answer.message
        assert (answer.prompt, answer.digits, answer.rows) == (before.prompt, before.digits, before.rows)
        return answer.message.code


def fact(screen: StationScreen, name: str) -> str:
    """A value in the prompt or the message."""
    facts = dict(screen.prompt.facts) | (dict(screen.message.phrase.facts) if screen.message is not None else {})
    return facts[name]


class Dock(Floor):
    """The floor of the outbound tests, with stations."""

    def __init__(self, office: Office, clock: Any, *, stock: int = 10, printer: bool = True) -> None:
        self.house: House = open_house(office, clock)
        self.places: list[Location] = []
        super().__init__(Shop(office, clock, stock=stock), printer=printer)
        self.badges = BadgeDoor(office, Argon2Passwords(time_cost=1, memory_kib=8, lanes=1))
        self.people = 0
        self.staff: dict[str, StaffId] = {}
        self.last_station: Station
        self.reach: Callable[[Station], StationPort] = lambda station: desk_at(office, self.house, station, self.badges)

    def box(self, box: Box) -> None:
        """One more in the catalogue."""
        self.office.perform(set_box, SetBox(id=BoxId(new_id()), expected_version=0, box=box), self.act)

    def size(self, code: str, long_mm: int, wide_mm: int, high_mm: int) -> None:
        """Its measures, which a box is proposed by."""
        grams = WEIGHTS[code]
        cmd = EditSku(self.shop.sku[code], 1, f"茶具 {code}", (), grams, long_mm, wide_mm, high_mm)
        self.office.perform(edit_sku, cmd, self.act)

    def weightless(self, code: str) -> None:
        """Nobody knows what it weighs."""
        self.office.perform(edit_sku, EditSku(self.shop.sku[code], 1, f"茶具 {code}"), self.act)

    def worker(self, name: str, *verbs: str, printers: Mapping[str, PrinterId] | None = None) -> Worker:
        """Somebody new, logged in at a new station where everything is done; with all verbs of the floor, or with these."""
        self.people += 1
        flows = frozenset(Flow)
        cmd = SetUpStation(StationId(new_id()), self.warehouse, f"T{self.people}", Setting("台", flows, printers or {}))
        self.last_station = station = self.office.perform(set_up_station, cmd, self.act)
        within = {Dimension.WAREHOUSE: frozenset({self.warehouse})}
        account = self.house.person(name, *(Grant(verb, within) for verb in verbs or VERBS))
        badge = f"S-{name.upper()}"
        staff = EnrolStaff(StaffId(new_id()), account.id, badge, Duties(flows, (self.warehouse,)))
        person = self.office.perform(enrol_staff, staff, self.act)
        self.staff[badge] = person.id
        self.badges.set_pin(person.id, person.version, PIN, self.act)
        port = self.reach(station)
        return Worker(port, port.log_in(badge, PIN), badge)

    def walk(self, worker: Worker, tote: str) -> None:
        """Somebody fetches all that is due on the next walk, into a new tote."""
        self.unit(UnitKind.TOTE, tote)
        worker.open(Task.PICK)
        screen = worker.scan(tote)
        assert screen.message is not None
        assert screen.message.code == "walk-begun", screen.message
        while screen.prompt.code != "prompt.wave":
            screen = worker.scan(self.next_scan(screen))

    def next_scan(self, screen: StationScreen) -> str:
        """What a picker who does everything right scans next."""
        facts = dict(screen.prompt.facts)
        match screen.prompt.code:
            case "prompt.location":
                return next(place.barcode for place in self.places if place.path == facts["location"])
            case "prompt.product":
                return facts["sku"]
            case "prompt.slot":
                return facts["slot"]
            case "prompt.zero-check":
                return "C-YES"
        raise AssertionError(screen)

    def place(self, path: str) -> Location:
        made = super().place(path)
        self.places.append(made)
        return made

    def packed(self, worker: Worker, **units: int) -> OutboundOrder:
        """From the released order to the scale, by one person."""
        sent = self.released(**units)
        self.printed(sent, method=PickMethod.SINGLE)
        self.walk(worker, f"H-T{sent.number[-6:]}")
        worker.open(Task.CHECK)
        worker.scan(self.waybill(sent))
        for code, qty in units.items():
            worker.scan(code, *([str(qty)] if qty > 1 else []))
        worker.scan("B1")
        return self.now(sent)

    def weighed(self, worker: Worker, **units: int) -> OutboundOrder:
        """From the released order to the van."""
        sent = self.packed(worker, **units)
        worker.open(Task.WEIGH)
        worker.scan(sent.waybill, f"{self.grams(sent)}g")
        return self.now(sent)

    def grams(self, order: OutboundOrder) -> int:
        """What its one parcel should weigh."""
        return BOX.tare_g + sum(WEIGHTS[line.sku_code] * line.qty for line in order.lines)

    def parcels(self, order: OutboundOrder) -> list[Parcel]:
        """As they are now."""
        return self.office.ask(_parcels, order.id, self.act)

    def asked_for(self, order: OutboundOrder) -> bool:
        """Whether its carrier still owes a number."""
        return any(one.state is WaybillState.REQUESTED for one in self.waybills(order))

    def waybill(self, order: OutboundOrder) -> str:
        """What stands on its label."""
        return self.now(order).waybill
