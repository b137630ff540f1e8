"""Claims out to a file, one row a line of each: for service desks, accountants and whoever reckons with a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from houtai.application.aftersales.ports import AftersalesViews, ClaimFilter
from houtai.application.aftersales.queries import filter_within
from houtai.application.numbers import HOUSE_TIME
from houtai.application.orders.reach import scopes_of
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.sheets import Column
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim, ClaimLine
from houtai.domain.money import Money
from houtai.domain.orders.order import Order

EXPORT: Final = "aftersales.export"

COLUMNS: Final = (
    Column("number", "售后单号"),
    Column("external_id", "平台售后单号"),
    Column("channel_code", "渠道编码"),
    Column("order_number", "订单号"),
    Column("kind", "售后类型"),
    Column("reason", "售后原因"),
    Column("state", "状态"),
    Column("opened_at", "申请时间"),
    Column("queue", "处理队列"),
    Column("due_at", "处理期限"),
    Column("line", "行号"),
    Column("sku_code", "SKU编码"),
    Column("qty", "申请数量"),
    Column("unshipped_qty", "未发数量"),
    Column("allowance", "补偿金额"),
    Column("difference", "换货差价"),
    Column("received_qty", "收到数量"),
    Column("kept_qty", "留下数量"),
    Column("back_qty", "退回买家数量"),
    Column("sent_qty", "补发数量"),
    Column("offered", "报价"),
    Column("decided", "退款"),
    Column("currency", "币种"),
    Column("carrier", "退货承运商"),
    Column("waybill", "退货运单号"),
)


@attrs.frozen
class ExportClaims:
    """One page of claims. The reach in `where` is set by the query itself, to what the actor's grants allow."""

    where: ClaimFilter = attrs.field(factory=ClaimFilter)
    page: Page = attrs.field(factory=Page)


@needs(EXPORT, along=(CHANNEL, MERCHANT), own=True)
def claim_rows(views: AftersalesViews, query: ExportClaims, act: Act) -> Slice[tuple[str, ...]]:
    """One row for every line of the claims within the actor's reach, in the order of COLUMNS; no words of buyers, no costs."""
    where = filter_within(act, EXPORT, query.where)
    if where is None:
        return Slice(())
    found = views.find_claims(query.page, where)
    orders = views.orders.many({claim.order_id for claim in found.items})
    channels = views.channels.many({claim.channel_id for claim in found.items})
    rows: list[tuple[str, ...]] = []
    for claim in found.items:
        order = orders[claim.order_id]
        if all(act.may(EXPORT, scope) for scope in scopes_of(order)):
            rows += _rows(claim, order, channels[claim.channel_id].code)
    return Slice(tuple(rows), found.next_cursor)


def _rows(claim: Claim, order: Order, channel_code: str) -> Iterator[tuple[str, ...]]:
    head = {
        "number": claim.number,
        "external_id": claim.external_id,
        "channel_code": channel_code,
        "order_number": claim.order_number,
        "kind": claim.kind.value,
        "reason": claim.reason.value,
        "state": claim.state.value,
        "opened_at": f"{claim.opened_at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M:%S}",
        "queue": claim.queue,
        "due_at": "" if claim.due_at is None else f"{claim.due_at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M:%S}",
        "offered": _amount(claim.offered_minor, order),
        "decided": "" if claim.decided_minor is None else _amount(claim.decided_minor, order),
        "currency": order.currency,
        "carrier": claim.carrier,
        "waybill": claim.waybill,
    }
    codes = {line.seq: line.sku_code for line in order.lines}
    for line in claim.lines:
        cells = {**head, **_cells(line, order), "sku_code": codes[line.line]}
        yield tuple(cells[column.key] for column in COLUMNS)


def _cells(line: ClaimLine, order: Order) -> dict[str, str]:
    counts = ("line", "qty", "unshipped_qty", "received_qty", "kept_qty", "back_qty", "sent_qty")
    amounts = {"allowance": line.allowance_minor, "difference": line.difference_minor}
    return {
        **{name: str(getattr(line, name)) for name in counts},
        **{name: _amount(minor, order) for name, minor in amounts.items()},
    }


def _amount(minor: int, order: Order) -> str:
    return str(Money(minor, order.currency)).partition(" ")[0]
