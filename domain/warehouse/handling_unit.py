"""Handling units: what goods are moved in, each with its code: pallets, cartons, totes, carts with slots, sort walls, parcels."""

from __future__ import annotations

import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import HandlingUnitId, LocationId, WarehouseId, derive
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Prefix, own_code
from houtai.domain.warehouse.refusals import DoesNotHold

MAX_SLOTS = 400
MAX_SIDE = 40
MAX_SIZE_MM = 100_000


class UnitKind(enum.Enum):
    """What it is. Carts and walls have slots, and goods for one order each lie in a slot."""

    PALLET = "pallet"
    CARTON = "carton"
    TOTE = "tote"
    CART = "cart"
    WALL = "wall"
    SLOT = "slot"
    PARCEL = "parcel"


HOLDS: Final[dict[UnitKind, frozenset[UnitKind]]] = {
    UnitKind.PALLET: frozenset({UnitKind.TOTE, UnitKind.CARTON, UnitKind.PARCEL}),
    UnitKind.CART: frozenset({UnitKind.SLOT, UnitKind.TOTE, UnitKind.CARTON, UnitKind.PARCEL}),
    UnitKind.WALL: frozenset({UnitKind.SLOT}),
    UnitKind.SLOT: frozenset({UnitKind.TOTE, UnitKind.CARTON, UnitKind.PARCEL}),
    UnitKind.TOTE: frozenset({UnitKind.CARTON, UnitKind.PARCEL}),
    UnitKind.CARTON: frozenset({UnitKind.PARCEL}),
    UnitKind.PARCEL: frozenset(),
}
"""Which kind may stand in which; it has no circle, so units never lie in each other."""

SLOTTED: Final = frozenset({UnitKind.CART, UnitKind.WALL})


class UnitState(enum.Enum):
    """Whether it can be filled."""

    OPEN = "open"
    SEALED = "sealed"  # its content is final until it is opened again
    GONE = "gone"  # it left the house with its content
    RETIRED = "retired"


UNIT_MOVES: Final[Moves[UnitState]] = {
    UnitState.OPEN: frozenset({UnitState.SEALED, UnitState.GONE, UnitState.RETIRED}),
    UnitState.SEALED: frozenset({UnitState.OPEN, UnitState.GONE}),
    UnitState.GONE: frozenset({UnitState.OPEN}),  # a pallet that comes back
    UnitState.RETIRED: frozenset({UnitState.OPEN}),
}

_size = limits.between(0, MAX_SIZE_MM)


@attrs.frozen
class Size:
    """What the empty unit weighs and how large it is outside; 0 where nobody measured it."""

    tare_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    length_mm: int = attrs.field(default=0, validator=_size)
    width_mm: int = attrs.field(default=0, validator=_size)
    height_mm: int = attrs.field(default=0, validator=_size)
    max_weight_g: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(limits.between(1, limits.MAX_WEIGHT_G))
    )


@attrs.frozen
class HandlingUnit:
    """One unit. It stands in a parent, at a location or (not yet placed) at neither, never at both: a child is where its root is.

    `slot` counts the slots of a cart or wall from 1, row by row; `rows` and `columns` are the grid of a cart or wall itself.
    """

    id: HandlingUnitId
    warehouse_id: WarehouseId
    barcode: str = attrs.field(validator=own_code(Prefix.UNIT))
    kind: UnitKind
    parent_id: HandlingUnitId | None = None
    location_id: LocationId | None = None
    slot: int = attrs.field(default=0, validator=limits.between(0, MAX_SLOTS))
    rows: int = attrs.field(default=0, validator=limits.between(0, MAX_SIDE))
    columns: int = attrs.field(default=0, validator=limits.between(0, MAX_SIDE))
    size: Size = attrs.field(factory=Size)
    state: UnitState = UnitState.OPEN
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.parent_id is not None and self.location_id is not None:
            raise InvalidValue(field="location_id", rule="must be empty for what stands in another unit: it is where that one is")
        if (self.kind is UnitKind.SLOT) != bool(self.slot) or (self.kind is UnitKind.SLOT and self.parent_id is None):
            raise InvalidValue(field="slot", rule="belongs to a slot, and that needs its number and its cart or wall")
        if (self.kind in SLOTTED) != bool(self.rows and self.columns):
            raise InvalidValue(field="rows", rule="and columns belong to carts and walls, and those need both")
        if self.rows * self.columns > MAX_SLOTS:
            raise InvalidValue(field="rows", rule=f"times columns must be {MAX_SLOTS} slots at most")

    @property
    def fillable(self) -> bool:
        """Whether goods may be put into it now. Goods lie in the slots of a cart or wall, not beside them."""
        return self.state is UnitState.OPEN and self.kind not in SLOTTED


def cell(parent: HandlingUnit, slot: int) -> tuple[int, int]:
    """Row and column of a slot in its cart or wall, both from 1."""
    row, column = divmod(slot - 1, parent.columns)
    return row + 1, column + 1


def slots_of(parent: HandlingUnit) -> tuple[HandlingUnit, ...]:
    """The slots of a new cart or wall: each with its own id and code, numbered from 1 row by row."""
    count = parent.rows * parent.columns
    digits = len(str(count))
    return tuple(
        HandlingUnit(
            id=HandlingUnitId(derive(parent.id, "slot", number)),
            warehouse_id=parent.warehouse_id,
            barcode=f"{parent.barcode}-{number:0{digits}d}",
            kind=UnitKind.SLOT,
            parent_id=parent.id,
            slot=number,
        )
        for number in range(1, count + 1)
    )


def check_holds(parent: HandlingUnit, child: HandlingUnit) -> None:
    """Refuse with DoesNotHold a unit that cannot stand in the other: by kind, by state, or because it is in another warehouse."""
    if child.warehouse_id != parent.warehouse_id:
        raise DoesNotHold(parent=parent.barcode, child=child.barcode, reason="they are in different warehouses")
    if child.kind not in HOLDS[parent.kind]:
        raise DoesNotHold(parent=parent.barcode, child=child.barcode, reason=f"a {parent.kind.value} holds no {child.kind.value}")
    if parent.state is not UnitState.OPEN:
        raise DoesNotHold(parent=parent.barcode, child=child.barcode, reason=f"it is {parent.state.value}")
