"""Goods issues over HTTP: goods that leave without a sale, asked for, approved by another person, sent, or called off."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.goods_issue_queries import (
    GoodsIssueRow,
    ListGoodsIssues,
    goods_issue_row,
    goods_issue_timeline,
    list_goods_issues,
    show_goods_issue,
)
from houtai.application.outbound.goods_issues import (
    ApproveGoodsIssue,
    CancelGoodsIssue,
    DecideGoodsIssue,
    IssueWish,
    RequestGoodsIssue,
    approve_goods_issue,
    cancel_goods_issue,
    reject_goods_issue,
    request_goods_issue,
    withdraw_goods_issue,
)
from houtai.application.outbound.hand_out import HandOutGoodsIssue, hand_out_goods_issue
from houtai.domain.ids import GoodsIssueId, SkuId, WarehouseId
from houtai.domain.inventory.refusals import NotEnoughOnHand, NotStocked, OutOfStock, WarehouseClosed
from houtai.domain.inventory.stock import StockState
from houtai.domain.limits import MAX_LINES
from houtai.domain.outbound.goods_issue import MAX_SUPPLIER, GoodsIssue, IssueReason, IssueState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.bin_refusals import AllBinsPromised, SerialElsewhere, SerialsNeeded
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import ReceiverOut, TimelineListOut, shown, timeline_out
from houtai.entrypoints.http.orders_wire import AddressIn
from houtai.entrypoints.http.outbound_wire import in_utc
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes(
    "goods-issues", "Goods that leave without a sale: samples, own use, donations, scrap, and what goes back to a supplier."
)

Note = Annotated[str, Meta(max_length=500)]
Supplier = Annotated[str, Meta(max_length=MAX_SUPPLIER, description="Whom a supplier-return goes back to; else empty.")]


class IssueLineIn(wire.Wire):
    """So many units of a SKU, in the condition that they lie in; all of one goods issue are for sale, or none of them."""

    sku_id: wire.Id
    qty: wire.Qty
    state: StockState = StockState.SELLABLE


class NewGoodsIssue(wire.Wire, kw_only=True):
    """Goods that are to leave a warehouse, why, and to whom."""

    warehouse_id: wire.Id
    reason: IssueReason
    lines: Annotated[tuple[IssueLineIn, ...], Meta(min_length=1, max_length=MAX_LINES)]
    receiver: AddressIn
    supplier: Supplier = ""
    note: Note = ""
    id: wire.Id | None = None


class GoodsIssueQuery(wire.PageQuery):
    """Which goods issues."""

    warehouse_id: wire.Id | None = None
    state: IssueState | None = None
    reason: IssueReason | None = None


class IssueApproval(wire.Wire, kw_only=True):
    """How urgent it is (9 the most), and by when its carrier has to have it."""

    priority: Annotated[int, Meta(ge=0, le=9)] = 0
    ship_by: wire.Moment | None = None
    note: Note = ""


class IssueDecision(wire.Wire):
    """Why."""

    note: Note = ""


class IssueEnd(wire.Wire):
    """Why it does not go."""

    reason: wire.Reason


class SerialIn(wire.Wire):
    """The number of a unit."""

    sku_id: wire.Id
    serial: wire.Code


class HandOutIn(wire.Wire):
    """The numbers of units that leave, where some of their like stay behind."""

    serials: Annotated[tuple[SerialIn, ...], wire.Many] = ()


class IssueLineOut(wire.Wire):
    """So many units in one condition, and how many of them left."""

    seq: int
    sku_id: UUID
    qty: int
    shipped_qty: int
    state: StockState


class GoodsIssueOut(wire.Versioned, kw_only=True):
    """A goods issue, its receiver masked, without what its goods cost."""

    id: UUID
    number: str
    warehouse_id: UUID
    reason: IssueReason
    supplier: str
    note: str
    state: IssueState
    receiver: ReceiverOut
    issue_qty: Annotated[int, Meta(description="Its size, for approval limits.")]
    requested_by: UUID
    requested_at: dt.datetime
    decided_by: UUID | None
    decided_at: dt.datetime | None
    lines: tuple[IssueLineOut, ...]


def issue_out(row: GoodsIssueRow) -> GoodsIssueOut:
    """A goods issue as it goes out."""
    issue = row.issue
    return GoodsIssueOut(
        id=issue.id,
        number=issue.number,
        warehouse_id=issue.warehouse_id,
        reason=issue.reason,
        supplier=issue.supplier,
        note=issue.note,
        state=issue.state,
        receiver=shown(ReceiverOut, row.consignee),
        issue_qty=issue.issue_qty,
        requested_by=issue.requested_by,
        requested_at=issue.requested_at,
        decided_by=issue.decided_by,
        decided_at=issue.decided_at,
        lines=tuple(shown(IssueLineOut, line) for line in issue.lines),
        version=issue.version,
    )


def _answer(issue: GoodsIssue) -> GoodsIssueOut:
    return issue_out(goods_issue_row(issue))


@ROUTES.post(
    "/goods-issues",
    request_goods_issue,
    status=201,
    location="/goods-issues/{id}",
    refuses=(NotStocked, WarehouseClosed, OutOfStock, NotEnoughOnHand),
)
def post_goods_issue(desk: Desk, body: NewGoodsIssue) -> GoodsIssueOut:
    """Ask for goods to leave without a sale; another person approves, but for so few as a grant lets one send alone."""
    cmd = RequestGoodsIssue(
        issue=GoodsIssueId(desk.new_id(body.id)),
        warehouse=WarehouseId(body.warehouse_id),
        reason=body.reason,
        lines=tuple(IssueWish(SkuId(line.sku_id), line.qty, line.state) for line in body.lines),
        receiver=body.receiver.value(),
        supplier=body.supplier,
        note=body.note,
    )
    return _answer(desk.perform(request_goods_issue, cmd))


@ROUTES.get("/goods-issues", list_goods_issues)
def get_goods_issues(desk: Desk, query: GoodsIssueQuery) -> wire.Listed[GoodsIssueOut]:
    """List goods issues, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    states = frozenset() if query.state is None else frozenset({query.state})
    wish = ListGoodsIssues(query.page(), warehouse, states, query.reason)
    return wire.listed(desk.ask(list_goods_issues, wish), issue_out)


@ROUTES.get("/goods-issues/{goods_issue_id}", show_goods_issue)
def get_goods_issue(desk: Desk, goods_issue_id: wire.Id) -> GoodsIssueOut:
    """Look at one goods issue."""
    return issue_out(desk.ask(show_goods_issue, GoodsIssueId(goods_issue_id)))


@ROUTES.get("/goods-issues/{goods_issue_id}/timeline", goods_issue_timeline)
def get_goods_issue_timeline(desk: Desk, goods_issue_id: wire.Id) -> TimelineListOut:
    """See everything that happened to a goods issue."""
    return timeline_out(desk.ask(goods_issue_timeline, GoodsIssueId(goods_issue_id)))


@ROUTES.post(
    "/goods-issues/{goods_issue_id}/approve",
    approve_goods_issue,
    match="required",
    refuses=(IllegalMove, OutOfStock, NotEnoughOnHand),
)
def post_goods_issue_approval(desk: Desk, goods_issue_id: wire.Id, body: IssueApproval) -> GoodsIssueOut:
    """Reserve the goods, all or nothing, and give them to the warehouse's waves as an outbound order."""
    cmd = ApproveGoodsIssue(GoodsIssueId(goods_issue_id), desk.expected_version, body.priority, in_utc(body.ship_by), body.note)
    return _answer(desk.perform(approve_goods_issue, cmd))


@ROUTES.post("/goods-issues/{goods_issue_id}/reject", reject_goods_issue, match="required", refuses=(IllegalMove,))
def post_goods_issue_rejection(desk: Desk, goods_issue_id: wire.Id, body: IssueDecision) -> GoodsIssueOut:
    """Refuse what was asked for."""
    cmd = DecideGoodsIssue(GoodsIssueId(goods_issue_id), desk.expected_version, body.note)
    return _answer(desk.perform(reject_goods_issue, cmd))


@ROUTES.post("/goods-issues/{goods_issue_id}/withdraw", withdraw_goods_issue, match="required", refuses=(IllegalMove,))
def post_goods_issue_withdrawal(desk: Desk, goods_issue_id: wire.Id, body: IssueDecision) -> GoodsIssueOut:
    """Take back what was asked for, before anybody decided."""
    cmd = DecideGoodsIssue(GoodsIssueId(goods_issue_id), desk.expected_version, body.note)
    return _answer(desk.perform(withdraw_goods_issue, cmd))


@ROUTES.post(
    "/goods-issues/{goods_issue_id}/hand-out",
    hand_out_goods_issue,
    match="optional",
    refuses=(IllegalMove, StepTooEarly, NotEnoughOnHand, AllBinsPromised, SerialsNeeded, SerialElsewhere),
)
def post_goods_issue_hand_out(desk: Desk, goods_issue_id: wire.Id, body: HandOutIn) -> GoodsIssueOut:
    """Goods that are not for sale are gone: scrapped, sent back or given away, from where they lay aside."""
    serials = tuple((SkuId(one.sku_id), one.serial) for one in body.serials)
    cmd = HandOutGoodsIssue(GoodsIssueId(goods_issue_id), desk.version_if_given, serials)
    return _answer(desk.perform(hand_out_goods_issue, cmd))


@ROUTES.post("/goods-issues/{goods_issue_id}/cancel", cancel_goods_issue, match="optional", refuses=(IllegalMove,))
def post_goods_issue_cancel(desk: Desk, goods_issue_id: wire.Id, body: IssueEnd) -> GoodsIssueOut:
    """Call it off before it leaves: its goods are free, what is off the shelf is carried back."""
    cmd = CancelGoodsIssue(GoodsIssueId(goods_issue_id), body.reason, desk.version_if_given)
    return _answer(desk.perform(cancel_goods_issue, cmd))
