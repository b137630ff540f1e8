"""Checks on documents: every edge is legal and known, the state is the last edge's, versions and numbers add up (D1 … D5)."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import attrs
from sqlalchemy import Column, Connection, Table, and_, func, literal, or_, select

from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.house import counters, timeline
from houtai.domain.moves import Moves


@attrs.frozen(eq=False)
class DocumentTable:
    """A kind of document: its name in the timeline, its table, its legal moves; `number` names its column of human numbers.

    `key` is the column that the operation log knows it by, where that is not its id. A table without a column `state` holds
    documents that never leave their one state; where it has no column `id` either, `identity` makes the id from the key.
    """

    name: str
    table: Table
    moves: Moves[Any]
    first: frozenset[enum.Enum]  # the states that a new one may be born in
    number: str = ""
    key: str = "id"
    identity: Callable[[Any], UUID] | None = None


def checks_of(documents: tuple[DocumentTable, ...]) -> tuple[Check, ...]:
    """The document checks for these kinds."""
    return (
        Check("D1", "every edge of a document's history is a legal move", _illegal_edges(documents)),
        Check("D1b", "the edges of a document's history join end to end", _torn_histories),
        *(check for document in documents for check in _own_checks(document)),
        *(numbers(document.name, document.table.c[document.number]) for document in documents if document.number),
    )


def _illegal_edges(documents: tuple[DocumentTable, ...]) -> Any:
    legal: dict[str, set[tuple[str, str]]] = {}
    for document in documents:
        edges = {(here.value, there.value) for here, following in document.moves.items() for there in following}
        still = {(state.value, state.value) for state in document.moves}  # an edit or a note
        legal[document.name] = edges | still | {("", state.value) for state in document.first}

    def search(connection: Connection) -> Iterator[str]:
        columns = (timeline.c.document, timeline.c.before, timeline.c.after)
        edges = select(*columns, func.count(), func.min(timeline.c.version)).group_by(*columns)
        for name, before, after, count, version in connection.execute(edges):
            if name not in legal:
                yield f"document {name}, of which no moves are known, {count} times"
            elif (before, after) not in legal[name]:
                yield f"document {name}, from {before or 'nothing'} to {after}, {count} times, first at version {version}"

    return search


def _torn_histories(connection: Connection) -> Iterator[str]:
    later = timeline.alias("later")
    joined = select(later.c.document, later.c.document_id, later.c.version).join_from(
        later,
        timeline,
        and_(timeline.c.document_id == later.c.document_id, timeline.c.version == later.c.version - 1),
        isouter=True,
    )
    torn = joined.where(later.c.version > 1, or_(timeline.c.after.is_(None), timeline.c.after != later.c.before))
    for document, document_id, version in connection.execute(torn):
        yield f"document {document} {document_id}, version {version} does not begin where the one before ended"


def _own_checks(document: DocumentTable) -> tuple[Check, ...]:
    if document.identity is not None:
        return _checks_by_identity(document, document.identity)
    table = document.table
    newest = (
        select(timeline.c.document_id, func.max(timeline.c.version).label("version"), func.count().label("lines"))
        .where(timeline.c.document == document.name)
        .group_by(timeline.c.document_id)
        .subquery()
    )
    last = timeline.alias("last")
    held = table.c.state if "state" in table.c else literal(next(iter(document.moves)).value).label("state")
    state = (
        select(table.c.id, held, last.c.after.label("last_edge"))
        .join_from(table, newest, newest.c.document_id == table.c.id, isouter=True)
        .join(last, and_(last.c.document_id == table.c.id, last.c.version == newest.c.version), isouter=True)
        .where(or_(last.c.after.is_(None), last.c.after != held))
    )
    version = (
        select(table.c.id, table.c.version, newest.c.lines)
        .join_from(table, newest, newest.c.document_id == table.c.id, isouter=True)
        .where(or_(newest.c.lines.is_(None), newest.c.lines != table.c.version))
    )
    state_promise, version_promise = _promises(document)
    return rows(f"D3-{document.name}", state_promise, state), rows(f"D5-{document.name}", version_promise, version)


def _promises(document: DocumentTable) -> tuple[str, str]:
    return (
        f"the state of every {document.name} is where its last edge leads",
        f"the version of every {document.name} counts its edits",
    )


def _checks_by_identity(document: DocumentTable, identity: Callable[[Any], UUID]) -> tuple[Check, ...]:
    """The same for a kind whose table knows only the key that its ids are made from: few rows, so they are joined here."""
    table = document.table

    def held(connection: Connection) -> Iterator[tuple[Any, Any, int]]:
        columns = (timeline.c.document_id, timeline.c.version, timeline.c.after)
        lines = connection.execute(select(*columns).where(timeline.c.document == document.name).order_by(timeline.c.version))
        ends: dict[UUID, tuple[str, int]] = {}
        for document_id, _, after in lines:
            ends[document_id] = (after, ends.get(document_id, ("", 0))[1] + 1)
        for row in connection.execute(select(table)):
            yield row, *ends.get(identity(getattr(row, document.key)), ("", 0))

    def states(connection: Connection) -> Iterator[str]:
        for row, end, _ in held(connection):
            if row.state != end:
                yield f"{document.name} {getattr(row, document.key)}, state {row.state}, last edge {end or 'none'}"

    def versions(connection: Connection) -> Iterator[str]:
        for row, _, lines in held(connection):
            if row.version != lines:
                yield f"{document.name} {getattr(row, document.key)}, version {row.version}, lines {lines}"

    state_promise, version_promise = _promises(document)
    return Check(f"D3-{document.name}", state_promise, states), Check(f"D5-{document.name}", version_promise, versions)


_NUMBER: Final = re.compile(r"^(.+)-(\d{6,})$")


def numbers(name: str, column: Column[Any]) -> Check:
    """D4: numbers are unique (the table holds that) and each counter has given out exactly as many as there are."""

    def search(connection: Connection) -> Iterator[str]:
        given: dict[str, set[int]] = {}
        for (number,) in connection.execute(select(column)):
            matched = _NUMBER.match(number)
            if matched is None:
                yield f"{name} number {number} has no form"
            else:
                given.setdefault(matched[1], set()).add(int(matched[2]))
        known = {row.name: row.last for row in connection.execute(select(counters.c.name, counters.c.last))}
        for counter, taken in given.items():
            missing = sorted(set(range(1, known.get(counter, 0) + 1)) - taken)
            if missing or len(taken) != known.get(counter, 0):
                yield f"{name} numbers {counter}: {len(taken)} of {known.get(counter, 0)}, missing {missing[:3]}"

    return Check(f"D4-{name}", f"the numbers of every {name} run without gaps", search)
