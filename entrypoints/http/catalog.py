"""Products and SKUs over HTTP: kept, found, taken in from files and given out as files."""

from __future__ import annotations

from houtai.application.catalog import describe, queries, search
from houtai.application.catalog.product_columns import pairs
from houtai.domain.catalog.refusals import BadBundle, BarcodeTaken, StillInUse, VariantTaken
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId, derive
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import catalog_wire as goods, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.listings import ListingOut, listing_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("catalog", "Products and their SKUs.")

TAKEN = (BarcodeTaken, VariantTaken, BadBundle)


class ProductWhole(wire.Versioned):
    """A product with its SKUs and listings."""

    product: goods.ProductOut
    skus: tuple[goods.SkuOut, ...]
    listings: tuple[ListingOut, ...]


def product_whole(view: queries.ProductView) -> ProductWhole:
    """As it goes out."""
    return ProductWhole(
        product=goods.product_out(view.product),
        skus=tuple(goods.sku_out(sku) for sku in view.skus),
        listings=tuple(listing_out(listing) for listing in view.listings),
        version=view.product.version,
    )


class ProductQuery(wire.PageQuery):
    """Which products; all conditions that are given hold."""

    category_id: wire.Id | None = None
    merchant_id: wire.Id | None = None
    state: Standing | None = None


class SearchQuery(wire.PageQuery, kw_only=True):
    """What to look for: words of a title or code, or an exact code or barcode."""

    text: goods.Words


@ROUTES.post("/products", describe.create_product, status=201, location="/products/{id}", refuses=TAKEN)
def post_product(desk: Desk, body: goods.ProductIn) -> goods.ProductMade:
    """Create a product with its SKUs; the answer names their ids in the order of the request."""
    product = ProductId(desk.new_id(body.id))
    cmd = describe.CreateProduct(
        product=product,
        code=body.code,
        title=body.title,
        category=CategoryId(body.category_id),
        brand=None if body.brand_id is None else BrandId(body.brand_id),
        source=body.source,
        merchant=None if body.merchant_id is None else MerchantId(body.merchant_id),
        options=tuple(option.value() for option in body.options),
        attributes={value.code: value.value for value in body.attributes},
        skus=_new_skus(product, body.skus),
    )
    made = desk.perform(describe.create_product, cmd)
    return goods.product_made(made, _new_skus(made.id, body.skus))


def _new_skus(product: ProductId, skus: tuple[goods.SkuIn, ...]) -> tuple[describe.NewSku, ...]:
    """Ids that the caller did not bring follow from the product's and the SKU's code."""
    return tuple(sku.value(SkuId(sku.id or derive(product, "sku", sku.code))) for sku in skus)


@ROUTES.get("/products", queries.list_products)
def get_products(desk: Desk, query: ProductQuery) -> wire.Listed[goods.ProductOut]:
    """List products, newest first."""
    request = queries.ListProducts(
        page=query.page(),
        category=None if query.category_id is None else CategoryId(query.category_id),
        merchant=None if query.merchant_id is None else MerchantId(query.merchant_id),
        state=query.state,
    )
    return wire.listed(desk.ask(queries.list_products, request), goods.product_out)


@ROUTES.get("/products/{product_id}", queries.get_product)
def get_product(desk: Desk, product_id: wire.Id) -> ProductWhole:
    """Look at a product with its SKUs and listings."""
    return product_whole(desk.ask(queries.get_product, queries.GetProduct(ProductId(product_id))))


@ROUTES.put("/products/{product_id}", describe.edit_product, refuses=(StillInUse,))
def put_product(desk: Desk, product_id: wire.Id, body: goods.ProductChange) -> goods.ProductOut:
    """Replace a product's description."""
    cmd = describe.EditProduct(
        product=ProductId(product_id),
        expected_version=desk.expected_version,
        title=body.title,
        category=CategoryId(body.category_id),
        brand=None if body.brand_id is None else BrandId(body.brand_id),
        options=tuple(option.value() for option in body.options),
        attributes={value.code: value.value for value in body.attributes},
    )
    return goods.product_out(desk.perform(describe.edit_product, cmd))


@ROUTES.post("/products/{product_id}/skus", describe.add_skus, status=201, refuses=TAKEN)
def post_product_skus(desk: Desk, product_id: wire.Id, body: goods.MoreSkus) -> goods.SkusOut:
    """Add SKUs to a product, all or none."""
    product = ProductId(product_id)
    made = desk.perform(describe.add_skus, describe.AddSkus(product, _new_skus(product, body.skus)))
    return goods.SkusOut(tuple(goods.sku_out(sku) for sku in made))


@ROUTES.post("/products/{product_id}/retire", describe.move_product, match="required", refuses=(IllegalMove, StillInUse))
def post_product_retire(desk: Desk, product_id: wire.Id) -> goods.ProductOut:
    """Put a product and its SKUs away.

    Its listings are archived before.
    """
    cmd = describe.MoveProduct(ProductId(product_id), desk.expected_version, Standing.RETIRED)
    return goods.product_out(desk.perform(describe.move_product, cmd))


@ROUTES.post("/products/{product_id}/bring-back", describe.move_product, match="required", refuses=(IllegalMove, StillInUse))
def post_product_bring_back(desk: Desk, product_id: wire.Id) -> goods.ProductOut:
    """Bring a retired product back; its SKUs come back one by one."""
    cmd = describe.MoveProduct(ProductId(product_id), desk.expected_version, Standing.ACTIVE)
    return goods.product_out(desk.perform(describe.move_product, cmd))


@ROUTES.get("/skus/{sku_id}", queries.get_sku)
def get_sku(desk: Desk, sku_id: wire.Id) -> goods.SkuOut:
    """Look at one SKU."""
    return goods.sku_out(desk.ask(queries.get_sku, queries.GetSku(SkuId(sku_id))))


@ROUTES.put("/skus/{sku_id}", describe.edit_sku, refuses=TAKEN)
def put_sku(desk: Desk, sku_id: wire.Id, body: goods.SkuChange) -> goods.SkuOut:
    """Replace a SKU's description, its barcodes taken and given back with it."""
    cmd = describe.EditSku(
        sku=SkuId(sku_id),
        expected_version=desk.expected_version,
        title=body.title,
        barcodes=tuple(barcode.value() for barcode in body.barcodes),
        weight_g=body.weight_g,
        length_mm=body.length_mm,
        width_mm=body.width_mm,
        height_mm=body.height_mm,
        components=tuple(component.value() for component in body.components),
        return_policy=body.return_policy,
        gift_only=body.gift_only,
    )
    return goods.sku_out(desk.perform(describe.edit_sku, cmd))


@ROUTES.post("/skus/{sku_id}/retire", describe.move_sku, match="required", refuses=(IllegalMove, StillInUse))
def post_sku_retire(desk: Desk, sku_id: wire.Id) -> goods.SkuOut:
    """Put a SKU away; its barcodes are free again."""
    cmd = describe.MoveSku(SkuId(sku_id), desk.expected_version, Standing.RETIRED)
    return goods.sku_out(desk.perform(describe.move_sku, cmd))


@ROUTES.post("/skus/{sku_id}/bring-back", describe.move_sku, match="required", refuses=(IllegalMove, StillInUse, *TAKEN))
def post_sku_bring_back(desk: Desk, sku_id: wire.Id) -> goods.SkuOut:
    """Bring a retired SKU back."""
    cmd = describe.MoveSku(SkuId(sku_id), desk.expected_version, Standing.ACTIVE)
    return goods.sku_out(desk.perform(describe.move_sku, cmd))


@ROUTES.get("/product-search", search.search_products)
def get_product_search(desk: Desk, query: SearchQuery) -> wire.Listed[goods.ProductOut]:
    """Find products by words, code or barcode.

    Two Chinese characters are enough.
    """
    found = desk.ask(search.search_products, search.SearchProducts(query.text, query.page()))
    return wire.listed(found, goods.product_out)


class FilterQuery(wire.PageQuery, kw_only=True):
    """Which products: of a category and those below it, with all these values, written `code=value;code=value`."""

    category_id: wire.Id
    attributes: goods.Pairs = ""


@ROUTES.get("/product-filter", search.filter_products)
def get_product_filter(desk: Desk, query: FilterQuery) -> wire.Listed[goods.ProductOut]:
    """Find products of a category by the attributes that it offers as filters."""
    request = search.FilterProducts(CategoryId(query.category_id), pairs(query.attributes), query.page())
    return wire.listed(desk.ask(search.filter_products, request), goods.product_out)


@ROUTES.get("/sku-search", search.search_skus)
def get_sku_search(desk: Desk, query: SearchQuery) -> wire.Listed[goods.SkuOut]:
    """Find SKUs by words, code or barcode.

    A text that is exactly a code or a barcode finds that SKU alone.
    """
    return wire.listed(desk.ask(search.search_skus, search.SearchSkus(query.text, query.page())), goods.sku_out)
