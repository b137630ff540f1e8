"""Taking a walk on: the one that is named, one's own that is open, or the most urgent free one that can begin."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.picking import PICK, keep_walk, standing
from houtai.application.outbound.ports import OPEN_RUN_WITH, OPEN_RUNS_OF, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.outbound.wishes import FreeWalks
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import TryAgain
from houtai.application.timeline import write_line
from houtai.application.warehouse.ports import STAFF_BY_ACCOUNT, UNIT_BY_PARENT
from houtai.domain.act import Act
from houtai.domain.ids import AccountId, HandlingUnitId, OutboundId, PickRunId, WarehouseId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import Picking
from houtai.domain.outbound.refusals import SkillNeeded, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import WaveState
from houtai.domain.outbound.work import PickRun, RunState
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import SLOTTED, HandlingUnit, UnitKind

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
