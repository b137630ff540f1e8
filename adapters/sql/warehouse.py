"""The warehouse on SQL: how each record lies in its rows, the list of places and the tree of their paths."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping as Lookup, Sequence
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import Connection, case, exists, func, or_, select

from houtai.adapters.sql import warehouse_tables as tables
from houtai.adapters.sql.access import accounts
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.paging import Page, Slice
from houtai.application.plain import to_plain
from houtai.application.warehouse import ports
from houtai.application.warehouse.ports import Branch, LocationFilter, StaffFilter
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import PrinterId, WarehouseId
from houtai.domain.warehouse.handling_unit import HandlingUnit, Size, UnitKind, UnitState
from houtai.domain.warehouse.location import (
    LEVELS,
    AbcClass,
    Activity,
    Block,
    Capacity,
    Location,
    LocationKind,
    MixPolicy,
    Side,
    Walk,
    parts_of,
)
from houtai.domain.warehouse.shift import Shift
from houtai.domain.warehouse.staff import Staff
from houtai.domain.warehouse.station import Flow, Station
from houtai.domain.warehouse.work import StationWork, Task

Rows = Lookup[str, list[Row]]


def _row(record: Any, *left_out: str) -> Row:
    """A record's fields as columns of the same names, enums by value."""
    row: Row = {}
    for field in attrs.fields(type(record)):
        if field.name not in left_out:
            value = getattr(record, field.name)
            row[field.name] = value.value if isinstance(value, enum.Enum) else value
    return row


def _words(members: Iterable[enum.Enum]) -> list[str]:
    return sorted(member.value for member in members)


def _dump_location(location: Location) -> Row:
    parts = parts_of(location.path)
    walk = _row(location.walk, "aisle")
    return {
        **_row(location, "activities", "capacity", "walk", "block"),
        **_row(location.capacity),
        **walk,
        **{level: parts[place] if place < len(parts) else "" for place, level in enumerate(LEVELS)},
        "aisle_number": location.walk.aisle,
        "sellable": location.sellable,
        "activities": _words(location.activities),
        "blocked_in": location.block.goods_in,
        "blocked_out": location.block.goods_out,
        "block_reason": location.block.reason,
    }


def _load_location(row: Row, _: Rows) -> Location:
    return Location(
        id=row["id"],
        warehouse_id=row["warehouse_id"],
        path=row["path"],
        barcode=row["barcode"],
        kind=LocationKind(row["kind"]),
        activities=frozenset(map(Activity, row["activities"])),
        mix=MixPolicy(row["mix"]),
        capacity=Capacity(**{field.name: row[field.name] for field in attrs.fields(Capacity)}),
        walk=Walk(row["x_mm"], row["y_mm"], row["aisle_number"], Side(row["side"]), row["pick_sequence"]),
        abc=None if row["abc"] is None else AbcClass(row["abc"]),
        block=Block(row["blocked_in"], row["blocked_out"], row["block_reason"]),
        counted_at=row["counted_at"],
        state=Standing(row["state"]),
        version=row["version"],
    )


def _dump_unit(unit: HandlingUnit) -> Row:
    return {**_row(unit, "size"), **_row(unit.size)}


def _load_unit(row: Row, _: Rows) -> HandlingUnit:
    size = Size(**{field.name: row.pop(field.name) for field in attrs.fields(Size)})
    return HandlingUnit(**{**row, "kind": UnitKind(row["kind"]), "state": UnitState(row["state"])}, size=size)


def _dump_station(station: Station) -> Row:
    return {**_row(station), "flows": _words(station.flows), "printers": to_plain(station.printers)}


def _load_station(row: Row, _: Rows) -> Station:
    row["flows"] = frozenset(map(Flow, row["flows"]))
    row["printers"] = {document: PrinterId(UUID(printer)) for document, printer in row["printers"].items()}
    return Station(**{**row, "state": Standing(row["state"])})


def _dump_staff(person: Staff) -> Row:
    return {**_row(person, "warehouses"), "flows": _words(person.flows), "skills": sorted(person.skills)}


def _load_staff(row: Row, lines: Rows) -> Staff:
    row["flows"], row["skills"] = frozenset(map(Flow, row["flows"])), frozenset(row["skills"])
    own = tuple(line["warehouse_id"] for line in lines["staff_warehouses"])
    return Staff(**{**row, "state": Standing(row["state"])}, warehouses=own)


def _dump_staff_warehouses(person: Staff) -> Sequence[Row]:
    return [
        {"staff_id": person.id, "place": place, "warehouse_id": warehouse}
        for place, warehouse in enumerate(person.warehouses, start=1)
    ]


def _dump_shift(shift: Shift) -> Row:
    still = {"open_staff_id": shift.staff_id, "open_station_id": shift.station_id}
    return {**_row(shift), **(still if shift.open else dict.fromkeys(still))}


def _load_shift(row: Row, _: Rows) -> Shift:
    return Shift(**{field.name: row[field.name] for field in attrs.fields(Shift)})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.LOCATIONS,
        tables.locations,
        dump=_dump_location,
        load=_load_location,
        found_by={
            ports.LOCATION_BY_BARCODE: ("barcode",),
            ports.LOCATION_BY_PATH: ("warehouse_id", "path"),
            ports.LOCATION_BY_KIND: ("warehouse_id", "kind"),
            ports.LOCATION_BY_WAREHOUSE: ("warehouse_id",),
        },
    ),
    Mapping(
        ports.UNITS,
        tables.handling_units,
        dump=_dump_unit,
        load=_load_unit,
        found_by={
            ports.UNIT_BY_BARCODE: ("barcode",),
            ports.UNIT_BY_PARENT: ("parent_id",),
            ports.UNIT_BY_LOCATION: ("location_id",),
            ports.UNIT_BY_WAREHOUSE: ("warehouse_id",),
            ports.UNIT_BY_KIND: ("kind",),
        },
    ),
    Mapping(
        ports.STATIONS,
        tables.stations,
        dump=_dump_station,
        load=_load_station,
        found_by={ports.STATION_BY_CODE: ("warehouse_id", "code"), ports.STATION_BY_WAREHOUSE: ("warehouse_id",)},
    ),
    Mapping(
        ports.STAFF,
        tables.staff,
        dump=_dump_staff,
        load=_load_staff,
        found_by={ports.STAFF_BY_BADGE: ("badge",), ports.STAFF_BY_ACCOUNT: ("account_id",)},
        children=(Child(tables.staff_warehouses, ("staff_id",), _dump_staff_warehouses, ("place",)),),
    ),
    Mapping(
        ports.SHIFTS,
        tables.shifts,
        dump=_dump_shift,
        load=_load_shift,
        found_by={ports.OPEN_SHIFT_AT: ("open_station_id",), ports.OPEN_SHIFT_OF: ("open_staff_id",)},
    ),
    Mapping(
        ports.STATION_WORK,
        tables.station_work,
        dump=_row,
        load=lambda row, _: StationWork(**{**row, "task": Task(row["task"])}),
    ),
)


class WarehouseSearch:
    """See `WarehouseViews`: its searches."""

    connection: Connection

    def location_list(self, wanted: LocationFilter, page: Page) -> Slice[Location]:
        """See `WarehouseViews.location_list`."""
        own = tables.locations.c
        statement = select(tables.locations)
        if wanted.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wanted.warehouses)))
        if wanted.path:
            statement = statement.where(own.path.startswith(wanted.path, autoescape=True))
        if wanted.kind is not None:
            statement = statement.where(own.kind == wanted.kind.value)
        if wanted.state is not None:
            statement = statement.where(own.state == wanted.state.value)
        rows, cursor = rows_of_page(
            self.connection, statement, (own.warehouse_id, own.path), page, newest_first=page.newest_first
        )
        return Slice(tuple(_load_location(dict(row), {}) for row in rows), cursor)

    def staff_list(self, wanted: StaffFilter, page: Page) -> Slice[Staff]:
        """See `WarehouseViews.staff_list`."""
        own, places = tables.staff.c, tables.staff_warehouses
        statement = select(tables.staff)
        if wanted.merchants is not None:
            joined = tables.staff.join(accounts, accounts.c.id == own.account_id)
            statement = statement.select_from(joined).where(accounts.c.merchant_id.in_(sorted(wanted.merchants)))
        if wanted.warehouses is not None:
            elsewhere = places.c.warehouse_id.not_in(sorted(wanted.warehouses))
            statement = statement.where(~exists().where(places.c.staff_id == own.id, elsewhere))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        ids = [row["id"] for row in rows]
        lines: dict[UUID, list[Row]] = {staff_id: [] for staff_id in ids}
        ordered = select(places).where(places.c.staff_id.in_(ids)).order_by(places.c.staff_id, places.c.place)
        for line in self.connection.execute(ordered).mappings() if ids else ():
            lines[line["staff_id"]].append(dict(line))
        return Slice(tuple(_load_staff(dict(row), {places.name: lines[row["id"]]}) for row in rows), cursor)

    def location_branches(self, warehouse_id: WarehouseId, below: str) -> tuple[Branch, ...]:
        """See `WarehouseViews.location_branches`."""
        own = tables.locations.c
        above = parts_of(below) if below else ()
        if len(above) >= len(LEVELS):
            return ()
        part = own[LEVELS[len(above)]]
        blocked = func.sum(case((or_(own.blocked_in, own.blocked_out), 1), else_=0))
        statement = select(part, func.count(), blocked).where(
            own.warehouse_id == warehouse_id, own.state == Standing.ACTIVE.value, part != ""
        )
        for level, name in zip(LEVELS, above, strict=False):
            statement = statement.where(own[level] == name)
        rows = self.connection.execute(statement.group_by(part).order_by(part))
        return tuple(Branch("-".join((*above, name)), count, int(held)) for name, count, held in rows)
