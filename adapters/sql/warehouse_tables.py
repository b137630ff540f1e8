"""The warehouse's tables: places, handling units, stations, staff and shifts, each bound as a CHECK."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    UniqueConstraint,
)

from houtai.adapters.sql.columns import METADATA, id_column, moment, one_of, plain, qty, version, weight_g, whole_number, words
from houtai.domain.catalog.standing import Standing
from houtai.domain.warehouse.codes import MAX_CODE, Prefix
from houtai.domain.warehouse.handling_unit import MAX_SIDE, MAX_SIZE_MM, MAX_SLOTS, UnitKind, UnitState
from houtai.domain.warehouse.location import (
    LEVELS,
    MAX_AISLE,
    MAX_COORDINATE_MM,
    MAX_HEIGHT_MM,
    MAX_PATH,
    MAX_SEQUENCE,
    MAX_VOLUME_CM3,
    AbcClass,
    LocationKind,
    MixPolicy,
    Side,
)
from houtai.domain.warehouse.work import MAX_SEQ, Task

_BY_SIGN: Final = String(MAX_PATH).with_variant(String(MAX_PATH, collation="C"), "postgresql")
"""Sorted sign by sign on every database, so that lists and beginnings of paths are the same everywhere."""


def _check(text: str, name: str) -> CheckConstraint:
    return CheckConstraint(text, name=name)


def _own_code(name: str, prefix: Prefix) -> tuple[Column[Any], CheckConstraint]:
    """A code of ours: unique over the house, and of its kind by its prefix."""
    return words(name, MAX_CODE, unique=True), _check(f"{name} LIKE '{prefix.value}%'", f"{name}_prefix")


def _warehouse() -> Column[Any]:
    return id_column("warehouse_id", ForeignKey("warehouses.id"))


locations: Final = Table(
    "locations",
    METADATA,
    id_column("id", primary_key=True),
    _warehouse(),
    Column("path", _BY_SIGN, nullable=False),
    *(Column(level, _BY_SIGN, nullable=False) for level in LEVELS),  # the path's parts, '' below its end
    *_own_code("barcode", Prefix.LOCATION),
    one_of("kind", LocationKind),
    Column("sellable", Boolean(), nullable=False),  # derived from the kind, for sums over what can be promised
    plain("activities"),
    one_of("mix", MixPolicy),
    whole_number("max_weight_g", 1, 100_000_000, nullable=True),
    whole_number("max_volume_cm3", 1, MAX_VOLUME_CM3, nullable=True),
    qty("max_units_qty", 1, nullable=True),
    whole_number("height_mm", 1, MAX_HEIGHT_MM, nullable=True),
    whole_number("x_mm", -MAX_COORDINATE_MM, MAX_COORDINATE_MM),
    whole_number("y_mm", -MAX_COORDINATE_MM, MAX_COORDINATE_MM),
    whole_number("aisle_number", 0, MAX_AISLE),
    one_of("side", Side),
    whole_number("pick_sequence", 0, MAX_SEQUENCE),
    one_of("abc", AbcClass, nullable=True),
    Column("blocked_in", Boolean(), nullable=False),
    Column("blocked_out", Boolean(), nullable=False),
    words("block_reason", 200),
    moment("counted_at", nullable=True),
    one_of("state", Standing),
    version(),
    UniqueConstraint("warehouse_id", "path"),
    UniqueConstraint("id", "warehouse_id"),  # what lies here is bound to the same warehouse
    _check("(blocked_in OR blocked_out) = (block_reason <> '')", "blocked_has_a_reason"),
    _check("sellable = (kind IN ('storage', 'pick-face'))", "sellable_follows_kind"),
)
Index("ix_locations_warehouse_id_kind", locations.c.warehouse_id, locations.c.kind)

handling_units: Final = Table(
    "handling_units",
    METADATA,
    id_column("id", primary_key=True),
    _warehouse(),
    *_own_code("barcode", Prefix.UNIT),
    one_of("kind", UnitKind),
    id_column("parent_id", nullable=True, index=True),
    id_column("location_id", nullable=True, index=True),
    whole_number("slot", 0, MAX_SLOTS),
    whole_number("rows", 0, MAX_SIDE),
    whole_number("columns", 0, MAX_SIDE),
    weight_g("tare_g"),
    whole_number("length_mm", 0, MAX_SIZE_MM),
    whole_number("width_mm", 0, MAX_SIZE_MM),
    whole_number("height_mm", 0, MAX_SIZE_MM),
    whole_number("max_weight_g", 1, 100_000_000, nullable=True),
    one_of("state", UnitState),
    version(),
    UniqueConstraint("id", "warehouse_id"),
    ForeignKeyConstraint(["parent_id", "warehouse_id"], ["handling_units.id", "handling_units.warehouse_id"]),
    ForeignKeyConstraint(["location_id", "warehouse_id"], ["locations.id", "locations.warehouse_id"]),
    _check("parent_id IS NULL OR location_id IS NULL", "in_a_unit_or_at_a_place"),
    _check("parent_id <> id", "not_in_itself"),
    _check("(kind = 'slot') = (slot > 0) AND (kind <> 'slot' OR parent_id IS NOT NULL)", "slot_of_a_parent"),
    _check("(kind IN ('cart', 'wall')) = (\"rows\" > 0 AND \"columns\" > 0)", "grid_of_carts_and_walls"),
)
Index("ix_handling_units_warehouse_id_kind", handling_units.c.warehouse_id, handling_units.c.kind)
Index("ix_handling_units_kind", handling_units.c.kind)

stations: Final = Table(
    "stations",
    METADATA,
    id_column("id", primary_key=True),
    _warehouse(),
    words("code", 64),
    words("name", 100),
    plain("flows"),
    plain("printers"),
    words("scale", 200),
    one_of("state", Standing),
    version(),
    UniqueConstraint("warehouse_id", "code"),
)

staff: Final = Table(
    "staff",
    METADATA,
    id_column("id", primary_key=True),
    id_column("account_id", ForeignKey("accounts.id"), unique=True),
    *_own_code("badge", Prefix.STAFF),
    plain("flows"),
    plain("skills"),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
    words("pin_hash", 200),
    one_of("state", Standing),
    version(),
    _check("valid_from IS NULL OR valid_until IS NULL OR valid_from < valid_until", "begins_before_it_ends"),
)

staff_warehouses: Final = Table(
    "staff_warehouses",
    METADATA,
    id_column("staff_id", ForeignKey("staff.id"), primary_key=True),
    whole_number("place", 1, 100, primary_key=True, autoincrement=False),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
    UniqueConstraint("staff_id", "warehouse_id"),
)

shifts: Final = Table(
    "shifts",
    METADATA,
    id_column("session_id", primary_key=True),  # the login may be forgotten before the shift
    id_column("staff_id", ForeignKey("staff.id"), index=True),
    id_column("station_id", ForeignKey("stations.id"), index=True),
    id_column("open_staff_id", nullable=True, index=True),  # again while the shift is open, for a short index
    id_column("open_station_id", nullable=True, index=True),
    moment("begun_at"),
    moment("locked_at", nullable=True),
    moment("ended_at", nullable=True),
    _check("(ended_at IS NULL) = (open_staff_id IS NOT NULL)", "open_is_told_twice"),
    _check("(ended_at IS NULL) = (open_station_id IS NOT NULL)", "open_station_is_told_twice"),
)

station_work: Final = Table(
    "station_work",
    METADATA,
    id_column("id", primary_key=True),
    id_column("staff_id", ForeignKey("staff.id")),
    id_column("station_id", ForeignKey("stations.id"), index=True),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
    one_of("task", Task),
    plain("state"),
    plain("answer"),
    moment("at"),
    whole_number("seq", 0, MAX_SEQ),
    words("scanned", 64),
    version(),
    UniqueConstraint("staff_id", "task"),
)
