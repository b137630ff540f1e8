"""Outbound orders over HTTP: confirmed orders go to their warehouses, what each sends, stopping it, putting its goods back."""

from __future__ import annotations

from houtai.application.aftersales.short import settle_short
from houtai.application.orders.release import (
    ConfirmedOrders,
    ReleasedOrder,
    ReleaseOrder,
    ReleaseRest,
    confirmed_orders,
    release_group,
    release_order,
    release_rest,
)
from houtai.application.orders.short import SettleShort
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.application.outbound.labels import ask_again
from houtai.application.outbound.put_back_places import ProposePlaces, propose_places
from houtai.application.outbound.queries import ListOutbound, list_outbound, outbound_timeline, show_outbound
from houtai.application.outbound.settle import LookAgain, SendWithout, look_again, send_without
from houtai.application.paging import Page
from houtai.domain.ids import HandlingUnitId, LocationId, OrderId, OutboundId, SkuId, WarehouseId, WaveId
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.outbound.refusals import Intercepted, MustReturn, StepTooEarly, TooMany
from houtai.domain.refusal import IllegalMove, Refusal
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.domain.warehouse.bin_refusals import CannotPlace, CannotTake
from houtai.entrypoints.http import outbound_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import TimelineListOut, timeline_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("outbound", "What warehouses send: from the confirmed order to the parcel that is with its buyer.")


@ROUTES.post(
    "/orders/{order_id}/outbound-orders",
    release_order,
    status=201,
    match="optional",
    refuses=(IllegalMove, StepTooEarly, OutOfStock),
)
def post_order_outbound(desk: Desk, order_id: wire.Id, body: forms.OrderRelease) -> forms.ReleasedOrderOut:
    """Give a confirmed order to the warehouses: one outbound order for each that has some of it reserved."""
    ship_by = forms.in_utc(body.ship_by)
    cmd = ReleaseOrder(OrderId(order_id), desk.version_if_given, body.priority, ship_by, apart=body.apart)
    return _released(desk.perform(release_order, cmd))


@ROUTES.post(
    "/orders/{order_id}/outbound-orders/rest",
    release_rest,
    status=201,
    match="optional",
    refuses=(IllegalMove, StepTooEarly),
)
def post_order_outbound_rest(desk: Desk, order_id: wire.Id, body: forms.ReleaseWish) -> forms.ReleasedOrderOut:
    """Give the warehouses what of a released order nobody works on any more: a part that was stopped and put back."""
    cmd = ReleaseRest(OrderId(order_id), desk.version_if_given, body.priority, forms.in_utc(body.ship_by))
    return _released(desk.perform(release_rest, cmd))


def _released(done: ReleasedOrder) -> forms.ReleasedOrderOut:
    order = done.order
    return forms.ReleasedOrderOut(
        order_id=order.id,
        number=order.number,
        state=order.state.value,
        version=order.version,
        outbound=tuple(map(forms.outbound_out, done.outbound)),
    )


# Each order, or group, goes in a transaction of its own: what a lost answer has done is done, and asking again does the rest.
@ROUTES.post("/confirmed-orders/release", confirmed_orders, keyed=False)
def post_confirmed_orders_release(desk: Desk, body: forms.ReleaseAll) -> forms.ReleasedOrdersOut:
    """Give confirmed orders to the warehouses, the oldest first; those that refuse are named with their reason and stay."""
    page = Page(limit=body.limit, cursor=body.cursor, newest_first=False)
    waiting = desk.ask(confirmed_orders, ConfirmedOrders(page))
    stayed: dict[OrderId, Refusal] = {}
    for group in waiting.groups:
        stayed |= release_group(desk.house.office, group, desk.act)
    return forms.ReleasedOrdersOut(
        released=tuple(one for one in waiting.orders if one not in stayed),
        refused=tuple(forms.NotReleasedOut(one, stayed[one].code, str(stayed[one])) for one in waiting.orders if one in stayed),
        next_cursor=waiting.cursor,
    )


@ROUTES.get("/outbound-orders", list_outbound)
def get_outbound_orders(desk: Desk, query: forms.OutboundQuery) -> wire.Listed[forms.OutboundRowOut]:
    """List outbound orders, newest first, receivers masked."""
    request = ListOutbound(
        page=query.page(),
        warehouse=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        states=frozenset() if query.state is None else frozenset({query.state}),
        wave=None if query.wave_id is None else WaveId(query.wave_id),
        source=query.order_id,
        kind=query.kind,
        code=query.code,
    )
    return wire.listed(desk.ask(list_outbound, request), forms.row_out)


@ROUTES.get("/outbound-orders/{outbound_id}", show_outbound)
def get_outbound_order(desk: Desk, outbound_id: wire.Id) -> forms.OutboundDetailOut:
    """Look at one outbound order: its lines, where their units lie, its parcels; the receiver masked."""
    return forms.detail_out(desk.ask(show_outbound, OutboundId(outbound_id)))


@ROUTES.get("/outbound-orders/{outbound_id}/timeline", outbound_timeline)
def get_outbound_timeline(desk: Desk, outbound_id: wire.Id) -> TimelineListOut:
    """See everything that happened to an outbound order."""
    return timeline_out(desk.ask(outbound_timeline, OutboundId(outbound_id)))


@ROUTES.post("/outbound-orders/{outbound_id}/ask-again", ask_again, refuses=(Intercepted, NoCarrierLeft))
def post_outbound_ask_again(desk: Desk, outbound_id: wire.Id) -> forms.OutboundOut:
    """Ask the next carrier for a waybill number, where one has refused or nobody was asked."""
    return forms.outbound_out(desk.perform(ask_again, OutboundId(outbound_id)))


@ROUTES.post("/outbound-orders/{outbound_id}/intercept", intercept_order, refuses=(MustReturn,))
def post_outbound_intercept(desk: Desk, outbound_id: wire.Id, body: forms.StopWish) -> forms.OutboundOut:
    """Stop an outbound order before the carrier has it; its goods off the shelf wait to be put back. Twice is once."""
    return forms.outbound_out(desk.perform(intercept_order, InterceptOrder(OutboundId(outbound_id), body.reason)))


@ROUTES.post("/outbound-orders/{outbound_id}/put-back-places", propose_places, keyed=False, refuses=(StepTooEarly,))
def post_put_back_places(desk: Desk, outbound_id: wire.Id, body: forms.PutBackQuestion) -> forms.PutBackPlacesOut:
    """Ask where the units of a SKU of a stopped order may go; no place where nobody takes them all."""
    asked = ProposePlaces(OutboundId(outbound_id), SkuId(body.sku_id))
    return forms.places_out(desk.ask(propose_places, asked))


@ROUTES.post("/outbound-orders/{outbound_id}/put-back", put_back_goods, refuses=(StepTooEarly, TooMany, CannotPlace, CannotTake))
def post_outbound_put_back(desk: Desk, outbound_id: wire.Id, body: forms.PutBackIn) -> forms.OutboundOut:
    """Put units of a stopped order on a shelf; with the last of them the order is cancelled."""
    cmd = PutBack(
        outbound=OutboundId(outbound_id),
        sku=SkuId(body.sku_id),
        qty=body.qty,
        to_location=LocationId(body.to_location_id),
        to_unit=None if body.to_unit_id is None else HandlingUnitId(body.to_unit_id),
    )
    return forms.outbound_out(desk.perform(put_back_goods, cmd))


@ROUTES.post("/outbound-orders/{outbound_id}/look-again", look_again, refuses=(Intercepted, StepTooEarly, IllegalMove))
def post_outbound_look_again(desk: Desk, outbound_id: wire.Id) -> forms.OutboundOut:
    """Look in all places for what an order is short of; what is found is a further walk of its wave."""
    return forms.outbound_out(desk.perform(look_again, LookAgain(OutboundId(outbound_id))))


@ROUTES.post(
    "/outbound-orders/{outbound_id}/send-without", send_without, refuses=(Intercepted, StepTooEarly, IllegalMove, MustReturn)
)
def post_outbound_send_without(desk: Desk, outbound_id: wire.Id, body: forms.StopWish) -> forms.OutboundOut:
    """Send a transfer, or another order that nobody paid for, without what is missing."""
    return forms.outbound_out(desk.perform(send_without, SendWithout(OutboundId(outbound_id), body.reason)))


@ROUTES.post(
    "/outbound-orders/{outbound_id}/settle-short",
    settle_short,
    refuses=(Intercepted, StepTooEarly, IllegalMove, MustReturn, OutOfStock, PeriodClosed),
)
def post_outbound_settle_short(desk: Desk, outbound_id: wire.Id, body: forms.ShortDecision) -> forms.ShortSettledOut:
    """Decide about a sale that is short: wait for the rest, send it by itself, or pay it back to the fen."""
    order = None if body.order_id is None else OrderId(body.order_id)
    done = desk.perform(settle_short, SettleShort(OutboundId(outbound_id), body.choice, body.reason, order=order))
    return forms.short_settled_out(done)
