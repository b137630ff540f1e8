"""The file that comes back: every fault of a row is named, in the file's own language."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from houtai.adapters.sheets.files import Files
from houtai.application.catalog import import_messages
from houtai.application.catalog.describe import MoveProduct, move_product
from houtai.application.catalog.import_messages import told
from houtai.application.catalog.import_products import Mode
from houtai.application.catalog.ports import PRODUCT_BY_CODE, SKU_BY_CODE
from houtai.application.catalog.product_columns import CellError
from houtai.application.office import Office
from houtai.application.sheets import SheetFormat
from houtai.domain.act import Act
from houtai.domain.catalog.category import Attribute, AttributeKind
from houtai.domain.catalog.standing import Standing
from tests.catalog.arrange import limited, some_category, some_merchant
from tests.catalog.test_import import CUPS, HEADER, bring, sheet

ENGLISH = "product_code,product_title,category_code,option_1_name,option_1_value,sku_code,barcodes,weight_g,components"
FULL = "商品编码,商品名称,类目编码,品牌编码,来源,商家编码,属性,SKU编码,长(毫米),仅作赠品"


def errors(office: Office, act: Act, content: bytes, **fields: Any) -> list[str]:
    """The column 错误原因 of the file that comes back."""
    marked = bring(office, act, content, mode=Mode.ROW_BY_ROW, **fields).marked(Files(), SheetFormat.CSV)
    assert marked.startswith(codecs.BOM_UTF8)
    return [row["错误原因"] for row in csv.DictReader(io.StringIO(marked.decode("utf-8-sig"), newline=""))]


def test_a_row_names_all_that_is_wrong_with_it(office: Office, system: Act) -> None:
    some_category(office, system)
    (told_of,) = errors(office, system, sheet("HAT,,NOWHERE,,红,H*T,6901234567891,1e3,GONE;FEW*x"))
    assert told_of.split("；") == [
        "商品名称: 不能为空",
        "类目编码: 没有类目 NOWHERE",
        "规格1值: 规格名称和规格值要么都填, 要么都不填",
        "SKU编码: 不能含空格、分号、星号或不可见字符",
        "条码: 6901234567891 的校验码不对, 末位应为 2",
        "重量(克): 只能是不带符号和分隔符的整数, 如 1234",
        "组合成分: 只能是不带符号和分隔符的整数, 如 1234",
    ]


def test_the_same_faults_under_english_headings_are_told_in_english(office: Office, system: Act) -> None:
    some_category(office, system)
    (told_of,) = errors(office, system, sheet("HAT,,NOWHERE,,,H*T,,1e3,GONE", header=ENGLISH))
    assert told_of.split("；") == [
        "product_title: must not be empty",
        "category_code: no category NOWHERE",
        "sku_code: must not hold spaces, semicolons, asterisks or invisible characters",
        "weight_g: must be a whole number in plain digits, like 1234",
        "components: no component GONE",
    ]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_a_file_of_any_encoding_comes_back_readable_with_its_faults(memory_office: Office, system: Act, encoding: str) -> None:
    some_category(memory_office, system)
    content = sheet(CUPS, "HAT,帽子,帽类,,,HAT-1,6901234567892,x,").decode().encode(encoding)
    good, *_, bad = errors(memory_office, system, content)
    assert (good, bad) == (
        "",
        "类目编码: 没有类目 帽类；条码: 条码 6901234567892 已属于 SKU CUP-RED；重量(克): 只能是不带符号和分隔符的整数, 如 1234",
    )


def test_an_xlsx_names_every_fault_too(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    content = Files().write(SheetFormat.XLSX, HEADER.split(","), [["HAT", "帽子", "帽类", "", "", "HAT-1", "", "x", ""]])
    (told_of,) = errors(memory_office, system, content, file_format=SheetFormat.XLSX)
    assert told_of == "类目编码: 没有类目 帽类；重量(克): 只能是不带符号和分隔符的整数, 如 1234"


def test_what_is_wrong_with_the_product_stands_in_each_of_its_rows(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system, attributes=(Attribute("cups", "只数", AttributeKind.INTEGER),))
    rows = [f"P,盒,HOME,B-1,商家,M-1,cups=many;shape=round,{sku},1,是" for sku in ("P-1", "P-2")]
    assert (
        errors(memory_office, system, sheet(*rows, header=FULL))
        == ["品牌编码: 没有品牌 B-1；商家编码: 没有商家 M-1；属性: cups 必须是整数；属性: 该类目没有属性 shape"] * 2
    )


def test_rows_of_one_product_that_differ_name_every_difference(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    first, second = "P,盒,HOME,颜色,红,P-1,,1,", "P,箱,ELSE,颜色,红,P-1,,1,"
    assert errors(memory_office, system, sheet(first, second)) == [
        "",
        "商品名称: 与同一商品的第 2 行不一致；类目编码: 与同一商品的第 2 行不一致；SKU编码: 与第 2 行重复",
    ]


def test_an_unreadable_cell_does_not_stop_the_rows_beside_it(office: Office, system: Act) -> None:
    some_category(office, system)
    faulty = "CUP,保温杯,HOME,颜色,绿,CUP-GREEN,,1e3,"
    assert errors(office, system, sheet(faulty, CUPS))[0] == "重量(克): 只能是不带符号和分隔符的整数, 如 1234"
    with office._store.snapshot() as views:
        assert views.products.first(PRODUCT_BY_CODE, "CUP").options[0].values == ("红", "蓝")
        assert views.skus.first(SKU_BY_CODE, "CUP-GREEN") is None


def test_a_product_of_somebody_else_is_taken_and_nothing_more_is_told(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    mine = some_merchant(memory_office, system, "M-1")
    some_merchant(memory_office, system, "M-2")
    header = "商品编码,商品名称,类目编码,来源,商家编码,SKU编码,条码"
    bring(memory_office, system, sheet("P,盒,HOME,商家,M-2,P-1,HOUSE-1", header=header))
    theirs = limited(system, "catalog.import", "merchants.read", merchant=mine)
    content = sheet("P,盒,NOWHERE,商家,M-1,P-1,HOUSE-1", header=header)
    assert errors(memory_office, theirs, content, owner=mine) == ["商品编码: 已被占用"]


def test_a_component_that_has_retired_is_named_by_its_code(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    bring(memory_office, system, sheet(CUPS))
    with memory_office._store.snapshot() as views:
        tray = views.products.first(PRODUCT_BY_CODE, "TRAY")
    memory_office.perform(move_product, MoveProduct(tray.id, tray.version, Standing.RETIRED), system)
    (told_of,) = errors(memory_office, system, sheet("SET,茶具套装,HOME,,,SET-1,,,CUP-RED*2;TRAY-1"))
    assert told_of == "组合成分: TRAY-1 已停用"


ROOMS = [Path(__file__).parents[2] / room for room in ("domain/catalog", "application/catalog")]
OUTSIDE = {  # rules that no row of a file can meet: of other deeds, or of whole files
    "must not hold = or a backslash: files use them",
    "belong to a choice, and a choice needs them",
    "of somebody else",  # told inside of another rule
}


def test_every_rule_of_an_import_has_its_chinese_text() -> None:
    """The rules are read from the checks themselves, so that a new one cannot be forgotten."""
    files = [
        *(ROOMS[0] / name for name in ("barcode.py", "product.py", "sku.py", "code.py", "category.py")),
        *(ROOMS[1] / name for name in ("import_products.py", "product_columns.py", "batch.py")),
        ROOMS[0].parent / "limits.py",
    ]
    found = set()
    for file in files:
        text = file.read_text(encoding="utf-8")
        for quoted in re.findall(r'(?:rule=|_Bad\("[a-z-]+", |return )f?"((?:[^"\\]|\\.)+)"', text):
            if " " in quoted.strip():
                found.add(re.sub(r"{[^{}]*}", "7", quoted))
    assert len(found) > 30
    english = {rule for rule in found - OUTSIDE if not re.search("[一-鿿]", import_messages._in_chinese(rule))}
    prefixed = {rule for rule in english if not re.search("[一-鿿]", import_messages._in_chinese(f"material {rule}"))}
    assert prefixed == set()


def test_a_rule_without_a_chinese_text_is_told_in_english() -> None:
    assert told(CellError(2, "", "invalid-value", "must be blue"), chinese=True) == "must be blue"
    assert told(CellError(2, "", "tests.unheard-of", "must be blue"), chinese=True) == "must be blue"
