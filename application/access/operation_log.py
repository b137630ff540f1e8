"""Reading the operation log and the login log, and proving that nobody touched them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from houtai.application.access.ports import AccessViews, LogFilter
from houtai.application.audit import BrokenLink, SealedEntry, first_broken
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.refusal import InvalidValue

READ_LOG = "access.log.read"
PIECE: Final = 1_000


@attrs.frozen
class ListLog:
    """Entries of the operation log that fit the filter; the login log is its category LOGIN."""

    wanted: LogFilter = attrs.field(factory=LogFilter)
    page: Page = attrs.field(factory=Page)


@needs(READ_LOG)
def list_log(views: AccessViews, query: ListLog, _: Act) -> Slice[SealedEntry]:
    """One page of the log, newest first unless the page says otherwise."""
    return views.search_audit(query.wanted, query.page)


@attrs.frozen
class VerifyAudit:
    """Walk the whole chain; `known_seq` and `known_hash` are a head that was noted outside of the database, if any.

    Without a noted head, somebody who can write both the log's tail and its head could cut the tail off unseen (A4). Raises
    InvalidValue for one half of a head without the other.
    """

    known_seq: int | None = None
    known_hash: str = ""

    def __attrs_post_init__(self) -> None:
        if self.known_seq is not None and not self.known_hash:
            raise InvalidValue(field="known_hash", rule="is needed beside known_seq")
        if self.known_hash and self.known_seq is None:
            raise InvalidValue(field="known_seq", rule="is needed beside known_hash")


@attrs.frozen
class AuditVerdict:
    """How far the chain reaches, its last hash (to be noted outside), and the first row that does not fit, if one."""

    rows: int
    head_hash: str
    broken: BrokenLink | None

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return self.broken is None


@needs(READ_LOG)
def verify_audit(views: AccessViews, query: VerifyAudit, _: Act) -> AuditVerdict:
    """Whether every row still follows from the one before, up to the head; the first one that does not is named."""
    walk = _Walk(views, query)
    broken = first_broken(walk.rows(), head_seq=views.audit_head(), head_hash=views.audit_head_hash())
    if broken is None and query.known_seq is not None and walk.known_hash != query.known_hash:
        broken = BrokenLink(query.known_seq, f"row {query.known_seq} is not the one whose hash was noted outside")
    return AuditVerdict(walk.last, walk.last_hash, broken)


class _Walk:
    """The chain piece by piece, remembering what the verdict needs."""

    def __init__(self, views: AccessViews, query: VerifyAudit) -> None:
        self._views = views
        self._wanted = query.known_seq
        self.last = 0
        self.last_hash = ""
        self.known_hash = ""

    def rows(self) -> Iterator[SealedEntry]:
        """Every row in order."""
        while piece := list(self._views.audit_chain(after_seq=self.last, limit=PIECE)):
            for row in piece:
                self.last, self.last_hash = row.seq, row.hash
                if row.seq == self._wanted:
                    self.known_hash = row.hash
                yield row
