"""Who is at the door: the credential on a request, and the act that the authenticator makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import attrs

from houtai.domain.act import Act, Entry, Origin
from houtai.domain.refusal import Unauthenticated
from houtai.entrypoints.http.problems import Problem

MAX_CREDENTIAL = 4_096
MAX_AGENT = 500

AddressOf = Callable[[str, str], str]
"""(peer address, X-Forwarded-For as sent) -> the address that the trusted-proxy rule believes."""


class Authenticator(Protocol):
    """Turns what a caller holds into an act, with the authority of this very moment."""

    def act_of_token(self, token: str, origin: Origin) -> Act:
        """The act of a session. Raises Unauthenticated."""

    def act_of_api_key(self, secret: str, origin: Origin) -> Act:
        """The act of an API key. Raises Unauthenticated."""


@attrs.frozen
class Credential:
    """What a request shows; the text never reaches a log."""

    text: str = attrs.field(repr=False)
    is_api_key: bool


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


def origin_of(peer: str, found: Mapping[bytes, str], address_of: AddressOf) -> Origin:
    """Where the request came from; the agent is cut and stripped of what could forge a log line."""
    agent = "".join(sign for sign in found.get(b"user-agent", "") if sign.isprintable())[:MAX_AGENT]
    return Origin(Entry.HTTP, address_of(peer, found.get(b"x-forwarded-for", "")), agent)


def admit(credential: Credential, origin: Origin, authenticator: Authenticator) -> Act:
    """The act of whoever holds the credential. Raises Unauthenticated."""
    if credential.is_api_key:
        return authenticator.act_of_api_key(credential.text, origin)
    return authenticator.act_of_token(credential.text, origin)
