"""Deleting what is over: one statement for each kind of record that is kept for a time only, found by an index, in pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from sqlalchemy import Column, Table, TextClause, bindparam, text

from houtai.adapters.sql.access import known_addresses, sessions, tallies
from houtai.adapters.sql.columns import Moment
from houtai.adapters.sql.house import DELIVERED, outbox, requests
from houtai.adapters.sql.webhooks import OVER as NOT_ON_ITS_WAY, webhook_deliveries
from houtai.application.kept import Kept

# The rows are picked once, and PostgreSQL finds them again by their place: as keys from a sub-select it might look them up
# among all rows. Nobody waits: what somebody has locked stays for the next time.
_ON_POSTGRES: Final = "ctid = ANY (ARRAY ({picked} FOR UPDATE SKIP LOCKED))"
_ON_SQLITE: Final = "rowid IN ({picked})"


@attrs.frozen(eq=False)
class Over:
    """The rows of a table that are over once the moment in this column is past; `only` those for which this holds as well."""

    table: Table
    since: Column[object]
    only: str = ""

    def statement(self, *, sqlite: bool) -> TextClause:
        """Delete the earliest `most` rows that were over `before` a moment."""
        name, moment = self.table.name, self.since.name
        also = f" AND {self.only}" if self.only else ""
        place = "rowid" if sqlite else "ctid"
        picked = f"SELECT {place} FROM {name} WHERE {moment} < :before{also} ORDER BY {moment} LIMIT :most"  # noqa: S608  # our own words
        where = (_ON_SQLITE if sqlite else _ON_POSTGRES).format(picked=picked)
        return text(f"DELETE FROM {name} WHERE {where}").bindparams(bindparam("before", type_=Moment()))  # noqa: S608  # as above


OVER: Final[Mapping[Kept, Over]] = {
    Kept.ANSWERS: Over(requests, requests.c.at),
    Kept.SESSIONS: Over(sessions, sessions.c.expires_at),
    Kept.TRIES: Over(tallies, tallies.c.last_at),
    Kept.ADDRESSES: Over(known_addresses, known_addresses.c.last_at),
    Kept.MESSAGES: Over(outbox, outbox.c.created_at, DELIVERED),
    Kept.WEBHOOKS: Over(webhook_deliveries, webhook_deliveries.c.created_at, NOT_ON_ITS_WAY),
}
FORGET: Final = {sqlite: {kept: over.statement(sqlite=sqlite) for kept, over in OVER.items()} for sqlite in (True, False)}
