"""Who is at the door: the credential on a request, and the act that the authenticator makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import attrs

from houtai.application.access.authenticate import LoggedIn
from houtai.domain.access.api_key import KEY_PREFIX
from houtai.domain.access.networks import client_address
from houtai.domain.act import Act, Entry, Origin
from houtai.domain.refusal import Unauthenticated
from houtai.entrypoints.http.problems import Problem

MAX_CREDENTIAL = 4_096
MAX_AGENT = 500


class Authenticator(Protocol):
    """Turns what a caller holds into an act, with the authority of this very moment."""

    def log_in(self, name: str, password: str, code: str, origin: Origin) -> LoggedIn:
        """Open a session. Raises LoginRefused, CodeNeeded, TooManyTries and AddressNotAllowed."""

    def act_of_token(self, token: str, origin: Origin, *, with_one_time_password: bool = False) -> Act:
        """The act of a session. Raises Unauthenticated, AddressNotAllowed, TooManyTries and PasswordChangeNeeded."""

    def act_of_api_key(self, secret: str, origin: Origin) -> Act:
        """The act of an API key. Raises Unauthenticated, AddressNotAllowed and TooManyTries."""


@attrs.frozen
class Credential:
    """What a request shows; the text never reaches a log."""

    text: str = attrs.field(repr=False)
    is_api_key: bool

    @property
    def key_prefix(self) -> str:
        """The part of an API key that is no secret and names it; empty for a session."""
        return self.text.removeprefix(KEY_PREFIX).partition("_")[0] if self.is_api_key else ""


def credential_of(found: Mapping[bytes, str]) -> Credential | None:
    """The credential in the headers, None without one. Two at once are refused: whose deed would it be?"""
    authorization = found.get(b"authorization")
    api_key = found.get(b"x-api-key")
    if authorization is not None and api_key is not None:
        raise Problem.of_fields("invalid-header", {"x-api-key": "must not stand beside Authorization"})
    if api_key is not None:
        return Credential(_bounded(api_key), is_api_key=True)
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return Credential(_bounded(token.strip()), is_api_key=False)


def _bounded(text: str) -> str:
    if not 0 < len(text) <= MAX_CREDENTIAL or not text.isascii():
        raise Unauthenticated
    return text


def origin_of(scope: Mapping[str, Any], found: Mapping[bytes, str], trusted_proxies: Sequence[str]) -> Origin:
    """Where the request came from; the agent is cut and stripped of what could forge a log line."""
    agent = "".join(sign for sign in found.get(b"user-agent", "") if sign.isprintable())[:MAX_AGENT]
    peer = scope.get("client")
    forwarded = [found[b"x-forwarded-for"]] if b"x-forwarded-for" in found else []
    return Origin(Entry.HTTP, client_address(peer[0] if peer else None, forwarded, trusted_proxies), agent)


def admit(credential: Credential, origin: Origin, authenticator: Authenticator, *, with_one_time_password: bool) -> Act:
    """The act of whoever holds the credential. Raises what the authenticator raises."""
    if credential.is_api_key:
        return authenticator.act_of_api_key(credential.text, origin)
    return authenticator.act_of_token(credential.text, origin, with_one_time_password=with_one_time_password)
