"""Waves are released: bins promised, walks laid out, orders bound to slots, waybills asked for; all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import next_number
from houtai.application.outbound.labels import ask_for_waybills, print_label
from houtai.application.outbound.layout import Promise, lay_out
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.plan import PLAN
from houtai.application.outbound.ports import OUTBOUND_IN_WAVE, PICKS_IN_WAVE, PICKS_OF, RUNS_OF_WAVE, TEMPLATES_OF, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.pick import Pick, PickWant, allocate, release_allocation
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import OutboundId, WarehouseId, WaveId
from houtai.domain.outbound.checking import FastLane, LaneOrder
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import ONE_PIECE, BasketShape
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import MAX_WAVE, PickMethod, Wave, WaveSlot, WaveState
from houtai.domain.outbound.work import DispatchSettings, PickRow, PickRun, PickState, RunState, WaveLane
from houtai.domain.refusal import InvalidValue

PREFIX: Final = "WV"
DOCUMENT: Final = "wave"


@attrs.frozen
class ReleaseWave:
    """Release these orders of a warehouse as one wave, in the order of their slots."""

    wave: WaveId
    warehouse: WarehouseId
    orders: tuple[OutboundId, ...] = attrs.field(validator=limits.at_most(MAX_WAVE, 1))
    shape: BasketShape = BasketShape.MIXED
    method: PickMethod = PickMethod.CLUSTER
    template: str = attrs.field(default="", validator=limits.text(0, 64))

    def __attrs_post_init__(self) -> None:
        if len(set(self.orders)) < len(self.orders):
            raise InvalidValue(field="orders", rule="must name each order once")


@attrs.frozen
class LeftOut:
    """An order that is not in the wave, and why: what it lacks, or that somebody else was faster."""

    outbound_id: OutboundId
    number: str
    reason: str
    short: tuple[tuple[str, int], ...] = ()  # SKU and how many units have no bin


@attrs.frozen
class ReleasedWave:
    """The wave with its walks, and the orders that had to stay out."""

    wave: Wave
    runs: tuple[PickRun, ...]
    left_out: tuple[LeftOut, ...]


@needs(PLAN, along=(WAREHOUSE, MERCHANT))
def release_wave(tx: OutboundTx, cmd: ReleaseWave, act: Act) -> ReleasedWave:
    """Bind the goods of all these orders to bins and lay out who walks where. The same id again is the same wave.

    An order that lacks a bin, was stopped, is in another wave by now, or for which no carrier has a number in stock is left out
    by name. The carriers are asked for waybill numbers now. Statements do not grow with lines or orders. Raises NotFound,
    InvalidValue for orders of another warehouse, and StepTooEarly where no order is left.
    """
    demand_at(act, PLAN, tx.warehouses.get(cmd.warehouse))
    settings = tx.dispatch_settings.get(cmd.warehouse)
    known = tx.waves.find(cmd.wave)
    if known is not None:
        return ReleasedWave(known, tuple(tx.pick_runs.by(RUNS_OF_WAVE, known.id)), ())
    found = tx.outbound_orders.lock(cmd.orders)
    if cmd.shape in ONE_PIECE:
        _check_one_piece(found.values())
    left = [_check(order, cmd, act) for order in found.values() if not _fit(order)]
    wanted = [found[one] for one in cmd.orders if one in found and _fit(found[one])]
    for order in wanted:
        _check(order, cmd, act)
    picks, short = _allocated(tx, wanted, act)
    left += short
    left += _without_number(tx, [order for order in wanted if order.id in picks], picks, settings, act)
    kept = [order for order in wanted if order.id in picks]
    if not kept:
        names = ", ".join(f"{one.number}: {one.reason}" for one in left) or "no such order"
        raise StepTooEarly(number=str(cmd.wave), step="released", missing=names)
    wave, runs = _written(tx, cmd, kept, picks, settings, act)
    _print_known(tx, list(tx.outbound_orders.lock(wave.orders).values()), settings, act)
    return ReleasedWave(wave, runs, tuple(left))


def _check_one_piece(orders: Iterable[OutboundOrder]) -> None:
    for order in orders:
        if sum(line.demand_qty for line in order.lines) > 1:
            raise InvalidValue(field="orders", rule=f"must be of one piece each; {order.number} is not")


def _fit(order: OutboundOrder) -> bool:
    return order.state is OutboundState.NEW and not order.stopped


def _check(order: OutboundOrder, cmd: ReleaseWave, act: Act) -> LeftOut:
    """Refuse what this actor may not plan; the order as one that stays out."""
    demand_for(act, PLAN, order)
    if order.warehouse_id != cmd.warehouse:
        raise InvalidValue(field="orders", rule=f"must be of the warehouse; {order.number} is not")
    return LeftOut(order.id, order.number, order.stop_reason or order.state.value)


def _allocated(
    tx: OutboundTx, orders: Sequence[OutboundOrder], act: Act
) -> tuple[dict[OutboundId, list[tuple[int, Pick]]], list[LeftOut]]:
    """Bins for the orders in their order, as (line, pick); what an order that stays short had got is free again."""
    lines = [(order, line) for order in orders for line in order.lines if line.open_qty]
    wants = [PickWant(at, line.sku_id, order.warehouse_id, line.open_qty) for at, (order, line) in enumerate(lines)]
    found: dict[OutboundId, list[tuple[int, Pick]]] = {order.id: [] for order in orders}
    got = [0] * len(lines)
    for pick in allocate(tx, wants, act, most=True):
        order, line = lines[pick.line]
        got[pick.line] += pick.qty
        found[order.id].append((line.seq, pick))
    lacking: dict[OutboundId, list[tuple[str, int]]] = {}
    for qty, (order, line) in zip(got, lines, strict=True):
        if qty < line.open_qty:
            lacking.setdefault(order.id, []).append((line.sku_code, line.open_qty - qty))
    out = [order for order in orders if not found[order.id] or (order.id in lacking and not order.partial)]
    if freed := [pick for order in out for _, pick in found[order.id]]:
        release_allocation(tx, freed)
    for order in out:
        del found[order.id]
    return found, [LeftOut(one.id, one.number, "goods have no bin", tuple(lacking.get(one.id, ()))) for one in out]


def _without_number(
    tx: OutboundTx,
    orders: Sequence[OutboundOrder],
    picks: dict[OutboundId, list[tuple[int, Pick]]],
    settings: DispatchSettings,
    act: Act,
) -> list[LeftOut]:
    """Ask for everybody's number; where the carriers' stock of them ends, the bins of the rest are free again."""
    out = ask_for_waybills(tx, orders, settings, act)
    if freed := [pick for order in out for _, pick in picks.pop(order.id)]:
        release_allocation(tx, freed)
    return [LeftOut(one.id, one.number, "no carrier has a waybill number") for one in out]


def _written(
    tx: OutboundTx,
    cmd: ReleaseWave,
    orders: Sequence[OutboundOrder],
    picks: Mapping[OutboundId, Sequence[tuple[int, Pick]]],
    settings: DispatchSettings,
    act: Act,
) -> tuple[Wave, tuple[PickRun, ...]]:
    """The wave, its orders in their slots, the rows of what is promised, and the walks."""
    carriers = {order.carrier for order in orders}
    slots = tuple(WaveSlot(slot, order.id) for slot, order in enumerate(orders, start=1))
    wave = Wave(
        id=cmd.wave,
        number=next_number(tx, PREFIX, act.at),
        warehouse_id=cmd.warehouse,
        shape=cmd.shape,
        method=cmd.method,
        slots=slots,
        made_at=act.at,
        template=cmd.template,
        carrier=carriers.pop() if len(carriers) == 1 else "",
        ship_by=min((order.ship_by for order in orders if order.ship_by is not None), default=None),
        skill=_skill(tx, cmd),
        state=WaveState.RELEASED,
    )
    tx.waves.add(wave)
    details = {"orders": len(orders), "method": cmd.method.value, "walk": settings.walk.value}
    write_line(tx, act, DOCUMENT, wave, "released", before=None, details=details)
    promises = [
        Promise(order.id, slot, line, pick) for slot, order in enumerate(orders, start=1) for line, pick in picks[order.id]
    ]
    runs = _add_walks(tx, wave, promises, act)
    for slot, order in enumerate(orders, start=1):
        _wave_order(tx, order, wave, slot, picks[order.id], act)
    if wave.shape in ONE_PIECE:
        lane = [LaneOrder(order.id, order.number, line.seq, line.sku_id) for order in orders for line in order.lines]
        tx.wave_lanes.add(WaveLane(wave.id, FastLane(wave.number, tuple(lane))))
    return wave, runs


def _skill(tx: OutboundTx, cmd: ReleaseWave) -> str:
    """What the template that it names asks of pickers; nothing where there is none of this name in use."""
    named = (one for one in tx.wave_templates.by(TEMPLATES_OF, cmd.warehouse) if one.template.name == cmd.template)
    return next((one.template.skill for one in named if one.state is Standing.ACTIVE), "")


def _add_walks(tx: OutboundTx, wave: Wave, promises: Sequence[Promise], act: Act) -> tuple[PickRun, ...]:
    """The walks, and a row for each promise behind those that its order had in earlier waves."""
    runs, placed = lay_out(tx, wave, promises, act)
    for run in runs:
        tx.pick_runs.add(run)
    numbers = {promise.outbound_id: 0 for promise in promises}
    for row in tx.picks.by(PICKS_OF, *numbers):
        numbers[row.outbound_id] = max(numbers[row.outbound_id], row.number)
    for one, (run_id, pick_line) in zip(promises, placed, strict=True):
        numbers[one.outbound_id] = number = numbers[one.outbound_id] + 1
        row = PickRow(one.outbound_id, number, one.line, one.pick.bin, one.pick.qty, wave.id, run_id, pick_line)
        tx.picks.add(row)
    return runs


def _wave_order(tx: OutboundTx, order: OutboundOrder, wave: Wave, slot: int, picks: Iterable[tuple[int, Pick]], act: Act) -> None:
    bound = {line.seq: line for line in order.lines}
    for seq, pick in picks:
        bound[seq] = bound[seq].allocated(pick.qty)
    ready = attrs.evolve(order, lines=tuple(bound.values()), label_after_scan=wave.shape in ONE_PIECE)
    keep_order(tx, order, ready.waved(wave.id, slot), "waved", act, details={"wave": wave.number, "slot": slot})


def _print_known(tx: OutboundTx, orders: Sequence[OutboundOrder], settings: DispatchSettings, act: Act) -> None:
    """What has its number from an earlier wave, and whose label comes first, is printed now."""
    first = [order for order in orders if not order.label_after_scan]
    if settings.label_printer_id is not None and any(order.waybill for order in first):
        printer = tx.printers.get(settings.label_printer_id)
        for order in first:
            if order.waybill:
                print_label(tx, order, settings, printer, act)


@attrs.frozen
class UndoWave:
    """Take a wave apart before anybody has picked."""

    wave: WaveId
    reason: str = attrs.field(validator=limits.text(1, 200))


@needs(PLAN, along=(WAREHOUSE, MERCHANT))
def undo_wave(tx: OutboundTx, cmd: UndoWave, act: Act) -> Wave:
    """Its orders are NEW again and keep their waybill numbers, its bins are free, its walks are over.

    Raises NotFound, and IllegalMove once somebody has begun to pick.
    """
    wave = tx.waves.lock_one(cmd.wave)
    demand_at(act, PLAN, tx.warehouses.get(wave.warehouse_id))
    orders = tx.outbound_orders.lock_by(OUTBOUND_IN_WAVE, wave.id)
    for order in orders:
        demand_for(act, PLAN, order)
    undone = wave.moved(WaveState.CANCELLED)
    for run in tx.pick_runs.lock_by(RUNS_OF_WAVE, wave.id):
        tx.pick_runs.save(run.edited(state=RunState.CANCELLED))
    rows = where_they_lie(tx, [row for row in tx.picks.lock_by(PICKS_IN_WAVE, wave.id) if row.state is PickState.PROMISED])
    if rows:
        release_allocation(tx, [Pick(row.line, row.bin, row.qty) for row in rows])
    for row in rows:
        tx.picks.save(row.moved(PickState.FREED))
    for order in orders:
        if order.state in (OutboundState.WAVED, OutboundState.PRINTED):
            keep_order(tx, order, order.unwaved(), "taken out of its wave", act, reason=cmd.reason)
    tx.waves.save(undone)
    write_line(tx, act, DOCUMENT, undone, "undone", before=wave.state, reason=cmd.reason)
    return undone
