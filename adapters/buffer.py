"""The buffer that every store shares: an identity map to read and lock through, writes kept until the commit."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from houtai.application.ports import Index, Records
from houtai.domain.refusal import AlreadyExists, NotFound

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)


_ABSENT: Final[Any] = object()


def flat(key: Any) -> tuple[Any, ...]:
    """A key as the tuple of its column values: attrs keys by field, enums by value, nested tuples laid out."""
    if type(key) is UUID:
        return (key,)
    if isinstance(key, enum.Enum):
        return (key.value,)
    if isinstance(key, tuple):
        return tuple(value for part in key for value in flat(part))
    if attrs.has(type(key)):
        return tuple(value for field in attrs.fields(type(key)) for value in flat(getattr(key, field.name)))
    return (key,)


def in_order(keys: Iterable[K]) -> list[K]:
    """Each key once, in the one order in which everybody locks them: that of their column values."""
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > 1:
        wanted.sort(key=_place)
    return wanted


def _place(key: Any) -> Any:
    """What a key is sorted by: ids by their number, which compares faster than they do themselves and as they do."""
    if type(key) is UUID:
        return key.int
    return [part.int if type(part) is UUID else part for part in flat(key)]


class Source(Protocol[K_contra, R]):
    """Where the buffer reads one kind of record from; the store's half of the transaction."""

    def load(self, keys: Sequence[K_contra], *, lock: bool) -> Iterable[R]:
        """The stored records with these keys (given in key order), locked in that order if asked."""

    def load_by(self, index: Index[R, Any], values: Sequence[Any], *, lock: bool) -> Iterable[R]:
        """The stored records under any of the values."""

    def load_due(self, index: Index[R, Any], until: dt.datetime, limit: int) -> Iterable[R]:
        """The earliest stored records due until then, locked, skipping what others have locked."""


class BufferedRows(Generic[K, R]):
    """The `Rows` port over a source: what was read once stays, what is written waits for the commit.

    A journal keeps what the deed under way has written, so that a refusal in a group takes back that deed alone.
    """

    def __init__(self, records: Records[K, R], source: Source[K, R]) -> None:
        """Start with nothing read."""
        self.records = records
        self._source = source
        self._current: dict[K, R] = {}
        self._stored: dict[K, R] = {}  # as the store has it, for what was edited since
        self._locked: set[K] = set()
        self._added: dict[K, None] = {}
        self._edited: dict[K, None] = {}
        self._absent: set[K] = set()  # read ahead and not found
        self._ahead: dict[str, dict[Any, dict[K, None]]] = {}  # lookups that were read ahead, kept up to date
        self._journal: list[tuple[K, Any, bool]] = []  # key, form before, whether this write made it an edited one

    def find(self, key: K) -> R | None:
        """See `Rows.find`."""
        if key not in self._current and key not in self._absent:
            self._remember(self._source.load([key], lock=False))
        return self._current.get(key)

    def get(self, key: K) -> R:
        """See `Rows.get`."""
        return self._existing(key, self.find(key))

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """See `Rows.many`."""
        wanted = in_order(keys)
        missing = [key for key in wanted if key not in self._current and key not in self._absent]
        if missing:
            self._remember(self._source.load(missing, lock=False))
        return self._those(wanted)

    def lock(self, keys: Iterable[K]) -> dict[K, R]:
        """See `Rows.lock`."""
        wanted = in_order(keys)
        missing = [key for key in wanted if key not in self._locked and key not in self._added and key not in self._absent]
        if missing:
            self._hold(self._source.load(missing, lock=True))
        return self._those(wanted)

    def lock_one(self, key: K) -> R:
        """See `Rows.lock_one`."""
        return self._existing(key, self.lock([key]).get(key))

    def by(self, index: Index[R, Any], *values: Any) -> list[R]:
        """See `Rows.by`."""
        book = self._ahead.get(index.name)
        if book is not None and all(value in book for value in values):
            return self._read_ahead(book, values)
        if index.unique:
            known = self._under(index, values)
            if len(known) == len(set(values)):
                return known  # each value has its one record here: there is no other to find
        self._remember(self._source.load_by(index, values, lock=False))
        return self._under(index, values)

    def lock_by(self, index: Index[R, Any], *values: Any) -> list[R]:
        """See `Rows.lock_by`."""
        book = self._ahead.get(index.name)
        if book is not None and all(value in book for value in values):
            found = self._read_ahead(book, values)
            if all(self.records.key(record) in self._locked or self.records.key(record) in self._added for record in found):
                return found
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

    def ahead(self, keys: Iterable[K], *, lock: bool = False) -> None:
        """See `Rows.ahead`."""
        wanted = list(keys)
        found = self.lock(wanted) if lock else self.many(wanted)
        self._absent.update(key for key in wanted if key not in found)

    def ahead_by(self, index: Index[R, Any], *values: Any, lock: bool = False) -> None:
        """See `Rows.ahead_by`."""
        book = self._ahead.setdefault(index.name, {})
        wanted = [value for value in dict.fromkeys(values) if lock or value not in book]
        if not wanted:
            return
        loaded = self._source.load_by(index, wanted, lock=lock)
        (self._hold if lock else self._remember)(loaded)
        for value in wanted:
            book[value] = {}
        for record in self._under(index, wanted):
            book[index.of(record)][self.records.key(record)] = None

    def add(self, record: R) -> None:
        """See `Rows.add`."""
        key = self.records.key(record)
        if key in self._current:
            raise AlreadyExists(what=self.records.name, key=str(key))
        self._journal.append((key, _ABSENT, False))
        self._added[key] = None
        self._put(key, record)

    def save(self, record: R) -> None:
        """See `Rows.save`."""
        assert not self.records.append_only, f"{self.records.name} are append-only"
        key = self.records.key(record)
        first = False
        if key not in self._added:
            assert key in self._locked, f"{self.records.name} {key} is saved but was not locked"
            first = key not in self._edited
            self._edited[key] = None
        self._journal.append((key, self._current[key], first))
        self._put(key, record)

    def added(self) -> list[R]:
        """New records in the order they came."""
        return [self._current[key] for key in self._added]

    def edited(self) -> list[tuple[R, R]]:
        """Stored and new form of each record that differs, in key order."""
        if not self._edited:
            return []
        pairs = ((self._stored[key], self._current[key]) for key in in_order(self._edited))
        return [(stored, current) for stored, current in pairs if stored != current]

    def keep(self) -> None:
        """The deed that wrote since the last call is done; the next one begins."""
        self._journal.clear()

    def take_back(self) -> None:
        """Undo what was written since the last `keep`. What was read and locked stays so."""
        for key, before, first in reversed(self._journal):
            if before is _ABSENT:
                self._drop(key)
            else:
                self._put(key, before)
                if first:
                    del self._edited[key]
        self._journal.clear()

    def has_written(self) -> bool:
        """Whether anything was written since the last `keep`."""
        return bool(self._journal)

    def written(self) -> tuple[list[R], list[tuple[R, R]]]:
        """What was added, and what was edited from what to what, since the last `keep`; edits in key order."""
        if not self._journal:
            return [], []
        before: dict[K, Any] = {}
        for key, form, _ in self._journal:
            before.setdefault(key, form)
        added = [self._current[key] for key, form in before.items() if form is _ABSENT]
        edited = in_order(key for key, form in before.items() if form is not _ABSENT)
        pairs = ((before[key], self._current[key]) for key in edited)
        return added, [(old, new) for old, new in pairs if old != new]

    def _those(self, keys: Iterable[K]) -> dict[K, R]:
        """The records of these keys, without what does not exist."""
        current = self._current
        found = {}
        for key in keys:
            record = current.get(key)
            if record is not None:
                found[key] = record
        return found

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
                self._stored[key] = record
                self._put(key, record)  # what an unlocked read saw may be older

    def _put(self, key: K, record: R) -> None:
        for name, book in self._ahead.items():
            of = self._index(name).of
            old = self._current.get(key)
            if old is not None and (places := book.get(of(old))) is not None:
                places.pop(key, None)
            if (places := book.get(of(record))) is not None:
                places[key] = None
        self._current[key] = record

    def _drop(self, key: K) -> None:
        for name, book in self._ahead.items():
            places = book.get(self._index(name).of(self._current[key]))
            if places is not None:
                places.pop(key, None)
        del self._current[key]
        del self._added[key]

    def _index(self, name: str) -> Index[R, Any]:
        return next(index for index in self.records.indexes if index.name == name)

    def _read_ahead(self, book: dict[Any, dict[K, None]], values: Sequence[Any]) -> list[R]:
        keys = {key for value in values for key in book[value]}
        return [self._current[key] for key in in_order(keys)]

    def _under(self, index: Index[R, Any], values: Sequence[Any]) -> list[R]:
        wanted = set(values)
        found = [key for key, record in self._current.items() if index.of(record) in wanted]
        return [self._current[key] for key in in_order(found)]


class BufferedSums:
    """The `Sums` port: changes add up here and go out as one upsert a key."""

    def __init__(self, stored: Any) -> None:
        """`stored(key)` reads the total in the store."""
        self._stored = stored
        self.changes: dict[Any, int] = {}
        self._journal: list[tuple[Any, int]] = []

    def change(self, key: Any, delta: int) -> None:
        """See `Sums.change`."""
        self._journal.append((key, delta))
        self.changes[key] = self.changes.get(key, 0) + delta

    def get(self, key: Any) -> int:
        """See `Sums.get`."""
        return int(self._stored(key)) + self.changes.get(key, 0)

    def keep(self) -> None:
        """See `BufferedRows.keep`."""
        self._journal.clear()

    def take_back(self) -> None:
        """See `BufferedRows.take_back`."""
        for key, delta in self._journal:
            self.changes[key] -= delta
        self._journal.clear()
