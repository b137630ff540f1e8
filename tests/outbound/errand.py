"""A shop from which goods leave that nobody buys: for tests of goods issues."""

from __future__ import annotations

from typing import Any, Final

from houtai.application.house import OF_DOCUMENT
from houtai.application.outbound.goods_issues import (
    ApproveGoodsIssue,
    CancelGoodsIssue,
    IssueWish,
    RequestGoodsIssue,
    approve_goods_issue,
    cancel_goods_issue,
    request_goods_issue,
)
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import GoodsIssueId, new_id
from houtai.domain.outbound.goods_issue import GoodsIssue, IssueReason
from houtai.domain.outbound.order import OutboundOrder
from tests.catalog.arrange import another
from tests.outbound.dispatch import Dispatch

SOMEBODY: Final = Address("张三丰", "13800138000", "CN", "浙江", "杭州", "西湖区", "文三路 90 号", "310000")


@needs("tests.read")
def _issue(views: OutboundViews, query: GoodsIssueId, act: Act) -> GoodsIssue:
    return views.goods_issues.get(query)


@needs("tests.read")
def _outbound_of(views: OutboundViews, query: GoodsIssueId, act: Act) -> list[OutboundOrder]:
    return views.outbound_orders.by(OUTBOUND_OF, query)


@needs("tests.read")
def _timeline(views: OutboundViews, query: GoodsIssueId, act: Act) -> list[TimelineEntry]:
    return views.timeline.by(OF_DOCUMENT, query)


class Errands(Dispatch):
    """The shop, where everything lies at 5 yuan a piece, and somebody else who approves."""

    @property
    def boss(self) -> Act:
        """Another person than who asks."""
        return another(self.act)

    def wish(self, reason: IssueReason = IssueReason.SAMPLE, **units: int) -> RequestGoodsIssue:
        """What somebody asks for."""
        lines = tuple(IssueWish(self.shop.sku[code], qty) for code, qty in units.items())
        supplier = "JINGDEZHEN-7" if reason is IssueReason.SUPPLIER_RETURN else ""
        return RequestGoodsIssue(GoodsIssueId(new_id()), self.shop.warehouse, reason, lines, SOMEBODY, supplier, "for the fair")

    def asked(self, reason: IssueReason = IssueReason.SAMPLE, **units: int) -> GoodsIssue:
        """Nobody has decided yet."""
        return self.office.perform(request_goods_issue, self.wish(reason, **units), self.act)

    def approve(self, issue: GoodsIssue, act: Act | None = None, **more: Any) -> GoodsIssue:
        """By somebody else."""
        return self.office.perform(approve_goods_issue, ApproveGoodsIssue(issue.id, issue.version, **more), act or self.boss)

    def ready(self, reason: IssueReason = IssueReason.SAMPLE, **units: int) -> GoodsIssue:
        """Reserved, with an outbound order."""
        return self.approve(self.asked(reason, **units))

    def outbound_of(self, issue: GoodsIssue) -> OutboundOrder:
        """The one outbound order of it."""
        (found,) = self.office.ask(_outbound_of, issue.id, self.act)
        return found

    def picked_for(self, issue: GoodsIssue) -> OutboundOrder:
        """Its goods on the table."""
        outbound = self.outbound_of(issue)
        self.waved(outbound)
        return self.pick(outbound.id)

    def gone(self, reason: IssueReason = IssueReason.SAMPLE, **units: int) -> GoodsIssue:
        """With the carrier."""
        issue = self.ready(reason, **units)
        outbound = self.check(self.picked_for(issue).id)
        for parcel in self.pack(outbound.id):
            self.weigh(parcel)
        manifest = self.manifest()
        self.scan(manifest.id, self.sent_by_id(outbound.id).waybill)
        self.close(manifest.id)
        return self.issue(issue)

    def call_off(self, issue: GoodsIssue, **more: Any) -> GoodsIssue:
        """Before it leaves."""
        return self.office.perform(cancel_goods_issue, CancelGoodsIssue(issue.id, "the fair is off", **more), self.act)

    def issue(self, issue: GoodsIssue) -> GoodsIssue:
        """As it is now."""
        return self.office.ask(_issue, issue.id, self.act)

    def story(self, issue: GoodsIssue) -> list[str]:
        """What happened to it, in order."""
        found = self.office.ask(_timeline, issue.id, self.act)
        return [line.event for line in sorted(found, key=lambda line: line.version)]
