"""How a warehouse's layout travels over HTTP: places with what may be done there, the tree of their paths, what a scan names."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.warehouse.locations import Properties
from houtai.application.warehouse.ports import Branch
from houtai.application.warehouse.resolve import MAX_SCAN, Match, MatchKind
from houtai.domain.catalog.standing import Standing
from houtai.domain.limits import MAX_QTY, MAX_WEIGHT_G
from houtai.domain.warehouse.codes import MAX_CODE, Command
from houtai.domain.warehouse.location import (
    MAX_AISLE,
    MAX_COORDINATE_MM,
    MAX_HEIGHT_MM,
    MAX_PATH,
    MAX_SEQUENCE,
    MAX_VOLUME_CM3,
    AbcClass,
    Activity,
    Block,
    Capacity,
    Location,
    LocationKind,
    MixPolicy,
    Side,
    Walk,
)
from houtai.entrypoints.http import wire

Path = Annotated[
    str, Meta(max_length=MAX_PATH, description="Zone, aisle, bay, level and bin, or their beginning.", examples=["A-03-02-1"])
]
OwnCode = Annotated[str, Meta(max_length=MAX_CODE, description="A barcode of the house, prefix included; empty: as it is.")]
Coordinate = Annotated[int, Meta(ge=-MAX_COORDINATE_MM, le=MAX_COORDINATE_MM, description="Millimetres from a corner.")]


class LocationCapacity(wire.Wire):
    """The most that a place holds; null where nobody set a limit."""

    max_weight_g: Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G)] | None = None
    max_volume_cm3: Annotated[int, Meta(ge=1, le=MAX_VOLUME_CM3)] | None = None
    max_units_qty: Annotated[int, Meta(ge=1, le=MAX_QTY)] | None = None
    height_mm: Annotated[int, Meta(ge=1, le=MAX_HEIGHT_MM)] | None = None


class LocationWalk(wire.Wire):
    """Where a place lies for whoever walks there; `pick_sequence` orders places that have no coordinates."""

    x_mm: Coordinate = 0
    y_mm: Coordinate = 0
    aisle: Annotated[int, Meta(ge=0, le=MAX_AISLE)] = 0
    side: Side = Side.LEFT
    pick_sequence: Annotated[int, Meta(ge=0, le=MAX_SEQUENCE)] = 0


class LocationBlock(wire.Wire):
    """What may not come in or go out, and why; all left out opens the place again."""

    goods_in: bool = False
    goods_out: bool = False
    reason: wire.Line = ""

    def value(self) -> Block:
        """As the domain's block. Raises InvalidValue for one without a reason."""
        return Block(self.goods_in, self.goods_out, self.reason)


class LocationChange(wire.Wire, kw_only=True):
    """A place from now on, all of it; `activities` left out are those of its kind, an empty barcode leaves the present one."""

    barcode: OwnCode = ""
    kind: LocationKind = LocationKind.STORAGE
    activities: Annotated[tuple[Activity, ...], wire.Few] | None = None
    mix: MixPolicy = MixPolicy.MIXED
    capacity: LocationCapacity = LocationCapacity()
    walk: LocationWalk = LocationWalk()
    abc: AbcClass | None = None

    def properties(self) -> Properties:
        """As the use cases take them. Raises InvalidValue for a kind that nobody draws."""
        capacity, walk = self.capacity, self.walk
        return Properties(
            kind=self.kind,
            activities=None if self.activities is None else frozenset(self.activities),
            mix=self.mix,
            capacity=Capacity(capacity.max_weight_g, capacity.max_volume_cm3, capacity.max_units_qty, capacity.height_mm),
            walk=Walk(walk.x_mm, walk.y_mm, walk.aisle, walk.side, walk.pick_sequence),
            abc=self.abc,
        )


class NewLocation(LocationChange, kw_only=True):
    """A new place; without a barcode it gets `L-` with the warehouse's code and the path."""

    warehouse_id: wire.Id
    path: Path
    id: wire.Id | None = None


class LocationQuery(wire.PageQuery):
    """Which places: every filter that is given narrows the list; `path` is the beginning of theirs."""

    warehouse_id: wire.Id | None = None
    path: Path = ""
    kind: LocationKind | None = None
    state: Standing | None = None


class LocationOut(wire.Versioned):
    """A place. Goods that lie there are promised where it is `sellable`; `counted_at` is when its content was last confirmed."""

    id: UUID
    warehouse_id: UUID
    path: str
    barcode: str
    kind: LocationKind
    sellable: bool
    activities: tuple[Activity, ...]
    mix: MixPolicy
    capacity: LocationCapacity
    walk: LocationWalk
    abc: AbcClass | None
    block: LocationBlock
    counted_at: dt.datetime | None
    state: Standing


def location_out(location: Location) -> LocationOut:
    """A place as it goes out."""
    capacity, walk, block = location.capacity, location.walk, location.block
    return LocationOut(
        id=location.id,
        warehouse_id=location.warehouse_id,
        path=location.path,
        barcode=location.barcode,
        kind=location.kind,
        sellable=location.sellable,
        activities=tuple(sorted(location.activities, key=lambda activity: activity.value)),
        mix=location.mix,
        capacity=LocationCapacity(capacity.max_weight_g, capacity.max_volume_cm3, capacity.max_units_qty, capacity.height_mm),
        walk=LocationWalk(walk.x_mm, walk.y_mm, walk.aisle, walk.side, walk.pick_sequence),
        abc=location.abc,
        block=LocationBlock(block.goods_in, block.goods_out, block.reason),
        counted_at=location.counted_at,
        state=location.state,
        version=location.version,
    )


class RetireIn(wire.Wire):
    """Why a place is used no more."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class TreeQuery(wire.Wire):
    """Below which path; its zones where it is left out."""

    below: Path = ""


class BranchOut(wire.Wire):
    """One step of the tree: how many places in use lie at or below it, and how many of them are blocked."""

    path: str
    locations: int
    blocked: int


class BranchesOut(wire.Wire):
    """What follows a path, in order."""

    items: tuple[BranchOut, ...]


def branch_out(branch: Branch) -> BranchOut:
    """A branch as it goes out."""
    return BranchOut(branch.path, branch.locations, branch.blocked)


class ScanIn(wire.Wire):
    """A code as the scanner sent it, and the warehouse in which it was scanned."""

    warehouse_id: wire.Id
    code: Annotated[str, Meta(min_length=1, max_length=MAX_SCAN)]


class MatchOut(wire.Wire):
    """One thing that a code names; `id` is null for a command, `pack_qty` the pieces of a product's pack."""

    kind: MatchKind
    id: UUID | None
    code: str
    pack_qty: int
    command: Command | None


class MatchesOut(wire.Wire):
    """Everything that a code names: none is an unknown code, several ask for a finer scan."""

    items: tuple[MatchOut, ...]


def match_out(match: Match) -> MatchOut:
    """A match as it goes out."""
    return MatchOut(match.kind, match.id, match.code, match.pack_qty, match.command)
