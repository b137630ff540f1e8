"""The store in memory: committed records in dictionaries with hash indexes, one transaction at a time."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from houtai.adapters.buffer import BufferedRows, BufferedSums, flat
from houtai.adapters.buffered_tx import BufferedTx, Request
from houtai.adapters.memory.forgetting import OVER_SINCE
from houtai.adapters.memory.free_walks import FreeWalksLook
from houtai.adapters.memory.open_orders import OpenOrdersLook
from houtai.application.audit import GENESIS, SealedEntry, seal
from houtai.application.kept import Kept
from houtai.application.paging import Page, Slice, cursor_at
from houtai.application.ports import Index, Records, TryAgain
from houtai.application.tx import RECORDS, SUMS
from houtai.domain.refusal import NotFound


class Shelf:
    """The committed records of one kind, with a hash index per declared lookup."""

    def __init__(self, records: Records[Any, Any]) -> None:
        """Start empty."""
        self.records = records
        self.held: dict[Any, Any] = {}
        self.found: dict[str, dict[Any, dict[Any, None]]] = {index.name: {} for index in records.indexes}

    def put(self, record: Any) -> None:
        """Store the record in place of what has its key."""
        key = self.records.key(record)
        old = self.held.get(key)
        for index in self.records.indexes:
            book = self.found[index.name]
            if old is not None:
                book.get(index.of(old), {}).pop(key, None)
            value = index.of(record)
            if value is not None:
                book.setdefault(value, {})[key] = None
        self.held[key] = record

    def drop(self, key: Any) -> None:
        """Forget the record for good."""
        record = self.held.pop(key)
        for index in self.records.indexes:
            self.found[index.name].get(index.of(record), {}).pop(key, None)

    def clash(self, record: Any) -> str | None:
        """The name of a unique lookup under which another record is already found."""
        key = self.records.key(record)
        for index in self.records.indexes:
            value = index.of(record)
            if index.unique and value is not None and set(self.found[index.name].get(value, {})) - {key}:
                return f"{self.records.name}.{index.name}"
        return None

    def load(self, keys: Sequence[Any], *, lock: bool) -> Iterable[Any]:
        """See `Source.load`; the whole store is locked already."""
        return [self.held[key] for key in keys if key in self.held]

    def load_by(self, index: Index[Any, Any], values: Iterable[Any], *, lock: bool) -> list[Any]:
        """See `Source.load_by`."""
        keys = {key for value in values for key in self.found[index.name].get(value, {})}
        return [self.held[key] for key in sorted(keys, key=flat)]

    def load_due(self, index: Index[Any, Any], until: dt.datetime, limit: int) -> list[Any]:
        """See `Source.load_due`."""
        moments = sorted(moment for moment in self.found[index.name] if moment <= until)
        keys = [key for moment in moments for key in sorted(self.found[index.name][moment], key=flat)]
        return [self.held[key] for key in keys[:limit]]


class MemoryReading:
    """The `Reading` port over one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        """Read what is committed."""
        self._shelf = shelf

    def find(self, key: Any) -> Any:
        """See `Reading.find`."""
        return self._shelf.held.get(key)

    def get(self, key: Any) -> Any:
        """See `Reading.get`."""
        if key not in self._shelf.held:
            raise NotFound(what=self._shelf.records.what, key=str(key))
        return self._shelf.held[key]

    def many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """See `Reading.many`."""
        return {key: self._shelf.held[key] for key in keys if key in self._shelf.held}

    def by(self, index: Index[Any, Any], *values: Any) -> list[Any]:
        """See `Reading.by`."""
        return self._shelf.load_by(index, values, lock=False)

    def first(self, index: Index[Any, Any], value: Any) -> Any:
        """See `Reading.first`."""
        return next(iter(self.by(index, value)), None)

    def page(self, page: Page, where: Mapping[Index[Any, Any], Any] | None = None) -> Slice[Any]:
        """See `Reading.page`."""
        found = [
            key
            for key, record in self._shelf.held.items()
            if all(_matches(index.of(record), wanted) for index, wanted in (where or {}).items())
        ]
        return slice_of(sorted(found, key=flat, reverse=page.newest_first), self._shelf.held, page)


def _matches(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, frozenset) else value == wanted


def sort_text(key: Any) -> str:
    """A key's place in a list, as the text that a cursor carries."""
    return json.dumps([value if isinstance(value, (int, str)) else str(value) for value in flat(key)])


def slice_of(keys: list[Any], held: Mapping[Any, Any], page: Page) -> Slice[Any]:
    """The page out of all keys in list order."""
    after = page.after()
    start = next((place + 1 for place, key in enumerate(keys) if sort_text(key) == after), 0) if after else 0
    part = keys[start : start + page.limit]
    more = len(keys) > start + page.limit
    return Slice(tuple(held[key] for key in part), cursor_at(sort_text(part[-1])) if more else "")


class MemoryStore:
    """See `Store`. One lock stands for all row locks: transactions run one after the other."""

    def __init__(self) -> None:
        """An empty house."""
        self.shelves = {records.name: Shelf(records) for records in RECORDS}
        self.sums: dict[str, dict[Any, int]] = {name: {} for name in SUMS}
        self.audit: list[SealedEntry] = []
        self.requests: dict[tuple[str, str], Request] = {}
        self._turn = threading.RLock()

    @contextmanager
    def begin(self) -> Iterator[MemoryTx]:
        """See `Store.begin`."""
        with self._turn:
            yield MemoryTx(self)

    @contextmanager
    def snapshot(self, merchants: frozenset[UUID] | None = None) -> Iterator[Any]:
        """See `Store.snapshot`."""
        from houtai.adapters.memory.views import MemoryViews  # noqa: PLC0415  # the views of every module read this store

        with self._turn:
            yield MemoryViews(self)

    def forget(self, kept: Kept, before: dt.datetime, most: int) -> int:
        """See `Store.forget`."""
        with self._turn:
            if kept is Kept.ANSWERS:
                ages = {key: request.at for key, request in self.requests.items()}
                drop: Callable[[Any], Any] = self.requests.pop
            else:
                name, since = OVER_SINCE[kept]
                ages = {key: moment for key, held in self.shelves[name].held.items() if (moment := since(held)) is not None}
                drop = self.shelves[name].drop
            over = sorted((key for key, moment in ages.items() if moment < before), key=ages.__getitem__)[:most]
            for key in over:
                drop(key)
        return len(over)

    def close(self) -> None:
        """Nothing to give back."""


class MemoryTx(FreeWalksLook, OpenOrdersLook, BufferedTx):
    """A transaction over the memory store."""

    def __init__(self, store: MemoryStore) -> None:
        """Start empty; the store's turn is held by `begin`."""
        super().__init__()
        self._store = store

    def open(self, name: str) -> Any:
        """See `BufferedTx.open`."""
        if name in self._store.shelves:
            shelf = self._store.shelves[name]
            rows: BufferedRows[Any, Any] = BufferedRows(shelf.records, shelf)
            self.rows[name] = rows
            return rows
        if name in self._store.sums:
            totals = self._store.sums[name]
            self.sums[name] = BufferedSums(lambda key: totals.get(key, 0))
            return self.sums[name]
        raise AttributeError(name)

    def load_requests(self, wanted: Sequence[tuple[str, str]]) -> list[Request]:
        """See `BufferedTx.load_requests`."""
        return [self._store.requests[place] for place in wanted if place in self._store.requests]

    def commit(self) -> None:
        """See `OpenTx.commit`."""
        for name, rows in self.rows.items():
            _check_unique(self._store.shelves[name], rows)
        for name, rows in self.rows.items():
            for record in rows.added() + [current for _, current in rows.edited()]:
                self._store.shelves[name].put(record)
        for name, sums in self.sums.items():
            for key, delta in sums.changes.items():
                self._store.sums[name][key] = self._store.sums[name].get(key, 0) + delta
        for entry in self.audit:
            last = self._store.audit[-1] if self._store.audit else None
            self._store.audit.append(seal(entry, last.seq + 1 if last else 1, last.hash if last else GENESIS))
        self._store.requests.update(self.answered)


def _check_unique(shelf: Shelf, rows: BufferedRows[Any, Any]) -> None:
    """What primary keys and UNIQUE constraints do in a database."""
    for record in rows.added():
        if rows.records.key(record) in shelf.held:
            raise TryAgain("the key is taken", constraint=rows.records.name)
    seen: set[tuple[str, Any]] = set()
    for record in rows.added() + [current for _, current in rows.edited()]:
        places = [(index.name, index.of(record)) for index in rows.records.indexes if index.unique]
        values = [place for place in places if place[1] is not None]
        taken = shelf.clash(record) or next((f"{shelf.records.name}.{place[0]}" for place in values if place in seen), None)
        if taken:
            raise TryAgain("a unique value is taken", constraint=taken)
        seen.update(values)
