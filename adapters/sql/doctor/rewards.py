"""Checks on what orders granted: whose it is, what of it was taken back, and what was charged for it (B5 to B7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from houtai.adapters.sql.aftersales import given_back
from houtai.adapters.sql.doctor.check import Check, rows
from houtai.adapters.sql.orders_tables import orders
from houtai.adapters.sql.points import points_entries
from houtai.adapters.sql.pricing import coupons
from houtai.adapters.sql.rewards import grants
from houtai.domain.aftersales.given_back import CHARGES
from houtai.domain.orders.state import OrderState
from houtai.domain.points.account import PointsMove
from houtai.domain.pricing.coupons import CouponState
from houtai.domain.rewards.grant import GrantState

_G = grants.c

_OF_NO_ORDER = (
    select(_G.id, _G.order_id, _G.customer_id, orders.c.customer_id.label("buyer"), orders.c.paid_at)
    .join_from(grants, orders, orders.c.id == _G.order_id, isouter=True)
    .where(or_(orders.c.paid_at.is_(None), orders.c.customer_id.is_distinct_from(_G.customer_id)))
)
_GIVEN = (
    select(points_entries.c.document_id, func.sum(points_entries.c.points).label("points"))
    .where(points_entries.c.move == PointsMove.EARN.value, points_entries.c.document == "grant")
    .group_by(points_entries.c.document_id)
    .subquery("given")
)
_NOT_GIVEN = (
    select(_G.id, _G.state, _G.points, _GIVEN.c.points.label("given_points"))
    .join_from(grants, _GIVEN, _GIVEN.c.document_id == _G.id, isouter=True)
    .where(
        _G.points > 0,
        or_(
            and_(_G.state == GrantState.CONFIRMED.value, _GIVEN.c.points.is_(None)),
            and_(_G.state.in_((GrantState.PENDING.value, GrantState.REFUSED.value)), _GIVEN.c.points.is_not(None)),
            _GIVEN.c.points > _G.points,
        ),
    )
)
_STILL_USABLE = (
    select(_G.id, _G.state, coupons.c.state.label("coupon"))
    .join_from(grants, coupons, coupons.c.id == _G.coupon_id, isouter=True)
    .where(
        or_(
            and_(_G.coupon_id.is_not(None), coupons.c.customer_id.is_distinct_from(_G.customer_id)),
            and_(_G.state == GrantState.WITHDRAWN.value, coupons.c.state == CouponState.ISSUED.value),
            and_(_G.template_id.is_not(None), _G.state == GrantState.CONFIRMED.value, _G.coupon_id.is_(None)),
        )
    )
)


def _charged(connection: Connection) -> Iterator[str]:
    """Grants whose charges are not what was taken off refunds for them; of a cancelled order all is given back."""
    own = given_back.c
    listed = select(own.source, func.sum(own.amount_minor)).where(own.part.in_([part.value for part in CHARGES]))
    taken = {source: -minor for source, minor in connection.execute(listed.group_by(own.source))}
    held = select(_G.id, _G.charged_minor, orders.c.state).join_from(grants, orders, orders.c.id == _G.order_id, isouter=True)
    for grant, charged, state in connection.execute(held):
        found = taken.pop(str(grant), 0)
        if found != charged and (found or state != OrderState.CANCELLED.value):
            yield f"grant {grant}: {charged} were charged, {found} taken off refunds"
    for source, minor in taken.items():
        if minor:
            yield f"{minor} were taken off refunds for {source or 'nothing'}, which is no grant"


CHECKS: Final = (
    rows("B5", "what was granted was granted by a paid order, to its buyer", _OF_NO_ORDER),
    rows("B6", "points of a grant are there when it says so, and no more than it says", _NOT_GIVEN),
    rows("B6-coupons", "a granted coupon is its buyer's, and cannot be used once it was taken back", _STILL_USABLE),
    Check("B7", "what was charged for a grant is what was taken off refunds for it", _charged),
)
