"""An endpoint: where somebody hears of what happens, of which types, within which channel and merchant, under which secrets."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, MerchantId, WebhookEndpointId
from houtai.domain.moves import Moves, check_move
from houtai.domain.refusal import InvalidValue
from houtai.domain.webhooks.address import MAX_URL
from houtai.domain.webhooks.event_type import OF_THE_HOUSE, EventType
from houtai.domain.webhooks.refusals import EndpointNotActive, TooManySecrets

MOST_ENDPOINTS: Final = 50
"""Of one owner that are not disabled."""
MOST_SECRETS: Final = 4
"""Good at the same time."""


class EndpointState(enum.Enum):
    """Whether deliveries go there."""

    ACTIVE = "active"
    PAUSED = "paused"  # its owner asked us to wait; deliveries are kept and go out when it is resumed
    DISABLED = "disabled"  # it is not told of anything: its owner or its server ended it, or it took nothing for too long


ENDPOINT_MOVES: Final[Moves[EndpointState]] = {
    EndpointState.ACTIVE: frozenset({EndpointState.PAUSED, EndpointState.DISABLED}),
    EndpointState.PAUSED: frozenset({EndpointState.ACTIVE, EndpointState.DISABLED}),
    EndpointState.DISABLED: frozenset({EndpointState.ACTIVE}),
}
LISTENING: Final = (EndpointState.ACTIVE, EndpointState.PAUSED)


@attrs.frozen
class SigningSecret:
    """A secret, sealed, and until when it still signs; None for the one in force."""

    sealed: str = attrs.field(repr=False)
    made_at: dt.datetime = attrs.field(validator=limits.aware)
    ends_at: dt.datetime | None = None

    def good_at(self, at: dt.datetime) -> bool:
        """Whether it signs at that moment."""
        return self.ends_at is None or at < self.ends_at


def _types(_: Any, attribute: attrs.Attribute[Any], value: tuple[EventType, ...]) -> None:
    if not value or len(set(value)) != len(value):
        raise InvalidValue(field=attribute.name, rule="must name at least one type, and each once")


@attrs.frozen
class WebhookEndpoint:
    """Where somebody hears of what happens. Without `channel_id` of every channel, without `merchant_id` of everybody's goods.

    `secrets` lie sealed, the one in force first. `reason` says why it is paused or disabled.
    """

    id: WebhookEndpointId
    url: str = attrs.field(validator=limits.text(1, MAX_URL))
    types: tuple[EventType, ...] = attrs.field(validator=_types)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    secrets: tuple[SigningSecret, ...] = attrs.field(repr=False, validator=limits.at_most(MOST_SECRETS, low=1))
    description: str = attrs.field(default="", validator=limits.text(0, 500))
    channel_id: ChannelId | None = None
    merchant_id: MerchantId | None = None
    state: EndpointState = EndpointState.ACTIVE
    reason: str = attrs.field(default="", validator=limits.text(0, 500))
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse with InvalidValue a merchant's endpoint for what is told to the house alone."""
        told_to_house = sorted(one.value for one in self.types if one in OF_THE_HOUSE)
        if self.merchant_id is not None and told_to_house:
            raise InvalidValue(field="types", rule=f"{', '.join(told_to_house)} are told to the house's own endpoints alone")

    def hears(self, kind: EventType, channel_id: ChannelId | None, owners: Collection[MerchantId | None]) -> bool:
        """Whether it is told of an event there, about goods of these owners (None: the house's own)."""
        return (
            kind in self.types
            and self.channel_id in (None, channel_id)
            and (self.merchant_id is None or self.merchant_id in owners)
        )

    def demand_active(self) -> None:
        """Refuse with EndpointNotActive unless deliveries go there."""
        if self.state is not EndpointState.ACTIVE:
            raise EndpointNotActive(state=self.state.value)

    def moved(self, state: EndpointState, reason: str = "") -> WebhookEndpoint:
        """In another state. Raises IllegalMove."""
        check_move("webhook endpoint", ENDPOINT_MOVES, self.state, state)
        return attrs.evolve(self, state=state, reason=reason, version=self.version + 1)

    def edited(self, **fields: Any) -> WebhookEndpoint:
        """With other fields."""
        return attrs.evolve(self, version=self.version + 1, **fields)

    def rotated(self, sealed: str, at: dt.datetime, overlap: dt.timedelta) -> WebhookEndpoint:
        """With a new secret in force; those before it sign beside it for `overlap`, if they do not end sooner.

        Raises TooManySecrets.
        """
        ends_at = at + overlap
        older = [
            attrs.evolve(one, ends_at=ends_at if one.ends_at is None else min(one.ends_at, ends_at))
            for one in self.secrets
            if one.good_at(at)
        ]
        still_good = tuple(one for one in older if one.good_at(at))
        if len(still_good) >= MOST_SECRETS:
            raise TooManySecrets(count=len(still_good))
        return self.edited(secrets=(SigningSecret(sealed, at), *still_good))


@attrs.frozen
class EndpointHealth:
    """How an endpoint has been doing: since when nothing was taken, how often, and before when it is left alone."""

    endpoint_id: WebhookEndpointId
    failing_since: dt.datetime | None = None
    failures: int = 0
    not_before: dt.datetime | None = None
    last_success_at: dt.datetime | None = None
    last_failure_at: dt.datetime | None = None
    last_problem: str = attrs.field(default="", validator=limits.text(0, 500))

    def took(self, at: dt.datetime) -> EndpointHealth:
        """After a delivery that was taken."""
        return EndpointHealth(self.endpoint_id, last_success_at=at, last_failure_at=self.last_failure_at)

    def failed(self, at: dt.datetime, problem: str, not_before: dt.datetime) -> EndpointHealth:
        """After one that was not."""
        return attrs.evolve(
            self,
            failing_since=self.failing_since or at,
            failures=self.failures + 1,
            not_before=not_before,
            last_failure_at=at,
            last_problem=problem,
        )

    def rested(self) -> EndpointHealth:
        """As one that nothing is held against."""
        return attrs.evolve(self, failing_since=None, failures=0, not_before=None)
