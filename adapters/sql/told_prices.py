"""The table of what channels were told of prices, row by row."""

from __future__ import annotations

from typing import Any, Final

import attrs
from sqlalchemy import ForeignKey, Table

from houtai.adapters.sql.columns import METADATA, id_column, minor, moment, whole_number, words
from houtai.adapters.sql.mapping import Mapping
from houtai.application.pricing.ports import TOLD_BY_SKU, TOLD_PRICES
from houtai.domain.pricing.told import ToldPrice

told_prices: Final = Table(
    "told_prices",
    METADATA,
    id_column("channel_id", ForeignKey("channels.id"), primary_key=True),
    id_column("sku_id", ForeignKey("skus.id"), primary_key=True, index=True),
    whole_number("seq", 1, 2**62),
    words("currency", 3),
    minor("amount_minor", 0),
    minor("list_minor", 0, nullable=True),
    moment("at"),
)

MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        TOLD_PRICES,
        told_prices,
        dump=lambda told: attrs.asdict(told, recurse=False),
        load=lambda row, _: ToldPrice(**row),
        found_by={TOLD_BY_SKU: ("sku_id",)},
    ),
)
