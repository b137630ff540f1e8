"""What a group of orders locks of coupons and budgets before the first of them is priced."""

from __future__ import annotations

from collections.abc import Iterable

from houtai.application.pricing.ports import PROMOTION_BY_STATE, PricingTx
from houtai.domain.ids import CouponId, SkuId
from houtai.domain.pricing.promotions import BuyAndGet, RunState


def ahead_of_claims(tx: PricingTx, coupon_ids: Iterable[CouponId]) -> set[SkuId]:
    """Lock these coupons and every budget that they or a running promotion may draw on; the gifts that may be given."""
    tx.coupons.ahead(coupon_ids, lock=True)
    coupons = tx.coupons.many(coupon_ids)
    templates = tx.coupon_templates.many({coupon.template_id for coupon in coupons.values()}) if coupons else {}
    tx.promotions.ahead_by(PROMOTION_BY_STATE, RunState.ACTIVE.value)
    running = tx.promotions.by(PROMOTION_BY_STATE, RunState.ACTIVE.value)
    drawn_on = {promotion.campaign_id for promotion in running} | {template.campaign_id for template in templates.values()}
    campaigns = {campaign_id for campaign_id in drawn_on if campaign_id is not None}
    if campaigns:
        tx.budgets.ahead(campaigns, lock=True)
    rules = [promotion.rule for promotion in running]
    return {sku_id for rule in rules if isinstance(rule, BuyAndGet) for sku_id in (rule.gift_sku_id, *rule.substitutes)}
