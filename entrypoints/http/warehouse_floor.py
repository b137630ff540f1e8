"""A warehouse's floor over HTTP: handling units, stations, and staff."""

from __future__ import annotations

from houtai.application.warehouse import people, queries, stations, units
from houtai.domain.access.refusals import NotHeld
from houtai.domain.ids import AccountId, HandlingUnitId, LocationId, StaffId, StationId, WarehouseId
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.refusals import DoesNotHold, NotEmpty, PlaceClosed
from houtai.entrypoints.http import warehouse_floor_wire as floor, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("floor", "Handling units, stations, and staff.")


@ROUTES.post("/handling-units", units.make_unit, status=201, location="/handling-units/{id}", refuses=(PlaceClosed,))
def post_handling_unit(desk: Desk, body: floor.NewHandlingUnit) -> floor.HandlingUnitOut:
    """Make a handling unit, with the slots of a cart or wall."""
    cmd = units.MakeUnit(
        unit=HandlingUnitId(desk.new_id(body.id)),
        warehouse_id=WarehouseId(body.warehouse_id),
        barcode=body.barcode,
        kind=body.kind,
        location_id=None if body.location_id is None else LocationId(body.location_id),
        rows=body.rows,
        columns=body.columns,
        size=body.size.value(),
    )
    return floor.unit_out(desk.perform(units.make_unit, cmd))


@ROUTES.get("/handling-units", queries.list_units)
def get_handling_units(desk: Desk, query: floor.HandlingUnitQuery) -> wire.Listed[floor.HandlingUnitOut]:
    """List handling units, newest first; those in a cart or wall by `parent_id`."""
    request = queries.ListUnits(
        page=query.page(),
        warehouse_id=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        kind=query.kind,
        location_id=None if query.location_id is None else LocationId(query.location_id),
        parent_id=None if query.parent_id is None else HandlingUnitId(query.parent_id),
    )
    return wire.listed(desk.ask(queries.list_units, request), floor.unit_out)


@ROUTES.get("/handling-units/{unit_id}", queries.show_unit)
def get_handling_unit(desk: Desk, unit_id: wire.Id) -> floor.HandlingUnitOut:
    """Look at one handling unit."""
    return floor.unit_out(desk.ask(queries.show_unit, HandlingUnitId(unit_id)))


@ROUTES.put("/handling-units/{unit_id}", units.edit_unit, refuses=(IllegalMove, NotEmpty))
def put_handling_unit(desk: Desk, unit_id: wire.Id, body: floor.HandlingUnitChange) -> floor.HandlingUnitOut:
    """Measure, seal, open or retire a unit; a cart's or wall's slots go with it, and nothing full is retired."""
    cmd = units.EditUnit(HandlingUnitId(unit_id), desk.expected_version, body.size.value(), body.state, body.reason)
    return floor.unit_out(desk.perform(units.edit_unit, cmd))


@ROUTES.post(
    "/handling-units/{unit_id}/move",
    units.move_unit,
    match="required",
    refuses=(DoesNotHold, NotEmpty, PlaceClosed),
)
def post_handling_unit_move(desk: Desk, unit_id: wire.Id, body: floor.UnitMove) -> floor.HandlingUnitOut:
    """Put a unit into another one or elsewhere. What has goods in it goes to another place by `carry` alone."""
    cmd = units.MoveUnit(
        unit=HandlingUnitId(unit_id),
        expected_version=desk.expected_version,
        location_id=None if body.location_id is None else LocationId(body.location_id),
        parent_id=None if body.parent_id is None else HandlingUnitId(body.parent_id),
    )
    return floor.unit_out(desk.perform(units.move_unit, cmd))


# -- stations


@ROUTES.post("/stations", stations.set_up_station, status=201, location="/stations/{id}")
def post_station(desk: Desk, body: floor.NewStation) -> floor.StationOut:
    """Set up a station."""
    station = StationId(desk.new_id(body.id))
    cmd = stations.SetUpStation(station, WarehouseId(body.warehouse_id), body.code, body.setting())
    return floor.station_out(desk.perform(stations.set_up_station, cmd))


@ROUTES.get("/stations", queries.list_stations)
def get_stations(desk: Desk, query: floor.StationQuery) -> wire.Listed[floor.StationOut]:
    """List stations, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    return wire.listed(desk.ask(queries.list_stations, queries.ListStations(query.page(), warehouse)), floor.station_out)


@ROUTES.get("/stations/{station_id}", queries.show_station)
def get_station(desk: Desk, station_id: wire.Id) -> floor.StationOut:
    """Look at one station."""
    return floor.station_out(desk.ask(queries.show_station, StationId(station_id)))


@ROUTES.put("/stations/{station_id}", stations.edit_station, refuses=(IllegalMove,))
def put_station(desk: Desk, station_id: wire.Id, body: floor.StationEdit) -> floor.StationOut:
    """Change a station, put it away or bring it back; it counts at the next scan."""
    cmd = stations.EditStation(StationId(station_id), desk.expected_version, body.setting(), body.state)
    return floor.station_out(desk.perform(stations.edit_station, cmd))


# -- staff


@ROUTES.post("/staff", people.enrol_staff, status=201, location="/staff/{id}", refuses=(NotHeld,))
def post_staff(desk: Desk, body: floor.NewStaff) -> floor.StaffOut:
    """Give somebody with an account a badge; it opens nothing before there is a PIN."""
    cmd = people.EnrolStaff(StaffId(desk.new_id(body.id)), AccountId(body.account_id), body.badge, body.duties())
    return floor.staff_out(people.view_of(desk.perform(people.enrol_staff, cmd)))


@ROUTES.get("/staff", people.list_staff)
def get_staff(desk: Desk, query: wire.PageQuery) -> wire.Listed[floor.StaffOut]:
    """List staff, newest first: those whose warehouses you reach, all of them."""
    return wire.listed(desk.ask(people.list_staff, query.page()), floor.staff_out)


@ROUTES.get("/staff/{staff_id}", people.show_staff)
def get_one_of_staff(desk: Desk, staff_id: wire.Id) -> floor.StaffOut:
    """Look at one person."""
    return floor.staff_out(desk.ask(people.show_staff, StaffId(staff_id)))


@ROUTES.put("/staff/{staff_id}", people.edit_staff, refuses=(NotHeld, IllegalMove))
def put_staff(desk: Desk, staff_id: wire.Id, body: floor.StaffEdit) -> floor.StaffOut:
    """Change duties, replace a lost badge, let somebody go or take them back.

    A new badge or coming back needs a new PIN.
    """
    cmd = people.EditStaff(StaffId(staff_id), desk.expected_version, body.duties(), body.badge, body.state)
    return floor.staff_out(people.view_of(desk.perform(people.edit_staff, cmd)))


# What takes a secret has no stored answer to give again, so this route knows no Idempotency-Key.
@ROUTES.post("/staff/{staff_id}/pin", people.set_pin, keyed=False, match="required", refuses=(NotHeld,))
def post_staff_pin(desk: Desk, staff_id: wire.Id, body: floor.NewPin) -> floor.StaffOut:
    """Give somebody a PIN: six to twelve digits that are not easy to guess."""
    person = desk.badge_door.set_pin(StaffId(staff_id), desk.expected_version, body.pin, desk.act)
    return floor.staff_out(people.view_of(person))
