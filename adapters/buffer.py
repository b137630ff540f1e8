"""The buffered transaction that every store shares: an identity map to read and lock through, writes kept until the commit."""

from __future__ import annotations

import datetime as dt
import enum
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from houtai.application.audit import AuditEntry
from houtai.application.plain import to_plain
from houtai.application.ports import Index, Records
from houtai.domain.event import Event
from houtai.domain.refusal import AlreadyExists, NotFound

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)


def flat(key: Any) -> tuple[Any, ...]:
    """A key as the tuple of its column values: attrs keys by field, enums by value, nested tuples laid out."""
    if isinstance(key, enum.Enum):
        return (key.value,)
    if isinstance(key, tuple):
        return tuple(value for part in key for value in flat(part))
    if attrs.has(type(key)):
        return tuple(value for field in attrs.fields(type(key)) for value in flat(getattr(key, field.name)))
    return (key,)


class Source(Protocol[K_contra, R]):
    """Where the buffer reads one kind of record from; the store's half of the transaction."""

    def load(self, keys: Sequence[K_contra], *, lock: bool) -> Iterable[R]:
        """The stored records with these keys (given in key order), locked in that order if asked."""

    def load_by(self, index: Index[R, Any], values: Sequence[Any], *, lock: bool) -> Iterable[R]:
        """The stored records under any of the values."""

    def load_due(self, index: Index[R, Any], until: dt.datetime, limit: int) -> Iterable[R]:
        """The earliest stored records due until then, locked, skipping what others have locked."""


class BufferedRows(Generic[K, R]):
    """The `Rows` port over a source: what was read once stays, what is written waits for the commit."""

    def __init__(self, records: Records[K, R], source: Source[K, R]) -> None:
        """Start with nothing read."""
        self.records = records
        self._source = source
        self._current: dict[K, R] = {}
        self._stored: dict[K, R] = {}  # as the store has it, for what was edited since
        self._locked: set[K] = set()
        self._added: dict[K, None] = {}
        self._edited: dict[K, None] = {}

    def find(self, key: K) -> R | None:
        """See `Rows.find`."""
        if key not in self._current:
            self._remember(self._source.load([key], lock=False))
        return self._current.get(key)

    def get(self, key: K) -> R:
        """See `Rows.get`."""
        return self._existing(key, self.find(key))

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """See `Rows.many`."""
        wanted = sorted(set(keys), key=flat)
        missing = [key for key in wanted if key not in self._current]
        if missing:
            self._remember(self._source.load(missing, lock=False))
        return {key: self._current[key] for key in wanted if key in self._current}

    def lock(self, keys: Iterable[K]) -> dict[K, R]:
        """See `Rows.lock`."""
        wanted = sorted(set(keys), key=flat)
        missing = [key for key in wanted if key not in self._locked and key not in self._added]
        if missing:
            self._hold(self._source.load(missing, lock=True))
        return {key: self._current[key] for key in wanted if key in self._current}

    def lock_one(self, key: K) -> R:
        """See `Rows.lock_one`."""
        return self._existing(key, self.lock([key]).get(key))

    def by(self, index: Index[R, Any], *values: Any) -> list[R]:
        """See `Rows.by`."""
        self._remember(self._source.load_by(index, values, lock=False))
        return self._under(index, values)

    def lock_by(self, index: Index[R, Any], *values: Any) -> list[R]:
        """See `Rows.lock_by`."""
        self._hold(self._source.load_by(index, values, lock=True))
        return self._under(index, values)

    def first(self, index: Index[R, Any], value: Any) -> R | None:
        """See `Rows.first`."""
        assert index.unique, f"{index.name} is not unique"
        return next(iter(self.by(index, value)), None)

    def lock_due(self, index: Index[R, dt.datetime], until: dt.datetime, limit: int) -> list[R]:
        """See `Rows.lock_due`."""
        loaded = list(self._source.load_due(index, until, limit))
        self._hold(loaded)
        return [self._current[self.records.key(record)] for record in loaded]

    def add(self, record: R) -> None:
        """See `Rows.add`."""
        key = self.records.key(record)
        if key in self._current:
            raise AlreadyExists(what=self.records.name, key=str(key))
        self._current[key] = record
        self._added[key] = None

    def save(self, record: R) -> None:
        """See `Rows.save`."""
        assert not self.records.append_only, f"{self.records.name} are append-only"
        key = self.records.key(record)
        if key not in self._added:
            assert key in self._locked, f"{self.records.name} {key} is saved but was not locked"
            self._edited[key] = None
        self._current[key] = record

    def added(self) -> list[R]:
        """New records in the order they came."""
        return [self._current[key] for key in self._added]

    def edited(self) -> list[tuple[R, R]]:
        """Stored and new form of each record that differs, in key order."""
        pairs = ((self._stored[key], self._current[key]) for key in sorted(self._edited, key=flat))
        return [(stored, current) for stored, current in pairs if stored != current]

    def _existing(self, key: K, record: R | None) -> R:
        if record is None:
            raise NotFound(what=self.records.what, key=str(key))
        return record

    def _remember(self, loaded: Iterable[R]) -> None:
        for record in loaded:
            self._current.setdefault(self.records.key(record), record)

    def _hold(self, loaded: Iterable[R]) -> None:
        for record in loaded:
            key = self.records.key(record)
            if key not in self._locked:
                self._locked.add(key)
                self._stored[key] = self._current[key] = record  # what an unlocked read saw may be older

    def _under(self, index: Index[R, Any], values: Sequence[Any]) -> list[R]:
        wanted = set(values)
        found = [key for key, record in self._current.items() if index.of(record) in wanted]
        return [self._current[key] for key in sorted(found, key=flat)]


class BufferedSums:
    """The `Sums` port: changes add up here and go out as one upsert a key."""

    def __init__(self, stored: Any) -> None:
        """`stored(key)` reads the total in the store."""
        self._stored = stored
        self.changes: dict[Any, int] = {}

    def change(self, key: Any, delta: int) -> None:
        """See `Sums.change`."""
        self.changes[key] = self.changes.get(key, 0) + delta

    def get(self, key: Any) -> int:
        """See `Sums.get`."""
        return int(self._stored(key)) + self.changes.get(key, 0)


class BufferedTx:
    """The store-independent half of a transaction. Records and sums are reached as attributes by their declared names."""

    def __init__(self) -> None:
        """Start empty; rows come into being when they are first asked for."""
        self.rows: dict[str, BufferedRows[Any, Any]] = {}
        self.sums: dict[str, BufferedSums] = {}
        self.audit: list[AuditEntry] = []
        self._events: deque[Event] = deque()

    def __getattr__(self, name: str) -> Any:
        """The rows or sums of that name."""
        opened = self.open(name)
        self.__dict__[name] = opened
        return opened

    def open(self, name: str) -> Any:
        """Make the rows or sums of that name; AttributeError where nothing is called so."""
        raise AttributeError(name)

    def emit(self, event: Event) -> None:
        """See `HouseTx.emit`."""
        self._events.append(event)

    def events(self) -> Iterator[Event]:
        """See `OpenTx.events`."""
        while self._events:
            yield self._events.popleft()

    def append_audit(self, entry: AuditEntry) -> None:
        """See `OpenTx.append_audit`."""
        self.audit.append(entry)

    def moved_documents(self) -> bool:
        """See `OpenTx.moved_documents`."""
        return "timeline" in self.rows and bool(self.rows["timeline"].added())

    def changes(self) -> list[dict[str, Any]]:
        """See `OpenTx.changes`."""
        found: list[dict[str, Any]] = []
        for rows in self.rows.values():
            records = rows.records
            if records.logged:
                found += [{"record": records.name, "added": str(records.key(record))} for record in rows.added()]
                found += [_difference(records, stored, current) for stored, current in rows.edited()]
        return found


def _difference(records: Records[Any, Any], stored: Any, current: Any) -> dict[str, Any]:
    """The fields that differ, before and after, secrets left out."""
    names = [
        field.name
        for field in attrs.fields(type(current))
        if field.name not in records.secret and getattr(stored, field.name) != getattr(current, field.name)
    ]
    return {
        "record": records.name,
        "key": str(records.key(current)),
        "before": {name: to_plain(getattr(stored, name)) for name in names},
        "after": {name: to_plain(getattr(current, name)) for name in names},
    }
