"""Waybills of which the carrier does not say how they stand: a case for whoever calls it, closed as soon as it is known (D7)."""

from __future__ import annotations

from houtai.application.orders.ports import OrdersTx
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import CASES_ABOUT
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId, ParcelId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.payments.case import CaseKind, CaseState
from houtai.domain.shipping.events import WaybillBound, WaybillOverdue, WaybillRefused, WaybillVoided


def on_waybill_overdue(tx: OrdersTx, event: WaybillOverdue, act: Act) -> None:
    """Somebody has to call the carrier, then settle the waybill: the parcel does not go without its number."""
    order = _order_of(tx, event.parcel_id)
    facts = {"carrier": event.carrier, "outbound": "" if order is None else order.number}
    channel = None if order is None else order.channel_id
    open_case(
        tx, CaseKind.WAYBILL_OVERDUE, subject="waybill", subject_id=event.waybill_id, facts=facts, channel_id=channel, act=act
    )


def on_waybill_known(tx: OrdersTx, event: WaybillBound | WaybillRefused | WaybillVoided, act: Act) -> None:
    """The carrier, or a person, has said how it stands: nobody has to call any more."""
    waiting = [case.id for case in tx.cases.by(CASES_ABOUT, event.waybill_id) if case.kind is CaseKind.WAYBILL_OVERDUE]
    for case in tx.cases.lock(waiting).values() if waiting else ():
        if case.state is CaseState.OPEN:
            resolved = case.resolved("it is known how the waybill stands")
            tx.cases.save(resolved)
            write_line(tx, act, "case", resolved, "resolved", before=case.state)


def _order_of(tx: OrdersTx, parcel_id: ParcelId) -> OutboundOrder | None:
    """The first parcel has its order's own id, a further one names its order."""
    parcel = tx.parcels.find(parcel_id)
    return tx.outbound_orders.find(OutboundId(parcel_id) if parcel is None else parcel.outbound_id)
