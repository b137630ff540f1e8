"""The ways in which the core says no: every refusal has a unique code, a kind that deliveries map once, and its numbers."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

import attrs


class Kind(enum.Enum):
    """What a refusal means to whoever asked; HTTP, terminal and command line each map it once."""

    INVALID = "invalid"  # the input breaks a rule that its sender could have known
    UNAUTHENTICATED = "unauthenticated"  # nobody, or not proved
    FORBIDDEN = "forbidden"  # known, and not allowed
    NOT_FOUND = "not-found"  # absent, or hidden from this actor: the two look alike
    CONFLICT = "conflict"  # right in itself, but not in the present state
    STALE = "stale"  # decided on a version that is no longer the current one
    LIMITED = "limited"  # too many tries; later is fine
    UNAVAILABLE = "unavailable"  # nothing was done; the same call may go through later


@attrs.define(eq=False, slots=False)
class Refusal(Exception):
    """A typed no. Raised before anything is written, so it leaves no trace but its own audit entry.

    Subclasses set `code` (``module.what``, unique), `kind` and `text` (a template over their own fields), and
    hold as fields the numbers that a clerk needs to act on.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.CONFLICT
    text: ClassVar[str] = "refused"

    def facts(self) -> dict[str, Any]:
        """The refusal's own fields by name."""
        return {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}

    def __str__(self) -> str:
        return self.text.format(**self.facts())


@attrs.define(eq=False, slots=False)
class InvalidValue(Refusal):
    """One field breaks one rule; both are named. `field` is the path as the caller wrote it (``lines[0].qty``)."""

    code = "invalid-value"
    kind = Kind.INVALID
    text = "{field}: {rule}"

    field: str
    rule: str


@attrs.define(eq=False, slots=False)
class NotFound(Refusal):
    """No such record, or none that this actor may know of."""

    code = "not-found"
    kind = Kind.NOT_FOUND
    text = "no {what} {key}"

    what: str
    key: str


@attrs.define(eq=False, slots=False)
class AlreadyExists(Refusal):
    """A unique business key is taken."""

    code = "already-exists"
    kind = Kind.CONFLICT
    text = "{what} {key} exists already"

    what: str
    key: str


@attrs.define(eq=False, slots=False)
class VersionConflict(Refusal):
    """Somebody else edited the record after the caller's screen was drawn."""

    code = "version-conflict"
    kind = Kind.STALE
    text = "{what} {key} is at version {current_version}, the edit rests on {expected_version}"

    what: str
    key: str
    expected_version: int
    current_version: int


@attrs.define(eq=False, slots=False)
class IllegalMove(Refusal):
    """The document cannot go there from where it is; the legal next states are named."""

    code = "illegal-move"
    kind = Kind.CONFLICT
    text = "{what} cannot go from {current} to {wanted}; legal: {legal}"

    what: str
    current: str
    wanted: str
    legal: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class CurrencyMismatch(Refusal):
    """Two currencies met in one sum (R-1)."""

    code = "currency-mismatch"
    kind = Kind.INVALID
    text = "{left} and {right} do not add up"

    left: str
    right: str


@attrs.define(eq=False, slots=False)
class Forbidden(Refusal):
    """The actor is known and may not do this; `reason` is one of the reasons of `authority.Denial`."""

    code = "forbidden"
    kind = Kind.FORBIDDEN
    text = "{verb} is not allowed: {explanation}"

    verb: str
    reason: str
    explanation: str


@attrs.define(eq=False, slots=False)
class Unauthenticated(Refusal):
    """Nobody is logged in, or the credential is not (or no longer) valid. Says no more than that."""

    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    text = "not logged in, or the login has ended"


@attrs.define(eq=False, slots=False)
class KeyReused(Refusal):
    """An idempotency key came back with another body."""

    code = "idempotency-key-reused"
    kind = Kind.INVALID
    text = "idempotency key {key} was used before with another body"

    key: str


@attrs.define(eq=False, slots=False)
class Busy(Refusal):
    """Others were in the way each time; nothing was done and the same call may go through later."""

    code = "busy"
    kind = Kind.UNAVAILABLE
    text = "{what}"

    what: str = "too many at once; nothing was done, try again"


@attrs.define(eq=False, slots=False)
class OutcomeUnknown(Refusal):
    """The connection was lost around the commit: it may or may not have happened. Ask again with the same key."""

    code = "outcome-unknown"
    kind = Kind.UNAVAILABLE
    text = "the answer was lost; repeat the call with the same idempotency key to learn what happened"
