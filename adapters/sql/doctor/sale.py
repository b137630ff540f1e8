"""What was posted as sale against what the units that left bring: paid, freight and discounts by who bears them (O7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from houtai.adapters.sql.doctor.joint import BOOKED, IS_BOOKED
from houtai.adapters.sql.ledger import entries, journals
from houtai.adapters.sql.orders_tables import order_discounts, order_lines, orders
from houtai.domain.ledger.account import AccountCode
from houtai.domain.money import half_up


def _amount(*codes: AccountCode) -> ColumnElement[Any]:
    return func.sum(case((entries.c.code.in_([code.value for code in codes]), entries.c.amount_minor), else_=0))


_PROMOTIONS: Final = (
    AccountCode.PROMOTION_PLATFORM,
    AccountCode.PROMOTION_MERCHANT,
    AccountCode.PROMOTION_SUPPLIER,
    AccountCode.PROMOTION_CHANNEL,
)
_POSTED_SALE = (
    select(
        BOOKED.c.order_id,
        entries.c.currency,
        _amount(AccountCode.CUSTOMER_DEPOSITS).label("deposits"),
        _amount(*_PROMOTIONS).label("discounts"),
        (-_amount(AccountCode.REVENUE)).label("revenue"),
        (-_amount(AccountCode.FREIGHT_INCOME)).label("freight"),
    )
    .join_from(entries, journals, journals.c.id == entries.c.journal_id)
    .join(BOOKED, IS_BOOKED)
    .where(
        entries.c.code.in_(
            [
                code.value
                for code in (AccountCode.CUSTOMER_DEPOSITS, *_PROMOTIONS, AccountCode.REVENUE, AccountCode.FREIGHT_INCOME)
            ]
        )
    )
    .group_by(BOOKED.c.order_id, entries.c.currency)
    .subquery("posted_sale")
)


def _whole(column: Any) -> ColumnElement[Any]:
    """Of the order, what its lines bring that have shipped whole; others are worked out unit by unit."""
    return func.sum(case((order_lines.c.shipped_qty == order_lines.c.qty, column), else_=0))


_EARNED = (
    select(
        order_lines.c.order_id,
        _whole(order_lines.c.paid_minor).label("paid"),
        _whole(order_lines.c.gross_minor).label("gross"),
        _whole(order_lines.c.freight_minor).label("freight"),
        _whole(order_lines.c.discount_minor).label("discount"),
        func.sum(case((order_lines.c.shipped_qty < order_lines.c.qty, 1), else_=0)).label("parted"),
    )
    .where(order_lines.c.shipped_qty > 0)
    .group_by(order_lines.c.order_id)
    .subquery("earned")
)


def _sales() -> Select[Any]:
    """Orders that sent something, with what their lines bring and what was posted, where the two differ or a line is parted."""
    posted = _POSTED_SALE
    return (
        select(
            orders.c.id,
            orders.c.number,
            orders.c.currency,
            _EARNED.c.parted,
            *(func.coalesce(_EARNED.c[name], 0).label(f"line_{name}") for name in ("paid", "gross", "freight", "discount")),
            *(func.coalesce(posted.c[name], 0).label(name) for name in ("deposits", "revenue", "freight", "discounts")),
        )
        .join_from(orders, _EARNED, _EARNED.c.order_id == orders.c.id, isouter=True)
        .join(posted, and_(posted.c.order_id == orders.c.id, posted.c.currency == orders.c.currency), isouter=True)
        .where(
            or_(_EARNED.c.order_id.is_not(None), posted.c.order_id.is_not(None)),
            or_(
                func.coalesce(_EARNED.c.parted, 0) > 0,
                func.coalesce(posted.c.deposits, 0) != func.coalesce(_EARNED.c.paid + _EARNED.c.freight, 0),
                func.coalesce(posted.c.revenue, 0) != func.coalesce(_EARNED.c.gross, 0),
                func.coalesce(posted.c.freight, 0) != func.coalesce(_EARNED.c.freight, 0),
                func.coalesce(posted.c.discounts, 0) != func.coalesce(_EARNED.c.discount, 0),
            ),
        )
    )


_BEARERS: Final = ("platform_minor", "merchant_minor", "supplier_minor", "channel_minor")
_BORNE = (
    select(
        order_discounts.c.order_id,
        order_discounts.c.line,
        *(func.sum(order_discounts.c[name]).label(name) for name in _BEARERS),
    )
    .group_by(order_discounts.c.order_id, order_discounts.c.line)
    .subquery("borne")
)
_PARTED = (
    select(
        order_lines.c.order_id,
        order_lines.c.qty,
        order_lines.c.shipped_qty,
        order_lines.c.cancelled_qty,
        order_lines.c.paid_minor,
        order_lines.c.freight_minor,
        *(func.coalesce(_BORNE.c[name], 0).label(name) for name in _BEARERS),
    )
    .join_from(
        order_lines, _BORNE, and_(_BORNE.c.order_id == order_lines.c.order_id, _BORNE.c.line == order_lines.c.seq), isouter=True
    )
    .where(order_lines.c.shipped_qty > 0, order_lines.c.shipped_qty < order_lines.c.qty)
)


def wrong_sales(connection: Connection) -> Iterator[str]:
    """Orders whose journals are not what the units that left bring.

    To the fen; where units of a line were cancelled among those that left, within a fen for each such parting, since the rows
    do not say which places on the line were theirs. The discounts are rounded bearer by bearer, and the price before discounts
    is what is paid with what they bear (R-4).
    """
    found = connection.execute(_sales()).mappings().all()
    parted = {row["id"]: [0, 0, 0, 0] for row in found if row["parted"]}
    for one in connection.execute(_PARTED).mappings():
        if one["order_id"] in parted:
            shares = [half_up(one[name] * one["shipped_qty"], one["qty"]) for name in ("paid_minor", "freight_minor", *_BEARERS)]
            slack = min(one["cancelled_qty"], one["shipped_qty"])
            more = shares[0], shares[1], sum(shares[2:]), slack + 1 if slack else 0
            parted[one["order_id"]] = [mine + its for mine, its in zip(parted[one["order_id"]], more, strict=True)]
    for row in found:
        paid, freight, discount, slack = parted.get(row["id"], (0, 0, 0, 0))
        paid, freight = paid + row["line_paid"], freight + row["line_freight"]
        discount += row["line_discount"]
        earned = (paid + freight, paid + discount, freight, discount)
        posted = (row["deposits"], row["revenue"], row["freight"], row["discounts"])
        balanced = posted[0] + posted[3] == posted[1] + posted[2]
        within = all(abs(one - other) <= slack * len(_BEARERS) for one, other in zip(earned, posted, strict=True))
        if not (balanced and within):
            yield f"order {row['number']}: deposits, revenue, freight, discounts earned {earned}, posted {posted}"
