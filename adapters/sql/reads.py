"""Reading rows by the values of some columns, in the driver's own words: one text for any number of values.

A list of values goes as one array (PostgreSQL) or one JSON text (SQLite), so that the statement is prepared and planned once
instead of once for each length of the list. On SQLite this is also what lets several columns be looked up by their index:
`(a, b) IN (VALUES …)` scans the table there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import Column, Connection, Dialect, String, Table

from houtai.adapters.sql.wire import say

Row = dict[str, Any]
Change = Callable[[Any], Any]

FOR_UPDATE: Final = " FOR UPDATE OF {table}"


@attrs.frozen(eq=False)
class _Words:
    """The statements in one dialect, and what turns values into the driver's and back."""

    read: str
    lock: str
    to_driver: tuple[Change | None, ...]
    from_driver: tuple[tuple[str, Change], ...]


class Reads:
    """Rows of one table under any of several values of `columns`, ordered by `order_by`."""

    def __init__(self, table: Table, columns: Sequence[str], order_by: Sequence[str]) -> None:
        """Nothing is prepared before a database is met."""
        self._table = table
        self._columns = [table.c[name] for name in columns]
        self._order_by = order_by
        self._names = [column.name for column in table.columns]
        self._in: dict[str, _Words] = {}

    def rows(self, connection: Connection, values: Sequence[tuple[Any, ...]], *, lock: bool = False) -> list[Row]:
        """The rows as records know them, locked in that order if asked. `values` are tuples, one part a column."""
        words = self._words(connection.dialect)
        parts = []
        for place, change in enumerate(words.to_driver):
            given = [value[place] for value in values]
            parts.append(given if change is None else [change(part) for part in given])
        bound = tuple(parts) if connection.dialect.name == "postgresql" else (_as_json(parts),)
        found = say(connection, words.lock if lock else words.read, bound).fetchall()
        rows = [dict(zip(self._names, row, strict=True)) for row in found]
        for name, change in words.from_driver:
            for row in rows:
                row[name] = change(row[name])
        return rows

    def _words(self, dialect: Dialect) -> _Words:
        if dialect.name not in self._in:
            self._in[dialect.name] = self._in_words(dialect)
        return self._in[dialect.name]

    def _in_words(self, dialect: Dialect) -> _Words:
        quote = dialect.identifier_preparer.quote
        is_postgres = dialect.name == "postgresql"
        table = quote(self._table.name)
        chosen = ", ".join(f"{table}.{quote(name)}" for name in self._names)
        ordered = ", ".join(f"{table}.{quote(name)}" for name in self._order_by)
        if is_postgres:
            source = _on_postgres(
                table, [quote(column.name) for column in self._columns], [array_of(c, dialect) for c in self._columns]
            )
        else:
            source = _on_sqlite(table, [quote(column.name) for column in self._columns])
        read = f"SELECT {chosen} FROM {source} ORDER BY {ordered}"  # noqa: S608  # the schema's own words
        made = {column.name: _from_driver(column, dialect) for column in self._table.columns}
        return _Words(
            read=read,
            lock=read + FOR_UPDATE.format(table=table) if is_postgres else read,
            to_driver=tuple(to_driver(column, dialect) for column in self._columns),
            from_driver=tuple((name, change) for name, change in made.items() if change is not None),
        )


def _on_postgres(table: str, names: Sequence[str], arrays: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{table} WHERE {table}.{names[0]} = ANY (%b::{arrays[0]})"
    given = ", ".join(f"%b::{array}" for array in arrays)
    met = " AND ".join(f"{table}.{name} = wanted.{name}" for name in names)
    return f"unnest({given}) AS wanted ({', '.join(names)}) JOIN {table} ON {met}"


def _on_sqlite(table: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{table} WHERE {table}.{names[0]} IN (SELECT value FROM json_each(?))"  # noqa: S608  # the schema's own words
    # CROSS JOIN keeps the order of the two: each wanted value looks its row up, never the other way round.
    met = " AND ".join(f"{table}.{name} = wanted.value ->> {place}" for place, name in enumerate(names))
    return f"json_each(?) AS wanted CROSS JOIN {table} ON {met}"


def _as_json(parts: Sequence[Sequence[Any]]) -> str:
    return json.dumps(parts[0] if len(parts) == 1 else list(zip(*parts, strict=True)))


def to_driver(column: Column[Any], dialect: Dialect) -> Change | None:
    """What turns a record's value into the driver's, None where nothing does."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(column: Column[Any], dialect: Dialect) -> Change | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def array_of(column: Column[Any], dialect: Dialect) -> str:
    """The array's type; plain text where texts are bounded, because a cast to a bound cuts what is too long in silence."""
    of = column.type.dialect_impl(dialect).compile(dialect)
    return "text[]" if of.startswith("VARCHAR") or isinstance(column.type, String) else f"{of}[]"
