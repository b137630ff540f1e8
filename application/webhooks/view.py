"""An endpoint as it is shown: without its secrets, with how it has been doing."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.reach import demand_within
from houtai.application.webhooks.ports import WebhooksTx
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ChannelId, MerchantId, WebhookEndpointId
from houtai.domain.webhooks.endpoint import EndpointHealth, EndpointState, WebhookEndpoint
from houtai.domain.webhooks.event_type import EventType

READ = "webhooks.read"
MANAGE = "webhooks.manage"
REPLAY = "webhooks.replay"
WHAT = "webhook endpoint"


@attrs.frozen
class SecretTerm:
    """From when until when a secret signs; None for the one in force."""

    made_at: dt.datetime
    ends_at: dt.datetime | None


@attrs.frozen
class EndpointView:
    """An endpoint for people. `failing_since` is when it last began to take nothing, None where it takes what it is sent."""

    id: WebhookEndpointId
    url: str
    types: tuple[EventType, ...]
    description: str
    channel_id: ChannelId | None
    merchant_id: MerchantId | None
    state: EndpointState
    reason: str
    created_at: dt.datetime
    secrets: tuple[SecretTerm, ...]
    failing_since: dt.datetime | None
    failures: int
    last_success_at: dt.datetime | None
    last_failure_at: dt.datetime | None
    last_problem: str
    version: int


def view_of(endpoint: WebhookEndpoint, health: EndpointHealth, at: dt.datetime) -> EndpointView:
    """The endpoint with those of its secrets that sign at that moment."""
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        types=endpoint.types,
        description=endpoint.description,
        channel_id=endpoint.channel_id,
        merchant_id=endpoint.merchant_id,
        state=endpoint.state,
        reason=endpoint.reason,
        created_at=endpoint.created_at,
        secrets=tuple(SecretTerm(one.made_at, one.ends_at) for one in endpoint.secrets if one.good_at(at)),
        failing_since=health.failing_since,
        failures=health.failures,
        last_success_at=health.last_success_at,
        last_failure_at=health.last_failure_at,
        last_problem=health.last_problem,
        version=endpoint.version,
    )


def shown(tx: WebhooksTx, endpoint: WebhookEndpoint, act: Act) -> EndpointView:
    """The endpoint as this deed leaves it."""
    return view_of(endpoint, tx.webhook_health.get(endpoint.id), act.at)


def demand_endpoint(endpoint: WebhookEndpoint, verb: str, act: Act) -> None:
    """Refuse with NotFound, as if there were no such endpoint, where it lies outside of what the verb reaches."""
    channel = endpoint.channel_id or HOUSE
    demand_within(act, verb, WHAT, endpoint.id, merchant=endpoint.merchant_id, channel=channel)
