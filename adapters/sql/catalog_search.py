"""Searching the catalogue on SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping as Lookup
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, false, select

from houtai.adapters.memory.store import sort_text
from houtai.adapters.sql.catalog import PRODUCT_MAPPING, SKU_MAPPING, imports, load_import
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.search_index import matches, may_be_common
from houtai.application.catalog.imports import Import
from houtai.application.paging import Page, Slice, cursor_at
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.words import Words
from houtai.domain.refusal import InvalidValue

STRETCH: Final = 1_000  # of rows that are read along: a word that COMMON of 100,000 rows have fills a page of twenty from it


class CatalogSearch:
    """See `CatalogViews`: its searches, through the full-text indexes."""

    connection: Connection

    def filter_products(
        self,
        categories: Iterable[UUID],
        attributes: Lookup[str, str],
        page: Page,
        merchants: Iterable[UUID] | None,
    ) -> Slice[Product]:
        """See `CatalogViews.filter_products`."""
        columns = PRODUCT_MAPPING.table.c
        conditions = [columns.category_id.in_(sorted(categories))]
        conditions += [columns.attributes[code].as_string() == value for code, value in sorted(attributes.items())]
        return _page_of(self.connection, PRODUCT_MAPPING, and_(*conditions), page, merchants)

    def imports_of(self, owner: UUID | None, limit: int) -> tuple[Import, ...]:
        """See `CatalogViews.imports_of`."""
        latest = select(imports).where(imports.c.owner == owner).order_by(imports.c.at.desc(), imports.c.id.desc()).limit(limit)
        return tuple(load_import(dict(row), {}) for row in self.connection.execute(latest).mappings())

    def search_skus(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Sku]:
        """See `CatalogViews.search_skus`."""
        return _search(self.connection, SKU_MAPPING, words, page, merchants)

    def search_products(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Product]:
        """See `CatalogViews.search_products`."""
        return _search(self.connection, PRODUCT_MAPPING, words, page, merchants)


def _search(
    connection: Connection, mapping: Mapping[Any], words: Words, page: Page, merchants: Iterable[UUID] | None
) -> Slice[Any]:
    if not words.phrases:
        return _page_of(connection, mapping, false(), page, merchants)
    if may_be_common(connection, mapping.table, words):
        near = _read_along(connection, mapping.table, words, page, merchants)
        if near is not None:
            return _page_of(connection, mapping, mapping.table.c.id.in_(near), page, merchants)
    return _page_of(connection, mapping, matches(mapping.table, words, connection.dialect.name), page, merchants)


def _read_along(
    connection: Connection, searched: Table, words: Words, page: Page, merchants: Iterable[UUID] | None
) -> list[UUID] | None:
    """The ids of a page of rows with words that many have, read in the order of the list; None if a STRETCH is not enough."""
    statement = _listed(select(searched.c.id, searched.c.search_text), searched, page, merchants).limit(STRETCH)
    near: list[UUID] = []
    read = 0
    with connection.execute(statement) as rows:
        for read, (row_id, stored) in enumerate(rows, start=1):  # noqa: B007  # how many there were is asked below
            if words.match(stored.split(" ")):
                near.append(row_id)
                if len(near) > page.limit:
                    return near
    return None if read == STRETCH else near


def _page_of(
    connection: Connection,
    mapping: Mapping[Any],
    condition: ColumnElement[bool],
    page: Page,
    merchants: Iterable[UUID] | None,
) -> Slice[Any]:
    statement = _listed(select(mapping.table).where(condition), mapping.table, page, merchants)
    rows = connection.execute(statement.limit(page.limit + 1)).mappings().all()
    records = mapping.build(connection, rows[: page.limit])
    more = len(rows) > page.limit
    return Slice(tuple(records), cursor_at(sort_text(records[-1].id)) if more else "")


def _listed(statement: Select[Any], searched: Table, page: Page, merchants: Iterable[UUID] | None) -> Select[Any]:
    if merchants is not None:
        statement = statement.where(searched.c.merchant_id.in_(sorted(merchants)))
    if after := page.after():
        place = _place(after)
        statement = statement.where(searched.c.id < place if page.newest_first else searched.c.id > place)
    return statement.order_by(searched.c.id.desc() if page.newest_first else searched.c.id.asc())


def _place(after: str) -> UUID:
    try:
        return UUID(json.loads(after)[0])
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page") from error
