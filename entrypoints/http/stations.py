"""Working at a station over HTTP: in by badge and PIN, lock and leave, take up tasks, and scan."""

from __future__ import annotations

from houtai.application.stations.called import station_called
from houtai.application.stations.prints import show_own_prints
from houtai.application.stations.scans import OpenTask, ScanAt, answer_scan, open_task, scan_at_station
from houtai.application.warehouse import shifts
from houtai.domain.access.refusals import AddressNotAllowed, TooManyTries
from houtai.domain.act import Act
from houtai.domain.ids import StationId, new_id
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.refusals import BadgeRefused, FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.work import ScanReused, StaleScan
from houtai.entrypoints.http import stations_wire as stations
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("stations", "Who works at which station, and the work itself: tasks and scans, each answered with a screen.")

_AT_WORK = (NoShift, StationLocked, FlowNotAllowed)


@ROUTES.post("/shifts", None, status=201, public=True, keyed=False, refuses=(BadgeRefused, TooManyTries, AddressNotAllowed))
def post_shift(desk: Desk, body: stations.BadgeIn) -> stations.ShiftBegunOut:
    """Come in at a station by badge and PIN.

    Whoever was logged in there is out, and so is the person elsewhere. A wrong badge, a wrong PIN and a station that there is not
    are answered alike, and too many of them by 429 with Retry-After.
    """
    begun = desk.badge_door.log_in(body.badge, body.pin, _station(desk, body.station), desk.act.origin)
    act = desk.authenticator.act_of_token(begun.token, desk.act.origin)
    own = desk.house.office.ask(shifts.show_own_work, shifts.OwnWork(), act)
    return stations.ShiftBegunOut(begun.token, stations.shift_out(begun.shift), stations.own_shift_out(own, act.name))


def _station(desk: Desk, code: str) -> StationId:
    """The station's id; for a code that none has, an id that none has: strangers do not learn which stations there are."""
    try:
        return station_called(desk.house.office, code, Act.of_system(desk.act.at, desk.act.origin.entry)).id
    except NotFound:
        return StationId(new_id())


@ROUTES.get("/shifts/own", shifts.show_own_work, refuses=(NoShift,))
def get_own_shift(desk: Desk) -> stations.OwnShiftOut:
    """Look where one is logged in, whether the station is locked, and what one may do there."""
    request = shifts.OwnWork(locked_too=True)
    return stations.own_shift_out(desk.ask(shifts.show_own_work, request), desk.act.name)


@ROUTES.post("/shifts/own/lock", shifts.lock_shift, refuses=(NoShift,))
def post_own_shift_lock(desk: Desk) -> stations.ShiftOut:
    """Lock the station until the PIN is given again."""
    return stations.shift_out(desk.perform(shifts.lock_shift, None))


# What takes a secret has no stored answer to give again, so this route knows no Idempotency-Key.
@ROUTES.post("/shifts/own/unlock", shifts.unlock_shift, keyed=False, refuses=(NoShift, BadgeRefused, TooManyTries))
def post_own_shift_unlock(desk: Desk, body: stations.UnlockIn) -> stations.ShiftOut:
    """Go on working after a lock, with the own badge and PIN."""
    return stations.shift_out(desk.badge_door.unlock(body.badge, body.pin, desk.act))


@ROUTES.post("/shifts/own/leave", shifts.end_shift, refuses=(NoShift,))
def post_own_shift_leave(desk: Desk) -> stations.ShiftOut:
    """Leave the station: shift and session are over."""
    return stations.shift_out(desk.perform(shifts.end_shift, None))


@ROUTES.get("/shifts/own/prints", show_own_prints, refuses=(NoShift, StationLocked))
def get_own_shift_prints(desk: Desk) -> stations.PrintsOut:
    """Look how the prints stand that this station's scans caused, without a scan: a few times a second while one is waiting."""
    return stations.prints_out(desk.ask(show_own_prints, None))


# -- work; a scan's own number stands in place of an Idempotency-Key, and taking up a task twice is taking it up


@ROUTES.post("/shifts/own/task", open_task, keyed=False, refuses=_AT_WORK)
def post_own_shift_task(desk: Desk, body: stations.TaskIn) -> stations.ScreenOut:
    """Take up a task where it was left, at this station from now on."""
    return stations.screen_out(desk.perform(open_task, OpenTask(body.task)))


@ROUTES.post("/shifts/own/scans", scan_at_station, keyed=False, refuses=(*_AT_WORK, StaleScan, ScanReused))
def post_own_shift_scan(desk: Desk, body: stations.ScanIn) -> stations.ScreenOut:
    """Answer one scan.

    What the scan is refused with is said on the screen, and nothing has moved then. 412 where the screen has to be drawn anew by
    taking up the task again: a later scan was answered, or the work went on at another station.
    """
    cmd = ScanAt(body.task, body.seq, body.code)
    return stations.screen_out(answer_scan(desk.house.office, cmd, desk.act))
