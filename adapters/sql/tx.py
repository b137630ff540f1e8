"""A transaction on SQL: reads and locks through the mappings, writes collected and sent at the commit, one batch a table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import attrs
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from houtai.adapters.buffer import BufferedRows, BufferedSums, flat
from houtai.adapters.buffered_tx import BufferedTx, Request
from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.faults import translated
from houtai.adapters.sql.house import audit_head, audit_log, dump_sealed, requests
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.modules import MAPPINGS, TOTALS
from houtai.adapters.sql.orders_search import OpenOrdersLook
from houtai.adapters.sql.outbound_search import FreeWalksLook
from houtai.adapters.sql.reads import Reads, Row
from houtai.adapters.sql.reference import Looked, Reference, SqlSource, note
from houtai.adapters.sql.watch import LEFT
from houtai.adapters.sql.writes import Writes, pipelined
from houtai.application.audit import GENESIS, Form, seal

BY_NAME: Final = {mapping.records.name: mapping for mapping in MAPPINGS}
WRITES: Final = {table.name: Writes(table) for table in METADATA.sorted_tables}
TABLE_ORDER: Final = [table.name for table in METADATA.sorted_tables]

_REQUESTS: Final = Reads(requests, ("owner", "key"), ("owner", "key"))
_HEAD: Final = Reads(audit_head, ("id",), ("id",))
_ONLY_HEAD: Final = 1


class SqlTx(FreeWalksLook, OpenOrdersLook, BufferedTx):
    """A transaction on one connection; see `OpenTx`."""

    def __init__(self, connection: Connection, reference: Reference) -> None:
        """The store has begun on this connection and rolls back what is not committed."""
        super().__init__()
        self._connection = connection
        self._looked = Looked(reference, connection, BY_NAME)
        self.sent = False
        """Whether anything of it has been written, which only `commit` does."""

    def open(self, name: str) -> Any:
        """See `BufferedTx.open`."""
        if name in BY_NAME:
            mapping = BY_NAME[name]
            rows: BufferedRows[Any, Any] = BufferedRows(mapping.records, SqlSource(self._connection, mapping, self._looked))
            self.rows[name] = rows
            return rows
        if name in TOTALS:
            totals = TOTALS[name]
            self.sums[name] = BufferedSums(lambda key: totals.read(self._connection, key))
            return self.sums[name]
        raise AttributeError(name)

    def load_requests(self, wanted: Sequence[tuple[str, str]]) -> list[Request]:
        """See `BufferedTx.load_requests`."""
        with translated():
            return [Request(**row) for row in _REQUESTS.rows(self._connection, wanted)]

    def look_once(self) -> None:
        """See `OpenTx.look_once`."""
        self._looked.only_once()

    def commit(self) -> None:
        """See `OpenTx.commit`."""
        self.sent = True
        with translated():
            with pipelined(self._connection):
                if self.answered:
                    WRITES[requests.name].insert(
                        self._connection, [attrs.asdict(request, recurse=False) for request in self.answered.values()]
                    )
                self._write()
            self._add_totals()
            self._note_reference()
            self._seal()
        with translated(committing=True):
            self._connection.commit()

    def _write(self) -> None:
        """Send every table's deletes, inserts and updates as one batch each, tables in the order of their foreign keys."""
        inserts: dict[str, list[Row]] = {}
        updates: dict[str, list[Row]] = {}
        deletes: dict[str, list[Row]] = {}
        for name, rows in self.rows.items():
            mapping = BY_NAME[name]
            for record in rows.added():
                for table, row in rows_of(mapping, record):
                    inserts.setdefault(table.name, []).append(row)
            for stored, current in rows.edited():
                _difference(mapping, stored, current, inserts, updates, deletes)
        for table_name in TABLE_ORDER:
            writes = WRITES[table_name]
            if table_name in deletes:
                writes.delete(self._connection, deletes[table_name])
            if table_name in inserts:
                writes.insert(self._connection, inserts[table_name])
            if table_name in updates:
                writes.update(self._connection, updates[table_name])

    def _note_reference(self) -> None:
        edited: dict[str, list[Any]] = {}
        for name, rows in self.rows.items():
            if rows.records.reference and (changed := [*rows.added(), *(current for _, current in rows.edited())]):
                edited[name] = [rows.records.key(record) for record in changed]
        if edited:
            note(self._connection, edited)

    def _add_totals(self) -> None:
        for name, sums in sorted(self.sums.items()):
            if sums.changes:
                TOTALS[name].add(self._connection, sorted(sums.changes.items(), key=lambda change: flat(change[0])))

    def _seal(self) -> None:
        """Chain the log entries to the head, whose row is the last lock of every transaction."""
        if not self.audit:
            return
        head = next(iter(_HEAD.rows(self._connection, [(_ONLY_HEAD,)], lock=True)), None)
        seq, previous = (head["seq"], head["hash"]) if head is not None else (0, GENESIS)
        rows = []
        for entry in self.audit:
            form = Form.of(entry)
            sealed = seal(entry, seq + 1, previous, form)
            rows.append(dump_sealed(sealed, form))
            seq, previous = sealed.seq, sealed.hash
        moved = [{"id": _ONLY_HEAD, "seq": seq, "hash": previous}]
        with pipelined(self._connection):
            WRITES[audit_log.name].insert(self._connection, rows)
            heads = WRITES[audit_head.name]
            (heads.insert if head is None else heads.update)(self._connection, moved)


def leave(connection: Connection) -> None:
    """End a snapshot, or a transaction of which nothing was sent, by COMMIT.

    After a ROLLBACK the driver for PostgreSQL forgets every statement that it has prepared on the connection, and the server
    parses and plans each of them anew.
    """
    with suppress(DBAPIError):
        connection.info[LEFT] = True
        connection.commit()


def rows_of(mapping: Mapping[Any], record: Any) -> list[tuple[Table, Row]]:
    """All rows of a record, the root first."""
    rows = [(mapping.table, mapping.dump(record))]
    return rows + [(child.table, row) for child in mapping.children for row in child.dump(record)]


def _difference(
    mapping: Mapping[Any],
    stored: Any,
    current: Any,
    inserts: dict[str, list[Row]],
    updates: dict[str, list[Row]],
    deletes: dict[str, list[Row]],
) -> None:
    """Put what changed between two forms of a record into the batches, row by row."""
    before = {(table.name, WRITES[table.name].key_of(row)): row for table, row in rows_of(mapping, stored)}
    after = {(table.name, WRITES[table.name].key_of(row)): row for table, row in rows_of(mapping, current)}
    for place, row in after.items():
        table = place[0]
        if place not in before:
            inserts.setdefault(table, []).append(row)
        elif row != before[place]:
            updates.setdefault(table, []).append(row)
    for (table, key), row in before.items():
        if (table, key) not in after:
            deletes.setdefault(table, []).append(row)
