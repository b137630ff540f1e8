"""A bin holds less than the books say: counted, doubted, found elsewhere as far as it can be, and told upwards (six steps)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.application.outbound.layout import Promise, Spot, pick_lines
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.picking import PICK, after_pick, ask_for_count, keep_walk, lock_walk
from houtai.application.outbound.ports import PICKS_OF, PICKS_OF_LINE, OutboundTx
from houtai.application.outbound.settle import announce_short
from houtai.application.outbound.steps import keep_order
from houtai.application.outbound.walk import walking_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.pick import Pick, PickWant, allocate, lying_at, release_allocation
from houtai.application.warehouse.ports import LOCATION_BY_PATH
from houtai.application.warehouse.suspect import doubt
from houtai.application.warehouse.wanted_counts import CountAsked, want_count
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import LocationId, OutboundId, PickRunId
from houtai.domain.outbound.events import CountWanted
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import Picking, PickLine
from houtai.domain.outbound.short_pick import BinFacts, ShortException, ShortPick, found_elsewhere, short_pick
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickRow, PickRun, PickState
from houtai.domain.warehouse.bins import Bin, BinKey
from houtai.domain.warehouse.location import Location
from houtai.domain.warehouse.wanted_count import CountReason


@attrs.frozen
class ReportShort:
    """The place (its path) holds no more of what the walk wants there; what was found is confirmed already."""

    run: PickRunId
    location: str = attrs.field(validator=limits.text(1, 60))


@attrs.frozen
class ShortReported:
    """The walk as it goes on, and the units that are nowhere in the warehouse."""

    run: PickRun
    missing: tuple[ShortException, ...]


@needs(PICK, along=(WAREHOUSE, MERCHANT))
def report_short(tx: OutboundTx, cmd: ReportShort, act: Act) -> ShortReported:
    """What the walk still wanted there is looked for elsewhere, and what is nobody's there is doubted until it is counted.

    Other pickers' promises at that place stay. An order with nothing left to fetch and units that are nowhere is SHORT.
    Raises NotFound, NotNow away from the place or with another step due.
    """
    run, orders = lock_walk(tx, cmd.run, act)
    picking = run.picking if run.picking.here == cmd.location else run.picking.at_location(cmd.location)
    doubted_lines = [] if picking.line is None else [one for one in picking.lines if one.stock == picking.line.stock]
    rows = _promised(tx, run, doubted_lines)
    tx.stocks.lock({row.bin.stock_key for row in rows})  # before their bins, as the order of locks has it
    keys = list(dict.fromkeys(row.bin for row in rows))
    short = short_pick(picking, _facts(lying_at(tx, keys), rows))
    release_allocation(tx, [Pick(row.line, row.bin, row.qty) for row in rows])
    for row in rows:
        tx.picks.save(row.moved(PickState.FREED))
    doubt(tx, keys, act)
    ask_for_count(tx, run, short.count)
    picking, missing = _elsewhere(tx, run, short, _slots(doubted_lines), act)
    _tell_orders(tx, orders, short, missing, act)
    return ShortReported(keep_walk(tx, run, picking, act), missing)


def _slots(lines: Sequence[PickLine]) -> dict[OutboundId, str]:
    return {share.outbound_id: line.slot for line in lines for share in line.shares}


def _promised(tx: OutboundTx, run: PickRun, lines: Sequence[PickLine]) -> list[PickRow]:
    """What the walk was still promised at the place."""
    found = tx.picks.lock_by(PICKS_OF_LINE, *((run.id, line.number) for line in lines)) if lines else []
    return where_they_lie(tx, [row for row in found if row.state is PickState.PROMISED])


def _facts(lying: Mapping[BinKey, Bin], mine: Sequence[PickRow]) -> BinFacts:
    on_hand = sum(one.qty for one in lying.values())
    promised = sum(one.allocated_qty for one in lying.values()) - sum(row.qty for row in mine)
    return BinFacts(on_hand, promised)


def _elsewhere(
    tx: OutboundTx, run: PickRun, short: ShortPick, slots: Mapping[OutboundId, str], act: Act
) -> tuple[Picking, tuple[ShortException, ...]]:
    """Other bins for the units that were freed, as lines of this walk; and what no bin holds."""
    wants = [PickWant(at, short.count.sku_id, run.warehouse_id, share.qty) for at, share in enumerate(short.freed)]
    picks = allocate(tx, wants, act, most=True)
    promises = [Promise(short.freed[one.line].outbound_id, 0, short.freed[one.line].line, one) for one in picks]
    if not promises:
        return found_elsewhere(short, ())
    groups: dict[tuple[Spot, str], list[Promise]] = {}
    for promise in promises:
        key, slot = promise.pick.bin, slots[promise.outbound_id]
        spot = Spot(slot, key.location_id, key.sku_id, key.lot_id, 0)
        groups.setdefault((spot, slot), []).append(promise)
    first = max(line.number for line in run.picking.lines) + 1
    numbers = {spot: number for number, (spot, _) in enumerate(groups, start=first)}
    picking, turns, places = _walk_with(tx, run, short.picking, promises)
    lines = pick_lines(tx, {spot: members for (spot, _), members in groups.items()}, numbers, places, turns)
    offers = [attrs.evolve(line, slot=slot) for line, (_, slot) in zip(lines, groups, strict=True)]
    _add_rows(tx, run, {numbers[spot]: members for (spot, _), members in groups.items()})
    return found_elsewhere(attrs.evolve(short, picking=picking), offers)


def _walk_with(
    tx: OutboundTx, run: PickRun, picking: Picking, promises: Sequence[Promise]
) -> tuple[Picking, dict[LocationId, int], dict[LocationId, Location]]:
    """The walk with its lines numbered anew, now that it leads to these places too."""
    paths = {(run.warehouse_id, line.location) for line in picking.lines}
    here = {place.path: place for place in tx.locations.by(LOCATION_BY_PATH, *sorted(paths))}
    places = {place.id: place for place in here.values()} | tx.locations.many(one.pick.bin.location_id for one in promises)
    turns = walking_order(tx, run.warehouse_id, places.values())
    lines = tuple(attrs.evolve(line, sequence=turns[here[line.location].id]) for line in picking.lines)
    return attrs.evolve(picking, lines=lines), turns, places


def _add_rows(tx: OutboundTx, run: PickRun, groups: Mapping[int, Sequence[Promise]]) -> None:
    numbers: dict[OutboundId, int] = {one.outbound_id: 0 for members in groups.values() for one in members}
    for row in tx.picks.by(PICKS_OF, *numbers):
        numbers[row.outbound_id] = max(numbers[row.outbound_id], row.number)
    for pick_line, members in groups.items():
        for one in members:
            numbers[one.outbound_id] = number = numbers[one.outbound_id] + 1
            row = PickRow(one.outbound_id, number, one.line, one.pick.bin, one.pick.qty, run.wave_id, run.id, pick_line)
            tx.picks.add(row)


def _tell_orders(
    tx: OutboundTx,
    orders: Mapping[OutboundId, OutboundOrder],
    short: ShortPick,
    missing: Sequence[ShortException],
    act: Act,
) -> None:
    """Each order with what it lacks now; one that has nothing left to fetch is SHORT, and those above hear of it."""
    lacking: dict[OutboundId, dict[int, int]] = {}
    for one in missing:
        lacking.setdefault(one.share.outbound_id, {})[one.share.line] = one.share.qty
    freed: dict[OutboundId, dict[int, int]] = {}
    for share in short.freed:
        held = freed.setdefault(share.outbound_id, {})
        held[share.line] = held.get(share.line, 0) + share.qty
    for outbound_id, units in freed.items():
        order, nowhere = orders[outbound_id], lacking.get(outbound_id, {})
        lines = {line.seq: line for line in order.lines}
        for seq in nowhere:
            lines[seq] = lines[seq].found_short(nowhere[seq])
        after = after_pick(attrs.evolve(order, lines=tuple(lines.values())))
        details = {"missed": {str(seq): qty for seq, qty in units.items()}, "place": short.count.location}
        kept = keep_order(tx, order, after, "short", act, details=details)
        if kept.state is OutboundState.SHORT:
            announce_short(tx, kept)


def on_count_wanted(tx: OutboundTx, event: CountWanted, act: Act) -> None:
    """What a picker found other than the books say waits to be counted, once."""
    want_count(tx, CountAsked(event.warehouse_id, event.location, event.sku_id, event.lot, CountReason(event.reason)), act)
