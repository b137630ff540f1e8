"""A shop whose orders grant points and coupons: rules made, orders paid, completed, brought back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from houtai.application.orders.ports import Timer
from houtai.application.orders.timers import run_timer
from houtai.application.permission import needs
from houtai.application.pricing.ports import COUPON_BY_CUSTOMER
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.application.rewards.ports import RewardsViews
from houtai.application.rewards.queries import grants_of_order
from houtai.application.rewards.rules import DefineRewardRule, MoveRewardRule, define_reward_rule, move_reward_rule
from houtai.domain.act import Act
from houtai.domain.ids import CouponId, CouponTemplateId, CustomerId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.pricing.coupons import Coupon, CouponTemplate, FixedValue, TemplateState
from houtai.domain.rewards.grant import OrderGrant
from houtai.domain.rewards.rule import RewardRule, RewardRuleId, RewardRuleState
from tests.aftersales.desk import ServiceDesk
from tests.orders.shop import MONTH, Shop
from tests.orders.test_ship import arrive
from tests.points.purse import Purse


def define(shop: Shop, **fields: Any) -> RewardRule:
    """A rule in force for a month."""
    act, rule_id = shop.act, RewardRuleId(new_id())
    cmd = DefineRewardRule(rule_id, f"R-{rule_id.hex[-12:]}", "送", "CNY", act.at, act.at + MONTH, **fields)
    return shop.office.perform(define_reward_rule, cmd, act)


def grants(shop: Shop, order: Order) -> list[OrderGrant]:
    """What the order granted."""
    return list(shop.office.ask(grants_of_order, order.id, shop.act))


@needs("tests.read")
def _coupons(views: RewardsViews, query: CustomerId, act: Act) -> list[Coupon]:
    return views.coupons.by(COUPON_BY_CUSTOMER, query)


def coupons_of(shop: Shop) -> list[Coupon]:
    """All that the shop's buyer ever had."""
    return shop.office.ask(_coupons, shop.buyer, shop.act)


class Rewards:
    """The tea shop with rules."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.office = shop, shop.office
        self.desk = ServiceDesk(shop)
        self.purse = Purse(shop)

    def rule(self, **fields: Any) -> RewardRule:
        """In force for a month."""
        return define(self.shop, **fields)

    def template(self, minor: int = 1_000, **terms: Any) -> CouponTemplate:
        """A coupon to grant."""
        act = self.shop.act
        plain = TemplateTerms("返券", FixedValue(minor), act.at, act.at + dt.timedelta(days=365), quota_qty=100, per_customer=100)
        template = CouponTemplateId(new_id())
        define = DefineTemplate(template, f"T-{template.hex[-12:]}", "CNY", attrs.evolve(plain, **terms))
        self.office.perform(define_template, define, act)
        return self.office.perform(move_template, MoveTemplate(template, 1, TemplateState.ACTIVE), act)

    def move_template(self, template: CouponTemplate, state: TemplateState) -> None:
        """Pause or end it."""
        self.office.perform(move_template, MoveTemplate(template.id, template.version, state), self.shop.act)

    def stop(self, rule: RewardRule) -> RewardRule:
        """Pause the rule."""
        return self.office.perform(move_reward_rule, MoveRewardRule(rule.id, rule.version, RewardRuleState.PAUSED), self.shop.act)

    def completed(self, order: Order) -> Order:
        """Shipped, arrived, and nobody complained in time."""
        self.desk.shipped(order)
        arrive(self.desk, order)
        self.shop.clock.advance(days=7)
        assert run_timer(self.office, Timer.COMPLETION)
        return self.shop.order(order)

    # -- looking

    def grants(self, order: Order) -> list[OrderGrant]:
        """What the order granted."""
        return grants(self.shop, order)

    def grant(self, order: Order) -> OrderGrant:
        """The one grant of the order."""
        (found,) = self.grants(order)
        return found

    def coupon(self, order: Order) -> Coupon:
        """The coupon that it granted."""
        coupon_id = self.grant(order).coupon_id
        assert coupon_id is not None
        return self.shop.coupon_of(coupon_id)

    def coupon_id(self, order: Order) -> CouponId:
        """Its id, for a basket."""
        return self.coupon(order).id
