"""Reading the catalogue: one record and lists of them, each within the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from houtai.application.catalog import ports
from houtai.application.catalog.imports import Import
from houtai.application.catalog.ports import CatalogViews
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.catalog.brand import Brand
from houtai.domain.catalog.category import Attribute, Category, attributes_of, path_to
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.listing import Listing, ListingState
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, ChannelId, ListingId, MerchantId, ProductId, SkuId
from houtai.domain.refusal import NotFound

MAX_CODES = 500


@attrs.frozen
class GetProduct:
    """One product with its SKUs."""

    product: ProductId


@attrs.frozen
class ProductView:
    """A product, its SKUs in order of making, and where it is listed."""

    product: Product
    skus: tuple[Sku, ...]
    listings: tuple[Listing, ...]


@attrs.frozen
class GetSku:
    """One SKU."""

    sku: SkuId


@attrs.frozen
class GetListing:
    """One listing."""

    listing: ListingId


@attrs.frozen
class ListProducts:
    """A page of products; all conditions that are set hold."""

    page: Page = Page()  # noqa: RUF009  # frozen
    category: CategoryId | None = None
    merchant: MerchantId | None = None
    state: Standing | None = None


@attrs.frozen
class ListListings:
    """A page of listings; all conditions that are set hold."""

    page: Page = Page()  # noqa: RUF009  # frozen
    channel: ChannelId | None = None
    product: ProductId | None = None
    state: ListingState | None = None


@attrs.frozen
class ListMasterData:
    """A page of channels, brands or categories in key order."""

    page: Page = Page(newest_first=False)  # noqa: RUF009  # frozen


@attrs.frozen
class GetChannel:
    """One sales channel."""

    channel: ChannelId


@attrs.frozen
class GetBrand:
    """One brand."""

    brand: BrandId


@attrs.frozen
class GetCategory:
    """One category with what it inherits."""

    category: CategoryId


@attrs.frozen
class CategoryView:
    """A category, the codes from the root down to it, and every attribute that holds there."""

    category: Category
    path: tuple[str, ...]
    attributes: tuple[Attribute, ...]


@attrs.frozen
class SkusByCode:
    """SKUs by their codes, such as a file or a channel names them."""

    codes: tuple[str, ...] = attrs.field(validator=limits.at_most(MAX_CODES))


@needs("catalog.read", along=(CHANNEL, MERCHANT), regardless=(WAREHOUSE,))
def get_product(views: CatalogViews, query: GetProduct, act: Act) -> ProductView:
    """The product, whole. NotFound also for another merchant's."""
    product = views.products.get(query.product)
    demand_within(act, "catalog.read", "product", query.product, merchant=product.merchant_id)
    skus = views.skus.by(ports.SKU_BY_PRODUCT, product.id)
    listings = views.listings.by(ports.LISTING_BY_PRODUCT, product.id)
    return ProductView(product, tuple(skus), tuple(listing for listing in listings if _may_see(act, listing)))


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def get_sku(views: CatalogViews, query: GetSku, act: Act) -> Sku:
    """The SKU. NotFound also for another merchant's."""
    sku = views.skus.get(query.sku)
    demand_within(act, "catalog.read", "sku", query.sku, merchant=sku.merchant_id)
    return sku


@needs("catalog.read", along=(CHANNEL, MERCHANT))
def get_listing(views: CatalogViews, query: GetListing, act: Act) -> Listing:
    """The listing. NotFound also where merchant or channel lie out of reach."""
    listing = views.listings.get(query.listing)
    demand_within(act, "catalog.read", "listing", query.listing, merchant=listing.merchant_id, channel=listing.channel_id)
    return listing


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def list_products(views: CatalogViews, query: ListProducts, act: Act) -> Slice[Product]:
    """Those the actor may see."""
    where: dict[Any, Any] = {}
    _narrow(where, ports.PRODUCT_BY_MERCHANT, query.merchant, act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at))
    if query.category is not None:
        where[ports.PRODUCT_BY_CATEGORY] = query.category
    if query.state is not None:
        where[ports.PRODUCT_BY_STATE] = query.state.value
    return views.products.page(query.page, where)


@needs("catalog.read", along=(CHANNEL, MERCHANT))
def list_listings(views: CatalogViews, query: ListListings, act: Act) -> Slice[Listing]:
    """Those the actor may see."""
    where: dict[Any, Any] = {}
    _narrow(where, ports.LISTING_BY_MERCHANT, None, act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at))
    _narrow(where, ports.LISTING_BY_CHANNEL, query.channel, act.authority.reach("catalog.read", Dimension.CHANNEL, at=act.at))
    if query.product is not None:
        where[ports.LISTING_BY_PRODUCT] = query.product
    if query.state is not None:
        where[ports.LISTING_BY_STATE] = query.state.value
    found = views.listings.page(query.page, where)
    return Slice(tuple(listing for listing in found.items if _may_see(act, listing)), found.next_cursor)


def _may_see(act: Act, listing: Listing) -> bool:
    return act.may("catalog.read", Scope(channel=listing.channel_id, merchant=listing.merchant_id or HOUSE))


@needs("catalog.read", along=(CHANNEL,), regardless=(MERCHANT,))
def list_channels(views: CatalogViews, query: ListMasterData, act: Act) -> Slice[Channel]:
    """Those the actor may see."""
    reach = act.authority.reach("catalog.read", Dimension.CHANNEL, at=act.at)
    return views.channels.page(query.page, {} if reach is None else {ports.CHANNEL_BY_ID: reach})


@needs("catalog.read", along=(CHANNEL,), regardless=(MERCHANT,))
def get_channel(views: CatalogViews, query: GetChannel, act: Act) -> Channel:
    """The channel. NotFound also where it lies out of reach."""
    reach = act.authority.reach("catalog.read", Dimension.CHANNEL, at=act.at)
    if reach is not None and query.channel not in reach:
        raise NotFound(what="channel", key=str(query.channel))
    return views.channels.get(query.channel)


@needs("catalog.read", regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def get_brand(views: CatalogViews, query: GetBrand, _: Act) -> Brand:
    """The brand. NotFound."""
    return views.brands.get(query.brand)


@needs("catalog.read", regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def list_brands(views: CatalogViews, query: ListMasterData, _: Act) -> Slice[Brand]:
    """All brands."""
    return views.brands.page(query.page)


@needs("catalog.read", regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def list_categories(views: CatalogViews, query: ListMasterData, _: Act) -> Slice[Category]:
    """The whole tree, node by node."""
    return views.categories.page(query.page)


@needs("catalog.read", regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def get_category(views: CatalogViews, query: GetCategory, _: Act) -> CategoryView:
    """The category with its inherited attributes."""
    category = views.categories.get(query.category)
    path = path_in(views, category)
    return CategoryView(category, tuple(node.code for node in path), tuple(attributes_of(path).values()))


@needs("catalog.read", along=(MERCHANT,), regardless=(CHANNEL, WAREHOUSE))
def skus_by_code(views: CatalogViews, query: SkusByCode, act: Act) -> tuple[Sku, ...]:
    """Those that exist and that the actor may see."""
    reach = act.authority.reach("catalog.read", Dimension.MERCHANT, at=act.at)
    found = views.skus.by(ports.SKU_BY_CODE, *sorted(set(query.codes))) if query.codes else []
    return tuple(sku for sku in found if reach is None or (sku.merchant_id or HOUSE) in reach)


def path_in(views: CatalogViews, category: Category) -> tuple[Category, ...]:
    """From the root down to the category."""
    tree = {category.id: category}
    node = category
    while node.parent_id is not None and node.parent_id not in tree:
        node = views.categories.get(node.parent_id)
        tree[node.id] = node
    return path_to(category, tree)


@attrs.frozen
class ListImports:
    """The latest product files of a merchant, or of the house."""

    owner: MerchantId | None = None
    limit: int = attrs.field(default=20, validator=limits.between(1, 100))


@needs("catalog.import", along=(MERCHANT,))
def list_imports(views: CatalogViews, query: ListImports, act: Act) -> tuple[Import, ...]:
    """Newest first, with their counts."""
    demand_within(act, "catalog.import", "merchant", query.owner or "of the house", merchant=query.owner)
    return views.imports_of(query.owner, query.limit)


def _narrow(where: dict[Any, Any], index: Any, wanted: object | None, reach: Iterable[object] | None) -> None:
    """One condition out of what is asked for and what may be seen; nothing is found where they do not meet."""
    if wanted is not None:
        where[index] = wanted if reach is None or wanted in reach else frozenset()
    elif reach is not None:
        where[index] = frozenset(reach)
