"""The store-independent half of a transaction: its records, sums, events and log entries, for one deed or a group of them."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from houtai.adapters.buffer import BufferedRows, BufferedSums
from houtai.application.audit import AuditEntry, digest_of
from houtai.application.plain import to_plain
from houtai.application.ports import Records
from houtai.domain.event import Event
from houtai.domain.refusal import KeyReused


@attrs.frozen
class Request:
    """An idempotency key that was used: by whom, for what, when, and what was answered."""

    owner: str
    key: str
    fingerprint: str
    at: dt.datetime
    answer: str


class BufferedTx:
    """The store-independent half of a transaction. Records and sums are reached as attributes by their declared names.

    It may hold one deed or a group of them; `keep` and `take_back` part one deed from the next.
    """

    def __init__(self) -> None:
        """Start empty; rows come into being when they are first asked for."""
        self.rows: dict[str, BufferedRows[Any, Any]] = {}
        self.sums: dict[str, BufferedSums] = {}
        self.audit: list[AuditEntry] = []
        self.answered: dict[tuple[str, str], Request] = {}  # keys that this transaction used
        self._seen: dict[tuple[str, str], Request | None] = {}
        self._events: deque[Event] = deque()
        self._kept_audit = 0
        self._own_request: tuple[str, str] | None = None

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
        return "timeline" in self.rows and self.rows["timeline"].has_written()

    def changes(self) -> list[dict[str, Any]]:
        """See `OpenTx.changes`."""
        found: list[dict[str, Any]] = []
        for rows in self.rows.values():
            records = rows.records
            if records.logged and rows.has_written():
                added, edited = rows.written()
                found += [_addition(records, record) for record in added]
                found += [_difference(records, stored, current) for stored, current in edited]
        return found

    def expect_requests(self, wanted: Sequence[tuple[str, str]]) -> None:
        """See `OpenTx.expect_requests`."""
        missing = [place for place in dict.fromkeys(wanted) if place not in self._seen]
        if missing:
            self._seen.update(dict.fromkeys(missing))
            self._seen.update({(request.owner, request.key): request for request in self.load_requests(missing)})

    def answer_to(self, owner: str, key: str, fingerprint: str, *, again: bool = False) -> str | None:
        """See `OpenTx.answer_to`."""
        if again:
            self._seen.pop((owner, key), None)
        self.expect_requests([(owner, key)])
        seen = self.answered.get((owner, key)) or self._seen[owner, key]
        if seen is None:
            return None
        if seen.fingerprint != fingerprint:
            raise KeyReused(key=key)
        return seen.answer

    def answer_request(self, owner: str, key: str, fingerprint: str, at: dt.datetime, answer: str) -> None:
        """See `OpenTx.answer_request`."""
        self._own_request = (owner, key)
        self.answered[owner, key] = Request(owner, key, fingerprint, at, answer)

    def load_requests(self, wanted: Sequence[tuple[str, str]]) -> Iterable[Request]:
        """Those of these keys that were used before."""
        raise NotImplementedError

    def look_once(self) -> None:
        """See `OpenTx.look_once`; a store that keeps no reference records has nothing to do."""

    def keep(self) -> None:
        """See `OpenTx.keep`."""
        for rows in self.rows.values():
            rows.keep()
        for sums in self.sums.values():
            sums.keep()
        self._kept_audit, self._own_request = len(self.audit), None

    def take_back(self) -> None:
        """See `OpenTx.take_back`."""
        for rows in self.rows.values():
            rows.take_back()
        for sums in self.sums.values():
            sums.take_back()
        self._events.clear()
        del self.audit[self._kept_audit :]
        if self._own_request is not None:
            del self.answered[self._own_request]
            self._own_request = None


def _addition(records: Records[Any, Any], record: Any) -> dict[str, Any]:
    told = {"record": records.name, "added": str(records.key(record))}
    return {**told, "digest": digest_of(record)} if records.witnessed else told


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
