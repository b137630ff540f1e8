"""Writing rows: the statements of one table in the driver's own words, many rows in one statement where that is faster.

What was measured for 14 columns on PostgreSQL, microseconds a row at 64 rows a statement, whole and in this process alone:
executemany 31 and 18, `INSERT … SELECT FROM unnest` with binary arrays 23 and 10, COPY 22 and 11 (which row security does not
allow). SQLAlchemy's own handling of each row's parameters comes on top of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

import attrs
from sqlalchemy import Connection, Dialect, Table

from houtai.adapters.sql.reads import Change, Row, array_of, to_driver
from houtai.adapters.sql.wire import say, wrapped

ENOUGH_FOR_ARRAYS: Final = 6
"""Rows from which one statement with arrays beats as many statements."""


@attrs.frozen(eq=False)
class _Words:
    """The table's statements in one dialect. Values are given column by column, in the order of `columns`; keys last."""

    insert: str
    insert_arrays: str
    update: str
    update_arrays: str
    delete: str
    to_driver: dict[str, Change | None]


class Writes:
    """Inserts, updates and deletes of one table, by primary key."""

    def __init__(self, table: Table) -> None:
        """Nothing is prepared before a database is met."""
        self._table = table
        self.key_names = [column.name for column in table.primary_key.columns]
        self._names = [column.name for column in table.columns]
        self._rest = [name for name in self._names if name not in set(self.key_names)]
        self._in: dict[str, _Words] = {}

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """A row's primary key."""
        return tuple(row[name] for name in self.key_names)

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """New rows, each with every column."""
        words = self._words(connection.dialect)
        self._send(connection, words, words.insert, words.insert_arrays, self._names, rows)

    def update(self, connection: Connection, rows: Sequence[Row]) -> None:
        """The new form of rows that are there."""
        assert self._rest, f"{self._table.name} has nothing but its key"
        words = self._words(connection.dialect)
        self._send(connection, words, words.update, words.update_arrays, [*self._rest, *self.key_names], rows)

    def delete(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Rows by their keys."""
        words = self._words(connection.dialect)
        self._send(connection, words, words.delete, "", self.key_names, rows)

    def _send(
        self, connection: Connection, words: _Words, single: str, arrays: str, names: Sequence[str], rows: Sequence[Row]
    ) -> None:
        columns = []
        for name in names:
            change = words.to_driver[name]
            columns.append([row[name] for row in rows] if change is None else [change(row[name]) for row in rows])
        if arrays and len(rows) >= ENOUGH_FOR_ARRAYS:
            say(connection, arrays, tuple(columns))
        elif len(rows) == 1:
            say(connection, single, tuple(column[0] for column in columns))
        else:
            say(connection, single, list(zip(*columns, strict=True)), many=True)

    def _words(self, dialect: Dialect) -> _Words:
        if dialect.name not in self._in:
            self._in[dialect.name] = self._in_words(dialect)
        return self._in[dialect.name]

    def _in_words(self, dialect: Dialect) -> _Words:
        quote = dialect.identifier_preparer.quote
        is_postgres = dialect.name == "postgresql"
        mark = "%s" if is_postgres else "?"
        table = quote(self._table.name)
        names = [quote(name) for name in self._names]
        assigned = ", ".join(f"{quote(name)} = {mark}" for name in self._rest)
        same = " AND ".join(f"{quote(name)} = {mark}" for name in self.key_names)
        insert = f"INSERT INTO {table} ({', '.join(names)})"
        given = [*self._rest, *self.key_names]
        taken = ", ".join(f"{quote(name)} = given.{quote(name)}" for name in self._rest)
        met = " AND ".join(f"{table}.{quote(name)} = given.{quote(name)}" for name in self.key_names)
        all_arrays = f"SELECT * FROM unnest({self._arrays(self._names, dialect)})"  # noqa: S608  # the schema's own words
        from_arrays = f"FROM unnest({self._arrays(given, dialect)}) AS given ({', '.join(map(quote, given))})"
        return _Words(
            insert=f"{insert} VALUES ({', '.join([mark] * len(names))})",
            insert_arrays=f"{insert} {all_arrays}" if is_postgres else "",
            update=f"UPDATE {table} SET {assigned} WHERE {same}",  # noqa: S608  # as above
            update_arrays=f"UPDATE {table} SET {taken} {from_arrays} WHERE {met}" if is_postgres else "",  # noqa: S608  # as above
            delete=f"DELETE FROM {table} WHERE {same}",  # noqa: S608  # as above
            to_driver={column.name: to_driver(column, dialect) for column in self._table.columns},
        )

    def _arrays(self, names: Sequence[str], dialect: Dialect) -> str:
        return ", ".join(f"%b::{array_of(self._table.c[name], dialect)}" for name in names)


def pipelined(connection: Connection) -> AbstractContextManager[None]:
    """Send what is written meanwhile without waiting for each answer, where the driver can; faults come at the end."""
    return _pipeline(connection) if connection.dialect.name == "postgresql" else nullcontext()


@contextmanager
def _pipeline(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    dbapi = connection.dialect.loaded_dbapi
    assert driver is not None
    try:
        with driver.pipeline():
            yield
    except dbapi.Error as error:
        raise wrapped(connection, "(sent together)", error) from error
