"""The sheet of applications that a channel's service desk gives out: its columns, and its rows in types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from houtai.application.catalog.product_columns import CellError
from houtai.application.sheets import Column, SheetRow
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.limits import MAX_QTY

T = TypeVar("T")

KINDS: Final[Mapping[str, ClaimKind]] = {
    "仅退款": ClaimKind.REFUND_ONLY,
    "退货退款": ClaimKind.RETURN_REFUND,
    "换货": ClaimKind.EXCHANGE,
    "维修": ClaimKind.REPAIR,
    "补发": ClaimKind.RESEND,
    "价保": ClaimKind.PRICE_PROTECT,
}
REASONS: Final[Mapping[str, Reason]] = {
    "七天无理由": Reason.NOT_WANTED,
    "拍错": Reason.ORDERED_WRONG,
    "发货太慢": Reason.TOO_LATE,
    "质量问题": Reason.DEFECTIVE,
    "运输破损": Reason.DAMAGED_ON_THE_WAY,
    "与描述不符": Reason.NOT_AS_DESCRIBED,
    "发错货": Reason.WRONG_GOODS,
    "少发": Reason.MISSING_GOODS,
    "未收到货": Reason.NOT_DELIVERED,
    "缺货": Reason.OUT_OF_STOCK,
    "降价": Reason.PRICE_FELL,
    "补偿": Reason.GOODWILL,
}

COLUMNS: Final = (
    Column("channel_code", "渠道编码", required=True, example="TMALL"),
    Column("order", "订单号", required=True, note="渠道订单号或本系统订单号", example="2026112300001"),
    Column("external_id", "平台售后单号", required=True, note="同一售后单的各行填同一个号", example="TK2026112300001"),
    Column("kind", "售后类型", required=True, choices=tuple(KINDS), example="退货退款"),
    Column("reason", "售后原因", required=True, choices=tuple(REASONS), example="质量问题"),
    Column("sku_code", "SKU编码", note="或填行号", example="CUP-1"),
    Column("line", "行号", note="订单里同一SKU有多行时必填", example="1"),
    Column("qty", "数量", note="数量与金额填一项", example="1"),
    Column("amount", "金额", note="只退钱不退件时填", example="12.50"),
    Column("replacement_code", "换货SKU编码", note="不填则换同款", example="CUP-2"),
    Column("text", "买家描述", example="杯把断了"),
)
TITLE_OF: Final = {column.key: column.title for column in COLUMNS}
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


@attrs.frozen
class ClaimRow:
    """One row in types: `values` holds the columns that the file has; `faults` names the cells that could not be read."""

    row: int
    values: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    faults: tuple[CellError, ...] = ()

    @property
    def claim(self) -> tuple[str, str]:
        """Which claim it is a line of: channel and the channel's own number."""
        return self.values.get("channel_code", ""), self.values.get("external_id", "")


def parse_row(row: SheetRow, places: Mapping[str, int], width: int) -> ClaimRow:
    """The row in types. A row that is none (another number of cells) has a fault and nothing else."""
    if len(row.cells) != width:
        rule = f"has {len(row.cells)} cells, the header has {width}"
        return ClaimRow(row.number, faults=(CellError(row.number, "", "csv-row", rule),))
    values: dict[str, Any] = {}
    faults = []
    for key, place in places.items():
        if place in row.damaged:
            faults.append(CellError(row.number, key, "invalid-number", row.damaged[place]))
            continue
        try:
            values[key] = _READERS[key](row.cells[place].strip())
        except ValueError as wrong:
            faults.append(CellError(row.number, key, "invalid-value", str(wrong)))
    return ClaimRow(row.number, values, tuple(faults))


def _required(cell: str) -> str:
    if not cell:
        raise ValueError("must not be empty")
    return cell


def _whole(most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        if not cell:
            return 0
        if _WHOLE.fullmatch(cell) is None:
            raise ValueError("must be a whole number in plain digits, like 1234")
        if int(cell) > most:
            rule = f"must lie between 0 and {most}"
            raise ValueError(rule)
        return int(cell)

    return read


def _one_of(choices: Mapping[str, T]) -> Callable[[str], T]:
    by_name = {**choices, **{choice.value: choice for choice in choices.values() if hasattr(choice, "value")}}

    def read(cell: str) -> T:
        if not cell:
            raise ValueError("must not be empty")
        if cell not in by_name:
            rule = f"must be one of {', '.join(choices)}"
            raise ValueError(rule)
        return by_name[cell]

    return read


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("channel_code", "order", "external_id"), _required),
    **dict.fromkeys(("sku_code", "amount", "replacement_code", "text"), str),
    "kind": _one_of(KINDS),
    "reason": _one_of(REASONS),
    "line": _whole(MAX_QTY),
    "qty": _whole(MAX_QTY),
}

_CHINESE: Final = tuple(  # a rule as the checks word it -> the same in Chinese
    (re.compile(rule, re.DOTALL), text)
    for rule, text in (
        (r"must not be empty", "不能为空"),
        (r"must be a whole number in plain digits, like 1234", "只能是不带分隔符的整数, 如 1234"),
        (r"is a number of more than 15 digits: format the column as text", "数字超过 15 位, 请把该列设为文本格式"),
        (r"must be one of (.+)", r"只能是: \1"),
        (r"must lie between (-?\d+) and (-?\d+)", r"必须在 \1 到 \2 之间"),
        (r"must have (\d+) to (\d+) characters", r"必须有 \1 到 \2 个字符"),
        (r"must not hold control characters", "不能含控制字符"),
        (r"has (\d+) cells, the header has (\d+)", r"该行有 \1 格, 表头有 \2 格"),
        (r"must be an amount in (\S+), like 12\.50", r"必须是 \1 金额, 如 12.50"),
        (r"there is no channel (.+)", r"没有渠道 \1"),
        (r"there is no order (.+) on this channel", r"该渠道没有订单 \1"),
        (r"there is no SKU (.+)", r"没有 SKU \1"),
        (r"the order has no (.+)", r"订单里没有 \1"),
        (r"(.+) stands in the lines (.+) of the order: say which", r"订单第 \2 行都是 \1, 请填行号"),
        (r"differs from row (\d+) of the same claim", r"与同一售后单的第 \1 行不一致"),
        (r"stands on another order already", "已用于另一张订单的售后单"),
        (r"give the line or its SKU", "请填行号或 SKU编码"),
        (r"row (\d+) of the same claim is wrong", r"同一售后单的第 \1 行有误"),
        (r"order (\S+): (.+)", r"订单 \1 不能申请: \2"),
    )
)


def in_chinese(rule: str) -> str:
    """The rule in Chinese; one that has no Chinese text is told in English: better than nothing."""
    for pattern, text in _CHINESE:
        match = pattern.fullmatch(rule)
        if match:
            return match.expand(text)
    return rule
