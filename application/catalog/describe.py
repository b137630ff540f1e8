"""Describing products: create with their SKUs, edit, add variants, retire and bring back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from houtai.application.catalog.batch import Batch, Wanted, open_batch
from houtai.application.catalog.ports import LISTING_BY_PRODUCT, SKU_BY_PRODUCT, CatalogTx
from houtai.application.permission import MERCHANT, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.listing import ListedState, ListingState
from houtai.domain.catalog.product import MAX_VARIANTS, Option, Product, Source
from houtai.domain.catalog.refusals import StillInUse
from houtai.domain.catalog.sku import Component, ReturnPolicy, Sku, full_title
from houtai.domain.catalog.standing import MOVES, Standing
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId
from houtai.domain.moves import check_move
from houtai.domain.refusal import NotFound, VersionConflict


@attrs.frozen
class NewSku:
    """A SKU to be. Without a title it is called after the product and its option values."""

    id: SkuId
    code: str
    title: str = ""
    option_values: tuple[str, ...] = ()
    barcodes: tuple[Barcode, ...] = ()
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    components: tuple[Component, ...] = ()
    return_policy: ReturnPolicy = ReturnPolicy.WHOLE_ONLY
    gift_only: bool = False

    def of(self, product: Product) -> Sku:
        """The SKU as this product's. InvalidValue or BadBundle where a field breaks a bound."""
        fields = attrs.asdict(self, recurse=False)
        fields["title"] = self.title or full_title(product, self.option_values)
        return Sku(product_id=product.id, merchant_id=product.merchant_id, **fields)


@attrs.frozen
class CreateProduct:
    """A product with its first SKUs."""

    product: ProductId
    code: str
    title: str
    category: CategoryId
    brand: BrandId | None = None
    source: Source = Source.OWN
    merchant: MerchantId | None = None
    options: tuple[Option, ...] = ()
    attributes: Mapping[str, str] = attrs.field(factory=dict)
    skus: tuple[NewSku, ...] = attrs.field(default=(), validator=limits.at_most(MAX_VARIANTS))


@attrs.frozen
class EditProduct:
    """The product's new description. SKUs that were called after the product follow its title."""

    product: ProductId
    expected_version: int
    title: str
    category: CategoryId
    brand: BrandId | None = None
    options: tuple[Option, ...] = ()
    attributes: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class AddSkus:
    """More variants of a product."""

    product: ProductId
    skus: tuple[NewSku, ...] = attrs.field(validator=limits.at_most(MAX_VARIANTS, 1))


@attrs.frozen
class EditSku:
    """The SKU's new description; its code, product and option values stay."""

    sku: SkuId
    expected_version: int
    title: str = ""
    barcodes: tuple[Barcode, ...] = ()
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    components: tuple[Component, ...] = ()
    return_policy: ReturnPolicy = ReturnPolicy.WHOLE_ONLY
    gift_only: bool = False


@attrs.frozen
class MoveProduct:
    """Retire a product with its SKUs, or bring it back (its SKUs come back one by one)."""

    product: ProductId
    expected_version: int
    to: Standing


@attrs.frozen
class MoveSku:
    """Retire a SKU, or bring it back."""

    sku: SkuId
    expected_version: int
    to: Standing


@needs("catalog.edit", along=(MERCHANT,))
def create_product(tx: CatalogTx, cmd: CreateProduct, act: Act) -> Product:
    """A new product with its SKUs, whole. Refuses taken codes, barcodes, combinations, and values its category does not know."""
    demand_within(act, "catalog.edit", "merchant", cmd.merchant or "of the house", merchant=cmd.merchant)
    _check_merchant(tx, cmd.merchant)
    product = Product(
        id=cmd.product,
        code=cmd.code,
        title=cmd.title,
        category_id=cmd.category,
        brand_id=cmd.brand,
        source=cmd.source,
        merchant_id=cmd.merchant,
        options=cmd.options,
        attributes=cmd.attributes,
    )
    skus = [new.of(product) for new in cmd.skus]
    batch = open_batch(tx, act, _wanted(skus, product, is_new=True))
    batch.check_product(product)
    batch.put_product(None, product, "created")
    _put_new(batch, skus, product)
    return product


@needs("catalog.edit", along=(MERCHANT,))
def add_skus(tx: CatalogTx, cmd: AddSkus, act: Act) -> tuple[Sku, ...]:
    """More SKUs of a product, all or none."""
    product = tx.products.lock_one(cmd.product)
    demand_within(act, "catalog.edit", "product", cmd.product, merchant=product.merchant_id)
    skus = [new.of(product) for new in cmd.skus]
    _put_new(open_batch(tx, act, _wanted(skus, product)), skus, product)
    return tuple(skus)


@needs("catalog.edit", along=(MERCHANT,))
def edit_product(tx: CatalogTx, cmd: EditProduct, act: Act) -> Product:
    """The new description. Refuses options that its SKUs still combine and values that the category does not know."""
    old = tx.products.lock_one(cmd.product)
    demand_within(act, "catalog.edit", "product", cmd.product, merchant=old.merchant_id)
    _check_version("product", old, cmd.expected_version)
    skus = tx.skus.lock_by(SKU_BY_PRODUCT, old.id)
    new = attrs.evolve(
        old,
        title=cmd.title,
        category_id=cmd.category,
        brand_id=cmd.brand,
        options=cmd.options,
        attributes=cmd.attributes,
        version=old.version + 1,
    )
    batch = open_batch(tx, act, _wanted([], new))
    batch.check_product(new)
    check_options(new, skus)
    batch.put_product(old, new, "edited")
    for sku in renamed(skus, old, new):
        batch.put_sku(*sku, "renamed")
    return new


@needs("catalog.edit", along=(MERCHANT,))
def edit_sku(tx: CatalogTx, cmd: EditSku, act: Act) -> Sku:
    """The new description, its barcodes taken and given back with it."""
    known = tx.skus.get(cmd.sku)
    product = tx.products.lock_one(known.product_id)
    old = tx.skus.lock_one(cmd.sku)
    demand_within(act, "catalog.edit", "sku", cmd.sku, merchant=old.merchant_id)
    _check_version("sku", old, cmd.expected_version)
    fields = attrs.asdict(cmd, recurse=False, filter=attrs.filters.exclude("sku", "expected_version"))
    fields["title"] = cmd.title or full_title(product, old.option_values)
    new = attrs.evolve(old, version=old.version + 1, **fields)
    batch = open_batch(tx, act, _wanted([new], product))
    batch.check_sku(new, product, old)
    batch.put_sku(old, new, "edited")
    return new


@needs("catalog.edit", along=(MERCHANT,))
def move_product(tx: CatalogTx, cmd: MoveProduct, act: Act) -> Product:
    """Retire or bring back. StillInUse while a listing of it is not archived."""
    old = tx.products.lock_one(cmd.product)
    demand_within(act, "catalog.edit", "product", cmd.product, merchant=old.merchant_id)
    _check_version("product", old, cmd.expected_version)
    check_move("product", MOVES, old.state, cmd.to)
    new = attrs.evolve(old, state=cmd.to, version=old.version + 1)
    leaving = tx.skus.lock_by(SKU_BY_PRODUCT, old.id) if cmd.to is Standing.RETIRED else []
    listed = [listing for listing in tx.listings.by(LISTING_BY_PRODUCT, old.id) if listing.state is not ListingState.ARCHIVED]
    if leaving and listed:
        raise StillInUse(what="product", key=old.code, by=f"{len(listed)} listings")
    batch = open_batch(tx, act, _wanted(leaving, new))
    batch.put_product(old, new, "retired" if leaving else "brought back")
    for sku in leaving:
        if sku.state is Standing.ACTIVE:
            batch.put_sku(sku, attrs.evolve(sku, state=Standing.RETIRED, version=sku.version + 1), "retired")
    return new


@needs("catalog.edit", along=(MERCHANT,))
def move_sku(tx: CatalogTx, cmd: MoveSku, act: Act) -> Sku:
    """Retire or bring back. StillInUse while a channel sells it; VariantTaken or BarcodeTaken where another took its place."""
    known = tx.skus.get(cmd.sku)
    product = tx.products.lock_one(known.product_id)
    old = tx.skus.lock_one(cmd.sku)
    demand_within(act, "catalog.edit", "sku", cmd.sku, merchant=old.merchant_id)
    _check_version("sku", old, cmd.expected_version)
    check_move("sku", MOVES, old.state, cmd.to)
    if cmd.to is Standing.RETIRED:
        _check_unlisted(tx, old)
    elif product.state is not Standing.ACTIVE:
        raise StillInUse(what="product", key=product.code, by="nobody: bring it back first")
    new = attrs.evolve(old, state=cmd.to, version=old.version + 1)
    batch = open_batch(tx, act, _wanted([new], product))
    batch.check_sku(new, product, old)
    batch.put_sku(old, new, "retired" if cmd.to is Standing.RETIRED else "brought back")
    return new


def _check_unlisted(tx: CatalogTx, sku: Sku) -> None:
    for listing in tx.listings.by(LISTING_BY_PRODUCT, sku.product_id):
        if any(listed.sku_id == sku.id and listed.state is ListedState.LIVE for listed in listing.skus):
            raise StillInUse(what="sku", key=sku.code, by=f"listing {listing.id}")


def _wanted(skus: Iterable[Sku], product: Product, *, is_new: bool = False) -> Wanted:
    skus = list(skus)
    return Wanted(
        product_ids=frozenset() if is_new else frozenset({product.id}),
        product_codes=frozenset({product.code}) if is_new else frozenset(),
        sku_codes=frozenset(sku.code for sku in skus),
        barcodes=frozenset(barcode.code for sku in skus for barcode in sku.barcodes),
        part_ids=frozenset(component.sku_id for sku in skus for component in sku.components),
        category_ids=frozenset({product.category_id}),
        brand_ids=frozenset() if product.brand_id is None else frozenset({product.brand_id}),
    )


def _put_new(batch: Batch, skus: Iterable[Sku], product: Product) -> None:
    for sku in skus:
        batch.check_sku(sku, product, None)
        batch.put_sku(None, sku, "created")


def check_options(product: Product, skus: Iterable[Sku]) -> None:
    """Refuse with StillInUse options that no longer hold a value which an active SKU combines."""
    for sku in skus:
        fits = len(sku.option_values) == len(product.options) and all(
            value in option.values for option, value in zip(product.options, sku.option_values, strict=True)
        )
        if sku.state is Standing.ACTIVE and not fits:
            raise StillInUse(what="option value of", key=product.code, by=f"SKU {sku.code}")


def renamed(skus: Iterable[Sku], old: Product, new: Product) -> list[tuple[Sku, Sku]]:
    """Old and new form of the SKUs that are called after the product, where its title changed."""
    if old.title == new.title:
        return []
    return [
        (sku, attrs.evolve(sku, title=full_title(new, sku.option_values), version=sku.version + 1))
        for sku in skus
        if sku.title == full_title(old, sku.option_values)
    ]


def _check_merchant(tx: CatalogTx, merchant: MerchantId | None) -> None:
    if merchant is not None and tx.merchants.find(merchant) is None:
        raise NotFound(what="merchant", key=str(merchant))


def _check_version(what: str, record: Product | Sku, expected: int) -> None:
    if record.version != expected:
        raise VersionConflict(what=what, key=record.code, expected_version=expected, current_version=record.version)
