"""Finding goods: two Chinese characters, a code, a barcode, the beginning of a word."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.application.catalog.ports import CATEGORY_BY_PARENT, PRODUCT_BY_CODE, SKU_BY_CODE, CatalogViews
from houtai.application.catalog.queries import path_in
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension
from houtai.domain.catalog.category import attributes_of
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.words import Words
from houtai.domain.ids import CategoryId
from houtai.domain.refusal import InvalidValue

MAX_SEARCH = 100


@attrs.frozen
class SearchSkus:
    """What somebody typed or scanned."""

    text: str = attrs.field(validator=limits.text(1, MAX_SEARCH))
    page: Page = Page()  # noqa: RUF009  # frozen


@attrs.frozen
class SearchProducts:
    """What somebody typed."""

    text: str = attrs.field(validator=limits.text(1, MAX_SEARCH))
    page: Page = Page()  # noqa: RUF009  # frozen


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def search_skus(views: CatalogViews, query: SearchSkus, act: Act) -> Slice[Sku]:
    """SKUs by words of title, code or barcode. A text that is exactly a code or a barcode finds that SKU and nothing else."""
    reach = act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at)
    exact = _exact_sku(views, query.text.strip())
    if exact is not None and (reach is None or (exact.merchant_id or HOUSE) in reach):
        return Slice((exact,))
    return views.search_skus(Words.of(query.text), query.page, reach)


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def search_products(views: CatalogViews, query: SearchProducts, act: Act) -> Slice[Product]:
    """Products by words of title or code; the code of a product or of one of its SKUs, or a barcode, finds it alone."""
    reach = act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at)
    text = query.text.strip()
    exact = views.products.first(PRODUCT_BY_CODE, text)
    if exact is None and (sku := _exact_sku(views, text)) is not None:
        exact = views.products.get(sku.product_id)
    if exact is not None and (reach is None or (exact.merchant_id or HOUSE) in reach):
        return Slice((exact,))
    return views.search_products(Words.of(query.text), query.page, reach)


@attrs.frozen
class FilterProducts:
    """Products of a category and the categories below it that have all these attribute values."""

    category: CategoryId
    attributes: Mapping[str, str] = attrs.field(factory=dict, validator=limits.at_most(20))
    page: Page = Page()  # noqa: RUF009  # frozen


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def filter_products(views: CatalogViews, query: FilterProducts, act: Act) -> Slice[Product]:
    """Those the actor may see. InvalidValue for an attribute that the category does not know, or knows as not filterable."""
    category = views.categories.get(query.category)
    known = attributes_of(path_in(views, category))
    for code, value in query.attributes.items():
        attribute = known.get(code)
        if attribute is None or not attribute.filterable:
            raise InvalidValue(field=f"attributes.{code}", rule="is not a filter of this category")
        attribute.check(value)
    categories = {category.id}
    level = {category.id}
    while level:
        level = {child.id for child in views.categories.by(CATEGORY_BY_PARENT, *sorted(level))} - categories
        categories |= level
    reach = act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at)
    return views.filter_products(categories, query.attributes, query.page, reach)


def _exact_sku(views: CatalogViews, text: str) -> Sku | None:
    sku = views.skus.first(SKU_BY_CODE, text)
    if sku is None and (use := views.barcodes.find(text)) is not None and use.sku_id is not None:
        sku = views.skus.find(use.sku_id)
    return sku
