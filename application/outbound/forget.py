"""Letting go of whom goods were sent to, once nothing is on its way there any more: from outbound orders and their waybills."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.outbound.ports import PARCELS_OF, OutboundTx, parcel_id
from houtai.application.outbound.serving import lock_orders_of
from houtai.application.outbound.steps import keep_order
from houtai.application.shipping.forget import forget_receivers
from houtai.domain.act import Act
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, STOPPED

_OVER: Final = OUT_OF_THE_HOUSE | STOPPED


def forget_receiver(tx: OutboundTx, source_id: UUID, reason: str, act: Act) -> None:
    """Of the receiver of all that was sent for a document that is over, only where in the country it went is kept.

    Waybills of parcels that are still on their way back keep the person, for the carrier needs one. So does what still goes to
    the same receiver with other documents' goods in it; with the last of those it is forgotten too.
    """
    orders = [one for one in lock_orders_of(tx, source_id) if not one.joint or one.state in _OVER]
    if not orders:
        return
    parcels = tx.parcels.by(PARCELS_OF, *(order.id for order in orders))
    forget_receivers(tx, {*(parcel_id(order.id) for order in orders), *(parcel.id for parcel in parcels)}, act)
    for order in orders:
        bare = order.receiver.without_person()
        if bare != order.receiver:
            keep_order(tx, order, attrs.evolve(order, receiver=bare), "receiver forgotten", act, reason=reason)
