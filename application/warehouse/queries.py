"""Reading the layout, the units and the equipment, each within the actor's warehouses."""

from __future__ import annotations

from typing import Any, Final

import attrs

from houtai.application.inventory.ports import WAREHOUSE_BY_MERCHANT
from houtai.application.inventory.scope import warehouses_seen
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import Index
from houtai.application.warehouse import ports
from houtai.application.warehouse.locations import plain_path
from houtai.application.warehouse.ports import Branch, LocationFilter, WarehouseTx, WarehouseViews
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import HandlingUnitId, LocationId, StationId, WarehouseId
from houtai.domain.inventory.warehouse import Warehouse
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind
from houtai.domain.warehouse.location import Location, LocationKind
from houtai.domain.warehouse.station import Station

READ: Final = "warehouse.read"
_AXES: Final = (WAREHOUSE, MERCHANT)


def sees(act: Act, verb: str, warehouse: Warehouse) -> bool:
    """Whether the actor reaches what is in this warehouse."""
    return act.may(verb, Scope(warehouse=warehouse.id, merchant=warehouse.merchant_id or HOUSE))


def seen_warehouses(views: WarehouseViews, verb: str, wanted: WarehouseId | None, act: Act) -> frozenset[WarehouseId] | None:
    """The warehouses whose things a list may show, merchants' ones kept to whom they belong; None for all."""
    seen = warehouses_seen(act, verb, None if wanted is None else [wanted])
    if act.authority.reach(verb, Dimension.MERCHANT, at=act.at) is None:
        return seen
    every = views.warehouses.many(seen).values() if seen is not None else _all_warehouses(views, act, verb)
    return frozenset(warehouse.id for warehouse in every if sees(act, verb, warehouse))


def _all_warehouses(views: WarehouseViews, act: Act, verb: str) -> list[Warehouse]:
    from_whom = act.authority.reach(verb, Dimension.MERCHANT, at=act.at) or frozenset()
    return views.warehouses.by(WAREHOUSE_BY_MERCHANT, *sorted(from_whom))


def demand_seen(views: WarehouseTx | WarehouseViews, what: str, key: object, warehouse_id: WarehouseId, act: Act) -> None:
    """Answer NotFound for what is in a warehouse that the actor does not reach."""
    if not sees(act, READ, views.warehouses.get(warehouse_id)):
        raise NotFound(what=what, key=str(key))


@needs(READ, along=_AXES)
def show_location(views: WarehouseViews, query: LocationId, act: Act) -> Location:
    """One place. Raises NotFound."""
    found = views.locations.get(query)
    demand_seen(views, "location", query, found.warehouse_id, act)
    return found


@attrs.frozen
class ListLocations:
    """Which places: of a warehouse, below the beginning of a path, of a kind, in use or retired."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    path: str = ""
    kind: LocationKind | None = None
    state: Standing | None = None


@needs(READ, along=_AXES)
def list_locations(views: WarehouseViews, query: ListLocations, act: Act) -> Slice[Location]:
    """Places by warehouse and path, as far as the actor's warehouses reach."""
    seen = seen_warehouses(views, READ, query.warehouse_id, act)
    wanted = LocationFilter(seen, plain_path(query.path), query.kind, query.state)
    return views.location_list(wanted, query.page)


@attrs.frozen
class BranchesOf:
    """What follows a path in a warehouse; '' for its zones."""

    warehouse_id: WarehouseId
    below: str = ""


@needs(READ, along=_AXES)
def location_branches(views: WarehouseViews, query: BranchesOf, act: Act) -> tuple[Branch, ...]:
    """The tree of places in use, one step at a time. Raises NotFound for an unseen warehouse."""
    demand_seen(views, "warehouse", query.warehouse_id, query.warehouse_id, act)
    return views.location_branches(query.warehouse_id, plain_path(query.below))


@needs(READ, along=_AXES)
def show_unit(views: WarehouseViews, query: HandlingUnitId, act: Act) -> HandlingUnit:
    """One handling unit. Raises NotFound."""
    found = views.handling_units.get(query)
    demand_seen(views, "handling unit", query, found.warehouse_id, act)
    return found


@attrs.frozen
class ListUnits:
    """Which handling units: of a warehouse, of a kind, standing at a place or in another unit."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    kind: UnitKind | None = None
    location_id: LocationId | None = None
    parent_id: HandlingUnitId | None = None


@needs(READ, along=_AXES)
def list_units(views: WarehouseViews, query: ListUnits, act: Act) -> Slice[HandlingUnit]:
    """Handling units, newest first unless the page says otherwise."""
    where: dict[Index[HandlingUnit, Any], Any] = {}
    if (seen := seen_warehouses(views, READ, query.warehouse_id, act)) is not None:
        where[ports.UNIT_BY_WAREHOUSE] = seen
    if query.kind is not None:
        where[ports.UNIT_BY_KIND] = query.kind.value
    if query.location_id is not None:
        where[ports.UNIT_BY_LOCATION] = query.location_id
    if query.parent_id is not None:
        where[ports.UNIT_BY_PARENT] = query.parent_id
    return views.handling_units.page(query.page, where)


@needs(READ, along=_AXES)
def show_station(views: WarehouseViews, query: StationId, act: Act) -> Station:
    """One station. Raises NotFound."""
    found = views.stations.get(query)
    demand_seen(views, "station", query, found.warehouse_id, act)
    return found


@attrs.frozen
class ListStations:
    """Whose stations."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None


@needs(READ, along=_AXES)
def list_stations(views: WarehouseViews, query: ListStations, act: Act) -> Slice[Station]:
    """Stations, newest first unless the page says otherwise."""
    seen = seen_warehouses(views, READ, query.warehouse_id, act)
    return views.stations.page(query.page, {} if seen is None else {ports.STATION_BY_WAREHOUSE: seen})
