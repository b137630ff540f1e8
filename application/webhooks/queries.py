"""Look at endpoints and at what became of deliveries."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.ports import Index
from houtai.application.webhooks.ports import (
    DELIVERY_BY_STATE,
    DELIVERY_OF,
    ENDPOINT_BY_CHANNEL,
    ENDPOINT_BY_MERCHANT,
    ENDPOINT_BY_STATE,
    WebhooksViews,
)
from houtai.application.webhooks.view import READ, EndpointView, demand_endpoint, view_of
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId
from houtai.domain.refusal import NotFound
from houtai.domain.webhooks.delivery import DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointState, WebhookEndpoint


@attrs.frozen
class ListWebhookEndpoints:
    """Endpoints of one state, or all."""

    page: Page = attrs.field(factory=Page)
    state: EndpointState | None = None


@attrs.frozen
class ListWebhookDeliveries:
    """Deliveries of one endpoint, of one state, or all."""

    page: Page = attrs.field(factory=Page)
    endpoint: WebhookEndpointId | None = None
    state: DeliveryState | None = None


@needs(READ, along=(CHANNEL, MERCHANT))
def list_webhook_endpoints(views: WebhooksViews, query: ListWebhookEndpoints, act: Act) -> Slice[EndpointView]:
    """Endpoints within reach, newest first."""
    where = _within(act)
    if query.state is not None:
        where[ENDPOINT_BY_STATE] = query.state.value
    found = views.webhook_endpoints.page(query.page, where or None)
    seen = [endpoint for endpoint in found.items if act.may(READ, _scope(endpoint))]
    health = views.webhook_health.many(endpoint.id for endpoint in seen)
    return Slice(tuple(view_of(endpoint, health[endpoint.id], act.at) for endpoint in seen), found.next_cursor)


@needs(READ, along=(CHANNEL, MERCHANT))
def show_webhook_endpoint(views: WebhooksViews, query: WebhookEndpointId, act: Act) -> EndpointView:
    """One endpoint. Raises NotFound."""
    endpoint = views.webhook_endpoints.get(query)
    demand_endpoint(endpoint, READ, act)
    return view_of(endpoint, views.webhook_health.get(endpoint.id), act.at)


@needs(READ, along=(CHANNEL, MERCHANT))
def list_webhook_deliveries(views: WebhooksViews, query: ListWebhookDeliveries, act: Act) -> Slice[WebhookDelivery]:
    """Deliveries to endpoints within reach, newest first. An endpoint out of reach has none."""
    where: dict[Index[WebhookDelivery, Any], Any] = {}
    reached = _reached(views, act)
    if reached is not None:
        where[DELIVERY_OF] = reached if query.endpoint is None else reached & {query.endpoint}
    elif query.endpoint is not None:
        where[DELIVERY_OF] = query.endpoint
    if query.state is not None:
        where[DELIVERY_BY_STATE] = query.state.value
    return views.webhook_deliveries.page(query.page, where or None)


@needs(READ, along=(CHANNEL, MERCHANT))
def show_webhook_delivery(views: WebhooksViews, query: WebhookDeliveryId, act: Act) -> WebhookDelivery:
    """One delivery with its attempts. Raises NotFound, also for an endpoint out of reach."""
    delivery = views.webhook_deliveries.find(query)
    endpoint = None if delivery is None else views.webhook_endpoints.find(delivery.endpoint_id)
    if delivery is None or endpoint is None or not act.may(READ, _scope(endpoint)):
        raise NotFound(what="webhook delivery", key=str(query))
    return delivery


def _scope(endpoint: WebhookEndpoint) -> Scope:
    return Scope(channel=endpoint.channel_id or HOUSE, merchant=endpoint.merchant_id or HOUSE)


def _within(act: Act) -> dict[Index[WebhookEndpoint, Any], Any]:
    """Which endpoints the actor's grants reach, axis by axis; whether one grant reaches a record whole, `may` tells."""
    reach = {
        ENDPOINT_BY_CHANNEL: act.authority.reach(READ, Dimension.CHANNEL, at=act.at),
        ENDPOINT_BY_MERCHANT: act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
    }
    return {index: reached for index, reached in reach.items() if reached is not None}


def _reached(views: WebhooksViews, act: Act) -> frozenset[WebhookEndpointId] | None:
    """The endpoints whose deliveries the actor sees, disabled ones included; None for all of them."""
    within = _within(act)
    if not within:
        return None
    index, reached = next(iter(within.items()))
    found = views.webhook_endpoints.by(index, *sorted(reached)) if reached else []
    return frozenset(endpoint.id for endpoint in found if act.may(READ, _scope(endpoint)))
