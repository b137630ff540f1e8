"""A depot with a station and somebody who works there, made through use cases, and short ways to scan."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.adapters.passwords import Argon2Passwords
from houtai.application.office import Office
from houtai.application.stations.desk import StationDesk
from houtai.application.stations.port import AtDesk, StationPort
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.warehouse.people import Duties, EnrolStaff, enrol_staff
from houtai.application.warehouse.stations import Setting, SetUpStation, set_up_station
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act, Entry
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import HandlingUnitId, StaffId, StationId, new_id
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.station import Flow, Station
from houtai.domain.warehouse.work import StationScreen, Task
from tests.access.door import House, open_house, origin
from tests.warehouse.bins_arrange import Depot, some_depot

PIN = "480213"
BADGE = "S-0042"
VERBS = (
    "warehouse.work",
    "warehouse.read",
    "warehouse.book-in",
    "warehouse.move-goods",
    "warehouse.count",
    "inventory.adjust",
)
FLOWS = frozenset({Flow.MOVE, Flow.RECEIVE, Flow.COUNT})


@attrs.define
class Floor:
    """The depot, the station's port, and who is logged in at it."""

    depot: Depot
    house: House
    port: StationPort
    station: Station
    at: AtDesk
    seq: int = 0
    task: Task = Task.MOVE

    @property
    def office(self) -> Office:
        return self.depot.office

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

    def refuses(self, code: str) -> str:
        """Scan what is refused; the code of the refusal. The screen's prompt, number and list are as before."""
        before = self.port.open_task(self.at.token, self.task)
        answer = self.scan(code)
        assert answer.message is not None
        assert answer.message.level is MessageLevel.ERROR
        assert (answer.prompt, answer.digits, answer.rows) == (before.prompt, before.digits, before.rows)
        return answer.message.code


def said(screen: StationScreen) -> str:
    """The code of what the screen says; empty for nothing."""
    return "" if screen.message is None else screen.message.code


def some_desk(office: Office, clock: Any, act: Act, qty: int = 10) -> tuple[Depot, House, Station, BadgeDoor]:
    """A depot, a station with all flows of the warehouse, and a person with a PIN."""
    house = open_house(office, clock)
    depot = some_depot(office, act, qty)
    setting = Setting("移库台", FLOWS)
    station = office.perform(set_up_station, SetUpStation(StationId(new_id()), depot.warehouse, "M1", setting), act)
    door = BadgeDoor(office, Argon2Passwords(time_cost=1, memory_kib=8, lanes=1))
    some_worker(office, house, depot, door, act, "li", BADGE, PIN)
    return depot, house, station, door


def some_worker(
    office: Office, house: House, depot: Depot, door: BadgeDoor, act: Act, name: str, badge: str, pin: str, *verbs: str
) -> None:
    """Somebody with a badge who may do everything here, or what these verbs say."""
    within = {Dimension.WAREHOUSE: frozenset({depot.warehouse})}
    account = house.person(name, *(Grant(verb, within) for verb in verbs or VERBS))
    cmd = EnrolStaff(StaffId(new_id()), account.id, badge, Duties(FLOWS, (depot.warehouse,)))
    person = office.perform(enrol_staff, cmd, act)
    door.set_pin(person.id, person.version, pin, act)


def desk_at(office: Office, house: House, station: Station, door: BadgeDoor) -> StationDesk:
    """The station's port in this process."""
    return StationDesk(office, door, house.door, station.id, origin(entry=Entry.TERMINAL))


def some_floor(office: Office, clock: Any, act: Act, qty: int = 10) -> Floor:
    """The depot, with somebody logged in at its station."""
    depot, house, station, door = some_desk(office, clock, act, qty)
    port = desk_at(office, house, station, door)
    return Floor(depot, house, port, station, port.log_in(BADGE, PIN))


def some_tote(floor: Floor, barcode: str = "H-T1") -> HandlingUnit:
    """A tote on the first shelf."""
    cmd = MakeUnit(HandlingUnitId(new_id()), floor.depot.warehouse, barcode, UnitKind.TOTE, location_id=floor.depot.first.id)
    return floor.office.perform(make_unit, cmd, floor.depot.act)
