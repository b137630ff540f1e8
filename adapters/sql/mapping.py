"""How one kind of record lies in its tables: written by hand per module, executed by the transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping as Lookup, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs
from sqlalchemy import BindParameter, Column, Connection, Select, Table, bindparam, select, tuple_

from houtai.adapters.buffer import flat
from houtai.application.ports import Index, Records

R = TypeVar("R")
Row = dict[str, Any]


@attrs.frozen(slots=False, eq=False)
class Child(Generic[R]):
    """Rows of a record that lie in a table of their own, such as an order's lines."""

    table: Table
    parent: tuple[str, ...]  # the columns that hold the parent's key, in its order
    dump: Callable[[R], Sequence[Row]]
    order_by: tuple[str, ...]

    @cached_property
    def select(self) -> Select[Any]:
        """All rows of some parents, in the record's order."""
        columns = [self.table.c[name] for name in self.parent]
        return (
            select(self.table).where(within(columns, "keys")).order_by(*columns, *(self.table.c[name] for name in self.order_by))
        )


@attrs.frozen(slots=False, eq=False)
class Mapping(Generic[R]):
    """One kind of record: its declaration, its table, and the two functions between record and rows.

    `load` gets the root row and, by table name, the child rows in order. `found_by` names the columns behind each lookup.
    """

    records: Records[Any, R]
    table: Table
    dump: Callable[[R], Row]
    load: Callable[[Row, Lookup[str, list[Row]]], R]
    found_by: Lookup[Index[R, Any], tuple[str, ...]] = attrs.field(factory=dict)
    children: tuple[Child[R], ...] = ()

    @cached_property
    def key_columns(self) -> list[Column[Any]]:
        """The primary key in the order of the record's key."""
        return list(self.table.primary_key.columns)

    @cached_property
    def by_key(self) -> Select[Any]:
        """Records by key, in key order."""
        return select(self.table).where(within(self.key_columns, "keys")).order_by(*self.key_columns)

    @cached_property
    def by_key_locked(self) -> Select[Any]:
        """The same, locked in that order."""
        return self.by_key.with_for_update()

    @cached_property
    def _lookups(self) -> dict[tuple[str, bool], Select[Any]]:
        made: dict[tuple[str, bool], Select[Any]] = {}
        for index, names in self.found_by.items():
            columns = [self.table.c[name] for name in names]
            found = select(self.table).where(within(columns, "keys")).order_by(*self.key_columns)
            made[index.name, False] = found
            made[index.name, True] = found.with_for_update()
        return made

    @cached_property
    def _due(self) -> dict[str, Select[Any]]:
        made: dict[str, Select[Any]] = {}
        for index, names in self.found_by.items():
            if len(names) == 1:
                column = self.table.c[names[0]]
                waiting = select(self.table).where(column <= bindparam("until"), column.is_not(None))
                made[index.name] = waiting.order_by(column).limit(bindparam("most")).with_for_update(skip_locked=True)
        return made

    def fetch(self, connection: Connection, keys: Sequence[Any], *, lock: bool) -> list[R]:
        """Records by key, in key order."""
        statement = self.by_key_locked if lock else self.by_key
        return self.build(connection, connection.execute(statement, {"keys": column_values(keys)}).mappings().all())

    def fetch_by(self, connection: Connection, index: Index[R, Any], values: Sequence[Any], *, lock: bool) -> list[R]:
        """Records by a lookup, in key order."""
        rows = connection.execute(self._lookups[index.name, lock], {"keys": column_values(values)}).mappings().all()
        return self.build(connection, rows)

    def fetch_due(self, connection: Connection, index: Index[R, Any], until: dt.datetime, limit: int) -> list[R]:
        """Records that are due, earliest first, locked, others' locked ones skipped."""
        rows = connection.execute(self._due[index.name], {"until": until, "most": limit}).mappings().all()
        return self.build(connection, rows)

    def build(self, connection: Connection, roots: Sequence[Any]) -> list[R]:
        """The records of these root rows, their children read in one statement a table."""
        if not roots:
            return []
        names = [column.name for column in self.key_columns]
        keys = [tuple(root[name] for name in names) for root in roots]
        lines: dict[tuple[Any, ...], dict[str, list[Row]]] = {key: {c.table.name: [] for c in self.children} for key in keys}
        for child in self.children:
            wanted = [key[0] if len(key) == 1 else key for key in keys]
            for row in connection.execute(child.select, {"keys": wanted}).mappings():
                lines[tuple(row[name] for name in child.parent)][child.table.name].append(dict(row))
        return [self.load(dict(root), lines[key]) for root, key in zip(roots, keys, strict=True)]


def column_values(keys: Sequence[Any]) -> list[Any]:
    """Keys as bound values: one value where the key is one column, else tuples."""
    laid_out = [flat(key) for key in keys]
    return [key[0] if len(key) == 1 else key for key in laid_out]


def within(columns: Sequence[Column[Any]], name: str) -> Any:
    """The condition that these columns hold one of the bound keys."""
    listed: BindParameter[Any] = bindparam(name, expanding=True)
    return columns[0].in_(listed) if len(columns) == 1 else tuple_(*columns).in_(listed)
