"""A SKU: what is stored, priced, ordered and shipped; or a virtual bundle of such."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import attrs

from houtai.domain import limits
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.code import code
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.refusals import BadBundle
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import MerchantId, ProductId, SkuId
from houtai.domain.refusal import InvalidValue

MAX_BARCODES = 20
MAX_COMPONENTS = 50
MAX_SIZE_MM = 100_000

_size = limits.between(0, MAX_SIZE_MM)


class ReturnPolicy(enum.Enum):
    """What of a bundle may come back."""

    WHOLE_ONLY = "whole-only"
    COMPONENT = "component"


@attrs.frozen
class Component:
    """So many pieces of another SKU in one bundle."""

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.between(1, 10_000))


@attrs.frozen
class Sku:
    """One sellable thing. Weight and size are 0 where nobody has measured them; `components` make it a virtual bundle (R-12)."""

    id: SkuId
    product_id: ProductId
    code: str = attrs.field(validator=code)
    title: str = attrs.field(validator=limits.text(1, 400))
    option_values: tuple[str, ...] = ()
    barcodes: tuple[Barcode, ...] = attrs.field(default=(), validator=limits.at_most(MAX_BARCODES))
    weight_g: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_WEIGHT_G))
    length_mm: int = attrs.field(default=0, validator=_size)
    width_mm: int = attrs.field(default=0, validator=_size)
    height_mm: int = attrs.field(default=0, validator=_size)
    components: tuple[Component, ...] = attrs.field(default=(), validator=limits.at_most(MAX_COMPONENTS))
    return_policy: ReturnPolicy = ReturnPolicy.WHOLE_ONLY
    gift_only: bool = False
    merchant_id: MerchantId | None = None
    state: Standing = Standing.ACTIVE
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if len({barcode.code for barcode in self.barcodes}) != len(self.barcodes):
            raise InvalidValue(field="barcodes", rule="must differ from each other")
        parts = [component.sku_id for component in self.components]
        if self.id in parts:
            raise BadBundle(sku=self.code, rule="it cannot hold itself")
        if len(set(parts)) != len(parts):
            raise BadBundle(sku=self.code, rule="each component stands in it once, with its quantity")

    @property
    def is_bundle(self) -> bool:
        """Whether it is only a name for its components, and has no stock of its own."""
        return bool(self.components)

    @property
    def volume_mm3(self) -> int:
        """The volume of one piece by its outer sizes; 0 where one of them was not measured."""
        return self.length_mm * self.width_mm * self.height_mm


def check_components(bundle: Sku, parts: Mapping[SkuId, Sku]) -> None:
    """Refuse with BadBundle components that are unknown, retired, bundles themselves, or another merchant's goods."""
    for component in bundle.components:
        part = parts.get(component.sku_id)
        if part is None or part.merchant_id != bundle.merchant_id:
            raise BadBundle(sku=bundle.code, rule=f"there is no component {component.sku_id}")
        if part.is_bundle:
            raise BadBundle(sku=bundle.code, rule=f"{part.code} is a bundle itself")
        if part.state is not Standing.ACTIVE:
            raise BadBundle(sku=bundle.code, rule=f"{part.code} is retired")


def full_title(product: Product, option_values: tuple[str, ...]) -> str:
    """What a SKU is called where nobody gave it a title of its own: the product and the values chosen."""
    return " ".join((product.title, *option_values))
