"""How outbound orders travel over HTTP: rows, details with lines, picks and parcels, and what a deed answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar
from uuid import UUID

from msgspec import Meta

from houtai.application.orders.short import SettledShort
from houtai.application.outbound.put_back_places import PutBackPlace, WhyHere
from houtai.application.outbound.queries import OutboundDetail, OutboundRow
from houtai.application.paging import MAX_LIMIT
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.short_pick import ShortChoice
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.work import PickRow, PickState
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import ReceiverOut, shown

W = TypeVar("W", bound="OutboundHeader")

ScannedText = Annotated[str, Meta(min_length=1, max_length=128, description="What the scanner read.")]
Traced = Annotated[str, Meta(max_length=64)]
StopReason = Annotated[str, Meta(min_length=1, max_length=200, description="Why; every scan of the order tells it.")]


class ReleaseWish(wire.Wire, kw_only=True):
    """How urgent an order is to its warehouse (9 the most), and by when its carrier has to have it."""

    priority: Annotated[int, Meta(ge=0, le=9)] = 0
    ship_by: wire.Moment | None = None


def in_utc(moment: dt.datetime | None) -> dt.datetime | None:
    """The same moment as answers tell it."""
    return None if moment is None else moment.astimezone(dt.UTC)


class OrderRelease(ReleaseWish, kw_only=True):
    """With `apart`, bundles that no warehouse has whole leave in parts."""

    apart: bool = False


class ReleaseAll(wire.Wire, kw_only=True):
    """How many of the confirmed orders at once, the oldest first; `cursor` goes on behind those that were looked at."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = MAX_LIMIT
    cursor: wire.Cursor = ""


class OutboundQuery(wire.PageQuery):
    """Which outbound orders; `code` is a number or a waybill number."""

    warehouse_id: wire.Id | None = None
    order_id: wire.Id | None = None
    wave_id: wire.Id | None = None
    state: OutboundState | None = None
    kind: OutboundKind | None = None
    code: Traced = ""


class StopWish(wire.Wire):
    """Why an order does not go."""

    reason: StopReason


class ShortDecision(wire.Wire):
    """What becomes of units that are nowhere, and why; `order_id` where several orders that travel together lack some."""

    choice: ShortChoice
    reason: StopReason
    order_id: wire.Id | None = None


class PutBackIn(wire.Wire, kw_only=True):
    """Units of a stopped order on a shelf again, by the codes that were scanned there."""

    sku_id: wire.Id
    qty: wire.Qty
    to_location_id: wire.Id
    to_unit_id: wire.Id | None = None


class PutBackQuestion(wire.Wire):
    """The goods that are to go back."""

    sku_id: wire.Id


class PutBackPlaceOut(wire.Wire):
    """A place that takes all units of the goods that are off the shelf, and what speaks for it."""

    location_id: UUID
    path: str
    why: WhyHere


class PutBackPlacesOut(wire.Wire):
    """Up to five places, the best first."""

    items: tuple[PutBackPlaceOut, ...]


class OutboundHeader(wire.Versioned, kw_only=True):
    """What an outbound order is about, without its goods and its receiver."""

    id: wire.Id
    number: str
    kind: OutboundKind
    warehouse_id: wire.Id
    source_id: wire.Id | None
    source_number: str
    channel_id: wire.Id | None
    merchant_id: wire.Id | None
    carrier: str
    waybill: str
    priority: int
    ship_by: dt.datetime | None
    partial: bool
    label_after_scan: bool
    wave_id: wire.Id | None
    slot: int
    state: OutboundState
    stop_reason: str
    made_at: dt.datetime


class OutboundRowOut(OutboundHeader, kw_only=True):
    """An outbound order in a list: how many kinds and pieces it has, and who gets it, masked."""

    lines: int
    pieces_qty: int
    receiver: ReceiverOut


class OutboundLineOut(wire.Wire):
    """So many of one SKU: each unit open, allocated, picked, short or cancelled; of the picked so many went the further steps."""

    seq: int
    sku_id: UUID
    sku_code: str
    qty: int
    open_qty: int
    allocated_qty: int
    picked_qty: int
    short_qty: int
    cancelled_qty: int
    checked_qty: int
    packed_qty: int
    shipped_qty: int
    source_line: int
    source_id: Annotated[UUID | None, Meta(description="Its order, where several travel together; else null.")]
    merchant_id: UUID | None


class OutboundOut(OutboundHeader, kw_only=True):
    """An outbound order after a deed."""

    lines: tuple[OutboundLineOut, ...]


class OutboundPickOut(wire.Wire):
    """Units of one line that a bin has promised or given: where they lie now, and who fetches them."""

    number: int
    line: int
    qty: int
    state: PickState
    bin_id: UUID
    sku_id: UUID
    location_id: UUID
    handling_unit_id: UUID | None
    lot_id: UUID | None
    stock_state: StockState
    wave_id: UUID
    run_id: UUID | None


class ContentOut(wire.Wire):
    """So many units of one line of the order."""

    line: int
    sku_id: UUID
    qty: int


class ParcelOut(wire.Versioned):
    """A parcel; its number is the code on it. `weight_g` is 0 until it lay on the scale."""

    id: UUID
    number: str
    outbound_id: UUID
    carrier: str
    waybill: str
    box_code: str
    tare_g: int
    filler_g: int
    weight_g: int
    weighed_at: dt.datetime | None
    manifest_number: str
    state: ParcelState
    contents: tuple[ContentOut, ...]


class OutboundDetailOut(OutboundOut, kw_only=True):
    """An outbound order with everything about it but its timeline."""

    receiver: ReceiverOut
    picks: tuple[OutboundPickOut, ...]
    parcels: tuple[ParcelOut, ...]


class ReleasedOrderOut(wire.Wire, kw_only=True):
    """The order as it is now, and what each warehouse sends of it."""

    order_id: UUID
    number: str
    state: str
    version: int
    outbound: tuple[OutboundOut, ...]


class NotReleasedOut(wire.Wire):
    """An order that stays where it is, and why."""

    order_id: UUID
    code: str
    detail: str


class ReleasedOrdersOut(wire.Wire, kw_only=True):
    """What went to the warehouses, what did not, and where the next call goes on; empty at the end."""

    released: tuple[UUID, ...]
    refused: tuple[NotReleasedOut, ...]
    next_cursor: str


class RefundedOut(wire.Wire):
    """Money that goes back to the buyer."""

    refund_id: UUID
    payment_id: UUID
    amount: wire.Money


class ShortSettledOut(wire.Wire, kw_only=True):
    """What the warehouse sends now, what goes by itself, and what is paid back."""

    order_id: UUID
    outbound: OutboundOut
    further: tuple[OutboundOut, ...]
    refunds: tuple[RefundedOut, ...]


def _headed(kind: type[W], order: OutboundOrder, **more: Any) -> W:
    header: dict[str, Any] = {name: getattr(order, name) for name in OutboundHeader.__struct_fields__}
    return kind(**header, **more)


def _lines(order: OutboundOrder) -> tuple[OutboundLineOut, ...]:
    return tuple(shown(OutboundLineOut, line) for line in order.lines)


def row_out(row: OutboundRow) -> OutboundRowOut:
    """An order in a list."""
    pieces = sum(line.qty for line in row.order.lines)
    receiver = shown(ReceiverOut, row.consignee)
    return _headed(OutboundRowOut, row.order, lines=len(row.order.lines), pieces_qty=pieces, receiver=receiver)


def outbound_out(order: OutboundOrder) -> OutboundOut:
    """An order after a deed, without its receiver."""
    return _headed(OutboundOut, order, lines=_lines(order))


def detail_out(found: OutboundDetail) -> OutboundDetailOut:
    """An order by itself."""
    return _headed(
        OutboundDetailOut,
        found.order,
        lines=_lines(found.order),
        receiver=shown(ReceiverOut, found.consignee),
        picks=tuple(_pick(row) for row in found.picks),
        parcels=tuple(map(parcel_out, found.parcels)),
    )


def _pick(row: PickRow) -> OutboundPickOut:
    return OutboundPickOut(
        number=row.number,
        line=row.line,
        qty=row.qty,
        state=row.state,
        bin_id=row.bin.id,
        sku_id=row.bin.sku_id,
        location_id=row.bin.location_id,
        handling_unit_id=row.bin.handling_unit_id,
        lot_id=row.bin.lot_id,
        stock_state=row.bin.state,
        wave_id=row.wave_id,
        run_id=row.run_id,
    )


def parcel_out(parcel: Parcel) -> ParcelOut:
    """A parcel as it goes out."""
    return shown(ParcelOut, parcel)


def places_out(places: tuple[PutBackPlace, ...]) -> PutBackPlacesOut:
    """Proposed places as they go out."""
    return PutBackPlacesOut(tuple(shown(PutBackPlaceOut, place) for place in places))


def short_settled_out(done: SettledShort) -> ShortSettledOut:
    """A decision as it goes out."""
    refunds = (RefundedOut(one.id, one.payment_id, wire.Money.of(one.amount)) for one in done.refunds)
    return ShortSettledOut(
        order_id=done.order.id,
        outbound=outbound_out(done.outbound),
        further=tuple(map(outbound_out, done.further)),
        refunds=tuple(refunds),
    )
