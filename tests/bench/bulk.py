"""Rows into a database in bulk: COPY on PostgreSQL, prepared inserts without syncing on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from houtai.adapters.sql.columns import METADATA
from tests.bench.databases import Database
from tests.bench.pattern import FIELD, LINE, NULL, Image, Press, line_of, stored

WITH_THE_SCHEMA = {"owners", "audit_head", "counters"}  # what is there already, or comes at the end
PART = 200_000  # rows
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), (NULL, "\\N"), (FIELD, "\t"), (LINE, "\n"))


@contextmanager
def pressing(database: Database, base: Image) -> Iterator[Press]:
    """A press into an empty database that begins with the rows of `base`; all of it is there when the block ends."""
    opened = _postgres(database.url, base) if database.kind == "postgresql" else _sqlite(database.file, base)
    with opened as press:
        for table in METADATA.sorted_tables:
            if table.name not in WITH_THE_SCHEMA:
                press.rows(table.name, (line_of(table, row, database.kind) for row in base[table.name].values()))
        press.flush()
        yield press
        press.end()


@contextmanager
def _postgres(url: str, base: Image) -> Iterator[Press]:
    with closing(psycopg.connect(url)) as connection:
        if connection.info.parameter_status("is_superuser") == "on":
            connection.execute("SET session_replication_role = replica")  # rows that were written once need no second check
        connection.execute("SET synchronous_commit = off")

        def send(table: str, text: str) -> None:
            for char, escape in _ESCAPES:
                text = text.replace(char, escape)
            named = ", ".join(f'"{column.name}"' for column in stored(METADATA.tables[table]))
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN".encode()) as copy:
                copy.write(text)

        def execute(statement: str, rows: list[Any]) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(statement.encode(), rows)

        yield Press(send, execute, "postgresql", base)
        connection.commit()
        connection.autocommit = True
        for table in METADATA.sorted_tables:  # as autovacuum does, which leaves empty ones alone: a table that is known
            # to be empty has its foreign keys checked by scans until somebody looks again
            if connection.execute(f'SELECT FROM "{table.name}" LIMIT 1'.encode()).fetchone() is not None:
                connection.execute(f'VACUUM ANALYZE "{table.name}"'.encode())
        connection.execute("CHECKPOINT")


@contextmanager
def _sqlite(file: str, base: Image) -> Iterator[Press]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-262144", "journal_mode=WAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")

        sent = 0

        def send(table: str, text: str) -> None:
            nonlocal sent
            columns = stored(METADATA.tables[table])
            named = ", ".join(f'"{column.name}"' for column in columns)
            statement = f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns))})"
            lines = text.split(LINE)
            lines.pop()
            connection.executemany(statement, ([None if one == NULL else one for one in line.split(FIELD)] for line in lines))
            sent += len(lines)
            if sent > PART:  # in parts: the log of one transaction would be as large as the file, and be written twice
                connection.execute("COMMIT")
                connection.execute("BEGIN")
                sent = 0

        def execute(statement: str, rows: list[Any]) -> None:
            connection.executemany(statement, rows)

        yield Press(send, execute, "sqlite", base)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
