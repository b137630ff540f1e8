"""What an order granted goes as far as the order is given back: shown in a quote, then done with the decision (R-7, R-9)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import attrs

from houtai.application.points.book import lock_points
from houtai.application.points.earn import lot_for, take_back_points
from houtai.application.points.expire import expire_due
from houtai.application.pricing.issue import withdraw_coupon
from houtai.application.pricing.ports import REDEMPTION_BY_COUPON
from houtai.application.rewards.ports import GRANTS_OF_ORDER, RewardsTx, RewardsViews
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.orders.events import OrderCancelled
from houtai.domain.orders.order import Order
from houtai.domain.orders.tender import POINTS
from houtai.domain.points.account import account_id
from houtai.domain.points.policy import policy_id
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.rewards.grant import GrantState, OrderGrant
from houtai.domain.rewards.withdrawal import CouponFate, Granted, GrantStanding, Withdrawal

DOCUMENT = "grant"
_USED = (CouponState.LOCKED, CouponState.REDEEMED)


def granted_by(source: RewardsTx | RewardsViews, order: Order) -> Granted:
    """How the order's grants stand; in a deed those under `lock_grants`."""
    grants = sorted(source.grants.by(GRANTS_OF_ORDER, order.id), key=lambda grant: grant.id)
    if order.customer_id is None or all(grant.over for grant in grants):
        return Granted()
    account = source.points_accounts.find(account_id(order.customer_id, order.currency))
    standings = tuple(_standing(source, grant) for grant in grants)
    policy = source.points_policies.find(policy_id(order.currency))
    return Granted(standings, policy, 0 if account is None else account.left_points)


def _standing(source: RewardsTx | RewardsViews, grant: OrderGrant) -> GrantStanding:
    coupon = None if grant.coupon_id is None else source.coupons.find(grant.coupon_id)
    if coupon is None or coupon.state not in _USED:
        lot = source.points_lots.find(lot_for(grant.id)) if grant.points else None
        return GrantStanding(grant, expired_points=0 if lot is None else lot.expired_points)
    rows = [row for row in source.redemptions.by(REDEMPTION_BY_COUPON, coupon.id) if row.order_id == coupon.order_id]
    return GrantStanding(grant, used=True, face_minor=max((row.amount_minor for row in rows), default=0))


def lock_grants(tx: RewardsTx, order: Order, act: Act) -> None:
    """Lock what the order granted, and the points and coupons behind it: behind the order, before its own coupons and stock.

    Points that have ended by now are expired first, so that what is there can be taken.
    """
    grants = tx.grants.lock_by(GRANTS_OF_ORDER, order.id)
    concerned = grants or any(tender.provider == POINTS for tender in order.tenders)
    if concerned and order.customer_id is not None and lock_points(tx, order.customer_id, order.currency) is not None:
        expire_due(tx, order.customer_id, order.currency, act)
    coupons = [grant.coupon_id for grant in grants if grant.coupon_id is not None]
    if coupons:
        tx.coupons.lock(coupons)


def withdraw(tx: RewardsTx, steps: Sequence[Withdrawal], document: str, document_id: UUID, reason: str, act: Act) -> None:
    """Do the steps that a quote showed, under `lock_grants`: points leave the balance, coupons are void, grants say so."""
    for step in steps:
        grant = tx.grants.lock_one(step.grant_id)
        if step.coupon is CouponFate.NONE:
            after = _without_points(tx, grant, step, document, document_id, reason, act)
        else:
            after = _without_coupon(tx, grant, step, reason, act)
        tx.grants.save(after)
        details = {"points": step.points, "short_points": step.short_points, "charged_minor": step.charged_minor}
        details |= {"lapsed_points": step.lapsed_points}
        event = after.state.value if after.state is not grant.state else "taken back in part"
        write_line(tx, act, DOCUMENT, after, event, before=grant.state, reason=reason, details=details)


def _without_points(
    tx: RewardsTx, grant: OrderGrant, step: Withdrawal, document: str, document_id: UUID, reason: str, act: Act
) -> OrderGrant:
    if not step.pending and step.points + step.short_points:
        there = take_back_points(
            tx,
            grant.customer_id,
            grant.currency,
            step.points + step.short_points,
            earned_by=grant.id,
            document=document,
            document_id=document_id,
            reason=reason,
            below_zero=not step.charged_minor,
            act=act,
        )
        assert there == step.points, "the account was locked since it was looked at"
    counted: dict[str, object] = {
        "taken_points": grant.taken_points + step.points,
        "lapsed_points": grant.lapsed_points + step.lapsed_points,
        "short_points": grant.short_points + step.short_points,
        "charged_minor": grant.charged_minor + step.charged_minor,
    }
    last = grant.left_points == step.points + step.lapsed_points + step.short_points
    return grant.moved(GrantState.WITHDRAWN, **counted) if last else grant.edited(**counted)


def _without_coupon(tx: RewardsTx, grant: OrderGrant, step: Withdrawal, reason: str, act: Act) -> OrderGrant:
    if step.coupon is CouponFate.CHARGED:
        return grant.moved(GrantState.CHARGED, charged_minor=step.charged_minor)
    if step.coupon is CouponFate.LET_GO:
        return grant.moved(GrantState.LET_GO)
    if grant.coupon_id is not None:
        withdraw_coupon(tx, grant.coupon_id, reason, act)
    return grant.moved(GrantState.WITHDRAWN)


def on_order_cancelled(tx: RewardsTx, event: OrderCancelled, act: Act) -> None:
    """Nothing of the order is kept: what it granted goes. Its money is on its way back whole, so nothing is charged.

    A coupon that was used meanwhile is let go, and its grant says so; points that were spent are owed.
    """
    order = tx.orders.lock_one(event.order_id)
    lock_grants(tx, order, act)
    steps = [_free(step) for step in granted_by(tx, order).going(order.payable_minor, closes=True)]
    withdraw(tx, steps, "order", order.id, f"the order was cancelled: {order.number}", act)


def shrink(tx: RewardsTx, order: Order, back_minor: int, reason: str, act: Act) -> None:
    """The house itself gave back a part of the order, so much of its price in all: it earns fewer points. Under `lock_grants`.

    Coupons stay, since the buyer kept to what they were granted for; nothing is charged, and points that were spent are owed.
    """
    steps = granted_by(tx, order).going(back_minor, closes=False)
    withdraw(tx, [_free(step) for step in steps if step.coupon is CouponFate.NONE], "order", order.id, reason, act)


def _free(step: Withdrawal) -> Withdrawal:
    """The step without anything to pay for it."""
    return attrs.evolve(step, charged_minor=0, coupon=CouponFate.LET_GO if step.coupon is CouponFate.CHARGED else step.coupon)
