"""Checks on orders, coupons and budgets: exact sums, goods behind every line, use counted from its rows (M7, M8, M13, S8)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select, union_all

from houtai.adapters.sql.aftersales import claims
from houtai.adapters.sql.doctor.check import rows
from houtai.adapters.sql.goods_issues import goods_issues
from houtai.adapters.sql.inventory_tables import oversells, reservations
from houtai.adapters.sql.orders_tables import order_discounts, order_lines, order_tenders, orders
from houtai.adapters.sql.outbound_tables import transfers
from houtai.adapters.sql.payments import payments
from houtai.adapters.sql.pricing import budget_entries, budgets, coupon_templates, coupons, issue_counts, redemptions
from houtai.domain.inventory.oversell import OversellState
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import TenderState
from houtai.domain.payments.payment import PaymentState
from houtai.domain.pricing.coupons import CouponState, RedemptionState

_TAKEN = (
    select(order_discounts.c.order_id, order_discounts.c.line, func.sum(order_discounts.c.amount_minor).label("rows_minor"))
    .group_by(order_discounts.c.order_id, order_discounts.c.line)
    .subquery("taken")
)
_WRONG_SHARES = (
    select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.discount_minor, _TAKEN.c.rows_minor)
    .join_from(
        order_lines, _TAKEN, and_(_TAKEN.c.order_id == order_lines.c.order_id, _TAKEN.c.line == order_lines.c.seq), isouter=True
    )
    .where(
        or_(
            func.coalesce(_TAKEN.c.rows_minor, 0) != order_lines.c.discount_minor,
            order_lines.c.discount_minor > order_lines.c.gross_minor,
        )
    )
)

_SUMS = (
    select(
        order_lines.c.order_id,
        func.sum(order_lines.c.gross_minor).label("goods"),
        func.sum(order_lines.c.discount_minor).label("discount"),
        func.sum(order_lines.c.freight_minor).label("freight"),
    )
    .group_by(order_lines.c.order_id)
    .subquery("sums")
)
_WRONG_SUMS = (
    select(orders.c.number, orders.c.goods_minor, orders.c.discount_minor, orders.c.freight_minor, orders.c.payable_minor)
    .join_from(orders, _SUMS, _SUMS.c.order_id == orders.c.id, isouter=True)
    .where(
        or_(
            _SUMS.c.order_id.is_(None),
            orders.c.goods_minor != _SUMS.c.goods,
            orders.c.discount_minor != _SUMS.c.discount,
            orders.c.freight_minor != _SUMS.c.freight,
            orders.c.payable_minor != orders.c.goods_minor - orders.c.discount_minor + orders.c.freight_minor,
        )
    )
)

_WRONG_TENDERS = (
    select(orders.c.number, order_tenders.c.payment_id, order_tenders.c.state, payments.c.state.label("payment_state"))
    .join_from(order_tenders, orders, orders.c.id == order_tenders.c.order_id)
    .join(payments, payments.c.id == order_tenders.c.payment_id, isouter=True)
    .where(
        or_(
            payments.c.id.is_(None),
            payments.c.order_id != orders.c.id,
            and_(order_tenders.c.state == TenderState.CAPTURED.value, payments.c.state != PaymentState.CAPTURED.value),
        )
    )
)

_PROMISED = (
    select(reservations.c.order_id, reservations.c.line, func.sum(reservations.c.qty).label("reserved"))
    .where(reservations.c.state == ReservationState.OPEN.value)
    .group_by(reservations.c.order_id, reservations.c.line)
    .subquery("promised")
)
_OF_NO_ORDER: Final = _PROMISED.c.order_id.in_(union_all(select(transfers.c.id), select(goods_issues.c.id), select(claims.c.id)))
_OPEN_QTY = order_lines.c.qty - order_lines.c.cancelled_qty - order_lines.c.shipped_qty
_OVER_RESERVED = (
    select(_PROMISED.c.order_id, _PROMISED.c.line, _PROMISED.c.reserved, order_lines.c.qty)
    .join_from(
        _PROMISED,
        order_lines,
        and_(order_lines.c.order_id == _PROMISED.c.order_id, order_lines.c.seq == _PROMISED.c.line),
        isouter=True,
    )
    .where(~_OF_NO_ORDER, or_(order_lines.c.seq.is_(None), _PROMISED.c.reserved > _OPEN_QTY))
)

# A stopped order may have lost its goods after a while; what waits for payment or goes on has them, or says what it lacks.
_WITH_GOODS: Final = (OrderState.PENDING_PAYMENT.value, OrderState.PAID.value, OrderState.CONFIRMED.value)
_UNCOVERED = (
    select(
        orders.c.number,
        order_lines.c.seq,
        _OPEN_QTY.label("open_qty"),
        func.coalesce(_PROMISED.c.reserved, 0).label("reserved"),
        order_lines.c.shortage_qty,
    )
    .join_from(order_lines, orders, orders.c.id == order_lines.c.order_id)
    .join(_PROMISED, and_(_PROMISED.c.order_id == order_lines.c.order_id, _PROMISED.c.line == order_lines.c.seq), isouter=True)
    .where(
        orders.c.state.in_(_WITH_GOODS),
        func.coalesce(_PROMISED.c.reserved, 0) + order_lines.c.shortage_qty != _OPEN_QTY,
    )
)

_ENDED: Final = (OrderState.CANCELLED.value, OrderState.EXPIRED.value)
_KEPT_AFTER_END = (
    select(orders.c.number, orders.c.state, _PROMISED.c.line, _PROMISED.c.reserved)
    .join_from(_PROMISED, orders, orders.c.id == _PROMISED.c.order_id)
    .where(orders.c.state.in_(_ENDED))
)

_UNEXPLAINED = (
    select(oversells.c.order_id, oversells.c.line, oversells.c.wanted_qty, oversells.c.got_qty, order_lines.c.shortage_qty)
    .join_from(
        oversells,
        order_lines,
        and_(order_lines.c.order_id == oversells.c.order_id, order_lines.c.seq == oversells.c.line),
        isouter=True,
    )
    .where(
        oversells.c.state == OversellState.OPEN.value,
        or_(order_lines.c.seq.is_(None), order_lines.c.shortage_qty != oversells.c.wanted_qty - oversells.c.got_qty),
    )
)

_BROKEN_BUNDLES = select(order_lines.c.order_id, order_lines.c.seq, order_lines.c.qty, order_lines.c.bundle_qty).where(
    order_lines.c.bundle_sku_id.is_not(None),
    or_(order_lines.c.bundle_qty.is_(None), order_lines.c.qty % order_lines.c.bundle_qty != 0),
)

_NEWEST = (
    select(redemptions.c.coupon_id, func.max(redemptions.c.coupon_version).label("coupon_version"))
    .where(redemptions.c.state != RedemptionState.FORFEITED.value)
    .group_by(redemptions.c.coupon_id)
    .subquery("newest")
)
_STANDING = (
    select(redemptions.c.coupon_id, redemptions.c.state, redemptions.c.order_id)
    .join_from(
        redemptions,
        _NEWEST,
        and_(_NEWEST.c.coupon_id == redemptions.c.coupon_id, _NEWEST.c.coupon_version == redemptions.c.coupon_version),
    )
    .where(redemptions.c.state != RedemptionState.FORFEITED.value)
    .subquery("standing")
)
_HELD: Final = (CouponState.LOCKED.value, CouponState.REDEEMED.value)
_STATE_BY_ROWS = func.coalesce(_STANDING.c.state, "none")
_WRONG_COUPONS = (
    select(coupons.c.code, coupons.c.state, _STATE_BY_ROWS.label("by_its_rows"))
    .join_from(coupons, _STANDING, _STANDING.c.coupon_id == coupons.c.id, isouter=True)
    .where(
        or_(
            and_(coupons.c.state.in_(_HELD), coupons.c.state != _STATE_BY_ROWS),
            and_(coupons.c.state.not_in(_HELD), _STATE_BY_ROWS.in_(_HELD)),
            and_(coupons.c.state.in_(_HELD), _STANDING.c.order_id != coupons.c.order_id),
        )
    )
)


def _issued(*, each_customer: bool) -> Select[Any]:
    """Counts of issued coupons that differ from the coupons there are, or pass the template's limit."""
    keys = [coupons.c.template_id, *([coupons.c.customer_id] if each_customer else [])]
    there = select(*keys, func.count().label("there")).group_by(*keys).subquery()
    same = [there.c.template_id == issue_counts.c.template_id]
    if each_customer:
        same.append(there.c.customer_id == issue_counts.c.customer_id)
    limit = coupon_templates.c.per_customer if each_customer else coupon_templates.c.quota_qty
    counted = issue_counts.c.customer_id
    return (
        select(coupon_templates.c.code, counted, issue_counts.c.issued_qty, there.c.there, limit.label("most"))
        .join_from(issue_counts, coupon_templates, coupon_templates.c.id == issue_counts.c.template_id)
        .join(there, and_(*same), isouter=True)
        .where(
            counted.is_not(None) if each_customer else counted.is_(None),
            or_(func.coalesce(there.c.there, 0) != issue_counts.c.issued_qty, issue_counts.c.issued_qty > limit),
        )
    )


_SPENT = (
    select(
        budget_entries.c.campaign_id,
        func.sum(budget_entries.c.amount_minor).label("minor"),
        func.sum(budget_entries.c.uses).label("uses"),
    )
    .group_by(budget_entries.c.campaign_id)
    .subquery("spent")
)
_WRONG_BUDGETS = (
    select(budgets.c.code, budgets.c.spent_minor, _SPENT.c.minor, budgets.c.spent_uses, _SPENT.c.uses)
    .join_from(budgets, _SPENT, _SPENT.c.campaign_id == budgets.c.campaign_id, isouter=True)
    .where(
        or_(
            func.coalesce(_SPENT.c.minor, 0) != budgets.c.spent_minor,
            func.coalesce(_SPENT.c.uses, 0) != budgets.c.spent_uses,
        )
    )
)

_OWNERLESS = select(orders.c.number, orders.c.state, orders.c.hold_queue).where(
    orders.c.state.in_((OrderState.HOLD.value, OrderState.EXCEPTION.value)),
    or_(orders.c.hold_queue.is_(None), orders.c.hold_queue == "", orders.c.hold_due_at.is_(None)),
)

CHECKS: Final = (
    rows("M7", "the discount of every line is the sum of its rows and at most what the line costs", _WRONG_SHARES),
    rows("M8", "every order is the sum of its lines, less discounts, plus freight", _WRONG_SUMS),
    rows("M8-tenders", "every captured tender of an order is a captured payment of that order", _WRONG_TENDERS),
    rows("M13", "every coupon stands where its redemptions say", _WRONG_COUPONS),
    rows("M13-quota", "a template has issued the coupons that it counts, within its quota", _issued(each_customer=False)),
    rows("M13-customer", "no customer has more coupons of a template than are counted and allowed", _issued(each_customer=True)),
    rows("M13-budget", "what a campaign has spent is the sum of what orders reserved and gave back", _WRONG_BUDGETS),
    rows("S8", "no line has more reserved than it still has to get", _OVER_RESERVED),
    rows("S8-covered", "every line of an order that goes on has its goods, or says how many it lacks", _UNCOVERED),
    rows("S8-ended", "an order that is over holds no goods", _KEPT_AFTER_END),
    rows("S11-line", "every open oversell is the shortage of its order line", _UNEXPLAINED),
    rows("S12", "the components of a bundle come in whole bundles", _BROKEN_BUNDLES),
    rows("D7-orders", "every stopped order has a queue and a due time", _OWNERLESS),
)
