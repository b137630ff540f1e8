"""The operation log: who did what, as one hash chain that shows the first row anybody touched (A1, A2)."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import attrs

from houtai.application.plain import to_json, to_plain, to_sorted_json

GENESIS = "0" * 64
DIGEST_DIGITS = 40


def digest_of(record: Any) -> str:
    """What the log keeps of a witnessed record: forty hexadecimal digits that another content would not have."""
    return hashlib.sha256(to_sorted_json(to_plain(record)).encode()).hexdigest()[:DIGEST_DIGITS]


class Category(enum.Enum):
    """What kind of entry it is."""

    OPERATION = "operation"
    REFUSAL = "refusal"
    LOGIN = "login"
    DISCLOSURE = "disclosure"  # somebody saw or exported personal data


@attrs.frozen
class AuditEntry:
    """What happened, before it has its place in the chain."""

    category: Category
    at: dt.datetime
    actor: UUID
    actor_name: str
    on_behalf_of: UUID | None
    entry: str  # the door: http, terminal …
    address: str
    agent: str
    deed: str  # the use case
    outcome: str  # "done", or the refusal's code
    reason: str
    correlation: UUID | None
    command: Mapping[str, Any]  # plain JSON, secrets left out
    changes: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class Form:
    """The two large parts of an entry as the texts that are hashed and stored."""

    command: str
    changes: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Form:
        """An entry's."""
        return cls(to_sorted_json(entry.command), to_sorted_json(entry.changes))


_BEFORE = ("actor", "actor_name", "address", "agent", "at", "category")
_AFTER = ("correlation", "deed", "entry", "on_behalf_of", "outcome", "reason")


@attrs.frozen
class SealedEntry:
    """An entry with its place in the chain: ``hash = sha256(previous_hash + canonical entry)``."""

    seq: int
    entry: AuditEntry
    previous_hash: str
    hash: str


@attrs.frozen
class BrokenLink:
    """The first row that does not fit: an edited, removed or inserted one."""

    seq: int
    what: str


def canonical(entry: AuditEntry, seq: int, form: Form | None = None) -> bytes:
    """The one byte form of an entry: JSON with sorted names, times in UTC to the microsecond."""
    form = form or Form.of(entry)
    before = to_json({name: _plain(getattr(entry, name)) for name in _BEFORE})
    after = to_json({name: _plain(getattr(entry, name)) for name in _AFTER} | {"seq": seq})
    return f'{before[:-1]},"changes":{form.changes},"command":{form.command},{after[1:]}'.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def seal(entry: AuditEntry, seq: int, previous_hash: str, form: Form | None = None) -> SealedEntry:
    """Put the entry behind the row with `previous_hash`; its `form` is made where the caller has none."""
    digest = hashlib.sha256(previous_hash.encode() + canonical(entry, seq, form)).hexdigest()
    return SealedEntry(seq, entry, previous_hash, digest)


def first_broken(chain: Iterable[SealedEntry], *, head_seq: int | None = None, head_hash: str | None = None) -> BrokenLink | None:
    """Walk the chain from its beginning; the first row that does not follow from the one before, or None.

    `head_seq` and `head_hash` are where the chain ends by its head: fewer rows mean that its tail was cut off, another hash
    that its last row was written anew.
    """
    previous, expected = GENESIS, 1
    for row in chain:
        if row.seq != expected:
            return BrokenLink(expected, f"row {expected} is missing")
        if row.previous_hash != previous:
            return BrokenLink(row.seq, f"row {row.seq} does not follow row {row.seq - 1}")
        if seal(row.entry, row.seq, previous).hash != row.hash:
            return BrokenLink(row.seq, f"row {row.seq} was changed after it was written")
        previous, expected = row.hash, expected + 1
    if head_seq is not None and expected - 1 != head_seq:
        return BrokenLink(expected, f"the chain ends at row {expected - 1}, its head says {head_seq}")
    if head_hash and head_hash != previous:
        return BrokenLink(expected - 1, f"row {expected - 1} is not the one that its head says")
    return None
