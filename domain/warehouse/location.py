"""A location: the smallest place that goods can lie in, what may be done and put there, and where it stands on the walk."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Collection
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import LocationId, SkuId, WarehouseId, derive
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Prefix, own_code

MAX_PARTS = 5
LEVELS: Final = ("zone", "aisle", "bay", "level", "bin")
MAX_PATH = 60
MAX_COORDINATE_MM = 10_000_000
MAX_SEQUENCE = 2**31 - 1
MAX_VOLUME_CM3 = 1_000_000_000
MAX_HEIGHT_MM = 100_000
MAX_AISLE = 100_000
_PATH = re.compile(r"[0-9A-Z]{1,11}(?:-[0-9A-Z]{1,11}){0,4}")


class LocationKind(enum.Enum):
    """What a place is for. Goods can be promised from STORAGE and PICK_FACE alone."""

    RECEIVING = "receiving"
    QC = "qc"
    STORAGE = "storage"
    PICK_FACE = "pick-face"
    RETURNS = "returns"
    PACKING = "packing"
    STAGING = "staging"
    QUARANTINE = "quarantine"
    DAMAGED = "damaged"
    LOST_FOUND = "lost-found"
    TRANSIT = "transit"
    VIRTUAL = "virtual"  # the other end of goods that come or go: no shelf, only the second entry


SELLABLE_KINDS: Final = frozenset({LocationKind.STORAGE, LocationKind.PICK_FACE})
NOWHERE: Final = frozenset({LocationKind.TRANSIT, LocationKind.VIRTUAL})


class Activity(enum.Enum):
    """What staff may do at a place."""

    RECEIVE = "receive"
    PUTAWAY = "putaway"
    PICK = "pick"
    HOLD = "hold"
    ADJUST = "adjust"
    PACK = "pack"
    CYCLE_COUNT = "cycle-count"
    CROSS_DOCK = "cross-dock"
    ALLOW_OVERPICK = "allow-overpick"
    PARTIAL_RECEIVING = "partial-receiving"


_COUNTED: Final = frozenset({Activity.ADJUST, Activity.CYCLE_COUNT})

ACTIVITIES: Final[dict[LocationKind, frozenset[Activity]]] = {
    LocationKind.RECEIVING: _COUNTED | {Activity.RECEIVE, Activity.PARTIAL_RECEIVING, Activity.CROSS_DOCK},
    LocationKind.QC: _COUNTED | {Activity.RECEIVE, Activity.HOLD},
    LocationKind.STORAGE: _COUNTED | {Activity.PUTAWAY, Activity.PICK},
    LocationKind.PICK_FACE: _COUNTED | {Activity.PUTAWAY, Activity.PICK},
    LocationKind.RETURNS: _COUNTED | {Activity.RECEIVE, Activity.PARTIAL_RECEIVING},
    LocationKind.PACKING: _COUNTED | {Activity.PACK},
    LocationKind.STAGING: _COUNTED | {Activity.CROSS_DOCK},
    LocationKind.QUARANTINE: _COUNTED | {Activity.HOLD},
    LocationKind.DAMAGED: _COUNTED | {Activity.HOLD},
    LocationKind.LOST_FOUND: _COUNTED | {Activity.HOLD},
    LocationKind.TRANSIT: frozenset(),
    LocationKind.VIRTUAL: frozenset(),
}
"""What may be done at a place of each kind where nobody said otherwise."""


class MixPolicy(enum.Enum):
    """What may be put beside what lies there already."""

    EMPTY_ONLY = "empty-only"
    SAME_PRODUCT = "same-product"
    SAME_PRODUCT_LOT = "same-product-lot"
    MIXED = "mixed"


class Side(enum.Enum):
    """On which side of its aisle a place lies, seen in the direction of the walk."""

    LEFT = "left"
    RIGHT = "right"


class AbcClass(enum.Enum):
    """How often goods of this place are asked for; A is nearest to packing."""

    A = "a"
    B = "b"
    C = "c"


Goods = tuple[SkuId, str]
"""A SKU and its lot ("" for goods without lots), as mixing sees them."""


def may_join(policy: MixPolicy, coming: Goods, present: Collection[Goods]) -> bool:
    """Whether goods may be put where `present` lies already."""
    if policy is MixPolicy.MIXED:
        return True
    if policy is MixPolicy.EMPTY_ONLY:
        return not present
    if policy is MixPolicy.SAME_PRODUCT:
        return all(sku_id == coming[0] for sku_id, _ in present)
    return all(goods == coming for goods in present)


_optional = attrs.validators.optional


@attrs.frozen
class Load:
    """What lies in a place, or is to: the sums of its units, and the height of the tallest piece."""

    weight_g: int = 0
    volume_cm3: int = 0
    units_qty: int = 0
    height_mm: int = 0


@attrs.frozen
class Capacity:
    """The most that a place holds; None where nobody set a limit."""

    max_weight_g: int | None = attrs.field(default=None, validator=_optional(limits.between(1, limits.MAX_WEIGHT_G)))
    max_volume_cm3: int | None = attrs.field(default=None, validator=_optional(limits.between(1, MAX_VOLUME_CM3)))
    max_units_qty: int | None = attrs.field(default=None, validator=_optional(limits.positive_qty))
    height_mm: int | None = attrs.field(default=None, validator=_optional(limits.between(1, MAX_HEIGHT_MM)))

    def exceeded(self, load: Load) -> tuple[str, ...]:
        """The names of the limits that this load breaks; none where it fits."""
        pairs = (
            ("max_weight_g", self.max_weight_g, load.weight_g),
            ("max_volume_cm3", self.max_volume_cm3, load.volume_cm3),
            ("max_units_qty", self.max_units_qty, load.units_qty),
            ("height_mm", self.height_mm, load.height_mm),
        )
        return tuple(name for name, most, found in pairs if most is not None and found > most)


@attrs.frozen
class Walk:
    """Where a place stands for whoever walks: metres from the warehouse's corner in mm, its aisle, and its turn in the round."""

    x_mm: int = attrs.field(default=0, validator=limits.between(-MAX_COORDINATE_MM, MAX_COORDINATE_MM))
    y_mm: int = attrs.field(default=0, validator=limits.between(-MAX_COORDINATE_MM, MAX_COORDINATE_MM))
    aisle: int = attrs.field(default=0, validator=limits.between(0, MAX_AISLE))
    side: Side = Side.LEFT
    pick_sequence: int = attrs.field(default=0, validator=limits.between(0, MAX_SEQUENCE))


def _path(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, str):
        message = f"{attribute.name} must be a text"
        raise TypeError(message)
    if _PATH.fullmatch(value) is None:
        rule = "must be zone-aisle-bay-level-bin or its beginning: one to five parts of 1 to 11 capital letters or digits"
        raise InvalidValue(field=attribute.name, rule=rule)


def parts_of(path: str) -> tuple[str, ...]:
    """The parts of a path, the zone first."""
    return tuple(path.split("-"))


@attrs.frozen
class Block:
    """Whether goods may go in and out just now; what is blocked has its reason, and nothing else has one."""

    goods_in: bool = False
    goods_out: bool = False
    reason: str = attrs.field(default="", validator=limits.text(0, 200))

    def __attrs_post_init__(self) -> None:
        if (self.goods_in or self.goods_out) != bool(self.reason.strip()):
            raise InvalidValue(field="reason", rule="belongs to what is blocked, and what is blocked needs one")


OPEN: Final = Block()


@attrs.frozen
class Location:
    """One place. `barcode` is unique in the house, `path` in its warehouse.

    `activities` are those of its kind where they are not named. `counted_at` is when its content was last confirmed.
    """

    id: LocationId
    warehouse_id: WarehouseId
    path: str = attrs.field(validator=_path)
    barcode: str = attrs.field(validator=own_code(Prefix.LOCATION))
    kind: LocationKind = LocationKind.STORAGE
    activities: frozenset[Activity] = attrs.field()
    mix: MixPolicy = MixPolicy.MIXED
    capacity: Capacity = attrs.field(factory=Capacity)
    walk: Walk = attrs.field(factory=Walk)
    abc: AbcClass | None = None
    block: Block = OPEN
    counted_at: dt.datetime | None = attrs.field(default=None, validator=_optional(limits.aware))
    state: Standing = Standing.ACTIVE
    version: int = 1

    @activities.default
    def _of_kind(self) -> frozenset[Activity]:
        return ACTIVITIES[self.kind]

    def __attrs_post_init__(self) -> None:
        if self.kind in NOWHERE and self.activities:
            raise InvalidValue(field="activities", rule="must be none for a place where nobody can stand")

    @property
    def sellable(self) -> bool:
        """Whether goods here count as available to promise: the one flag that decides it, derived from the kind."""
        return self.kind in SELLABLE_KINDS

    @property
    def physical(self) -> bool:
        """Whether goods can lie here; the others are the second entry of goods that come, go or travel."""
        return self.kind not in NOWHERE

    @property
    def open_in(self) -> bool:
        """Whether goods may be put here now."""
        return self.state is Standing.ACTIVE and not self.block.goods_in

    @property
    def open_out(self) -> bool:
        """Whether goods may be taken from here now."""
        return self.state is Standing.ACTIVE and not self.block.goods_out

    def allows(self, activity: Activity) -> bool:
        """Whether staff may do this here."""
        return activity in self.activities


class Standard(enum.Enum):
    """The places that every warehouse has without anybody drawing them."""

    UNPLACED = "UNPLACED"  # physical: what came in without a place, until it is put away
    SUPPLIER = "SUPPLIER"
    CUSTOMER = "CUSTOMER"
    ADJUSTMENT = "ADJUST"
    SCRAP = "SCRAP"
    PRODUCTION = "PRODUCTION"
    TRANSIT = "TRANSIT"


_STANDARD_KIND: Final = {Standard.UNPLACED: LocationKind.RECEIVING, Standard.TRANSIT: LocationKind.TRANSIT}


def standard_id(warehouse_id: WarehouseId, place: Standard) -> LocationId:
    """The id of a warehouse's standard place, known without looking it up."""
    return LocationId(derive(warehouse_id, "location", place.value))


def standard_location(warehouse_id: WarehouseId, place: Standard) -> Location:
    """A warehouse's standard place as it is first made; its barcode holds the warehouse's id, for there is no shelf."""
    return Location(
        id=standard_id(warehouse_id, place),
        warehouse_id=warehouse_id,
        path=place.value,
        barcode=f"L-{place.value}-{warehouse_id.hex.upper()}",
        kind=_STANDARD_KIND.get(place, LocationKind.VIRTUAL),
    )
