"""What channels are told of stock, what is fenced in for them, and what they sold too much of, over HTTP."""

from __future__ import annotations

from houtai.application.inventory import configure, queries, settle
from houtai.application.inventory.publish import PublishStock, publish_stock
from houtai.application.inventory.suggest import SuggestBuffer, suggest_buffer
from houtai.domain.ids import ChannelId, OrderId, SkuId, WarehouseId
from houtai.domain.inventory.oversell import OversellId
from houtai.domain.inventory.refusals import FenceTooWide, NotStocked, OutOfStock
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import promises_wire as promises, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("published stock", "What channels are told of stock, and what they sold that was not there.")


@ROUTES.get("/orders/{order_id}/reservations", queries.reservations_of_order)
def get_order_reservations(desk: Desk, order_id: wire.Id) -> promises.Reservations:
    """List what an order has reserved, and had."""
    found = desk.ask(queries.reservations_of_order, queries.ReservationsOfOrder(OrderId(order_id)))
    return promises.Reservations(tuple(promises.reservation_out(one) for one in found))


@ROUTES.post("/channels/{channel_id}/published-stock", publish_stock)
def post_published_stock(desk: Desk, channel_id: wire.Id, body: promises.SkusIn) -> promises.PublishedMany:
    """Tell the channel of these SKUs from now on; only figures that changed go out."""
    cmd = PublishStock(ChannelId(channel_id), tuple(SkuId(one) for one in body.skus))
    made = desk.perform(publish_stock, cmd)
    return promises.PublishedMany(tuple(promises.publication_out(one) for one in made))


@ROUTES.get("/channels/{channel_id}/published-stock", queries.list_published)
def get_published_stock(desk: Desk, channel_id: wire.Id, query: promises.PublishedQuery) -> wire.Listed[promises.PublishedOut]:
    """List what the channel was told last, with the arithmetic of each figure."""
    sku = None if query.sku_id is None else SkuId(query.sku_id)
    request = queries.ListPublished(ChannelId(channel_id), sku, query.page())
    return wire.listed(desk.ask(queries.list_published, request), promises.published_out)


@ROUTES.get("/channels/{channel_id}/publish-policies", queries.list_policies)
def get_publish_policies(desk: Desk, channel_id: wire.Id) -> promises.Policies:
    """List how much of which SKU the channel is told of."""
    found = desk.ask(queries.list_policies, ChannelId(channel_id))
    return promises.Policies(tuple(promises.policy_out(one) for one in found))


@ROUTES.put("/channels/{channel_id}/publish-policy", configure.set_publish_policy, match="optional", refuses=(IllegalMove,))
def put_publish_policy(desk: Desk, channel_id: wire.Id, body: promises.PolicyIn) -> promises.PolicyOut:
    """Set how much the channel is told of all SKUs without a policy of their own.

    If-Match names the version that is replaced; it is left out where there was none.
    """
    return _set_policy(desk, ChannelId(channel_id), None, body)


@ROUTES.put(
    "/channels/{channel_id}/publish-policies/{sku_id}",
    configure.set_publish_policy,
    match="optional",
    refuses=(IllegalMove,),
)
def put_sku_publish_policy(desk: Desk, channel_id: wire.Id, sku_id: wire.Id, body: promises.PolicyIn) -> promises.PolicyOut:
    """Set how much the channel is told of one SKU."""
    return _set_policy(desk, ChannelId(channel_id), SkuId(sku_id), body)


def _set_policy(desk: Desk, channel_id: ChannelId, sku_id: SkuId | None, body: promises.PolicyIn) -> promises.PolicyOut:
    cmd = configure.SetPublishPolicy(
        channel_id=channel_id,
        sku_id=sku_id,
        expected_version=desk.version_if_given or 0,
        ratio_percent=body.ratio_percent,
        buffer_qty=body.buffer_qty,
        cap_qty=body.cap_qty,
        min_publish_qty=body.min_publish_qty,
        state=body.state,
        at_zero=body.at_zero,
    )
    return promises.policy_out(desk.perform(configure.set_publish_policy, cmd))


@ROUTES.get("/channels/{channel_id}/buffer-suggestions/{sku_id}", suggest_buffer)
def get_buffer_suggestion(
    desk: Desk, channel_id: wire.Id, sku_id: wire.Id, query: promises.SuggestQuery
) -> promises.SuggestionOut:
    """Ask which buffer covers what other channels sell while a figure is on its way."""
    request = SuggestBuffer(ChannelId(channel_id), SkuId(sku_id), query.latency_s, query.window_s)
    found = desk.ask(suggest_buffer, request)
    return promises.SuggestionOut(found.sold_by_others_qty, found.window_s, found.latency_s, found.buffer_qty)


@ROUTES.put(
    "/channels/{channel_id}/fences/{sku_id}/{warehouse_id}",
    configure.set_fence,
    match="none",
    refuses=(FenceTooWide, NotStocked),
)
def put_fence(
    desk: Desk, channel_id: wire.Id, sku_id: wire.Id, warehouse_id: wire.Id, body: promises.FenceIn
) -> promises.FenceOut:
    """Ring-fence stock for the channel: no other is promised it."""
    cmd = configure.SetFence(ChannelId(channel_id), SkuId(sku_id), WarehouseId(warehouse_id), body.qty)
    fence = desk.perform(configure.set_fence, cmd)
    return promises.FenceOut(fence.channel_id, fence.sku_id, fence.warehouse_id, fence.total_qty, fence.left_qty)


@ROUTES.put("/channels/{channel_id}/unimported/{sku_id}", configure.note_unimported, match="none")
def put_unimported(desk: Desk, channel_id: wire.Id, sku_id: wire.Id, body: promises.UnimportedIn) -> promises.UnimportedOut:
    """Say how many units the channel has sold that are not booked yet."""
    row = desk.perform(configure.note_unimported, configure.NoteUnimported(ChannelId(channel_id), SkuId(sku_id), body.qty))
    return promises.UnimportedOut(row.channel_id, row.sku_id, row.qty)


@ROUTES.get("/oversells", queries.list_oversells)
def get_oversells(desk: Desk, query: promises.OversellQuery) -> wire.Listed[promises.OversellOut]:
    """List oversells with their causes, newest first."""
    channel = None if query.channel_id is None else ChannelId(query.channel_id)
    request = queries.ListOversells(query.page(), query.state, channel)
    return wire.listed(desk.ask(queries.list_oversells, request), promises.oversell_out)


@ROUTES.get("/oversells/{oversell_id}", queries.find_oversell)
def get_oversell(desk: Desk, oversell_id: wire.Id) -> promises.OversellOut:
    """Look at one oversell."""
    return promises.oversell_out(desk.ask(queries.find_oversell, OversellId(oversell_id)))


@ROUTES.post("/oversells/{oversell_id}/fill", settle.fill_oversell, match="required", refuses=(OutOfStock, IllegalMove))
def post_oversell_fill(desk: Desk, oversell_id: wire.Id) -> promises.OversellOut:
    """Reserve what the order is still owed, from stock that is there now."""
    cmd = settle.FillOversell(OversellId(oversell_id), desk.expected_version)
    return promises.oversell_out(desk.perform(settle.fill_oversell, cmd))


@ROUTES.post("/oversells/{oversell_id}/close", settle.close_oversell, match="required", refuses=(IllegalMove,))
def post_oversell_close(desk: Desk, oversell_id: wire.Id, body: promises.Resolution) -> promises.OversellOut:
    """Close an oversell that was solved without this stock."""
    cmd = settle.CloseOversell(OversellId(oversell_id), desk.expected_version, body.resolution)
    return promises.oversell_out(desk.perform(settle.close_oversell, cmd))
