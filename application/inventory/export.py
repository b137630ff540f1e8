"""Stock out to a file: one row for each SKU in each warehouse."""

from __future__ import annotations

from typing import Final

from houtai.application.inventory.queries import StockView
from houtai.application.sheets import Column
from houtai.domain.money import Money

COLUMNS: Final = (
    Column("sku_code", "SKU编码"),
    Column("sku_title", "SKU名称"),
    Column("warehouse_code", "仓库编码"),
    Column("available_qty", "可用"),
    Column("sellable_qty", "良品"),
    Column("quarantine_qty", "待检"),
    Column("damaged_qty", "残品"),
    Column("sample_qty", "样品"),
    Column("b_grade_qty", "次品"),
    Column("return_pending_qty", "退货待检"),
    Column("reserved_qty", "已占用"),
    Column("held_qty", "预占"),
    Column("dedicated_qty", "渠道专用"),
    Column("frozen_qty", "冻结"),
    Column("safety_qty", "安全库存"),
    Column("owed_qty", "超卖欠数"),
    Column("value", "金额"),
    Column("currency", "币种"),
)


def stock_row(stock: StockView) -> tuple[str, ...]:
    """The stock in the order of COLUMNS; the value is left out where it is hidden from the actor."""
    value = "" if stock.value_minor is None else str(Money(stock.value_minor, stock.currency)).partition(" ")[0]
    return tuple(value if column.key == "value" else str(getattr(stock, column.key)) for column in COLUMNS)
