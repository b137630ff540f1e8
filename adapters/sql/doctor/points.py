"""Checks on points: balances, lots and rows agree, payments in points too, and the books say what they are worth (B1 to B4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import Check, rows, unequal
from houtai.adapters.sql.ledger import balances
from houtai.adapters.sql.payments import payments, refunds
from houtai.adapters.sql.points import (
    points_accounts,
    points_entries,
    points_lots,
    points_payments,
    points_policies,
    points_taken,
)
from houtai.domain.ledger.account import AccountCode, party
from houtai.domain.payments.payment import Tender
from houtai.domain.points.account import PointsMove

_A, _E, _L, _P = points_accounts.c, points_entries.c, points_lots.c, points_payments.c

_COUNTED = (
    select(_E.account_id, func.count().label("entries"), func.max(_E.seq).label("newest"), func.sum(_E.points).label("points"))
    .group_by(_E.account_id)
    .subquery("counted")
)
_WRONG_BALANCES = (
    select(_A.id, _A.left_points, _A.owed_points, _A.moves, _COUNTED.c.points, _COUNTED.c.entries)
    .join_from(points_accounts, _COUNTED, _COUNTED.c.account_id == _A.id, isouter=True)
    .where(
        or_(
            func.coalesce(_COUNTED.c.points, 0) != _A.left_points - _A.owed_points,
            func.coalesce(_COUNTED.c.entries, 0) != _A.moves,
            func.coalesce(_COUNTED.c.newest, 0) != _A.moves,
        )
    )
)
_WRONG_LOTS = unequal(
    union_all(
        select(_L.id.label("lot_id"), _L.account_id, _L.left_points.label("left_points"), literal(0).label("rows_points")),
        select(_E.lot_id, _E.account_id, literal(0), _E.points).where(_E.lot_id.is_not(None)),
    ).subquery("sides"),
    2,
)
_WRONG_SUMS = unequal(
    union_all(
        select(_A.id.label("account_id"), _A.left_points.label("left_points"), literal(0).label("lots_points")),
        select(_L.account_id, literal(0), _L.left_points),
    ).subquery("sides"),
    1,
)
_SPENT = union_all(
    select(
        points_taken.c.payment_id, points_taken.c.lot_id, points_taken.c.points.label("says_points"), literal(0).label("went")
    ),
    select(_E.document_id, _E.lot_id, literal(0), -_E.points).where(_E.move == PointsMove.REDEEM.value),
).subquery("sides")
_CAME_BACK = union_all(
    select(points_taken.c.payment_id, points_taken.c.back_points.label("says_points"), literal(0).label("came")),
    select(refunds.c.payment_id, literal(0), _E.points)
    .join_from(points_entries, refunds, refunds.c.id == _E.document_id)
    .where(_E.move == PointsMove.GIVE_BACK.value),
).subquery("sides")
_AGAINST_PAYMENTS = (
    select(payments.c.id, payments.c.captured_minor, _P.amount_minor, payments.c.refunded_minor, _P.back_minor)
    .join_from(payments, points_payments, _P.payment_id == payments.c.id, isouter=True)
    .where(
        payments.c.tender == Tender.POINTS.value,
        or_(
            _P.payment_id.is_(None),
            _P.amount_minor != payments.c.captured_minor,
            _P.back_minor != payments.c.refunded_minor,
            payments.c.refund_minor != payments.c.refunded_minor,
        ),
    )
)


def _worth(connection: Connection) -> Iterator[str]:
    """Customers whose points are worth something else than the books owe them."""
    held = select(_A.customer_id, _A.currency, _A.left_points - _A.owed_points, points_policies.c.points_per_minor).join_from(
        points_accounts, points_policies, points_policies.c.currency == _A.currency, isouter=True
    )
    worth: dict[tuple[str, str], int] = {}
    for customer_id, currency, points, per_minor in connection.execute(held):
        worth[party("customer", customer_id), currency] = max(0, points) // per_minor if per_minor else -1
    owed = select(balances.c.party, balances.c.currency, -balances.c.balance_minor).where(
        balances.c.code == AccountCode.POINTS_LIABILITY.value
    )
    booked = {(whose, currency): minor for whose, currency, minor in connection.execute(owed)}
    for whose, currency in sorted(worth.keys() | booked.keys()):
        if worth.get((whose, currency), 0) != booked.get((whose, currency), 0):
            found = f"worth {worth.get((whose, currency), 0)}, the books owe {booked.get((whose, currency), 0)}"
            yield f"points of {whose} in {currency}: {found}"


CHECKS: Final = (
    rows("B1", "every balance of points is the sum of its rows, which are numbered without gaps", _WRONG_BALANCES),
    rows("B2", "what a lot of points has left is the sum of its rows", _WRONG_LOTS),
    rows("B2-sums", "what an account has left is the sum of its lots", _WRONG_SUMS),
    rows("B3", "what a payment took out of each lot of points is what its rows say", unequal(_SPENT, 2)),
    rows("B3-back", "what came back of a payment in points is what the rows of its refunds say", unequal(_CAME_BACK, 1)),
    rows("B3-payments", "a payment in points and its refunds are worth what they are as money", _AGAINST_PAYMENTS),
    Check("B4", "the books owe every customer what their points are worth", _worth),
)
