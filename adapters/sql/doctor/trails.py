"""Checks that what was done has its one record in the operation log: edits, logins, looks and exports (A3).

The other trace is what each deed leaves beside the log: versions of documents, sessions, lines of disclosures. The log's column
`changes` says which rows each deed added and edited, and the database itself unfolds it.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import (
    CTE,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from houtai.adapters.sql.access import sessions
from houtai.adapters.sql.columns import PLAIN_JSON
from houtai.adapters.sql.disclosures import disclosures
from houtai.adapters.sql.doctor.check import Check
from houtai.adapters.sql.doctor.kinds import DOCUMENTS
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.modules import MAPPINGS
from houtai.application.access.forget import forget_sessions
from houtai.application.audit import Category
from houtai.application.disclosures import Disclosed

_RECORDS: Final = {mapping.table.name: mapping.records.name for mapping in MAPPINGS}
_DONE: Final = "done"
_DOCUMENT_RECORDS: Final = tuple(_RECORDS[kind.table.name] for kind in DOCUMENTS)


def _plain(identity: ColumnElement[Any]) -> ColumnElement[str]:
    """An id as its 32 digits, as neither database and the log write it alike."""
    return func.replace(cast(identity, Text), "-", "")


def _changes(dialect: str, *records: str) -> CTE:
    """What deeds did to records of these kinds: one row for each that was added or edited."""
    if dialect == "postgresql":
        unfolded = func.jsonb_array_elements(cast(audit_log.c.changes, PLAIN_JSON))
    else:
        unfolded = func.json_each(audit_log.c.changes)
    each = unfolded.table_valued(column("value", PLAIN_JSON), name="each_change")
    value = each.c.value
    return (
        select(
            audit_log.c.seq,
            audit_log.c.category,
            audit_log.c.at,
            audit_log.c.actor,
            value["record"].as_string().label("record"),
            func.replace(value["added"].as_string(), "-", "").label("added"),
            func.replace(value["key"].as_string(), "-", "").label("edited"),
            value[("before", "version")].as_integer().label("left_version"),
            value[("after", "version")].as_integer().label("reached_version"),
            value[("after", "revoked_at")].as_string().label("revoked_at"),
        )
        .select_from(audit_log)
        .join(each, true())
        .where(value["record"].as_string().in_(records))
        .cte("changed")
    )


def _versions(connection: Connection) -> Select[Any]:
    """Documents that were not made in exactly one record, or whose records do not reach from version to version without a gap."""
    return _versions_in(connection.dialect.name)


@functools.cache
def _versions_in(dialect: str) -> Select[Any]:
    """The same, put together once: it names every table of documents."""
    changed = _changes(dialect, *_DOCUMENT_RECORDS)
    steps = (
        select(
            changed.c.record,
            func.coalesce(changed.c.added, changed.c.edited).label("id"),
            func.count(changed.c.added).label("made"),
            func.min(changed.c.left_version).label("first"),
            func.max(changed.c.reached_version).label("last"),
            func.sum(changed.c.reached_version - changed.c.left_version).label("steps"),
        )
        .group_by(changed.c.record, func.coalesce(changed.c.added, changed.c.edited))
        .cte("steps")
    )
    documents = union_all(
        *(
            select(
                literal(kind.name).label("document"),
                literal(_RECORDS[kind.table.name]).label("record"),
                _plain(kind.table.c[kind.key]).label("id"),
                kind.table.c.version.label("version"),
            )
            for kind in DOCUMENTS
        )
    ).cte("documents")
    gapless = and_(steps.c.last == documents.c.version, steps.c.steps == steps.c.last - steps.c.first)
    return (
        select(documents.c.document, documents.c.id, documents.c.version, func.coalesce(steps.c.made, 0).label("made_in"))
        .join_from(documents, steps, and_(steps.c.record == documents.c.record, steps.c.id == documents.c.id), isouter=True)
        .where(or_(func.coalesce(steps.c.made, 0) != 1, and_(steps.c.last.is_not(None), ~gapless)))
    )


def _logins(connection: Connection) -> Select[Any]:
    """Sessions without exactly one record, of the same person and moment, in the login log."""
    changed = _changes(connection.dialect.name, _RECORDS[sessions.name])
    fits = and_(
        changed.c.category == Category.LOGIN.value,
        changed.c.at == sessions.c.created_at,
        changed.c.actor == sessions.c.account_id,
    )
    return (
        select(sessions.c.id, sessions.c.account_id, func.count(changed.c.seq).label("records"))
        .join_from(sessions, changed, changed.c.added == _plain(sessions.c.id), isouter=True)
        .group_by(sessions.c.id, sessions.c.account_id)
        .having(or_(func.count(changed.c.seq) != 1, func.sum(case((fits, 1), else_=0)) != 1))
    )


def _vanished(connection: Connection) -> Select[Any]:
    """Logins in the log whose session is not there, though it cannot be among those that the log says were forgotten."""
    changed = _changes(connection.dialect.name, _RECORDS[sessions.name])
    there = select(_plain(sessions.c.id).label("id")).cte("there")
    return (
        select(changed.c.seq, changed.c.actor, changed.c.added)
        .join_from(changed, there, there.c.id == changed.c.added, isouter=True)
        .where(changed.c.added.is_not(None), there.c.id.is_(None), changed.c.at >= _forgotten_until(connection))
    )


def _forgotten_until(connection: Connection) -> dt.datetime:
    """No session that was opened from this moment on can have been forgotten: it ended later than it began."""
    said = select(audit_log.c.command).where(audit_log.c.deed == forget_sessions.__name__, audit_log.c.outcome == _DONE)
    moments = [dt.datetime.fromisoformat(json.loads(command)["before"]) for command in connection.execute(said).scalars()]
    return max(moments, default=dt.datetime.min.replace(tzinfo=dt.UTC))


def _endings(connection: Connection) -> Select[Any]:
    """Ended sessions without exactly one record of their end."""
    changed = _changes(connection.dialect.name, _RECORDS[sessions.name])
    ends = and_(changed.c.edited == _plain(sessions.c.id), changed.c.revoked_at.is_not(None))
    return (
        select(sessions.c.id, sessions.c.account_id, func.count(changed.c.seq).label("records"))
        .join_from(sessions, changed, ends, isouter=True)
        .where(sessions.c.revoked_at.is_not(None))
        .group_by(sessions.c.id, sessions.c.account_id)
        .having(func.count(changed.c.seq) != 1)
    )


def _disclosed(how: Disclosed) -> Callable[[Connection], Select[Any]]:
    """Lines of disclosures without exactly one record, of the same person and moment, among the log's disclosures."""

    def query(connection: Connection) -> Select[Any]:
        changed = _changes(connection.dialect.name, _RECORDS[disclosures.name])
        fits = and_(
            changed.c.category == Category.DISCLOSURE.value,
            changed.c.at == disclosures.c.at,
            changed.c.actor == disclosures.c.actor,
        )
        own = (disclosures.c.id, disclosures.c.what, disclosures.c.actor)
        return (
            select(*own, func.count(changed.c.seq).label("records"))
            .join_from(disclosures, changed, changed.c.added == _plain(disclosures.c.id), isouter=True)
            .where(disclosures.c.how == how.value)
            .group_by(*own)
            .having(or_(func.count(changed.c.seq) != 1, func.sum(case((fits, 1), else_=0)) != 1))
        )

    return query


def _looks_without_line(connection: Connection) -> Select[Any]:
    """Disclosures in the log that added no line, or more than one, or a line that is not there."""
    changed = _changes(connection.dialect.name, _RECORDS[disclosures.name])
    there = (
        select(changed.c.seq, func.count(disclosures.c.id).label("lines"))
        .join_from(changed, disclosures, _plain(disclosures.c.id) == changed.c.added, isouter=True)
        .group_by(changed.c.seq)
        .cte("there")
    )
    return (
        select(audit_log.c.seq, audit_log.c.deed, audit_log.c.actor, func.coalesce(there.c.lines, 0).label("lines"))
        .join_from(audit_log, there, there.c.seq == audit_log.c.seq, isouter=True)
        .where(
            audit_log.c.category == Category.DISCLOSURE.value,
            audit_log.c.outcome == _DONE,
            func.coalesce(there.c.lines, 0) != 1,
        )
    )


def _check(check_id: str, promise: str, query: Callable[[Connection], Select[Any]]) -> Check:
    def search(connection: Connection) -> Iterator[str]:
        for row in connection.execute(query(connection)).mappings():
            yield ", ".join(f"{name} {value}" for name, value in row.items())

    return Check(check_id, promise, search)


CHECKS: Final = (
    _check("A3-versions", "every version of a document, an account, a role, a key is in exactly one record", _versions),
    _check("A3-logins", "every session has exactly one record of its login", _logins),
    _check("A3-sessions", "every login has its session, but for those that the log says were forgotten", _vanished),
    _check("A3-logouts", "every session that was ended has exactly one record of its end", _endings),
    _check("A3-shown", "every look at a person in full has exactly one record", _disclosed(Disclosed.SHOWN)),
    _check("A3-exported", "every export has exactly one record", _disclosed(Disclosed.EXPORTED)),
    _check("A3-disclosed", "every disclosure in the log has exactly one line of what was seen and why", _looks_without_line),
)
