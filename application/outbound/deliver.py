"""What a carrier's news does to an outbound order: it arrived, or it comes back."""

from __future__ import annotations

from collections.abc import Iterable

from houtai.application.outbound.ports import PARCELS_OF, OutboundTx
from houtai.application.outbound.serving import facts_of
from houtai.application.outbound.steps import keep_order, live
from houtai.application.shipping.ports import OF_PARCEL
from houtai.domain.act import Act
from houtai.domain.ids import ParcelId
from houtai.domain.outbound.events import OutboundDelivered, OutboundReturning
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.state import OutboundState
from houtai.domain.shipping.events import ParcelDelivered, ParcelReturning
from houtai.domain.shipping.waybill import ENDED, Waybill, WaybillState


def on_parcel_delivered(tx: OutboundTx, event: ParcelDelivered, act: Act) -> None:
    """DELIVERED with the last of its parcels; a parcel that is none of ours, or whose order was not out, changes nothing."""
    order = _shipped(tx, event.parcel_id)
    if order is None:
        return
    parcels = live(tx.parcels.by(PARCELS_OF, order.id))
    waybills = [one for one in tx.waybills.by(OF_PARCEL, *(parcel.id for parcel in parcels)) if one.state not in ENDED]
    if all(one.state is WaybillState.DELIVERED for one in waybills):
        _deliver(tx, order, act)


def deliver_arrived(
    tx: OutboundTx, orders: Iterable[OutboundOrder], parcels: Iterable[Parcel], waybills: Iterable[Waybill], act: Act
) -> None:
    """Of orders that were handed over just now, those are DELIVERED of which the carrier said so before its list was closed."""
    arrived = {one.parcel_id for one in waybills if one.state is WaybillState.DELIVERED}
    waiting = {parcel.outbound_id for parcel in parcels if parcel.id not in arrived}
    for order in orders:
        if arrived and order.id not in waiting:
            _deliver(tx, order, act)


def _deliver(tx: OutboundTx, order: OutboundOrder, act: Act) -> None:
    kept = keep_order(tx, order, order.delivered(), "delivered", act)
    for facts in facts_of(kept):
        tx.emit(OutboundDelivered(*facts))


def on_parcel_returning(tx: OutboundTx, event: ParcelReturning, act: Act) -> None:
    """RETURNING with the first of its parcels."""
    order = _shipped(tx, event.parcel_id)
    if order is not None:
        kept = keep_order(tx, order, order.returning(), "returning", act)
        for facts in facts_of(kept):
            tx.emit(OutboundReturning(*facts))


def _shipped(tx: OutboundTx, parcel_id: ParcelId) -> OutboundOrder | None:
    """The order of the parcel, locked, while it is on the road."""
    parcel = tx.parcels.find(parcel_id)
    order = None if parcel is None else tx.outbound_orders.lock_one(parcel.outbound_id)
    return order if order is not None and order.state is OutboundState.SHIPPED else None
