"""The step of a quote that coupons make: checked one by one and together, then taken off in a fixed order (R-3, SM-CP)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from houtai.domain.money import allocate
from houtai.domain.pricing.book import HeldCoupon
from houtai.domain.pricing.coupons import FixedValue, PercentValue
from houtai.domain.pricing.quote import Source
from houtai.domain.pricing.refusals import BudgetSpent, CouponNotApplicable, CouponsDoNotStack, CouponThresholdNotMet
from houtai.domain.pricing.worksheet import Cause, WorkLine, Worksheet
from houtai.domain.refusal import NotFound


def apply_coupons(sheet: Worksheet) -> None:
    """Take every coupon of the basket, or refuse: a coupon that was asked for is never left out in silence.

    Fixed amounts come before percentages and earlier ids before later ones, whatever order the caller named them in. A
    threshold is tested on what the goods in scope cost before any coupon.
    """
    held = [_held(sheet, position) for position in range(len(sheet.basket.coupons))]
    held.sort(key=lambda one: (isinstance(one.template.value, PercentValue), one.coupon.id))
    _check_stack(held)
    for one in held:
        _check_fit(sheet, one)
    for one in held:
        _take(sheet, one)


def _held(sheet: Worksheet, position: int) -> HeldCoupon:
    """The coupon, if it exists and is this buyer's: somebody else's looks like none."""
    coupon_id = sheet.basket.coupons[position]
    held = sheet.book.coupons.get(coupon_id)
    if held is None or held.coupon.customer_id is None or held.coupon.customer_id != sheet.basket.buyer_id:
        raise NotFound(what="coupon", key=str(coupon_id))
    return held


def _check_stack(held: Sequence[HeldCoupon]) -> None:
    alone = any(not one.template.stackable for one in held)
    per_template = Counter(one.template.id for one in held)
    too_many = any(per_template[one.template.id] > one.template.per_order for one in held)
    if len(held) > 1 and (alone or too_many):
        raise CouponsDoNotStack(coupons=tuple(one.coupon.code for one in held))


def _check_fit(sheet: Worksheet, held: HeldCoupon) -> None:
    coupon, template = held.coupon, held.template
    coupon.check_usable(sheet.at)
    if template.currency != sheet.book.currency:
        raise CouponNotApplicable(coupon=coupon.code, why=f"it is worth {template.currency}")
    if template.channels and sheet.book.channel_id not in template.channels:
        raise CouponNotApplicable(coupon=coupon.code, why="it is for another channel")
    basis = sum(line.left_minor for line in sheet.covered(template.scope))
    if not basis:
        raise CouponNotApplicable(coupon=coupon.code, why="nothing that it covers is left to pay")
    if basis < template.threshold_minor:
        raise CouponThresholdNotMet(coupon=coupon.code, threshold_minor=template.threshold_minor, basis_minor=basis)


def _take(sheet: Worksheet, held: HeldCoupon) -> None:
    coupon, template = held.coupon, held.template
    lines = sheet.covered(template.scope)
    if not lines:
        raise CouponNotApplicable(coupon=coupon.code, why="the other coupons leave nothing to pay")
    cause = Cause(Source.COUPON, coupon.id, template.code, template.bearers, template.campaign_id)
    if isinstance(template.value, FixedValue):
        amount = template.value.amount_minor
        _check_budget(sheet, held, min(amount, sum(line.left_minor for line in lines)))
        sheet.spread(cause, lines, amount, f"{template.code}: {sheet.money(amount)} off")
    else:
        shares = _percent_shares(template.value, lines)
        amount = sum(shares)
        if not amount:
            raise CouponNotApplicable(coupon=coupon.code, why="its part of so little is nothing")
        _check_budget(sheet, held, amount)
        points = template.value.percent.basis_points
        text = f"{template.code}: {points // 100}.{points % 100:02d} % off, {sheet.money(amount)}"
        sheet.take(cause, zip(lines, shares, strict=True), text)


def _percent_shares(value: PercentValue, lines: Sequence[WorkLine]) -> list[int]:
    """Half up per line; a cap is shared by these shares and within them."""
    shares = [value.percent.saving(line.left_minor, line.qty) for line in lines]
    if value.cap_minor is None or sum(shares) <= value.cap_minor:
        return shares
    return allocate(value.cap_minor, shares, shares)


def _check_budget(sheet: Worksheet, held: HeldCoupon, amount_minor: int) -> None:
    campaign_id = held.template.campaign_id
    if sheet.can_bear(campaign_id, amount_minor):
        return
    allowance = sheet.book.campaigns.get(campaign_id) if campaign_id else None
    if allowance is None or not allowance.active:
        raise CouponNotApplicable(coupon=held.coupon.code, why="its campaign has stopped")
    raise BudgetSpent(
        campaign=allowance.code,
        wanted_minor=amount_minor,
        left_minor=-1 if allowance.left_minor is None else allowance.left_minor,
        left_uses=-1 if allowance.left_uses is None else allowance.left_uses,
    )
