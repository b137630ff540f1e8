"""Checks on stock by location: places add up to stock, moves to places, and over all locations every SKU to nothing (S4)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.inventory_tables import stocks
from houtai.adapters.sql.warehouse_bins import bin_heads, bin_moves, bins, serials
from houtai.adapters.sql.warehouse_tables import handling_units, locations
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.location import NOWHERE


def _unlike_stock() -> Select[Any]:
    """The stocks of which another quantity lies in places than they say, by state."""
    said = [
        select(
            stocks.c.sku_id,
            stocks.c.warehouse_id,
            literal(state.value).label("state"),
            stocks.c[f"{state.value.replace('-', '_')}_qty"].label("stock_qty"),
            literal(0).label("placed_qty"),
        )
        for state in StockState
    ]
    lies = select(bins.c.sku_id, bins.c.warehouse_id, bins.c.state, literal(0), bins.c.qty)
    return unequal(union_all(*said, lies).subquery("sides"), 3)


_VIRTUAL = select(locations.c.id).where(locations.c.kind.in_(sorted(kind.value for kind in NOWHERE)))
_NOT_ZERO = unequal(
    union_all(
        select(bins.c.sku_id, bins.c.qty.label("here_qty"), literal(0).label("came_qty")),
        select(bin_moves.c.sku_id, literal(0), bin_moves.c.qty).where(bin_moves.c.from_location_id.in_(_VIRTUAL)),
        select(bin_moves.c.sku_id, literal(0), -bin_moves.c.qty).where(bin_moves.c.to_location_id.in_(_VIRTUAL)),
    ).subquery("sides"),
    1,
)

_LIES = select(
    bins.c.location_id,
    bins.c.handling_unit_id,
    bins.c.sku_id,
    bins.c.lot_id,
    bins.c.merchant_id,
    bins.c.state,
    bins.c.qty.label("bin_qty"),
    literal(0).label("moved_qty"),
)
_CAME = select(
    bin_moves.c.to_location_id,
    bin_moves.c.to_unit_id,
    bin_moves.c.sku_id,
    bin_moves.c.to_lot_id,
    bin_moves.c.merchant_id,
    bin_moves.c.to_state,
    literal(0),
    bin_moves.c.qty,
).where(bin_moves.c.to_location_id.not_in(_VIRTUAL))
_WENT = select(
    bin_moves.c.from_location_id,
    bin_moves.c.from_unit_id,
    bin_moves.c.sku_id,
    bin_moves.c.lot_id,
    bin_moves.c.merchant_id,
    bin_moves.c.state,
    literal(0),
    -bin_moves.c.qty,
).where(bin_moves.c.from_location_id.not_in(_VIRTUAL))
_NOT_MOVED_THERE = unequal(union_all(_LIES, _CAME, _WENT).subquery("sides"), 6)

_COUNTED = (
    select(bin_moves.c.sku_id, bin_moves.c.warehouse_id, func.count().label("moves"), func.max(bin_moves.c.seq).label("last"))
    .group_by(bin_moves.c.sku_id, bin_moves.c.warehouse_id)
    .subquery("counted")
)
_TORN = (
    select(bin_heads.c.sku_id, bin_heads.c.warehouse_id, bin_heads.c.last_seq, _COUNTED.c.moves, _COUNTED.c.last)
    .join_from(
        bin_heads,
        _COUNTED,
        and_(_COUNTED.c.sku_id == bin_heads.c.sku_id, _COUNTED.c.warehouse_id == bin_heads.c.warehouse_id),
        isouter=True,
    )
    .where(
        or_(
            func.coalesce(_COUNTED.c.moves, 0) != bin_heads.c.last_seq,
            func.coalesce(_COUNTED.c.last, 0) != bin_heads.c.last_seq,
        )
    )
)

_NUMBERED = (
    select(serials.c.bin_id, serials.c.sku_id, func.count().label("serials_qty"))
    .where(serials.c.bin_id.is_not(None))
    .group_by(serials.c.bin_id, serials.c.sku_id)
    .subquery("numbered")
)
_TOO_MANY_SERIALS = (
    select(_NUMBERED.c.bin_id, _NUMBERED.c.sku_id, _NUMBERED.c.serials_qty, bins.c.sku_id.label("lies"), bins.c.qty)
    .join_from(_NUMBERED, bins, bins.c.id == _NUMBERED.c.bin_id)
    .where(or_(_NUMBERED.c.sku_id != bins.c.sku_id, _NUMBERED.c.serials_qty > bins.c.qty))
)

_ROOTS = (
    select(handling_units.c.id, handling_units.c.location_id)
    .where(handling_units.c.parent_id.is_(None))
    .cte("roots", recursive=True)
)
_STANDS = _ROOTS.union_all(
    select(handling_units.c.id, _ROOTS.c.location_id).join_from(handling_units, _ROOTS, handling_units.c.parent_id == _ROOTS.c.id)
)
_ELSEWHERE = (
    select(bins.c.id, bins.c.handling_unit_id, bins.c.location_id, _STANDS.c.location_id.label("unit_stands_at"))
    .join_from(bins, _STANDS, _STANDS.c.id == bins.c.handling_unit_id, isouter=True)
    .where(
        bins.c.handling_unit_id.is_not(None),
        bins.c.qty > 0,
        or_(_STANDS.c.location_id.is_(None), _STANDS.c.location_id != bins.c.location_id),
    )
)

CHECKS: Final = (
    rows("S4", "what lies in the places of a warehouse is its stock, state by state", _unlike_stock()),
    rows("S4-zero", "over all locations, virtual ones included, the sum of a SKU is zero", _NOT_ZERO),
    rows("S4-bins", "what lies in each bin is what moves brought there and did not take away", _NOT_MOVED_THERE),
    rows("S4-ledger", "the ledger of bins runs without gap to where its head says", _TORN),
    rows("S4-serials", "no bin holds more serials than units, or those of other goods", _TOO_MANY_SERIALS),
    rows("S4-units", "goods in a handling unit lie where it stands", _ELSEWHERE),
)
