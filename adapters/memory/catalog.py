"""Searching the catalogue in memory: every record is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from houtai.adapters.memory.store import MemoryStore, slice_of
from houtai.application.catalog.imports import Import
from houtai.application.catalog.ports import searched_product, searched_sku
from houtai.application.paging import Page, Slice
from houtai.domain.authority import HOUSE
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.words import Words


class CatalogSearch:
    """See `CatalogViews`: its searches."""

    store: MemoryStore

    def filter_products(
        self,
        categories: Iterable[UUID],
        attributes: Mapping[str, str],
        page: Page,
        merchants: Iterable[UUID] | None,
    ) -> Slice[Product]:
        """See `CatalogViews.filter_products`."""
        wanted, reach = frozenset(categories), None if merchants is None else frozenset(merchants)
        held = self.store.shelves["products"].held
        found = [
            key
            for key, product in held.items()
            if product.category_id in wanted
            and (reach is None or (product.merchant_id or HOUSE) in reach)
            and all(product.attributes.get(code) == value for code, value in attributes.items())
        ]
        return slice_of(sorted(found, reverse=page.newest_first), held, page)

    def imports_of(self, owner: UUID | None, limit: int) -> tuple[Import, ...]:
        """See `CatalogViews.imports_of`."""
        own = [record for record in self.store.shelves["imports"].held.values() if record.owner == owner]
        return tuple(sorted(own, key=lambda record: (record.at, record.id), reverse=True)[:limit])

    def search_skus(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Sku]:
        """See `CatalogViews.search_skus`."""
        return _search(self.store.shelves["skus"].held, searched_sku, words, page, merchants)

    def search_products(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Product]:
        """See `CatalogViews.search_products`."""
        return _search(self.store.shelves["products"].held, searched_product, words, page, merchants)


def _search(
    held: dict[Any, Any], searched: Callable[[Any], str], words: Words, page: Page, merchants: Iterable[UUID] | None
) -> Slice[Any]:
    reach = None if merchants is None else frozenset(merchants)
    found = [
        key
        for key, record in held.items()
        if (reach is None or (record.merchant_id or HOUSE) in reach) and words.match(searched(record).split(" "))
    ]
    return slice_of(sorted(found, reverse=page.newest_first), held, page)
