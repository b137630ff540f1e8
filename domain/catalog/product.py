"""A product (SPU): what the buyer sees as one thing, with the options that its SKUs combine."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.catalog.code import code
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import BrandId, CategoryId, MerchantId, ProductId
from houtai.domain.refusal import InvalidValue

MAX_OPTIONS = 3
MAX_VARIANTS = 500


class Source(enum.Enum):
    """Whose goods they are."""

    OWN = "own"
    MERCHANT = "merchant"  # a merchant sells them through us
    CONSIGNMENT = "consignment"  # a merchant's goods in our hands, ours to sell


def _option_values(_: object, __: object, values: Sequence[str]) -> None:
    if not values or len(set(values)) != len(values):
        raise InvalidValue(field="options.values", rule="must be there and differ from each other")
    for value in values:
        if not 1 <= len(value) <= 60 or value.strip() != value or not value.isprintable():
            raise InvalidValue(field="options.values", rule="must have 1 to 60 visible characters, no space around them")


@attrs.frozen
class Option:
    """One axis of the matrix: 颜色 with 红, 蓝."""

    name: str = attrs.field(validator=limits.text(1, 30))
    values: tuple[str, ...] = attrs.field(validator=_option_values)


@attrs.frozen
class Product:
    """One product. `attributes` maps attribute codes of its category to canonical texts."""

    id: ProductId
    code: str = attrs.field(validator=code)
    title: str = attrs.field(validator=limits.text(1, 200))
    category_id: CategoryId
    brand_id: BrandId | None = None
    source: Source = Source.OWN
    merchant_id: MerchantId | None = None
    options: tuple[Option, ...] = attrs.field(default=(), validator=limits.at_most(MAX_OPTIONS))
    attributes: Mapping[str, str] = attrs.field(factory=dict, validator=limits.at_most(200))
    state: Standing = Standing.ACTIVE
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if (self.source is Source.OWN) != (self.merchant_id is None):
            raise InvalidValue(field="merchant_id", rule="belongs to goods of a merchant or on consignment, and they need it")
        if len({option.name for option in self.options}) != len(self.options):
            raise InvalidValue(field="options", rule="must have different names")
        if math.prod(len(option.values) for option in self.options) > MAX_VARIANTS:
            raise InvalidValue(field="options", rule=f"must combine to {MAX_VARIANTS} variants at most")


def matrix(options: Sequence[Option]) -> list[tuple[str, ...]]:
    """Every combination of option values, in the order of the options; one empty combination for none."""
    return list(itertools.product(*(option.values for option in options)))


def check_combination(product: Product, values: Sequence[str]) -> None:
    """Refuse with InvalidValue unless `values` picks one value of each option, in order."""
    names = [option.name for option in product.options]
    if len(values) != len(names):
        wanted = ", ".join(names) or "none, the product has no options"
        raise InvalidValue(field="option_values", rule=f"must be one value for each option: {wanted}")
    for option, value in zip(product.options, values, strict=True):
        if value not in option.values:
            raise InvalidValue(field="option_values", rule=f"{value} is no value of {option.name}")
