"""What a route works with: the desk hands it the office, the act and the caller's key, and takes back an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from houtai.application.access.credentials import Credentials
from houtai.application.office import Office
from houtai.application.payments.ports import Gateways
from houtai.application.printing.ports import Press
from houtai.application.shipping.ports import Carriers
from houtai.application.tx import Tx, Views
from houtai.application.warehouse.badge import BadgeDoor
from houtai.application.webhooks.secrets import WebhookSecrets
from houtai.domain.act import Act
from houtai.domain.ids import new_id
from houtai.entrypoints.http.doorman import Authenticator
from houtai.entrypoints.http.problems import Problem

C = TypeVar("C")
R = TypeVar("R")
T = TypeVar("T")


@attrs.frozen
class House:
    """What stands behind every desk: the office, and the flows and outside ends that are more than one use case."""

    office: Office
    authenticator: Authenticator
    credentials: Credentials | None = None
    gateways: Gateways = attrs.field(factory=dict)
    press: Press | None = None
    carriers: Carriers = attrs.field(factory=dict)
    badge_door: BadgeDoor | None = None
    webhook_secrets: WebhookSecrets | None = None


class Desk:
    """One request's view of the house. A route performs at most one use case, under the caller's Idempotency-Key."""

    def __init__(
        self,
        house: House,
        act: Act,
        *,
        key: str | None = None,
        version: int | None = None,
        wish: str | None = None,
        token: str = "",
    ) -> None:
        """`version` is what If-Match names; `wish` identifies the request's content for the idempotency key.

        `token` is that of the session one is in, empty behind an API key.
        """
        self.house = house
        self.act = act
        self.key = key
        self.token = token
        self.version_if_given = version
        self._wish = wish
        self._performed = False

    def perform(self, use_case: Callable[[Tx, C, Act], R], cmd: C) -> R:
        """Do it through the office, under the caller's key. Raises the use case's refusals."""
        if self._performed:
            message = "one request performs one use case: a second one would run without the first one's key"
            raise AssertionError(message)
        self._performed = True
        return self.house.office.perform(use_case, cmd, self.act, key=self.key, wish=self._wish)

    def ask(self, query: Callable[[Views, C, Act], R], request: C) -> R:
        """Ask through the office; fields that the actor may not see come back blanked."""
        return self.house.office.ask(query, request, self.act)

    @property
    def authenticator(self) -> Authenticator:
        """The way in."""
        return self.house.authenticator

    @property
    def credentials(self) -> Credentials:
        """The flows around passwords, codes and keys; each performs its own use case, without the caller's key."""
        if self.house.credentials is None:
            message = "this application was made without credentials"
            raise LookupError(message)
        return self.house.credentials

    @property
    def badge_door(self) -> BadgeDoor:
        """The way in at stations; its flows perform their own use cases, without the caller's key."""
        if self.house.badge_door is None:
            message = "this application was made without a door for badges"
            raise LookupError(message)
        return self.house.badge_door

    @property
    def webhook_secrets(self) -> WebhookSecrets:
        """The flows around endpoints' secrets; each performs its own use case, without the caller's key."""
        if self.house.webhook_secrets is None:
            message = "this application was made without secrets of webhooks"
            raise LookupError(message)
        return self.house.webhook_secrets

    @property
    def gateways(self) -> Gateways:
        """The payment providers by name."""
        return self.house.gateways

    @property
    def press(self) -> Press:
        """What draws documents and reaches printers."""
        if self.house.press is None:
            message = "this application was made without a press"
            raise LookupError(message)
        return self.house.press

    @property
    def expected_version(self) -> int:
        """The version that this edit rests on. Raises Problem (428) where the caller did not name it."""
        if self.version_if_given is None:
            raise Problem("precondition-required")
        return self.version_if_given

    def new_id(self, given: UUID | None = None) -> UUID:
        """The id of what this request creates: the caller's own, or a fresh one.

        A repetition under the same key makes another, and gets the first answer all the same: `wish` is what counts.
        """
        return given or new_id()


@attrs.frozen
class Words:
    """What an outside system wants to hear, sign by sign."""

    content: bytes
    media_type: str


@attrs.frozen
class Reply(Generic[T]):
    """An answer with a status other than the route's own, or with headers; `words` go out in the body's place."""

    body: T
    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    words: Words | None = None


@attrs.frozen
class Upload:
    """A file as it came: the request's whole body and its media type."""

    content: bytes = attrs.field(repr=False)
    media_type: str


@attrs.frozen
class Notice:
    """A message from an outside system, exactly as sent: its signature covers these bytes."""

    raw: bytes = attrs.field(repr=False)
    headers: Mapping[str, str]


@attrs.frozen
class Download:
    """A file that goes out as an attachment; browsers neither open nor guess it."""

    content: bytes = attrs.field(repr=False)
    media_type: str
    filename: str


Handler = Callable[..., Any]
