"""Endpoints: set up, changed, paused, resumed and disabled, and given new secrets; each secret comes sealed."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.application.webhooks.ports import ENDPOINT_BY_MERCHANT, WebhooksTx
from houtai.application.webhooks.replay import begin_walk
from houtai.application.webhooks.view import MANAGE, EndpointView, demand_endpoint, shown
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.ids import ChannelId, MerchantId, WebhookEndpointId
from houtai.domain.refusal import VersionConflict
from houtai.domain.webhooks.address import UrlRules, check_url
from houtai.domain.webhooks.delivery import DeliveryState
from houtai.domain.webhooks.endpoint import (
    MOST_ENDPOINTS,
    EndpointHealth,
    EndpointState,
    SigningSecret,
    WebhookEndpoint,
)
from houtai.domain.webhooks.event_type import EventType
from houtai.domain.webhooks.refusals import TooManyEndpoints

DOCUMENT: Final = "webhook-endpoint"
LONGEST_OVERLAP_S: Final = 30 * 86_400
MOST_TYPES: Final = 200


@attrs.frozen
class CreateWebhookEndpoint:
    """Somewhere to hear of events; see `WebhookSecrets.create`, which makes the secret.

    `rules` are the operator's, not the caller's. Without `channel` and `merchant` it hears of the whole house.
    """

    endpoint: WebhookEndpointId
    url: str
    types: tuple[EventType, ...] = attrs.field(validator=limits.at_most(MOST_TYPES, low=1))
    sealed: str = attrs.field(repr=False, metadata={SECRET: True})
    description: str = attrs.field(default="", validator=limits.text(0, 500))
    channel: ChannelId | None = None
    merchant: MerchantId | None = None
    rules: UrlRules = attrs.field(factory=UrlRules)


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def create_webhook_endpoint(tx: WebhooksTx, cmd: CreateWebhookEndpoint, act: Act) -> EndpointView:
    """Set up an endpoint, at once active.

    Raises InvalidValue for a URL that may not be called and for types that a merchant is not told of, NotFound for an unknown
    channel or merchant, TooManyEndpoints, Forbidden.
    """
    act.demand(MANAGE, Scope(channel=cmd.channel or HOUSE, merchant=cmd.merchant or HOUSE))
    if cmd.channel is not None:
        tx.channels.get(cmd.channel)
    if cmd.merchant is not None:
        tx.merchants.get(cmd.merchant)
    theirs = tx.webhook_endpoints.lock_by(ENDPOINT_BY_MERCHANT, cmd.merchant or HOUSE)
    count = sum(one.state is not EndpointState.DISABLED for one in theirs)
    if count >= MOST_ENDPOINTS:
        raise TooManyEndpoints(count=count, most=MOST_ENDPOINTS)
    endpoint = WebhookEndpoint(
        id=cmd.endpoint,
        url=check_url(cmd.url, cmd.rules),
        types=cmd.types,
        created_at=act.at,
        secrets=(SigningSecret(cmd.sealed, act.at),),
        description=cmd.description,
        channel_id=cmd.channel,
        merchant_id=cmd.merchant,
    )
    tx.webhook_endpoints.add(endpoint)
    tx.webhook_health.add(EndpointHealth(endpoint.id))
    write_line(tx, act, DOCUMENT, endpoint, "created", before=None)
    return shown(tx, endpoint, act)


@attrs.frozen
class ChangeWebhookEndpoint:
    """Other words, another address, other types; what is None stays."""

    endpoint: WebhookEndpointId
    expected_version: int
    url: str | None = None
    types: tuple[EventType, ...] | None = attrs.field(
        default=None, validator=attrs.validators.optional(limits.at_most(MOST_TYPES, low=1))
    )
    description: str | None = None
    rules: UrlRules = attrs.field(factory=UrlRules)


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def change_webhook_endpoint(tx: WebhooksTx, cmd: ChangeWebhookEndpoint, act: Act) -> EndpointView:
    """Change an endpoint; deliveries under way go to its new address. Raises NotFound, VersionConflict, InvalidValue."""
    endpoint = _locked(tx, cmd.endpoint, act)
    if endpoint.version != cmd.expected_version:
        raise VersionConflict(
            what="webhook endpoint",
            key=str(endpoint.id),
            expected_version=cmd.expected_version,
            current_version=endpoint.version,
        )
    wanted = {"url": cmd.url, "types": cmd.types, "description": cmd.description}
    if cmd.url is not None:
        check_url(cmd.url, cmd.rules)
    changed = endpoint.edited(**{name: value for name, value in wanted.items() if value is not None})
    tx.webhook_endpoints.save(changed)
    write_line(tx, act, DOCUMENT, changed, "changed", before=endpoint.state)
    return shown(tx, changed, act)


@attrs.frozen
class MoveWebhookEndpoint:
    """Pause, resume or disable an endpoint."""

    endpoint: WebhookEndpointId
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def pause_webhook_endpoint(tx: WebhooksTx, cmd: MoveWebhookEndpoint, act: Act) -> EndpointView:
    """Send nothing for a while and keep what there is to tell. Raises NotFound, IllegalMove."""
    return _move(tx, cmd, EndpointState.PAUSED, "paused", act)


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def disable_webhook_endpoint(tx: WebhooksTx, cmd: MoveWebhookEndpoint, act: Act) -> EndpointView:
    """Tell it of nothing more; what is still on its way fails. Raises NotFound, IllegalMove."""
    return _move(tx, cmd, EndpointState.DISABLED, "disabled", act)


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def resume_webhook_endpoint(tx: WebhooksTx, cmd: MoveWebhookEndpoint, act: Act) -> EndpointView:
    """Send again: what was held while it was paused goes out. What failed while it was disabled is replayed by hand.

    Raises NotFound, IllegalMove.
    """
    demand_endpoint(tx.webhook_endpoints.get(cmd.endpoint), MANAGE, act)
    health = tx.webhook_health.lock_one(cmd.endpoint)  # before the endpoint, as whoever records an attempt does
    tx.webhook_health.save(health.rested())
    view = _move(tx, cmd, EndpointState.ACTIVE, "resumed", act)
    begin_walk(tx, view.id, view.created_at, (DeliveryState.HELD,), act)
    return view


@attrs.frozen
class RotateWebhookSecret:
    """Another secret; those before it sign beside it for `overlap_s` seconds. See `WebhookSecrets.rotate`."""

    endpoint: WebhookEndpointId
    sealed: str = attrs.field(repr=False, metadata={SECRET: True})
    overlap_s: int = attrs.field(default=86_400, validator=limits.between(0, LONGEST_OVERLAP_S))


@needs(MANAGE, along=(CHANNEL, MERCHANT))
def rotate_webhook_secret(tx: WebhooksTx, cmd: RotateWebhookSecret, act: Act) -> EndpointView:
    """Sign under a new secret. Raises NotFound, TooManySecrets."""
    endpoint = _locked(tx, cmd.endpoint, act)
    rotated = endpoint.rotated(cmd.sealed, act.at, dt.timedelta(seconds=cmd.overlap_s))
    tx.webhook_endpoints.save(rotated)
    write_line(tx, act, DOCUMENT, rotated, "secret-rotated", before=endpoint.state, details={"overlap_s": cmd.overlap_s})
    return shown(tx, rotated, act)


def _locked(tx: WebhooksTx, key: WebhookEndpointId, act: Act) -> WebhookEndpoint:
    endpoint = tx.webhook_endpoints.lock_one(key)
    demand_endpoint(endpoint, MANAGE, act)
    return endpoint


def _move(tx: WebhooksTx, cmd: MoveWebhookEndpoint, state: EndpointState, event: str, act: Act) -> EndpointView:
    endpoint = _locked(tx, cmd.endpoint, act)
    moved = endpoint.moved(state, cmd.reason)
    tx.webhook_endpoints.save(moved)
    write_line(tx, act, DOCUMENT, moved, event, before=endpoint.state, reason=cmd.reason)
    return shown(tx, moved, act)
