"""What webhooks are kept in, and the port to the line that they go out on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.authority import HOUSE
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId
from houtai.domain.webhooks.delivery import Heard, WebhookDelivery
from houtai.domain.webhooks.endpoint import EndpointHealth, WebhookEndpoint

ENDPOINT_BY_STATE: Final[Index[WebhookEndpoint, str]] = Index("state", lambda endpoint: endpoint.state.value)
ENDPOINT_BY_CHANNEL: Final[Index[WebhookEndpoint, UUID]] = Index("channel_id", lambda endpoint: endpoint.channel_id)
ENDPOINT_BY_MERCHANT: Final[Index[WebhookEndpoint, UUID]] = Index("merchant_id", lambda endpoint: endpoint.merchant_id or HOUSE)
ENDPOINTS: Final[Records[WebhookEndpointId, WebhookEndpoint]] = Records(
    "webhook_endpoints",
    WebhookEndpoint,
    lambda endpoint: endpoint.id,
    (ENDPOINT_BY_STATE, ENDPOINT_BY_CHANNEL, ENDPOINT_BY_MERCHANT),
    secret=frozenset({"secrets"}),
    reference=True,
    as_of_beginning=True,
)
HEALTH: Final[Records[WebhookEndpointId, EndpointHealth]] = Records(
    "webhook_health", EndpointHealth, lambda health: health.endpoint_id, logged=False
)
DELIVERY_DUE: Final[Index[WebhookDelivery, dt.datetime]] = Index("due", lambda delivery: delivery.due_at)
DELIVERY_OF: Final[Index[WebhookDelivery, UUID]] = Index("endpoint_id", lambda delivery: delivery.endpoint_id)
DELIVERY_BY_STATE: Final[Index[WebhookDelivery, str]] = Index("state", lambda delivery: delivery.state.value)
DELIVERIES: Final[Records[WebhookDeliveryId, WebhookDelivery]] = Records(
    "webhook_deliveries",
    WebhookDelivery,
    lambda delivery: delivery.id,
    (DELIVERY_DUE, DELIVERY_OF, DELIVERY_BY_STATE),
    logged=False,
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (ENDPOINTS, HEALTH, DELIVERIES)


class WebhooksTx(AftersalesTx, Protocol):
    """What webhooks write. Rows are locked in the order deliveries, health, endpoint, cases."""

    @property
    def webhook_endpoints(self) -> Rows[WebhookEndpointId, WebhookEndpoint]:
        """Who is told of what: read by every deed that is told of, so that it is kept in the process."""

    @property
    def webhook_health(self) -> Rows[WebhookEndpointId, EndpointHealth]:
        """How each endpoint has been doing; apart from it, because it changes all the time."""

    @property
    def webhook_deliveries(self) -> Rows[WebhookDeliveryId, WebhookDelivery]:
        """One for each message and endpoint, written with the event itself."""


class WebhooksViews(Protocol):
    """Webhooks as last committed."""

    @property
    def webhook_endpoints(self) -> Reading[WebhookEndpointId, WebhookEndpoint]:
        """By id, state, channel or merchant."""

    @property
    def webhook_health(self) -> Reading[WebhookEndpointId, EndpointHealth]:
        """By endpoint."""

    @property
    def webhook_deliveries(self) -> Reading[WebhookDeliveryId, WebhookDelivery]:
        """By id, endpoint or state."""

    def next_webhook(self) -> dt.datetime | None:
        """When a delivery is due next."""


class Post(Protocol):
    """The line to endpoints, outside of any transaction. Raises nothing for what the other side does."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Heard:
        """One POST within a deadline of its own, to an address that may be called; what came of it."""
