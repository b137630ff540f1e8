"""Checks on goods that left without a sale: what a goods issue says is what left, what is reserved, what was posted (O10)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, func, literal, or_, select, union_all

from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.goods_issues import goods_issue_lines, goods_issues
from houtai.adapters.sql.inventory_tables import movements, reservations, stocks
from houtai.adapters.sql.ledger import entries, journals
from houtai.adapters.sql.outbound_tables import outbound_lines, outbound_orders
from houtai.domain.inventory.reservation import ReservationState
from houtai.domain.ledger.account import AccountCode
from houtai.domain.outbound.goods_issue import BORNE_BY, IssueState
from houtai.domain.outbound.state import OUT_OF_THE_HOUSE, OutboundKind

_L = goods_issue_lines.c
_KINDS: Final = (OutboundKind.OTHER.value, OutboundKind.SUPPLIER_RETURN.value)
_DOCUMENT: Final = "goods-issue"

_UNLIKE_OUTBOUND = unequal(
    union_all(
        select(_L.issue_id, _L.seq, _L.shipped_qty, literal(0).label("sent_qty")),
        select(outbound_orders.c.source_id, outbound_lines.c.source_line, literal(0), outbound_lines.c.shipped_qty)
        .join_from(outbound_lines, outbound_orders, outbound_orders.c.id == outbound_lines.c.outbound_id)
        .where(
            outbound_orders.c.kind.in_(_KINDS),
            outbound_orders.c.state.in_(sorted(state.value for state in OUT_OF_THE_HOUSE)),
        ),
    ).subquery("sides"),
    2,
)
_RESERVED = (
    select(reservations.c.order_id, reservations.c.line, func.sum(reservations.c.qty).label("qty"))
    .where(reservations.c.state == ReservationState.OPEN.value)
    .group_by(reservations.c.order_id, reservations.c.line)
    .subquery("reserved")
)
_UNLIKE_RESERVED = (
    select(goods_issues.c.number, goods_issues.c.state, _L.seq, _L.qty, _RESERVED.c.qty.label("reserved_qty"))
    .join_from(goods_issue_lines, goods_issues, goods_issues.c.id == _L.issue_id)
    .join(_RESERVED, and_(_RESERVED.c.order_id == _L.issue_id, _RESERVED.c.line == _L.seq), isouter=True)
    .where(
        or_(
            and_(goods_issues.c.state != IssueState.READY.value, _RESERVED.c.qty.is_not(None)),
            and_(goods_issues.c.state == IssueState.READY.value, func.coalesce(_RESERVED.c.qty, 0) > _L.qty),
        )
    )
)
_LEFT = unequal(
    union_all(
        select(
            _L.issue_id, goods_issues.c.currency, _L.value_minor.label("says_minor"), literal(0).label("left_minor")
        ).join_from(goods_issue_lines, goods_issues, goods_issues.c.id == _L.issue_id),
        select(reservations.c.order_id, stocks.c.currency, literal(0), -movements.c.value_minor)
        .join_from(movements, reservations, reservations.c.id == movements.c.document_id)
        .join(goods_issues, goods_issues.c.id == reservations.c.order_id)
        .join(stocks, and_(stocks.c.sku_id == movements.c.sku_id, stocks.c.warehouse_id == movements.c.warehouse_id))
        .where(movements.c.document == "reservation"),
    ).subquery("sides"),
    2,
)
_BEARS = case({reason.value: code.value for reason, code in BORNE_BY.items()}, value=goods_issues.c.reason)
_PARTY = case((goods_issues.c.supplier == "", ""), else_=literal("supplier:") + goods_issues.c.supplier)
_BOOKED = unequal(
    union_all(
        select(
            _L.issue_id,
            _BEARS.label("account"),
            _PARTY.label("party"),
            goods_issues.c.currency,
            _L.value_minor.label("says_minor"),
            literal(0).label("posted_minor"),
        ).join_from(goods_issue_lines, goods_issues, goods_issues.c.id == _L.issue_id),
        select(journals.c.document_id, entries.c.code, entries.c.party, entries.c.currency, literal(0), entries.c.amount_minor)
        .join_from(entries, journals, journals.c.id == entries.c.journal_id)
        .where(journals.c.document == _DOCUMENT, entries.c.code != AccountCode.INVENTORY.value),
    ).subquery("sides"),
    4,
)

CHECKS: Final = (
    rows("O10", "what a goods issue says was sent is what its outbound orders have sent", _UNLIKE_OUTBOUND),
    rows("O10-reserved", "goods are reserved for a goods issue while it is ready, and no more than it wants", _UNLIKE_RESERVED),
    rows("O10-value", "what a goods issue says its goods were worth is what left the stock", _LEFT),
    rows("O10-books", "whoever bears a goods issue by its reason is debited with that, to the fen", _BOOKED),
)
