"""The transactions of a shift: count the try, begin it once the PIN was right, lock, unlock and end it."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.access.log_in import lock_tallies, may_enter
from houtai.application.access.ports import KNOWN_FOR, KnownAddress
from houtai.application.audit import Category
from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, logged_as, needs, open_to_anyone
from houtai.application.plain import SECRET
from houtai.application.warehouse.ports import OPEN_SHIFT_AT, OPEN_SHIFT_OF, STAFF_BY_BADGE, WarehouseTx, WarehouseViews
from houtai.domain.access.account import Account, authority_of, check_address
from houtai.domain.access.lockout import address_subject, known_subject, name_subject, rule_of
from houtai.domain.access.networks import neighbourhood
from houtai.domain.access.refusals import TooManyTries
from houtai.domain.access.session import STATION, Session
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import SessionId, StaffId, StationId
from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.refusals import BadgeRefused, FlowNotAllowed, NoShift, StationLocked
from houtai.domain.warehouse.shift import Shift
from houtai.domain.warehouse.staff import Staff
from houtai.domain.warehouse.station import Flow, Station

WORK: Final = "warehouse.work"


@attrs.frozen
class BadgeTry:
    """Somebody held out a badge."""

    badge: str = attrs.field(metadata={SECRET: True})  # people type PINs into the wrong field


@attrs.frozen
class Counted:
    """What the try met: the person and their account if there are such, under what it is counted, and whether it goes on."""

    person: Staff | None
    account: Account | None
    subject: str
    refusal: Refusal | None = None


@logged_as(None)
@open_to_anyone
def count_badge_try(tx: WarehouseTx, cmd: BadgeTry, act: Act) -> Counted:
    """Count a try as failed before the PIN is looked at, under the rules of logins: waits that double and always end.

    Where somebody has worked lately they have a budget of tries of their own, which no stranger elsewhere can use up.
    """
    person = tx.staff.first(STAFF_BY_BADGE, cmd.badge)
    account = None if person is None else tx.accounts.find(person.account_id)
    known = None if account is None else tx.known_addresses.find((account.id, neighbourhood(act.origin.address)))
    at_home = known is not None and act.at - known.last_at < KNOWN_FOR
    subject = known_subject(cmd.badge, act.origin.address) if at_home else name_subject(cmd.badge)
    of_address = address_subject(act.origin.address)
    tallies = lock_tallies(tx, subject, of_address)
    blocked = max(tallies[subject].blocked_s(act.at), 0 if at_home else tallies[of_address].blocked_s(act.at))
    for tally in tallies.values():
        if not tally.blocked_s(act.at) and (not blocked or tally.subject == of_address):
            tx.tallies.save(tally.count(act.at, rule_of(tally.subject)))
    refusal = TooManyTries(retry_after_s=blocked) if blocked else None
    return Counted(person, account, subject, refusal)


@attrs.frozen
class BeginShift:
    """Log somebody in at a station whose PIN was right; `seen_hash` is the hash that was verified."""

    session: SessionId
    staff: StaffId
    station: StationId
    subject: str
    token_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    expires_at: dt.datetime
    idle_s: int


@logged_as(Category.LOGIN)
@open_to_anyone
def begin_shift(tx: WarehouseTx, cmd: BeginShift, act: Act) -> Shift:
    """Open the session at the station. Whoever was logged in there is out, and so is the person elsewhere.

    Raises BadgeRefused where the person may not work here (or the PIN was changed meanwhile), AddressNotAllowed.
    """
    station = tx.stations.lock([cmd.station]).get(cmd.station)
    person = tx.staff.lock([cmd.staff]).get(cmd.staff)
    if station is None or person is None or person.pin_hash != cmd.seen_hash:
        raise BadgeRefused
    account = tx.accounts.lock_one(person.account_id)
    roles = tx.roles.many(assignment.role_id for assignment in account.roles)
    warehouse = tx.warehouses.get(station.warehouse_id)
    scope = Scope(warehouse=warehouse.id, merchant=warehouse.merchant_id or HOUSE)
    works = authority_of(account, roles).decide(WORK, scope, at=act.at).allowed
    here = station.open and person.valid_at(act.at) and bool(person.flows_at(station))
    if not (here and works and may_enter(account, act.at)) or account.must_change_password:
        raise BadgeRefused
    check_address(account, roles, act.origin.address, act.at)
    _end_others(tx, station, person, act)
    tx.sessions.add(
        Session(
            id=cmd.session,
            account_id=account.id,
            token_hash=cmd.token_hash,
            created_at=act.at,
            expires_at=cmd.expires_at,
            idle_s=cmd.idle_s,
            last_seen_at=act.at,
            address=act.origin.address,
            agent=act.origin.agent,
            entry=STATION,
        )
    )
    shift = Shift(cmd.session, person.id, station.id, act.at)
    tx.shifts.add(shift)
    _forgive(tx, cmd.subject, account, act)
    return shift


def _end_others(tx: WarehouseTx, station: Station, person: Staff, act: Act) -> None:
    """End the open shifts of the station and of the person, with their sessions. Both are locked by the caller."""
    there = [*tx.shifts.by(OPEN_SHIFT_AT, station.id), *tx.shifts.by(OPEN_SHIFT_OF, person.id)]
    ended = tx.shifts.lock(shift.session_id for shift in there)
    sessions = tx.sessions.lock(ended)
    for shift in ended.values():
        tx.shifts.save(shift.end(act.at))
        session = sessions.get(shift.session_id)
        if session is not None and session.revoked_at is None:
            tx.sessions.save(session.end(act.at, "another shift began"))


def _forgive(tx: WarehouseTx, subject: str, account: Account, act: Act) -> None:
    """Nothing is held any more against who came in, and the address is remembered as theirs."""
    of_address = address_subject(act.origin.address)
    tallies = lock_tallies(tx, subject, of_address)
    tx.tallies.save(tallies[subject].clear())
    tx.tallies.save(tallies[of_address].take_back(rule_of(of_address)))
    key = (account.id, neighbourhood(act.origin.address))
    known = KnownAddress(*key, act.at)
    if tx.known_addresses.lock([key]):
        tx.known_addresses.save(known)
    else:
        tx.known_addresses.add(known)


@needs(WORK, along=(WAREHOUSE, MERCHANT))
def lock_shift(tx: WarehouseTx, _: None, act: Act) -> Shift:
    """Lock the station of the session's own shift until the PIN is given again. Raises NoShift."""
    shift = _own(tx, act).lock(act.at)
    tx.shifts.save(shift)
    return shift


@attrs.frozen
class UnlockShift:
    """Unlock one's station; `seen_hash` is the PIN's hash that was verified."""

    subject: str
    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})


@needs(WORK, along=(WAREHOUSE, MERCHANT))
def unlock_shift(tx: WarehouseTx, cmd: UnlockShift, act: Act) -> Shift:
    """Go on working. Raises NoShift, BadgeRefused where the PIN was changed or the person was let go meanwhile."""
    shift = _own(tx, act)
    person = tx.staff.get(shift.staff_id)
    if person.pin_hash != cmd.seen_hash or not person.valid_at(act.at):
        raise BadgeRefused
    tx.shifts.save(shift.unlock())
    _forgive(tx, cmd.subject, tx.accounts.get(person.account_id), act)
    return shift.unlock()


@logged_as(Category.LOGIN)
@needs(WORK, along=(WAREHOUSE, MERCHANT))
def end_shift(tx: WarehouseTx, _: None, act: Act) -> Shift:
    """Leave the station: shift and session are over. Raises NoShift."""
    shift = _own(tx, act).end(act.at)
    tx.shifts.save(shift)
    tx.sessions.save(tx.sessions.lock_one(shift.session_id).end(act.at, "left the station"))
    return shift


def _own(tx: WarehouseTx, act: Act) -> Shift:
    """The open shift of the session that the act came by, locked."""
    shift = None if act.session is None else tx.shifts.lock([act.session]).get(act.session)
    if shift is None or not shift.open or tx.staff.get(shift.staff_id).account_id != act.actor:
        raise NoShift
    demand_at(act, WORK, tx.warehouses.get(tx.stations.get(shift.station_id).warehouse_id))
    return shift


@attrs.frozen
class AtStation:
    """Somebody at work: shift, person and station, and what this person does at this station."""

    shift: Shift
    person: Staff
    station: Station
    flows: frozenset[Flow]


def at_station(rows: WarehouseTx | WarehouseViews, act: Act, flow: Flow | None = None, *, locked_too: bool = False) -> AtStation:
    """Who works where in the act's session, for every step of a flow.

    Raises NoShift, StationLocked, and FlowNotAllowed for another's work. What was taken away since the login counts at once: a
    person let go or a station put away is NoShift. `locked_too` is for what only looks, or is about to unlock.
    """
    shift = None if act.session is None else rows.shifts.find(act.session)
    if shift is None or not shift.open:
        raise NoShift
    person, station = rows.staff.get(shift.staff_id), rows.stations.get(shift.station_id)
    if person.account_id != act.actor or not person.valid_at(act.at) or not station.open:
        raise NoShift
    if shift.locked and not locked_too:
        raise StationLocked
    flows = person.flows_at(station)
    if flow is not None and flow not in flows:
        raise FlowNotAllowed(flow=flow.value, station=station.code)
    return AtStation(shift, person, station, flows)


@attrs.frozen
class OwnWork:
    """What one may do in the session's own shift; a flow asks whether that is among it.

    `locked_too` shows a locked shift as well, whose `locked_at` then tells.
    """

    flow: Flow | None = None
    locked_too: bool = False


@needs(WORK, along=(WAREHOUSE, MERCHANT))
def show_own_work(views: WarehouseViews, query: OwnWork, act: Act) -> AtStation:
    """Where one is logged in and what one may do there. Raises NoShift, StationLocked, FlowNotAllowed."""
    found = at_station(views, act, query.flow, locked_too=query.locked_too)
    demand_at(act, WORK, views.warehouses.get(found.station.warehouse_id))
    return found
