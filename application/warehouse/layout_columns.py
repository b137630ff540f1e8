"""The columns of a layout file, and how one row becomes typed values or a list of what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from houtai.application.catalog.product_columns import CellError
from houtai.application.sheets import Column, SheetRow
from houtai.domain.warehouse.location import AbcClass, Activity, Location, LocationKind, MixPolicy, Side

T = TypeVar("T")

KINDS: Final = {
    "收货": LocationKind.RECEIVING,
    "质检": LocationKind.QC,
    "存储": LocationKind.STORAGE,
    "拣货": LocationKind.PICK_FACE,
    "退货": LocationKind.RETURNS,
    "打包": LocationKind.PACKING,
    "集货": LocationKind.STAGING,
    "隔离": LocationKind.QUARANTINE,
    "残次": LocationKind.DAMAGED,
    "失物": LocationKind.LOST_FOUND,
}
MIXES: Final = {
    "空位": MixPolicy.EMPTY_ONLY,
    "同品": MixPolicy.SAME_PRODUCT,
    "同品同批": MixPolicy.SAME_PRODUCT_LOT,
    "混放": MixPolicy.MIXED,
}
SIDES: Final = {"左": Side.LEFT, "右": Side.RIGHT}
CLASSES: Final = {"A": AbcClass.A, "B": AbcClass.B, "C": AbcClass.C}
ACTIVITY_NAMES: Final = {activity.value: activity for activity in Activity}

COLUMNS: Final = (
    Column("path", "库位", required=True, note="区-巷道-货架-层-位, 可只写前几级", example="A-03-02-1"),
    Column("barcode", "库位条码", note="以 L- 开头; 不填则为 L-仓库编码-库位", example="L-SH-A-03-02-1"),
    Column("kind", "类型", choices=tuple(KINDS), example="存储"),
    Column("activities", "允许作业", note="用分号分隔; 不填则按类型", example="putaway;pick"),
    Column("mix", "混放规则", choices=tuple(MIXES), example="混放"),
    Column("max_weight_g", "承重(克)", example="500000"),
    Column("max_volume_cm3", "容积(立方厘米)", example="1200000"),
    Column("max_units_qty", "件数上限"),
    Column("height_mm", "高度(毫米)", example="1800"),
    Column("x_mm", "横坐标(毫米)", example="12500"),
    Column("y_mm", "纵坐标(毫米)", example="3000"),
    Column("aisle", "巷道号", example="3"),
    Column("side", "左右", choices=tuple(SIDES), example="左"),
    Column("pick_sequence", "拣货顺序", example="10"),
    Column("abc", "ABC", choices=tuple(CLASSES)),
)
TITLE_OF: Final = {column.key: column.title for column in COLUMNS}

_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_SIGNED: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")


@attrs.frozen
class LayoutRow:
    """One row in types: `values` holds the columns that the file has; `faults` names the cells that could not be read."""

    row: int
    path: str
    values: Mapping[str, Any] = attrs.field(factory=dict)
    faults: tuple[CellError, ...] = ()


def parse_row(row: SheetRow, places: Mapping[str, int], width: int) -> LayoutRow:
    """The row in types. A row that is none (another number of cells) has a fault and nothing else."""
    if len(row.cells) != width:
        rule = f"has {len(row.cells)} cells, the header has {width}"
        return LayoutRow(row.number, "", faults=(_fault(row.number, "", rule, "csv-row"),))
    values: dict[str, Any] = {}
    faults = []
    for key, place in places.items():
        if place in row.damaged:
            faults.append(_fault(row.number, key, row.damaged[place], "invalid-number"))
            continue
        try:
            values[key] = _READERS[key](row.cells[place].strip())
        except ValueError as wrong:
            faults.append(_fault(row.number, key, str(wrong)))
    return LayoutRow(row.number, values.pop("path", ""), values, tuple(faults))


def _fault(row: int, column: str, rule: str, code: str = "invalid-value") -> CellError:
    return CellError(row, column, code, rule)


def _required(cell: str) -> str:
    if not cell:
        raise ValueError("must not be empty")
    return cell.upper()


def _whole(pattern: re.Pattern[str], default: int | None) -> Callable[[str], int | None]:
    def read(cell: str) -> int | None:
        if not cell:
            return default
        if pattern.fullmatch(cell) is None:
            raise ValueError("must be a whole number in plain digits, like 1234")
        return int(cell)

    return read


def _one_of(choices: Mapping[str, T], default: T | None) -> Callable[[str], T | None]:
    by_name = {**choices, **{choice.value: choice for choice in choices.values() if hasattr(choice, "value")}}

    def read(cell: str) -> T | None:
        if not cell:
            return default
        if cell not in by_name:
            rule = f"must be one of {', '.join(choices)}"
            raise ValueError(rule)
        return by_name[cell]

    return read


def _activities(cell: str) -> frozenset[Activity] | None:
    """None for an empty cell: those of the kind."""
    names = [name.strip() for name in cell.split(";") if name.strip()]
    if any(name not in ACTIVITY_NAMES for name in names):
        rule = f"must be one of {', '.join(ACTIVITY_NAMES)}"
        raise ValueError(rule)
    return frozenset(ACTIVITY_NAMES[name] for name in names) or None


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "path": _required,
    "barcode": str,
    "kind": _one_of(KINDS, LocationKind.STORAGE),
    "activities": _activities,
    "mix": _one_of(MIXES, MixPolicy.MIXED),
    **dict.fromkeys(("max_weight_g", "max_volume_cm3", "max_units_qty", "height_mm"), _whole(_WHOLE, None)),
    **dict.fromkeys(("x_mm", "y_mm"), _whole(_SIGNED, 0)),
    **dict.fromkeys(("aisle", "pick_sequence"), _whole(_WHOLE, 0)),
    "side": _one_of(SIDES, Side.LEFT),
    "abc": _one_of(CLASSES, None),
}


def line_of(location: Location) -> tuple[str, ...]:
    """A place as a line of the file, in the order of the columns; reading it gives the same place back."""
    named = {
        "path": location.path,
        "barcode": location.barcode,
        "kind": _name(KINDS, location.kind),
        "activities": ";".join(sorted(activity.value for activity in location.activities)),
        "mix": _name(MIXES, location.mix),
        "side": _name(SIDES, location.walk.side),
        "abc": "" if location.abc is None else location.abc.value.upper(),
    }
    for part in (location.capacity, location.walk):
        for field in attrs.fields(type(part)):
            value = getattr(part, field.name)
            named.setdefault(field.name, "" if value is None else str(value))
    return tuple(named[column.key] for column in COLUMNS)


def _name(choices: Mapping[str, T], wanted: T) -> str:
    return next(name for name, choice in choices.items() if choice is wanted)
