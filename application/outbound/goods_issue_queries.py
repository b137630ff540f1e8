"""Reading goods issues: whoever reaches the warehouse sees them, of the receiver what everybody may see."""

from __future__ import annotations

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.outbound.ports import OutboundViews
from houtai.application.outbound.queries import AXES, READ, Consignee, consignee_of
from houtai.application.outbound.wishes import GoodsIssueFilter
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.application.warehouse.queries import seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.ids import GoodsIssueId, WarehouseId
from houtai.domain.outbound.goods_issue import GoodsIssue, IssueReason, IssueState
from houtai.domain.refusal import NotFound


@attrs.frozen
class GoodsIssueRow:
    """A goods issue as it is shown; of its receiver only what `consignee` says."""

    issue: GoodsIssue
    consignee: Consignee


@attrs.frozen
class ListGoodsIssues:
    """A page of goods issues; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[IssueState] = frozenset()
    reason: IssueReason | None = None


@needs(READ, along=AXES)
def list_goods_issues(views: OutboundViews, query: ListGoodsIssues, act: Act) -> Slice[GoodsIssueRow]:
    """Goods issues of the warehouses that the actor reaches."""
    seen = seen_warehouses(views, READ, query.warehouse, act)
    found = views.goods_issue_list(GoodsIssueFilter(seen, query.states, query.reason), query.page)
    return Slice(tuple(goods_issue_row(issue) for issue in found.items), found.next_cursor)


@needs(READ, along=AXES)
def show_goods_issue(views: OutboundViews, query: GoodsIssueId, act: Act) -> GoodsIssueRow:
    """One goods issue. Raises NotFound."""
    return goods_issue_row(_seen(views, query, act))


@needs(READ, along=AXES)
def goods_issue_timeline(views: OutboundViews, query: GoodsIssueId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the goods issue, in order. Raises NotFound."""
    issue = _seen(views, query, act)
    return tuple(sorted(views.timeline.by(OF_DOCUMENT, issue.id), key=lambda entry: entry.version))


def goods_issue_row(issue: GoodsIssue) -> GoodsIssueRow:
    """With its receiver masked."""
    return GoodsIssueRow(issue, consignee_of(issue.receiver))


def _seen(views: OutboundViews, issue_id: GoodsIssueId, act: Act) -> GoodsIssue:
    issue = views.goods_issues.get(issue_id)
    if not sees(act, READ, views.warehouses.get(issue.warehouse_id)):
        raise NotFound(what="goods issue", key=str(issue_id))
    return issue
