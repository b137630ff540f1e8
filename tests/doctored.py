"""The doctor after every test on SQLite, of what the test has touched.

Most of its statements are over tables that a test never wrote to, and parsing each costs more than running it. What a check
finds is settled by the rows that it reads: where none of its tables has any, it finds what it finds in an empty database. The
guards in the schema are the same for every test, and those who take them away look for themselves (`tests/doctor`).
"""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import attrs
from sqlalchemy import Connection, text

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.check import Check, NotRun
from houtai.adapters.sql.doctor.examine import examine_through
from tests.stores import sqlite_connection, sqlite_template

TABLES: Final = frozenset(table.name for table in METADATA.sorted_tables)
_FILLED: Final = text(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in sorted(TABLES)))


@attrs.frozen
class Reading:
    """A check and the tables that it reads in a database without rows, where it finds nothing."""

    check: Check
    tables: frozenset[str]


def broken_in(path: Path, excused: Iterable[str]) -> tuple[Any, ...]:
    """What the doctor finds broken in this file, but for the checks of these ids."""
    left = set(excused)
    with sqlite_connection(path) as connection:
        filled = frozenset(connection.execute(_FILLED).scalars())
        checks = [one.check for one in _readings() if one.check.id not in left and not one.tables.isdisjoint(filled)]
        return examine_through(connection, checks).broken()


@functools.cache
def _readings() -> tuple[Reading, ...]:
    """What each check reads, as SQLite tells it while the check looks at a database that was just made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        path.write_bytes(sqlite_template())
        with sqlite_connection(path) as connection:
            return tuple(_learnt(check, connection) for check in CHECKS)


def _learnt(check: Check, connection: Connection) -> Reading:
    seen: set[str] = set()

    def note(action: int, table: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table:
            seen.add(table)
        return sqlite3.SQLITE_OK

    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_authorizer(note)  # which makes SQLite ask again about statements that it knows
    with suppress(NotRun):
        assert list(check.search(connection)) == []
    return Reading(check, frozenset(seen & TABLES))
