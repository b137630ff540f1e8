"""Reading waybills, their labels and what carriers told of them."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, WAREHOUSE, needs
from houtai.application.ports import Index
from houtai.application.shipping.ports import (
    EVENTS_OF,
    EVENTS_UNDER,
    IN_STATE,
    IN_WAREHOUSE,
    OF_PARCEL,
    KeptEvent,
    ShippingViews,
    WaybillLabel,
)
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Scope
from houtai.domain.ids import ParcelId, WarehouseId, WaybillId
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.waybill import Waybill, WaybillState

READ = "shipping.waybills"


@attrs.frozen
class ListWaybills:
    """Which waybills; what is set must hold."""

    page: Page = attrs.field(factory=Page)
    parcel: ParcelId | None = None
    warehouse: WarehouseId | None = None
    state: WaybillState | None = None


@needs(READ, along=(WAREHOUSE,))
def list_waybills(views: ShippingViews, query: ListWaybills, act: Act) -> Slice[Waybill]:
    """Waybills of the warehouses that the actor reaches."""
    where: dict[Index[Waybill, Any], Any] = {}
    reach = act.authority.reach(READ, Dimension.WAREHOUSE, at=act.at)
    if query.warehouse is not None:
        act.demand(READ, Scope(warehouse=query.warehouse))
        where[IN_WAREHOUSE] = query.warehouse
    elif reach is not None:
        where[IN_WAREHOUSE] = reach
    if query.parcel is not None:
        where[OF_PARCEL] = query.parcel
    if query.state is not None:
        where[IN_STATE] = query.state.value
    return views.waybills.page(query.page, where or None)


@needs(READ, along=(WAREHOUSE, CHANNEL))
def show_waybill(views: ShippingViews, query: WaybillId, act: Act) -> Waybill:
    """One waybill. Raises NotFound, also for one out of reach."""
    waybill = views.waybills.find(query)
    if waybill is None or not act.may(READ, Scope(warehouse=waybill.warehouse_id, channel=waybill.channel_id)):
        raise NotFound(what="waybill", key=str(query))
    return waybill


@needs("shipping.labels", along=(WAREHOUSE, CHANNEL))
def show_label(views: ShippingViews, query: WaybillId, act: Act) -> WaybillLabel:
    """What is stuck on the parcel, as often as it is asked for. Raises NotFound before the carrier gave it."""
    waybill = views.waybills.find(query)
    label = views.waybill_labels.find(query)
    within = waybill is not None and act.may("shipping.labels", Scope(warehouse=waybill.warehouse_id, channel=waybill.channel_id))
    if label is None or not within:
        raise NotFound(what="waybill label", key=str(query))
    return label


@needs(READ, along=(WAREHOUSE, CHANNEL))
def list_waybill_events(views: ShippingViews, query: WaybillId, act: Act) -> tuple[KeptEvent, ...]:
    """What the carrier told of a parcel, also before it told us the number, the earliest first. Raises NotFound."""
    waybill = show_waybill(views, query, act)
    kept = views.waybill_events.by(EVENTS_OF, waybill.id)
    if waybill.number:
        under = views.waybill_events.by(EVENTS_UNDER, (waybill.carrier, waybill.number))
        kept += [one for one in under if one.waybill_id is None and one.received_at >= waybill.created_at]
    return tuple(sorted(kept, key=lambda one: (one.event.at, one.received_at, one.event.key)))
