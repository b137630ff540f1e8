"""Orders that are paid with points and grant some, in whatever shop it is: used, given back, charged, waiting."""

from __future__ import annotations

from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.decide import ApproveClaim, approve_claim
from houtai.application.aftersales.quote import ClaimWish
from houtai.application.pricing.templates import DefineTemplate, MoveTemplate, TemplateTerms, define_template, move_template
from houtai.application.rewards.queries import grants_of_order
from houtai.application.rewards.rules import DefineRewardRule, define_reward_rule
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ClaimId, CouponId, CouponTemplateId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.pricing.coupons import FixedValue, TemplateState
from houtai.domain.rewards.rule import RewardRuleId, Usable
from tests.catalog.arrange import another
from tests.orders.shop import MONTH, Shop
from tests.points.purse import Purse


def reward(shop: Shop) -> None:
    """Points by hand; an order paid with some, of which a half goes back; a granted coupon void, and one used and charged."""
    purse = Purse(shop)
    purse.ask(20_000)
    purse.ask(-500)
    shop.take_in(None, CUP=8, BOWL=2)
    _rules(shop)
    given_up(shop, purse.paid(3_000, CUP=2))
    order = shop.paid(CUP=2)
    coupons = [grant.coupon_id for grant in shop.office.ask(grants_of_order, order.id, shop.act) if grant.coupon_id]
    shop.paid([CouponId(one) for one in coupons], BOWL=1)
    given_up(shop, order)


def _rules(shop: Shop) -> None:
    """A point for each fen at once, and a coupon over 500 from 15000 on."""
    act, template = shop.act, CouponTemplateId(new_id())
    terms = TemplateTerms("返券", FixedValue(500), act.at, act.at + MONTH, quota_qty=100, per_customer=100)
    shop.office.perform(define_template, DefineTemplate(template, "BACK", "CNY", terms), act)
    shop.office.perform(move_template, MoveTemplate(template, 1, TemplateState.ACTIVE), act)
    plain = {"currency": "CNY", "starts_at": act.at, "ends_at": act.at + MONTH, "usable": Usable.AT_PAYMENT}
    points = DefineRewardRule(RewardRuleId(new_id()), "POINTS", "积分", **plain, points_per_100_minor=100)  # type: ignore[arg-type]  # by name
    coupon = DefineRewardRule(RewardRuleId(new_id()), "COUPON", "返券", **plain, template=template, threshold_minor=15_000)  # type: ignore[arg-type]  # by name
    for rule in (points, coupon):
        shop.office.perform(define_reward_rule, rule, act)


def given_up(shop: Shop, order: Order) -> None:
    """One of its cups is not wanted after all."""
    line = next(line.seq for line in order.lines if line.sku_code == "CUP")
    apply = ApplyForClaim(ClaimId(new_id()), order.id, ClaimKind.REFUND_ONLY, Reason.NOT_WANTED, (ClaimWish(line, 1),))
    claim = shop.office.perform(apply_for_claim, apply, shop.act)
    approve = ApproveClaim(claim.id, claim.version, claim.offered_minor)
    shop.office.perform(approve_claim, approve, another(shop.act))
