"""What every step of an outbound order begins and ends with: found by its scan, locked, asked for, kept with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from houtai.application.outbound.ports import (
    OUTBOUND_BY_NUMBER,
    OUTBOUND_BY_WAYBILL,
    PARCEL_BY_NUMBER,
    PARCELS_BY_WAYBILL,
    OutboundTx,
)
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import OutboundId, ParcelId
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.refusal import NotFound


def demand_for(act: Act, verb: str, order: OutboundOrder) -> None:
    """Refuse with NotFound an order of other merchants, with Forbidden what the actor may not do in its warehouse."""
    merchant = order.merchant_id
    demand_within(act, verb, "outbound order", order.id, merchant=merchant)
    act.demand(verb, Scope(warehouse=order.warehouse_id, merchant=merchant or HOUSE))


def lock_order(tx: OutboundTx, outbound_id: OutboundId, verb: str, act: Act) -> OutboundOrder:
    """The order, locked for a step that this actor may do. Raises NotFound, Forbidden."""
    order = tx.outbound_orders.lock_one(outbound_id)
    demand_for(act, verb, order)
    return order


def order_behind(tx: OutboundTx, code: str) -> OutboundId:
    """Which order is meant by a waybill number, a parcel's code or the order's own number. Raises NotFound.

    Of several orders that ever had the waybill number, the one that is not stopped.
    """
    parcels = [*tx.parcels.by(PARCELS_BY_WAYBILL, code), *tx.parcels.by(PARCEL_BY_NUMBER, code)]
    named = [*tx.outbound_orders.by(OUTBOUND_BY_WAYBILL, code), *tx.outbound_orders.by(OUTBOUND_BY_NUMBER, code)]
    found = {one.id: one for one in named} | dict(tx.outbound_orders.many(parcel.outbound_id for parcel in parcels))
    if not found:
        raise NotFound(what="outbound order", key=code)
    return min(found.values(), key=lambda order: (order.stopped, order.id.int)).id


def parcel_behind(tx: OutboundTx, code: str) -> ParcelId:
    """Which parcel is meant by its code or its waybill number; of several, one whose label still counts. Raises NotFound."""
    parcels = {one.id: one for one in (*tx.parcels.by(PARCEL_BY_NUMBER, code), *tx.parcels.by(PARCELS_BY_WAYBILL, code))}
    if not parcels:
        raise NotFound(what="parcel", key=code)
    gone = (ParcelState.STOPPED, ParcelState.DISSOLVED)
    return min(parcels.values(), key=lambda parcel: (parcel.state in gone, parcel.id.int)).id


def keep_order(
    tx: OutboundTx,
    before: OutboundOrder,
    after: OutboundOrder,
    event: str,
    act: Act,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> OutboundOrder:
    """Save the order as its next version, however many small steps led there, with one line in its timeline."""
    kept = attrs.evolve(after, version=before.version + 1)
    tx.outbound_orders.save(kept)
    write_line(tx, act, "outbound-order", kept, event, before=before.state, reason=reason, details=details)
    return kept


def keep_parcel(tx: OutboundTx, before: Parcel | None, after: Parcel) -> Parcel:
    """Save the parcel as its next version (add it, where there was none); what happened stands in its order's timeline."""
    kept = attrs.evolve(after, version=1 if before is None else before.version + 1)
    if before is None:
        tx.parcels.add(kept)
    else:
        tx.parcels.save(kept)
    return kept


def keep_manifest(
    tx: OutboundTx, before: Manifest | None, after: Manifest, event: str, act: Act, *, details: Mapping[str, Any] | None = None
) -> Manifest:
    """Save the manifest as its next version (add it, where there was none), with one line in its timeline."""
    kept = attrs.evolve(after, version=1 if before is None else before.version + 1)
    if before is None:
        tx.manifests.add(kept)
    else:
        tx.manifests.save(kept)
    write_line(tx, act, "manifest", kept, event, before=None if before is None else before.state, details=details)
    return kept


def live(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """The parcels that still go out, or did: not those that were stopped and dissolved."""
    return tuple(one for one in parcels if one.state not in (ParcelState.STOPPED, ParcelState.DISSOLVED))
