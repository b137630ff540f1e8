"""Products out to a file that the import takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from houtai.application.audit import Category
from houtai.application.catalog import ports
from houtai.application.catalog.ports import CatalogTx, CatalogViews
from houtai.application.catalog.product_columns import COLUMNS, POLICIES, SOURCES, attributes_cell
from houtai.application.disclosures import Disclosed, note_disclosure
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, logged_as, needs
from houtai.application.ports import Performer
from houtai.application.sheets import SheetFiles, SheetFormat
from houtai.domain.act import Act
from houtai.domain.authority import Dimension
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import SkuId

PAGE: Final = 100

_SOURCE_NAMES: Final = {source: name for name, source in SOURCES.items()}
_POLICY_NAMES: Final = {policy: name for name, policy in POLICIES.items()}


@attrs.frozen
class BeginExport:
    """Note that somebody takes the products out of the house."""

    file_format: SheetFormat


@attrs.frozen
class ProductLines:
    """One page of products as lines of the file."""

    page: Page


@logged_as(Category.DISCLOSURE)
@needs("catalog.export", regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def begin_export(tx: CatalogTx, _: BeginExport, act: Act) -> None:
    """Writes that the products leave the house, so that every export is known (A3)."""
    note_disclosure(tx, act, Disclosed.EXPORTED, "products")


@needs("catalog.export", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def product_lines(views: CatalogViews, query: ProductLines, act: Act) -> Slice[tuple[str, ...]]:
    """One line for every active SKU of a page of products, in the order of the template's columns."""
    reach = act.authority.reach("catalog.export", Dimension.MERCHANT, at=act.at)
    where = {} if reach is None else {ports.PRODUCT_BY_MERCHANT: reach}
    found = views.products.page(query.page, where)
    products = {product.id: product for product in found.items}
    skus = views.skus.by(ports.SKU_BY_PRODUCT, *sorted(products)) if products else []
    parts = views.skus.many({component.sku_id for sku in skus for component in sku.components})
    categories = views.categories.many({product.category_id for product in products.values()})
    brands = views.brands.many({product.brand_id for product in products.values() if product.brand_id is not None})
    merchants = views.merchants.many({product.merchant_id for product in products.values() if product.merchant_id is not None})
    lines = []
    for product in found.items:
        named = {
            "category_code": categories[product.category_id].code,
            "brand_code": brands[product.brand_id].code if product.brand_id is not None else "",
            "merchant_code": merchants[product.merchant_id].code if product.merchant_id is not None else "",
        }
        own = (sku for sku in skus if sku.product_id == product.id and sku.state is Standing.ACTIVE)
        lines += [_line({**_product_cells(product, sku), **named, **_sku_cells(sku, parts)}) for sku in own]
    return Slice(tuple(lines), found.next_cursor)


def _line(cells: dict[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(column.key, "") for column in COLUMNS)


def _product_cells(product: Product, sku: Sku) -> dict[str, str]:
    cells = {
        "product_code": product.code,
        "product_title": product.title,
        "source": _SOURCE_NAMES[product.source],
        "attributes": attributes_cell(product.attributes),
    }
    for place, (option, value) in enumerate(zip(product.options, sku.option_values, strict=False), start=1):
        cells |= {f"option_{place}_name": option.name, f"option_{place}_value": value}
    return cells


def _sku_cells(sku: Sku, parts: dict[SkuId, Sku]) -> dict[str, str]:
    return {
        "sku_code": sku.code,
        "sku_title": sku.title,
        "barcodes": ";".join(f"{barcode.code}*{barcode.pack_qty}" for barcode in sku.barcodes),
        "weight_g": str(sku.weight_g),
        "length_mm": str(sku.length_mm),
        "width_mm": str(sku.width_mm),
        "height_mm": str(sku.height_mm),
        "components": ";".join(f"{parts[component.sku_id].code}*{component.qty}" for component in sku.components),
        "return_policy": _POLICY_NAMES[sku.return_policy] if sku.is_bundle else "",
        "gift_only": "是" if sku.gift_only else "否",
    }


def export_products(
    office: Performer,
    files: SheetFiles,
    file_format: SheetFormat,
    act: Act,
    *,
    progress: Callable[[int], Any] = lambda _: None,
) -> bytes:
    """Every product that the actor may see, as a file. The export is logged before the first line is read."""
    office.perform(begin_export, BeginExport(file_format), act)
    rows: list[tuple[str, ...]] = []
    for part in _pages(office, act):
        rows += part
        progress(len(rows))
    return files.write(file_format, [column.title for column in COLUMNS], rows)


def _pages(office: Performer, act: Act) -> Iterator[tuple[tuple[str, ...], ...]]:
    page = Page(PAGE, newest_first=False)
    while True:
        part = office.ask(product_lines, ProductLines(page), act)
        yield part.items
        if not part.has_more:
            return
        page = attrs.evolve(page, cursor=part.next_cursor)
