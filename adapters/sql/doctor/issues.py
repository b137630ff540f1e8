"""Checks on goods that left without a sale: what a goods issue says is what left, what is reserved, what was posted (O10)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, literal, select, union_all

from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.doctor.errands import unlike_outbound, unlike_reserved
from houtai.adapters.sql.goods_issues import goods_issue_lines, goods_issues
from houtai.adapters.sql.inventory_tables import movements, reservations, stocks
from houtai.adapters.sql.ledger import entries, journals
from houtai.adapters.sql.warehouse_bins import bin_moves
from houtai.adapters.sql.warehouse_tables import locations
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode
from houtai.domain.outbound.goods_issue import BORNE_BY, IssueReason, IssueState
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.warehouse.bins import MoveReason
from houtai.domain.warehouse.location import LocationKind, Standard

_L = goods_issue_lines.c
_DOCUMENT: Final = "goods-issue"

_FOR_SALE = _L.state == StockState.SELLABLE.value
_KINDS: Final = (OutboundKind.OTHER, OutboundKind.SUPPLIER_RETURN)
_UNLIKE_OUTBOUND = unlike_outbound(goods_issue_lines, _L.issue_id, _KINDS, _FOR_SALE)
_UNLIKE_RESERVED = unlike_reserved(goods_issues, goods_issue_lines, _L.issue_id, IssueState.READY.value)
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
        select(movements.c.document_id, stocks.c.currency, literal(0), -movements.c.value_minor)
        .join_from(
            movements, stocks, and_(stocks.c.sku_id == movements.c.sku_id, stocks.c.warehouse_id == movements.c.warehouse_id)
        )
        .where(movements.c.document == _DOCUMENT),
    ).subquery("sides"),
    2,
)
# What claims scrap goes there for another reason than what a goods issue takes out.
_SCRAPPED = unequal(
    union_all(
        select(
            goods_issues.c.warehouse_id,
            _L.sku_id,
            _L.shipped_qty.label("says_qty"),
            literal(0).label("scrapped_qty"),
        )
        .join_from(goods_issue_lines, goods_issues, goods_issues.c.id == _L.issue_id)
        .where(goods_issues.c.reason == IssueReason.SCRAP.value),
        select(bin_moves.c.warehouse_id, bin_moves.c.sku_id, literal(0), bin_moves.c.qty)
        .join_from(bin_moves, locations, locations.c.id == bin_moves.c.to_location_id)
        .where(
            bin_moves.c.reason == MoveReason.ISSUED.value,
            locations.c.path == Standard.SCRAP.value,
            locations.c.kind == LocationKind.VIRTUAL.value,
        ),
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
    rows("O10", "what a goods issue of goods for sale says was sent is what its outbound orders have sent", _UNLIKE_OUTBOUND),
    rows("O10-reserved", "goods are reserved for a goods issue while it is ready, and no more than it wants", _UNLIKE_RESERVED),
    rows("O10-value", "what a goods issue says its goods were worth is what left the stock", _LEFT),
    rows("O10-scrap", "what goods issues scrapped is what they brought to the virtual place SCRAP", _SCRAPPED),
    rows("O10-books", "whoever bears a goods issue by its reason is debited with that, to the fen", _BOOKED),
)
