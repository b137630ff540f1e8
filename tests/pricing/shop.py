"""A small shop to price in: SKUs, prices and a book, built by hand for the pure rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import attrs

from houtai.domain.ids import ChannelId, CouponId, CouponTemplateId, CustomerId, MerchantId, ProductId, PromotionId, SkuId
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.pricing.book import HeldCoupon, PriceBook
from houtai.domain.pricing.coupons import Coupon, CouponTemplate, FixedValue, PercentValue, TemplateState
from houtai.domain.pricing.price import price
from houtai.domain.pricing.prices import Floor, Price, PriceSheet, sheet_id
from houtai.domain.pricing.promotions import BuyAndGet, PercentOff, Promotion, Rule, RunState
from houtai.domain.pricing.quote import Quote
from houtai.domain.pricing.scope import Item, Part

NOW = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=30)
BEFORE = NOW - dt.timedelta(days=30)
CHANNEL = ChannelId(UUID(int=7))
BUYER = CustomerId(UUID(int=8))
MERCHANT = MerchantId(UUID(int=9))


def sku(number: int) -> SkuId:
    return SkuId(UUID(int=1000 + number))


def item(number: int, *, merchant: MerchantId | None = None, parts: Iterable[tuple[int, int]] = (), gift: bool = False) -> Item:
    return Item(
        sku_id=sku(number),
        code=f"SKU-{number}",
        title=f"Goods {number}",
        product_id=ProductId(UUID(int=2000 + number)),
        merchant_id=merchant,
        weight_g=100 * number,
        gift_only=gift,
        parts=tuple(Part(sku(part), qty) for part, qty in parts),
    )


def listed(minor: int, **fields: Any) -> Price:
    return attrs.evolve(Price("CNY", minor, BEFORE), **fields)


def sheet(number: int, *prices: Price, floor: int | None = None) -> PriceSheet:
    floors = () if floor is None else (Floor("CNY", floor),)
    return PriceSheet(sheet_id(sku(number)), sku(number), prices, floors)


def book(prices: dict[int, int], *, level: str = "", items: Iterable[Item] = (), sheets: Iterable[PriceSheet] = ()) -> PriceBook:
    """A book with these list prices, and whatever else is given in place of the plain ones."""
    every = {sku(number): item(number) for number in prices} | {one.sku_id: one for one in items}
    priced = {sku(number): sheet(number, listed(minor)) for number, minor in prices.items()} | {one.sku_id: one for one in sheets}
    return PriceBook(CHANNEL, "CNY", every, priced, level=level)


def basket(*lines: tuple[int, int], **fields: Any) -> Basket:
    """Lines of (SKU, quantity) in order."""
    wanted = tuple(BasketLine(place, sku(number), qty) for place, (number, qty) in enumerate(lines, start=1))
    return attrs.evolve(Basket(CHANNEL, wanted, BUYER), **fields)


def promotion(rule: Rule, number: int = 1, **fields: Any) -> Promotion:
    plain = Promotion(
        id=PromotionId(UUID(int=3000 + number)),
        code=f"PROMO-{number}",
        name="A promotion",
        rule=rule,
        currency="CNY",
        valid_from=BEFORE,
        valid_until=LATER,
        state=RunState.ACTIVE,
    )
    return attrs.evolve(plain, **fields)


def percent(points: int, cap: int | None = None) -> PercentValue:
    return PercentValue(PercentOff(points), cap)


def coupon(value: FixedValue | PercentValue, number: int = 1, **fields: Any) -> HeldCoupon:
    """One coupon of its own template, in the buyer's hands; fields are the template's."""
    template = CouponTemplate(
        id=CouponTemplateId(UUID(int=4000 + number)),
        code=f"TEMPLATE-{number}",
        name="A coupon",
        currency="CNY",
        value=value,
        valid_from=BEFORE,
        valid_until=LATER,
        quota_qty=100,
        state=TemplateState.ACTIVE,
    )
    held = Coupon(CouponId(UUID(int=5000 + number)), template.id, f"CODE-{number}", BUYER, BEFORE, BEFORE, LATER)
    return HeldCoupon(held, attrs.evolve(template, **fields))


def with_coupons(of: PriceBook, *held: HeldCoupon) -> PriceBook:
    return attrs.evolve(of, coupons={one.coupon.id: one for one in held})


def use(*held: HeldCoupon) -> tuple[CouponId, ...]:
    return tuple(one.coupon.id for one in held)


def with_promotions(of: PriceBook, *promotions: Promotion) -> PriceBook:
    return attrs.evolve(of, promotions=promotions)


def gift(number: int, **fields: Any) -> BuyAndGet:
    return attrs.evolve(BuyAndGet(sku(number), buy_qty=1), **fields)


def quote(of: Basket, by: PriceBook) -> Quote:
    return price(of, by, NOW)


def paid(of: Quote) -> list[int]:
    return [line.paid_minor for line in of.lines]
