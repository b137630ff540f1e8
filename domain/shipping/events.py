"""What shipping announces; outbound, orders and after-sales decide what follows."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import ParcelId, PoolId, WaybillId


@attrs.frozen
class WaybillBound(Event):
    """The carrier gave a number: the label can be printed. `charge_minor` is None where it will bill later."""

    waybill_id: WaybillId
    parcel_id: ParcelId
    carrier: str
    number: str
    charge_minor: int | None
    currency: str


@attrs.frozen
class WaybillRefused(Event):
    """The carrier definitely said no."""

    waybill_id: WaybillId
    parcel_id: ParcelId
    carrier: str
    error: str


@attrs.frozen
class WaybillVoided(Event):
    """The number means nothing any more; the parcel may get another. `number` is empty where none was ever given."""

    waybill_id: WaybillId
    parcel_id: ParcelId
    carrier: str
    number: str


@attrs.frozen
class WaybillOverdue(Event):
    """The carrier was asked often enough and does not say: somebody has to call, then settle the waybill."""

    waybill_id: WaybillId
    parcel_id: ParcelId
    carrier: str


@attrs.frozen
class ParcelDelivered(Event):
    """The receiver has it, by the carrier's word."""

    waybill_id: WaybillId
    parcel_id: ParcelId


@attrs.frozen
class ParcelReturning(Event):
    """The carrier brings it back."""

    waybill_id: WaybillId
    parcel_id: ParcelId


@attrs.frozen
class PoolRunsLow(Event):
    """A carrier's numbers in stock are at their alarm; a block has been asked for."""

    pool_id: PoolId
    carrier: str
    free_qty: int


@attrs.frozen
class PoolRefused(Event):
    """The carrier gave no numbers for this block: nothing more is asked of it until somebody does, or the next one is given."""

    pool_id: PoolId
    carrier: str
    block: int
    free_qty: int


@attrs.frozen
class PoolFilled(Event):
    """Numbers came in, or the pool is used no more: nobody has to see to it."""

    pool_id: PoolId
    carrier: str
    free_qty: int
