"""A delivery: one message for one endpoint, what is sent, every attempt with what came of it, and when the next one is."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import WebhookDeliveryId, WebhookEndpointId
from houtai.domain.refusal import IllegalMove
from houtai.domain.webhooks.schedule import TRIES, next_try

MOST_ATTEMPTS: Final = 30
"""Kept of one delivery, the latest: three whole schedules."""
MAX_EXCERPT: Final = 500
GONE: Final = 410
_THROTTLES: Final = frozenset({429, 502, 503, 504})


class DeliveryState(enum.Enum):
    """Where a delivery stands."""

    PENDING = "pending"
    HELD = "held"  # its endpoint is paused
    DELIVERED = "delivered"
    FAILED = "failed"  # every try failed, or its endpoint was disabled; somebody may replay it


@attrs.frozen
class Heard:
    """What came of one request: the answer's status, or the `problem` that there was none; `wait_s` as it asked us to wait."""

    status: int | None
    latency_ms: int = attrs.field(validator=limits.between(0, 10_000_000))
    problem: str = attrs.field(default="", validator=limits.text(0, 500))
    excerpt: str = attrs.field(default="", validator=limits.text(0, MAX_EXCERPT))
    wait_s: int = attrs.field(default=0, validator=limits.between(0, 2**31))

    @property
    def ok(self) -> bool:
        """Whether the message was taken: 200 to 299."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no message any more."""
        return self.status == GONE

    @property
    def throttles(self) -> bool:
        """Whether the receiver says that it is overloaded."""
        return self.status in _THROTTLES

    @property
    def why(self) -> str:
        """What went wrong, in words; empty where nothing did."""
        return "" if self.ok else self.problem or f"HTTP {self.status}"


@attrs.frozen
class Attempt:
    """One request. `number` counts all of the delivery; `status` is None where no answer came, and then `problem` says why."""

    number: int
    at: dt.datetime = attrs.field(validator=limits.aware)
    latency_ms: int
    status: int | None = None
    problem: str = ""
    excerpt: str = ""


@attrs.frozen
class WebhookDelivery:
    """One message for one endpoint. `body` goes out letter by letter; `message_id` is the same for every endpoint and try.

    `tries` counts since it was last due anew, `attempted` all there ever were, of which `attempts` holds the latest.
    """

    id: WebhookDeliveryId
    endpoint_id: WebhookEndpointId
    message_id: str = attrs.field(validator=limits.text(1, 64))
    type: str = attrs.field(validator=limits.text(1, 64))
    body: str = attrs.field(repr=False)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    due_at: dt.datetime | None
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    attempted: int = 0
    attempts: tuple[Attempt, ...] = attrs.field(default=(), validator=limits.at_most(MOST_ATTEMPTS))

    def claimed(self, until: dt.datetime) -> WebhookDelivery:
        """Somebody tries it now; nobody else does before `until`."""
        return attrs.evolve(self, tries=self.tries + 1, due_at=until)

    def given_back(self, due_at: dt.datetime) -> WebhookDelivery:
        """Claimed, and not tried after all."""
        return attrs.evolve(self, tries=self.tries - 1, due_at=due_at)

    def later(self, due_at: dt.datetime) -> WebhookDelivery:
        """Not tried, because its endpoint is left alone until then."""
        return attrs.evolve(self, due_at=due_at)

    def held(self) -> WebhookDelivery:
        """Kept until its endpoint is resumed."""
        return attrs.evolve(self, state=DeliveryState.HELD, due_at=None)

    def failed(self) -> WebhookDelivery:
        """Not tried any more by itself."""
        return attrs.evolve(self, state=DeliveryState.FAILED, due_at=None)

    def again(self, at: dt.datetime) -> WebhookDelivery:
        """Due anew with a whole schedule before it. Raises IllegalMove for one that is on its way."""
        if self.state is DeliveryState.PENDING:
            legal = tuple(sorted(one.value for one in DeliveryState if one is not self.state))
            raise IllegalMove(what="webhook delivery", current=self.state.value, wanted="pending", legal=legal)
        return attrs.evolve(self, state=DeliveryState.PENDING, due_at=at, tries=0)

    def heard(self, number: int, at: dt.datetime, heard: Heard, *, jitter: int) -> WebhookDelivery:
        """After the answer to the try numbered `number`; a failure of an earlier one than the present is only noted."""
        noted = self._noted(at, heard)
        if heard.ok:
            return attrs.evolve(noted, state=DeliveryState.DELIVERED, due_at=None)
        if self.state is not DeliveryState.PENDING or number != self.tries:
            return noted
        due_at = None if heard.gone else next_try(number, at, wait_s=heard.wait_s, jitter=jitter)
        return noted.failed() if due_at is None else noted.later(due_at)

    @property
    def used_up(self) -> bool:
        """Whether there is no further try in its schedule."""
        return self.tries >= TRIES

    def tried_since(self, moment: dt.datetime) -> bool:
        """Whether a request for it began later than that."""
        return bool(self.attempts) and self.attempts[-1].at > moment

    def _noted(self, at: dt.datetime, heard: Heard) -> WebhookDelivery:
        number = self.attempted + 1
        attempt = Attempt(number, at, heard.latency_ms, heard.status, heard.problem, heard.excerpt)
        return attrs.evolve(self, attempted=number, attempts=(*self.attempts, attempt)[-MOST_ATTEMPTS:])
