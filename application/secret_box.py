"""Secrets that the house must be able to read again, such as an authenticator's, lie sealed in the store: the port for that."""

from __future__ import annotations

from typing import Protocol

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NoSecretKey(Refusal):
    """The process was given no key to seal with."""

    code = "no-secret-key"
    kind = Kind.UNAVAILABLE
    text = "this house has no key to keep secrets with: set HOUTAI_SECRET_KEY or HOUTAI_SECRET_KEY_FILE"


@attrs.define(eq=False, slots=False)
class SealBroken(Refusal):
    """A sealed secret does not open: its key is not among those given, or it was changed or moved to another record."""

    code = "seal-broken"
    kind = Kind.UNAVAILABLE
    text = "a secret cannot be opened: it was sealed with the key {key_id}, or was changed since"

    key_id: str


class SecretBox(Protocol):
    """Seals with the first of its keys and opens what any of them has sealed. Safe to share between threads."""

    def seal(self, plain: str, whose: str) -> str:
        """The text that may be stored; it opens only for the same `whose`. Raises NoSecretKey."""

    def open(self, sealed: str, whose: str) -> str:
        """The secret again. Raises SealBroken."""

    def key_of(self, sealed: str) -> str:
        """The id of the key that sealed it; empty for what no box has sealed."""

    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys at hand, the one that seals first; an id says nothing about its key."""
