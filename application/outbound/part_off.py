"""A cancelled order's units out of an outbound order in which it travels with others; those go on without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.numbers import next_number
from houtai.application.outbound.check import checking_of, serials_of
from houtai.application.outbound.intercept import announce, free_rows, lock_manifests, stop_orders
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.picking import after_pick, keep_walk
from houtai.application.outbound.ports import PARCELS_OF, PICKS_OF, RUNS_OF_WAVE, SHARES_OF, OutboundTx
from houtai.application.outbound.release import DOCUMENT, PREFIX
from houtai.application.outbound.settle import announce_settled, announce_short
from houtai.application.outbound.steps import keep_manifest, keep_order, keep_parcel
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId, derive
from houtai.domain.outbound.events import OutboundCancelled
from houtai.domain.outbound.joint import others_go, part_off
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.refusals import MustReturn
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundState
from houtai.domain.outbound.work import PickRow, PickState, RunState

_BEING_PICKED: Final = frozenset({OutboundState.PICKING, OutboundState.SHORT})


def stop_serving(tx: OutboundTx, source_id: UUID, outbound_ids: Collection[OutboundId], reason: str, act: Act) -> None:
    """Nothing goes out for this document any more: its own orders are stopped, from joint ones only its units are taken out.

    For a caller who holds the locks of `lock_to_stop` and has demanded its own permission. Raises MustReturn for what a carrier
    has. Statements grow with nothing but the waybills and the joint orders.
    """
    orders = tx.outbound_orders.lock(outbound_ids)
    shared = [order for order in orders.values() if not order.stopped and others_go(order, source_id)]
    for order in shared:
        if order.state in OUT_OF_THE_HOUSE and any(line.shipped_qty for line in order.lines_of(source_id)):
            raise MustReturn(number=order.number, state=order.state.value)
    left = {order.id for order in shared}
    stop_orders(tx, [order_id for order_id in orders if order_id not in left], reason, act)
    for order in shared:
        if any(line.demand_qty for line in order.lines_of(source_id)):
            _take_out(tx, order, source_id, reason, act)


def _take_out(tx: OutboundTx, order: OutboundOrder, source_id: UUID, reason: str, act: Act) -> None:
    """Bins free, walks and wall shorter, parcels open again; what is off the shelf waits to be put back under its own number."""
    mine = {line.seq: line for line in order.lines_of(source_id)}
    parted, off = part_off(order, source_id)
    _open_parcels(tx, order, act)
    _shorten_work(tx, order, mine, act)
    rows = [row for row in tx.picks.lock_by(PICKS_OF, order.id) if row.line in mine]
    free_rows(tx, rows)
    _check_anew(tx, parted)
    after = after_pick(parted) if parted.state in _BEING_PICKED else parted
    details = {"units": {str(line.seq): line.demand_qty for line in mine.values() if line.demand_qty}}
    kept = keep_order(tx, order, after, "order taken out", act, reason=reason, details=details)
    if kept.state is OutboundState.SHORT and order.state is not OutboundState.SHORT:
        announce_short(tx, kept)
    elif order.state is OutboundState.SHORT and kept.state is not OutboundState.SHORT:
        announce_settled(tx, kept)
    if off:
        _carry_back(tx, kept, source_id, off, rows, reason, act)
    else:
        tx.emit(OutboundCancelled(kept.id, kept.number, kept.kind, kept.warehouse_id, source_id, reason))


def _open_parcels(tx: OutboundTx, order: OutboundOrder, act: Act) -> None:
    """Off their manifests and open on the bench."""
    manifests = lock_manifests(tx, [order.id])
    for parcel in tx.parcels.lock_by(PARCELS_OF, order.id):
        if parcel.state not in (ParcelState.SEALED, ParcelState.WEIGHED):
            continue
        if parcel.manifest_number:
            before = manifests[parcel.manifest_number]
            shorter = before.without(parcel.id)
            details = {"parcels": before.parcel_count - shorter.parcel_count}
            manifests[before.number] = keep_manifest(tx, before, shorter, "stopped parcels taken off", act, details=details)
        keep_parcel(tx, parcel, attrs.evolve(parcel.opened(), manifest_number=""))


def _shorten_work(tx: OutboundTx, order: OutboundOrder, lines: Collection[int], act: Act) -> None:
    """Nobody fetches or sorts its units any more."""
    if order.wave_id is None:
        return
    sort = tx.wall_sorts.lock([order.wave_id]).get(order.wave_id)
    if sort is not None and sort.open:
        fewer = sort.sorting.without_lines(order.id, lines)
        if fewer != sort.sorting:
            tx.wall_sorts.save(attrs.evolve(sort, sorting=fewer, version=sort.version + 1))
    for run in tx.pick_runs.lock_by(RUNS_OF_WAVE, order.wave_id):
        picking = run.picking.without_lines(order.id, lines) if run.state is RunState.OPEN else run.picking
        if picking != run.picking:
            keep_walk(tx, run, picking, act)


def _check_anew(tx: OutboundTx, order: OutboundOrder) -> None:
    """What was begun at the bench begins again, without its units."""
    bench = tx.bench_checks.lock([order.id]).get(order.id)
    if bench is not None:
        checking = checking_of(order, {sku for sku, _ in serials_of(tx, order)})
        tx.bench_checks.save(attrs.evolve(bench, checking=checking, done_at=None, version=bench.version + 1))


def _carry_back(
    tx: OutboundTx,
    order: OutboundOrder,
    source_id: UUID,
    off: Sequence[OutboundLine],
    rows: Sequence[PickRow],
    reason: str,
    act: Act,
) -> OutboundOrder:
    """An INTERCEPTED outbound order of the cancelled order alone, with its units that lie in totes and parcels."""
    seqs = {line.seq: place for place, line in enumerate(off, start=1)}
    number = {share.outbound_id: share.source_number for share in tx.joint_shares.by(SHARES_OF, source_id)}
    owners = {line.merchant_id for line in off}
    back = OutboundOrder(
        id=OutboundId(derive(order.id, "taken out", source_id)),
        number=next_number(tx, PREFIX, act.at),
        kind=order.kind,
        warehouse_id=order.warehouse_id,
        lines=tuple(_to_put_back(seqs[line.seq], line) for line in off),
        receiver=order.receiver,
        made_at=act.at,
        source_id=source_id,
        source_number=number[order.id],
        channel_id=order.channel_id,
        merchant_id=owners.pop() if len(owners) == 1 else None,
        carrier=order.carrier,
        stop_reason=reason,
        state=OutboundState.INTERCEPTED,
    )
    tx.outbound_orders.add(back)
    write_line(tx, act, DOCUMENT, back, "taken out", before=None, reason=reason, details={"out_of": order.number})
    _hand_rows(tx, back, seqs, [row for row in rows if row.state is PickState.PICKED])
    announce(tx, back)
    return back


def _to_put_back(seq: int, line: OutboundLine) -> OutboundLine:
    """Of a line the units that are off the shelf, picked and nothing else."""
    return OutboundLine(
        seq,
        line.sku_id,
        line.sku_code,
        line.picked_qty,
        picked_qty=line.picked_qty,
        source_line=line.source_line,
        merchant_id=line.merchant_id,
    )


def _hand_rows(tx: OutboundTx, back: OutboundOrder, seqs: Mapping[int, int], rows: Sequence[PickRow]) -> None:
    """Where they lie is told under the new number; their bins stay promised until they are put back."""
    for place, row in enumerate(where_they_lie(tx, rows), start=1):
        tx.picks.save(row.moved(PickState.PARTED))
        own = attrs.evolve(row, outbound_id=back.id, number=place, line=seqs[row.line], run_id=None, pick_line=0)
        tx.picks.add(own)
