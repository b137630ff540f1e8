"""Sharing out a pool: which warehouse serves which want, what is short, and how many bundles the parts make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.refusals import Shortage
from houtai.domain.inventory.reservation import Allotment, HeldLine, Want
from houtai.domain.inventory.stock import StockKey


@attrs.frozen
class Reach:
    """What one channel may take of a SKU in one warehouse.

    `free_qty` is the available stock without the fences of other channels; it may be below zero, and then takes off the
    pool's sum. `own_qty` of it lies in the channel's own fence and is drawn first. `owed_qty` was sold before it was there.
    """

    free_qty: int
    own_qty: int = 0
    owed_qty: int = 0


NOTHING = Reach(0)


def pool_qty(sku_id: SkuId, reach: Mapping[StockKey, Reach], warehouses: Sequence[WarehouseId]) -> int:
    """ATP over the pool: the sum of what is free less what is owed (module 2.4); below zero where more is owed than there."""
    found = (reach.get((sku_id, warehouse), NOTHING) for warehouse in warehouses)
    return sum(place.free_qty - place.owed_qty for place in found)


@attrs.define
class _Pool:
    """What is left of the pool while wants are served from it."""

    reach: Mapping[StockKey, Reach]
    warehouses: Sequence[WarehouseId]
    limit: dict[SkuId, int]
    taken: dict[StockKey, int] = attrs.field(factory=dict)
    allotted: list[Allotment] = attrs.field(factory=list)

    def left(self, sku_id: SkuId, warehouse: WarehouseId) -> int:
        """What this warehouse can still give of the SKU, the limit over the whole pool kept."""
        place = self.reach.get((sku_id, warehouse), NOTHING)
        return max(0, min(place.free_qty - self.taken.get((sku_id, warehouse), 0), self.limit[sku_id]))

    def take(self, want: Want, warehouse: WarehouseId, qty: int) -> None:
        """Serve `qty` of the want from the warehouse, out of the channel's own fence first."""
        if not qty:
            return
        key = want.sku_id, warehouse
        before = self.taken.get(key, 0)
        own = self.reach.get(key, NOTHING).own_qty
        drawn = min(own, before + qty) - min(own, before)
        self.taken[key] = before + qty
        self.limit[want.sku_id] -= qty
        self.allotted.append(Allotment(want.line, want.sku_id, warehouse, qty, drawn))

    def serve(self, want: Want) -> None:
        """One want: whole from the first warehouse that has it, else piece by piece in the order of the pool."""
        whole = next((place for place in self.warehouses if self.left(want.sku_id, place) >= want.qty), None)
        rest = want.qty
        for warehouse in self.warehouses if whole is None else (whole,):
            part = min(rest, self.left(want.sku_id, warehouse))
            self.take(want, warehouse, part)
            rest -= part


def allot(
    wants: Sequence[Want],
    reach: Mapping[StockKey, Reach],
    warehouses: Sequence[WarehouseId],
    *,
    ship_together: bool = False,
) -> tuple[tuple[Allotment, ...], tuple[Shortage, ...]]:
    """Serve the wants from the pool: all from the first warehouse that has everything, else line by line.

    With `ship_together` all must come from one warehouse; then the warehouse that comes nearest serves what it can.
    Returns what was allotted and every SKU that is short, with what may be had of it.
    """
    needed: dict[SkuId, int] = {}
    for want in wants:
        needed[want.sku_id] = needed.get(want.sku_id, 0) + want.qty
    limit = {sku_id: max(0, pool_qty(sku_id, reach, warehouses)) for sku_id in needed}
    pool = _Pool(reach, warehouses, dict(limit))

    def missing(warehouse: WarehouseId) -> int:
        return sum(max(0, qty - pool.left(sku_id, warehouse)) for sku_id, qty in needed.items())

    served: Sequence[WarehouseId] = warehouses
    nearest = min(warehouses, key=missing, default=None)  # the first of the pool among equals
    if nearest is not None and (ship_together or missing(nearest) == 0):
        served = pool.warehouses = (nearest,)
    possible = {sku_id: min(limit[sku_id], sum(pool.left(sku_id, warehouse) for warehouse in served)) for sku_id in needed}
    for want in wants:
        pool.serve(want)
    short = (Shortage(sku_id, qty, possible[sku_id]) for sku_id, qty in needed.items() if qty > possible[sku_id])
    return tuple(pool.allotted), tuple(short)


def bundles_together(parts: Mapping[SkuId, int], reach: Mapping[StockKey, Reach], warehouses: Sequence[WarehouseId]) -> int:
    """How many bundles can go out whole from one warehouse each: the sum over warehouses of min over parts (R-12).

    Never more than `bundles_split`, which also bears what a warehouse lacks or owes.
    """
    whole = 0
    for warehouse in warehouses:
        free = {sku_id: reach.get((sku_id, warehouse), NOTHING).free_qty for sku_id in parts}
        whole += max(0, min((free[sku_id] // qty for sku_id, qty in parts.items()), default=0))
    return min(whole, bundles_split(parts, reach, warehouses))


def bundles_split(parts: Mapping[SkuId, int], reach: Mapping[StockKey, Reach], warehouses: Sequence[WarehouseId]) -> int:
    """How many bundles there are if their parts may come from different warehouses: min over parts of the pool's sum (R-12)."""
    return max(0, min((pool_qty(sku_id, reach, warehouses) // qty for sku_id, qty in parts.items()), default=0))


def share_held(wants: Sequence[Want], held: Sequence[HeldLine]) -> tuple[tuple[Allotment, ...], tuple[Allotment, ...]] | None:
    """Share held units out over the wants: what each want gets, and what is left over; None where they are too few."""
    rest = {line.key: (line.qty, line.dedicated_qty) for line in held}
    allotted: list[Allotment] = []
    for want in wants:
        missing = want.qty
        for line in held:
            qty, dedicated = rest[line.key]
            part = min(missing, qty) if line.sku_id == want.sku_id else 0
            if part:
                drawn = min(dedicated, part)
                allotted.append(Allotment(want.line, want.sku_id, line.warehouse_id, part, drawn))
                rest[line.key] = qty - part, dedicated - drawn
                missing -= part
        if missing:
            return None
    left = (Allotment(line.number, line.sku_id, line.warehouse_id, *rest[line.key]) for line in held if rest[line.key][0])
    return tuple(allotted), tuple(left)
