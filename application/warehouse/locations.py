"""Drawing the layout: places defined, edited, blocked and retired."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.content import contents_of
from houtai.application.warehouse.ports import LOCATION_BY_BARCODE, LOCATION_BY_PATH
from houtai.application.warehouse.standard import ensure_standard, is_standard
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.standing import MOVES, Standing
from houtai.domain.ids import LocationId, WarehouseId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, InvalidValue, VersionConflict
from houtai.domain.warehouse.location import (
    ACTIVITIES,
    NOWHERE,
    AbcClass,
    Activity,
    Block,
    Capacity,
    Location,
    LocationKind,
    MixPolicy,
    Walk,
)
from houtai.domain.warehouse.refusals import NotEmpty, StandardPlace

LAYOUT: Final = "warehouse.layout"
BLOCK: Final = "warehouse.block"


@attrs.frozen
class Properties:
    """What of a place can be changed. `activities` None means those of its kind."""

    kind: LocationKind = LocationKind.STORAGE
    activities: frozenset[Activity] | None = None
    mix: MixPolicy = MixPolicy.MIXED
    capacity: Capacity = attrs.field(factory=Capacity)
    walk: Walk = attrs.field(factory=Walk)
    abc: AbcClass | None = None

    def __attrs_post_init__(self) -> None:
        if self.kind in NOWHERE:
            raise InvalidValue(field="kind", rule="must be a place where goods can lie: the others are made by the house")

    @property
    def allowed(self) -> frozenset[Activity]:
        """The activities, those of the kind where none were named."""
        return ACTIVITIES[self.kind] if self.activities is None else self.activities


@attrs.frozen
class DefineLocation:
    """A new place. Without a barcode it gets ``L-`` with the warehouse's code and the path."""

    location: LocationId
    warehouse_id: WarehouseId
    path: str
    barcode: str = ""
    properties: Properties = attrs.field(factory=Properties)


@needs(LAYOUT, along=(WAREHOUSE, MERCHANT))
def define_location(tx: BinsTx, cmd: DefineLocation, act: Act) -> Location:
    """Add a place; the first one brings the standard places. Raises AlreadyExists for a taken path or barcode."""
    warehouse = tx.warehouses.get(cmd.warehouse_id)
    demand_at(act, LAYOUT, warehouse)
    ensure_standard(tx, warehouse.id, act)
    path = plain_path(cmd.path)
    barcode = cmd.barcode or default_barcode(warehouse.code, path)
    made = placed(Location(cmd.location, warehouse.id, path, barcode), cmd.properties)
    taken = tx.locations.find(made.id) or tx.locations.first(LOCATION_BY_PATH, (warehouse.id, path))
    if taken is not None:
        raise AlreadyExists(what="location", key=path)
    if tx.locations.first(LOCATION_BY_BARCODE, barcode) is not None:
        raise AlreadyExists(what="location", key=barcode)
    tx.locations.add(made)
    write_line(tx, act, "location", made, "defined", before=None)
    return made


def plain_path(text: str) -> str:
    """A path as it is stored: capitals, no space around it."""
    return text.strip().upper()


def default_barcode(warehouse_code: str, path: str) -> str:
    """What a place is labelled with where nobody chose a code."""
    return f"L-{warehouse_code.upper()}-{path}"


def placed(location: Location, properties: Properties) -> Location:
    """The place with these properties."""
    return attrs.evolve(
        location,
        kind=properties.kind,
        activities=properties.allowed,
        mix=properties.mix,
        capacity=properties.capacity,
        walk=properties.walk,
        abc=properties.abc,
    )


@attrs.frozen
class EditLocation:
    """A place's properties from now on; its path stays, and an empty barcode leaves the present one."""

    location: LocationId
    expected_version: int
    properties: Properties
    barcode: str = ""


@needs(LAYOUT, along=(WAREHOUSE, MERCHANT))
def edit_location(tx: BinsTx, cmd: EditLocation, act: Act) -> Location:
    """Change a place. What lies there must be gone before it becomes sellable or ceases to be: raises NotEmpty.

    Raises AlreadyExists for a taken barcode, StandardPlace, VersionConflict.
    """
    found = _locked(tx, cmd.location, cmd.expected_version, LAYOUT, act)
    edited = placed(attrs.evolve(found, barcode=cmd.barcode or found.barcode, version=found.version + 1), cmd.properties)
    if edited.barcode != found.barcode and tx.locations.first(LOCATION_BY_BARCODE, edited.barcode) is not None:
        raise AlreadyExists(what="location", key=edited.barcode)
    if edited.sellable is not found.sellable:
        _demand_empty(tx, found)
    return _saved(tx, found, edited, "edited", act)


@attrs.frozen
class BlockLocation:
    """Whether goods may go in and out from now on, and why not."""

    location: LocationId
    expected_version: int
    block: Block


@needs(BLOCK, along=(WAREHOUSE, MERCHANT))
def block_location(tx: BinsTx, cmd: BlockLocation, act: Act) -> Location:
    """Block or open a place for what comes and what goes. Raises StandardPlace, VersionConflict."""
    found = _locked(tx, cmd.location, cmd.expected_version, BLOCK, act)
    edited = attrs.evolve(found, block=cmd.block, version=found.version + 1)
    return _saved(tx, found, edited, "blocked" if cmd.block.reason else "opened", act, reason=cmd.block.reason)


@attrs.frozen
class RetireLocation:
    """Use a place no more."""

    location: LocationId
    expected_version: int
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(LAYOUT, along=(WAREHOUSE, MERCHANT))
def retire_location(tx: BinsTx, cmd: RetireLocation, act: Act) -> Location:
    """Retire an empty place; its path and barcode stay taken. Raises NotEmpty, StandardPlace, IllegalMove, VersionConflict."""
    found = _locked(tx, cmd.location, cmd.expected_version, LAYOUT, act)
    check_move("location", MOVES, found.state, Standing.RETIRED)
    _demand_empty(tx, found)
    edited = attrs.evolve(found, state=Standing.RETIRED, version=found.version + 1)
    return _saved(tx, found, edited, "retired", act, reason=cmd.reason)


@attrs.frozen
class RestoreLocation:
    """Use a retired place again."""

    location: LocationId
    expected_version: int


@needs(LAYOUT, along=(WAREHOUSE, MERCHANT))
def restore_location(tx: BinsTx, cmd: RestoreLocation, act: Act) -> Location:
    """Bring a retired place back. Raises IllegalMove, VersionConflict."""
    found = _locked(tx, cmd.location, cmd.expected_version, LAYOUT, act)
    check_move("location", MOVES, found.state, Standing.ACTIVE)
    return _saved(tx, found, attrs.evolve(found, state=Standing.ACTIVE, version=found.version + 1), "restored", act)


def _locked(tx: BinsTx, location_id: LocationId, expected: int, verb: str, act: Act) -> Location:
    found = tx.locations.lock_one(location_id)
    demand_at(act, verb, tx.warehouses.get(found.warehouse_id))
    if is_standard(found):
        raise StandardPlace(path=found.path)
    if found.version != expected:
        raise VersionConflict(what="location", key=found.path, expected_version=expected, current_version=found.version)
    return found


def _demand_empty(tx: BinsTx, location: Location) -> None:
    content = contents_of(tx, [location.id]).get(location.id)
    if content is not None:
        raise NotEmpty(what="location", key=location.path, content=content)


def _saved(tx: BinsTx, found: Location, edited: Location, event: str, act: Act, reason: str = "") -> Location:
    tx.locations.save(edited)
    write_line(tx, act, "location", edited, event, before=found.state, reason=reason)
    return edited
