"""An order is paid: what it grants is promised; nobody can complain any more: what was promised is given (R-9)."""

from __future__ import annotations

from houtai.application.payments.ports import OF_ORDER
from houtai.application.points.earn import earn_points
from houtai.application.pricing.issue import grant_coupon
from houtai.application.rewards.ports import GRANTS_OF_ORDER, RULES_BY_STATE, RewardsTx
from houtai.application.rewards.withdraw import DOCUMENT
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.customers.customer import CustomerState
from houtai.domain.ids import CouponId, derive
from houtai.domain.orders.events import OrderCompleted, OrderPaid
from houtai.domain.payments.payment import Tender
from houtai.domain.pricing.refusals import CustomerLimitReached, QuotaSpent, TemplateNotOpen
from houtai.domain.rewards.grant import GrantState, OrderGrant, granted
from houtai.domain.rewards.rule import RewardRuleState, Usable


def on_order_paid(tx: RewardsTx, event: OrderPaid, act: Act) -> None:
    """Promise what the rules in force grant, once for each order and rule, and give at once what is usable at once.

    Points are earned by money, not by the points that paid a part.
    """
    rules = tx.reward_rules.by(RULES_BY_STATE, RewardRuleState.ACTIVE.value)
    if not rules:
        return
    order = tx.orders.lock_one(event.order_id)
    customer_id = order.customer_id
    if customer_id is None:
        return
    due = [rule for rule in rules if rule.grants(order.channel_id, order.payable_minor, order.currency, act.at)]
    if not due:
        return
    payments = tx.payments.by(OF_ORDER, order.id)
    in_points = sum(payment.amount.minor for payment in payments if payment.tender is Tender.POINTS)
    for rule in sorted(due, key=lambda rule: (rule.template_id is not None, rule.code)):
        made = granted(rule, order.id, customer_id, order.payable_minor, order.payable_minor - in_points, act.at)
        if made is None or tx.grants.find(made.id) is not None:
            continue
        tx.grants.add(made)
        write_line(tx, act, DOCUMENT, made, "promised", before=None, details={"rule": rule.code, "points": made.points})
        if made.usable is Usable.AT_PAYMENT:
            _give(tx, made, act)


def on_order_completed(tx: RewardsTx, event: OrderCompleted, act: Act) -> None:
    """Give what was promised, as far as it was not taken back."""
    grants = sorted(tx.grants.lock_by(GRANTS_OF_ORDER, event.order_id), key=lambda one: (one.template_id is not None, one.id))
    for grant in grants:
        if grant.state is GrantState.PENDING:
            _give(tx, grant, act)


def _give(tx: RewardsTx, grant: OrderGrant, act: Act) -> None:
    """CONFIRMED, or REFUSED with the reason: an order's payment never fails over what it would have granted."""
    if grant.points:
        reason = "earned with an order"
        there = earn_points(tx, grant.customer_id, grant.currency, grant.left_points, DOCUMENT, grant.id, reason, act)
        _keep(tx, grant, GrantState.CONFIRMED if there else GrantState.REFUSED, "" if there else "the customer is gone", act)
        return
    customer = tx.customers.get(grant.customer_id)
    if grant.template_id is None or customer.state is CustomerState.ERASED:
        _keep(tx, grant, GrantState.REFUSED, "the customer is gone", act)
        return
    coupon_id = CouponId(derive(grant.id, "coupon"))
    try:
        grant_coupon(tx, grant.template_id, coupon_id, grant.customer_id, act)
    except (TemplateNotOpen, QuotaSpent, CustomerLimitReached) as refusal:
        _keep(tx, grant, GrantState.REFUSED, str(refusal)[:500], act)
        return
    _keep(tx, grant, GrantState.CONFIRMED, "", act, coupon_id=coupon_id)


def _keep(tx: RewardsTx, grant: OrderGrant, state: GrantState, reason: str, act: Act, **fields: object) -> None:
    after = grant.moved(state, **fields)
    tx.grants.save(after)
    write_line(tx, act, DOCUMENT, after, state.value, before=grant.state, reason=reason)
