"""Products and SKUs as they travel over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec

from houtai.application.catalog.describe import NewSku
from houtai.domain.catalog.barcode import Barcode, BarcodeKind, kind_of
from houtai.domain.catalog.product import MAX_OPTIONS, MAX_VARIANTS, Option, Product, Source
from houtai.domain.catalog.sku import MAX_BARCODES, MAX_COMPONENTS, MAX_SIZE_MM, Component, ReturnPolicy, Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import SkuId
from houtai.entrypoints.http import wire

OptionText = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
PackQty = Annotated[int, msgspec.Meta(ge=1, le=100_000, description="How many pieces the code stands for.")]
PartQty = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
SizeMm = Annotated[int, msgspec.Meta(ge=0, le=MAX_SIZE_MM, description="In millimetres, 0 where not measured.")]
Pairs = Annotated[str, msgspec.Meta(max_length=2_000, examples=["material=304;origin=杭州"])]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["保温"])]


class OptionWire(wire.Wire):
    """One axis of the matrix."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=30, examples=["颜色"])]
    values: Annotated[tuple[OptionText, ...], msgspec.Meta(min_length=1, max_length=MAX_VARIANTS)]

    def value(self) -> Option:
        """As the domain's option."""
        return Option(self.name, self.values)


class ValueWire(wire.Wire):
    """The value of one attribute, as text in its canonical form."""

    code: wire.Code
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


Options = Annotated[tuple[OptionWire, ...], msgspec.Meta(max_length=MAX_OPTIONS)]
Values = Annotated[tuple[ValueWire, ...], msgspec.Meta(max_length=200)]


class BarcodeWire(wire.Wire):
    """A barcode. Without a kind, digits of a GTIN's length are one, and their check digit is verified."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=48, examples=["6901234567892"])]
    pack_qty: PackQty = 1
    kind: BarcodeKind | None = None

    def value(self) -> Barcode:
        """As the domain's barcode."""
        return Barcode(self.code, self.pack_qty, self.kind or kind_of(self.code))

    @classmethod
    def of(cls, barcode: Barcode) -> BarcodeWire:
        """From the domain's barcode."""
        return cls(barcode.code, barcode.pack_qty, barcode.kind)


class ComponentWire(wire.Wire):
    """So many pieces of another SKU in a bundle."""

    sku_id: wire.Id
    qty: PartQty

    def value(self) -> Component:
        """As the domain's component."""
        return Component(SkuId(self.sku_id), self.qty)


Barcodes = Annotated[tuple[BarcodeWire, ...], msgspec.Meta(max_length=MAX_BARCODES)]
Components = Annotated[tuple[ComponentWire, ...], msgspec.Meta(max_length=MAX_COMPONENTS)]
OptionValues = Annotated[tuple[OptionText, ...], msgspec.Meta(max_length=MAX_OPTIONS)]
SkuTitle = Annotated[str, msgspec.Meta(max_length=400, description="Empty: the product's title and the option values.")]


class SkuChange(wire.Wire, kw_only=True):
    """A SKU's new description, whole; its code and option values stay."""

    title: SkuTitle = ""
    barcodes: Barcodes = ()
    weight_g: wire.WeightG = 0
    length_mm: SizeMm = 0
    width_mm: SizeMm = 0
    height_mm: SizeMm = 0
    components: Components = ()
    return_policy: ReturnPolicy = ReturnPolicy.WHOLE_ONLY
    gift_only: bool = False


class SkuIn(SkuChange, kw_only=True):
    """A SKU to be; with components it is a virtual bundle."""

    code: wire.Code
    option_values: OptionValues = ()
    id: wire.Id | None = None

    def value(self, sku_id: SkuId) -> NewSku:
        """As the command's SKU."""
        return NewSku(
            id=sku_id,
            code=self.code,
            title=self.title,
            option_values=self.option_values,
            barcodes=tuple(barcode.value() for barcode in self.barcodes),
            weight_g=self.weight_g,
            length_mm=self.length_mm,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            components=tuple(component.value() for component in self.components),
            return_policy=self.return_policy,
            gift_only=self.gift_only,
        )


SkusIn = Annotated[tuple[SkuIn, ...], msgspec.Meta(max_length=MAX_VARIANTS)]


class SkuOut(wire.Versioned):
    """A SKU."""

    id: wire.Id
    product_id: wire.Id
    code: str
    title: str
    option_values: tuple[str, ...]
    barcodes: tuple[BarcodeWire, ...]
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    components: tuple[ComponentWire, ...]
    return_policy: ReturnPolicy
    gift_only: bool
    merchant_id: wire.Id | None
    state: Standing


def sku_out(sku: Sku) -> SkuOut:
    """As it goes out."""
    return SkuOut(
        id=sku.id,
        product_id=sku.product_id,
        code=sku.code,
        title=sku.title,
        option_values=sku.option_values,
        barcodes=tuple(BarcodeWire.of(barcode) for barcode in sku.barcodes),
        weight_g=sku.weight_g,
        length_mm=sku.length_mm,
        width_mm=sku.width_mm,
        height_mm=sku.height_mm,
        components=tuple(ComponentWire(component.sku_id, component.qty) for component in sku.components),
        return_policy=sku.return_policy,
        gift_only=sku.gift_only,
        merchant_id=sku.merchant_id,
        state=sku.state,
        version=sku.version,
    )


class SkusOut(wire.Wire):
    """SKUs that were added."""

    items: tuple[SkuOut, ...]


class ProductChange(wire.Wire, kw_only=True):
    """A product's new description, whole. SKUs that were called after it follow its title."""

    title: wire.Name
    category_id: wire.Id
    brand_id: wire.Id | None = None
    options: Options = ()
    attributes: Values = ()


class ProductIn(ProductChange, kw_only=True):
    """A product with its first SKUs."""

    code: wire.Code
    source: Source = Source.OWN
    merchant_id: wire.Id | None = None
    skus: SkusIn = ()
    id: wire.Id | None = None


class MoreSkus(wire.Wire):
    """More variants of a product."""

    skus: Annotated[tuple[SkuIn, ...], msgspec.Meta(min_length=1, max_length=MAX_VARIANTS)]


class ProductOut(wire.Versioned):
    """A product."""

    id: wire.Id
    code: str
    title: str
    category_id: wire.Id
    brand_id: wire.Id | None
    source: Source
    merchant_id: wire.Id | None
    options: tuple[OptionWire, ...]
    attributes: tuple[ValueWire, ...]
    state: Standing


def product_out(product: Product) -> ProductOut:
    """As it goes out."""
    return ProductOut(
        id=product.id,
        code=product.code,
        title=product.title,
        category_id=product.category_id,
        brand_id=product.brand_id,
        source=product.source,
        merchant_id=product.merchant_id,
        options=tuple(OptionWire(option.name, option.values) for option in product.options),
        attributes=tuple(ValueWire(code, value) for code, value in product.attributes.items()),
        state=product.state,
        version=product.version,
    )


class SkuMade(wire.Wire):
    """A SKU that was made: the id to name it by from now on, and the code that it was asked for with."""

    id: wire.Id
    code: str


class ProductMade(ProductOut):
    """A product that was made, with its SKUs in the order of the request."""

    skus: tuple[SkuMade, ...]


def product_made(product: Product, skus: tuple[NewSku, ...]) -> ProductMade:
    """As it goes out."""
    out = {name: getattr(product_out(product), name) for name in ProductOut.__struct_fields__}
    return ProductMade(**out, skus=tuple(SkuMade(sku.id, sku.code) for sku in skus))
