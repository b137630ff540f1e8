"""Products from files, on every adapter: what comes in, what is refused, and what is given back."""

from __future__ import annotations

import codecs
from typing import Any

import attrs
import pytest

from houtai.adapters.sheets.files import Files
from houtai.application.catalog.export import export_products
from houtai.application.catalog.import_file import ImportReport, ProductFile, Taken, take_in
from houtai.application.catalog.import_products import Mode, Result
from houtai.application.catalog.imports import ImportState
from houtai.application.catalog.ports import PRODUCT_BY_CODE, SKU_BY_CODE, SKU_BY_PRODUCT
from houtai.application.catalog.queries import ListImports, list_imports
from houtai.application.merchants.queries import MerchantsByCode, merchants_by_code
from houtai.application.office import Office
from houtai.application.sheets import DuplicateImport, SheetFormat
from houtai.domain.act import Act
from houtai.domain.catalog.category import Attribute
from houtai.domain.catalog.product import Source
from houtai.domain.ids import new_id
from houtai.domain.refusal import Forbidden, NotFound
from tests.catalog.arrange import limited, some_category, some_merchant

HEADER = "商品编码,商品名称,类目编码,规格1名称,规格1值,SKU编码,条码,重量(克),组合成分"
CUPS = """CUP,保温杯,HOME,颜色,红,CUP-RED,6901234567892;16901234567899*12,350,
CUP,保温杯,HOME,颜色,蓝,CUP-BLUE,,350,
SET,茶具套装,HOME,,,SET-1,,,CUP-RED*2;TRAY-1
TRAY,茶盘,HOME,,,TRAY-1,HOUSE-7,900,"""


def sheet(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode()


def bring(office: Office, act: Act, content: bytes, **fields: Any) -> Taken:
    file = ProductFile(id=new_id(), content=content, **{"file_format": SheetFormat.CSV, "file_name": "商品.csv", **fields})
    return take_in(office, Files(), file, lambda codes: office.ask(merchants_by_code, MerchantsByCode(codes), act), act)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return tuple(report.count(result) for result in Result)  # type: ignore[return-value]  # four results


def stored(store: Any) -> tuple[int, int]:
    with store.snapshot() as views:
        skus = [sku for sku in ("CUP-RED", "CUP-BLUE", "SET-1", "TRAY-1") if views.skus.first(SKU_BY_CODE, sku)]
        return len([code for code in ("CUP", "SET", "TRAY") if views.products.first(PRODUCT_BY_CODE, code)]), len(skus)


def test_a_file_brings_products_with_options_barcodes_and_bundles(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    taken = bring(office, system, sheet(CUPS))
    assert counts(taken.report) == (4, 0, 0, 0)
    assert taken.report.applied
    with store.snapshot() as views:
        cup = views.products.first(PRODUCT_BY_CODE, "CUP")
        assert [(option.name, option.values) for option in cup.options] == [("颜色", ("红", "蓝"))]
        red = views.skus.first(SKU_BY_CODE, "CUP-RED")
        assert (red.title, [(b.code, b.pack_qty) for b in red.barcodes]) == (
            "保温杯 红",
            [("6901234567892", 1), ("16901234567899", 12)],
        )
        bundle = views.skus.first(SKU_BY_CODE, "SET-1")
        held = {views.skus.get(part.sku_id).code: part.qty for part in bundle.components}
        assert held == {"CUP-RED": 2, "TRAY-1": 1}
        assert views.barcodes.get("16901234567899").pack_qty == 12


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    taken = bring(office, system, sheet(CUPS), dry_run=True)
    assert (counts(taken.report), taken.report.applied) == ((4, 0, 0, 0), False)
    assert stored(store) == (0, 0)
    assert counts(bring(office, system, sheet(CUPS)).report) == (4, 0, 0, 0)


def test_all_or_nothing_writes_nothing_where_one_row_fails(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    taken = bring(office, system, sheet(CUPS, "HAT,帽子,NOWHERE,,,HAT-1,,,"))
    assert (taken.report.applied, counts(taken.report)[3]) == (False, 1)
    assert stored(store) == (0, 0)


def test_row_by_row_takes_the_good_rows_and_names_the_others(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    bad = ["HAT,帽子,NOWHERE,,,HAT-1,,,", "CUP,保温杯,HOME,颜色,红,CUP-TWIN,,1,", "FAN,扇子,HOME,,,FAN-1,6901234567891,1e3,"]
    taken = bring(office, system, sheet(CUPS, *bad), mode=Mode.ROW_BY_ROW)
    assert counts(taken.report) == (4, 0, 0, 3)
    assert stored(store) == (3, 4)
    assert [(error.row, error.column, error.code) for error in taken.report.errors] == [
        (6, "category_code", "not-found"),
        (7, "option_1_value", "catalog.variant-taken"),
        (8, "barcodes", "invalid-value"),
        (8, "weight_g", "invalid-number"),
    ]


def test_a_failed_rows_option_value_does_not_reach_the_product(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    bring(office, system, sheet(CUPS), mode=Mode.ROW_BY_ROW)
    taken = bring(office, system, sheet("CUP,保温杯,HOME,颜色,绿,CUP-GREEN,6901234567892,1,", CUPS), mode=Mode.ROW_BY_ROW)
    assert counts(taken.report) == (0, 0, 4, 1)
    with store.snapshot() as views:
        assert views.products.first(PRODUCT_BY_CODE, "CUP").options[0].values == ("红", "蓝")


def test_rows_that_say_what_is_stored_are_skipped_and_others_update_by_code(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    bring(office, system, sheet(CUPS))
    heavier = CUPS.replace("CUP-BLUE,,350", "CUP-BLUE,,360").replace("茶盘", "竹茶盘")
    assert counts(bring(office, system, sheet(heavier)).report) == (0, 2, 2, 0)
    with store.snapshot() as views:
        assert views.skus.first(SKU_BY_CODE, "CUP-BLUE").weight_g == 360
        assert views.skus.first(SKU_BY_CODE, "CUP-BLUE").version == 2
        assert views.skus.first(SKU_BY_CODE, "TRAY-1").title == "竹茶盘"
        assert views.products.first(PRODUCT_BY_CODE, "CUP").version == 1


def test_a_column_that_the_file_does_not_have_keeps_what_is_stored(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    bring(office, system, sheet(CUPS))
    short = sheet("CUP,双层保温杯,HOME,CUP-RED", header="商品编码,商品名称,类目编码,SKU编码")
    assert counts(bring(office, system, short).report) == (0, 1, 0, 0)
    with store.snapshot() as views:
        red, blue = views.skus.first(SKU_BY_CODE, "CUP-RED"), views.skus.first(SKU_BY_CODE, "CUP-BLUE")
        assert (red.weight_g, red.option_values, len(red.barcodes)) == (350, ("红",), 2)
        assert (red.title, blue.title) == ("双层保温杯 红", "双层保温杯 蓝")


def test_the_same_file_twice_is_a_duplicate_import(office: Office, system: Act) -> None:
    some_category(office, system)
    first = bring(office, system, sheet(CUPS))
    with pytest.raises(DuplicateImport) as refused:
        bring(office, system, sheet(CUPS))
    assert refused.value.import_id == str(first.report.id)
    with pytest.raises(DuplicateImport):
        bring(office, system, sheet(CUPS), mode=Mode.ROW_BY_ROW)


def test_files_are_listed_newest_first_with_their_counts(office: Office, system: Act, clock: Any) -> None:
    some_category(office, system)
    bring(office, system, sheet(CUPS), file_name="一.csv")
    later = attrs.evolve(system, at=clock.advance(hours=1))
    bring(office, later, sheet(CUPS, "HAT,帽子,NOWHERE,,,HAT-1,,,"), file_name="二.csv", mode=Mode.ROW_BY_ROW)
    found = office.ask(list_imports, ListImports(), system)
    assert [(file.file_name, file.imported, file.skipped, file.failed, file.state) for file in found] == [
        ("二.csv", 0, 4, 1, ImportState.DONE),
        ("一.csv", 4, 0, 0, ImportState.DONE),
    ]
    merchant = some_merchant(office, system)
    assert office.ask(list_imports, ListImports(merchant), system) == ()
    with pytest.raises(NotFound):
        office.ask(list_imports, ListImports(), limited(system, "catalog.import", merchant=merchant))


def test_a_file_of_which_nothing_was_taken_may_come_again(office: Office, system: Act) -> None:
    row = sheet("CUP,保温杯,HOME,,,CUP-1,,,")
    assert counts(bring(office, system, row, mode=Mode.ROW_BY_ROW).report) == (0, 0, 0, 1)
    some_category(office, system)
    assert counts(bring(office, system, row, mode=Mode.ROW_BY_ROW).report) == (1, 0, 0, 0)


def test_many_rows_go_in_batches_with_a_bundle_behind_its_parts(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    rows = [
        "SET,套装,HOME,,,SET-1,,,S0-1;S1100-1*3",
        *(f"S{n},商品{n},HOME,,,S{n}-1,,{n},".replace(",0,", ",,") for n in range(1101)),
    ]
    taken = bring(office, system, sheet(*rows), mode=Mode.ROW_BY_ROW)
    assert counts(taken.report) == (1102, 0, 0, 0)
    with store.snapshot() as views:
        assert views.skus.first(SKU_BY_CODE, "S1100-1").weight_g == 1100


def test_an_import_takes_as_many_statements_for_many_rows_as_for_few(sql_store: Any, clock: Any, system: Act) -> None:
    from sqlalchemy import event

    office = Office(sql_store, clock)
    some_category(office, system)
    statements: list[str] = []
    event.listen(sql_store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    def needed(count: int) -> int:
        statements.clear()
        bring(office, system, sheet(*(f"N{count}-{n},商品,HOME,颜色,红,N{count}-{n}-1,,1," for n in range(count))))
        return len(statements)

    needed(2)  # what every import reads is known from here on
    assert needed(3) == needed(300)


def test_merchants_goods_come_in_by_the_merchants_code(office: Office, system: Act, store: Any) -> None:
    some_category(office, system)
    merchant = some_merchant(office, system, "SHOP-9")
    header = "商品编码,商品名称,类目编码,来源,商家编码,SKU编码"
    taken = bring(
        office,
        system,
        sheet("INK,墨水,HOME,商家,SHOP-9,INK-1", "PEN,钢笔,HOME,商家,SHOP-8,PEN-1", header=header),
        mode=Mode.ROW_BY_ROW,
    )
    assert [(error.row, error.column) for error in taken.report.errors] == [(3, "merchant_code")]
    with store.snapshot() as views:
        ink = views.products.first(PRODUCT_BY_CODE, "INK")
        assert (ink.source, ink.merchant_id) == (Source.MERCHANT, merchant)
        assert {sku.merchant_id for sku in views.skus.by(SKU_BY_PRODUCT, ink.id)} == {merchant}


def test_a_merchants_clerk_imports_its_own_goods_alone(office: Office, system: Act) -> None:
    some_category(office, system)
    mine, other = some_merchant(office, system, "MINE"), some_merchant(office, system, "OTHER")
    header = "商品编码,商品名称,类目编码,来源,商家编码,SKU编码"
    bring(office, system, sheet("INK,墨水,HOME,商家,OTHER,INK-1", header=header))
    clerk = limited(system, "catalog.import", "merchants.read", merchant=mine)
    rows = ["A,纸,HOME,商家,MINE,A-1", "B,笔,HOME,商家,OTHER,B-1", "C,墨,HOME,自营,,C-1", "INK,墨水,HOME,商家,MINE,INK-1"]
    taken = bring(office, clerk, sheet(*rows, header=header), mode=Mode.ROW_BY_ROW, owner=mine)
    assert [error.row for error in taken.report.errors] == [3, 4, 5]
    with pytest.raises(NotFound):
        bring(office, clerk, sheet("D,书,HOME,商家,MINE,D-1", header=header), owner=other)
    with pytest.raises(Forbidden):
        bring(office, limited(system, "catalog.read"), sheet(CUPS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_encoding_that_spreadsheets_write_is_read(memory_office: Office, system: Act, encoding: str) -> None:
    some_category(memory_office, system)
    assert counts(bring(memory_office, system, sheet(CUPS).decode().encode(encoding)).report) == (4, 0, 0, 0)


def test_the_same_file_comes_back_with_a_column_that_names_each_rows_error(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    taken = bring(memory_office, system, sheet(CUPS, "HAT,=1+1,NOWHERE,,,HAT-1,,,"), mode=Mode.ROW_BY_ROW)
    marked = taken.marked(Files(), SheetFormat.CSV)
    assert marked.startswith(codecs.BOM_UTF8)
    lines = marked.decode("utf-8-sig").split("\r\n")
    assert lines[0] == f"{HEADER},错误原因"
    assert lines[1].endswith("350,,")
    assert lines[5] == "HAT,'=1+1,NOWHERE,,,HAT-1,,,,类目编码: 没有类目 NOWHERE"


def test_the_marked_file_comes_in_again_once_its_rows_are_mended(memory_office: Office, system: Act) -> None:
    some_category(memory_office, system)
    for form in SheetFormat:
        rows = CUPS.replace("CUP", f"{form.value}-CUP").replace("SET", f"{form.value}-SET").replace("TRAY", f"{form.value}-TRAY")
        rows = rows.replace("6901234567892;16901234567899*12", "").replace("HOUSE-7", "")
        taken = bring(
            memory_office,
            system,
            sheet(rows, f"{form.value}-HAT,帽子,{form.value}-C,,,{form.value}-HAT,,,"),
            mode=Mode.ROW_BY_ROW,
        )
        marked = taken.marked(Files(), form)
        some_category(memory_office, system, f"{form.value}-C")
        again = bring(memory_office, system, marked, file_format=form)
        assert counts(again.report) == (1, 0, 4, 0)


@pytest.mark.parametrize("form", SheetFormat)
def test_what_is_exported_comes_in_again_as_it_was(memory_office: Office, system: Act, form: SheetFormat) -> None:
    attributes = (Attribute("material", "材质"), Attribute("note", "备注"))
    some_category(memory_office, system, attributes=attributes)
    some_merchant(memory_office, system, "SHOP-9")
    tricky = ['=HYPERLINK("http://evil"),x', "+86 电话", "-5 度", "@here", "\t制表", "'单引号", "'=两样", '逗号,引号"换\n行']
    quoted = [cell.replace('"', '""') for cell in tricky]
    header = "商品编码,商品名称,类目编码,来源,商家编码,属性,SKU编码"
    rows = [f'P{n},"{title}",HOME,商家,SHOP-9,"material=304;note=a\\;b=c\\\\",P{n}-1' for n, title in enumerate(quoted)]
    rows = [row.replace("\"'", "\"''") if row.split('"')[1].startswith("'=") else row for row in rows]
    bring(memory_office, system, sheet(*rows, header=header))
    out = export_products(memory_office, Files(), form, system)
    again = bring(memory_office, system, out, file_format=form)
    assert counts(again.report) == (0, 0, len(tricky), 0)
    with memory_office._store.snapshot() as views:
        titles = [views.products.first(PRODUCT_BY_CODE, f"P{n}").title for n in range(len(tricky))]
        assert titles == tricky
        assert views.products.first(PRODUCT_BY_CODE, "P0").attributes == {"material": "304", "note": "a;b=c\\"}


def test_an_export_stands_in_the_operation_log(memory_office: Office, system: Act) -> None:
    export_products(memory_office, Files(), SheetFormat.CSV, system)
    with memory_office._store.snapshot() as views:
        assert [entry.entry.deed for entry in views.audit_chain()] == ["begin_export"]
