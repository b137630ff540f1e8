"""A number is void while its order still goes: the order loses it, so that it may get another, whose label is printed then."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.ports import MANIFEST_BY_NUMBER, PARCELS_OF, OutboundTx
from houtai.application.outbound.steps import keep_manifest, keep_order, keep_parcel, live
from houtai.application.outbound.weigh import back_to_the_bench
from houtai.application.ports import TryAgain
from houtai.application.printing.void import let_go_of
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundState
from houtai.domain.shipping.events import WaybillVoided

_PACKED: Final = frozenset({OutboundState.PACKED, OutboundState.WEIGHED})
_WHY: Final = "the waybill is void"


def on_waybill_voided(tx: OutboundTx, event: WaybillVoided, act: Act) -> None:
    """The label of the number is not printed any more; a carrier that recycles it may give it to another parcel (G-33).

    An order that is still to go is without a number then, and may ask for the next (`ask_again`, or its next wave), whose label
    is printed when it comes. Packed, it goes back to the bench, off its manifest: the label on the box means nothing. A further
    parcel with a number of its own stays packed.
    """
    if not event.number:
        return
    let_go_of(tx, event.number, _WHY, act)
    seen = tx.parcels.find(event.parcel_id)
    outbound = OutboundId(event.parcel_id) if seen is None else seen.outbound_id
    manifests = _lock_manifests(tx, outbound)
    order = tx.outbound_orders.lock([outbound]).get(outbound)
    if order is None or order.stopped or order.state in OUT_OF_THE_HOUSE:
        return
    if order.id != event.parcel_id:
        _replace_parcels(tx, order, event, manifests, act)
    elif (order.carrier, order.waybill) == (event.carrier, event.number):
        _replace(tx, order, event, manifests, act)


def _replace(tx: OutboundTx, order: OutboundOrder, event: WaybillVoided, manifests: dict[str, Manifest], act: Act) -> None:
    for parcel in live(tx.parcels.lock_by(PARCELS_OF, order.id)):
        _take_off(tx, parcel, manifests, act)
    back = back_to_the_bench(tx, order, act, reason=_WHY) if order.state in _PACKED else order
    for parcel in live(tx.parcels.lock_by(PARCELS_OF, order.id)):
        keep_parcel(tx, parcel, attrs.evolve(parcel, waybill=""))
    details = {"carrier": event.carrier, "waybill": event.number}
    keep_order(tx, back, attrs.evolve(back, waybill=""), "waybill void", act, details=details)


def _replace_parcels(
    tx: OutboundTx, order: OutboundOrder, event: WaybillVoided, manifests: dict[str, Manifest], act: Act
) -> None:
    parcel = tx.parcels.lock_one(event.parcel_id)
    if parcel.waybill != event.number or not live([parcel]):
        return
    _take_off(tx, parcel, manifests, act)
    listed = tx.parcels.lock_one(parcel.id)
    keep_parcel(tx, listed, attrs.evolve(listed, waybill=""))
    details = {"parcel": parcel.number, "carrier": event.carrier, "waybill": event.number}
    keep_order(tx, order, order, "waybill void", act, details=details)


def _lock_manifests(tx: OutboundTx, outbound: OutboundId) -> dict[str, Manifest]:
    """The open manifests that the order's parcels are on: locked before the order, as whoever adds to them does."""
    numbers = {one.manifest_number for one in tx.parcels.by(PARCELS_OF, outbound) if one.manifest_number}
    return {one.number: one for one in tx.manifests.lock_by(MANIFEST_BY_NUMBER, *sorted(numbers))} if numbers else {}


def _take_off(tx: OutboundTx, parcel: Parcel, manifests: dict[str, Manifest], act: Act) -> None:
    """Off its manifest. Raises TryAgain where it came onto another meanwhile."""
    number = parcel.manifest_number
    if not number:
        return
    if number not in manifests:
        message = "a parcel came onto a manifest meanwhile"
        raise TryAgain(message)
    before = manifests[number]
    details = {"parcel": parcel.number}
    manifests[number] = keep_manifest(tx, before, before.without(parcel.id), "parcel removed", act, details=details)
    keep_parcel(tx, parcel, attrs.evolve(parcel, manifest_number=""))
