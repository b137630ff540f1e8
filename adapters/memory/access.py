"""The search in the operation log, in memory."""

from __future__ import annotations

import datetime as dt

from houtai.adapters.memory.store import MemoryStore
from houtai.application.access.ports import LogFilter
from houtai.application.audit import AuditEntry, SealedEntry
from houtai.application.paging import Page, Slice, cursor_at, cursor_number


class AccessViews:
    """The searches of access."""

    store: MemoryStore

    def first_session_end(self) -> dt.datetime | None:
        """See `AccessViews.first_session_end`."""
        return min((session.expires_at for session in self.store.shelves["sessions"].held.values()), default=None)

    def search_audit(self, wanted: LogFilter, page: Page) -> Slice[SealedEntry]:
        """See `AccessViews.search_audit`."""
        rows = reversed(self.store.audit) if page.newest_first else iter(self.store.audit)
        after = cursor_number(page)
        found = [row for row in rows if (after is None or _behind(row.seq, after, page)) and _fits(row.entry, wanted)]
        shown = found[: page.limit]
        return Slice(tuple(shown), cursor_at(str(shown[-1].seq)) if len(found) > page.limit else "")


def _behind(seq: int, after: int, page: Page) -> bool:
    return seq < after if page.newest_first else seq > after


def _fits(entry: AuditEntry, wanted: LogFilter) -> bool:
    same = (
        (wanted.actor, entry.actor),
        (wanted.deed, entry.deed),
        (wanted.category, entry.category),
        (wanted.outcome, entry.outcome),
    )
    return (
        all(asked is None or asked == held for asked, held in same)
        and (wanted.since is None or wanted.since <= entry.at)
        and (wanted.until is None or entry.at < wanted.until)
    )
