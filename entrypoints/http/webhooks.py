"""Webhooks over HTTP: endpoints and their secrets, what became of deliveries, and sending them again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from houtai.application.secret_box import NoSecretKey
from houtai.application.webhooks.endpoints import (
    LONGEST_OVERLAP_S,
    ChangeWebhookEndpoint,
    MoveWebhookEndpoint,
    change_webhook_endpoint,
    create_webhook_endpoint,
    disable_webhook_endpoint,
    pause_webhook_endpoint,
    resume_webhook_endpoint,
    rotate_webhook_secret,
)
from houtai.application.webhooks.queries import (
    ListWebhookDeliveries,
    ListWebhookEndpoints,
    list_webhook_deliveries,
    list_webhook_endpoints,
    show_webhook_delivery,
    show_webhook_endpoint,
)
from houtai.application.webhooks.replay import (
    ReplayWebhooks,
    SendTestEvent,
    replay_webhook_delivery,
    replay_webhooks,
    send_test_event,
)
from houtai.application.webhooks.view import EndpointView
from houtai.domain.ids import ChannelId, MerchantId, WebhookDeliveryId, WebhookEndpointId
from houtai.domain.refusal import IllegalMove
from houtai.domain.webhooks.address import MAX_URL
from houtai.domain.webhooks.delivery import DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointState
from houtai.domain.webhooks.event_type import EventType
from houtai.domain.webhooks.refusals import EndpointNotActive, TooManyEndpoints, TooManySecrets
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("webhooks", "Who is told of what happens, signed by the Standard Webhooks specification, and what became of it.")

Url = Annotated[str, Meta(min_length=1, max_length=MAX_URL, examples=["https://erp.example.com/houtai"])]
Description = Annotated[str, Meta(max_length=500)]
Types = Annotated[tuple[EventType, ...], wire.AtLeastOne]
Overlap = Annotated[int, Meta(ge=0, le=LONGEST_OVERLAP_S, description="For so many seconds those before it sign beside it.")]


class NewEndpoint(wire.Wire, kw_only=True):
    """Where to be told. Without channel and merchant it is told of the whole house."""

    url: Url
    types: Types
    description: Description = ""
    channel_id: wire.Id | None = None
    merchant_id: wire.Id | None = None
    id: wire.Id | None = None


class EndpointChange(wire.Wire):
    """What changes about an endpoint; what is left out stays."""

    url: Url | UnsetType = UNSET
    types: Types | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class SecretTermOut(wire.Wire):
    """From when until when a secret signs; null for the one in force. The secret itself is not shown again."""

    made_at: dt.datetime
    ends_at: dt.datetime | None


class EndpointOut(wire.Versioned):
    """An endpoint and how it has been doing: `failing_since` is null where it takes what it is sent."""

    id: wire.Id
    url: str
    types: tuple[EventType, ...]
    description: str
    channel_id: wire.Id | None
    merchant_id: wire.Id | None
    state: EndpointState
    reason: str
    created_at: dt.datetime
    secrets: tuple[SecretTermOut, ...]
    failing_since: dt.datetime | None
    failures: int
    last_success_at: dt.datetime | None
    last_failure_at: dt.datetime | None
    last_problem: str


class SecretOut(wire.Wire):
    """An endpoint and its new secret, which is shown here once and never again."""

    id: wire.Id
    secret: str
    endpoint: EndpointOut


class EndpointQuery(wire.PageQuery):
    """Which endpoints."""

    state: EndpointState | None = None


class WhyMoved(wire.Wire):
    """Why; it stands with the endpoint."""

    reason: Description = ""


class Rotation(wire.Wire):
    """How long the secrets before the new one are still good."""

    overlap_s: Overlap = 86_400


class TestOfEndpoint(wire.Wire):
    """The caller may bring the delivery's id."""

    id: wire.Id | None = None


class ReplayOrder(wire.Wire):
    """From when on; what failed, and with `delivered` what was taken as well."""

    since: wire.Moment
    delivered: bool = False


class AttemptOut(wire.Wire):
    """One request: the answer's status and its beginning, or the problem that there was none."""

    number: int
    at: dt.datetime
    latency_ms: int
    status: int | None
    problem: str
    excerpt: str


class DeliveryOut(wire.Wire):
    """A delivery; `message_id` goes out as webhook-id, the same for every endpoint and attempt."""

    id: wire.Id
    endpoint_id: wire.Id
    message_id: str
    type: str
    state: DeliveryState
    created_at: dt.datetime
    due_at: dt.datetime | None
    tries: int
    attempted: int
    attempts: tuple[AttemptOut, ...]
    body: str


class DeliveryQuery(wire.PageQuery):
    """Which deliveries."""

    endpoint_id: wire.Id | None = None
    state: DeliveryState | None = None


# What shows a secret has no stored answer to give again, so these routes know no Idempotency-Key.
@ROUTES.post(
    "/webhook-endpoints",
    create_webhook_endpoint,
    status=201,
    keyed=False,
    refuses=(TooManyEndpoints, NoSecretKey),
    location="/webhook-endpoints/{id}",
)
def post_webhook_endpoint(desk: Desk, body: NewEndpoint) -> SecretOut:
    """Set up an endpoint.

    Its secret is in the answer and nowhere else. A caller that brings its own id can tell after a lost answer whether the
    endpoint is there, and gives it another secret.
    """
    issued = desk.webhook_secrets.create(
        WebhookEndpointId(desk.new_id(body.id)),
        body.url,
        body.types,
        desk.act,
        description=body.description,
        channel=None if body.channel_id is None else ChannelId(body.channel_id),
        merchant=None if body.merchant_id is None else MerchantId(body.merchant_id),
    )
    return SecretOut(issued.endpoint.id, issued.secret, endpoint_out(issued.endpoint))


@ROUTES.get("/webhook-endpoints", list_webhook_endpoints)
def get_webhook_endpoints(desk: Desk, query: EndpointQuery) -> wire.Listed[EndpointOut]:
    """List endpoints, newest first."""
    return wire.listed(desk.ask(list_webhook_endpoints, ListWebhookEndpoints(query.page(), query.state)), endpoint_out)


@ROUTES.get("/webhook-endpoints/{webhook_endpoint_id}", show_webhook_endpoint)
def get_webhook_endpoint(desk: Desk, webhook_endpoint_id: wire.Id) -> EndpointOut:
    """Look at an endpoint."""
    return endpoint_out(desk.ask(show_webhook_endpoint, WebhookEndpointId(webhook_endpoint_id)))


@ROUTES.patch("/webhook-endpoints/{webhook_endpoint_id}", change_webhook_endpoint)
def patch_webhook_endpoint(desk: Desk, webhook_endpoint_id: wire.Id, body: EndpointChange) -> EndpointOut:
    """Change an endpoint."""
    cmd = ChangeWebhookEndpoint(
        WebhookEndpointId(webhook_endpoint_id),
        desk.expected_version,
        None if body.url is UNSET else body.url,
        None if body.types is UNSET else body.types,
        None if body.description is UNSET else body.description,
        desk.webhook_secrets.rules,
    )
    return endpoint_out(desk.perform(change_webhook_endpoint, cmd))


@ROUTES.post("/webhook-endpoints/{webhook_endpoint_id}/pause", pause_webhook_endpoint, refuses=(IllegalMove,))
def post_webhook_endpoint_pause(desk: Desk, webhook_endpoint_id: wire.Id, body: WhyMoved) -> EndpointOut:
    """Send nothing for a while; what there is to tell is kept."""
    return endpoint_out(desk.perform(pause_webhook_endpoint, _move(webhook_endpoint_id, body)))


@ROUTES.post("/webhook-endpoints/{webhook_endpoint_id}/resume", resume_webhook_endpoint, refuses=(IllegalMove,))
def post_webhook_endpoint_resume(desk: Desk, webhook_endpoint_id: wire.Id, body: WhyMoved) -> EndpointOut:
    """Send again, what was held meanwhile included."""
    return endpoint_out(desk.perform(resume_webhook_endpoint, _move(webhook_endpoint_id, body)))


@ROUTES.post("/webhook-endpoints/{webhook_endpoint_id}/disable", disable_webhook_endpoint, refuses=(IllegalMove,))
def post_webhook_endpoint_disable(desk: Desk, webhook_endpoint_id: wire.Id, body: WhyMoved) -> EndpointOut:
    """Tell the endpoint of nothing more."""
    return endpoint_out(desk.perform(disable_webhook_endpoint, _move(webhook_endpoint_id, body)))


@ROUTES.post(
    "/webhook-endpoints/{webhook_endpoint_id}/rotate-secret",
    rotate_webhook_secret,
    keyed=False,
    refuses=(TooManySecrets, NoSecretKey),
)
def post_webhook_endpoint_rotate_secret(desk: Desk, webhook_endpoint_id: wire.Id, body: Rotation) -> SecretOut:
    """Give an endpoint another secret; for a while everything is signed under both."""
    key = WebhookEndpointId(webhook_endpoint_id)
    issued = desk.webhook_secrets.rotate(key, desk.act, overlap_s=body.overlap_s)
    return SecretOut(issued.endpoint.id, issued.secret, endpoint_out(issued.endpoint))


@ROUTES.post(
    "/webhook-endpoints/{webhook_endpoint_id}/test",
    send_test_event,
    status=201,
    refuses=(EndpointNotActive,),
    location="/webhook-deliveries/{id}",
)
def post_webhook_endpoint_test(desk: Desk, webhook_endpoint_id: wire.Id, body: TestOfEndpoint) -> DeliveryOut:
    """Send an endpoint a message of type `webhook.test`, whatever it subscribed to."""
    cmd = SendTestEvent(WebhookEndpointId(webhook_endpoint_id), WebhookDeliveryId(desk.new_id(body.id)))
    return delivery_out(desk.perform(send_test_event, cmd))


@ROUTES.post("/webhook-endpoints/{webhook_endpoint_id}/replay", replay_webhooks, refuses=(EndpointNotActive,))
def post_webhook_endpoint_replay(desk: Desk, webhook_endpoint_id: wire.Id, body: ReplayOrder) -> None:
    """Send an endpoint again what was written since a moment of the last 30 days; it goes out part by part."""
    desk.perform(replay_webhooks, ReplayWebhooks(WebhookEndpointId(webhook_endpoint_id), body.since, body.delivered))


@ROUTES.get("/webhook-deliveries", list_webhook_deliveries)
def get_webhook_deliveries(desk: Desk, query: DeliveryQuery) -> wire.Listed[DeliveryOut]:
    """List deliveries with their attempts, newest first."""
    endpoint = None if query.endpoint_id is None else WebhookEndpointId(query.endpoint_id)
    found = desk.ask(list_webhook_deliveries, ListWebhookDeliveries(query.page(), endpoint, query.state))
    return wire.listed(found, delivery_out)


@ROUTES.get("/webhook-deliveries/{webhook_delivery_id}", show_webhook_delivery)
def get_webhook_delivery(desk: Desk, webhook_delivery_id: wire.Id) -> DeliveryOut:
    """Look at a delivery: what was sent, and each attempt with what came of it."""
    return delivery_out(desk.ask(show_webhook_delivery, WebhookDeliveryId(webhook_delivery_id)))


@ROUTES.post(
    "/webhook-deliveries/{webhook_delivery_id}/replay", replay_webhook_delivery, refuses=(EndpointNotActive, IllegalMove)
)
def post_webhook_delivery_replay(desk: Desk, webhook_delivery_id: wire.Id) -> DeliveryOut:
    """Send a delivery again, under the same id and with a whole schedule before it."""
    return delivery_out(desk.perform(replay_webhook_delivery, WebhookDeliveryId(webhook_delivery_id)))


def _move(key: wire.Id, body: WhyMoved) -> MoveWebhookEndpoint:
    return MoveWebhookEndpoint(WebhookEndpointId(key), body.reason)


def endpoint_out(view: EndpointView) -> EndpointOut:
    """An endpoint as it goes out."""
    return EndpointOut(
        id=view.id,
        url=view.url,
        types=view.types,
        description=view.description,
        channel_id=view.channel_id,
        merchant_id=view.merchant_id,
        state=view.state,
        reason=view.reason,
        created_at=view.created_at,
        secrets=tuple(SecretTermOut(one.made_at, one.ends_at) for one in view.secrets),
        failing_since=view.failing_since,
        failures=view.failures,
        last_success_at=view.last_success_at,
        last_failure_at=view.last_failure_at,
        last_problem=view.last_problem,
        version=view.version,
    )


def delivery_out(delivery: WebhookDelivery) -> DeliveryOut:
    """A delivery as it goes out."""
    return DeliveryOut(
        id=delivery.id,
        endpoint_id=delivery.endpoint_id,
        message_id=delivery.message_id,
        type=delivery.type,
        state=delivery.state,
        created_at=delivery.created_at,
        due_at=delivery.due_at,
        tries=delivery.tries,
        attempted=delivery.attempted,
        attempts=tuple(
            AttemptOut(one.number, one.at, one.latency_ms, one.status, one.problem, one.excerpt) for one in delivery.attempts
        ),
        body=delivery.body,
    )
