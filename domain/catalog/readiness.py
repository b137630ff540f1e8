"""What still keeps a product from going to a channel: the category's attributes and the channel's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from houtai.domain.catalog.category import Attribute, missing
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing


def findings(
    product: Product, skus: Sequence[Sku], attributes: Mapping[str, Attribute], channel: Channel, title: str
) -> tuple[str, ...]:
    """Every obstacle as ``field: rule``, empty where there is none. `skus` are those to be offered."""
    absent = missing(attributes, product.attributes, channel.rules.required_attributes)
    found = [f"attributes.{name}: is required" for name in absent]
    if product.state is not Standing.ACTIVE:
        found.append("product: is retired")
    if not channel.active:
        found.append("channel: is retired")
    if len(title) > channel.rules.title_limit:
        found.append(f"title: must have at most {channel.rules.title_limit} characters, it has {len(title)}")
    for sku in skus:
        if sku.product_id != product.id:
            found.append(f"skus.{sku.code}: belongs to another product")
        if sku.state is not Standing.ACTIVE:
            found.append(f"skus.{sku.code}: is retired")
        if sku.gift_only:
            found.append(f"skus.{sku.code}: is for gifts only")
        if channel.rules.needs_barcode and not sku.barcodes and not sku.is_bundle:
            found.append(f"skus.{sku.code}.barcodes: are required")
        if channel.rules.needs_weight and not sku.weight_g and not sku.is_bundle:
            found.append(f"skus.{sku.code}.weight_g: is required")
    return tuple(found)
