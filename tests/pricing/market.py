"""A market arranged through use cases: a channel, goods of the house and of a merchant, buyers; and an order in miniature."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import attrs

from houtai.application.catalog.define import DefineCategory, DefineChannel, define_category, define_channel
from houtai.application.catalog.describe import CreateProduct, NewSku, create_product
from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.merchants.admit import RegisterMerchant, register_merchant
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.pricing.book import load_book
from houtai.application.pricing.budget import DefineCampaign, MoveCampaign, define_campaign, move_campaign
from houtai.application.pricing.claim import claim_again, claim_discounts, forfeit, give_back, redeem
from houtai.application.pricing.issue import IssueCoupons, IssueTo, issue_coupons
from houtai.application.pricing.ports import PricingTx
from houtai.application.pricing.promote import (
    DefinePromotion,
    MovePromotion,
    PromotionTerms,
    define_promotion,
    move_promotion,
)
from houtai.application.pricing.set_prices import SetPrice, set_price
from houtai.application.pricing.templates import (
    DefineTemplate,
    MoveTemplate,
    TemplateTerms,
    define_template,
    move_template,
)
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.catalog.product import Option, Source
from houtai.domain.catalog.sku import Component
from houtai.domain.ids import (
    CampaignId,
    CategoryId,
    ChannelId,
    CouponId,
    CouponTemplateId,
    CustomerId,
    MerchantId,
    OrderId,
    ProductId,
    PromotionId,
    SkuId,
    new_id,
)
from houtai.domain.pricing.basket import Basket, BasketLine
from houtai.domain.pricing.campaigns import Campaign
from houtai.domain.pricing.coupons import CouponTemplate, FixedValue, TemplateState
from houtai.domain.pricing.price import price
from houtai.domain.pricing.promotions import BuyAndGet, Promotion, Rule, RunState
from houtai.domain.pricing.quote import Quote

CHANNEL = ChannelId(UUID(int=0x10))
FOOD, TEA = CategoryId(UUID(int=0x20)), CategoryId(UUID(int=0x21))
MERCHANT = MerchantId(UUID(int=0x30))
LEAF, POT, SET, SAMPLE, FAN = (SkuId(UUID(int=0x40 + number)) for number in range(5))
LI, WANG = CustomerId(UUID(int=0x50)), CustomerId(UUID(int=0x51))
PRICES = {LEAF: 9990, POT: 5990, SET: 19900, FAN: 3000}
NOW = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
MONTH = dt.timedelta(days=30)


def open_market(office: Office, system: Act) -> None:
    """茶叶 and 茶壶 of the house with a set of both and a sample to give away, a merchant's 折扇, two buyers."""
    office.perform(define_channel, DefineChannel(CHANNEL, "shop", "小店", "CNY"), system)
    office.perform(define_category, DefineCategory(FOOD, "food", "食品"), system)
    office.perform(define_category, DefineCategory(TEA, "tea", "茶", FOOD), system)
    office.perform(register_merchant, RegisterMerchant(MERCHANT, "fans", "苏州扇庄"), system)
    kinds = Option("款", ("茶叶", "茶壶", "套装", "小样"))
    parts = (Component(LEAF, 1), Component(POT, 2), Component(SAMPLE, 1))
    skus = (
        NewSku(LEAF, "LEAF", "龙井 250g", ("茶叶",), weight_g=300),
        NewSku(POT, "POT", "紫砂壶", ("茶壶",), weight_g=800),
        NewSku(SAMPLE, "SAMPLE", "小样", ("小样",), weight_g=10, gift_only=True),
        NewSku(SET, "SET", "茶具套装", ("套装",), components=parts),
    )
    tea = CreateProduct(ProductId(UUID(int=0x60)), "TEA", "春茶", TEA, options=(kinds,), skus=skus)
    office.perform(create_product, tea, system)
    fans = CreateProduct(
        ProductId(UUID(int=0x61)), "FANS", "折扇", FOOD, source=Source.MERCHANT, merchant=MERCHANT, skus=(NewSku(FAN, "FAN"),)
    )
    office.perform(create_product, fans, system)
    for sku, minor in PRICES.items():
        office.perform(set_price, SetPrice(sku, minor, "CNY"), system)
    office.perform(register_customer, RegisterCustomer(LI, "李雷", member_level="gold"), system)
    office.perform(register_customer, RegisterCustomer(WANG, "王芳"), system)


def clerk(system: Act, *verbs: str, channels: tuple[UUID, ...] | None = None, merchants: tuple[UUID, ...] | None = None) -> Act:
    """Somebody who may do these things, on these channels and for these merchants alone if given."""
    within: dict[Dimension, frozenset[UUID]] = {}
    if channels is not None:
        within[Dimension.CHANNEL] = frozenset(channels)
    if merchants is not None:
        within[Dimension.MERCHANT] = frozenset(merchants)
    grants = tuple(Grant(verb, within, source="clerk") for verb in verbs)
    actor = UUID(int=0x70)
    return attrs.evolve(system, actor=actor, authority=Authority(actor, grants), name="clerk")


def promote(office: Office, system: Act, rule: Rule, code: str = "AUTUMN", **terms: Any) -> Promotion:
    """An active promotion for a month."""
    plain = PromotionTerms("秋季", rule, system.at, system.at + MONTH)
    cmd = DefinePromotion(PromotionId(new_id()), code, "CNY", attrs.evolve(plain, **terms))
    drafted = office.perform(define_promotion, cmd, system)
    return office.perform(move_promotion, MovePromotion(drafted.id, 1, RunState.ACTIVE), system)


def campaign(office: Office, system: Act, minor: int | None = None, uses: int | None = None) -> Campaign:
    """An active campaign with this budget."""
    cmd = DefineCampaign(CampaignId(new_id()), "C11", "双十一", "CNY", minor, uses)
    drafted = office.perform(define_campaign, cmd, system)
    return office.perform(move_campaign, MoveCampaign(drafted.id, 1, RunState.ACTIVE), system)


def template(office: Office, system: Act, code: str = "TEN", **terms: Any) -> CouponTemplate:
    """An open template of 10 yuan off."""
    plain = TemplateTerms("十元券", FixedValue(1000), system.at, system.at + MONTH, quota_qty=100)
    cmd = DefineTemplate(CouponTemplateId(new_id()), code, "CNY", attrs.evolve(plain, **terms))
    drafted = office.perform(define_template, cmd, system)
    return office.perform(move_template, MoveTemplate(drafted.id, 1, TemplateState.ACTIVE), system)


def coupon(office: Office, system: Act, of: CouponTemplate, customer: CustomerId = LI) -> CouponId:
    """One coupon in the customer's hands."""
    cmd = IssueCoupons(of.id, (IssueTo(CouponId(new_id()), customer),))
    return office.perform(issue_coupons, cmd, system)[0].id


def basket(*lines: tuple[SkuId, int], **fields: Any) -> Basket:
    """So many of each, for 李雷."""
    wanted = tuple(BasketLine(place, sku, qty) for place, (sku, qty) in enumerate(lines, start=1))
    return attrs.evolve(Basket(CHANNEL, wanted, LI), **fields)


@attrs.frozen
class Place:
    """An order as far as pricing is concerned."""

    order: OrderId
    basket: Basket


@needs("orders.place")
def place(tx: PricingTx, cmd: Place, act: Act) -> Quote:
    """Price the basket and take its discounts."""
    quote = price(cmd.basket, load_book(tx, cmd.basket, act.at, act), act.at)
    claim_discounts(tx, quote, cmd.order, cmd.basket.buyer_id, act)
    return quote


@needs("orders.pay")
def pay(tx: PricingTx, cmd: OrderId, act: Act) -> None:
    """The order is paid."""
    redeem(tx, cmd, act)


@needs("orders.cancel")
def cancel(tx: PricingTx, cmd: OrderId, act: Act) -> None:
    """The order is off."""
    give_back(tx, cmd, act)


@needs("orders.complete")
def complete(tx: PricingTx, cmd: OrderId, act: Act) -> None:
    """The order is done."""
    forfeit(tx, cmd, act)


@needs("orders.pay")
def pay_late(tx: PricingTx, cmd: Place, act: Act) -> None:
    """The order comes to life again."""
    claim_again(tx, cmd.order, cmd.basket.buyer_id, act)
    redeem(tx, cmd.order, act)


def gift_rule(sku: SkuId) -> BuyAndGet:
    """One of this for each unit."""
    return BuyAndGet(sku, buy_qty=1)


def order() -> OrderId:
    """A new order's id."""
    return OrderId(new_id())
