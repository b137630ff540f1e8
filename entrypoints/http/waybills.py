"""Waybills over HTTP: asked for, voided, settled, their labels and tracks; numbers in stock; and what carriers push."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.audit import AuditEntry, Category
from houtai.application.paging import Page
from houtai.application.shipping.answers import SettleWaybill, settle_waybill
from houtai.application.shipping.pool import (
    EditPool,
    OpenPool,
    RetirePool,
    edit_pool,
    list_pools,
    open_pool,
    retire_pool,
    show_pool,
)
from houtai.application.shipping.ports import Carrier
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.shipping.queries import (
    ListWaybills,
    list_waybill_events,
    list_waybills,
    show_label,
    show_waybill,
)
from houtai.application.shipping.request import RequestWaybill, request_waybill
from houtai.application.shipping.void import VoidWaybill, void_waybill
from houtai.domain.act import Act, Entry
from houtai.domain.ids import ChannelId, ParcelId, PoolId, WarehouseId, WaybillId
from houtai.domain.refusal import IllegalMove, NotFound
from houtai.domain.shipping.parcel import LabelFormat
from houtai.domain.shipping.refusals import (
    NoCarrierLeft,
    NumberTaken,
    ParcelHasWaybill,
    PushMalformed,
    PushNotGenuine,
    WaybillDiffers,
)
from houtai.domain.shipping.waybill import WaybillState
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk, Download, Notice
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.routes import Routes
from houtai.entrypoints.http.waybills_wire import (
    NewWaybill,
    NewWaybillPool,
    PushReceiptOut,
    VoidWish,
    WaybillEventsOut,
    WaybillOut,
    WaybillPoolIn,
    WaybillPoolOut,
    WaybillSettlement,
    event_out,
    pool_out,
    receipt_out,
    waybill_out,
)

ROUTES = Routes("waybills", "Waybills of parcels: numbers, labels and tracks of carriers.")
MEDIA: Final = {
    LabelFormat.PDF: "application/pdf",
    LabelFormat.ZPL: "application/vnd.zebra-zpl",
    LabelFormat.PNG: "image/png",
    LabelFormat.OPAQUE: "application/octet-stream",
}


class WaybillQuery(wire.PageQuery):
    """Which waybills."""

    parcel_id: wire.Id | None = None
    warehouse_id: wire.Id | None = None
    state: WaybillState | None = None


@ROUTES.post(
    "/waybills",
    request_waybill,
    status=201,
    location="/waybills/{id}",
    refuses=(WaybillDiffers, ParcelHasWaybill, NoCarrierLeft),
)
def post_waybill(desk: Desk, body: NewWaybill) -> WaybillOut:
    """Ask for a waybill; the carrier is told right after, and the number comes with its answer."""
    cmd = RequestWaybill(
        waybill=WaybillId(desk.new_id(body.id)),
        parcel=ParcelId(body.parcel_id),
        warehouse=WarehouseId(body.warehouse_id),
        carriers=body.carriers,
        shipment=body.shipment(),
        channel=None if body.channel_id is None else ChannelId(body.channel_id),
    )
    return waybill_out(desk.perform(request_waybill, cmd))


@ROUTES.get("/waybills", list_waybills)
def get_waybills(desk: Desk, query: WaybillQuery) -> wire.Listed[WaybillOut]:
    """List waybills, newest first."""
    asked = ListWaybills(
        query.page(),
        None if query.parcel_id is None else ParcelId(query.parcel_id),
        None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        query.state,
    )
    return wire.listed(desk.ask(list_waybills, asked), waybill_out)


@ROUTES.get("/waybills/{waybill_id}", show_waybill)
def get_waybill(desk: Desk, waybill_id: wire.Id) -> WaybillOut:
    """Look at one waybill."""
    return waybill_out(desk.ask(show_waybill, WaybillId(waybill_id)))


@ROUTES.get("/waybills/{waybill_id}/events", list_waybill_events)
def get_waybill_events(desk: Desk, waybill_id: wire.Id) -> WaybillEventsOut:
    """List what the carrier told of a parcel, the earliest first."""
    return WaybillEventsOut(tuple(map(event_out, desk.ask(list_waybill_events, WaybillId(waybill_id)))))


@ROUTES.get("/waybills/{waybill_id}/label", show_label, produces=tuple(MEDIA.values()))
def get_waybill_label(desk: Desk, waybill_id: wire.Id) -> Download:
    """Get the label as the carrier gave it; the same one however often."""
    label = desk.ask(show_label, WaybillId(waybill_id))
    return Download(label.content, MEDIA[label.format], f"{waybill_id}.{label.format.value}")


@ROUTES.post("/waybills/{waybill_id}/void", void_waybill, refuses=(IllegalMove,))
def post_waybill_void(desk: Desk, waybill_id: wire.Id, body: VoidWish) -> WaybillOut:
    """Have a waybill undone, as long as the carrier has not got the parcel; a second time is the first."""
    return waybill_out(desk.perform(void_waybill, VoidWaybill(WaybillId(waybill_id), body.reason)))


@ROUTES.post("/waybills/{waybill_id}/settle", settle_waybill, match="required", refuses=(IllegalMove, NumberTaken))
def post_waybill_settle(desk: Desk, waybill_id: wire.Id, body: WaybillSettlement) -> WaybillOut:
    """Say how a waybill stands that the carrier does not answer for."""
    cmd = SettleWaybill(WaybillId(waybill_id), desk.expected_version, body.reason, body.number)
    return waybill_out(desk.perform(settle_waybill, cmd))


@ROUTES.post("/waybill-pools", open_pool, status=201, location="/waybill-pools/{id}")
def post_waybill_pool(desk: Desk, body: NewWaybillPool) -> WaybillPoolOut:
    """Keep a carrier's numbers in stock; the first block is asked for at once."""
    return pool_out(desk.perform(open_pool, OpenPool(PoolId(desk.new_id(body.id)), body.carrier, body.terms())))


@ROUTES.get("/waybill-pools", list_pools)
def get_waybill_pools(desk: Desk, query: wire.PageQuery) -> wire.Listed[WaybillPoolOut]:
    """List the numbers in stock by carrier."""
    page: Page = query.page()
    return wire.listed(desk.ask(list_pools, page), pool_out)


@ROUTES.get("/waybill-pools/{pool_id}", show_pool)
def get_waybill_pool(desk: Desk, pool_id: wire.Id) -> WaybillPoolOut:
    """Look at one carrier's numbers in stock."""
    return pool_out(desk.ask(show_pool, PoolId(pool_id)))


@ROUTES.put("/waybill-pools/{pool_id}", edit_pool, refuses=(IllegalMove,))
def put_waybill_pool(desk: Desk, pool_id: wire.Id, body: WaybillPoolIn) -> WaybillPoolOut:
    """Change when numbers are asked for, and when the next carrier is taken."""
    return pool_out(desk.perform(edit_pool, EditPool(PoolId(pool_id), desk.expected_version, body.terms())))


@ROUTES.move("/waybill-pools/{pool_id}/retire", retire_pool)
def post_waybill_pool_retire(desk: Desk, pool_id: wire.Id) -> WaybillPoolOut:
    """Take no more numbers from stock; the carrier gives each as it is asked."""
    return pool_out(desk.perform(retire_pool, RetirePool(PoolId(pool_id), desk.expected_version)))


@ROUTES.notice("/carrier-pushes/{carrier}", statuses=(), refuses=(PushNotGenuine, PushMalformed))
def post_carrier_push(desk: Desk, carrier: wire.Code, notice: Notice) -> PushReceiptOut:
    """Take a carrier's push: each piece of news once. Anything without the carrier's signature gets 401."""
    found = desk.house.carriers.get(carrier)
    if found is None:
        raise NotFound(what="carrier", key=carrier)
    told = _genuine(desk, found, notice)
    origin = attrs.evolve(desk.act.origin, entry=Entry.WEBHOOK)
    act = attrs.evolve(Act.of_system(desk.act.at, Entry.WEBHOOK), origin=origin, correlation=desk.act.correlation)
    return receipt_out(desk.house.office.perform(receive_carrier_push, told, act))


def _genuine(desk: Desk, carrier: Carrier, notice: Notice) -> ReceivePush:
    """The push in our words; a forged one is logged, a malformed one is a bad request."""
    try:
        events = carrier.parse_push(notice.headers, notice.raw, desk.act.at)
        return ReceivePush(carrier.name, events, notice.raw.decode())
    except (PushMalformed, UnicodeDecodeError) as malformed:
        raise Problem("invalid-body", detail=str(malformed)) from malformed
    except PushNotGenuine as forged:
        desk.house.office.log(_forgery(desk, carrier.name, forged))
        raise


def _forgery(desk: Desk, carrier: str, forged: PushNotGenuine) -> AuditEntry:
    act = desk.act
    return AuditEntry(
        category=Category.REFUSAL,
        at=act.at,
        actor=act.actor,
        actor_name=act.name,
        on_behalf_of=None,
        entry=Entry.WEBHOOK.value,
        address=act.origin.address,
        agent=act.origin.agent,
        deed=receive_carrier_push.__name__,
        outcome=forged.code,
        reason="",
        correlation=act.correlation,
        command={"carrier": carrier},
    )
