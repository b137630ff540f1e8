"""Checks on a warehouse's floor: who is logged in where, nothing in what is used no more, counts asked for (L1, L2, L3)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Select, func, or_, select

from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.inventory_tables import adjustments
from houtai.adapters.sql.warehouse_bins import bins, wanted_counts
from houtai.adapters.sql.warehouse_tables import handling_units, locations, shifts
from houtai.domain.catalog.standing import Standing
from houtai.domain.warehouse.handling_unit import UnitState
from houtai.domain.warehouse.wanted_count import WantedState


def _twice(column: Column[Any]) -> Select[Any]:
    """Those of whom there is more than one open shift."""
    shift_count = func.count().label("open_shifts")
    return select(column, shift_count).where(shifts.c.ended_at.is_(None)).group_by(column).having(shift_count > 1)


_UNLIKE_SHIFT = select(shifts.c.session_id, shifts.c.open_staff_id, shifts.c.open_station_id).where(
    shifts.c.ended_at.is_(None),
    or_(
        shifts.c.open_staff_id.is_distinct_from(shifts.c.staff_id),
        shifts.c.open_station_id.is_distinct_from(shifts.c.station_id),
    ),
)
_AT_RETIRED = (
    select(locations.c.path, bins.c.sku_id, bins.c.qty)
    .join_from(bins, locations, locations.c.id == bins.c.location_id)
    .where(bins.c.qty > 0, locations.c.state == Standing.RETIRED.value)
)
_STANDS_AT_RETIRED = (
    select(handling_units.c.barcode, locations.c.path)
    .join_from(handling_units, locations, locations.c.id == handling_units.c.location_id)
    .where(locations.c.state == Standing.RETIRED.value)
)
_IN_RETIRED = (
    select(handling_units.c.barcode, handling_units.c.state, bins.c.sku_id, bins.c.qty)
    .join_from(bins, handling_units, handling_units.c.id == bins.c.handling_unit_id)
    .where(bins.c.qty > 0, handling_units.c.state.in_((UnitState.RETIRED.value, UnitState.GONE.value)))
)
_UNLIKE_WANTED = select(wanted_counts.c.id, wanted_counts.c.location_id, wanted_counts.c.open_location_id).where(
    wanted_counts.c.state == WantedState.OPEN.value,
    wanted_counts.c.open_location_id.is_distinct_from(wanted_counts.c.location_id),
)
_NOT_COUNTED = (
    select(wanted_counts.c.id, locations.c.path, wanted_counts.c.count_id, wanted_counts.c.done_at, locations.c.counted_at)
    .join_from(wanted_counts, locations, locations.c.id == wanted_counts.c.location_id)
    .join(adjustments, adjustments.c.id == wanted_counts.c.count_id, isouter=True)
    .where(
        wanted_counts.c.state == WantedState.DONE.value,
        adjustments.c.id.is_(None),
        or_(locations.c.counted_at.is_(None), locations.c.counted_at < wanted_counts.c.done_at),
    )
)

CHECKS: Final = (
    rows("L1-person", "nobody is logged in at two stations at once", _twice(shifts.c.staff_id)),
    rows("L1-station", "at each station one person at most is logged in", _twice(shifts.c.station_id)),
    rows("L1-open", "open shifts are found under their own person and station", _UNLIKE_SHIFT),
    rows("L2-places", "no goods lie in a place that is retired", _AT_RETIRED),
    rows("L2-standing", "no handling unit stands at a place that is retired", _STANDS_AT_RETIRED),
    rows("L2-units", "no goods lie in a handling unit that is retired or gone", _IN_RETIRED),
    rows("L3-open", "counts that are wanted are found under their own place", _UNLIKE_WANTED),
    rows("L3-counted", "every count that was wanted and is done left its adjustment, or its place agreed", _NOT_COUNTED),
)
