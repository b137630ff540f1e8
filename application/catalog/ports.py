"""What the catalogue keeps, and how its use cases and queries reach it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.catalog.imports import Import, ImportKey
from houtai.application.paging import Page, Slice
from houtai.application.ports import HouseTx, Index, Reading, Records, Rows
from houtai.domain.authority import HOUSE
from houtai.domain.catalog.binding import BarcodeUse, Binding, BindingKey
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import Category
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.listing import Listing, ListingState
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.catalog.words import Words, indexed
from houtai.domain.ids import BrandId, CategoryId, ChannelId, ListingId, MerchantId, ProductId, SkuId


def place_of(listing: Listing) -> str | None:
    """The product and channel that a listing holds alone; None once it is archived."""
    return None if listing.state is ListingState.ARCHIVED else place(listing.product_id, listing.channel_id)


def place(product_id: ProductId, channel_id: ChannelId) -> str:
    """One product on one channel, as one indexed text."""
    return f"{channel_id}:{product_id}"


def variant_of(sku: Sku) -> str | None:
    """The product and combination that a SKU holds alone; None once it is retired."""
    if sku.state is Standing.RETIRED:
        return None
    return "\x1f".join((str(sku.product_id), *sku.option_values))


def searched_sku(sku: Sku) -> str:
    """The words under which a SKU is found; every adapter searches exactly these."""
    return indexed((sku.code, sku.title, *sku.option_values, *(barcode.code for barcode in sku.barcodes)))


def searched_product(product: Product) -> str:
    """The words under which a product is found; every adapter searches exactly these."""
    return indexed((product.code, product.title))


CHANNEL_BY_CODE: Index[Channel, str] = Index("code", lambda channel: channel.code, unique=True)
CHANNEL_BY_ID: Index[Channel, UUID] = Index("id", lambda channel: channel.id, unique=True)
CATEGORY_BY_CODE: Index[Category, str] = Index("code", lambda category: category.code, unique=True)
CATEGORY_BY_PARENT: Index[Category, UUID] = Index("parent_id", lambda category: category.parent_id)
BRAND_BY_CODE: Index[Brand, str] = Index("code", lambda brand: brand.code, unique=True)
PRODUCT_BY_CODE: Index[Product, str] = Index("code", lambda product: product.code, unique=True)
PRODUCT_BY_CATEGORY: Index[Product, UUID] = Index("category_id", lambda product: product.category_id)
PRODUCT_BY_MERCHANT: Index[Product, UUID] = Index("merchant_id", lambda product: product.merchant_id or HOUSE)
PRODUCT_BY_STATE: Index[Product, str] = Index("state", lambda product: product.state.value)
SKU_BY_CODE: Index[Sku, str] = Index("code", lambda sku: sku.code, unique=True)
SKU_BY_PRODUCT: Index[Sku, UUID] = Index("product_id", lambda sku: sku.product_id)
SKU_BY_MERCHANT: Index[Sku, UUID] = Index("merchant_id", lambda sku: sku.merchant_id or HOUSE)
BARCODE_BY_SKU: Index[BarcodeUse, UUID] = Index("sku_id", lambda use: use.sku_id)
LISTING_BY_PLACE: Index[Listing, str] = Index("place", place_of, unique=True)
LISTING_BY_PRODUCT: Index[Listing, UUID] = Index("product_id", lambda listing: listing.product_id)
LISTING_BY_CHANNEL: Index[Listing, UUID] = Index("channel_id", lambda listing: listing.channel_id)
LISTING_BY_MERCHANT: Index[Listing, UUID] = Index("merchant_id", lambda listing: listing.merchant_id or HOUSE)
LISTING_BY_STATE: Index[Listing, str] = Index("state", lambda listing: listing.state.value)
SKU_BY_VARIANT: Index[Sku, str] = Index("variant", variant_of, unique=True)

CHANNELS: Records[ChannelId, Channel] = Records(
    "channels", Channel, lambda channel: channel.id, (CHANNEL_BY_CODE, CHANNEL_BY_ID), reference=True
)
CATEGORIES: Records[CategoryId, Category] = Records(
    "categories", Category, lambda category: category.id, (CATEGORY_BY_CODE, CATEGORY_BY_PARENT), reference=True
)
BRANDS: Records[BrandId, Brand] = Records("brands", Brand, lambda brand: brand.id, (BRAND_BY_CODE,), reference=True)
PRODUCTS: Records[ProductId, Product] = Records(
    "products",
    Product,
    lambda product: product.id,
    (PRODUCT_BY_CODE, PRODUCT_BY_CATEGORY, PRODUCT_BY_MERCHANT, PRODUCT_BY_STATE),
    reference=True,
)
SKUS: Records[SkuId, Sku] = Records(
    "skus", Sku, lambda sku: sku.id, (SKU_BY_CODE, SKU_BY_PRODUCT, SKU_BY_MERCHANT, SKU_BY_VARIANT), reference=True
)
BARCODES: Records[str, BarcodeUse] = Records("barcodes", BarcodeUse, lambda use: use.code, (BARCODE_BY_SKU,), reference=True)
LISTINGS: Records[ListingId, Listing] = Records(
    "listings",
    Listing,
    lambda listing: listing.id,
    (LISTING_BY_PLACE, LISTING_BY_PRODUCT, LISTING_BY_CHANNEL, LISTING_BY_MERCHANT, LISTING_BY_STATE),
    reference=True,
)
BINDINGS: Records[BindingKey, Binding] = Records("bindings", Binding, lambda binding: binding.key)
IMPORTS: Records[ImportKey, Import] = Records("imports", Import, lambda record: record.key)


RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    CHANNELS,
    CATEGORIES,
    BRANDS,
    PRODUCTS,
    SKUS,
    BARCODES,
    LISTINGS,
    BINDINGS,
    IMPORTS,
)


class CatalogTx(HouseTx, Protocol):
    """What the catalogue writes. Merchants are only looked up, to see that they exist and sell."""

    @property
    def channels(self) -> Rows[ChannelId, Channel]:
        """Where goods are sold."""

    @property
    def categories(self) -> Rows[CategoryId, Category]:
        """The tree."""

    @property
    def brands(self) -> Rows[BrandId, Brand]:
        """Names on goods."""

    @property
    def products(self) -> Rows[ProductId, Product]:
        """What buyers see as one thing."""

    @property
    def skus(self) -> Rows[SkuId, Sku]:
        """What is stored, priced and ordered."""

    @property
    def barcodes(self) -> Rows[str, BarcodeUse]:
        """Whose barcode each one is."""

    @property
    def listings(self) -> Rows[ListingId, Listing]:
        """Products on channels."""

    @property
    def bindings(self) -> Rows[BindingKey, Binding]:
        """Which SKU each item of a channel is."""

    @property
    def imports(self) -> Rows[ImportKey, Import]:
        """Files taken in before."""

    @property
    def merchants(self) -> Rows[MerchantId, Any]:
        """Looked up only: whether they exist, and their state."""


class CatalogViews(Protocol):
    """What queries of the catalogue read."""

    @property
    def channels(self) -> Reading[ChannelId, Channel]:
        """Where goods are sold."""

    @property
    def categories(self) -> Reading[CategoryId, Category]:
        """The tree."""

    @property
    def brands(self) -> Reading[BrandId, Brand]:
        """Names on goods."""

    @property
    def products(self) -> Reading[ProductId, Product]:
        """What buyers see as one thing."""

    @property
    def skus(self) -> Reading[SkuId, Sku]:
        """What is stored, priced and ordered."""

    @property
    def barcodes(self) -> Reading[str, BarcodeUse]:
        """Whose barcode each one is."""

    @property
    def listings(self) -> Reading[ListingId, Listing]:
        """Products on channels."""

    @property
    def bindings(self) -> Reading[BindingKey, Binding]:
        """Which SKU each item of a channel is."""

    @property
    def imports(self) -> Reading[ImportKey, Import]:
        """Files taken in before."""

    @property
    def merchants(self) -> Reading[MerchantId, Any]:
        """Looked up only: their codes."""

    def filter_products(
        self,
        categories: Iterable[UUID],
        attributes: Mapping[str, str],
        page: Page,
        merchants: Iterable[UUID] | None,
    ) -> Slice[Product]:
        """Products of these categories that have all these attribute values, in key order; only these merchants' unless None."""

    def imports_of(self, owner: UUID | None, limit: int) -> tuple[Import, ...]:
        """The latest files of one owner, None for the house, newest first."""

    def search_skus(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Sku]:
        """SKUs whose code, title or barcodes hold the words, in key order; only these merchants' unless None."""

    def search_products(self, words: Words, page: Page, merchants: Iterable[UUID] | None) -> Slice[Product]:
        """Products whose code or title hold the words, in key order; only these merchants' unless None."""
