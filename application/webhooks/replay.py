"""Deliveries sent again: one by hand, all since a moment, what was held while an endpoint was paused; and a message to try it."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

import attrs

from houtai.application.outbox import Message
from houtai.application.paging import MAX_LIMIT, Page
from houtai.application.permission import CHANNEL, MERCHANT, logged_as, needs
from houtai.application.webhooks.announce import body_of, delivery_of
from houtai.application.webhooks.ports import DELIVERY_OF, WebhooksTx, WebhooksViews
from houtai.application.webhooks.view import REPLAY, demand_endpoint
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId, derive
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.webhooks.delivery import DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointState
from houtai.domain.webhooks.event_type import TEST_TYPE

TOPIC: Final = "webhooks.replay"
FURTHEST: Final = dt.timedelta(days=30)
"""How long deliveries are kept."""


@needs(REPLAY, along=(CHANNEL, MERCHANT))
def replay_webhook_delivery(tx: WebhooksTx, delivery_id: WebhookDeliveryId, act: Act) -> WebhookDelivery:
    """Send a delivery again, under the same id, with a whole schedule before it.

    Raises NotFound, EndpointNotActive, and IllegalMove for one that is on its way.
    """
    delivery = tx.webhook_deliveries.lock_one(delivery_id)
    endpoint = tx.webhook_endpoints.get(delivery.endpoint_id)
    try:
        demand_endpoint(endpoint, REPLAY, act)
    except NotFound as hidden:
        raise NotFound(what="webhook delivery", key=str(delivery_id)) from hidden
    endpoint.demand_active()
    again = delivery.again(act.at)
    tx.webhook_deliveries.save(again)
    return again


@attrs.frozen
class ReplayWebhooks:
    """An endpoint's deliveries since a moment: those that failed, and with `delivered` those that it took as well."""

    endpoint: WebhookEndpointId
    since: dt.datetime = attrs.field(validator=limits.aware)
    delivered: bool = False


@needs(REPLAY, along=(CHANNEL, MERCHANT))
def replay_webhooks(tx: WebhooksTx, cmd: ReplayWebhooks, act: Act) -> None:
    """Send an endpoint again what was written since that moment, part by part after the commit.

    Raises NotFound, EndpointNotActive, and InvalidValue for a moment to come or longer ago than deliveries are kept.
    """
    endpoint = tx.webhook_endpoints.get(cmd.endpoint)
    demand_endpoint(endpoint, REPLAY, act)
    endpoint.demand_active()
    if not act.at - FURTHEST <= cmd.since <= act.at:
        raise InvalidValue(field="since", rule=f"must lie in the last {FURTHEST.days} days")
    wanted = (DeliveryState.FAILED, *((DeliveryState.DELIVERED,) if cmd.delivered else ()))
    begin_walk(tx, endpoint.id, cmd.since, wanted, act)


@attrs.frozen
class SendTestEvent:
    """Something for an endpoint to prove itself on; `delivery` is made by the caller, so that a retry is the same."""

    endpoint: WebhookEndpointId
    delivery: WebhookDeliveryId


@needs(REPLAY, along=(CHANNEL, MERCHANT))
def send_test_event(tx: WebhooksTx, cmd: SendTestEvent, act: Act) -> WebhookDelivery:
    """Send an endpoint a message of type ``webhook.test``, whatever it subscribed to. Raises NotFound, EndpointNotActive."""
    endpoint = tx.webhook_endpoints.get(cmd.endpoint)
    demand_endpoint(endpoint, REPLAY, act)
    endpoint.demand_active()
    body = body_of(TEST_TYPE, {"endpoint_id": str(endpoint.id)}, act)
    delivery = attrs.evolve(delivery_of(endpoint, cmd.delivery, TEST_TYPE, body, act), id=cmd.delivery)
    tx.webhook_deliveries.add(delivery)
    return delivery


def begin_walk(
    tx: WebhooksTx, endpoint: WebhookEndpointId, since: dt.datetime, wanted: tuple[DeliveryState, ...], act: Act
) -> None:
    """Have the deliveries of these states that were written since then sent again, after the commit."""
    _go_on(tx, WalkPart(endpoint, since, act.at, wanted), act)


@attrs.frozen
class WalkPart:
    """A part of a walk that began at `began`: the deliveries behind `cursor`, the newest where it is empty."""

    endpoint: WebhookEndpointId
    since: dt.datetime
    began: dt.datetime
    wanted: tuple[DeliveryState, ...]
    cursor: str = attrs.field(default="", validator=limits.text(0, 400))


@attrs.frozen
class SendPartAgain:
    """The deliveries of a part; `next_cursor` names the part after them, if there is one."""

    part: WalkPart
    deliveries: tuple[WebhookDeliveryId, ...] = attrs.field(validator=limits.at_most(MAX_LIMIT))
    next_cursor: str = attrs.field(default="", validator=limits.text(0, 400))


@needs("house.deliver")
def part_of_walk(views: WebhooksViews, part: WalkPart, act: Act) -> SendPartAgain:
    """The next part: those that are wanted among a page of the endpoint's deliveries, and whether older ones follow."""
    del act
    page = views.webhook_deliveries.page(Page(MAX_LIMIT, part.cursor), {DELIVERY_OF: part.endpoint})
    recent = [one for one in page.items if one.created_at >= part.since]
    follows = page.next_cursor if len(recent) == len(page.items) else ""
    return SendPartAgain(part, tuple(one.id for one in recent if one.state in part.wanted), follows)


@logged_as(None)
@needs("house.deliver")
def send_part_again(tx: WebhooksTx, cmd: SendPartAgain, act: Act) -> int:
    """Make the part due, as long as its endpoint is active, but for what was tried since the walk began; how many.

    A part that comes twice goes on once.
    """
    part, count = cmd.part, 0
    locked = tx.webhook_deliveries.lock(cmd.deliveries).values()
    endpoint = tx.webhook_endpoints.find(part.endpoint)
    if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
        return 0
    for delivery in locked:
        if delivery.state in part.wanted and not delivery.tried_since(part.began):
            tx.webhook_deliveries.save(delivery.again(act.at))
            count += 1
    if cmd.next_cursor:
        _go_on(tx, attrs.evolve(part, cursor=cmd.next_cursor), act)
    return count


def walk_of(message: Message) -> WalkPart:
    """The part that a message of `TOPIC` asks for."""
    payload = message.payload
    return WalkPart(
        WebhookEndpointId(UUID(payload["endpoint"])),
        dt.datetime.fromisoformat(payload["since"]),
        dt.datetime.fromisoformat(payload["began"]),
        tuple(DeliveryState(state) for state in payload["wanted"]),
        payload["cursor"],
    )


def _go_on(tx: WebhooksTx, part: WalkPart, act: Act) -> None:
    wanted = " ".join(state.value for state in part.wanted)
    message_id = derive(part.endpoint, "replay", part.began.isoformat(), part.since.isoformat(), wanted, part.cursor)
    if tx.outbox.find(message_id) is None:
        payload = {
            "endpoint": str(part.endpoint),
            "since": part.since.isoformat(),
            "began": part.began.isoformat(),
            "wanted": [state.value for state in part.wanted],
            "cursor": part.cursor,
        }
        tx.outbox.add(Message(message_id, TOPIC, payload, act.at, act.at))
