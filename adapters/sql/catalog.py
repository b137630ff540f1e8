"""Tables of products, SKUs, listings and imports, row by row."""

from __future__ import annotations

from collections.abc import Mapping as Lookup, Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint

from houtai.adapters.sql import catalog_settings
from houtai.adapters.sql.columns import (
    METADATA,
    id_column,
    long_text,
    moment,
    one_of,
    owner_column,
    plain,
    qty,
    version,
    weight_g,
    whole_number,
    words,
)
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.adapters.sql.search_index import search_index
from houtai.application.catalog import ports
from houtai.application.catalog.imports import Import, ImportState
from houtai.application.plain import from_plain, to_plain
from houtai.domain.catalog.barcode import Barcode, BarcodeKind
from houtai.domain.catalog.binding import BarcodeUse, Binding
from houtai.domain.catalog.listing import Change, Content, ListedSku, ListedState, Listing, ListingState, PauseCause
from houtai.domain.catalog.product import MAX_VARIANTS, Option, Product, Source
from houtai.domain.catalog.sku import MAX_COMPONENTS, MAX_SIZE_MM, Component, ReturnPolicy, Sku
from houtai.domain.catalog.standing import Standing

products: Final = search_index(
    Table(
        "products",
        METADATA,
        id_column("id", primary_key=True),
        words("code", 64, unique=True),
        words("title"),
        id_column("category_id", ForeignKey("categories.id"), index=True),
        id_column("brand_id", ForeignKey("brands.id"), nullable=True),
        one_of("source", Source),
        owner_column("merchant_id"),
        plain("options"),
        plain("attributes"),
        one_of("state", Standing, index=True),
        version(),
        long_text("search_text"),
        UniqueConstraint("merchant_id", "id"),
    )
)

skus: Final = search_index(
    Table(
        "skus",
        METADATA,
        id_column("id", primary_key=True),
        id_column("product_id", index=True),
        words("code", 64, unique=True),
        words("title", 400),
        plain("option_values"),
        words("variant", 300, nullable=True, unique=True),  # the combination it holds alone, null once retired
        plain("barcodes"),
        weight_g("weight_g"),
        whole_number("length_mm", 0, MAX_SIZE_MM),
        whole_number("width_mm", 0, MAX_SIZE_MM),
        whole_number("height_mm", 0, MAX_SIZE_MM),
        one_of("return_policy", ReturnPolicy),
        Column("gift_only", Boolean(), nullable=False),
        owner_column("merchant_id", known=False),
        one_of("state", Standing),
        version(),
        long_text("search_text"),
        UniqueConstraint("merchant_id", "id"),
        ForeignKeyConstraint(["merchant_id", "product_id"], ["products.merchant_id", "products.id"]),
    )
)

sku_components: Final = Table(
    "sku_components",
    METADATA,
    id_column("bundle_id", ForeignKey("skus.id"), primary_key=True),
    whole_number("line", 1, MAX_COMPONENTS, primary_key=True, autoincrement=False),
    id_column("sku_id", ForeignKey("skus.id"), index=True),
    qty("qty", 1),
)

barcodes: Final = Table(
    "barcodes",
    METADATA,
    words("code", 48, primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), nullable=True, index=True),
    qty("pack_qty", 1),
)

listings: Final = Table(
    "listings",
    METADATA,
    id_column("id", primary_key=True),
    id_column("product_id", index=True),
    id_column("channel_id", ForeignKey("channels.id"), index=True),
    owner_column("merchant_id", known=False),
    id_column("author"),
    words("title"),
    plain("sku_ids"),
    words("place", 80, nullable=True, unique=True),  # channel and product, null once archived
    one_of("state", ListingState, index=True),
    whole_number("revision", 1, 2**31 - 1),
    plain("change", nullable=True),
    words("reason", 500),
    plain("paused_for"),
    version(),
    UniqueConstraint("merchant_id", "id"),
    ForeignKeyConstraint(["merchant_id", "product_id"], ["products.merchant_id", "products.id"]),
)

listing_skus: Final = Table(
    "listing_skus",
    METADATA,
    id_column("listing_id", ForeignKey("listings.id"), primary_key=True),
    whole_number("line", 1, MAX_VARIANTS, primary_key=True, autoincrement=False),
    id_column("sku_id", ForeignKey("skus.id")),
    words("external_id", 128),
    one_of("state", ListedState),
    words("error", 500),
)
Index("ix_listing_skus_sku_id", listing_skus.c.sku_id)

bindings: Final = Table(
    "bindings",
    METADATA,
    id_column("channel_id", ForeignKey("channels.id"), primary_key=True),
    words("external_id", 128, primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), nullable=True, index=True),
    id_column("listing_id", ForeignKey("listings.id")),
)

imports: Final = Table(
    "imports",
    METADATA,
    words("key", 200, primary_key=True),
    words("kind", 40),
    words("content_hash", 64),
    owner_column("owner", index=True),
    id_column("id", unique=True),
    words("file_name", 200),
    moment("at"),
    id_column("actor"),
    one_of("state", ImportState),
    whole_number("imported", 0, 2**31 - 1),
    whole_number("updated", 0, 2**31 - 1),
    whole_number("skipped", 0, 2**31 - 1),
    whole_number("failed", 0, 2**31 - 1),
)


def _dump_product(product: Product) -> Row:
    return {
        "id": product.id,
        "code": product.code,
        "title": product.title,
        "category_id": product.category_id,
        "brand_id": product.brand_id,
        "source": product.source.value,
        "merchant_id": product.merchant_id,
        "options": [{"name": option.name, "values": list(option.values)} for option in product.options],
        "attributes": dict(product.attributes),
        "state": product.state.value,
        "version": product.version,
        "search_text": ports.searched_product(product),
    }


def load_product(row: Row, _: Lookup[str, list[Row]]) -> Product:
    """A row of products as the product."""
    del row["search_text"]
    options = tuple(Option(option["name"], tuple(option["values"])) for option in row["options"])
    return Product(**{**row, "source": Source(row["source"]), "options": options, "state": Standing(row["state"])})


def _dump_sku(sku: Sku) -> Row:
    return {
        "id": sku.id,
        "product_id": sku.product_id,
        "code": sku.code,
        "title": sku.title,
        "option_values": list(sku.option_values),
        "variant": ports.variant_of(sku),
        "barcodes": [[barcode.code, barcode.pack_qty, barcode.kind.value] for barcode in sku.barcodes],
        "weight_g": sku.weight_g,
        "length_mm": sku.length_mm,
        "width_mm": sku.width_mm,
        "height_mm": sku.height_mm,
        "return_policy": sku.return_policy.value,
        "gift_only": sku.gift_only,
        "merchant_id": sku.merchant_id,
        "state": sku.state.value,
        "version": sku.version,
        "search_text": ports.searched_sku(sku),
    }


def _dump_components(sku: Sku) -> Sequence[Row]:
    return [
        {"bundle_id": sku.id, "line": line, "sku_id": component.sku_id, "qty": component.qty}
        for line, component in enumerate(sku.components, start=1)
    ]


def load_sku(row: Row, children: Lookup[str, list[Row]]) -> Sku:
    """A row of skus with its components as the SKU."""
    del row["search_text"], row["variant"]
    held = {
        "option_values": tuple(row["option_values"]),
        "barcodes": tuple(Barcode(code, pack_qty, BarcodeKind(kind)) for code, pack_qty, kind in row["barcodes"]),
        "components": tuple(Component(line["sku_id"], line["qty"]) for line in children["sku_components"]),
        "return_policy": ReturnPolicy(row["return_policy"]),
        "state": Standing(row["state"]),
    }
    return Sku(**{**row, **held})


def _dump_listing(listing: Listing) -> Row:
    return {
        "id": listing.id,
        "product_id": listing.product_id,
        "channel_id": listing.channel_id,
        "merchant_id": listing.merchant_id,
        "author": listing.author,
        "title": listing.content.title,
        "sku_ids": [str(sku_id) for sku_id in listing.content.sku_ids],
        "place": ports.place_of(listing),
        "state": listing.state.value,
        "revision": listing.revision,
        "change": None if listing.change is None else to_plain(listing.change),
        "reason": listing.reason,
        "paused_for": [cause.value for cause in listing.paused_for],
        "version": listing.version,
    }


def _dump_listed(listing: Listing) -> Sequence[Row]:
    return [
        {
            "listing_id": listing.id,
            "line": line,
            "sku_id": listed.sku_id,
            "external_id": listed.external_id,
            "state": listed.state.value,
            "error": listed.error,
        }
        for line, listed in enumerate(listing.skus, start=1)
    ]


def _load_listing(row: Row, children: Lookup[str, list[Row]]) -> Listing:
    return Listing(
        id=row["id"],
        product_id=row["product_id"],
        channel_id=row["channel_id"],
        content=from_plain({"title": row["title"], "sku_ids": row["sku_ids"]}, Content),
        author=row["author"],
        merchant_id=row["merchant_id"],
        state=ListingState(row["state"]),
        skus=tuple(
            ListedSku(line["sku_id"], line["external_id"], ListedState(line["state"]), line["error"])
            for line in children["listing_skus"]
        ),
        revision=row["revision"],
        change=None if row["change"] is None else from_plain(row["change"], Change),
        reason=row["reason"],
        paused_for=tuple(PauseCause(cause) for cause in row["paused_for"]),
        version=row["version"],
    )


def _dump_import(record: Import) -> Row:
    return {
        "key": record.key,
        "kind": record.kind,
        "content_hash": record.content_hash,
        "owner": record.owner,
        "id": record.id,
        "file_name": record.file_name,
        "at": record.at,
        "actor": record.actor,
        "state": record.state.value,
        "imported": record.imported,
        "updated": record.updated,
        "skipped": record.skipped,
        "failed": record.failed,
    }


def load_import(row: Row, _: Lookup[str, list[Row]]) -> Import:
    """A row of imports as the record."""
    del row["key"]
    return Import(**{**row, "state": ImportState(row["state"])})


SKU_MAPPING: Final = Mapping(
    ports.SKUS,
    skus,
    dump=_dump_sku,
    load=load_sku,
    found_by={
        ports.SKU_BY_CODE: ("code",),
        ports.SKU_BY_PRODUCT: ("product_id",),
        ports.SKU_BY_MERCHANT: ("merchant_id",),
        ports.SKU_BY_VARIANT: ("variant",),
    },
    children=(Child(sku_components, ("bundle_id",), _dump_components, ("line",)),),
)

PRODUCT_MAPPING: Final = Mapping(
    ports.PRODUCTS,
    products,
    dump=_dump_product,
    load=load_product,
    found_by={
        ports.PRODUCT_BY_CODE: ("code",),
        ports.PRODUCT_BY_CATEGORY: ("category_id",),
        ports.PRODUCT_BY_MERCHANT: ("merchant_id",),
        ports.PRODUCT_BY_STATE: ("state",),
    },
)

MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    *catalog_settings.MAPPINGS,
    PRODUCT_MAPPING,
    SKU_MAPPING,
    Mapping(
        ports.BARCODES,
        barcodes,
        dump=lambda use: {"code": use.code, "sku_id": use.sku_id, "pack_qty": use.pack_qty},
        load=lambda row, _: BarcodeUse(**row),
        found_by={ports.BARCODE_BY_SKU: ("sku_id",)},
    ),
    Mapping(
        ports.LISTINGS,
        listings,
        dump=_dump_listing,
        load=_load_listing,
        found_by={
            ports.LISTING_BY_PLACE: ("place",),
            ports.LISTING_BY_PRODUCT: ("product_id",),
            ports.LISTING_BY_CHANNEL: ("channel_id",),
            ports.LISTING_BY_MERCHANT: ("merchant_id",),
            ports.LISTING_BY_STATE: ("state",),
        },
        children=(Child(listing_skus, ("listing_id",), _dump_listed, ("line",)),),
    ),
    Mapping(
        ports.BINDINGS,
        bindings,
        dump=lambda binding: {
            "channel_id": binding.channel_id,
            "external_id": binding.external_id,
            "sku_id": binding.sku_id,
            "listing_id": binding.listing_id,
        },
        load=lambda row, _: Binding(**row),
    ),
    Mapping(ports.IMPORTS, imports, dump=_dump_import, load=load_import),
)
