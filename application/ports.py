"""The ports that belong to no module: records inside a transaction, reading outside of one, the store, the clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from houtai.application.audit import AuditEntry
from houtai.application.disclosures import Disclosure
from houtai.application.kept import Kept
from houtai.application.outbox import Message
from houtai.application.paging import Page, Slice
from houtai.application.timeline import TimelineEntry, TimelineKey
from houtai.domain.act import Act
from houtai.domain.event import Event

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)
V = TypeVar("V", bound=Hashable)
C = TypeVar("C")
A = TypeVar("A")


@attrs.frozen(eq=False)
class Index(Generic[R, V]):
    """A way to find records other than by key. `of` gives the value a record is found under, None for not at all.

    A tuple value maps to several columns, in order. `unique` promises at most one record a value, held by the table too.
    """

    name: str
    of: Callable[[R], V | None]
    unique: bool = False


@attrs.frozen(eq=False)
class Records(Generic[K, R]):
    """One kind of record as a module declares it: its name on the transaction, its key and its lookups.

    `append_only` records are never saved again; `secret` fields never reach the operation log. `reference` records are read
    by most deeds and edited by few: a store may keep them in the process, as long as no deed sees one older than itself.
    Of those `as_of_beginning` it may, as old as the transaction: on them rests who hears of a deed and not what it does.
    Of `witnessed` ones, which are append-only, the operation log keeps a digest: what they say cannot change unseen.
    """

    name: str
    of: type[R]
    key: Callable[[R], K]
    indexes: tuple[Index[R, Any], ...] = ()
    append_only: bool = False
    secret: frozenset[str] = frozenset()
    logged: bool = True  # whether edits appear as differences in the operation log
    reference: bool = False
    as_of_beginning: bool = False
    witnessed: bool = False

    @property
    def what(self) -> str:
        """What people call one of them, ``coupon template``: the same word for a missing record as for a hidden one."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.of.__name__).lower()


class Rows(Protocol[K, R]):
    """The records of one kind inside one transaction: an identity map over what is stored and what was written so far."""

    def find(self, key: K) -> R | None:
        """The record, unlocked, or None. For reference data that the decision only reads."""

    def get(self, key: K) -> R:
        """The record, unlocked. Raises NotFound."""

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """Those that exist, unlocked, in one statement."""

    def lock(self, keys: Iterable[K]) -> dict[K, R]:
        """Those that exist, locked until the transaction ends, in key order and one statement whatever the caller's order."""

    def lock_one(self, key: K) -> R:
        """The record, locked. Raises NotFound."""

    def by(self, index: Index[R, V], *values: V) -> list[R]:
        """The records found under any of the values, unlocked, in key order."""

    def lock_by(self, index: Index[R, V], *values: V) -> list[R]:
        """The same, locked."""

    def first(self, index: Index[R, V], value: V) -> R | None:
        """The one record under a unique value, unlocked, or None."""

    def lock_due(self, index: Index[R, dt.datetime], until: dt.datetime, limit: int) -> list[R]:
        """Up to `limit` records whose moment is not after `until`, earliest first; locked, others' locked ones skipped."""

    def ahead(self, keys: Iterable[K], *, lock: bool = False) -> None:
        """Read (and lock) these now, in one statement, for every deed of the group: `find` and `many` answer from it.

        What does not exist is taken as absent from here on: adding it makes the commit fail if somebody else was faster.
        """

    def ahead_by(self, index: Index[R, V], *values: V, lock: bool = False) -> None:
        """The same for a lookup: `by` (and `lock_by`, if locked) of these values answer from what is read now, or was before.

        Only for what nobody else writes meanwhile, because its parent is locked or new, or where that makes no difference.
        """

    def add(self, record: R) -> None:
        """A new record. A taken key or unique value makes the commit fail, and the office run the use case again."""

    def save(self, record: R) -> None:
        """The new form of a record that this transaction has locked or added."""


class Sums(Protocol[K_contra]):
    """Running totals that many write and few read: changes add up in the store without a read."""

    def change(self, key: K_contra, delta: int) -> None:
        """Add `delta` to the total, which starts at zero."""

    def get(self, key: K_contra) -> int:
        """The total with this transaction's changes."""


class Reading(Protocol[K, R]):
    """The records of one kind as last committed, for queries."""

    def find(self, key: K) -> R | None:
        """The record or None."""

    def get(self, key: K) -> R:
        """The record. Raises NotFound."""

    def many(self, keys: Iterable[K]) -> dict[K, R]:
        """Those that exist, in one statement."""

    def by(self, index: Index[R, V], *values: V) -> list[R]:
        """The records found under any of the values, in key order."""

    def first(self, index: Index[R, V], value: V) -> R | None:
        """The one record under a unique value, or None."""

    def page(self, page: Page, where: Mapping[Index[R, Any], Any] | None = None) -> Slice[R]:
        """One page in key order (newest first where `page.newest_first`), narrowed to the records under these values.

        A value that is a frozenset means any of its members.
        """


class HouseTx(Protocol):
    """What every module may write: its events, messages to the outside, numbers and the documents' timeline."""

    @property
    def timeline(self) -> Rows[TimelineKey, TimelineEntry]:
        """The edges and notes of every document."""

    @property
    def counters(self) -> Rows[str, Counter]:
        """The running numbers behind what people call a document by."""

    @property
    def outbox(self) -> Rows[Any, Message]:
        """Messages to the outside, delivered after the commit."""

    @property
    def disclosures(self) -> Rows[UUID, Disclosure]:
        """Who saw a person in full or took data away; written by `note_disclosure`."""

    def emit(self, event: Event) -> None:
        """Announce a fact; its reactions run before the commit."""


@attrs.frozen
class Counter:
    """A running number: `last` was given out last under `name`."""

    name: str
    last: int


class OpenTx(HouseTx, Protocol):
    """What the office does with a transaction beyond what use cases may."""

    def expect_requests(self, wanted: Sequence[tuple[str, str]]) -> None:
        """Read ahead what is known of these idempotency keys, each with its owner, in one statement."""

    def answer_to(self, owner: str, key: str, fingerprint: str, *, again: bool = False) -> str | None:
        """The answer that was given under the key, None if it is new. Raises KeyReused where the body was another one.

        What was read ahead is taken as it was, unless asked to look `again`.
        """

    def answer_request(self, owner: str, key: str, fingerprint: str, at: dt.datetime, answer: str) -> None:
        """Store the answer under a new key. If another transaction does so first, the commit fails with TryAgain."""

    def look_once(self) -> None:
        """Reference records are read as they stand when this transaction first reads one, also behind locks."""

    def keep(self) -> None:
        """The deed under way is done: what it wrote stays, whatever becomes of the next one in this transaction."""

    def take_back(self) -> None:
        """The deed under way was refused: what it wrote since the last `keep` is undone, what it locked stays locked."""

    def events(self) -> Iterator[Event]:
        """The announced events in order, those announced meanwhile included; each comes once."""

    def changes(self) -> list[dict[str, Any]]:
        """What the deed under way adds and edits, record by record, secrets left out."""

    def moved_documents(self) -> bool:
        """Whether the deed under way wrote a line into some document's timeline."""

    def append_audit(self, entry: AuditEntry) -> None:
        """Chain the entry to the audit log's head, which is locked last of all."""

    def commit(self) -> None:
        """Write everything and make it last. Raises TryAgain, NothingDone or Unknown; then nothing is written, or unknown."""


class Store(Protocol):
    """Where transactions and snapshots come from: memory, SQLite or PostgreSQL."""

    def begin(self) -> AbstractContextManager[Any]:
        """A transaction; rolled back on leaving unless committed."""

    def snapshot(self, merchants: frozenset[UUID] | None = None) -> AbstractContextManager[Any]:
        """A read-only view of everything committed so far.

        With `merchants` the reader needs no rows of others; a store that can see to it shows none, as a second wall behind the
        query's own.
        """

    def forget(self, kept: Kept, before: dt.datetime, most: int) -> int:
        """Delete up to `most` of what was over before that moment, earliest first, in a transaction of its own; how many.

        The only way in which a record is ever deleted.
        """

    def close(self) -> None:
        """Give back connections and files."""


class Performer(Protocol):
    """The office as a flow of several transactions sees it (the flow's module lies below the office)."""

    @property
    def clock(self) -> Clock:
        """The present moment."""

    def perform(
        self, use_case: Callable[[Any, C, Act], A], cmd: C, act: Act, *, key: str | None = None, wish: str | None = None
    ) -> A:
        """See `Office.perform`."""

    def ask(self, query: Callable[[Any, C, Act], A], request: C, act: Act) -> A:
        """See `Office.ask`."""

    def log(self, entry: AuditEntry) -> None:
        """See `Office.log`."""


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> dt.datetime:
        """Aware, UTC."""


class TryAgain(Exception):
    """Another transaction was in the way (deadlock, serialisation, a unique value taken at the same time); nothing is written."""

    def __init__(self, cause: str, constraint: str = "") -> None:
        """`constraint` is the unique key that was taken, if it was one."""
        super().__init__(cause)
        self.constraint = constraint


class StoreUnavailable(Exception):
    """The store cannot be reached or is out of room; nothing is written."""


class CommitUnknown(Exception):
    """The connection was lost during the commit: it may have happened."""
