"""What a channel was told of a price, and what is wrong with one that it would show."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.domain import limits
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.prices import UnitPrice
from houtai.domain.pricing.refusals import PriceBelowFloor

ToldPriceKey = tuple[ChannelId, SkuId]


@attrs.frozen
class ToldPrice:
    """What a channel was last told about the price of a SKU. `seq` counts from 1; an earlier one that arrives late is old.

    `amount_minor` is what everybody pays there, `list_minor` the list price beside it, None where there is none.
    """

    channel_id: ChannelId
    sku_id: SkuId
    seq: int
    currency: str
    amount_minor: int = attrs.field(validator=limits.between(0, MAX_MINOR))
    list_minor: int | None
    at: dt.datetime = attrs.field(validator=limits.aware)

    @property
    def key(self) -> ToldPriceKey:
        """Whom about what."""
        return self.channel_id, self.sku_id

    def next(self, currency: str, price: UnitPrice, at: dt.datetime) -> ToldPrice:
        """What the channel is told now; itself where nothing changed."""
        told = attrs.evolve(self, currency=currency, amount_minor=price.channel_minor, list_minor=price.list_minor)
        return self if told == self else attrs.evolve(told, seq=self.seq + 1, at=at)


def first_told(key: ToldPriceKey, currency: str, price: UnitPrice, at: dt.datetime) -> ToldPrice:
    """What the channel is told of a SKU for the first time."""
    return ToldPrice(*key, 1, currency, price.channel_minor, price.list_minor, at)


def is_below_floor(price: UnitPrice) -> bool:
    """Whether what everybody pays is less than the floor that holds for it."""
    return price.floor_minor is not None and price.channel_minor < price.floor_minor


def check_floor(sku: Sku, price: UnitPrice, currency: str) -> None:
    """Raise PriceBelowFloor where it is."""
    if is_below_floor(price):
        raise PriceBelowFloor(
            sku_code=sku.code, unit_minor=price.channel_minor, floor_minor=price.floor_minor or 0, currency=currency
        )


def what_is_wrong(sku: Sku, price: UnitPrice | None, currency: str) -> str:
    """Why a SKU cannot be shown at this price, in words; empty where it can."""
    if price is None:
        return f"{sku.code} has no price in {currency}"
    if is_below_floor(price):
        return f"{sku.code} at {price.channel_minor} is below its floor of {price.floor_minor} {currency}"
    return ""
