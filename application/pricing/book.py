"""Read the price book of a basket: a handful of statements, however many lines it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from houtai.application.permission import CHANNEL, MERCHANT, needs_inside
from houtai.application.pricing.ports import PROMOTION_BY_STATE, BookSource
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.category import Category
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.product import Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import CampaignId, CategoryId, ChannelId, CouponId, SkuId
from houtai.domain.pricing.basket import Basket
from houtai.domain.pricing.book import Allowance, HeldCoupon, PriceBook
from houtai.domain.pricing.prices import PriceSheet, UnitPrice, sheet_id, unit_price
from houtai.domain.pricing.promotions import BuyAndGet, Promotion, RunState
from houtai.domain.pricing.scope import Item, Part
from houtai.domain.refusal import NotFound

GOODS = (CHANNEL, MERCHANT)
ADJUST = needs_inside("pricing.adjust", "Reduce what an order costs by hand, up to a limit of discount_minor.", along=GOODS)
BELOW_FLOOR = needs_inside("pricing.below-floor", "Sell, or set a price, below a floor.", along=GOODS)


def load_book(source: BookSource, basket: Basket, at: dt.datetime, act: Act) -> PriceBook:
    """Everything that pricing this basket at this moment depends on.

    Raises NotFound for an unknown channel, SKU or buyer, and Forbidden where the basket holds adjustments or a floor
    exception that this actor has no authority for.
    """
    channel = source.channels.find(basket.channel_id)
    if channel is None:
        raise NotFound(what="channel", key=str(basket.channel_id))
    skus = _skus(source, basket)
    _demand_exceptions(basket, skus, act)
    coupons = _coupons(source, basket)
    promotions = _promotions(source, channel, at)
    scopes = [one.scope for one in promotions] + [held.template.scope for held in coupons.values()]
    by_category = any(scope.categories for scope in scopes)
    campaigns = {one.campaign_id for one in promotions} | {held.template.campaign_id for held in coupons.values()}
    return PriceBook(
        channel_id=channel.id,
        currency=channel.currency,
        items=_items(source, skus, with_categories=by_category),
        sheets=sheets_of(source, skus),
        level=_level(source, basket),
        promotions=tuple(promotions),
        coupons=coupons,
        campaigns=_allowances(source, [one for one in campaigns if one is not None]),
        gift_codes=_gift_codes(source, promotions),
    )


def sheets_of(source: BookSource, skus: Iterable[SkuId]) -> dict[SkuId, PriceSheet]:
    """The price sheets of many SKUs in one statement."""
    found = source.price_sheets.many([sheet_id(sku_id) for sku_id in skus])
    return {sheet.sku_id: sheet for sheet in found.values()}


def prices_on(
    source: BookSource, skus: Iterable[SkuId], currency: str, channel_id: ChannelId, at: dt.datetime
) -> dict[SkuId, UnitPrice]:
    """What everybody pays for one unit on a channel at this moment, for those that have a price there, in one statement."""
    found = {}
    for sku_id, sheet in sheets_of(source, skus).items():
        price = unit_price(sheet, currency, channel_id, "", at)
        if price is not None:
            found[sku_id] = price
    return found


def _demand_exceptions(basket: Basket, skus: Mapping[SkuId, Sku], act: Act) -> None:
    """Every merchant whose goods the basket holds has to lie within what the actor may make exceptions for."""
    total = sum(adjustment.amount_minor for adjustment in basket.adjustments)
    for owner in {skus[line.sku_id].merchant_id or HOUSE for line in basket.lines}:
        where = Scope(channel=basket.channel_id, merchant=owner)
        if basket.adjustments:
            act.demand(ADJUST, where, amounts={"discount_minor": total})
        if basket.below_floor_reason:
            act.demand(BELOW_FLOOR, where)


def _skus(source: BookSource, basket: Basket) -> dict[SkuId, Sku]:
    """The basket's SKUs and the components of its bundles."""
    wanted = {line.sku_id for line in basket.lines}
    found = source.skus.many(wanted)
    for sku_id in sorted(wanted):
        if sku_id not in found:
            raise NotFound(what="sku", key=str(sku_id))
    parts = {component.sku_id for sku in found.values() for component in sku.components} - set(found)
    return found | source.skus.many(parts) if parts else found


def _coupons(source: BookSource, basket: Basket) -> dict[CouponId, HeldCoupon]:
    if not basket.coupons:
        return {}
    coupons = source.coupons.many(basket.coupons)
    templates = source.coupon_templates.many({coupon.template_id for coupon in coupons.values()})
    return {coupon.id: HeldCoupon(coupon, templates[coupon.template_id]) for coupon in coupons.values()}


def _promotions(source: BookSource, channel: Channel, at: dt.datetime) -> list[Promotion]:
    """Those on for this channel, whoever buys; by code, so that the book is the same however they were stored."""
    active = source.promotions.by(PROMOTION_BY_STATE, RunState.ACTIVE.value)
    on = [
        one
        for one in active
        if one.currency == channel.currency
        and one.valid_from <= at < one.valid_until
        and (not one.channels or channel.id in one.channels)
    ]
    return sorted(on, key=lambda one: one.code)


def _items(source: BookSource, skus: Mapping[SkuId, Sku], *, with_categories: bool) -> dict[SkuId, Item]:
    products = source.products.many({sku.product_id for sku in skus.values()})
    above = _ancestors(source, {product.category_id for product in products.values()}) if with_categories else {}
    return {sku.id: _item(sku, products[sku.product_id], above) for sku in skus.values()}


def _item(sku: Sku, product: Product, above: Mapping[CategoryId, frozenset[CategoryId]]) -> Item:
    return Item(
        sku_id=sku.id,
        code=sku.code,
        title=sku.title,
        product_id=product.id,
        category_ids=above.get(product.category_id, frozenset({product.category_id})),
        brand_id=product.brand_id,
        merchant_id=sku.merchant_id,
        weight_g=sku.weight_g,
        gift_only=sku.gift_only,
        parts=tuple(Part(component.sku_id, component.qty) for component in sku.components),
    )


def _gift_codes(source: BookSource, promotions: Iterable[Promotion]) -> dict[SkuId, str]:
    given = {one.rule.gift_sku_id for one in promotions if isinstance(one.rule, BuyAndGet)}
    return {sku.id: sku.code for sku in source.skus.many(given).values()} if given else {}


def _ancestors(source: BookSource, categories: set[CategoryId]) -> dict[CategoryId, frozenset[CategoryId]]:
    """Each category with all above it, a statement a level of the tree."""
    known: dict[CategoryId, Category] = {}
    missing = set(categories)
    while missing:
        found = source.categories.many(missing)
        known |= found
        missing = {one.parent_id for one in found.values() if one.parent_id is not None} - set(known)
    return {category_id: frozenset(_chain(category_id, known)) for category_id in categories}


def _chain(category_id: CategoryId, known: Mapping[CategoryId, Category]) -> list[CategoryId]:
    chain: list[CategoryId] = []
    step: CategoryId | None = category_id
    while step is not None and step not in chain:
        chain.append(step)
        step = known[step].parent_id if step in known else None
    return chain


def _allowances(source: BookSource, campaign_ids: Iterable[CampaignId]) -> dict[CampaignId, Allowance]:
    wanted = set(campaign_ids)
    if not wanted:
        return {}
    campaigns = source.campaigns.many(wanted)
    budgets = source.budgets.many(wanted)
    return {
        one.id: Allowance(
            code=one.code,
            active=one.state is RunState.ACTIVE,
            left_minor=budgets[one.id].left_minor,
            left_uses=budgets[one.id].left_uses,
        )
        for one in campaigns.values()
    }


def _level(source: BookSource, basket: Basket) -> str:
    if basket.buyer_id is None:
        return ""
    buyer = source.customers.find(basket.buyer_id)
    if buyer is None:
        raise NotFound(what="customer", key=str(basket.buyer_id))
    return buyer.member_level
