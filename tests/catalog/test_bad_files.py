"""Bad files are answered by name, with row and column: the table of bad input for CSV imports, and hostile xlsx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.sheets.csv_files import escape, read_csv, unescape, write_csv
from houtai.adapters.sheets.files import Files
from houtai.adapters.sheets.xlsx_files import read_xlsx, write_xlsx
from houtai.application.catalog.product_columns import COLUMNS, CellError, parse_row
from houtai.application.sheets import (
    MAX_ROWS,
    BadHeader,
    BadSheetRow,
    Column,
    SheetFormat,
    SheetMalformed,
    SheetRow,
    SheetTooLarge,
    places,
)

HEADER = "商品编码,商品名称,类目编码,SKU编码,重量(克)"


def faults(line: str) -> list[tuple[str, str]]:
    sheet = read_csv(f"{HEADER}\n{line}".encode())
    parsed = parse_row(sheet.rows[0], places(sheet, COLUMNS), len(sheet.header))
    return [(error.column, error.code) for error in (parsed if isinstance(parsed, tuple) else parsed.faults)]


def test_bytes_that_fit_neither_encoding_are_refused_with_their_place() -> None:
    with pytest.raises(SheetMalformed) as refused:
        read_csv(b"a,b\n1," + b"\xff\xfe\n")
    assert (refused.value.code, refused.value.row, refused.value.column) == ("invalid-encoding", 2, 2)


def test_a_file_that_begins_like_utf8_must_be_utf8() -> None:
    with pytest.raises(SheetMalformed):
        read_csv(b"\xef\xbb\xbf" + "商品".encode("gbk"))


def test_a_nul_byte_is_refused_with_its_place() -> None:
    with pytest.raises(SheetMalformed) as refused:
        read_csv(b"a,b\n1,\0")
    assert (refused.value.row, refused.value.column) == (2, 2)


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ("商品编码,商品名称,类目编码", "is missing"),
        ("商品编码,商品编码,商品名称,类目编码,SKU编码", "twice"),
        ("product_code,商品编码,商品名称,类目编码,SKU编码", "twice"),
        ("商品编码,商品名称,类目编码,SKU编码,颜值", "is not a column"),
        ("商品编码,商品名称,类目编码,SKU编码,", "is not a column"),
    ],
)
def test_a_header_that_does_not_fit_the_template_is_refused(header: str, rule: str) -> None:
    with pytest.raises(BadHeader, match=rule) as refused:
        places(read_csv(header.encode()), COLUMNS)
    assert refused.value.code == "csv-header"


def test_keys_and_starred_titles_and_the_error_column_are_known_in_a_header() -> None:
    sheet = read_csv("product_code,商品名称*, 类目编码 ,错误原因,SKU编码".encode())
    assert places(sheet, COLUMNS) == {"product_code": 0, "product_title": 1, "category_code": 2, "sku_code": 4}


def test_a_wrong_number_of_cells_is_a_bad_row() -> None:
    assert faults("A,名,HOME,A-1") == [("", "csv-row")]
    assert faults("A,名,HOME,A-1,5,6") == [("", "csv-row")]


def test_an_open_quote_is_refused() -> None:
    with pytest.raises(BadSheetRow, match="quote is not closed") as refused:
        read_csv(f'{HEADER}\nA,"名,HOME,A-1,1\nB,名,HOME,B-1,1'.encode())
    assert (refused.value.code, refused.value.row) == ("csv-row", 2)


def test_an_empty_file_is_refused() -> None:
    for content in (b"", b"\n\n", b"\xef\xbb\xbf"):
        with pytest.raises(BadSheetRow):
            read_csv(content)


def test_a_cell_longer_than_32_kb_is_refused_with_its_place() -> None:
    with pytest.raises(BadSheetRow) as refused:
        read_csv(f"a,b\n1,{'茶' * 11_000}".encode())
    assert (refused.value.row, refused.value.column) == (2, 2)


def test_more_rows_than_the_limit_are_refused() -> None:
    assert len(read_csv(b"a\n" + b"1\n" * MAX_ROWS).rows) == MAX_ROWS
    with pytest.raises(SheetTooLarge):
        read_csv(b"a\n" + b"1\n" * (MAX_ROWS + 1))


@pytest.mark.parametrize(
    "number", ['"1,234.56"', "１２", "1e3", "-0", "-5", "+5", "5.0", "007", "0x1F", "1 000", "NaN", "五", "٣"]
)
def test_a_number_that_could_be_read_in_two_ways_is_invalid(number: str) -> None:
    assert faults(f"A,名,HOME,A-1,{number}") == [("weight_g", "invalid-number")]


@pytest.mark.parametrize("number", ["100000001", "9" * 26, "9" * 30_000])
def test_a_number_past_its_bound_is_out_of_range(number: str) -> None:
    assert faults(f"A,名,HOME,A-1,{number}") == [("weight_g", "out-of-range")]


def test_every_fault_of_a_row_is_named() -> None:
    assert faults(",  ,,A-1,x") == [
        ("product_code", "invalid-value"),
        ("product_title", "invalid-value"),
        ("category_code", "invalid-value"),
        ("weight_g", "invalid-number"),
    ]


def test_blank_rows_are_left_out_and_row_numbers_stay() -> None:
    assert [row.number for row in read_csv(b"a,b\n,\n\n1,2\n").rows] == [4]


@given(st.text())
def test_an_escaped_cell_is_no_formula_and_comes_back(cell: str) -> None:
    assert escape(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert unescape(escape(cell)) == cell


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("=+-@',\"\n\t"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS).filter(any), max_size=8))
def test_a_written_csv_is_read_back(rows: list[tuple[str, str]]) -> None:
    assert [row.cells for row in read_csv(write_csv([("a", "b"), *rows])).rows] == rows


@given(st.lists(st.tuples(CELLS, CELLS.filter(bool)), max_size=4))
def test_a_written_xlsx_is_read_back(rows: list[tuple[str, str]]) -> None:
    assert [row.cells for row in read_xlsx(write_xlsx(("a", "b"), rows)).rows] == rows


def test_xlsx_numbers_come_without_a_point_and_long_ones_are_told() -> None:
    import openpyxl  # type: ignore[import-untyped]  # it ships no types

    book = openpyxl.Workbook()
    book.active.append(["sku", "barcode", "flag"])
    book.active.append([350, 6901234567892, True])
    book.active.append([12.5, 6901234567892123456, None])
    target = io.BytesIO()
    book.save(target)
    first, second = read_xlsx(target.getvalue()).rows
    assert (first.cells, dict(first.damaged)) == (("350", "6901234567892", "yes"), {})
    assert second.cells[0] == "12.5"
    assert set(second.damaged) == {1}
    found = parse_row(SheetRow(2, second.cells, second.damaged), {"sku_code": 0, "barcodes": 1}, 3)
    assert isinstance(found, tuple)
    assert CellError(2, "barcodes", "invalid-number", second.damaged[1]) in found


def packed(**changed: bytes) -> bytes:
    """A real xlsx with some of its parts replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(write_xlsx(("a",), [("1",)])))
    target = io.BytesIO()
    parts = {part.filename: source.read(part) for part in source.infolist()} | {
        k.replace("__", "/"): v for k, v in changed.items()
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return target.getvalue()


SHEET = "xl__worksheets__sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData/></worksheet>'


@pytest.mark.parametrize(
    "content",
    [
        lambda: packed(**{SHEET: ENTITY}),
        lambda: packed(**{SHEET: ENTITY.decode().encode("utf-16")}),
        lambda: packed(**{"xl__sharedStrings.xml": ENTITY}),
        lambda: b"PK\x03\x04 not really",
        "商品编码".encode,
        lambda: write_xlsx(("a",), [("1",)])[:-100],
        lambda: packed().replace(b"xl/workbook.xml", b"xl/workbook.xyz"),
    ],
)
def test_an_xlsx_with_an_entity_or_broken_is_malformed(content: Callable[[], bytes]) -> None:
    with pytest.raises(SheetMalformed):
        Files().read(content(), SheetFormat.XLSX)


@pytest.mark.parametrize(
    "content",
    [
        lambda: packed(xl__media__bomb=b"\0" * (100 * 1024 * 1024)),
        lambda: packed(**{f"part{n}": b"" for n in range(1001)}),
        lambda: packed(
            **{SHEET: b'<worksheet><sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'}
        ),
        lambda: packed(**{SHEET: b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'}),
        lambda: b"x" * (20 * 1024 * 1024 + 1),
    ],
)
def test_an_xlsx_that_unpacks_past_the_limits_is_too_large(content: Callable[[], bytes]) -> None:
    with pytest.raises(SheetTooLarge):
        Files().read(content(), SheetFormat.XLSX)


def test_a_part_that_lies_about_its_size_is_malformed() -> None:
    content = bytearray(packed(xl__media__bomb=b"\0" * 10_000_000))
    place = content.rfind(b"xl/media/bomb") - 46  # its entry in the central directory
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(SheetMalformed):
        Files().read(bytes(content), SheetFormat.XLSX)


@pytest.mark.parametrize("form", SheetFormat)
def test_a_template_has_every_column_and_is_taken_as_an_empty_sheet(form: SheetFormat) -> None:
    sheet = Files().read(Files().template(form, COLUMNS), form)
    assert set(places(sheet, COLUMNS)) == {column.key for column in COLUMNS}
    assert sheet.rows == ()


def test_a_marked_xlsx_has_the_wrong_cells_red() -> None:
    import openpyxl

    sheet = read_csv(b"a,b\n1,2\n3,4")
    assert places(sheet, (Column("a", "甲"), Column("b", "乙"))) == {"a": 0, "b": 1}
    content = Files().write_marked(SheetFormat.XLSX, sheet, {3: {"b": "b: is wrong"}})
    found = openpyxl.load_workbook(io.BytesIO(content)).active
    assert found is not None
    assert [[cell.value for cell in row] for row in found.iter_rows()] == [
        ["a", "b", "错误原因"],
        ["1", "2", ""],
        ["3", "4", "b: is wrong"],
    ]
    assert [found.cell(3, place).fill.fgColor.rgb for place in (1, 2)] == ["00000000", "FFFFC7CE"]
