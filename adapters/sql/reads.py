"""Reading rows by the values of some columns, in the driver's own words: one text for any number of values.

A list of values goes as one array (PostgreSQL) or one JSON text (SQLite), so that the statement is prepared and planned once
instead of once for each length of the list. On SQLite this is also what lets several columns be looked up by their index:
`(a, b) IN (VALUES …)` scans the table there.

A single value of a single column is compared by itself on PostgreSQL: for an array the server reckons with ten values where it
plans for all, finds a plan for the one that it was given cheaper, and plans each time anew. Several columns always go as arrays:
with their values in sight it may take a partial index that one of them fits, and read all of it.
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
    read_one: str
    lock_one: str
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
        if connection.dialect.name != "postgresql":
            found = say(connection, words.lock if lock else words.read, (_as_json(parts),)).fetchall()
        elif len(values) == len(self._columns) == 1:
            found = say(connection, words.lock_one if lock else words.read_one, (parts[0][0],)).fetchall()
        else:
            found = say(connection, words.lock if lock else words.read, tuple(parts)).fetchall()
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
        names = [quote(column.name) for column in self._columns]
        if is_postgres:
            arrays = [array_of(column, dialect) for column in self._columns]
            source = of_one = _on_postgres(table, names, arrays)
            if len(names) == 1:
                of_one = f"{table} WHERE {table}.{names[0]} = %b::{arrays[0].removesuffix('[]')}"
        else:
            source = of_one = _on_sqlite(table, names)
        read, read_one = (f"SELECT {chosen} FROM {one} ORDER BY {ordered}" for one in (source, of_one))  # noqa: S608  # the schema's own words
        for_update = FOR_UPDATE.format(table=table) if is_postgres else ""
        made = {column.name: _from_driver(column, dialect) for column in self._table.columns}
        return _Words(
            read=read,
            lock=read + for_update,
            read_one=read_one,
            lock_one=read_one + for_update,
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


def as_driven(column: Column[Any], dialect: Dialect, value: Any) -> Any:
    """A column's value as the driver takes it."""
    change = to_driver(column, dialect)
    return value if change is None else change(value)


def as_known(column: Column[Any], dialect: Dialect, value: Any) -> Any:
    """What the driver gave for a column, as records know it."""
    change = _from_driver(column, dialect)
    return value if change is None else change(value)


def array_of(column: Column[Any], dialect: Dialect) -> str:
    """The array's type; plain text where texts are bounded, because a cast to a bound cuts what is too long in silence."""
    of = column.type.dialect_impl(dialect).compile(dialect)
    return "text[]" if of.startswith("VARCHAR") or isinstance(column.type, String) else f"{of}[]"
