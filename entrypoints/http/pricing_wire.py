"""What travels about prices and promotions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from houtai.application.pricing.promote import PromotionTerms
from houtai.domain.ids import BrandId, CampaignId, CategoryId, ChannelId, MerchantId, ProductId, SkuId
from houtai.domain.pricing import promotions as rules
from houtai.domain.pricing.bearers import BearerSplit
from houtai.domain.pricing.prices import PriceChange, PriceSheet
from houtai.domain.pricing.promotions import GiftReturn, Promotion, ReturnPolicy, RunState
from houtai.domain.pricing.scope import MAX_SCOPE, GoodsScope
from houtai.entrypoints.http import wire

BasisPoints = Annotated[int, Meta(ge=1, le=10_000, description="Hundredths of a per cent: 1500 is 15 %.")]
Amount = Annotated[int, Meta(ge=1, le=10**15, description="An amount in the smallest unit of the currency beside it.")]
Times = Annotated[int, Meta(ge=1, le=10_000)]
Rank = Annotated[int, Meta(ge=-1000, le=1000)]
Level = Annotated[str, Meta(max_length=64, description="A member level; empty for every buyer.")]
Ids = Annotated[tuple[wire.Id, ...], Meta(max_length=MAX_SCOPE)]
Channels = Annotated[tuple[wire.Id, ...], Meta(max_length=200, description="None: every channel.")]
Levels = Annotated[tuple[Level, ...], Meta(max_length=50, description="None: every buyer.")]
Short = Annotated[str, Meta(max_length=64)]


class Goods(wire.Wire, kw_only=True):
    """A choice of goods: every kind of condition that is given must hold, by any one of its members; none means all."""

    sku_ids: Ids = ()
    product_ids: Ids = ()
    category_ids: Ids = ()
    brand_ids: Ids = ()
    merchant_ids: Ids = ()
    excluded_sku_ids: Ids = ()

    def value(self) -> GoodsScope:
        """As the domain's choice."""
        return GoodsScope(
            skus=tuple(map(SkuId, self.sku_ids)),
            products=tuple(map(ProductId, self.product_ids)),
            categories=tuple(map(CategoryId, self.category_ids)),
            brands=tuple(map(BrandId, self.brand_ids)),
            merchants=tuple(map(MerchantId, self.merchant_ids)),
            excluded=tuple(map(SkuId, self.excluded_sku_ids)),
        )


def goods_of(scope: GoodsScope) -> Goods:
    """The domain's choice as it goes out."""
    return Goods(
        sku_ids=scope.skus,
        product_ids=scope.products,
        category_ids=scope.categories,
        brand_ids=scope.brands,
        merchant_ids=scope.merchants,
        excluded_sku_ids=scope.excluded,
    )


class Bearers(wire.Wire, kw_only=True):
    """Who pays for a discount, in percent; they sum up to 100."""

    platform: wire.Percent = 0
    merchant: wire.Percent = 0
    supplier: wire.Percent = 0
    channel: wire.Percent = 0

    def value(self) -> BearerSplit:
        """As the domain's split."""
        return BearerSplit(self.platform, self.merchant, self.supplier, self.channel)


def bearers_of(split: BearerSplit) -> Bearers:
    """The domain's split as it goes out."""
    return Bearers(platform=split.platform, merchant=split.merchant, supplier=split.supplier, channel=split.channel)


class PercentOff(wire.Wire, tag_field="kind", tag="percent-off"):
    """A part off each line."""

    basis_points: BasisPoints


class AmountOff(wire.Wire, tag_field="kind", tag="amount-off"):
    """An amount off each unit."""

    amount_minor: Amount


class FixedPrice(wire.Wire, tag_field="kind", tag="fixed-price"):
    """Each unit at this price, where that is less."""

    price_minor: wire.Minor


class PayForFewer(wire.Wire, tag_field="kind", tag="pay-for-fewer"):
    """Take so many, pay for fewer."""

    take_qty: Annotated[int, Meta(ge=2, le=1000)]
    pay_qty: Annotated[int, Meta(ge=1, le=999)]


class Tier(wire.Wire):
    """Spend so much, save so much."""

    spend_minor: Amount
    save_minor: Amount


class SpendAndSave(wire.Wire, tag_field="kind", tag="spend-and-save"):
    """Over an order: the highest tier reached, or every multiple of it."""

    tiers: Annotated[tuple[Tier, ...], Meta(min_length=1, max_length=20)]
    repeating: bool = False


class BuyAndGet(wire.Wire, tag_field="kind", tag="buy-and-get"):
    """Gifts for every `buy_qty` units or every `spend_minor` spent, exactly one of the two."""

    gift_sku_id: wire.Id
    gift_qty: Annotated[int, Meta(ge=1, le=1000)] = 1
    buy_qty: Annotated[int, Meta(ge=0, le=10_000)] = 0
    spend_minor: wire.Minor = 0
    most_qty: wire.Qty = 2**31 - 1
    substitute_sku_ids: Annotated[tuple[wire.Id, ...], Meta(max_length=20)] = ()
    value_minor: wire.Minor = 0
    on_return: GiftReturn = GiftReturn.RETURN_GIFT


RuleWire = PercentOff | AmountOff | FixedPrice | PayForFewer | SpendAndSave | BuyAndGet


def rule_value(rule: RuleWire) -> rules.Rule:
    """A rule as the domain's."""
    match rule:
        case PercentOff():
            return rules.PercentOff(rule.basis_points)
        case AmountOff():
            return rules.AmountOff(rule.amount_minor)
        case FixedPrice():
            return rules.FixedPrice(rule.price_minor)
        case PayForFewer():
            return rules.PayForFewer(rule.take_qty, rule.pay_qty)
        case SpendAndSave():
            tiers = tuple(rules.Tier(tier.spend_minor, tier.save_minor) for tier in rule.tiers)
            return rules.SpendAndSave(tiers, rule.repeating)
        case BuyAndGet():
            return rules.BuyAndGet(
                gift_sku_id=SkuId(rule.gift_sku_id),
                gift_qty=rule.gift_qty,
                buy_qty=rule.buy_qty,
                spend_minor=rule.spend_minor,
                most_qty=rule.most_qty,
                substitutes=tuple(map(SkuId, rule.substitute_sku_ids)),
                value_minor=rule.value_minor,
                on_return=rule.on_return,
            )


def rule_of(rule: rules.Rule) -> RuleWire:
    """The domain's rule as it goes out."""
    match rule:
        case rules.PercentOff():
            return PercentOff(rule.basis_points)
        case rules.AmountOff():
            return AmountOff(rule.amount_minor)
        case rules.FixedPrice():
            return FixedPrice(rule.price_minor)
        case rules.PayForFewer():
            return PayForFewer(rule.take_qty, rule.pay_qty)
        case rules.SpendAndSave():
            return SpendAndSave(tuple(Tier(tier.spend_minor, tier.save_minor) for tier in rule.tiers), rule.repeating)
        case rules.BuyAndGet():
            return BuyAndGet(
                gift_sku_id=rule.gift_sku_id,
                gift_qty=rule.gift_qty,
                buy_qty=rule.buy_qty,
                spend_minor=rule.spend_minor,
                most_qty=rule.most_qty,
                substitute_sku_ids=rule.substitutes,
                value_minor=rule.value_minor,
                on_return=rule.on_return,
            )


class TermsIn(wire.Wire, kw_only=True):
    """What a promotion says."""

    name: wire.Name
    rule: RuleWire
    valid_from: wire.Moment
    valid_until: wire.Moment
    goods: Goods = Goods()
    channel_ids: Channels = ()
    levels: Levels = ()
    priority: Rank = 0
    stackable: bool = False
    bearers: Bearers = Bearers(platform=100)
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    campaign_id: wire.Id | None = None

    def value(self) -> PromotionTerms:
        """As the command's terms."""
        return PromotionTerms(
            name=self.name,
            rule=rule_value(self.rule),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            scope=self.goods.value(),
            channels=tuple(map(ChannelId, self.channel_ids)),
            levels=self.levels,
            priority=self.priority,
            stackable=self.stackable,
            bearers=self.bearers.value(),
            on_return=self.on_return,
            campaign_id=None if self.campaign_id is None else CampaignId(self.campaign_id),
        )


class PromotionOut(wire.Versioned):
    """A promotion."""

    id: wire.Id
    code: str
    currency: str
    state: RunState
    name: str
    rule: RuleWire
    valid_from: dt.datetime
    valid_until: dt.datetime
    goods: Goods
    channel_ids: tuple[wire.Id, ...]
    levels: tuple[str, ...]
    priority: int
    stackable: bool
    bearers: Bearers
    on_return: ReturnPolicy
    campaign_id: wire.Id | None


def promotion_out(promotion: Promotion) -> PromotionOut:
    """A promotion as it goes out."""
    return PromotionOut(
        id=promotion.id,
        code=promotion.code,
        currency=promotion.currency,
        state=promotion.state,
        name=promotion.name,
        rule=rule_of(promotion.rule),
        valid_from=promotion.valid_from,
        valid_until=promotion.valid_until,
        goods=goods_of(promotion.scope),
        channel_ids=promotion.channels,
        levels=promotion.levels,
        priority=promotion.priority,
        stackable=promotion.stackable,
        bearers=bearers_of(promotion.bearers),
        on_return=promotion.on_return,
        campaign_id=promotion.campaign_id,
        version=promotion.version,
    )


class PriceOut(wire.Wire):
    """One price; no channel means every channel, no level every buyer."""

    amount: wire.Money
    channel_id: wire.Id | None
    level: str
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    below_floor: bool


class PriceSheetOut(wire.Versioned):
    """The present and coming prices of one SKU, with its floors; version 0 where none was set yet."""

    sku_id: wire.Id
    prices: tuple[PriceOut, ...]
    floors: tuple[wire.Money, ...]


def sheet_out(sheet: PriceSheet) -> PriceSheetOut:
    """A price sheet as it goes out."""
    return PriceSheetOut(
        sku_id=sheet.sku_id,
        prices=tuple(
            PriceOut(
                amount=wire.Money(price.amount_minor, price.currency),
                channel_id=price.channel_id,
                level=price.level,
                valid_from=price.valid_from,
                valid_until=price.valid_until,
                below_floor=price.below_floor,
            )
            for price in sheet.prices
        ),
        floors=tuple(wire.Money(floor.amount_minor, floor.currency) for floor in sheet.floors),
        version=sheet.version,
    )


class PriceChangeOut(wire.Wire):
    """One edit of a SKU's prices: `what` is price, withdrawn or floor."""

    version: int
    what: str
    currency: str
    channel_id: wire.Id | None
    level: str
    before_minor: int | None
    after_minor: int | None
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    at: dt.datetime
    actor_id: wire.Id
    reason: str


def change_out(change: PriceChange) -> PriceChangeOut:
    """A change as it goes out."""
    return PriceChangeOut(
        version=change.version,
        what=change.what,
        currency=change.currency,
        channel_id=change.channel_id,
        level=change.level,
        before_minor=change.before_minor,
        after_minor=change.after_minor,
        valid_from=change.valid_from,
        valid_until=change.valid_until,
        at=change.at,
        actor_id=change.actor,
        reason=change.reason,
    )
