"""The contract of a station's port: each scan answered once, in order, by whoever is logged in; for every way to the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.warehouse.stations import EditStation, Setting, edit_station
from houtai.domain.act import Act
from houtai.domain.refusal import Unauthenticated
from houtai.domain.warehouse.refusals import BadgeRefused, FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.station import Flow
from houtai.domain.warehouse.work import ScanReused, StaleScan, Task
from tests.stations.floor import BADGE, PIN, Floor, said, some_desk
from tests.stations.served import WAYS
from tests.stations.test_moving import FIRST, SECOND


@pytest.fixture(params=sorted(WAYS))
def floor(request: pytest.FixtureRequest, office: Office, clock: Any, system: Act) -> Iterator[Floor]:
    depot, house, station, door = some_desk(office, clock, system)
    depot.put_away(6, depot.first)
    with WAYS[request.param](office, house, station, door) as port:
        made = Floor(depot, house, port, station, port.log_in(BADGE, PIN))
        made.open(Task.MOVE)
        yield made


def test_the_menu_holds_what_person_and_station_do(floor: Floor) -> None:
    here = {Task.MOVE, Task.LOOK_UP, Task.RECEIVE, Task.BOOK_IN, Task.COUNT, Task.PUT_BACK}
    assert (floor.at.station, floor.at.name, set(floor.at.tasks)) == ("M1", "li", here)


def test_a_scan_that_is_sent_again_is_answered_the_same_and_done_once(floor: Floor) -> None:
    moved = floor.scan(FIRST, "TEA", SECOND)
    again = floor.port.scan(floor.at.token, Task.MOVE, floor.seq, SECOND)
    assert again == moved
    assert floor.depot.lies()["A-02-01-1"] == 1


def test_a_refusal_that_is_sent_again_is_answered_the_same(floor: Floor) -> None:
    refused = floor.scan("NONSENSE")
    assert floor.port.scan(floor.at.token, Task.MOVE, floor.seq, "NONSENSE") == refused


def test_the_number_of_another_scan_and_an_older_number_are_refused(floor: Floor) -> None:
    floor.scan(FIRST, "TEA")
    with pytest.raises(ScanReused):
        floor.port.scan(floor.at.token, Task.MOVE, floor.seq, SECOND)
    with pytest.raises(StaleScan):
        floor.port.scan(floor.at.token, Task.MOVE, floor.seq - 1, FIRST)
    assert floor.depot.lies()["A-01-01-1"] == 6


def test_a_task_that_nobody_took_up_takes_no_scans(floor: Floor) -> None:
    with pytest.raises(StaleScan):
        floor.port.scan(floor.at.token, Task.COUNT, 1, FIRST)


def test_a_station_that_died_goes_on_at_the_same_step(floor: Floor) -> None:
    before = floor.scan(FIRST, "TEA", "3")
    floor.at = floor.port.log_in(BADGE, PIN)
    resumed = floor.open(Task.MOVE)
    assert said(resumed) == "resumed"
    assert (resumed.prompt, resumed.digits, resumed.seq) == (before.prompt, "3", before.seq)
    floor.scan(SECOND)
    assert floor.depot.lies()["A-02-01-1"] == 3


def test_each_task_is_left_where_it_was(floor: Floor) -> None:
    floor.scan(FIRST, "TEA")
    floor.open(Task.COUNT)
    floor.scan(FIRST, "TEA", "TEA")
    assert floor.open(Task.MOVE).digits == "1"
    assert floor.open(Task.COUNT).digits == "2"


def test_a_delivery_is_booked_in_once_however_often_its_last_scan_is_sent(floor: Floor) -> None:
    floor.open(Task.BOOK_IN)
    booked = floor.scan("DN-4711", "TEA", "7", SECOND)
    assert said(booked) == "booked-in"
    assert floor.port.scan(floor.at.token, Task.BOOK_IN, floor.seq, SECOND) == booked
    assert floor.depot.lies() == {"A-01-01-1": 6, "A-02-01-1": 7, "UNPLACED": 4}


def test_wrong_badge_and_pin_open_nothing(floor: Floor) -> None:
    for badge, pin in ((BADGE, "480214"), ("S-9", PIN), ("", "")):
        with pytest.raises(BadgeRefused):
            floor.port.log_in(badge, pin)


def test_a_locked_station_takes_no_scan_until_its_own_pin(floor: Floor) -> None:
    floor.port.lock(floor.at.token)
    with pytest.raises(StationLocked):
        floor.scan(FIRST)
    with pytest.raises(BadgeRefused):
        floor.port.unlock(floor.at.token, BADGE, "480214")
    floor.port.unlock(floor.at.token, BADGE, PIN)
    assert floor.scan(FIRST).prompt.code == "prompt.move-goods"


def test_after_leaving_the_token_opens_nothing(floor: Floor) -> None:
    floor.port.leave(floor.at.token)
    with pytest.raises((Unauthenticated, NoShift)):
        floor.scan(FIRST)
    with pytest.raises((Unauthenticated, NoShift)):
        floor.open(Task.MOVE)


def test_another_login_puts_the_first_one_out(floor: Floor) -> None:
    first = floor.at.token
    floor.port.log_in(BADGE, PIN)
    with pytest.raises((Unauthenticated, NoShift)):
        floor.port.scan(first, Task.MOVE, floor.seq + 1, FIRST)


def test_a_flow_that_the_station_is_not_for_is_refused(floor: Floor, system: Act) -> None:
    setting = Setting("盘点台", frozenset({Flow.COUNT}))
    floor.office.perform(edit_station, EditStation(floor.station.id, 1, setting), system)
    at = floor.port.log_in(BADGE, PIN)
    assert set(at.tasks) == {Task.COUNT, Task.LOOK_UP}
    with pytest.raises(FlowNotAllowed) as refused:
        floor.port.open_task(at.token, Task.MOVE)
    assert (refused.value.flow, refused.value.station) == ("move", "M1")


def test_a_scan_may_hold_what_is_no_text(floor: Floor) -> None:
    for nasty in ("\x00", "\ud800", "{0.__class__}", "'; DROP TABLE bins; --", "[red]x[/red]", "%s%n"):
        assert floor.refuses(nasty).startswith("scan.")


def test_the_order_of_scans_does_not_depend_on_the_station(floor: Floor) -> None:
    ahead = floor.port.scan(floor.at.token, Task.MOVE, floor.seq + 7, FIRST)
    assert attrs.evolve(ahead, seq=0).prompt.code == "prompt.move-goods"
    assert floor.port.open_task(floor.at.token, Task.MOVE).seq == floor.seq + 7
