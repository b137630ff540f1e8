"""The check that needs something from outside of the database: every head of the operation log that was noted there (A4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs
from sqlalchemy import Connection, func, select

from houtai.adapters.noted_heads import BadNote, NotedHeads
from houtai.adapters.sql.doctor.check import Check, NotRun
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.views import SqlViews
from houtai.application.access.noted_heads import NOTED_AT_LEAST, NotedHead, lost_heads

NO_DIRECTORY: Final = "no directory of noted heads was given: houtai doctor --audit-heads DIR"


def _without_directory(_: Connection) -> Iterator[str]:
    raise NotRun(NO_DIRECTORY)


CHECK: Final = Check("A4", "every head of the operation log that was noted outside is still in it", _without_directory)


def against_heads(checks: Iterable[Check], directory: Path) -> tuple[Check, ...]:
    """The checks with A4 run against the notes in this directory."""
    noted = NotedHeads(directory)

    def search(connection: Connection) -> Iterator[str]:
        return _compare(connection, noted)

    return tuple(attrs.evolve(check, search=search) if check.id == CHECK.id else check for check in checks)


def _compare(connection: Connection, noted: NotedHeads) -> Iterator[str]:
    notes = list(noted.read())
    heads = [note for note in notes if isinstance(note, NotedHead)]
    oldest, newest = connection.execute(select(func.min(audit_log.c.at), func.max(audit_log.c.at))).one()
    last = max((head.at for head in heads), default=oldest)
    late = newest is not None and newest - last > NOTED_AT_LEAST
    if not notes and not late:
        reason = f"no head was noted in {noted.directory} yet"
        raise NotRun(reason)
    for note in notes:
        if isinstance(note, BadNote):
            yield f"{note.file}, line {note.line} is no noted head"
    for lost in lost_heads(SqlViews(connection), heads):
        yield lost.what
    if late:
        yield f"nothing was noted after {last.isoformat()}, and the log goes on to {newest.isoformat()}"
