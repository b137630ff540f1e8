"""A batch of products and SKUs: all it touches is locked with a fixed number of statements, checked, then written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from houtai.application.catalog.ports import PRODUCT_BY_CODE, SKU_BY_CODE, SKU_BY_PRODUCT, CatalogTx
from houtai.application.ports import Rows
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.binding import BarcodeUse
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import Attribute, Category, attributes_of, check_values, path_to
from houtai.domain.catalog.product import Product, check_combination
from houtai.domain.catalog.refusals import BadBundle, BarcodeTaken, VariantTaken
from houtai.domain.catalog.sku import Sku, check_components
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, ProductId, SkuId
from houtai.domain.refusal import AlreadyExists, NotFound


@attrs.frozen
class Wanted:
    """What a batch will touch, by the names its caller knows."""

    product_ids: frozenset[ProductId] = frozenset()
    product_codes: frozenset[str] = frozenset()
    sku_codes: frozenset[str] = frozenset()
    barcodes: frozenset[str] = frozenset()
    part_ids: frozenset[SkuId] = frozenset()
    category_ids: frozenset[CategoryId] = frozenset()
    brand_ids: frozenset[BrandId] = frozenset()


@attrs.define
class Batch:
    """The locked records of one batch, kept up to date while it writes. Checks raise refusals and write nothing.

    A dry batch goes through the same motions and writes nothing at all.
    """

    tx: CatalogTx
    act: Act
    products: dict[str, Product]
    skus: dict[str, Sku]
    uses: dict[str, BarcodeUse]
    parts: dict[SkuId, Sku]
    brands: Mapping[BrandId, Brand]
    attributes: Mapping[CategoryId, Mapping[str, Attribute]]
    variants: dict[tuple[ProductId, tuple[str, ...]], Sku]
    dry: bool = False

    def check_product(self, product: Product) -> None:
        """Code free, category and brand in use, attribute values known and of their kind."""
        self.check_product_code(product)
        self.check_place(product)
        check_values(self.attributes[product.category_id], product.attributes)

    def check_product_code(self, product: Product) -> None:
        """Refuse with AlreadyExists a code that another product has."""
        other = self.products.get(product.code)
        if other is not None and other.id != product.id:
            raise AlreadyExists(what="product", key=product.code)

    def check_place(self, product: Product) -> None:
        """Refuse with NotFound a category or brand that is not in use."""
        if product.category_id not in self.attributes:
            raise NotFound(what="category", key=str(product.category_id))
        brand = None if product.brand_id is None else self.brands.get(product.brand_id)
        if product.brand_id is not None and (brand is None or brand.state is not Standing.ACTIVE):
            raise NotFound(what="brand", key=str(product.brand_id))

    def check_sku(self, sku: Sku, product: Product, old: Sku | None) -> None:
        """Code, barcodes and combination free, components sound; a plain SKU stays plain and a bundle a bundle."""
        self.check_sku_code(sku)
        if sku.state is Standing.RETIRED:
            return
        self.check_variant(sku, product)
        self.check_bundle(sku, old)
        for barcode in sku.barcodes:
            self.check_barcode(sku.id, barcode.code)

    def check_sku_code(self, sku: Sku) -> None:
        """Refuse with AlreadyExists a code that another SKU has."""
        other = self.skus.get(sku.code)
        if other is not None and other.id != sku.id:
            raise AlreadyExists(what="sku", key=sku.code)

    def check_variant(self, sku: Sku, product: Product) -> None:
        """Refuse values that the product's options do not have, with VariantTaken a combination that another SKU has."""
        check_combination(product, sku.option_values)
        twin = self.variants.get((product.id, sku.option_values))
        if twin is not None and twin.id != sku.id:
            raise VariantTaken(product=product.code, values=" / ".join(sku.option_values) or "its one variant", sku=twin.code)

    def check_bundle(self, sku: Sku, old: Sku | None) -> None:
        """Refuse with BadBundle components that do not make one, or a plain SKU that would become one."""
        if old is not None and old.is_bundle != sku.is_bundle:
            raise BadBundle(sku=sku.code, rule="a SKU cannot become a bundle or cease to be one; add another SKU")
        check_components(sku, self.parts)

    def check_barcode(self, sku: SkuId, barcode: str) -> None:
        """Refuse with BarcodeTaken a barcode that belongs to another SKU."""
        use = self.uses.get(barcode)
        if use is not None and use.sku_id not in (None, sku):
            raise BarcodeTaken(barcode=barcode, sku=self._code_of(use))

    def _code_of(self, use: BarcodeUse) -> str:
        owner = None if use.sku_id is None else self.tx.skus.find(use.sku_id)
        if owner is None or not self.act.may("catalog.edit", Scope(merchant=owner.merchant_id or HOUSE)):
            return "of somebody else"
        return owner.code

    def put_product(self, old: Product | None, new: Product, event: str) -> None:
        """Write the product and its line; `new` carries the next version."""
        self._write(self.tx.products, "product", old, new, event)
        self.products[new.code] = new

    def put_sku(self, old: Sku | None, new: Sku, event: str) -> None:
        """Write the SKU, its line, and whose barcodes they are now."""
        self._write(self.tx.skus, "sku", old, new, event)
        self.skus[new.code] = self.parts[new.id] = new
        if old is not None:
            self.variants.pop((old.product_id, old.option_values), None)
        active = new.state is Standing.ACTIVE
        if active:
            self.variants[new.product_id, new.option_values] = new
        self._move_barcodes(old, new if active else attrs.evolve(new, barcodes=()))

    def _move_barcodes(self, old: Sku | None, new: Sku) -> None:
        kept = {barcode.code for barcode in new.barcodes}
        for barcode in old.barcodes if old is not None else ():
            use = self.uses.get(barcode.code)
            if barcode.code not in kept and use is not None and use.sku_id == new.id:
                self._set_use(BarcodeUse(barcode.code, None, barcode.pack_qty))
        for barcode in new.barcodes:
            self._set_use(BarcodeUse(barcode.code, new.id, barcode.pack_qty))

    def _set_use(self, use: BarcodeUse) -> None:
        if not self.dry:
            write = self.tx.barcodes.save if use.code in self.uses else self.tx.barcodes.add
            write(use)
        self.uses[use.code] = use

    def _write(self, rows: Rows[Any, Any], document: str, old: Product | Sku | None, new: Product | Sku, event: str) -> None:
        if self.dry:
            return
        if old is None:
            rows.add(new)
        else:
            rows.save(new)
        write_line(self.tx, self.act, document, new, event, before=None if old is None else old.state)


def open_batch(tx: CatalogTx, act: Act, wanted: Wanted, *, dry: bool = False) -> Batch:
    """Lock products, then SKUs, then barcodes, each kind in one statement; read what they refer to."""
    products = tx.products.lock(wanted.product_ids) if wanted.product_ids else {}
    if wanted.product_codes:
        products |= {product.id: product for product in tx.products.lock_by(PRODUCT_BY_CODE, *sorted(wanted.product_codes))}
    siblings = tx.skus.lock_by(SKU_BY_PRODUCT, *sorted(products)) if products else []
    named = tx.skus.lock_by(SKU_BY_CODE, *sorted(wanted.sku_codes)) if wanted.sku_codes else []
    skus = [*siblings, *named]
    codes = wanted.barcodes | {barcode.code for sku in skus for barcode in sku.barcodes}
    parts = tx.skus.many(wanted.part_ids) if wanted.part_ids else {}
    category_ids = wanted.category_ids | {product.category_id for product in products.values()}
    brand_ids = wanted.brand_ids | {product.brand_id for product in products.values() if product.brand_id is not None}
    return Batch(
        tx=tx,
        act=act,
        products={product.code: product for product in products.values()},
        skus={sku.code: sku for sku in skus},
        uses=tx.barcodes.lock(codes) if codes else {},
        parts={sku.id: sku for sku in skus} | parts,
        brands=tx.brands.many(brand_ids) if brand_ids else {},
        attributes=attributes_by_category(tx, category_ids),
        variants={(sku.product_id, sku.option_values): sku for sku in siblings if sku.state is Standing.ACTIVE},
        dry=dry,
    )


def attributes_by_category(tx: CatalogTx, category_ids: Iterable[CategoryId]) -> dict[CategoryId, dict[str, Attribute]]:
    """Own and inherited attributes of the categories that exist and are in use; one statement for each level of the tree."""
    tree: dict[CategoryId, Category] = {}
    wanted = frozenset(category_ids)
    level = set(wanted)
    while level:
        found = tx.categories.many(level)
        tree |= found
        level = {category.parent_id for category in found.values() if category.parent_id is not None} - set(tree)
    used = (tree[category_id] for category_id in sorted(wanted) if category_id in tree)
    return {category.id: attributes_of(path_to(category, tree)) for category in used if category.state is Standing.ACTIVE}
