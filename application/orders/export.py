"""Orders out to a file, one row a line: for warehouses, accountants and whoever reckons with a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.numbers import HOUSE_TIME
from houtai.application.orders.ports import OrderFilter, OrdersViews
from houtai.application.orders.reach import filter_within, lines_seen
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.sheets import Column
from houtai.domain.act import Act
from houtai.domain.catalog.channel import Channel
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.ids import ChannelId
from houtai.domain.money import Money
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order

EXPORT: Final = "orders.export"

COLUMNS: Final = (
    Column("number", "订单号"),
    Column("external_id", "渠道订单号"),
    Column("channel_code", "渠道编码"),
    Column("state", "状态"),
    Column("placed_at", "下单时间"),
    Column("paid_at", "付款时间"),
    Column("recipient", "收件人"),
    Column("phone", "电话"),
    Column("address", "地址"),
    Column("line", "行号"),
    Column("sku_code", "SKU编码"),
    Column("title", "商品名称"),
    Column("gift", "赠品"),
    Column("qty", "数量"),
    Column("shipped_qty", "已发数量"),
    Column("cancelled_qty", "取消数量"),
    Column("shortage_qty", "缺货数量"),
    Column("gross", "金额"),
    Column("discount", "优惠"),
    Column("freight", "运费"),
    Column("payable", "应付"),
    Column("currency", "币种"),
)


@attrs.frozen
class ExportOrders:
    """One page of orders. The reach in `where` is set by the query itself, to what the actor's grants allow."""

    where: OrderFilter = attrs.field(factory=OrderFilter)
    page: Page = attrs.field(factory=Page)


@needs(EXPORT, along=(CHANNEL, MERCHANT), own=True)
def order_lines(views: OrdersViews, query: ExportOrders, act: Act) -> Slice[tuple[str, ...]]:
    """One row for every line within the actor's reach, in the order of COLUMNS; receivers masked as in every list."""
    where = filter_within(act, EXPORT, query.where)
    if where is None:
        return Slice(())
    found = views.find_orders(query.page, where)
    known = views.channels.many({order.channel_id for order in found.items})
    rows: list[tuple[str, ...]] = []
    for order in found.items:
        rows += _rows(order, lines_seen(act, EXPORT, order), known)
    return Slice(tuple(rows), found.next_cursor)


def _rows(order: Order, lines: Sequence[OrderLine], channels: Mapping[ChannelId, Channel]) -> Iterator[tuple[str, ...]]:
    head = {
        "number": order.number,
        "external_id": order.external_id,
        "channel_code": channels[order.channel_id].code,
        "state": order.state.value,
        "placed_at": f"{order.placed_at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M:%S}",
        "paid_at": "" if order.paid_at is None else f"{order.paid_at.astimezone(HOUSE_TIME):%Y-%m-%d %H:%M:%S}",
        "recipient": masked_name(order.receiver.recipient),
        "phone": masked_phone(order.receiver.phone),
        "address": masked_address(order.receiver),
        "currency": order.currency,
    }
    for line in lines:
        cells = {**head, **_cells(order, line)}
        yield tuple(cells[column.key] for column in COLUMNS)


def _cells(order: Order, line: OrderLine) -> dict[str, str]:
    amounts = {
        "gross": line.gross_minor,
        "discount": line.discount_minor,
        "freight": line.freight_minor,
        "payable": line.paid_minor + line.freight_minor,
    }
    counts = {
        "line": line.seq,
        "qty": line.qty,
        "shipped_qty": line.shipped_qty,
        "cancelled_qty": line.cancelled_qty,
        "shortage_qty": line.shortage_qty,
    }
    return {
        "sku_code": line.sku_code,
        "title": line.title,
        "gift": "是" if line.is_gift else "否",
        **{name: str(count) for name, count in counts.items()},
        **{name: str(Money(minor, order.currency)).partition(" ")[0] for name, minor in amounts.items()},
    }
