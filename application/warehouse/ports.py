"""What the warehouse keeps of its layout, equipment and staff, and how its use cases and queries reach it."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.access.ports import AccessTx, AccessViews
from houtai.application.inventory.ports import InventoryTx, InventoryViews
from houtai.application.paging import Page, Slice
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import HandlingUnitId, LocationId, SessionId, StaffId, StationId, StationWorkId, WarehouseId
from houtai.domain.warehouse.handling_unit import HandlingUnit
from houtai.domain.warehouse.location import Location, LocationKind
from houtai.domain.warehouse.shift import Shift
from houtai.domain.warehouse.staff import Staff
from houtai.domain.warehouse.station import Station
from houtai.domain.warehouse.work import StationWork

LOCATION_BY_BARCODE: Index[Location, str] = Index("barcode", lambda location: location.barcode, unique=True)
LOCATION_BY_PATH: Index[Location, tuple[UUID, str]] = Index(
    "path", lambda location: (location.warehouse_id, location.path), unique=True
)
LOCATION_BY_KIND: Index[Location, tuple[UUID, str]] = Index("kind", lambda location: (location.warehouse_id, location.kind.value))
LOCATION_BY_WAREHOUSE: Index[Location, UUID] = Index("warehouse_id", lambda location: location.warehouse_id)
LOCATIONS: Records[LocationId, Location] = Records(
    "locations",
    Location,
    lambda location: location.id,
    (LOCATION_BY_BARCODE, LOCATION_BY_PATH, LOCATION_BY_KIND, LOCATION_BY_WAREHOUSE),
    reference=True,  # as the next ones but units: every scan asks for them
)

UNIT_BY_BARCODE: Index[HandlingUnit, str] = Index("barcode", lambda unit: unit.barcode, unique=True)
UNIT_BY_PARENT: Index[HandlingUnit, UUID] = Index("parent_id", lambda unit: unit.parent_id)
UNIT_BY_LOCATION: Index[HandlingUnit, UUID] = Index("location_id", lambda unit: unit.location_id)
UNIT_BY_WAREHOUSE: Index[HandlingUnit, UUID] = Index("warehouse_id", lambda unit: unit.warehouse_id)
UNIT_BY_KIND: Index[HandlingUnit, str] = Index("kind", lambda unit: unit.kind.value)
UNITS: Records[HandlingUnitId, HandlingUnit] = Records(
    "handling_units",
    HandlingUnit,
    lambda unit: unit.id,
    (UNIT_BY_BARCODE, UNIT_BY_PARENT, UNIT_BY_LOCATION, UNIT_BY_WAREHOUSE, UNIT_BY_KIND),
)

STATION_BY_CODE: Index[Station, tuple[UUID, str]] = Index(
    "code", lambda station: (station.warehouse_id, station.code), unique=True
)
STATION_BY_WAREHOUSE: Index[Station, UUID] = Index("warehouse_id", lambda station: station.warehouse_id)
STATIONS: Records[StationId, Station] = Records(
    "stations", Station, lambda station: station.id, (STATION_BY_CODE, STATION_BY_WAREHOUSE), reference=True
)

STAFF_BY_BADGE: Index[Staff, str] = Index("badge", lambda staff: staff.badge, unique=True)
STAFF_BY_ACCOUNT: Index[Staff, UUID] = Index("account_id", lambda staff: staff.account_id, unique=True)
STAFF: Records[StaffId, Staff] = Records(
    "staff", Staff, lambda staff: staff.id, (STAFF_BY_BADGE, STAFF_BY_ACCOUNT), secret=frozenset({"pin_hash"}), reference=True
)

OPEN_SHIFT_AT: Index[Shift, UUID] = Index("open_station_id", lambda shift: shift.station_id if shift.open else None)
OPEN_SHIFT_OF: Index[Shift, UUID] = Index("open_staff_id", lambda shift: shift.staff_id if shift.open else None)
SHIFTS: Records[SessionId, Shift] = Records(
    "shifts", Shift, lambda shift: shift.session_id, (OPEN_SHIFT_AT, OPEN_SHIFT_OF), reference=True
)

STATION_WORK: Records[StationWorkId, StationWork] = Records("station_work", StationWork, lambda work: work.id, logged=False)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (LOCATIONS, UNITS, STATIONS, STAFF, SHIFTS, STATION_WORK)


class WarehouseTx(InventoryTx, AccessTx, Protocol):
    """What the warehouse writes. Locks are taken in this order: location, handling unit, then what inventory locks."""

    @property
    def locations(self) -> Rows[LocationId, Location]:
        """The places that goods can lie in."""

    @property
    def handling_units(self) -> Rows[HandlingUnitId, HandlingUnit]:
        """What goods are moved in."""

    @property
    def stations(self) -> Rows[StationId, Station]:
        """Where people work with a scanner."""

    @property
    def staff(self) -> Rows[StaffId, Staff]:
        """Who works there."""

    @property
    def shifts(self) -> Rows[SessionId, Shift]:
        """Who is logged in at which station."""

    @property
    def station_work(self) -> Rows[StationWorkId, StationWork]:
        """How far everybody has come at each of their tasks."""


@attrs.frozen
class LocationFilter:
    """Which locations: of these warehouses (None: of all), below a path's beginning, of one kind, in one state."""

    warehouses: frozenset[WarehouseId] | None = None
    path: str = ""
    kind: LocationKind | None = None
    state: Standing | None = None


@attrs.frozen
class Branch:
    """One step of the tree of paths: what it is called, how many places lie at or below it, how many of them are blocked."""

    path: str
    locations: int
    blocked: int


@attrs.frozen
class StaffFilter:
    """Whose staff: those who work in these warehouses alone (None: in any), with accounts of these merchants (None: of all).

    `HOUSE` among the merchants stands for the house's own accounts.
    """

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None


class WarehouseViews(InventoryViews, AccessViews, Protocol):
    """What queries of the warehouse read."""

    @property
    def locations(self) -> Reading[LocationId, Location]:
        """The places that goods can lie in."""

    @property
    def handling_units(self) -> Reading[HandlingUnitId, HandlingUnit]:
        """What goods are moved in."""

    @property
    def stations(self) -> Reading[StationId, Station]:
        """Where people work with a scanner."""

    @property
    def staff(self) -> Reading[StaffId, Staff]:
        """Who works there."""

    @property
    def shifts(self) -> Reading[SessionId, Shift]:
        """Who is logged in at which station."""

    @property
    def station_work(self) -> Reading[StationWorkId, StationWork]:
        """How far everybody has come at each of their tasks."""

    def location_list(self, wanted: LocationFilter, page: Page) -> Slice[Location]:
        """Locations by warehouse and path, in that order (backwards where the page is newest first)."""

    def staff_list(self, wanted: StaffFilter, page: Page) -> Slice[Staff]:
        """Staff in the order of their ids (backwards where the page is newest first)."""

    def location_branches(self, warehouse_id: WarehouseId, below: str) -> tuple[Branch, ...]:
        """The next parts of the paths of places in use below this one ('' for the zones), in order."""
