"""Reference records kept in the process: what every deed reads and few write, kept right by a log of its changes.

Goods, prices, channels and rules are read by each order and edited a few times a day. A transaction that edits one notes its
key in `reference_changes` and moves the kind's head, in the same commit. A transaction that reads one first looks at the
heads, one statement for all kinds, and drops what has changed since the process last looked: it never decides on anything
older than its own beginning, however many processes there are.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping as Lookup, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import BigInteger, Column, Connection, Table, Uuid, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from houtai.adapters.buffer import flat
from houtai.adapters.sql.columns import METADATA, plain, whole_number, words
from houtai.adapters.sql.faults import translated
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.wire import say
from houtai.application.ports import Index

MOST_KEPT: Final = 60_000
"""Records of one kind in one process; the earliest read go first."""

MOST_NAMED: Final = 200
"""Keys in one note; a larger edit says that anything may have changed."""

NOTES_KEPT: Final = 500
KEPT_FOR_S: Final = 600.0
"""Longest time before a kind is read afresh, for rows that somebody edited past the program."""

reference_heads: Final = Table(
    "reference_heads",
    METADATA,
    words("kind", 40, primary_key=True),
    whole_number("seq", 1, 2**62),
)

reference_changes: Final = Table(
    "reference_changes",
    METADATA,
    words("kind", 40, primary_key=True),
    Column("seq", BigInteger(), primary_key=True, autoincrement=False),
    plain("edited", nullable=True),  # None: anything of this kind may have changed
)

_HEADS: Final = "SELECT kind, seq FROM reference_heads"
_LATER: Final = (
    select(reference_changes.c.seq, reference_changes.c.edited)
    .where(reference_changes.c.kind == bindparam("of_kind"), reference_changes.c.seq > bindparam("seen"))
    .order_by(reference_changes.c.seq)
)
_BEGIN: Final = {
    "postgresql": postgresql.insert(reference_heads).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(reference_heads).on_conflict_do_nothing(),
}
_MOVE: Final = (
    update(reference_heads)
    .where(reference_heads.c.kind == bindparam("of_kind"))
    .values(seq=reference_heads.c.seq + 1)
    .returning(reference_heads.c.seq)
)
_NOTE: Final = insert(reference_changes)
_FORGET: Final = delete(reference_changes).where(
    reference_changes.c.kind == bindparam("of_kind"), reference_changes.c.seq <= bindparam("old")
)

_UNKNOWN: Final[Any] = object()
Fetch = Callable[[Sequence[Any]], list[Any]]


@attrs.define(eq=False)
class _Shelf:
    """What the process knows of one kind, as of change `seq`."""

    seq: int
    since: float
    held: dict[Hashable, Any] = attrs.field(factory=dict)  # by flat key; None for what does not exist
    found: dict[tuple[str, Any], tuple[Any, ...]] = attrs.field(factory=dict)  # by lookup and value


class Reference:
    """The kept records of every reference kind, shared by the process's transactions."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known yet."""
        self._shelves: dict[str, _Shelf] = {}
        self._mutex = threading.Lock()
        self._now = now

    def catch_up(self, connection: Connection, mappings: Lookup[str, Mapping[Any]]) -> dict[str, int]:
        """Drop what was changed since the process last looked; the heads as this transaction sees them, by kind."""
        heads: dict[str, int] = dict(say(connection, _HEADS, ()).fetchall())
        for kind, seq in heads.items():
            shelf = self._shelves.get(kind)
            if shelf is not None and shelf.seq < seq and kind in mappings:
                notes = connection.execute(_LATER, {"of_kind": kind, "seen": shelf.seq}).all()
                heads[kind] = self._drop(kind, mappings[kind], [(note.seq, note.edited) for note in notes])
        return heads

    def load(self, mapping: Mapping[Any], keys: Sequence[Any], seen: int, fetch: Fetch) -> list[Any]:
        """The records with these keys in key order; `fetch` reads those that are not kept."""
        shelf = self._shelf(mapping.records.name, seen)
        known = {key: shelf.held.get(flat(key), _UNKNOWN) for key in keys}
        missing = [key for key, record in known.items() if record is _UNKNOWN]
        if missing:
            read = {mapping.records.key(record): record for record in fetch(missing)}
            fresh = {key: read.get(key) for key in missing}
            known |= fresh
            self._keep(mapping.records.name, seen, {flat(key): record for key, record in fresh.items()}, {})
        return [record for record in known.values() if record is not None]

    def load_by(self, mapping: Mapping[Any], index: Index[Any, Any], values: Sequence[Any], seen: int, fetch: Fetch) -> list[Any]:
        """The records under any of the values."""
        shelf = self._shelf(mapping.records.name, seen)
        known = {value: shelf.found.get((index.name, value), _UNKNOWN) for value in values}
        missing = [value for value, records in known.items() if records is _UNKNOWN]
        if missing:
            by_value: dict[Any, list[Any]] = {value: [] for value in missing}
            for record in fetch(missing):
                by_value[index.of(record)].append(record)
            known |= {value: tuple(records) for value, records in by_value.items()}
            self._keep(mapping.records.name, seen, {}, {(index.name, value): known[value] for value in missing})
        return [record for records in known.values() for record in records]

    def _shelf(self, kind: str, seen: int) -> _Shelf:
        """The shelf to read from: an empty one where the transaction knows of changes that the shelf has not followed yet."""
        with self._mutex:
            shelf = self._shelves.get(kind)
            if shelf is None or self._now() - shelf.since > KEPT_FOR_S:
                shelf = self._shelves[kind] = _Shelf(seen, self._now())
            return shelf if shelf.seq >= seen else _Shelf(seen, shelf.since)

    def _keep(self, kind: str, seen: int, held: dict[Hashable, Any], found: dict[tuple[str, Any], tuple[Any, ...]]) -> None:
        """Keep what was read, unless another transaction has learnt of a change meanwhile: this may be older than that."""
        with self._mutex:
            shelf = self._shelves[kind]
            if shelf.seq == seen:
                for book, read in ((shelf.held, held), (shelf.found, found)):
                    book.update(read)  # type: ignore[arg-type]  # each with its own
                    while len(book) > MOST_KEPT:
                        del book[next(iter(book))]  # type: ignore[arg-type]  # its first key

    def _drop(self, kind: str, mapping: Mapping[Any], notes: Sequence[tuple[int, list[list[Any]] | None]]) -> int:
        """Forget what these notes name; how far the shelf has followed."""
        is_id = [isinstance(column.type, Uuid) for column in mapping.key_columns]
        with self._mutex:
            shelf = self._shelves[kind]
            for seq, keys in notes:
                if seq <= shelf.seq:
                    continue
                if keys is None or seq != shelf.seq + 1:
                    shelf.held.clear()
                for key in keys or ():
                    shelf.held.pop(tuple(UUID(part) if of_id else part for part, of_id in zip(key, is_id, strict=True)), None)
                shelf.found.clear()
                shelf.seq = seq
            return shelf.seq


class Looked:
    """What one transaction knows of the reference kinds: it looks at the heads when it first reads one, and again after a lock.

    So what is read behind a lock is never older than the lock, as if it came from the database.
    """

    def __init__(self, reference: Reference, connection: Connection, mappings: Lookup[str, Mapping[Any]]) -> None:
        """Nothing is read before it is asked for."""
        self._reference = reference
        self._connection = connection
        self._mappings = mappings
        self._heads: dict[str, int] | None = None
        self._first: dict[str, int] | None = None
        self._again = True

    def only_once(self) -> None:
        """Look no more than once: what is read behind a lock may be as old as the transaction."""
        self._again = False

    def expire(self) -> None:
        """The transaction has waited for a lock: others may have committed meanwhile."""
        if self._again:
            self._heads = None

    def load(self, connection: Connection, mapping: Mapping[Any], keys: Sequence[Any]) -> list[Any]:
        """The records with these keys, unlocked."""
        seen = self._at(mapping)
        return self._reference.load(mapping, keys, seen, partial(mapping.fetch, connection, lock=False))

    def load_by(self, connection: Connection, mapping: Mapping[Any], index: Index[Any, Any], values: Sequence[Any]) -> list[Any]:
        """The records under any of the values, unlocked."""
        seen = self._at(mapping)
        return self._reference.load_by(mapping, index, values, seen, partial(mapping.fetch_by, connection, index, lock=False))

    def _at(self, mapping: Mapping[Any]) -> int:
        """The kind's head."""
        if mapping.records.as_of_beginning and self._first is not None:
            return self._first.get(mapping.records.name, 0)
        if self._heads is None:
            self._heads = self._reference.catch_up(self._connection, self._mappings)
            self._first = self._first or self._heads
        return self._heads.get(mapping.records.name, 0)


class SqlSource:
    """See `buffer.Source`: one kind of record read through its mapping, a reference kind from what the process keeps."""

    def __init__(self, connection: Connection, mapping: Mapping[Any], looked: Looked) -> None:
        """Read on this connection."""
        self._connection = connection
        self._mapping = mapping
        self._looked = looked

    def load(self, keys: Sequence[Any], *, lock: bool) -> list[Any]:
        """See `Source.load`."""
        if lock:
            self._looked.expire()
        elif self._mapping.records.reference:
            with translated():
                return self._looked.load(self._connection, self._mapping, keys)
        with translated():
            return self._mapping.fetch(self._connection, keys, lock=lock)

    def load_by(self, index: Index[Any, Any], values: Sequence[Any], *, lock: bool) -> list[Any]:
        """See `Source.load_by`."""
        if lock:
            self._looked.expire()
        elif self._mapping.records.reference:
            with translated():
                return self._looked.load_by(self._connection, self._mapping, index, values)
        with translated():
            return self._mapping.fetch_by(self._connection, index, values, lock=lock)

    def load_due(self, index: Index[Any, Any], until: dt.datetime, limit: int) -> list[Any]:
        """See `Source.load_due`."""
        self._looked.expire()
        with translated():
            return self._mapping.fetch_due(self._connection, index, until, limit)


def note(connection: Connection, edited: Lookup[str, Iterable[Any]]) -> None:
    """Say which keys of which kinds this transaction adds or edits. The heads are locked in the order of their names."""
    for kind in sorted(edited):
        keys = [[str(part) if isinstance(part, UUID) else part for part in flat(key)] for key in edited[kind]]
        connection.execute(_BEGIN[connection.dialect.name], {"kind": kind, "seq": 1})
        seq = connection.execute(_MOVE, {"of_kind": kind}).scalar_one()
        connection.execute(_NOTE, {"kind": kind, "seq": seq, "edited": keys if len(keys) <= MOST_NAMED else None})
        if seq > NOTES_KEPT and seq % 50 == 0:
            connection.execute(_FORGET, {"of_kind": kind, "old": seq - NOTES_KEPT})
