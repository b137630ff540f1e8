"""A layout file from its bytes to the report: read, checked, taken in, given back with its errors; and the way out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from houtai.application.catalog.import_products import Result, RowResult
from houtai.application.catalog.product_columns import CellError
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.ports import Performer
from houtai.application.sheets import RowsRefused, Sheet, SheetFiles, SheetFormat, is_titled, marks, places
from houtai.application.warehouse.import_layout import ImportLayout, import_layout
from houtai.application.warehouse.layout_columns import COLUMNS, TITLE_OF, line_of, parse_row
from houtai.application.warehouse.ports import LocationFilter, WarehouseViews
from houtai.application.warehouse.queries import sees
from houtai.application.warehouse.standard import is_standard
from houtai.domain.act import Act
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import WarehouseId
from houtai.domain.refusal import NotFound

EXPORT: Final = "warehouse.export"
MAX_TOLD: Final = 200
_PAGE: Final = 100

_CHINESE: Final = tuple(  # a rule as the checks word it -> the same in Chinese
    (re.compile(rule, re.DOTALL), text)
    for rule, text in (
        (r"must not be empty", "不能为空"),
        (r"must be a whole number in plain digits, like 1234", "只能是不带分隔符的整数, 如 1234"),
        (r"is a number of more than 15 digits: format the column as text", "数字超过 15 位, 请把该列设为文本格式"),
        (r"must be one of (.+)", r"只能是: \1"),
        (r"must lie between (-?\d+) and (-?\d+)", r"必须在 \1 到 \2 之间"),
        (r"has (\d+) cells, the header has (\d+)", r"该行有 \1 格, 表头有 \2 格"),
        (r"must be zone-aisle-bay-level-bin .+", "格式应为 区-巷道-货架-层-位 或其前几级, 每级 1 到 11 个大写字母或数字"),
        (r"must be (L-) and capital letters.+", r"必须以 \1 开头, 其后为大写字母或数字 (中间可有 . - _ /), 共 48 个字符以内"),
        (r"stands in row (\d+) already", r"与第 \1 行重复"),
        (r"belongs to every warehouse and stays as it is", "是系统库位, 不能更改"),
        (r"is retired", "已停用"),
        (r"is taken", "已被占用"),
        (r"cannot change while (.+) lies there", r"库位上还有 \1, 不能更改类型"),
    )
)


@attrs.frozen
class LayoutFile:
    """What to take in, and for which warehouse."""

    warehouse_id: WarehouseId
    content: bytes = attrs.field(repr=False)
    file_format: SheetFormat
    file_name: str = ""
    dry_run: bool = False


@attrs.frozen
class LayoutTaken:
    """A file that was read and taken in: what became of every row, and what is needed to give it back marked.

    `applied` is False for a dry run, and where a row was faulty: then nothing was taken.
    """

    results: tuple[RowResult, ...]
    dry_run: bool
    sheet: Sheet
    places: dict[str, int]

    @property
    def errors(self) -> tuple[CellError, ...]:
        """Everything that is wrong, in row order."""
        return tuple(error for row in self.results for error in row.errors)

    @property
    def applied(self) -> bool:
        """Whether the places are as the file says."""
        return not self.dry_run and not self.errors

    def count(self, result: Result) -> int:
        """How many rows came out so."""
        return sum(row.result is result for row in self.results)

    def demand(self) -> None:
        """Refuse with RowsRefused what was not taken because of faulty rows; a dry run only reports."""
        errors = self.errors
        if errors and not self.dry_run:
            first = errors[0]
            named = tuple(f"row {one.row}: {TITLE_OF.get(one.column, one.column)} {one.rule}" for one in errors[:MAX_TOLD])
            place = self.places.get(first.column, -1) + 1
            raise RowsRefused(row=first.row, column=place, rule=first.rule, errors=named, total=len(errors))

    def marked(self, files: SheetFiles, file_format: SheetFormat) -> bytes:
        """The same file with the column 错误原因, in Chinese under Chinese headings."""
        chinese = is_titled(self.sheet, COLUMNS)
        errors = ((error.row, error.column, _in_chinese(error.rule) if chinese else error.rule) for error in self.errors)
        return files.write_marked(file_format, self.sheet, marks(self.sheet, self.places, errors))


def _in_chinese(rule: str) -> str:
    for pattern, text in _CHINESE:
        match = pattern.fullmatch(rule)
        if match:
            return match.expand(text)
    return rule


def take_in_layout(office: Performer, files: SheetFiles, file: LayoutFile, act: Act, *, key: str | None = None) -> LayoutTaken:
    """Read and import in one transaction. Raises the refusals of `SheetFiles.read` and BadHeader; faulty rows are reported.

    `key` makes a repeated call get the first answer.
    """
    sheet = files.read(file.content, file.file_format)
    found = places(sheet, COLUMNS)
    rows = tuple(parse_row(row, found, len(sheet.header)) for row in sheet.rows)
    digest = hashlib.sha256(file.content).hexdigest()
    cmd = ImportLayout(file.warehouse_id, digest, file.file_name, rows, file.dry_run)
    wish = f"{digest}:{file.warehouse_id}:{file.dry_run}"
    results = office.perform(import_layout, cmd, act, key=key, wish=wish)
    return LayoutTaken(results, file.dry_run, sheet, found)


@attrs.frozen
class LayoutLines:
    """One page of a warehouse's places as lines of the file."""

    warehouse_id: WarehouseId
    page: Page


@needs(EXPORT, along=(WAREHOUSE, MERCHANT))
def layout_lines(views: WarehouseViews, query: LayoutLines, act: Act) -> Slice[tuple[str, ...]]:
    """The places in use but for the standard ones, by path. Raises NotFound for an unseen warehouse."""
    if not sees(act, EXPORT, views.warehouses.get(query.warehouse_id)):
        raise NotFound(what="warehouse", key=str(query.warehouse_id))
    wanted = LocationFilter(frozenset({query.warehouse_id}), state=Standing.ACTIVE)
    found = views.location_list(wanted, query.page)
    return Slice(tuple(line_of(one) for one in found.items if not is_standard(one)), found.next_cursor)


def export_layout(office: Performer, files: SheetFiles, warehouse_id: WarehouseId, file_format: SheetFormat, act: Act) -> bytes:
    """The layout as a file that the import takes back unchanged."""
    lines = list(_every(lambda page: office.ask(layout_lines, LayoutLines(warehouse_id, page), act)))
    return files.write(file_format, [column.title for column in COLUMNS], lines)


def _every(ask: Callable[[Page], Slice[Any]]) -> Iterator[Any]:
    page = Page(_PAGE, newest_first=False)
    while True:
        found = ask(page)
        yield from found.items
        if not found.has_more:
            return
        page = attrs.evolve(page, cursor=found.next_cursor)
