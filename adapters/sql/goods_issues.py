"""Goods issues between record and rows, and their tables."""

from __future__ import annotations

import enum
from collections.abc import Mapping as Lookup
from typing import Any, Final

import attrs
from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, Table, select

from houtai.adapters.sql.columns import METADATA, id_column, minor, moment, one_of, qty, version, whole_number, words
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.application.outbound import ports
from houtai.application.outbound.wishes import GoodsIssueFilter
from houtai.application.paging import Page, Slice
from houtai.domain.customers.customer import Address
from houtai.domain.inventory.stock import StockState
from houtai.domain.limits import MAX_LINES
from houtai.domain.outbound.goods_issue import GoodsIssue, IssueLine, IssueReason, IssueState

goods_issues: Final = Table(
    "goods_issues",
    METADATA,
    id_column("id", primary_key=True),
    words("number", 64, unique=True),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
    one_of("reason", IssueReason),
    words("recipient", 100),
    words("phone", 24),
    words("country", 2),
    words("region", 60),
    words("city", 60),
    words("district", 60),
    words("street", 200),
    words("postcode", 16),
    id_column("requested_by"),
    moment("requested_at"),
    words("supplier", 64),
    words("note", 500),
    words("currency", 3),
    id_column("decided_by", nullable=True),
    moment("decided_at", nullable=True),
    one_of("state", IssueState),
    version(),
    CheckConstraint("(supplier <> '') = (reason = 'supplier-return')", name="goes_back_to_somebody"),
    CheckConstraint("(decided_by IS NULL) = (state = 'requested')", name="decided_by_somebody"),
)
Index("ix_goods_issues_warehouse_id", goods_issues.c.warehouse_id, goods_issues.c.id)

goods_issue_lines: Final = Table(
    "goods_issue_lines",
    METADATA,
    id_column("issue_id", ForeignKey("goods_issues.id"), primary_key=True),
    whole_number("seq", 1, MAX_LINES, primary_key=True, autoincrement=False),
    id_column("sku_id", ForeignKey("skus.id")),
    qty("qty", 1),
    qty("shipped_qty"),
    minor("value_minor", 0),
    one_of("state", StockState),
    CheckConstraint("shipped_qty <= qty", name="no_more_than_wanted"),
)

_ADDRESS: Final = tuple(field.name for field in attrs.fields(Address))
_LINE: Final = tuple(field.name for field in attrs.fields(IssueLine))


def _row(record: Any) -> Row:
    """A record's plain fields as columns of the same names, enums by value."""
    found = {field.name: getattr(record, field.name) for field in attrs.fields(type(record))}
    return {name: value.value if isinstance(value, enum.Enum) else value for name, value in found.items()}


def _dump(issue: GoodsIssue) -> Row:
    row = _row(issue)
    del row["lines"], row["receiver"]
    return {**row, **_row(issue.receiver)}


def _load(row: Row, lines: Lookup[str, list[Row]]) -> GoodsIssue:
    own = {name: value for name, value in row.items() if name not in _ADDRESS}
    known = {
        "reason": IssueReason(row["reason"]),
        "state": IssueState(row["state"]),
        "receiver": Address(**{name: row[name] for name in _ADDRESS}),
        "lines": tuple(
            IssueLine(**{**{name: line[name] for name in _LINE}, "state": StockState(line["state"])})
            for line in lines["goods_issue_lines"]
        ),
    }
    return GoodsIssue(**{**own, **known})


GOODS_ISSUE: Final = Mapping(
    ports.GOODS_ISSUES,
    goods_issues,
    _dump,
    _load,
    {ports.GOODS_ISSUE_BY_NUMBER: ("number",)},
    (
        Child(
            goods_issue_lines,
            ("issue_id",),
            lambda issue: [{"issue_id": issue.id, **_row(line)} for line in issue.lines],
            ("seq",),
        ),
    ),
)
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (GOODS_ISSUE,)


class GoodsIssueSearch:
    """See `OutboundViews.goods_issue_list`."""

    connection: Connection

    def goods_issue_list(self, wish: GoodsIssueFilter, page: Page) -> Slice[GoodsIssue]:
        """See `OutboundViews.goods_issue_list`."""
        own = goods_issues.c
        statement = select(goods_issues)
        if wish.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        if wish.reason is not None:
            statement = statement.where(own.reason == wish.reason.value)
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(GOODS_ISSUE.build(self.connection, rows)), cursor)
