"""The read side on SQL: readings through the mappings, and the modules' own searches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping as Lookup, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, literal, select, tuple_

from houtai.adapters.buffer import flat
from houtai.adapters.memory.store import sort_text
from houtai.adapters.sql.access import AccessViews
from houtai.adapters.sql.aftersales import AftersalesSearch
from houtai.adapters.sql.catalog_search import CatalogSearch
from houtai.adapters.sql.goods_issues import GoodsIssueSearch
from houtai.adapters.sql.house import audit_head, audit_log, sealed_of
from houtai.adapters.sql.inventory import InventorySearch
from houtai.adapters.sql.ledger import LedgerReports
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.modules import MAPPINGS, TOTALS
from houtai.adapters.sql.orders_search import OrdersSearch
from houtai.adapters.sql.outbound_search import OutboundSearch
from houtai.adapters.sql.payments import PaymentsSearch
from houtai.adapters.sql.points import PointsSearch
from houtai.adapters.sql.reference import Looked
from houtai.adapters.sql.shipping import ShippingSearch
from houtai.adapters.sql.tickets import TicketsSearch
from houtai.adapters.sql.warehouse import WarehouseSearch
from houtai.adapters.sql.warehouse_bins import BinsSearch
from houtai.adapters.sql.webhooks import WebhooksSearch
from houtai.application.audit import SealedEntry
from houtai.application.paging import Page, Slice, cursor_at
from houtai.application.ports import Index
from houtai.domain.refusal import InvalidValue, NotFound

BY_NAME: Final = {mapping.records.name: mapping for mapping in MAPPINGS}


class SqlReading:
    """The `Reading` port over one mapping."""

    def __init__(self, connection: Connection, mapping: Mapping[Any], looked: Looked | None) -> None:
        """Read on this connection; with `looked`, reference records come from what the process keeps."""
        self._connection = connection
        self._mapping = mapping
        self._looked = looked if mapping.records.reference else None

    def find(self, key: Any) -> Any:
        """See `Reading.find`."""
        return self.many([key]).get(key)

    def get(self, key: Any) -> Any:
        """See `Reading.get`."""
        found = self.find(key)
        if found is None:
            raise NotFound(what=self._mapping.records.what, key=str(key))
        return found

    def many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """See `Reading.many`."""
        wanted = sorted(set(keys), key=flat)
        if self._looked is not None:
            found = self._looked.load(self._connection, self._mapping, wanted)
        else:
            found = self._mapping.fetch(self._connection, wanted, lock=False) if wanted else []
        return {self._mapping.records.key(record): record for record in found}

    def by(self, index: Index[Any, Any], *values: Any) -> list[Any]:
        """See `Reading.by`."""
        if self._looked is not None:
            found = self._looked.load_by(self._connection, self._mapping, index, values)
            return sorted(found, key=lambda record: flat(self._mapping.records.key(record)))
        return self._mapping.fetch_by(self._connection, index, values, lock=False)

    def first(self, index: Index[Any, Any], value: Any) -> Any:
        """See `Reading.first`."""
        return next(iter(self.by(index, value)), None)

    def page(self, page: Page, where: Lookup[Index[Any, Any], Any] | None = None) -> Slice[Any]:
        """See `Reading.page`."""
        mapping = self._mapping
        columns = mapping.key_columns
        statement = select(mapping.table)
        for index, wanted in (where or {}).items():
            found_by = [mapping.table.c[name] for name in mapping.found_by[index]]
            if isinstance(wanted, frozenset):
                statement = statement.where(found_by[0].in_(list(wanted)))
            else:
                for column, value in zip(found_by, flat(wanted), strict=True):
                    statement = statement.where(column == value)
        if after := page.after():
            place = tuple_(*_cursor_values(columns, after))
            statement = statement.where(tuple_(*columns) < place if page.newest_first else tuple_(*columns) > place)
        ordered = [column.desc() if page.newest_first else column.asc() for column in columns]
        rows = self._connection.execute(statement.order_by(*ordered).limit(page.limit + 1)).mappings().all()
        records = mapping.build(self._connection, rows[: page.limit])
        more = len(rows) > page.limit
        return Slice(tuple(records), cursor_at(sort_text(mapping.records.key(records[-1]))) if more else "")


def _cursor_values(columns: Sequence[Any], after: str) -> list[Any]:
    """A cursor's texts as bound values of the columns' own types. Raises InvalidValue for one that no page of this list gave."""
    try:
        values = json.loads(after)
        parts = values if isinstance(values, list) else []
        return [literal(_typed(column, value), column.type) for column, value in zip(columns, parts, strict=True)]
    except ValueError as error:
        raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page") from error


def _typed(column: Any, value: Any) -> Any:
    """One part of a cursor, if it is what the column holds. Raises ValueError."""
    kind = column.type.python_type
    if kind is UUID and isinstance(value, str):
        return UUID(value)
    if type(value) is not kind or (kind is int and abs(value) >= 2**63):
        raise ValueError(value)
    return value


class HouseViews:
    """What every module's views stand on: the connection of one snapshot."""

    connection: Connection

    def audit_chain(self, *, after_seq: int = 0, limit: int = 1_000_000) -> list[SealedEntry]:
        """The operation log behind `after_seq` in order."""
        rows = select(audit_log).where(audit_log.c.seq > after_seq).order_by(audit_log.c.seq).limit(limit)
        return [sealed_of(row) for row in self.connection.execute(rows).mappings()]

    def audit_head(self) -> int:
        """The last row's place in the chain."""
        return int(self.connection.execute(select(audit_head.c.seq)).scalar() or 0)

    def audit_head_hash(self) -> str:
        """The last row's hash, by its head; empty before the first row."""
        found = self.connection.execute(select(audit_head.c.hash).where(audit_head.c.seq > 0)).scalar()
        return str(found) if found else ""

    def sum_rows(self, name: str) -> dict[Any, int]:
        """All totals of one kind."""
        return TOTALS[name].read_all(self.connection)


class SqlViews(
    WebhooksSearch,
    TicketsSearch,
    AftersalesSearch,
    OrdersSearch,
    OutboundSearch,
    GoodsIssueSearch,
    BinsSearch,
    WarehouseSearch,
    InventorySearch,
    PaymentsSearch,
    PointsSearch,
    ShippingSearch,
    LedgerReports,
    AccessViews,
    CatalogSearch,
    HouseViews,
):
    """Every module's read side at once; a module with searches of its own adds its class to the bases above."""

    def __init__(self, connection: Connection, looked: Looked | None = None) -> None:
        """Read in this connection's snapshot; without `looked`, which row security forbids, everything from the database."""
        self.connection = connection
        self._looked = looked

    def __getattr__(self, name: str) -> Any:
        """The reading of that name."""
        if name not in BY_NAME:
            raise AttributeError(name)
        return SqlReading(self.connection, BY_NAME[name], self._looked)
