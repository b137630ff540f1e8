"""Files in and out: products taken in or refused, and lists written with their filters, masks and escaped formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from houtai.adapters.sheets.files import Files
from houtai.application.access.operation_log import ListLog, list_log
from houtai.application.audit import AuditEntry, Category
from houtai.application.catalog.define import DefineCategory, define_category
from houtai.application.catalog.product_columns import COLUMNS
from houtai.application.sheets import SheetFormat
from houtai.domain.ids import CategoryId, new_id
from houtai.entrypoints.cli import export_command
from houtai.entrypoints.container import Container, house
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.claims import ClaimQuery
from houtai.entrypoints.http.inventory_wire import StockQuery
from houtai.entrypoints.http.ledger import JournalQuery
from houtai.entrypoints.http.orders import OrderQuery
from houtai.entrypoints.settings import Settings
from tests.cli.conftest import Program
from tests.conftest import StillClock
from tests.orders.shop import Shop

HEADER = "商品编码,商品名称,类目编码,SKU编码"
GOOD = "CUP,保温杯,HOME,CUP-1"
BAD = "HAT,帽子,NOWHERE,HAT-1"


@pytest.fixture
def container(db: str) -> Iterator[Container]:
    """The same house from inside, with one category."""
    opened = house(Settings(db=db))
    office = opened.office()
    office.perform(define_category, DefineCategory(CategoryId(new_id()), "HOME", "家居"), office.act_of_system())
    yield opened
    office.close()


def sheet(path: Path, *rows: str) -> str:
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return str(path)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def exports(container: Container) -> list[AuditEntry]:
    office = container.office()
    found = office.ask(list_log, ListLog(), office.act_of_system()).items
    return [one.entry for one in found if one.entry.category is Category.DISCLOSURE]


def test_products_come_in_and_the_same_file_only_once(houtai: Program, db: str, container: Container, tmp_path: Path) -> None:
    file = sheet(tmp_path / "goods.csv", GOOD)
    ran = houtai("import", "products", file, "--db", db, "--json")
    report = ran.json()
    assert (ran.code, report["applied"], report["counts"]) == (
        0,
        True,
        {"imported": 1, "updated": 0, "skipped": 0, "failed": 0},
    )
    again = houtai("import", "products", file, "--db", db, "--json")
    assert (again.code, again.out, again.error()["code"]) == (3, "", "duplicate-import")


def test_one_wrong_row_refuses_the_file_and_row_wise_takes_the_rest(
    houtai: Program, db: str, container: Container, tmp_path: Path
) -> None:
    file = sheet(tmp_path / "goods.csv", GOOD, BAD)
    refused = houtai("import", "products", file, "--db", db)
    assert refused.code == 3
    assert "2 rows refused" in refused.out
    assert "row 3, category_code: no category NOWHERE" in refused.out
    assert read(houtai("export", "products", "--db", db).out) == []
    taken = houtai("import", "products", file, "--row-wise", "--report", "back.csv", "--db", db)
    assert taken.code == 3
    assert [row["SKU编码"] for row in read(houtai("export", "products", "--db", db).out)] == ["CUP-1"]
    marked = read((tmp_path / "back.csv").read_text(encoding="utf-8"))
    assert [row["错误原因"] for row in marked] == ["", "类目编码: 没有类目 NOWHERE"]


def test_rows_are_printed_as_one_json_document(houtai: Program, db: str, container: Container, tmp_path: Path) -> None:
    assert houtai("export", "products", "--db", db, "--json").json() == []
    assert houtai("import", "products", sheet(tmp_path / "goods.csv", GOOD), "--db", db).code == 0
    (row,) = houtai("export", "products", "--db", db, "--json").json()
    assert (row["sku_code"], list(row)) == ("CUP-1", [column.key for column in COLUMNS])
    assert exports(container)[0].command["filters"] == {"as": "json"}
    assert houtai("export", "products", "--format", "csv", "--db", db, "--json").code == 2


def test_a_dry_run_changes_nothing(houtai: Program, db: str, container: Container, tmp_path: Path) -> None:
    file = sheet(tmp_path / "goods.csv", GOOD)
    report = houtai("import", "products", file, "--dry-run", "--db", db, "--json").json()
    assert (report["applied"], report["counts"]["imported"]) == (False, 1)
    assert read(houtai("export", "products", "--db", db).out) == []


def test_a_file_is_read_by_what_it_is_and_written_by_what_it_is_called(
    houtai: Program, db: str, container: Container, tmp_path: Path
) -> None:
    book = tmp_path / "goods.csv"
    book.write_bytes(Files().write(SheetFormat.XLSX, HEADER.split(","), [GOOD.split(",")]))
    assert houtai("import", "products", str(book), "--report", "back.csv", "--db", db).code == 0
    assert (tmp_path / "back.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    ran = houtai("export", "products", "-o", "out.xlsx", "--db", db, "--json")
    assert ran.json() == {"file": "out.xlsx", "rows": 1}
    assert Files().read((tmp_path / "out.xlsx").read_bytes(), SheetFormat.XLSX).rows[0].cells[0] == "CUP"


def test_files_that_cannot_be_read_or_written_are_wrong_use(
    houtai: Program, db: str, container: Container, tmp_path: Path
) -> None:
    file = sheet(tmp_path / "goods.csv", GOOD)
    assert houtai("import", "products", "nowhere.csv", "--db", db).code == 2
    assert houtai("import", "products", file, "--dry-run", "--report", "nowhere/back.csv", "--db", db).code == 2
    assert houtai("export", "products", "-o", "nowhere/out.csv", "--db", db).code == 2


def test_a_broken_file_is_refused_with_its_place(houtai: Program, db: str, container: Container, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(HEADER.encode() + b"\nCUP,\0")
    ran = houtai("import", "products", "bad.csv", "--db", db, "--json")
    assert (ran.code, ran.error()["code"], ran.error()["row"]) == (3, "invalid-encoding", 2)


def test_what_looks_like_a_formula_leaves_as_text_and_comes_back(
    houtai: Program, db: str, container: Container, tmp_path: Path
) -> None:
    file = sheet(tmp_path / "goods.csv", 'CUP,"=HYPERLINK(""x"")",HOME,CUP-1')
    assert houtai("import", "products", file, "--db", db).code == 0
    out = houtai("export", "products", "--db", db).out
    assert [row["商品名称"] for row in read(out)] == ['\'=HYPERLINK("x")']
    (tmp_path / "again.csv").write_text(out, encoding="utf-8")
    report = houtai("import", "products", "again.csv", "--db", db, "--json").json()
    assert report["counts"] == {"imported": 0, "updated": 0, "skipped": 1, "failed": 0}


@pytest.fixture
def shop(db: str, clock: StillClock) -> Iterator[Shop]:
    """A shop that sold two cups, in the database of the command line."""
    opened = house(Settings(db=db))
    shop = Shop(opened.office(), clock)
    shop.paid(CUP=2)
    yield shop
    opened.office().close()


def test_orders_leave_line_by_line_with_masked_receivers(houtai: Program, db: str, shop: Shop) -> None:
    rows = read(houtai("export", "orders", "--state", "confirmed", "--state", "paid", "--state", "hold", "--db", db).out)
    assert [(row["SKU编码"], row["数量"], row["应付"], row["币种"]) for row in rows] == [("CUP", "2", "199.80", "CNY")]
    assert (rows[0]["收件人"], rows[0]["电话"], rows[0]["渠道编码"]) == ("王**", "138 **** **78", "SHOP")
    assert "龙井路" not in rows[0]["地址"]
    assert read(houtai("export", "orders", "--state", "expired", "--db", db).out) == []


def test_orders_are_chosen_by_time_and_place(houtai: Program, db: str, shop: Shop) -> None:
    def count(*filters: str) -> int:
        return len(read(houtai("export", "orders", *filters, "--db", db).out))

    assert count("--since", "2026-11-22", "--until", "2026-11-23") == 1  # days of the house
    assert count("--since", "2026-11-22T04:00:01Z") == 0
    assert (count("--channel-id", str(shop.channel)), count("--channel-id", str(shop.warehouse))) == (1, 0)


def test_stock_is_written_for_each_warehouse_with_its_value(houtai: Program, db: str, shop: Shop) -> None:
    rows = read(houtai("export", "stock", "--sku-id", str(shop.sku["CUP"]), "--db", db).out)
    assert [(row["SKU编码"], row["可用"], row["已占用"]) for row in rows] == [("CUP", "8", "2")]
    few = read(houtai("export", "stock", "--available-at-most", "8", "--db", db).out)
    assert [row["SKU编码"] for row in few] == ["CUP"]


def test_applications_come_in_once_and_leave_as_claims(houtai: Program, db: str, shop: Shop, tmp_path: Path) -> None:
    (order,) = read(houtai("export", "orders", "--db", db).out)
    titles = "渠道编码,订单号,平台售后单号,售后类型,售后原因,SKU编码,数量,买家描述"
    cells = f"SHOP,{order['订单号']}"
    rows = (f"{cells},=1+1,仅退款,七天无理由,CUP,1,不想要了", f"{cells},TK-2,退货退款,质量问题,CUP,1,坏了")
    (tmp_path / "claims.csv").write_bytes("\n".join([titles, *rows]).encode("gbk"))
    dry = houtai("import", "claims", "claims.csv", "--dry-run", "--db", db, "--json")
    assert (dry.code, dry.json()["applied"], dry.json()["counts"]["imported"]) == (3, False, 1)
    assert read(houtai("export", "claims", "--db", db).out) == []
    ran = houtai("import", "claims", "claims.csv", "--report", "back.csv", "--db", db)
    assert ran.code == 3
    assert "2 rows taken in: 1 imported, 0 updated, 0 skipped, 1 failed" in ran.out
    marked = read((tmp_path / "back.csv").read_text(encoding="utf-8"))
    assert [row["错误原因"] for row in marked] == ["", f"订单 {order['订单号']} 不能申请: line 1: 0 units have left, not 1"]
    (claim,) = read(houtai("export", "claims", "--state", "applied", "--db", db).out)
    assert (claim["平台售后单号"], claim["订单号"], claim["申请数量"], claim["报价"]) == ("'=1+1", order["订单号"], "1", "99.90")
    again = houtai("import", "claims", "claims.csv", "--db", db, "--json").json()
    assert again["counts"] == {"imported": 0, "updated": 0, "skipped": 1, "failed": 1}
    assert read(houtai("export", "claims", "--kind", "exchange", "--db", db).out) == []
    assert houtai("export", "claims", "--kind", "wish", "--db", db).code == 2


def test_journals_are_written_with_debits_and_credits_that_balance(houtai: Program, db: str, shop: Shop) -> None:
    rows = read(houtai("export", "journals", "--document", "payment", "--db", db).out)
    assert [(row["科目"], row["借方"], row["贷方"]) for row in rows] == [
        ("cash", "199.80", ""),
        ("customer-deposits", "", "199.80"),
    ]
    assert len(read(houtai("export", "journals", "--code", "cash", "--db", db).out)) == 2
    wrong = houtai("export", "journals", "--code", "gold", "--db", db)
    assert (wrong.code, "customer-deposits" in wrong.err) == (2, True)


def test_every_export_is_in_the_log_with_what_was_asked_for(houtai: Program, db: str, container: Container) -> None:
    assert houtai("export", "orders", "--phone-tail", "5678", "--format", "xlsx", "-o", "o.xlsx", "--db", db).code == 0
    entry = exports(container)[0]
    assert (entry.deed, entry.entry) == ("note_export", "command-line")
    assert entry.command == {"what": "orders", "file_format": "xlsx", "filters": {"phone_tail": "•••"}}


def test_a_moment_without_a_time_zone_is_wrong_use(houtai: Program, db: str) -> None:
    for moment in ("2026-11-22T04:00:00", "yesterday"):
        assert houtai("export", "orders", "--since", moment, "--db", db).code == 2


def test_progress_is_shown_only_to_a_person(
    houtai: Program, db: str, container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sheet(tmp_path / "goods.csv", GOOD)
    assert houtai("import", "products", file, "--dry-run", "--db", db).err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ran = houtai("import", "products", file, "--dry-run", "--db", db, "--json")
    assert json.loads(ran.out)["rows"] == 1
    assert "Products" in ran.err


def test_long_looks_and_copies_show_how_far_they_are(
    houtai: Program, db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert houtai("doctor", "--db", db).err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("houtai.adapters.sql.backup._STEPS", 1_000)
    assert "Checks" in houtai("doctor", "--db", db).err
    assert "Bytes" in houtai("backup", str(tmp_path / "copy.db"), "--db", db).err


def test_the_filters_are_those_of_the_api() -> None:
    ours = {"output", "format", "db", "json"}
    queries: dict[str, type[wire.PageQuery]] = {
        "orders": OrderQuery,
        "stock": StockQuery,
        "journals": JournalQuery,
        "claims": ClaimQuery,
    }
    for name, query in queries.items():
        options = {option for one in export_command.command.commands[name].params for option in one.opts}
        filters = {option.removeprefix("--").replace("-", "_") for option in options if option.startswith("--")} - ours
        assert filters == {field.name for field in msgspec.structs.fields(query)} - {"limit", "cursor"}
