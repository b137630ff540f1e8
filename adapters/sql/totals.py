"""Running totals on SQL: changes go out as one upsert batch, so that writers add without reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
from sqlalchemy import Connection, Table, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from houtai.adapters.buffer import flat


@attrs.frozen(slots=False, eq=False)
class Totals:
    """One kind of total: a table whose primary key is the flat key, in order, and one column `column` that adds up.

    `build` makes the key of a row's key columns, for readers of all totals.
    """

    name: str
    table: Table
    column: str
    build: Callable[..., Any]

    def _names(self) -> list[str]:
        return [column.name for column in self.table.primary_key.columns]

    def read(self, connection: Connection, key: Any) -> int:
        """The stored total, zero where nothing was added yet."""
        own = and_(*(self.table.c[name] == bindparam(f"at_{name}") for name in self._names()))
        values = {f"at_{name}": value for name, value in zip(self._names(), flat(key), strict=True)}
        return int(connection.execute(select(self.table.c[self.column]).where(own), values).scalar() or 0)

    def read_all(self, connection: Connection) -> dict[Any, int]:
        """Every total by key."""
        rows = connection.execute(select(self.table)).mappings()
        return {self.build(*(row[name] for name in self._names())): row[self.column] for row in rows}

    def add(self, connection: Connection, changes: Sequence[tuple[Any, int]]) -> None:
        """Add all changes, given in key order so that two transactions meet their rows in the same order."""
        write = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(self.table)
        grown = {self.column: self.table.c[self.column] + write.excluded[self.column]}
        upsert = write.on_conflict_do_update(index_elements=self._names(), set_=grown)
        rows = [{**dict(zip(self._names(), flat(key), strict=True)), self.column: delta} for key, delta in changes]
        connection.execute(upsert, rows)
