"""Picking on a walk: what was taken is confirmed and where it lies, lines wait, questions are answered; others go on with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.closing import close_done
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.passing import orders_at, passed_over
from houtai.application.outbound.ports import PICKS_OF, PICKS_OF_LINE, RUNS_OF_WAVE, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.application.warehouse.passage import roots
from houtai.application.warehouse.pick import Pick, Taking, lying_at, take
from houtai.application.warehouse.ports import UNIT_BY_BARCODE
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, OutboundId, PickRunId, SkuId, WarehouseId
from houtai.domain.outbound.events import CountWanted
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import CountWish, PickedUnits, Picking, PickShare, PickStep
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import WaveState
from houtai.domain.outbound.work import PickRow, PickRun, PickState, RunState
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import HandlingUnit

PICK: Final = "outbound.pick"
DOCUMENT: Final = "pick-run"


def standing(tx: OutboundTx, unit_id: HandlingUnitId, warehouse_id: WarehouseId) -> tuple[HandlingUnit, LocationId]:
    """An open unit of this warehouse and the place where it stands. Raises NotFound, InvalidValue for one that is nowhere."""
    unit = tx.handling_units.get(unit_id)
    if unit.warehouse_id != warehouse_id:
        raise NotFound(what="handling unit", key=unit.barcode)
    place_id = roots(tx, {unit.id: unit})[unit.id]
    if place_id is None:
        raise InvalidValue(field="unit", rule="must stand at a place")
    return unit, place_id


@attrs.frozen
class ConfirmPick:
    """So many units of a product were taken at this place (its path) and lie in the slot (its code), or else in the tote."""

    run: PickRunId
    location: str = attrs.field(validator=limits.text(1, 60))
    sku_id: SkuId
    qty: int = attrs.field(default=1, validator=limits.positive_qty)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    slot: str = attrs.field(default="", validator=limits.text(0, 64))
    serials: tuple[str, ...] = ()


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def confirm_pick(tx: OutboundTx, cmd: ConfirmPick, act: Act) -> PickRun:
    """Units go from the shelf into the cart; with the last of an order's it is PICKED, with the last of all the walk is over.

    Raises NotFound, NotNow, WrongRecord, TooMany, and what `take` raises; a refusal moves nothing.
    """
    run, orders = lock_walk(tx, cmd.run, act)
    picking, units = _stepped(run.picking, cmd)
    assert run.unit_id is not None, "somebody walks with something to carry"
    into, place_id = standing(tx, _target(tx, units, run.unit_id, run.warehouse_id), run.warehouse_id)
    drawn = _drawn(tx, run, units)
    takings = _takings(drawn, into.id, place_id, cmd.serials)
    now = take(tx, takings, act, document=DOCUMENT, document_id=run.id)
    write_rows(tx, drawn, now)
    for order_id, shares in _by_order(units.shares).items():
        _keep_picked(tx, orders[order_id], shares, act)
    settings = tx.dispatch_settings.find(run.warehouse_id)
    if settings is not None and settings.zero_check:
        left = sum(one.qty for one in lying_at(tx, [row.bin for row, _ in drawn]).values())
        picking = picking.emptied(units, left)
    return keep_walk(tx, run, picking, act, going_on=True)


def lock_walk(tx: OutboundTx, run_id: PickRunId, act: Act) -> tuple[PickRun, dict[OutboundId, OutboundOrder]]:
    """The walk without orders that were stopped, and the orders of its line, locked in the order of locks. Raises NotFound.

    Whoever has not begun a walk does not walk it: StepTooEarly.
    """
    seen = tx.pick_runs.get(run_id)
    demand_at(act, PICK, tx.warehouses.get(seen.warehouse_id))
    passed = passed_over(tx, seen.picking)
    ahead = seen.picking.without(passed)[0]
    if len(ahead.queue) <= 1:
        tx.waves.lock_one(seen.wave_id)  # the last line may end it
    orders = tx.outbound_orders.lock(orders_at(ahead))
    run = tx.pick_runs.lock_one(run_id)
    if run.version != seen.version:
        raise TryAgain("the walk went on meanwhile")
    if run.state is not RunState.OPEN or run.picker != act.actor:
        raise StepTooEarly(number=str(run.id), step="walked", missing="you have not taken it on")
    for order in orders.values():
        demand_for(act, PICK, order)
    if any(order.stopped for order in orders.values()):
        raise TryAgain("an order was stopped meanwhile")
    return attrs.evolve(run, picking=ahead), orders


def _stepped(picking: Picking, cmd: ConfirmPick) -> tuple[Picking, PickedUnits]:
    if picking.here != cmd.location:
        picking = picking.at_location(cmd.location)
    picking, units = picking.took(cmd.sku_id, cmd.qty, cmd.lot, named=str(cmd.sku_id))
    if units is not None:
        return picking, units
    if cmd.slot or (picking.line is not None and picking.line.slot):
        return picking.placed(cmd.slot)
    return picking.put_down()


def _target(tx: OutboundTx, units: PickedUnits, unit_id: HandlingUnitId, warehouse_id: WarehouseId) -> HandlingUnitId:
    """The slot that the line names, else what the walk carries."""
    if not units.line.slot:
        return unit_id
    slot = tx.handling_units.first(UNIT_BY_BARCODE, units.line.slot)
    if slot is None or slot.warehouse_id != warehouse_id:
        raise NotFound(what="handling unit", key=units.line.slot)
    return slot.id


Drawn = Sequence[tuple[PickRow, int]]


def _drawn(tx: OutboundTx, run: PickRun, units: PickedUnits) -> Drawn:
    """Which promised rows the units come from, share by share."""
    promised = [row for row in tx.picks.lock_by(PICKS_OF_LINE, (run.id, units.line.number)) if row.state is PickState.PROMISED]
    rows = where_they_lie(tx, promised)
    left = {row.key: row.qty for row in rows}
    found: list[tuple[PickRow, int]] = []
    for share in units.shares:
        rest = share.qty
        for row in rows:
            if row.outbound_id == share.outbound_id and row.line == share.line and (part := min(rest, left[row.key])):
                left[row.key] -= part
                rest -= part
                found.append((row, part))
        assert not rest, "every unit of a walk is promised by a bin"
    return found


def _takings(drawn: Drawn, into: HandlingUnitId, place_id: LocationId, serials: tuple[str, ...]) -> list[Taking]:
    takings, named = [], list(serials)
    for row, qty in drawn:
        mine, named = tuple(named[:qty]), named[qty:]
        takings.append(Taking(Pick(row.line, row.bin, row.qty), qty, place_id, into, mine))
    return takings


def write_rows(tx: OutboundTx, drawn: Drawn, now: Sequence[Pick]) -> None:
    """What was taken is PICKED where it lies now; what is left of a row stays promised under its number."""
    left = {row.key: row for row, _ in drawn}
    split = {row.outbound_id for row, qty in drawn if qty < row.qty}
    numbers = dict.fromkeys(split, 0)
    for row in tx.picks.by(PICKS_OF, *split) if split else ():
        numbers[row.outbound_id] = max(numbers[row.outbound_id], row.number)
    for (row, qty), pick in zip(drawn, now, strict=True):
        held = left[row.key]
        if qty == held.qty:
            tx.picks.save(attrs.evolve(held, bin=pick.bin).moved(PickState.PICKED))
            continue
        left[row.key] = rest = attrs.evolve(held, qty=held.qty - qty)
        tx.picks.save(rest)
        numbers[row.outbound_id] = number = numbers[row.outbound_id] + 1
        part = attrs.evolve(held, number=number, qty=qty, bin=pick.bin)
        tx.picks.add(part.moved(PickState.PICKED))


def _by_order(shares: Iterable[PickShare]) -> dict[OutboundId, list[PickShare]]:
    found: dict[OutboundId, list[PickShare]] = {}
    for share in shares:
        found.setdefault(share.outbound_id, []).append(share)
    return found


def _keep_picked(tx: OutboundTx, order: OutboundOrder, shares: Collection[PickShare], act: Act) -> None:
    lines = {line.seq: line for line in order.lines}
    for share in shares:
        lines[share.line] = lines[share.line].picked(share.qty)
    picked = attrs.evolve(order, lines=tuple(lines.values()))
    details = {"units": {str(share.line): share.qty for share in shares}}
    keep_order(tx, order, after_pick(picked), "picked", act, details=details)


def after_pick(order: OutboundOrder) -> OutboundOrder:
    """PICKED or SHORT where nothing is left to fetch; else as it is."""
    if any(line.allocated_qty for line in order.lines):
        return order
    if any(line.short_qty for line in order.lines):
        return order if order.state is OutboundState.SHORT else order.fell_short()
    if not order.partial and any(line.open_qty for line in order.lines):
        return order
    return order.all_picked()


def keep_walk(tx: OutboundTx, run: PickRun, picking: Picking, act: Act, *, going_on: bool = False) -> PickRun:
    """The walk as it is now; with nothing left it is DONE, and with the last walk its wave is PICKED.

    `going_on` says that an order of the wave is still to be packed; else the wave is CLOSED where all of them were stopped.
    """
    if picking.step is not PickStep.DONE:
        going = run.edited(picking=picking)
        tx.pick_runs.save(going)
        return going
    done = run.edited(picking=picking, state=RunState.DONE, done_at=act.at)
    tx.pick_runs.save(done)
    wave = tx.waves.lock_one(run.wave_id)
    others = [one for one in tx.pick_runs.by(RUNS_OF_WAVE, run.wave_id) if one.id != run.id]
    if wave.state is WaveState.PICKING and all(one.state is not RunState.OPEN for one in others):
        picked = wave.moved(WaveState.PICKED)
        tx.waves.save(picked)
        write_line(tx, act, "wave", picked, "picked", before=wave.state)
        if not going_on:
            close_done(tx, [picked], act)
    return done


@attrs.frozen
class SkipLine:
    """The line has to wait until the others are done: its place cannot be reached now."""

    run: PickRunId


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def skip_line(tx: OutboundTx, cmd: SkipLine, act: Act) -> PickRun:
    """Put the current line at the end of the walk. Raises NotFound, NotNow."""
    run, _ = lock_walk(tx, cmd.run, act)
    return keep_walk(tx, run, run.picking.skipped(), act)


@attrs.frozen
class AnswerZeroCheck:
    """Whether the place is empty, where the books say that it is."""

    run: PickRunId
    empty: bool


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def answer_zero_check(tx: OutboundTx, cmd: AnswerZeroCheck, act: Act) -> PickRun:
    """Take the answer; where something still lies there, a count is asked for. Raises NotFound, NotNow."""
    run, _ = lock_walk(tx, cmd.run, act)
    picking, wish = run.picking.answered(empty=cmd.empty)
    if wish is not None:
        ask_for_count(tx, run, wish)
    return keep_walk(tx, run, picking, act)


def ask_for_count(tx: OutboundTx, run: PickRun, wish: CountWish) -> None:
    """Announce that a stock is to be counted; `on_count_wanted` keeps it in this transaction."""
    tx.emit(CountWanted(run.warehouse_id, wish.location, wish.sku_id, wish.lot, wish.reason))


@attrs.frozen
class LeaveWalk:
    """Somebody else is to go on with the walk, with the same cart or tote."""

    run: PickRunId


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def leave_walk(tx: OutboundTx, cmd: LeaveWalk, act: Act) -> PickRun:
    """The walk is free for others again. Raises NotFound, StepTooEarly."""
    run, _ = lock_walk(tx, cmd.run, act)
    left = run.edited(picker=None)
    tx.pick_runs.save(left)
    return left


def picked_rows(tx: OutboundTx, outbound_ids: Iterable[OutboundId]) -> Mapping[OutboundId, list[PickRow]]:
    """What was picked for these orders and where it lies now, locked; for whoever packs, ships or puts it back."""
    found: dict[OutboundId, list[PickRow]] = {one: [] for one in outbound_ids}
    rows = [row for row in tx.picks.lock_by(PICKS_OF, *found) if row.state is PickState.PICKED]
    for row in where_they_lie(tx, rows):
        found[row.outbound_id].append(row)
    return found
