"""SHORT orders go on: looked for again where stock may have come, or sent without what is missing (step 6 of a short pick)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.outbound.closing import demand_locked, lock_waves
from houtai.application.outbound.intercept import lock_to_stop, stop_orders
from houtai.application.outbound.layout import Promise, Spot, pick_lines
from houtai.application.outbound.picking import after_pick
from houtai.application.outbound.ports import PICKS_OF, OutboundTx, OutboundViews
from houtai.application.outbound.serving import facts_of
from houtai.application.outbound.steps import demand_for, keep_order
from houtai.application.outbound.walk import walking_order
from houtai.application.outbound.wishes import OutboundWish
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.pick import PickWant, allocate
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId, PickRunId, derive
from houtai.domain.outbound.events import OutboundShort, ShortSettled
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.picking import start
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.work import PickRow, PickRun

SETTLE: Final = "outbound.settle-short"


@attrs.frozen
class LookAgain:
    """Look in all bins for what an order is short of: stock has come, or was counted and is there after all."""

    outbound: OutboundId


@needs(SETTLE, along=(WAREHOUSE, MERCHANT))
def look_again(tx: OutboundTx, cmd: LookAgain, act: Act) -> OutboundOrder:
    """What was found is a further walk of its wave and the order is PICKING; where nothing was found it is as it was.

    Raises NotFound, Intercepted, StepTooEarly for an order that is not SHORT. Statements do not grow with the lines.
    """
    waves = lock_waves(tx, [cmd.outbound])
    order = tx.outbound_orders.lock_one(cmd.outbound)
    demand_for(act, SETTLE, order)
    demand_locked(waves, [order])
    demand_short(order)
    return look_for(tx, order, act)


def look_for(tx: OutboundTx, order: OutboundOrder, act: Act) -> OutboundOrder:
    """The same for a caller who has locked wave and order and demanded its own verb."""
    short = [line for line in order.lines if line.short_qty]
    wants = [PickWant(line.seq, line.sku_id, order.warehouse_id, line.short_qty) for line in short]
    picks = allocate(tx, wants, act, most=True)
    if not picks:
        return order
    lines = {line.seq: line for line in order.lines}
    for pick in picks:
        lines[pick.line] = lines[pick.line].reopened(pick.qty).allocated(pick.qty)
    promises = [Promise(order.id, 0, pick.line, pick) for pick in picks]
    _add_walk(tx, order, promises, act)
    found = attrs.evolve(order, lines=tuple(lines.values())).moved(OutboundState.PICKING)
    details = {"units": {str(line.seq): line.allocated_qty for line in found.lines if line.allocated_qty}}
    kept = keep_order(tx, order, found, "found again", act, details=details)
    if not any(line.short_qty for line in kept.lines):
        announce_settled(tx, kept)
    return kept


def _add_walk(tx: OutboundTx, order: OutboundOrder, promises: Sequence[Promise], act: Act) -> None:
    """A walk for what was found, with a tote of its own: the rest of the order is off the shelf already."""
    assert order.wave_id is not None, "it was picked in a wave"
    places = tx.locations.many(one.pick.bin.location_id for one in promises)
    turns = walking_order(tx, order.warehouse_id, places.values())
    groups: dict[Spot, list[Promise]] = {}
    for one in promises:
        key = one.pick.bin
        groups.setdefault(Spot("", key.location_id, key.sku_id, key.lot_id, 0), []).append(one)
    numbers = {spot: number for number, spot in enumerate(groups, start=1)}
    run = PickRun(
        id=PickRunId(derive(order.id, "again", order.version)),
        wave_id=order.wave_id,
        wave_number=tx.waves.get(order.wave_id).number,
        warehouse_id=order.warehouse_id,
        picking=start(pick_lines(tx, groups, numbers, places, turns)),
        made_at=act.at,
    )
    tx.pick_runs.add(run)
    number = max((row.number for row in tx.picks.by(PICKS_OF, order.id)), default=0)
    for spot, members in groups.items():
        for one in members:
            number += 1
            row = PickRow(order.id, number, one.line, one.pick.bin, one.pick.qty, order.wave_id, run.id, numbers[spot])
            tx.picks.add(row)


def demand_short(order: OutboundOrder) -> None:
    """Raises Intercepted, and StepTooEarly for an order that lacks nothing."""
    order.check_not_stopped()
    if order.state is not OutboundState.SHORT:
        raise StepTooEarly(number=order.number, step="settled", missing=f"it is {order.state.value}")


@attrs.frozen
class SendWithout:
    """Send a transfer, or another order that nobody paid for, without what is missing."""

    outbound: OutboundId
    reason: str = attrs.field(validator=limits.text(1, 200))


@needs(SETTLE, along=(WAREHOUSE, MERCHANT))
def send_without(tx: OutboundTx, cmd: SendWithout, act: Act) -> OutboundOrder:
    """PICKED with what there is, or CANCELLED where there is nothing. What a buyer paid for is settled with its order.

    Raises NotFound, Intercepted, StepTooEarly.
    """
    lock_to_stop(tx, [cmd.outbound])
    order = tx.outbound_orders.lock_one(cmd.outbound)
    demand_for(act, SETTLE, order)
    demand_short(order)
    if order.kind is OutboundKind.SALES:
        raise StepTooEarly(number=order.number, step="sent without them", missing="whoever settles its order decides")
    return drop_short(tx, order, cmd.reason, act)


def drop_short(tx: OutboundTx, order: OutboundOrder, reason: str, act: Act, source_id: UUID | None = None) -> OutboundOrder:
    """The order without what is missing, of this document where several travel in it: PICKED, or CANCELLED with nothing left.

    It stays SHORT for what others of them still lack. For a caller who has taken the locks of stopping it, has demanded its own
    verb, and takes care of the units' reservation.
    """
    dropped = [line for line in order.lines if line.short_qty and source_id in (None, order.source_of(line))]
    gone = {line.seq: line.dropped(line.short_qty) for line in dropped}
    lines = tuple(gone.get(line.seq, line) for line in order.lines)
    announce_settled(tx, order, source_id)
    if not any(line.picked_qty or line.short_qty for line in lines):
        (stopped,) = stop_orders(tx, [order.id], reason, act)
        return stopped
    details = {"units": {str(line.seq): line.short_qty for line in dropped}}
    after = after_pick(attrs.evolve(order, lines=lines))
    return keep_order(tx, order, after, "goes without", act, reason=reason, details=details)


def short_units(order: OutboundOrder, source_id: UUID | None) -> Mapping[int, int]:
    """What is missing of this document that the order serves, by its lines."""
    found: dict[int, int] = {}
    for line in order.lines:
        if line.short_qty and order.source_of(line) == source_id:
            found[line.source_line] = found.get(line.source_line, 0) + line.short_qty
    return found


def announce_short(tx: OutboundTx, order: OutboundOrder) -> None:
    """Tell every document of which units are missing: somebody has to decide."""
    for facts in facts_of(order):
        if missing := short_units(order, facts[-1]):
            tx.emit(OutboundShort(*facts, tuple(missing.items())))


def announce_settled(tx: OutboundTx, order: OutboundOrder, source_id: UUID | None = None) -> None:
    """Tell those above, or this one of them, that nobody has to decide about the order any more."""
    for facts in facts_of(order):
        if source_id in (None, facts[-1]):
            tx.emit(ShortSettled(*facts))


@needs(SETTLE)
def short_orders(views: OutboundViews, query: Page, act: Act) -> Slice[OutboundId]:
    """A page of the orders that are SHORT, in all warehouses."""
    del act
    found = views.outbound_list(OutboundWish(states=frozenset({OutboundState.SHORT})), query)
    return Slice(tuple(order.id for order in found.items), found.next_cursor)
