"""The tables of webhooks: endpoints, how they do, and deliveries with their attempts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, Table, func, select

from houtai.adapters.sql.columns import (
    METADATA,
    id_column,
    long_text,
    moment,
    one_of,
    owner_column,
    plain,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.plain import from_plain, to_plain
from houtai.application.webhooks import ports
from houtai.domain.webhooks.delivery import Attempt, DeliveryState, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointHealth, EndpointState, SigningSecret, WebhookEndpoint
from houtai.domain.webhooks.event_type import EventType

_COUNT: Final = 2**31 - 1

webhook_endpoints: Final = Table(
    "webhook_endpoints",
    METADATA,
    id_column("id", primary_key=True),
    words("url", 500),
    plain("types"),
    moment("created_at"),
    plain("secrets"),  # sealed
    words("description", 500),
    id_column("channel_id", ForeignKey("channels.id"), nullable=True, index=True),
    owner_column("merchant_id", index=True),
    one_of("state", EndpointState, index=True),
    words("reason", 500),
    version(),
)

webhook_health: Final = Table(
    "webhook_health",
    METADATA,
    id_column("endpoint_id", ForeignKey("webhook_endpoints.id"), primary_key=True),
    moment("failing_since", nullable=True),
    whole_number("failures", 0, _COUNT),
    moment("not_before", nullable=True),
    moment("last_success_at", nullable=True),
    moment("last_failure_at", nullable=True),
    words("last_problem", 500),
    CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing"),
)

webhook_deliveries: Final = Table(
    "webhook_deliveries",
    METADATA,
    id_column("id", primary_key=True),
    id_column("endpoint_id", ForeignKey("webhook_endpoints.id")),
    words("message_id", 64),
    words("type", 64),
    long_text("body"),
    moment("created_at"),
    moment("due_at", nullable=True),
    one_of("state", DeliveryState),
    whole_number("tries", 0, _COUNT),
    whole_number("attempted", 0, _COUNT),
    plain("attempts"),
    CheckConstraint("(state = 'pending') = (due_at IS NOT NULL)", name="due"),
)
Index(
    "ix_webhook_deliveries_due_at",
    webhook_deliveries.c.due_at,
    postgresql_where=webhook_deliveries.c.due_at.is_not(None),
    sqlite_where=webhook_deliveries.c.due_at.is_not(None),
)
Index("ix_webhook_deliveries_endpoint_id", webhook_deliveries.c.endpoint_id, webhook_deliveries.c.id)
Index("ix_webhook_deliveries_state", webhook_deliveries.c.state, webhook_deliveries.c.id)
Index("ix_webhook_deliveries_created_at", webhook_deliveries.c.created_at)
OVER: Final = f"state <> '{DeliveryState.PENDING.value}'"


class WebhooksSearch:
    """What webhooks ask beyond keys and lookups."""

    connection: Connection

    def next_webhook(self) -> dt.datetime | None:
        """See `WebhooksViews.next_webhook`."""
        due = webhook_deliveries.c.due_at
        found: dt.datetime | None = self.connection.execute(select(func.min(due, type_=due.type))).scalar_one()
        return found


def _dump_endpoint(endpoint: WebhookEndpoint) -> Row:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "types": [one.value for one in endpoint.types],
        "created_at": endpoint.created_at,
        "secrets": to_plain(endpoint.secrets),
        "description": endpoint.description,
        "channel_id": endpoint.channel_id,
        "merchant_id": endpoint.merchant_id,
        "state": endpoint.state.value,
        "reason": endpoint.reason,
        "version": endpoint.version,
    }


def _load_endpoint(row: Row, _: object) -> WebhookEndpoint:
    known = {
        "types": tuple(EventType(one) for one in row["types"]),
        "secrets": from_plain(row["secrets"], tuple[SigningSecret, ...]),
        "state": EndpointState(row["state"]),
    }
    return WebhookEndpoint(**{**row, **known})


_HEALTH_COLUMNS: Final = tuple(column.name for column in webhook_health.columns)
_DELIVERY_COLUMNS: Final = tuple(column.name for column in webhook_deliveries.columns)


def _dump_health(health: EndpointHealth) -> Row:
    return {name: getattr(health, name) for name in _HEALTH_COLUMNS}


def _dump_delivery(delivery: WebhookDelivery) -> Row:
    row = {name: getattr(delivery, name) for name in _DELIVERY_COLUMNS}
    return {**row, "state": delivery.state.value, "attempts": to_plain(delivery.attempts)}


def _load_delivery(row: Row, _: object) -> WebhookDelivery:
    attempts = from_plain(row["attempts"], tuple[Attempt, ...])
    return WebhookDelivery(**{**row, "state": DeliveryState(row["state"]), "attempts": attempts})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.ENDPOINTS,
        webhook_endpoints,
        _dump_endpoint,
        _load_endpoint,
        {
            ports.ENDPOINT_BY_STATE: ("state",),
            ports.ENDPOINT_BY_CHANNEL: ("channel_id",),
            ports.ENDPOINT_BY_MERCHANT: ("merchant_id",),
        },
    ),
    Mapping(ports.HEALTH, webhook_health, _dump_health, lambda row, _: EndpointHealth(**row)),
    Mapping(
        ports.DELIVERIES,
        webhook_deliveries,
        _dump_delivery,
        _load_delivery,
        {
            ports.DELIVERY_DUE: ("due_at",),
            ports.DELIVERY_OF: ("endpoint_id",),
            ports.DELIVERY_BY_STATE: ("state",),
        },
    ),
)
