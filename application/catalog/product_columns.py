"""The columns of a product file, and how one row becomes typed values or a list of what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from houtai.application.sheets import Column, SheetRow
from houtai.domain import limits
from houtai.domain.catalog.barcode import Barcode
from houtai.domain.catalog.product import MAX_OPTIONS, Source
from houtai.domain.catalog.sku import MAX_SIZE_MM, ReturnPolicy
from houtai.domain.refusal import InvalidValue

SOURCES: Final = {"自营": Source.OWN, "商家": Source.MERCHANT, "寄售": Source.CONSIGNMENT}
POLICIES: Final = {"整套退": ReturnPolicy.WHOLE_ONLY, "可拆退": ReturnPolicy.COMPONENT}
YES_NO: Final = {"是": True, "否": False, "yes": True, "no": False}

COLUMNS: Final = (
    Column("product_code", "商品编码", required=True, note="同一商品的各规格填同一编码", example="CUP"),
    Column("product_title", "商品名称", required=True, example="不锈钢保温杯"),
    Column("category_code", "类目编码", required=True, example="HOME"),
    Column("brand_code", "品牌编码"),
    Column("source", "来源", choices=tuple(SOURCES), example="自营"),
    Column("merchant_code", "商家编码", note="来源为商家或寄售时必填"),
    Column("attributes", "属性", note="属性编码=值;属性编码=值", example="material=304"),
    *(
        column
        for place in range(1, MAX_OPTIONS + 1)
        for column in (
            Column(f"option_{place}_name", f"规格{place}名称", example="颜色" if place == 1 else ""),
            Column(f"option_{place}_value", f"规格{place}值", example="红" if place == 1 else ""),
        )
    ),
    Column("sku_code", "SKU编码", required=True, example="CUP-RED"),
    Column("sku_title", "SKU名称", note="不填则为商品名称加规格值"),
    Column("barcodes", "条码", note="条码*每包件数;条码*每包件数, 件数为1可省略", example="6901234567892"),
    Column("weight_g", "重量(克)", example="350"),
    Column("length_mm", "长(毫米)", example="70"),
    Column("width_mm", "宽(毫米)", example="70"),
    Column("height_mm", "高(毫米)", example="220"),
    Column("components", "组合成分", note="SKU编码*件数;SKU编码*件数, 填写后为组合商品"),
    Column("return_policy", "组合退货", choices=tuple(POLICIES)),
    Column("gift_only", "仅作赠品", choices=("是", "否")),
)

TITLE_OF: Final = {column.key: column.title for column in COLUMNS}

PLACE_OF: Final = {column.key: place for place, column in enumerate(COLUMNS)}

VERBATIM: Final = frozenset({"product_title", "sku_title"})  # kept to the last space

_NEEDED: Final = ("product_title", "category_code", "sku_code")
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_PAIR = re.compile(r"(?:\\.|[^;\\]|\\$)+", re.DOTALL)
_PART = re.compile(r"([^*;]+)(?:\*([^*;]*))?")


@attrs.frozen
class CellError:
    """What is wrong with one cell, or with the whole row where `column` is empty. `column` is the template's key."""

    row: int
    column: str
    code: str
    rule: str
    facts: Mapping[str, str] = attrs.field(factory=dict)  # what the refusal named, for saying it in another language


@attrs.frozen
class ProductRow:
    """One row in types. None where the file has no such column: then what is stored stays.

    `faults` names the cells that could not be read: such a row is checked as far as it goes, and never taken in.
    """

    row: int
    product_code: str
    product_title: str
    category_code: str
    sku_code: str
    brand_code: str | None = None
    source: Source | None = None
    merchant_code: str | None = None
    attributes: Mapping[str, str] | None = None
    option_names: tuple[str, ...] | None = None
    option_values: tuple[str, ...] = ()
    sku_title: str | None = None
    barcodes: tuple[Barcode, ...] | None = None
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    components: tuple[tuple[str, int], ...] | None = None
    return_policy: ReturnPolicy | None = None
    gift_only: bool | None = None
    faults: tuple[CellError, ...] = ()


class _Bad(Exception):
    """A cell that does not hold what its column takes."""

    def __init__(self, code: str, rule: str) -> None:
        super().__init__(rule)
        self.code = code
        self.rule = rule


def parse_row(row: SheetRow, places: Mapping[str, int], width: int) -> ProductRow | tuple[CellError, ...]:
    """The row in types, its unreadable cells among them, or what is wrong where nobody can say which product it is of."""
    if len(row.cells) != width:
        rule = f"has {len(row.cells)} cells, the header has {width}"
        return (CellError(row.number, "", "csv-row", rule),)
    errors: list[CellError] = []
    values: dict[str, Any] = {"row": row.number}
    cells = {key: row.cells[place] if key in VERBATIM else row.cells[place].strip() for key, place in places.items()}
    for key, place in places.items():
        if place in row.damaged:
            errors.append(CellError(row.number, key, "invalid-number", row.damaged[place]))
        elif key in _READERS:
            try:
                values[key] = _READERS[key](cells[key])
            except _Bad as bad:
                errors.append(CellError(row.number, key, bad.code, bad.rule))
    errors += _read_options(row.number, cells, values)
    if "product_code" not in values:
        return tuple(errors)
    return ProductRow(**(dict.fromkeys(_NEEDED, "") | values), faults=tuple(errors))


def _read_options(number: int, cells: Mapping[str, str], values: dict[str, Any]) -> list[CellError]:
    names: list[str] = []
    chosen: list[str] = []
    for place in range(1, MAX_OPTIONS + 1):
        name, value = cells.get(f"option_{place}_name"), cells.get(f"option_{place}_value", "")
        if name is None and not value:
            continue
        if bool(name) != bool(value):
            return [CellError(number, f"option_{place}_value", "invalid-value", "needs both a name and a value, or neither")]
        if name:
            names.append(name)
            chosen.append(value)
    if names or "option_1_name" in cells:
        values["option_names"], values["option_values"] = tuple(names), tuple(chosen)
    return []


def _required(cell: str) -> str:
    if not cell.strip():
        raise _Bad("invalid-value", "must not be empty")
    return cell


def whole(cell: str, high: int) -> int:
    """A whole number in plain digits. No separators, signs, exponents, full-width digits or leading zeros: each is ambiguous."""
    if not _WHOLE.fullmatch(cell) or not cell.isascii():
        raise _Bad("invalid-number", "must be a whole number in plain digits, like 1234")
    if len(cell) > 19 or int(cell) > high:  # longer ones are over any bound, and slow to convert
        raise _Bad("out-of-range", f"must be at most {high}")
    return int(cell)


def _size(high: int) -> Callable[[str], int]:
    return lambda cell: whole(cell, high) if cell else 0


def _one_of(choices: Mapping[str, Any], default: Any) -> Callable[[str], Any]:
    by_name = {**choices, **{choice.value: choice for choice in choices.values() if hasattr(choice, "value")}}

    def read(cell: str) -> Any:
        if not cell:
            return default
        if cell not in by_name:
            raise _Bad("invalid-value", f"must be one of {', '.join(choices)}")
        return by_name[cell]

    return read


def pairs(text: str) -> dict[str, str]:
    r"""``code=value;code=value`` as a mapping, ``\\;`` for a semicolon in a value. Raises InvalidValue."""
    try:
        return _attributes(text)
    except _Bad as bad:
        raise InvalidValue(field="attributes", rule=bad.rule) from bad


def _attributes(cell: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(str.strip, _PAIR.findall(cell)):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise _Bad("invalid-value", "must be like code=value;code=value, each code once")
        found[name.strip()] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
    return found


def attributes_cell(attributes: Mapping[str, str]) -> str:
    r"""The cell that `_attributes` reads back; a semicolon inside a value is written ``\;``, a backslash twice."""
    escaped = {name: value.replace("\\", "\\\\").replace(";", "\\;") for name, value in attributes.items()}
    return ";".join(f"{name}={value}" for name, value in escaped.items())


def _counted(cell: str) -> list[tuple[str, int]]:
    """``CODE*2;CODE`` as codes and counts, 1 where none is said."""
    found = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise _Bad("invalid-value", "must be like CODE*2;CODE*1")
        count = 1 if match[2] is None else whole(match[2].strip(), limits.MAX_QTY)
        found.append((match[1].strip(), count))
    return found


def _barcodes(cell: str) -> tuple[Barcode, ...]:
    try:
        return tuple(Barcode(code, count) for code, count in _counted(cell))
    except InvalidValue as refusal:
        raise _Bad(refusal.code, refusal.rule) from refusal


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "product_code": _required,
    "product_title": _required,
    "category_code": _required,
    "sku_code": _required,
    "brand_code": str,
    "source": _one_of(SOURCES, Source.OWN),
    "merchant_code": str,
    "attributes": _attributes,
    "sku_title": str,
    "barcodes": _barcodes,
    "weight_g": _size(limits.MAX_WEIGHT_G),
    "length_mm": _size(MAX_SIZE_MM),
    "width_mm": _size(MAX_SIZE_MM),
    "height_mm": _size(MAX_SIZE_MM),
    "components": lambda cell: tuple(_counted(cell)),
    "return_policy": _one_of(POLICIES, ReturnPolicy.WHOLE_ONLY),
    "gift_only": _one_of(YES_NO, False),
}
