"""How shipping says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class WaybillDiffers(Refusal):
    """The waybill's id is taken by one for another parcel or shipment."""

    code = "shipping.waybill-differs"
    kind = Kind.CONFLICT
    text = "waybill {waybill} exists for another parcel, carrier or shipment"

    waybill: str


@attrs.define(eq=False, slots=False)
class ParcelHasWaybill(Refusal):
    """One parcel bears one waybill: void the other first."""

    code = "shipping.parcel-has-waybill"
    kind = Kind.CONFLICT
    text = "parcel {parcel} bears waybill {number} of {carrier} already"

    parcel: str
    carrier: str
    number: str


@attrs.define(eq=False, slots=False)
class NoCarrierLeft(Refusal):
    """Every carrier of the list is about to run out of numbers."""

    code = "shipping.no-carrier-left"
    kind = Kind.CONFLICT
    text = "none of {carriers} has a waybill number to give"

    carriers: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class PushNotGenuine(Refusal):
    """The carrier's signature is absent or wrong, or its time is more than the window off. Says no more than that."""

    code = "shipping.push-not-genuine"
    kind = Kind.UNAUTHENTICATED
    text = "the push is not signed by the carrier, or not of this moment"


@attrs.define(eq=False, slots=False)
class PushMalformed(Refusal):
    """Signed by the carrier, and still not readable."""

    code = "shipping.push-malformed"
    kind = Kind.INVALID
    text = "the push cannot be read: {what}"

    what: str


@attrs.define(eq=False, slots=False)
class NumberTaken(Refusal):
    """The carrier's number stands on another waybill of ours."""

    code = "shipping.number-taken"
    kind = Kind.CONFLICT
    text = "number {number} of {carrier} stands on another waybill"

    carrier: str
    number: str
