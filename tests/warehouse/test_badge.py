"""Coming in at a station by badge and PIN, on every adapter: what it opens, what it does not, and what guesses meet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.adapters.passwords import Argon2Passwords
from houtai.application.access.change_account import MoveAccount, disable_account
from houtai.application.access.queries import find_account
from houtai.application.inventory.queries import ListStock, list_stock
from houtai.application.office import Office
from houtai.application.warehouse.badge import AtWork, BadgeDoor
from houtai.application.warehouse.people import Duties, EditStaff, EnrolStaff, edit_staff, enrol_staff, show_staff
from houtai.application.warehouse.shifts import (
    AtStation,
    OwnWork,
    end_shift,
    lock_shift,
    show_own_work,
)
from houtai.application.warehouse.stations import EditStation, Setting, SetUpStation, edit_station, set_up_station
from houtai.domain.access.refusals import AddressNotAllowed, NotHeld, TooManyTries
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import PrinterId, StaffId, StationId, WarehouseId, new_id
from houtai.domain.refusal import AlreadyExists, Forbidden, InvalidValue, NotFound, Unauthenticated, VersionConflict
from houtai.domain.warehouse.refusals import BadgeRefused, FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.staff import Staff, check_pin
from houtai.domain.warehouse.station import Flow, Station
from tests.access.door import ELSEWHERE, HOME, PASSWORD, House, open_house, origin
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_printer

PIN = "480213"
BADGE = "S-0042"
PICKS = Setting("拣货台 1", frozenset({Flow.PICK, Flow.CHECK}))


@attrs.define
class Floor:
    """A warehouse with one station and one picker."""

    house: House
    door: BadgeDoor
    system: Act
    warehouse: WarehouseId
    station: Station
    person: Staff

    @property
    def office(self) -> Office:
        return self.house.office

    def come_in(self, pin: str = PIN, badge: str = BADGE, address: str = HOME) -> AtWork:
        return self.door.log_in(badge, pin, self.station.id, origin(address))

    def act(self, shift: AtWork) -> Act:
        return self.house.door.act_of_token(shift.token, origin())

    def edit(self, **changes: Any) -> Staff:
        """The person with other duties; the version is looked up."""
        seen = self.office.ask(show_staff, self.person.id, self.system)
        fields = {field.name: getattr(seen, field.name) for field in attrs.fields(Duties)}
        rest = {name: changes.pop(name) for name in ("badge", "state") if name in changes}
        cmd = EditStaff(seen.id, seen.version, Duties(**{**fields, **changes}), **rest)
        return self.office.perform(edit_staff, cmd, self.system)


@pytest.fixture
def floor(office: Office, system: Act, clock: Any) -> Floor:
    house = open_house(office, clock)
    warehouse = some_warehouse(office, system)
    station = office.perform(set_up_station, SetUpStation(StationId(new_id()), warehouse, "P1", PICKS), system)
    within = {Dimension.WAREHOUSE: frozenset({warehouse})}
    verbs = ("warehouse.work", "warehouse.read", "warehouse.staff", "inventory.read", "orders.cancel")
    account = house.person("li", *(Grant(verb, within) for verb in verbs))
    cmd = EnrolStaff(StaffId(new_id()), account.id, BADGE, Duties(frozenset({Flow.PICK, Flow.WEIGH}), (warehouse,)))
    person = office.perform(enrol_staff, cmd, system)
    door = BadgeDoor(office, Argon2Passwords(time_cost=1, memory_kib=8, lanes=1))
    person = door.set_pin(person.id, 1, PIN, system)
    return Floor(house, door, system, warehouse, station, person)


def working(floor: Floor, act: Act, flow: Flow = Flow.PICK) -> AtStation:
    """Where the shift that the act came by works, as the steps of a flow ask."""
    return floor.office.ask(show_own_work, OwnWork(flow), act)


def test_badge_and_pin_open_a_shift_that_knows_person_station_and_work(floor: Floor) -> None:
    shift = floor.come_in()
    found = working(floor, floor.act(shift))
    assert (found.person.id, found.station.id, found.flows) == (floor.person.id, floor.station.id, frozenset({Flow.PICK}))


def test_a_step_is_refused_where_station_or_person_do_not_do_it(floor: Floor) -> None:
    shift = floor.come_in()
    act = floor.act(shift)
    assert working(floor, act).station.code == "P1"
    with pytest.raises(FlowNotAllowed, match="weigh"):
        working(floor, act, Flow.WEIGH)


def test_a_badge_opens_the_account_s_work_and_nothing_else_of_it(floor: Floor) -> None:
    act = floor.act(floor.come_in())
    held = {grant.verb for grant in act.authority.grants}
    assert held == {"warehouse.work", "warehouse.read", "warehouse.staff", "inventory.read"}
    assert floor.office.ask(list_stock, ListStock(), act).items == ()
    with pytest.raises(Forbidden):
        floor.office.ask(show_staff, floor.person.id, act)
    with pytest.raises(Forbidden):
        floor.house.credentials.set_up_codes(PASSWORD, act)


def test_the_password_opens_all_that_the_badge_does_not(floor: Floor) -> None:
    assert floor.office.ask(show_staff, floor.person.id, floor.house.act("li")).badge == BADGE


@pytest.mark.parametrize(
    ("badge", "pin"), [(BADGE, "480214"), ("S-9999", PIN), ("", ""), (BADGE, PIN + "0"), ("'; --", "x" * 500)]
)
def test_wrong_badge_and_wrong_pin_look_alike(floor: Floor, badge: str, pin: str) -> None:
    with pytest.raises(BadgeRefused) as refused:
        floor.come_in(pin, badge)
    assert str(refused.value) == "badge and PIN do not fit"


def test_guesses_wait_longer_and_longer_and_never_for_ever(floor: Floor, clock: Any) -> None:
    waits = []
    for _ in range(5):
        with pytest.raises(BadgeRefused):
            floor.come_in("999123")
    for _ in range(8):
        with pytest.raises(TooManyTries) as refused:
            floor.come_in()
        waits.append(refused.value.retry_after_s)
        clock.advance(seconds=refused.value.retry_after_s)
        with pytest.raises(BadgeRefused):
            floor.come_in("999123")
    assert waits[:4] == [60, 120, 240, 480]
    assert max(waits) == 900
    clock.advance(seconds=900)
    assert floor.come_in().shift.open


def test_strangers_elsewhere_do_not_keep_somebody_from_their_own_station(floor: Floor) -> None:
    floor.come_in()
    for _ in range(5):
        with pytest.raises(BadgeRefused):
            floor.come_in("999123", address=ELSEWHERE)
    with pytest.raises(TooManyTries):
        floor.come_in(address=ELSEWHERE)
    assert floor.come_in().shift.open


def test_one_shift_a_person_and_one_a_station(floor: Floor) -> None:
    first = floor.come_in()
    floor.come_in()
    with pytest.raises(Unauthenticated):
        floor.act(first)


def test_a_locked_station_takes_nothing_but_the_own_pin(floor: Floor) -> None:
    shift = floor.come_in()
    act = floor.act(shift)
    floor.office.perform(lock_shift, None, act)
    with pytest.raises(StationLocked):
        working(floor, act)
    with pytest.raises(BadgeRefused):
        floor.door.unlock(BADGE, "999123", act)
    assert not floor.door.unlock(BADGE, PIN, act).locked
    assert working(floor, act).station.id == floor.station.id


def test_somebody_else_s_pin_does_not_unlock(floor: Floor) -> None:
    account = floor.house.person("wang", Grant("warehouse.work"))
    cmd = EnrolStaff(StaffId(new_id()), account.id, "S-2", Duties(frozenset({Flow.PICK}), (floor.warehouse,)))
    other = floor.office.perform(enrol_staff, cmd, floor.system)
    floor.door.set_pin(other.id, 1, "735190", floor.system)
    shift = floor.come_in()
    act = floor.act(shift)
    floor.office.perform(lock_shift, None, act)
    with pytest.raises(BadgeRefused):
        floor.door.unlock("S-2", "735190", act)


def test_leaving_ends_shift_and_session(floor: Floor) -> None:
    shift = floor.come_in()
    act = floor.act(shift)
    floor.office.perform(end_shift, None, act)
    with pytest.raises(Unauthenticated):
        floor.act(shift)
    with pytest.raises(NoShift):
        working(floor, act)


def test_a_login_by_password_is_no_shift(floor: Floor) -> None:
    entered = floor.house.enter("li")
    with pytest.raises(NoShift):
        floor.office.ask(show_own_work, OwnWork(), floor.house.door.act_of_token(entered.token, origin()))


def test_whoever_was_let_go_is_out_at_once_and_does_not_come_in_again(floor: Floor) -> None:
    shift = floor.come_in()
    act = floor.act(shift)
    floor.edit(state=Standing.RETIRED)
    with pytest.raises(NoShift):
        working(floor, act)
    with pytest.raises(BadgeRefused):
        floor.come_in()


def test_a_new_badge_needs_a_new_pin(floor: Floor) -> None:
    floor.edit(badge="S-0043")
    for badge in (BADGE, "S-0043"):
        with pytest.raises(BadgeRefused):
            floor.come_in(badge=badge)


def test_nobody_comes_in_outside_of_their_time(floor: Floor, clock: Any) -> None:
    begins = clock.now() + dt.timedelta(hours=1)
    floor.edit(valid_from=begins, valid_until=begins + dt.timedelta(hours=1))
    with pytest.raises(BadgeRefused):
        floor.come_in()
    clock.advance(hours=1)
    assert floor.come_in().shift.open
    clock.advance(hours=1)
    with pytest.raises(BadgeRefused):
        floor.come_in()


def test_nobody_comes_in_at_a_station_that_is_put_away_or_has_no_work_for_them(floor: Floor) -> None:
    other = attrs.evolve(PICKS, flows=frozenset({Flow.SORT}))
    floor.office.perform(edit_station, EditStation(floor.station.id, 1, other), floor.system)
    with pytest.raises(BadgeRefused):
        floor.come_in()
    floor.office.perform(edit_station, EditStation(floor.station.id, 2, PICKS, Standing.RETIRED), floor.system)
    with pytest.raises(BadgeRefused):
        floor.come_in()


def test_nobody_comes_in_in_a_warehouse_that_is_not_theirs(floor: Floor) -> None:
    there = some_warehouse(floor.office, floor.system, "BJ")
    cmd = SetUpStation(StationId(new_id()), there, "P1", PICKS)
    station = floor.office.perform(set_up_station, cmd, floor.system)
    with pytest.raises(BadgeRefused):
        floor.door.log_in(BADGE, PIN, station.id, origin())
    floor.edit(warehouses=(floor.warehouse, there))  # the person's scope is no right of the account
    with pytest.raises(BadgeRefused):
        floor.door.log_in(BADGE, PIN, station.id, origin())


def test_a_disabled_account_does_not_come_in(floor: Floor) -> None:
    account = floor.office.ask(find_account, floor.person.account_id, floor.system)
    floor.office.perform(disable_account, MoveAccount(account.id, account.version, "left"), floor.system)
    with pytest.raises(BadgeRefused):
        floor.come_in()


def test_a_badge_opens_nothing_outside_of_the_account_s_networks(floor: Floor) -> None:
    account = floor.house.person("zhao", Grant("warehouse.work"), networks=("203.0.113.0/24",))
    cmd = EnrolStaff(StaffId(new_id()), account.id, "S-3", Duties(frozenset({Flow.PICK}), (floor.warehouse,)))
    person = floor.office.perform(enrol_staff, cmd, floor.system)
    floor.door.set_pin(person.id, 1, PIN, floor.system)
    with pytest.raises(AddressNotAllowed):
        floor.come_in(badge="S-3", address=ELSEWHERE)
    assert floor.come_in(badge="S-3").shift.open


def test_nobody_enrols_or_gives_a_pin_to_an_account_that_may_do_more_than_they(floor: Floor) -> None:
    clerk = floor.house.act("li")
    boss = floor.house.person("boss", Grant("*"))
    cmd = EnrolStaff(StaffId(new_id()), boss.id, "S-7", Duties(frozenset({Flow.PICK}), (floor.warehouse,)))
    with pytest.raises(NotHeld):
        floor.office.perform(enrol_staff, cmd, clerk)
    person = floor.office.perform(enrol_staff, cmd, floor.system)
    with pytest.raises(NotHeld):
        floor.door.set_pin(person.id, 1, PIN, clerk)


def test_an_account_is_enrolled_once_and_a_badge_given_once(floor: Floor) -> None:
    duties = Duties(frozenset(), (floor.warehouse,))
    other = floor.house.person("sun", Grant("warehouse.work"))
    with pytest.raises(AlreadyExists):
        cmd = EnrolStaff(StaffId(new_id()), floor.person.account_id, "S-8", duties)
        floor.office.perform(enrol_staff, cmd, floor.system)
    with pytest.raises(AlreadyExists, match=BADGE):
        floor.office.perform(enrol_staff, EnrolStaff(StaffId(new_id()), other.id, BADGE, duties), floor.system)


def test_a_pin_rests_on_the_version_that_was_seen(floor: Floor) -> None:
    with pytest.raises(VersionConflict):
        floor.door.set_pin(floor.person.id, 1, "918273", floor.system)


@pytest.mark.parametrize("pin", ["12345", "123456", "987654", "111111", "121212", "1234567890123", "48o213", "４８０２１３"])
def test_a_pin_that_is_easy_to_guess_is_refused(pin: str) -> None:
    with pytest.raises(InvalidValue, match="pin"):
        check_pin(pin)


def test_a_station_is_stored_whole_and_its_code_is_taken_once_in_a_warehouse(floor: Floor) -> None:
    printer = some_printer(floor.office, floor.system, floor.warehouse)
    setting = Setting("称重台", frozenset({Flow.WEIGH}), {"express-waybill": printer}, "tcp://10.0.0.9:4001")
    edited = floor.office.perform(edit_station, EditStation(floor.station.id, 1, setting), floor.system)
    assert (edited.printers, edited.scale) == (setting.printers, setting.scale)
    for address in ("10.0.0.9:4001", "http://10.0.0.9:1", "/etc/passwd", "/dev/../etc/passwd"):
        with pytest.raises(InvalidValue, match="scale"):
            attrs.evolve(edited, scale=address)
    with pytest.raises(AlreadyExists, match="P1"):
        floor.office.perform(set_up_station, SetUpStation(StationId(new_id()), floor.warehouse, "P1", PICKS), floor.system)
    with pytest.raises(VersionConflict):
        floor.office.perform(edit_station, EditStation(floor.station.id, 1, PICKS), floor.system)
    with pytest.raises(InvalidValue, match="kind of document"):
        attrs.evolve(edited, printers={"waybill": PrinterId(new_id())})


def test_a_station_takes_no_printer_of_another_warehouse_and_none_that_there_is_not(floor: Floor) -> None:
    elsewhere = some_warehouse(floor.office, floor.system, "NB")
    theirs = some_printer(floor.office, floor.system, elsewhere)
    for printer in (theirs, PrinterId(new_id())):
        setting = Setting("打包台", frozenset({Flow.CHECK}), {"express-waybill": printer})
        with pytest.raises(NotFound, match="printer"):
            floor.office.perform(edit_station, EditStation(floor.station.id, 1, setting), floor.system)
        with pytest.raises(NotFound, match="printer"):
            floor.office.perform(set_up_station, SetUpStation(StationId(new_id()), floor.warehouse, "P2", setting), floor.system)
