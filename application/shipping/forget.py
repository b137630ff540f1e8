"""Forgetting whom a parcel went to, once it has arrived or does not go: what is left is where it went, roughly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from houtai.application.shipping.ports import OF_PARCEL, ShippingTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import ParcelId
from houtai.domain.shipping.parcel import Shipment
from houtai.domain.shipping.waybill import ENDED, OPEN, Waybill, WaybillState

ARRIVED: Final = ENDED | {WaybillState.DELIVERED, WaybillState.RETURNED}


def forget_receivers(tx: ShippingTx, parcels: Iterable[ParcelId], act: Act) -> tuple[Waybill, ...]:
    """Take the person out of these parcels' waybills; those still on their way keep theirs, for the carrier needs it.

    Whoever stands above calls it when a customer is erased, and again when the parcel has arrived. Labels and what carriers
    told stay as they came.
    """
    found = ((waybill, waybill.shipment.without_person()) for waybill in _of(tx, parcels) if waybill.state in ARRIVED)
    return _forgotten(tx, found, "receiver forgotten", act)


def forget_senders(tx: ShippingTx, parcels: Iterable[ParcelId], act: Act, *, came: bool) -> tuple[Waybill, ...]:
    """The same for who sends parcels to us; where they `came`, whatever the carrier has said of them since it was asked."""
    over = frozenset(WaybillState) - OPEN if came else ARRIVED
    found = ((waybill, waybill.shipment.without_sender()) for waybill in _of(tx, parcels) if waybill.state in over)
    return _forgotten(tx, found, "sender forgotten", act)


def _of(tx: ShippingTx, parcels: Iterable[ParcelId]) -> list[Waybill]:
    wanted = sorted(set(parcels))
    return tx.waybills.lock_by(OF_PARCEL, *wanted) if wanted else []


def _forgotten(tx: ShippingTx, found: Iterable[tuple[Waybill, Shipment]], event: str, act: Act) -> tuple[Waybill, ...]:
    forgotten = []
    for waybill, bare in found:
        if bare != waybill.shipment:
            changed = attrs.evolve(waybill, shipment=bare, version=waybill.version + 1)
            tx.waybills.save(changed)
            write_line(tx, act, "waybill", changed, event, before=waybill.state)
            forgotten.append(changed)
    return tuple(forgotten)
