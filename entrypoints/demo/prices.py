"""The demo's prices: list and member price, a floor that holds, spend-X-save-Y, a gift, freight, and one coupon."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.customers.keep import RegisterCustomer, register_customer
from houtai.application.pricing.budget import DefineCampaign, MoveCampaign, define_campaign, move_campaign
from houtai.application.pricing.issue import IssueCoupons, IssueTo, issue_coupons
from houtai.application.pricing.promote import DefinePromotion, MovePromotion, PromotionTerms, define_promotion, move_promotion
from houtai.application.pricing.set_prices import SetFloor, SetPrice, SetPrices, set_floor, set_price, set_prices
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.application.shipping.freight import DefineFreightRule, define_freight_rule
from houtai.domain.customers.customer import Address
from houtai.domain.ids import CampaignId, CouponId, CouponTemplateId, CustomerId, PromotionId, new_id
from houtai.domain.pricing.coupons import FixedValue, TemplateState
from houtai.domain.pricing.promotions import BuyAndGet, Rule, RunState, SpendAndSave, Tier
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.domain.pricing.scope import ALL_GOODS, GoodsScope
from houtai.domain.shipping.freight import FreightRuleId, FreightTerms
from houtai.entrypoints.demo.shop import Shop
from houtai.entrypoints.demo.stage import Stage

LIST_PRICES = {"TEA-100": 6_800, "TEA-250": 15_800, "POT-ZISHA": 23_800, "GAIWAN": 12_800, "GIFTBOX": 33_800}


@attrs.define
class Buyers:
    """Who buys in the stories, and the one coupon there is."""

    lin: CustomerId
    zhou: CustomerId
    coupon: CouponId
    address: Address


def set_the_prices(stage: Stage, shop: Shop) -> None:
    """List prices, a member price, a floor, and what the floor refuses."""
    office = stage.office

    def listed() -> None:
        entries = tuple(SetPrice(shop.skus[code], minor, "CNY") for code, minor in LIST_PRICES.items())
        gold = SetPrice(shop.skus["TEA-250"], 14_900, "CNY", level="gold")
        office.perform(set_prices, SetPrices((*entries, gold)), stage.act("zhao"))
        office.perform(set_floor, SetFloor(shop.skus["TEA-100"], "CNY", 5_000), stage.act("zhao"))

    def too_low() -> None:
        office.perform(set_price, SetPrice(shop.skus["TEA-100"], 4_900, "CNY"), stage.act("zhao"))

    def freight() -> None:
        terms = FreightTerms(1_000, 800, 1_000, 300, free_from_minor=30_000, remote_regions=("新疆", "西藏"), remote_minor=1_200)
        for channel in shop.channels.values():
            office.perform(define_freight_rule, DefineFreightRule(FreightRuleId(new_id()), channel, terms), stage.act("owner"))

    stage.tell("zhao", "sets list prices, a gold member's price, and 50.00 as the floor of TEA-100", listed)
    stage.refuse("zhao", "tries to price TEA-100 at 49.00", too_low, PriceBelowFloor)
    stage.tell("owner", "sets freight: 8.00 for the first kilogram, free from 300.00, more to 新疆 and 西藏", freight)


def run_promotions(stage: Stage, shop: Shop) -> None:
    """Spend 300 save 50 over an order, and a spoon with every pot."""
    now = stage.clock.now()

    def promote(code: str, name: str, rule: Rule, scope: GoodsScope = ALL_GOODS) -> None:
        terms = PromotionTerms(name, rule, now, now + dt.timedelta(days=30), scope, stackable=True, campaign_id=campaign)
        promotion = stage.office.perform(
            define_promotion, DefinePromotion(PromotionId(new_id()), code, "CNY", terms), stage.act("zhao")
        )
        stage.office.perform(move_promotion, MovePromotion(promotion.id, promotion.version, RunState.ACTIVE), stage.act("zhao"))

    gift = BuyAndGet(shop.skus["SPOON"], buy_qty=1, value_minor=900)

    campaign = CampaignId(new_id())

    def both() -> None:
        budget = DefineCampaign(campaign, "AUTUMN", "秋茶节", "CNY", budget_minor=100_000)
        planned = stage.office.perform(define_campaign, budget, stage.act("zhao"))
        stage.office.perform(move_campaign, MoveCampaign(campaign, planned.version, RunState.ACTIVE), stage.act("zhao"))
        promote("SAVE50", "满 300 减 50", SpendAndSave((Tier(30_000, 5_000),)))
        promote("SPOON", "买茶壶送茶匙", gift, GoodsScope(skus=(shop.skus["POT-ZISHA"], shop.skus["GIFTBOX"])))

    stage.tell("zhao", "starts a campaign with a budget of 1,000.00: 满 300 减 50, and a spoon with every tea pot", both)


def greet_buyers(stage: Stage) -> Buyers:
    """Two buyers, one of them gold, and one coupon of 30 yuan for her."""
    now = stage.clock.now()
    address = Address("林晓燕", "13800138000", region="浙江", city="杭州", district="西湖区", street="龙井路 88 号 2 幢 301")
    buyers = Buyers(CustomerId(new_id()), CustomerId(new_id()), CouponId(new_id()), address)

    def register() -> None:
        lin = RegisterCustomer(buyers.lin, "林晓燕", "13800138000", "gold", (address,))
        stage.office.perform(register_customer, lin, stage.act("chen"))
        stage.office.perform(register_customer, RegisterCustomer(buyers.zhou, "周建国", "13900139000"), stage.act("chen"))

    def give_coupon() -> None:
        terms = TemplateTerms("新客 30 元券", FixedValue(3_000), now, now + dt.timedelta(days=30), 1, threshold_minor=20_000)
        cmd = DefineTemplate(CouponTemplateId(new_id()), "NEW30", "CNY", terms)
        template = stage.office.perform(define_template, cmd, stage.act("zhao"))
        cmd_start = MoveTemplate(template.id, template.version, TemplateState.ACTIVE)
        stage.office.perform(move_template, cmd_start, stage.act("zhao"))
        issue = IssueCoupons(template.id, (IssueTo(buyers.coupon, buyers.lin),))
        stage.office.perform(issue_coupons, issue, stage.act("zhao"))

    stage.tell("chen", "registers two buyers: 林晓燕, a gold member, and 周建国", register)
    stage.tell("zhao", "makes a coupon of 30.00 from 200.00 on, one in all, and gives it to 林晓燕", give_coupon)
    return buyers
