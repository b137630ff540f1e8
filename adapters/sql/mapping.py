"""How one kind of record lies in its tables: written by hand per module, executed by the transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping as Lookup, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs
from sqlalchemy import Column, Connection, Select, Table, bindparam, select

from houtai.adapters.buffer import flat
from houtai.adapters.sql.reads import Reads, Row as Row  # noqa: PLC0414  # every module's tables speak of rows
from houtai.application.ports import Index, Records

R = TypeVar("R")


@attrs.frozen(slots=False, eq=False)
class Child(Generic[R]):
    """Rows of a record that lie in a table of their own, such as an order's lines."""

    table: Table
    parent: tuple[str, ...]  # the columns that hold the parent's key, in its order
    dump: Callable[[R], Sequence[Row]]
    order_by: tuple[str, ...]

    @cached_property
    def reads(self) -> Reads:
        """All rows of some parents, in the record's order."""
        return Reads(self.table, self.parent, (*self.parent, *self.order_by))


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
    def by_key(self) -> Reads:
        """Records by key, in key order."""
        names = [column.name for column in self.key_columns]
        return Reads(self.table, names, names)

    @cached_property
    def _lookups(self) -> dict[str, Reads]:
        names = [column.name for column in self.key_columns]
        return {index.name: Reads(self.table, columns, names) for index, columns in self.found_by.items()}

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
        return self.build(connection, self.by_key.rows(connection, [flat(key) for key in keys], lock=lock))

    def fetch_by(self, connection: Connection, index: Index[R, Any], values: Sequence[Any], *, lock: bool) -> list[R]:
        """Records by a lookup, in key order."""
        wanted = list(dict.fromkeys(flat(value) for value in values))
        return self.build(connection, self._lookups[index.name].rows(connection, wanted, lock=lock))

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
            for row in child.reads.rows(connection, keys):
                lines[tuple(row[name] for name in child.parent)][child.table.name].append(row)
        return [self.load(dict(root), lines[key]) for root, key in zip(roots, keys, strict=True)]
