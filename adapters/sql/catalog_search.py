"""Searching the catalogue on SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, false, select

from houtai.adapters.memory.store import sort_text
from houtai.adapters.sql.catalog import PRODUCT_MAPPING, SKU_MAPPING
from houtai.adapters.sql.mapping import Mapping
from houtai.adapters.sql.search_index import matches
from houtai.application.paging import Page, Slice, cursor_at
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.words import Words
from houtai.domain.refusal import InvalidValue


class CatalogSearch:
    """See `CatalogViews`: its searches, through the full-text indexes."""

    connection: Connection

    def search_skus(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Sku]:
        """See `CatalogViews.search_skus`."""
        return _search(self.connection, SKU_MAPPING, words, page, merchants)

    def search_products(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Product]:
        """See `CatalogViews.search_products`."""
        return _search(self.connection, PRODUCT_MAPPING, words, page, merchants)


def _search(
    connection: Connection, mapping: Mapping[Any], words: Words, page: Page, merchants: Iterable[UUID] | None
) -> Slice[Any]:
    searched = mapping.table
    condition = matches(searched, words, connection.dialect.name) if words.phrases else false()
    statement = select(searched).where(condition)
    if merchants is not None:
        statement = statement.where(searched.c.merchant_id.in_(sorted(merchants)))
    if after := page.after():
        place = _place(after)
        statement = statement.where(searched.c.id < place if page.newest_first else searched.c.id > place)
    ordered = searched.c.id.desc() if page.newest_first else searched.c.id.asc()
    rows = connection.execute(statement.order_by(ordered).limit(page.limit + 1)).mappings().all()
    records = mapping.build(connection, rows[: page.limit])
    more = len(rows) > page.limit
    return Slice(tuple(records), cursor_at(sort_text(records[-1].id)) if more else "")


def _place(after: str) -> UUID:
    try:
        return UUID(json.loads(after)[0])
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise InvalidValue(field="cursor", rule="must be a cursor from an earlier page") from error
