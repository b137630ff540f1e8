"""The bookkeeping of sending: which deliveries are tried now, what came of each, and when an endpoint is given up."""

from __future__ import annotations

import datetime as dt
from typing import Final
from urllib.parse import urlsplit

import attrs

from houtai.application.payments.cases import open_case
from houtai.application.permission import logged_as, needs
from houtai.application.timeline import write_line
from houtai.application.webhooks.endpoints import DOCUMENT
from houtai.application.webhooks.ports import DELIVERY_DUE, WebhooksTx, WebhooksViews
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId
from houtai.domain.payments.case import CaseKind
from houtai.domain.webhooks.delivery import DeliveryState, Heard, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointHealth, EndpointState, WebhookEndpoint
from houtai.domain.webhooks.schedule import LONGEST_WAIT_S, MOST_JITTER, fails_too_long

AT_ONCE: Final = 100
BUSY_S: Final = 2
REST: Final = dt.timedelta(seconds=30)
"""How long an endpoint that throttles is left alone, unless it says longer."""
SEEN_WELL: Final = dt.timedelta(minutes=1)
"""How exactly it is noted when an endpoint last took something: a hundred deliveries need not write it a hundred times."""


@needs("house.deliver")
def next_webhook_due(views: WebhooksViews, query: None, act: Act) -> dt.datetime | None:
    """When the next delivery is due."""
    del query, act
    return views.next_webhook()


@attrs.frozen
class ClaimWebhooks:
    """Up to `limit` due deliveries; nobody else tries them for `lease_s` seconds. Those of `busy` endpoints wait a little."""

    limit: int = attrs.field(validator=limits.between(1, 1_000))
    lease_s: int = attrs.field(validator=limits.between(1, 3_600))
    busy: frozenset[WebhookEndpointId] = frozenset()


@attrs.frozen
class ClaimedWebhook:
    """A delivery that is to be tried now, and where it goes."""

    delivery: WebhookDelivery
    endpoint: WebhookEndpoint


@logged_as(None)
@needs("house.deliver")
def claim_webhooks(tx: WebhooksTx, cmd: ClaimWebhooks, act: Act) -> tuple[ClaimedWebhook, ...]:
    """Take due deliveries and count the try, before anything leaves: a crash in between is a try as well.

    Of an endpoint that took nothing last time one is tried, and the others wait for what comes of it.
    """
    due = tx.webhook_deliveries.lock_due(DELIVERY_DUE, act.at, cmd.limit)
    wanted = {delivery.endpoint_id for delivery in due}
    endpoints, health = tx.webhook_endpoints.many(wanted), tx.webhook_health.many(wanted)
    resting = {key: until for key, one in health.items() if (until := _rests_until(one, act)) is not None}
    resting |= dict.fromkeys(cmd.busy, act.at + dt.timedelta(seconds=BUSY_S))
    lease = act.at + dt.timedelta(seconds=cmd.lease_s)
    claimed = []
    for delivery in due:
        endpoint = endpoints[delivery.endpoint_id]
        after = _set_aside(delivery, endpoint, resting.get(endpoint.id))
        tx.webhook_deliveries.save(after or delivery.claimed(lease))
        if after is None:
            claimed.append(ClaimedWebhook(delivery.claimed(lease), endpoint))
            if health[endpoint.id].failures:
                resting[endpoint.id] = act.at + REST
    return tuple(claimed)


def _rests_until(health: EndpointHealth, act: Act) -> dt.datetime | None:
    return health.not_before if health.not_before is not None and health.not_before > act.at else None


def _set_aside(delivery: WebhookDelivery, endpoint: WebhookEndpoint, until: dt.datetime | None) -> WebhookDelivery | None:
    """The delivery where it is not to be tried now; None where it is."""
    if endpoint.state is EndpointState.DISABLED or delivery.used_up:
        return delivery.failed()
    if endpoint.state is EndpointState.PAUSED:
        return delivery.held()
    return None if until is None else delivery.later(until)


@attrs.frozen
class GiveBackWebhooks:
    """Claimed deliveries that were not tried after all; they are due again in `pause_s` seconds."""

    deliveries: tuple[WebhookDeliveryId, ...] = attrs.field(validator=limits.at_most(1_000))
    pause_s: int = attrs.field(default=0, validator=limits.between(0, LONGEST_WAIT_S))


@logged_as(None)
@needs("house.deliver")
def give_back_webhooks(tx: WebhooksTx, cmd: GiveBackWebhooks, act: Act) -> None:
    """Take the try back."""
    due_at = act.at + dt.timedelta(seconds=cmd.pause_s)
    for delivery in tx.webhook_deliveries.lock(cmd.deliveries).values():
        if delivery.state is DeliveryState.PENDING and delivery.tries:
            tx.webhook_deliveries.save(delivery.given_back(due_at))


@attrs.frozen
class RecordWebhook:
    """What came of the try numbered `number`, which began at `began`; `jitter` is in thousandths of the next pause."""

    delivery: WebhookDeliveryId
    number: int
    began: dt.datetime = attrs.field(validator=limits.aware)
    heard: Heard
    jitter: int = attrs.field(default=0, validator=limits.between(0, MOST_JITTER))


@logged_as(None)
@needs("house.deliver")
def record_webhook(tx: WebhooksTx, cmd: RecordWebhook, act: Act) -> WebhookDelivery:
    """Note an attempt: taken, to be tried again by the schedule, or failed for good. Raises NotFound.

    An endpoint that says 410, or that took nothing for as long as a whole schedule takes, is disabled, and a case tells people.
    """
    delivery = tx.webhook_deliveries.lock_one(cmd.delivery)
    after = delivery.heard(cmd.number, cmd.began, cmd.heard, jitter=cmd.jitter)
    tx.webhook_deliveries.save(after)
    health = _note_health(tx, delivery.endpoint_id, cmd.heard, act)
    if cmd.heard.gone:
        _give_up(tx, delivery.endpoint_id, "the receiver said 410 Gone", act)
    elif fails_too_long(health.failing_since, act.at):
        _give_up(tx, delivery.endpoint_id, f"nothing was taken for three days: {cmd.heard.why}"[:500], act)
    return after


def _note_health(tx: WebhooksTx, key: WebhookEndpointId, heard: Heard, act: Act) -> EndpointHealth:
    seen = tx.webhook_health.get(key)
    if heard.ok and not seen.failures and seen.last_success_at is not None and act.at - seen.last_success_at < SEEN_WELL:
        return seen
    health = tx.webhook_health.lock_one(key)
    if heard.ok:
        after = health.took(act.at)
    else:
        rest = max(dt.timedelta(seconds=min(heard.wait_s, LONGEST_WAIT_S)), REST if heard.throttles else dt.timedelta(0))
        after = health.failed(act.at, heard.why, act.at + rest)
    tx.webhook_health.save(after)
    return after


def _give_up(tx: WebhooksTx, key: WebhookEndpointId, reason: str, act: Act) -> None:
    endpoint = tx.webhook_endpoints.lock_one(key)
    if endpoint.state is EndpointState.DISABLED:
        return
    disabled = endpoint.moved(EndpointState.DISABLED, reason)
    tx.webhook_endpoints.save(disabled)
    write_line(tx, act, DOCUMENT, disabled, "given-up", before=endpoint.state, reason=reason)
    open_case(
        tx,
        CaseKind.WEBHOOK_DISABLED,
        subject=DOCUMENT,
        subject_id=endpoint.id,
        facts={"host": urlsplit(endpoint.url).hostname or "", "reason": reason, "merchant": str(endpoint.merchant_id or "")},
        channel_id=endpoint.channel_id,
        act=act,
        about=str(disabled.version),
    )
