"""The sort wall (播种墙): goods that were fetched in totals go from the tote into a slot for each order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.picking import PICK, standing
from houtai.application.outbound.ports import PICKS_OF, SORT_AT, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import TryAgain
from houtai.application.warehouse.pick import Pick, Taking, take
from houtai.application.warehouse.ports import UNIT_BY_BARCODE, UNIT_BY_PARENT
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, OutboundId, SkuId, WaveId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.sorting import Sorting, WallSlot, WallWish
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod, Wave, WaveState
from houtai.domain.outbound.work import PickRow, PickState, WallSort
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import HandlingUnit, UnitKind

DOCUMENT: Final = "wall-sort"
_ON_THE_WALL: Final = frozenset({OutboundState.SHORT, OutboundState.PICKED})


@attrs.frozen
class BeginSort:
    """Sort the goods of a wave at this wall."""

    wave: WaveId
    wall: HandlingUnitId


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def begin_sort(tx: OutboundTx, cmd: BeginSort, act: Act) -> WallSort:
    """A slot of the wall for each order of the wave, with what was picked for it; the same again goes on where it stood.

    Raises NotFound, InvalidValue for what is no wall, has too few slots or stands nowhere, StepTooEarly for a wave that is not
    picked, needs no wall, or is sorted at another one, and for a wall where orders of another wave still lie unchecked.
    """
    wave = tx.waves.lock_one(cmd.wave)
    demand_at(act, PICK, tx.warehouses.get(wave.warehouse_id))
    kept = tx.wall_sorts.lock([wave.id]).get(wave.id)
    if kept is not None:
        if kept.wall_id != cmd.wall or not kept.open:
            at = tx.handling_units.get(kept.wall_id).barcode
            raise StepTooEarly(number=wave.number, step="sorted here", missing=f"it is sorted at {at}")
        return kept
    if wave.method is not PickMethod.THEN_SORT or wave.state is not WaveState.PICKED:
        missing = f"it is {wave.state.value}" if wave.method is PickMethod.THEN_SORT else "its goods are in slots already"
        raise StepTooEarly(number=wave.number, step="sorted", missing=missing)
    wall, _ = standing(tx, cmd.wall, wave.warehouse_id)
    orders = tx.outbound_orders.many(wave.orders)
    for order in orders.values():
        demand_for(act, PICK, order)
    _clear(tx, wall)
    slots = _slots(tx, wall, wave, [order for order in orders.values() if not order.stopped])
    begun = WallSort(wave.id, wall.id, Sorting(slots))
    tx.wall_sorts.add(begun)
    return begun


def _clear(tx: OutboundTx, wall: HandlingUnit) -> None:
    """The wave that was sorted there before is over: whatever it had on the wall is at the bench or further."""
    for before in tx.wall_sorts.lock_by(SORT_AT, wall.id):
        for order in tx.outbound_orders.many(slot.outbound_id for slot in before.sorting.slots).values():
            if order.state in _ON_THE_WALL and not order.stopped:
                raise StepTooEarly(number=wall.barcode, step="used", missing=f"{order.number} still lies in it")
        tx.wall_sorts.save(attrs.evolve(before, open=False, version=before.version + 1))


def _slots(tx: OutboundTx, wall: HandlingUnit, wave: Wave, orders: Sequence[OutboundOrder]) -> tuple[WallSlot, ...]:
    """The wall's slots by the orders' numbers on the wave; one for each order with something picked."""
    codes = {one.slot: one.barcode for one in tx.handling_units.by(UNIT_BY_PARENT, wall.id) if one.kind is UnitKind.SLOT}
    numbers = {order.id: wave.slot_of(order.id) for order in orders}
    if wall.kind is not UnitKind.WALL or not set(numbers.values()) <= set(codes):
        raise InvalidValue(field="wall", rule=f"must be a wall with {max(numbers.values(), default=1)} slots")
    found = []
    for order in sorted(orders, key=lambda one: numbers[one.id]):
        wishes = tuple(WallWish(line.seq, line.sku_id, line.picked_qty) for line in order.lines if line.picked_qty)
        if wishes:
            found.append(WallSlot(codes[numbers[order.id]], order.id, wishes))
    return tuple(found)


def lit_for(tx: OutboundTx, sorting: Sorting, sku_id: SkuId, qty: int, named: str) -> Sorting:
    """The wall with the slot lit that these units go to, orders that were stopped passed over; looked at unlocked.

    Raises NoOpenSlot. One statement, and one more for each stopped order that would have been next.
    """
    while True:
        lit = sorting.put_aside().product(sku_id, qty, named)
        order = tx.outbound_orders.get(_whose(lit))
        if not order.stopped:
            return lit
        sorting = sorting.put_aside().without([order.id])


def _whose(lit: Sorting) -> OutboundId:
    return next(slot.outbound_id for slot in lit.slots if slot.code == lit.target)


@attrs.frozen
class PlaceInSlot:
    """So many units of a product lie in this slot (its code) now; `serials` where pieces have numbers."""

    wave: WaveId
    sku_id: SkuId
    slot: str = attrs.field(validator=limits.text(1, 64))
    qty: int = attrs.field(default=1, validator=limits.positive_qty)
    serials: tuple[str, ...] = ()


@attrs.frozen
class PlacedInSlot:
    """The wall, and the slot that was filled."""

    wall: WallSort
    slot: WallSlot


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def place_in_slot(tx: OutboundTx, cmd: PlaceInSlot, act: Act) -> PlacedInSlot:
    """The units go from where they lie into the slot that lights for them; they stay promised to its order.

    Raises NotFound, NoOpenSlot, WrongRecord for a slot that does not light, InvalidValue for more than it wants, and what
    `take` raises. A number of statements that does not grow with the wall.
    """
    seen = tx.wall_sorts.get(cmd.wave)
    wave = tx.waves.get(cmd.wave)
    demand_at(act, PICK, tx.warehouses.get(wave.warehouse_id))
    sku = tx.skus.get(cmd.sku_id)
    lit = lit_for(tx, seen.sorting, cmd.sku_id, cmd.qty, sku.code)
    if lit.in_hand < cmd.qty:
        raise InvalidValue(field="qty", rule=f"must be {lit.in_hand} at most: that is what {lit.target} wants")
    order = tx.outbound_orders.lock_one(_whose(lit))
    demand_for(act, PICK, order)
    kept = tx.wall_sorts.lock_one(cmd.wave)
    if kept.version != seen.version or order.stopped:
        raise TryAgain("the wall was used, or the order stopped, meanwhile")
    sorting, slot = lit.placed(cmd.slot)
    _carry(tx, order, cmd, act)
    now = attrs.evolve(kept, sorting=sorting, version=kept.version + 1)
    tx.wall_sorts.save(now)
    keep_order(tx, order, order, "sorted", act, details={"sku": sku.code, "qty": cmd.qty, "slot": slot.code})
    return PlacedInSlot(now, slot)


def _carry(tx: OutboundTx, order: OutboundOrder, cmd: PlaceInSlot, act: Act) -> None:
    """Its picked units of the product into the slot: rows that lie elsewhere, cut where only a part of one goes."""
    slot = tx.handling_units.first(UNIT_BY_BARCODE, cmd.slot)
    if slot is None:
        raise NotFound(what="handling unit", key=cmd.slot)
    unit, place_id = standing(tx, slot.id, order.warehouse_id)
    rows = tx.picks.lock_by(PICKS_OF, order.id)
    picked = [row for row in rows if row.state is PickState.PICKED and row.bin.sku_id == cmd.sku_id]
    outside = where_they_lie(tx, [row for row in picked if row.bin.handling_unit_id != unit.id])
    drawn = _drawn(outside, cmd.qty)
    takings = _takings(drawn, unit.id, place_id, cmd.serials)
    now = take(tx, takings, act, document=DOCUMENT, document_id=cmd.wave)
    number = max(row.number for row in rows)
    for (row, qty), pick in zip(drawn, now, strict=True):
        if qty == row.qty:
            tx.picks.save(attrs.evolve(row, bin=pick.bin))
            continue
        number += 1
        tx.picks.save(attrs.evolve(row, qty=row.qty - qty))
        tx.picks.add(attrs.evolve(row, number=number, qty=qty, bin=pick.bin))


def _drawn(rows: Sequence[PickRow], qty: int) -> list[tuple[PickRow, int]]:
    drawn, left = [], qty
    for row in rows:
        if part := min(left, row.qty):
            drawn.append((row, part))
            left -= part
    assert not left, "the wall wants no more than was picked"
    return drawn


def _takings(
    drawn: Sequence[tuple[PickRow, int]], slot: HandlingUnitId, place: LocationId, serials: tuple[str, ...]
) -> list[Taking]:
    takings, named = [], list(serials)
    for row, qty in drawn:
        mine, named = tuple(named[:qty]), named[qty:]
        takings.append(Taking(Pick(row.line, row.bin, row.qty), qty, place, slot, mine))
    return takings
