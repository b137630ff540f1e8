"""Stopping what has not left: bins free again, labels void, parcels off their manifest, goods carried back to a shelf."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.outbound.closing import close_done, demand_locked, lock_waves, take_out
from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.ports import MANIFEST_BY_NUMBER, PARCELS_OF, PICKS_OF, OutboundTx, parcel_id
from houtai.application.outbound.serving import facts_of
from houtai.application.outbound.steps import demand_for, keep_manifest, keep_order, keep_parcel, lock_order
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import TryAgain
from houtai.application.shipping.ports import OF_PARCEL
from houtai.application.shipping.void import undo
from houtai.application.warehouse.pick import Pick, Taking, put_back as carry_back, release_allocation
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, LocationId, OutboundId, SkuId
from houtai.domain.outbound.events import OutboundCancelled, OutboundIntercepted
from houtai.domain.outbound.interception import put_back, stop
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.refusals import StepTooEarly, TooMany
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickRow, PickState
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.waybill import WaybillState

INTERCEPT: Final = "outbound.intercept"
PUT_BACK: Final = "outbound.put-back"
DOCUMENT: Final = "outbound-order"
_UNDOABLE: Final = frozenset({WaybillState.REQUESTED, WaybillState.UNKNOWN, WaybillState.BOUND})
_ON_THE_BENCH: Final = frozenset({ParcelState.OPEN, ParcelState.SEALED, ParcelState.WEIGHED})


@attrs.frozen
class InterceptOrder:
    """Stop an outbound order, wherever in the house it is."""

    outbound: OutboundId
    reason: str = attrs.field(validator=limits.text(1, 200))


@needs(INTERCEPT, along=(WAREHOUSE, MERCHANT))
def intercept_order(tx: OutboundTx, cmd: InterceptOrder, act: Act) -> OutboundOrder:
    """Stopped: CANCELLED where nothing is off the shelf, else INTERCEPTED until it is put back; a second time is the first.

    Raises NotFound, Forbidden, MustReturn once the carrier has it.
    """
    demand_for(act, INTERCEPT, tx.outbound_orders.get(cmd.outbound))
    (stopped,) = stop_orders(tx, [cmd.outbound], cmd.reason, act)
    return stopped


def stop_orders(tx: OutboundTx, outbound_ids: Collection[OutboundId], reason: str, act: Act) -> list[OutboundOrder]:
    """All of them stopped, or none: for a caller who has demanded its own permission. Raises MustReturn.

    Promised bins are free in this transaction, waybills asked to be undone, parcels off their manifests. A number of
    statements that grows with nothing but the waybills.
    """
    manifests = lock_manifests(tx, outbound_ids)
    waves = lock_waves(tx, outbound_ids)
    before = tx.outbound_orders.lock(outbound_ids)
    demand_locked(waves, before.values())
    results = {order.id: stop(order, reason) for order in before.values()}
    ended = {order_id: stopped for order_id, (stopped, _) in results.items()}
    going = [order for order in before.values() if not order.stopped]
    if going:
        ids = [order.id for order in going]
        parcels = tx.parcels.lock_by(PARCELS_OF, *ids)
        _take_off(tx, parcels, manifests, act)
        leaving = [order for order in going if results[order.id][1].off_wave]
        take_out(tx, waves, leaving, act)
        free_rows(tx, tx.picks.lock_by(PICKS_OF, *ids))
        _undo_waybills(tx, going, parcels, reason, act)
        for order in leaving:
            ended[order.id] = attrs.evolve(ended[order.id], wave_id=None, slot=0)
    for order in going:
        ended[order.id] = keep_order(tx, order, ended[order.id], "stopped", act, reason=reason)
        announce(tx, ended[order.id])
    close_done(tx, waves.values(), act)
    return list(ended.values())


def lock_to_stop(tx: OutboundTx, outbound_ids: Collection[OutboundId]) -> Collection[OutboundId]:
    """Take the locks of `stop_orders` early, for a caller who has to lock their source behind them."""
    if outbound_ids:
        lock_manifests(tx, outbound_ids)
        demand_locked(lock_waves(tx, outbound_ids), tx.outbound_orders.lock(outbound_ids).values())
    return outbound_ids


def announce(tx: OutboundTx, order: OutboundOrder) -> None:
    """Tell those above that the order is stopped, or over: every document that it served."""
    over = order.state is OutboundState.CANCELLED
    for facts in facts_of(order):
        tx.emit(OutboundCancelled(*facts, order.stop_reason) if over else OutboundIntercepted(*facts, order.stop_reason))


def lock_manifests(tx: OutboundTx, outbound_ids: Collection[OutboundId]) -> dict[str, Manifest]:
    """The open manifests that their parcels are on: locked before the orders, as whoever adds to them does."""
    numbers = {one.manifest_number for one in tx.parcels.by(PARCELS_OF, *outbound_ids) if one.manifest_number}
    return {one.number: one for one in tx.manifests.lock_by(MANIFEST_BY_NUMBER, *sorted(numbers))} if numbers else {}


def _take_off(tx: OutboundTx, parcels: Sequence[Parcel], manifests: Mapping[str, Manifest], act: Act) -> None:
    """Parcels stopped, and off the manifests that they were on. Raises TryAgain where one came onto another meanwhile."""
    shorter: dict[str, Manifest] = {}
    for parcel in parcels:
        if parcel.state not in _ON_THE_BENCH:
            continue
        number = parcel.manifest_number
        if number and number not in manifests:
            message = "a parcel came onto a manifest meanwhile"
            raise TryAgain(message)
        if number:
            shorter[number] = shorter.get(number, manifests[number]).without(parcel.id)
        keep_parcel(tx, parcel, parcel.stopped())
    for number, manifest in shorter.items():
        gone = manifests[number].parcel_count - manifest.parcel_count
        keep_manifest(tx, manifests[number], manifest, "stopped parcels taken off", act, details={"parcels": gone})


def free_rows(tx: OutboundTx, rows: Iterable[PickRow]) -> None:
    """Bins that promised units to the orders promise them no more."""
    promised = where_they_lie(tx, [row for row in rows if row.state is PickState.PROMISED])
    if promised:
        release_allocation(tx, [Pick(row.line, row.bin, row.qty) for row in promised])
    for row in promised:
        tx.picks.save(row.moved(PickState.FREED))


def _undo_waybills(tx: OutboundTx, orders: Sequence[OutboundOrder], parcels: Iterable[Parcel], reason: str, act: Act) -> None:
    """The carriers are told that these labels mean nothing, as far as they have not got the parcels."""
    labelled = {parcel_id(order.id) for order in orders} | {parcel.id for parcel in parcels}
    for waybill in tx.waybills.lock_by(OF_PARCEL, *labelled):
        if waybill.state in _UNDOABLE:
            undo(tx, waybill, reason, act)


@attrs.frozen
class PutBack:
    """So many units of a SKU of a stopped order that were put on a shelf, by the codes that were scanned there."""

    outbound: OutboundId
    sku: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    to_location: LocationId
    to_unit: HandlingUnitId | None = None


@needs(PUT_BACK, along=(WAREHOUSE, MERCHANT))
def put_back_goods(tx: OutboundTx, cmd: PutBack, act: Act) -> OutboundOrder:
    """The units lie where they were put and may be sold again; with the last of them the order is CANCELLED.

    Raises NotFound, StepTooEarly for an order that is not INTERCEPTED, TooMany, and what the place says: CannotPlace, CannotTake.
    """
    order = lock_order(tx, cmd.outbound, PUT_BACK, act)
    if order.state is not OutboundState.INTERCEPTED:
        raise StepTooEarly(number=order.number, step="put back", missing="it is not intercepted")
    parcels = tx.parcels.lock_by(PARCELS_OF, order.id)
    rows = tx.picks.lock_by(PICKS_OF, order.id)
    taken = _drawn(where_they_lie(tx, [row for row in rows if row.state is PickState.PICKED]), cmd)
    takings = [Taking(Pick(row.line, row.bin, row.qty), qty, cmd.to_location, cmd.to_unit) for row, qty in taken]
    carry_back(tx, takings, act, document=DOCUMENT, document_id=order.id)
    number, back = max(row.number for row in rows), order
    for row, qty in taken:
        back = put_back(back, row.line, qty)
        returned = attrs.evolve(row, qty=qty, state=row.moved(PickState.RETURNED).state)
        if qty == row.qty:
            tx.picks.save(returned)
        else:
            number += 1
            tx.picks.save(attrs.evolve(row, qty=row.qty - qty))
            tx.picks.add(attrs.evolve(returned, number=number))
    kept = keep_order(tx, order, back, "put back", act, details={"sku": str(cmd.sku), "qty": cmd.qty})
    if kept.state is OutboundState.CANCELLED:
        for parcel in parcels:
            if parcel.state is ParcelState.STOPPED:
                keep_parcel(tx, parcel, parcel.moved(ParcelState.DISSOLVED))
        announce(tx, kept)
    return kept


def _drawn(rows: Iterable[PickRow], cmd: PutBack) -> list[tuple[PickRow, int]]:
    """Which picked rows the units come from, and how many of each. Raises TooMany, NotFound for a SKU that is not off a shelf."""
    off = [row for row in rows if row.bin.sku_id == cmd.sku]
    if not off:
        raise NotFound(what="picked goods", key=str(cmd.sku))
    there = sum(row.qty for row in off)
    if cmd.qty > there:
        raise TooMany(line=off[0].line, step="put back", wanted_qty=cmd.qty, limit_qty=there)
    drawn, left = [], cmd.qty
    for row in off:
        if part := min(left, row.qty):
            drawn.append((row, part))
            left -= part
    return drawn
