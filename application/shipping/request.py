"""Asking for a waybill: it is written here, the carrier hears of it after the commit."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbox import Message
from houtai.application.permission import CHANNEL, WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.application.shipping.pool import give_number
from houtai.application.shipping.ports import ON_PARCEL, POOL_OF, ShippingTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import ChannelId, ParcelId, WarehouseId, WaybillId, derive
from houtai.domain.shipping.parcel import Shipment
from houtai.domain.shipping.pool import PoolState, first_that_gives
from houtai.domain.shipping.refusals import ParcelHasWaybill, WaybillDiffers
from houtai.domain.shipping.waybill import Waybill

BUY: Final = "shipping.buy"


@attrs.frozen
class RequestWaybill:
    """A waybill for a parcel of a warehouse, by the first of `carriers` that has a number to give."""

    waybill: WaybillId
    parcel: ParcelId
    warehouse: WarehouseId
    carriers: tuple[str, ...] = attrs.field(validator=limits.at_most(10, 1))
    shipment: Shipment = attrs.field(metadata={SECRET: True})
    channel: ChannelId | None = None


@needs("shipping.request", along=(WAREHOUSE, CHANNEL))
def request_waybill(tx: ShippingTx, cmd: RequestWaybill, act: Act) -> Waybill:
    """Ask for a number; the same id again is the same waybill.

    Raises WaybillDiffers, ParcelHasWaybill while another stands on the parcel, and NoCarrierLeft.
    """
    act.demand("shipping.request", Scope(warehouse=cmd.warehouse, channel=cmd.channel))
    return ask_waybill(tx, cmd, act)


def ask_waybill(tx: ShippingTx, wish: RequestWaybill, act: Act) -> Waybill:
    """The same for a module above, which has demanded its own permission. Raises what `request_waybill` raises."""
    existing = tx.waybills.find(wish.waybill)
    if existing is not None:
        return _the_same(existing, wish)
    standing = tx.waybills.first(ON_PARCEL, wish.parcel)
    if standing is not None:
        raise ParcelHasWaybill(parcel=str(wish.parcel), carrier=standing.carrier, number=standing.number or "none yet")
    pools = {pool.carrier: pool for pool in tx.waybill_pools.lock_by(POOL_OF, *wish.carriers)}
    carrier = first_that_gives(wish.carriers, pools)
    pool = pools.get(carrier)
    number = give_number(tx, pool, wish.waybill, act) if pool is not None and pool.state is PoolState.ACTIVE else ""
    waybill = Waybill(
        id=wish.waybill,
        parcel_id=wish.parcel,
        carrier=carrier,
        warehouse_id=wish.warehouse,
        shipment=wish.shipment,
        created_at=act.at,
        channel_id=wish.channel,
        number=number,
        pooled=bool(number),
    )
    tx.waybills.add(waybill)
    passed_by = list(wish.carriers[: wish.carriers.index(carrier)])
    write_line(tx, act, "waybill", waybill, "requested", before=None, details={"carrier": carrier, "passed_by": passed_by})
    payload = {"waybill": str(waybill.id)}
    tx.outbox.add(Message(derive(waybill.id, "buy"), BUY, payload, created_at=act.at, due_at=act.at))
    return waybill


def _the_same(existing: Waybill, cmd: RequestWaybill) -> Waybill:
    asked = (cmd.parcel, cmd.warehouse, cmd.shipment, cmd.channel)
    is_it = (existing.parcel_id, existing.warehouse_id, existing.shipment, existing.channel_id)
    if asked != is_it or existing.carrier not in cmd.carriers:
        raise WaybillDiffers(waybill=str(cmd.waybill))
    return existing
