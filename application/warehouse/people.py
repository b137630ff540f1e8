"""Keeping staff: enrolled with a badge, given a PIN, changed and let go, by whoever reaches all of their warehouses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import attrs

from houtai.application.access.reach import check_charge, in_reach, roles_of
from houtai.application.inventory.scope import demand_at
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.application.warehouse.ports import STAFF_BY_ACCOUNT, STAFF_BY_BADGE, StaffFilter, WarehouseTx, WarehouseViews
from houtai.application.warehouse.queries import seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.authority import Dimension
from houtai.domain.catalog.standing import MOVES, Standing
from houtai.domain.ids import AccountId, StaffId, WarehouseId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict
from houtai.domain.warehouse.staff import Staff
from houtai.domain.warehouse.station import Flow

STAFF: Final = "warehouse.staff"
_AXES: Final = (WAREHOUSE, MERCHANT)


@attrs.frozen
class Duties:
    """What somebody may do at stations, where and how long; `valid_until` is excluded."""

    flows: frozenset[Flow]
    warehouses: tuple[WarehouseId, ...]
    skills: frozenset[str] = frozenset()
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None


@attrs.frozen
class EnrolStaff:
    """Somebody with an account gets a badge; they log in at stations once a PIN is set."""

    staff: StaffId
    account_id: AccountId
    badge: str
    duties: Duties


@needs(STAFF, along=_AXES)
def enrol_staff(tx: WarehouseTx, cmd: EnrolStaff, act: Act) -> Staff:
    """Enrol an account. Raises AlreadyExists for one that is enrolled or a taken badge, NotFound.

    A badge opens the account's work, so nobody enrols one that may do more than they: raises NotHeld.
    """
    _demand_reach(tx, cmd.account_id, cmd.duties.warehouses, act)
    _take_charge(tx, cmd.account_id, act)
    made = _dutiful(Staff(cmd.staff, cmd.account_id, cmd.badge, frozenset(), cmd.duties.warehouses), cmd.duties)
    if tx.staff.first(STAFF_BY_ACCOUNT, cmd.account_id) is not None or tx.staff.find(cmd.staff) is not None:
        raise AlreadyExists(what="staff", key=str(cmd.account_id))
    if tx.staff.first(STAFF_BY_BADGE, cmd.badge) is not None:
        raise AlreadyExists(what="staff", key=cmd.badge)
    tx.staff.add(made)
    write_line(tx, act, "staff", made, "enrolled", before=None)
    return made


@attrs.frozen
class EditStaff:
    """Somebody's duties and badge from now on; an empty badge leaves the present one."""

    staff: StaffId
    expected_version: int
    duties: Duties
    badge: str = ""
    state: Standing = Standing.ACTIVE


@needs(STAFF, along=_AXES)
def edit_staff(tx: WarehouseTx, cmd: EditStaff, act: Act) -> Staff:
    """Change duties, replace a lost badge, let somebody go or take them back. Raises AlreadyExists, NotHeld, VersionConflict.

    A new badge or coming back needs a new PIN: the old one opens nothing any more.
    """
    found = _locked(tx, cmd.staff, cmd.expected_version, act)
    badge = cmd.badge or found.badge
    if badge != found.badge and tx.staff.first(STAFF_BY_BADGE, badge) is not None:
        raise AlreadyExists(what="staff", key=badge)
    if cmd.state is not found.state:
        check_move("staff", MOVES, found.state, cmd.state)
    edited = attrs.evolve(_dutiful(found, cmd.duties), badge=badge, state=cmd.state, version=found.version + 1)
    _demand_reach(tx, found.account_id, edited.warehouses, act)
    if badge != found.badge or cmd.state is not found.state:
        edited = attrs.evolve(edited, pin_hash="")
    return _saved(tx, found, edited, "edited", act)


@attrs.frozen
class SetPin:
    """The hash of somebody's new PIN."""

    staff: StaffId
    expected_version: int
    pin_hash: str = attrs.field(repr=False, metadata={SECRET: True})


@needs(STAFF, along=_AXES)
def set_pin(tx: WarehouseTx, cmd: SetPin, act: Act) -> Staff:
    """Give somebody a new PIN. Raises NotHeld where their account may do more than the actor, VersionConflict."""
    found = _locked(tx, cmd.staff, cmd.expected_version, act)
    return _saved(tx, found, attrs.evolve(found, pin_hash=cmd.pin_hash, version=found.version + 1), "pin set", act)


@attrs.frozen
class StaffView:
    """Somebody as the list shows them: never the PIN's hash, only whether there is one."""

    id: StaffId
    account_id: AccountId
    badge: str
    flows: frozenset[Flow]
    warehouses: tuple[WarehouseId, ...]
    skills: frozenset[str]
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    has_pin: bool
    state: Standing
    version: int


@needs(STAFF, along=_AXES)
def list_staff(views: WarehouseViews, query: Page, act: Act) -> Slice[StaffView]:
    """Staff, newest first unless the page says otherwise: those whose account and warehouses the actor reaches, all of them."""
    merchants = act.authority.reach(STAFF, Dimension.MERCHANT, at=act.at)
    found = views.staff_list(StaffFilter(seen_warehouses(views, STAFF, None, act), merchants), query)
    return Slice(tuple(view_of(person) for person in found.items if reaches(views, STAFF, person, act)), found.next_cursor)


@needs(STAFF, along=_AXES)
def show_staff(views: WarehouseViews, query: StaffId, act: Act) -> StaffView:
    """One person. Raises NotFound."""
    found = views.staff.get(query)
    if not reaches(views, STAFF, found, act):
        raise NotFound(what="staff", key=str(query))
    return view_of(found)


def view_of(person: Staff) -> StaffView:
    """A person without the PIN's hash."""
    names = [field.name for field in attrs.fields(StaffView) if field.name != "has_pin"]
    return StaffView(**{name: getattr(person, name) for name in names}, has_pin=bool(person.pin_hash))


def reaches(views: WarehouseTx | WarehouseViews, verb: str, person: Staff, act: Act) -> bool:
    """Whether the actor reaches a person: the account behind them, and every warehouse in which they work."""
    account = views.accounts.find(person.account_id)
    places = views.warehouses.many(person.warehouses)
    whole = len(places) == len(person.warehouses)
    return account is not None and in_reach(act, verb, account) and whole and all(sees(act, verb, one) for one in places.values())


def _dutiful(person: Staff, duties: Duties) -> Staff:
    return attrs.evolve(
        person,
        flows=duties.flows,
        warehouses=duties.warehouses,
        skills=duties.skills,
        valid_from=duties.valid_from,
        valid_until=duties.valid_until,
    )


def _demand_reach(tx: WarehouseTx, account_id: AccountId, warehouses: Iterable[WarehouseId], act: Act) -> None:
    """Refuse unless the actor reaches somebody's account and every warehouse of theirs."""
    account = tx.accounts.find(account_id)
    if account is None or not in_reach(act, STAFF, account):
        raise NotFound(what="account", key=str(account_id))
    for warehouse_id in warehouses:
        demand_at(act, STAFF, tx.warehouses.get(warehouse_id))


def _take_charge(tx: WarehouseTx, account_id: AccountId, act: Act) -> None:
    account = tx.accounts.get(account_id)
    check_charge(act, account, roles_of(tx, account))


def _locked(tx: WarehouseTx, staff_id: StaffId, expected: int, act: Act) -> Staff:
    found = tx.staff.lock_one(staff_id)
    _demand_reach(tx, found.account_id, found.warehouses, act)
    _take_charge(tx, found.account_id, act)
    if found.version != expected:
        raise VersionConflict(what="staff", key=found.badge, expected_version=expected, current_version=found.version)
    return found


def _saved(tx: WarehouseTx, found: Staff, edited: Staff, event: str, act: Act) -> Staff:
    tx.staff.save(edited)
    write_line(tx, act, "staff", edited, event, before=found.state)
    return edited
