"""Forgetting whom a parcel went to, once it has arrived or does not go: what is left is where it went, roughly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from houtai.application.shipping.ports import OF_PARCEL, ShippingTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ParcelId
from houtai.domain.shipping.waybill import ENDED, Waybill, WaybillState

ARRIVED: Final = ENDED | {WaybillState.DELIVERED, WaybillState.RETURNED}


def forget_receivers(tx: ShippingTx, parcels: Iterable[ParcelId], act: Act) -> tuple[Waybill, ...]:
    """Take the person out of these parcels' waybills; those still on their way keep theirs, for the carrier needs it.

    Whoever stands above calls it when a customer is erased, and again when the parcel has arrived. Labels and what carriers
    told stay as they came.
    """
    wanted = sorted(set(parcels))
    forgotten = []
    for waybill in tx.waybills.lock_by(OF_PARCEL, *wanted) if wanted else ():
        bare = waybill.shipment.without_person()
        if waybill.state in ARRIVED and bare != waybill.shipment:
            changed = attrs.evolve(waybill, shipment=bare, version=waybill.version + 1)
            tx.waybills.save(changed)
            write_line(tx, act, "waybill", changed, "receiver forgotten", before=waybill.state)
            forgotten.append(changed)
    return tuple(forgotten)
