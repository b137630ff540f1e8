"""The flows around an endpoint's secret: made here, told once, kept sealed, opened only to sign."""

from __future__ import annotations

import datetime as dt
import secrets

import attrs

from houtai.application.ports import Performer
from houtai.application.secret_box import SecretBox
from houtai.application.webhooks.endpoints import (
    CreateWebhookEndpoint,
    RotateWebhookSecret,
    create_webhook_endpoint,
    rotate_webhook_secret,
)
from houtai.application.webhooks.view import EndpointView
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, MerchantId, WebhookEndpointId
from houtai.domain.webhooks.address import UrlRules
from houtai.domain.webhooks.endpoint import WebhookEndpoint
from houtai.domain.webhooks.event_type import EventType
from houtai.domain.webhooks.signing import KEY_BYTES, secret_of


@attrs.frozen
class IssuedSecret:
    """An endpoint and its new secret, which nobody can read again."""

    endpoint: EndpointView
    secret: str = attrs.field(repr=False)


class WebhookSecrets:
    """Each of its flows ends in one use case. Safe to share between threads."""

    def __init__(self, office: Performer, box: SecretBox, rules: UrlRules = UrlRules()) -> None:
        """`rules` are what the operator allows beyond public addresses."""
        self._office = office
        self._box = box
        self.rules = rules

    def create(
        self,
        endpoint: WebhookEndpointId,
        url: str,
        types: tuple[EventType, ...],
        act: Act,
        *,
        description: str = "",
        channel: ChannelId | None = None,
        merchant: MerchantId | None = None,
    ) -> IssuedSecret:
        """Set up an endpoint with a fresh secret. Raises what `create_webhook_endpoint` raises, and NoSecretKey."""
        secret, sealed = self._fresh(endpoint)
        cmd = CreateWebhookEndpoint(endpoint, url, types, sealed, description, channel, merchant, self.rules)
        return IssuedSecret(self._office.perform(create_webhook_endpoint, cmd, act), secret)

    def rotate(self, endpoint: WebhookEndpointId, act: Act, *, overlap_s: int = 86_400) -> IssuedSecret:
        """Give an endpoint another secret. Raises what `rotate_webhook_secret` raises, and NoSecretKey."""
        secret, sealed = self._fresh(endpoint)
        cmd = RotateWebhookSecret(endpoint, sealed, overlap_s)
        return IssuedSecret(self._office.perform(rotate_webhook_secret, cmd, act), secret)

    def opened(self, endpoint: WebhookEndpoint, at: dt.datetime) -> tuple[str, ...]:
        """The secrets that sign at that moment, the one in force first. Raises SealBroken."""
        return tuple(self._box.open(one.sealed, whose_secret(endpoint.id)) for one in endpoint.secrets if one.good_at(at))

    def _fresh(self, endpoint: WebhookEndpointId) -> tuple[str, str]:
        secret = secret_of(secrets.token_bytes(KEY_BYTES))
        return secret, self._box.seal(secret, whose_secret(endpoint))


def whose_secret(endpoint: WebhookEndpointId) -> str:
    """To whom a sealed secret belongs: it opens for no other endpoint."""
    return f"webhook-endpoint {endpoint}"
