"""What waybills, their events and pools of numbers look like over HTTP; of receivers only what lists show."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, field

from houtai.application.shipping.ports import KeptEvent
from houtai.application.shipping.pushes import PushReceipt
from houtai.domain.customers.customer import Address
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.limits import MAX_WEIGHT_G
from houtai.domain.shipping.parcel import Contact, LabelFormat, PaidBy, Parcel, Shipment
from houtai.domain.shipping.pool import Pool, PoolState, PoolTerms
from houtai.domain.shipping.tracking import Outcome, TrackState
from houtai.domain.shipping.waybill import Waybill, WaybillState
from houtai.entrypoints.http import wire

Side = Annotated[int, Meta(ge=0, le=100_000, description="A side in millimetres; 0 where it is not known.")]
Short = Annotated[str, Meta(max_length=60)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class ContactIn(wire.Wire, kw_only=True):
    """One end of a shipment. `region` is the province or state, `address` what follows the district."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    phone: Annotated[str, Meta(min_length=1, max_length=32)]
    region: Short = ""
    city: Annotated[str, Meta(min_length=1, max_length=60)]
    district: Short = ""
    address: Annotated[str, Meta(min_length=1, max_length=300)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", max_length=2)] = "CN"
    postcode: Annotated[str, Meta(max_length=20)] = ""
    company: Annotated[str, Meta(max_length=100)] = ""

    def value(self) -> Contact:
        """As the domain's contact."""
        return Contact(
            name=self.name,
            phone=self.phone,
            region=self.region,
            city=self.city,
            district=self.district,
            address=self.address,
            country=self.country,
            postcode=self.postcode,
            company=self.company,
        )


class ParcelIn(wire.Wire, kw_only=True):
    """One box."""

    weight_g: Annotated[int, Meta(ge=1, le=MAX_WEIGHT_G)]
    length_mm: Side = 0
    width_mm: Side = 0
    height_mm: Side = 0

    def value(self) -> Parcel:
        """As the domain's parcel."""
        return Parcel(self.weight_g, self.length_mm, self.width_mm, self.height_mm)


class NewWaybill(wire.Wire, kw_only=True):
    """A waybill for a parcel, by the first of `carriers` that has a number to give."""

    parcel_id: wire.Id
    warehouse_id: wire.Id
    channel_id: wire.Id | None = None
    carriers: Annotated[tuple[wire.Code, ...], Meta(min_length=1, max_length=10)]
    sender: ContactIn
    receiver: ContactIn
    parcels: Annotated[tuple[ParcelIn, ...], Meta(min_length=1, max_length=50)]
    goods: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=1, max_length=100)]
    paid_by: PaidBy = PaidBy.ACCOUNT
    service: Annotated[str, Meta(max_length=64)] = ""
    remark: Annotated[str, Meta(max_length=200)] = ""
    id: wire.Id | None = None

    def shipment(self) -> Shipment:
        """As the domain's shipment."""
        return Shipment(
            sender=self.sender.value(),
            receiver=self.receiver.value(),
            parcels=tuple(parcel.value() for parcel in self.parcels),
            goods=self.goods,
            paid_by=self.paid_by,
            service=self.service,
            remark=self.remark,
        )


class VoidWish(wire.Wire):
    """Why it does not go."""

    reason: wire.Reason


class WaybillSettlement(wire.Wire, kw_only=True):
    """What a person learned of the carrier: the number, or (empty) that it has none."""

    reason: wire.Reason
    number: Annotated[str, Meta(max_length=64)] = ""


class MaskedReceiverOut(wire.Wire):
    """A receiver as lists show them: no street, which a label may show to whoever holds the parcel."""

    name: str
    phone: str
    address: str


class WaybillOut(wire.Versioned):
    """A waybill. `number` is empty until the carrier gave one, `ask_at` when it is asked next what became of it."""

    id: wire.Id
    parcel_id: wire.Id
    warehouse_id: wire.Id
    channel_id: wire.Id | None
    carrier: str
    state: WaybillState
    number: str
    label_format: LabelFormat | None
    charge: wire.Money | None
    void_wanted: bool
    receiver: MaskedReceiverOut
    created_at: dt.datetime
    ask_at: dt.datetime | None
    error: str


class WaybillEventOut(wire.Wire):
    """One event, at the carrier's time; `outcome` says what it did to the waybill."""

    at: dt.datetime
    state: TrackState
    text: str
    place: str
    code: str
    outcome: Outcome
    received_at: dt.datetime


class WaybillEventsOut(wire.Wire):
    """What a carrier told of one waybill, the earliest first."""

    items: tuple[WaybillEventOut, ...]


class WaybillPoolIn(wire.Wire, kw_only=True):
    """A block of `block_qty` is asked for at `alarm_qty`; at `stop_qty` the next carrier is taken."""

    block_qty: Annotated[int, Meta(ge=1, le=10_000)]
    alarm_qty: Count
    stop_qty: Count = 0
    recycled: bool = False

    def terms(self) -> PoolTerms:
        """As the domain's terms."""
        return PoolTerms(self.block_qty, self.alarm_qty, self.stop_qty, self.recycled)


class NewWaybillPool(WaybillPoolIn, kw_only=True):
    """Numbers of a carrier in stock."""

    carrier: wire.Code
    id: wire.Id | None = None


class WaybillPoolOut(wire.Versioned):
    """A carrier's numbers in stock; `alarming` where they run out."""

    id: wire.Id
    carrier: str
    state: PoolState
    free_qty: int
    block_qty: int
    alarm_qty: int
    stop_qty: int
    recycled: bool
    alarming: bool
    asked_at: dt.datetime | None


class PushReceiptOut(wire.Wire):
    """How many events were new, known, and of numbers that are none of ours; the rest is what carriers read."""

    new: int
    repeated: int
    parked: int
    result: bool = True
    return_code: str = field(name="returnCode", default="200")
    api_result_code: str = field(name="apiResultCode", default="A1000")
    message: str = "成功"


def waybill_out(waybill: Waybill) -> WaybillOut:
    """As it goes out."""
    return WaybillOut(
        id=waybill.id,
        parcel_id=waybill.parcel_id,
        warehouse_id=waybill.warehouse_id,
        channel_id=waybill.channel_id,
        carrier=waybill.carrier,
        state=waybill.state,
        number=waybill.number,
        label_format=waybill.format,
        charge=None if waybill.charge is None else wire.Money.of(waybill.charge),
        void_wanted=waybill.void_wanted,
        receiver=_masked(waybill.shipment.receiver),
        created_at=waybill.created_at,
        ask_at=waybill.ask_at,
        error=waybill.error,
        version=waybill.version,
    )


def _masked(receiver: Contact) -> MaskedReceiverOut:
    where = Address(region=receiver.region, city=receiver.city, district=receiver.district, street="-")
    return MaskedReceiverOut(masked_name(receiver.name), masked_phone(receiver.phone), masked_address(where))


def event_out(kept: KeptEvent) -> WaybillEventOut:
    """As it goes out."""
    event = kept.event
    return WaybillEventOut(event.at, event.state, event.text, event.place, event.code, kept.outcome, kept.received_at)


def pool_out(pool: Pool) -> WaybillPoolOut:
    """As it goes out."""
    terms = pool.terms
    return WaybillPoolOut(
        id=pool.id,
        carrier=pool.carrier,
        state=pool.state,
        free_qty=pool.free_qty,
        block_qty=terms.block_qty,
        alarm_qty=terms.alarm_qty,
        stop_qty=terms.stop_qty,
        recycled=terms.recycled,
        alarming=pool.alarming,
        asked_at=pool.asked_at,
        version=pool.version,
    )


def receipt_out(receipt: PushReceipt) -> PushReceiptOut:
    """As it goes out."""
    return PushReceiptOut(receipt.new, receipt.repeated, receipt.parked)
