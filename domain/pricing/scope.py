"""Which goods a promotion or coupon is about, and what it needs to know of each SKU."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from houtai.domain import limits
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId

MAX_SCOPE = 500


def members(values: Iterable[Any]) -> tuple[Any, ...]:
    """The values once each and in order, so that equal choices are written alike everywhere."""
    return tuple(sorted(set(values)))


@attrs.frozen
class Part:
    """So many of a SKU in one virtual bundle."""

    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class Item:
    """A SKU as pricing sees it. `category_ids` holds its category and all above it; `parts` is empty unless it is a bundle."""

    sku_id: SkuId
    code: str
    title: str
    product_id: ProductId
    category_ids: frozenset[CategoryId] = frozenset()
    brand_id: BrandId | None = None
    merchant_id: MerchantId | None = None
    weight_g: int = 0
    gift_only: bool = False
    parts: tuple[Part, ...] = ()


_few = limits.at_most(MAX_SCOPE)


@attrs.frozen
class GoodsScope:
    """A choice of goods: every kind of condition that is given must hold, by any one of its members; none means all goods."""

    skus: tuple[SkuId, ...] = attrs.field(default=(), converter=members, validator=_few)
    products: tuple[ProductId, ...] = attrs.field(default=(), converter=members, validator=_few)
    categories: tuple[CategoryId, ...] = attrs.field(default=(), converter=members, validator=_few)
    brands: tuple[BrandId, ...] = attrs.field(default=(), converter=members, validator=_few)
    merchants: tuple[MerchantId, ...] = attrs.field(default=(), converter=members, validator=_few)
    excluded: tuple[SkuId, ...] = attrs.field(default=(), converter=members, validator=_few)

    def covers(self, item: Item) -> bool:
        """Whether the SKU is among the chosen goods."""
        return (
            item.sku_id not in self.excluded
            and (not self.skus or item.sku_id in self.skus)
            and (not self.products or item.product_id in self.products)
            and (not self.categories or not item.category_ids.isdisjoint(self.categories))
            and (not self.brands or item.brand_id in self.brands)
            and (not self.merchants or item.merchant_id in self.merchants)
        )


ALL_GOODS = GoodsScope()
