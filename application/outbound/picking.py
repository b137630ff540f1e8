"""Picking: somebody takes a walk on, confirms what was taken and where it lies, skips, answers; and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.closing import close_done
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.passing import orders_at, passed_over
from houtai.application.outbound.ports import (
    OPEN_RUN_WITH,
    OPEN_RUNS_OF,
    PICKS_OF,
    PICKS_OF_LINE,
    RUNS_OF_WAVE,
    FreeWalks,
    OutboundTx,
)
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.application.warehouse.passage import roots
from houtai.application.warehouse.pick import Pick, Taking, lying_at, take
from houtai.application.warehouse.ports import STAFF_BY_ACCOUNT, UNIT_BY_BARCODE, UNIT_BY_PARENT
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, HandlingUnitId, LocationId, OutboundId, PickRunId, SkuId, WarehouseId
from houtai.domain.outbound.events import CountWanted
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import CountWish, PickedUnits, Picking, PickShare, PickStep
from houtai.domain.outbound.refusals import SkillNeeded, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import WaveState
from houtai.domain.outbound.work import PickRow, PickRun, PickState, RunState
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import SLOTTED, HandlingUnit, UnitKind

PICK: Final = "outbound.pick"
DOCUMENT: Final = "pick-run"
LOOKED_AT: Final = 4
"""So many free walks are looked at first."""
_READY: Final = frozenset({OutboundState.PRINTED, OutboundState.PICKING, OutboundState.SHORT})


@attrs.frozen
class StartPicking:
    """Take a walk on with a tote or a cart: the one named, else my own that is open, else the most urgent free one."""

    warehouse: WarehouseId
    unit: HandlingUnitId
    run: PickRunId | None = None


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def start_picking(tx: OutboundTx, cmd: StartPicking, act: Act) -> PickRun:
    """The walk that is mine now; one that I had begun goes on where it stopped, with what it had begun with.

    A walk of a wave that asks for a skill is given to people who have it. Raises NotFound where there is none, InvalidValue for a
    unit that cannot take the goods, SkillNeeded for a named walk, and StepTooEarly for one whose labels are not printed yet or
    that somebody else walks.
    """
    demand_at(act, PICK, tx.warehouses.get(cmd.warehouse))
    mine = [run for run in tx.pick_runs.by(OPEN_RUNS_OF, act.actor) if run.warehouse_id == cmd.warehouse]
    if mine and cmd.run in (None, mine[0].id):
        return _gone_on_with(tx, mine[0], act)
    chosen = _chosen(tx, cmd, act)
    wave = tx.waves.lock_one(chosen.wave_id)
    orders = tx.outbound_orders.lock(_orders_of(chosen.picking))
    run = tx.pick_runs.lock_one(chosen.id)
    if run.picker is not None or run.state is not RunState.OPEN:
        raise TryAgain("another picker took the walk")
    for order in orders.values():
        demand_for(act, PICK, order)
    stopped = {order.id for order in orders.values() if order.stopped}
    picking, _ = run.picking.without(stopped)
    carrier = tx.pick_runs.first(OPEN_RUN_WITH, cmd.unit)
    if carrier is not None and carrier.id != run.id:
        raise InvalidValue(field="unit", rule="must not be in use on another walk")
    unit, place_id = standing(tx, cmd.unit, cmd.warehouse)
    picking = _with_slots(tx, picking, unit)
    for order in orders.values():
        if order.id not in stopped and order.state in (OutboundState.WAVED, OutboundState.PRINTED):
            keep_order(tx, order, order.picking(), "picking", act, details={"wave": wave.number})
    if wave.state is WaveState.RELEASED:
        picked_now = wave.moved(WaveState.PICKING)
        tx.waves.save(picked_now)
        write_line(tx, act, "wave", picked_now, "picking", before=wave.state)
    mine_now = attrs.evolve(run, picker=AccountId(act.actor), unit_id=unit.id, place_id=place_id, begun_at=run.begun_at or act.at)
    return keep_walk(tx, mine_now, picking, act)


def _gone_on_with(tx: OutboundTx, seen: PickRun, act: Act) -> PickRun:
    """My walk without the orders that were stopped since; it is over where nothing else is left."""
    tx.waves.lock_one(seen.wave_id)
    orders = tx.outbound_orders.many(_orders_of(seen.picking))
    run = tx.pick_runs.lock_one(seen.id)
    picking, _ = run.picking.without([order.id for order in orders.values() if order.stopped])
    if run.state is not RunState.OPEN or picking == run.picking:
        return run
    return keep_walk(tx, run, picking, act)


def _chosen(tx: OutboundTx, cmd: StartPicking, act: Act) -> PickRun:
    """The walk that is named, else the first free one that can begin: by cut-off, then by age."""
    person = tx.staff.first(STAFF_BY_ACCOUNT, act.actor)
    skills = frozenset({"", *(() if person is None else person.skills)})
    if cmd.run is not None:
        run = tx.pick_runs.get(cmd.run)
        if run.warehouse_id != cmd.warehouse:
            raise NotFound(what="pick run", key=str(cmd.run))
        if run.picker is not None or run.state is not RunState.OPEN:
            missing = "somebody else walks it" if run.state is RunState.OPEN else f"it is {run.state.value}"
            raise StepTooEarly(number=str(run.id), step="begun", missing=missing)
        wave = tx.waves.get(run.wave_id)
        if wave.skill not in skills:
            raise SkillNeeded(number=wave.number, skill=wave.skill)
        return run
    return _first_ready(tx, FreeWalks(cmd.warehouse, skills=skills))


def _first_ready(tx: OutboundTx, wish: FreeWalks) -> PickRun:
    """The first of these walks that can begin. The first few are looked at, then as many again: most often the first one can."""
    seen = 0
    while free := tx.free_walks(wish, skip=seen, most=max(LOOKED_AT, seen)):
        runs = tx.pick_runs.many(free)
        orders = tx.outbound_orders.many(one for run in runs.values() for one in _orders_of(run.picking))
        for run_id in free:
            if all(_can_begin(orders[one]) for one in _orders_of(runs[run_id].picking)):
                return runs[run_id]
        seen += len(free)
    raise NotFound(what="pick run", key="that can begin")


def _can_begin(order: OutboundOrder) -> bool:
    return order.stopped or order.state in _READY or (order.label_after_scan and order.state is OutboundState.WAVED)


def _orders_of(picking: Picking) -> frozenset[OutboundId]:
    return frozenset(share.outbound_id for line in picking.lines for share in line.shares)


def standing(tx: OutboundTx, unit_id: HandlingUnitId, warehouse_id: WarehouseId) -> tuple[HandlingUnit, LocationId]:
    """An open unit of this warehouse and the place where it stands. Raises NotFound, InvalidValue for one that is nowhere."""
    unit = tx.handling_units.get(unit_id)
    if unit.warehouse_id != warehouse_id:
        raise NotFound(what="handling unit", key=unit.barcode)
    place_id = roots(tx, {unit.id: unit})[unit.id]
    if place_id is None:
        raise InvalidValue(field="unit", rule="must stand at a place")
    return unit, place_id


def _with_slots(tx: OutboundTx, picking: Picking, unit: HandlingUnit) -> Picking:
    """The lines with the codes of the cart's slots in the place of their numbers. Raises InvalidValue without enough slots."""
    wanted = {line.slot for line in picking.lines if line.slot}
    if not wanted:
        if unit.kind in SLOTTED:
            raise InvalidValue(field="unit", rule="must be a tote or carton: nothing is sorted into slots on this walk")
        return picking
    slots = {str(one.slot): one.barcode for one in tx.handling_units.by(UNIT_BY_PARENT, unit.id) if one.kind is UnitKind.SLOT}
    if wanted <= set(slots.values()):
        return picking  # the same cart again
    if not wanted <= set(slots):
        raise InvalidValue(field="unit", rule=f"must be a cart with {len(wanted)} slots")
    lines = tuple(attrs.evolve(line, slot=slots[line.slot]) if line.slot else line for line in picking.lines)
    return attrs.evolve(picking, lines=lines)


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
