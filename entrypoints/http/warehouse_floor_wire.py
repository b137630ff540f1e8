"""How a warehouse's floor travels over HTTP: handling units, stations and staff."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from houtai.application.warehouse.people import Duties, StaffView
from houtai.application.warehouse.stations import Setting
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import PrinterId, WarehouseId
from houtai.domain.limits import MAX_WEIGHT_G
from houtai.domain.warehouse.codes import MAX_CODE
from houtai.domain.warehouse.handling_unit import MAX_SIDE, MAX_SIZE_MM, HandlingUnit, Size, UnitKind, UnitState
from houtai.domain.warehouse.staff import MAX_SKILLS, MAX_WAREHOUSES
from houtai.domain.warehouse.station import MAX_PRINTERS, Flow, Station
from houtai.entrypoints.http import wire

UnitCode = Annotated[str, Meta(min_length=1, max_length=MAX_CODE, description="Its barcode, `H-` first.", examples=["H-CART-7"])]
Badge = Annotated[str, Meta(max_length=MAX_CODE, description="The badge's barcode, `S-` first.", examples=["S-0042"])]
Side = Annotated[int, Meta(ge=0, le=MAX_SIDE)]
SizeMm = Annotated[int, Meta(ge=0, le=MAX_SIZE_MM)]
Pin = Annotated[str, Meta(min_length=1, max_length=100, description="Six to twelve digits.")]
Document = Annotated[str, Meta(max_length=40, description="A kind of document: `express-waybill`, `handover-manifest` …")]


class UnitSize(wire.Wire):
    """What the empty unit weighs and how large it is outside; 0 where nobody measured it."""

    tare_g: wire.WeightG = 0
    length_mm: SizeMm = 0
    width_mm: SizeMm = 0
    height_mm: SizeMm = 0
    max_weight_g: Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G)] | None = None

    def value(self) -> Size:
        """As the domain's size."""
        return Size(self.tare_g, self.length_mm, self.width_mm, self.height_mm, self.max_weight_g)


class NewHandlingUnit(wire.Wire, kw_only=True):
    """A new unit; carts and walls name the rows and columns of their grid and get a slot for each cell."""

    warehouse_id: wire.Id
    barcode: UnitCode
    kind: UnitKind
    location_id: wire.Id | None = None
    rows: Side = 0
    columns: Side = 0
    size: UnitSize = UnitSize()
    id: wire.Id | None = None


class HandlingUnitChange(wire.Wire, kw_only=True):
    """A unit's measures and state from now on."""

    size: UnitSize = UnitSize()
    state: UnitState
    reason: Annotated[str, Meta(max_length=500)] = ""


class UnitMove(wire.Wire):
    """Where a unit stands from now on: at a place, in another unit, or (both left out) nowhere that is known."""

    location_id: wire.Id | None = None
    parent_id: wire.Id | None = None


class HandlingUnitQuery(wire.PageQuery):
    """Which units: of a warehouse, of a kind, standing at a place or in another unit."""

    warehouse_id: wire.Id | None = None
    kind: UnitKind | None = None
    location_id: wire.Id | None = None
    parent_id: wire.Id | None = None


class HandlingUnitOut(wire.Versioned):
    """A handling unit. `slot` counts the slots of a cart or wall from 1, row by row; others have 0."""

    id: UUID
    warehouse_id: UUID
    barcode: str
    kind: UnitKind
    parent_id: UUID | None
    location_id: UUID | None
    slot: int
    rows: int
    columns: int
    size: UnitSize
    state: UnitState


def unit_out(unit: HandlingUnit) -> HandlingUnitOut:
    """A unit as it goes out."""
    size = UnitSize(**{name: getattr(unit.size, name) for name in UnitSize.__struct_fields__})
    plain = {name: getattr(unit, name) for name in HandlingUnitOut.__struct_fields__ if name != "size"}
    return HandlingUnitOut(**plain, size=size)


class StationChange(wire.Wire, kw_only=True):
    """A station from now on. `printers` names the printer of each kind of document; `scale` is its address, empty for none."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    flows: Annotated[tuple[Flow, ...], Meta(min_length=1, max_length=len(Flow))]
    printers: Annotated[dict[Document, wire.Id], Meta(max_length=MAX_PRINTERS)] = msgspec.field(default_factory=dict)
    scale: wire.Line = ""

    def setting(self) -> Setting:
        """As the use cases take it."""
        printers = {document: PrinterId(printer) for document, printer in self.printers.items()}
        return Setting(self.name, frozenset(self.flows), printers, self.scale)


class NewStation(StationChange, kw_only=True):
    """A new station; its code is unique in its warehouse."""

    warehouse_id: wire.Id
    code: wire.Code
    id: wire.Id | None = None


class StationEdit(StationChange, kw_only=True):
    """A station from now on, in use or put away."""

    state: Standing = Standing.ACTIVE


class StationQuery(wire.PageQuery):
    """Whose stations."""

    warehouse_id: wire.Id | None = None


class StationOut(wire.Versioned):
    """A station."""

    id: UUID
    warehouse_id: UUID
    code: str
    name: str
    flows: tuple[Flow, ...]
    printers: dict[str, UUID]
    scale: str
    state: Standing


def station_out(station: Station) -> StationOut:
    """A station as it goes out."""
    plain = {name: getattr(station, name) for name in StationOut.__struct_fields__ if name not in {"flows", "printers"}}
    return StationOut(**plain, flows=ordered_flows(station.flows), printers=dict(station.printers))


def ordered_flows(flows: frozenset[Flow]) -> tuple[Flow, ...]:
    """Always in the same order."""
    return tuple(flow for flow in Flow if flow in flows)


class StaffChange(wire.Wire, kw_only=True):
    """What somebody may do at stations, where, and until when (excluded)."""

    flows: Annotated[tuple[Flow, ...], Meta(max_length=len(Flow))]
    warehouses: Annotated[tuple[wire.Id, ...], Meta(min_length=1, max_length=MAX_WAREHOUSES)]
    skills: Annotated[tuple[wire.Code, ...], Meta(max_length=MAX_SKILLS)] = ()
    valid_from: wire.Moment | None = None
    valid_until: wire.Moment | None = None

    def duties(self) -> Duties:
        """As the use cases take them."""
        return Duties(
            flows=frozenset(self.flows),
            warehouses=tuple(WarehouseId(warehouse) for warehouse in self.warehouses),
            skills=frozenset(self.skills),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


class NewStaff(StaffChange, kw_only=True):
    """An account that gets a badge; it opens nothing before there is a PIN."""

    account_id: wire.Id
    badge: Badge
    id: wire.Id | None = None


class StaffEdit(StaffChange, kw_only=True):
    """Duties from now on; an empty badge leaves the present one."""

    badge: Badge = ""
    state: Standing = Standing.ACTIVE


class StaffOut(wire.Versioned):
    """Somebody who works at stations; of the PIN only whether there is one."""

    id: UUID
    account_id: UUID
    badge: str
    flows: tuple[Flow, ...]
    warehouses: tuple[UUID, ...]
    skills: tuple[str, ...]
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    has_pin: bool
    state: Standing


def staff_out(person: StaffView) -> StaffOut:
    """A person as they go out."""
    plain = {name: getattr(person, name) for name in StaffOut.__struct_fields__ if name not in {"flows", "skills"}}
    return StaffOut(**plain, flows=ordered_flows(person.flows), skills=tuple(sorted(person.skills)))


class NewPin(wire.Wire):
    """Somebody's new PIN."""

    pin: Pin
