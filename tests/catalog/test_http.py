"""The catalogue over HTTP: goods described, found, listed, taken in and given out."""

from __future__ import annotations

import codecs
from typing import Any
from uuid import UUID

import pytest

from houtai.adapters.sheets.files import Files
from houtai.application.catalog.product_columns import COLUMNS
from houtai.application.sheets import SheetFormat, places
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import new_id
from houtai.entrypoints.http.product_files import CSV, XLSX
from tests.http_client import Caller

HEADER = "商品编码,商品名称,类目编码,SKU编码,重量(克)"


def made(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = caller.post(path, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def category(http_client: Caller) -> str:
    attributes = [{"code": "material", "name": "材质", "required": True}]
    return str(made(http_client, "/categories", {"code": "HOME", "name": "家居", "attributes": attributes})["id"])


def cup(category: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": "CUP",
        "title": "保温杯",
        "category_id": category,
        "options": [{"name": "颜色", "values": ["红", "蓝"]}],
        "attributes": [{"code": "material", "value": "304"}],
        "skus": [
            {"code": "CUP-RED", "option_values": ["红"], "barcodes": [{"code": "6901234567892"}], "weight_g": 350},
            {"code": "CUP-BLUE", "option_values": ["蓝"]},
        ],
        **changed,
    }


def test_a_product_is_created_seen_edited_and_retired(http_client: Caller, category: str) -> None:
    answer = http_client.post("/products", cup(category))
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    whole = http_client.get(answer.headers["location"].removeprefix("/v1")).json()
    assert whole["product"]["attributes"] == [{"code": "material", "value": "304"}]
    assert {sku["title"] for sku in whole["skus"]} == {"保温杯 红", "保温杯 蓝"}
    assert [sku["code"] for sku in answer.json()["skus"]] == ["CUP-RED", "CUP-BLUE"]
    assert {sku["id"]: sku["code"] for sku in answer.json()["skus"]} == {sku["id"]: sku["code"] for sku in whole["skus"]}
    product = whole["product"]["id"]
    change = {key: value for key, value in cup(category, title="双层杯").items() if key not in {"code", "skus"}}
    assert http_client.put(f"/products/{product}", change, version=1).json()["title"] == "双层杯"
    assert http_client.put(f"/products/{product}", change, version=1).status_code == 412
    assert http_client.put(f"/products/{product}", change).status_code == 428
    assert http_client.post(f"/products/{product}/retire", version=2).json()["state"] == "retired"
    assert http_client.get("/products", state="active").json()["items"] == []
    assert http_client.post(f"/products/{product}/bring-back", version=3).json()["state"] == "active"


def test_skus_are_added_edited_retired_and_refused_by_name(http_client: Caller, category: str) -> None:
    product = made(http_client, "/products", cup(category, skus=[]))["id"]
    (sku,) = made(http_client, f"/products/{product}/skus", {"skus": [{"code": "R", "option_values": ["红"]}]})["items"]
    assert (sku["title"], http_client.get(f"/skus/{sku['id']}").json()) == ("保温杯 红", sku)
    twin = http_client.post(f"/products/{product}/skus", {"skus": [{"code": "R2", "option_values": ["红"]}]})
    assert (twin.status_code, twin.json()["code"], twin.json()["sku"]) == (409, "catalog.variant-taken", "R")
    wrong = http_client.put(f"/skus/{sku['id']}", {"barcodes": [{"code": "6901234567891"}]}, version=1)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "barcode")
    edited = http_client.put(
        f"/skus/{sku['id']}", {"weight_g": 9, "barcodes": [{"code": "6901234567892", "pack_qty": 6}]}, version=1
    )
    assert (edited.json()["weight_g"], edited.json()["barcodes"]) == (
        9,
        [{"code": "6901234567892", "pack_qty": 6, "kind": "ean"}],
    )
    assert http_client.post(f"/skus/{sku['id']}/retire", version=2).json()["state"] == "retired"
    assert http_client.post(f"/skus/{sku['id']}/bring-back", version=3).json()["state"] == "active"


def test_a_repeated_creation_under_one_key_makes_one_product(http_client: Caller, category: str) -> None:
    first, second = (http_client.post("/products", cup(category), key="k") for _ in range(2))
    assert first.json() == second.json()
    assert http_client.post("/products", cup(category)).json()["code"] == "already-exists"


def test_goods_are_found_by_two_characters_a_code_or_a_barcode(http_client: Caller, category: str) -> None:
    made(http_client, "/products", cup(category))
    for text in ("保温", "CUP-RED", "6901234567892"):
        assert [found["code"] for found in http_client.get("/product-search", text=text).json()["items"]] == ["CUP"]
    assert {found["code"] for found in http_client.get("/sku-search", text="保温").json()["items"]} == {"CUP-RED", "CUP-BLUE"}
    assert http_client.get("/sku-search", text="6901234567892").json()["items"][0]["code"] == "CUP-RED"
    assert http_client.get("/sku-search").status_code == 400


def test_goods_are_filtered_and_files_listed(http_client: Caller) -> None:
    attributes = [{"code": "material", "name": "材质", "filterable": True}]
    category = made(http_client, "/categories", {"code": "HOME", "name": "家居", "attributes": attributes})["id"]
    made(http_client, "/products", cup(category))
    for pairs, codes in (("material=304", ["CUP"]), ("material=玻璃", []), ("", ["CUP"])):
        found = http_client.get("/product-filter", category_id=category, attributes=pairs).json()["items"]
        assert [product["code"] for product in found] == codes
    assert http_client.get("/product-filter", category_id=category, attributes="x").status_code == 422
    done = upload(http_client, "TEA,绿茶,HOME,TEA-1,1", file_name="茶.csv").json()
    (file,) = http_client.get("/product-imports").json()["items"]
    assert (file["id"], file["file_name"], file["imported"], file["state"]) == (done["id"], "茶.csv", 1, "done")


def test_a_listing_goes_from_draft_to_archive(http_client: Caller, category: str) -> None:
    channel = made(http_client, "/channels", {"code": "SHOP", "name": "自营商城", "currency": "CNY"})["id"]
    product = made(http_client, "/products", cup(category))["id"]
    listing = made(http_client, "/listings", {"product_id": product, "channel_id": channel, "title": "杯"})
    path = f"/listings/{listing['id']}"
    assert http_client.put(path, {"title": "保温杯"}, version=1).json()["title"] == "保温杯"
    assert http_client.post(f"{path}/submit", version=2).json()["state"] == "in-review"
    assert http_client.post(f"{path}/review", {"verdict": "approve"}, version=3).json()["reason"] == "same-person"
    reviewer = http_client.as_("reviewer", Grant("catalog.*"))
    assert reviewer.post(f"{path}/review", {"verdict": "reject"}, version=3).json()["code"] == "catalog.reason-needed"
    assert reviewer.post(f"{path}/review", {"verdict": "approve"}, version=3).json()["state"] == "approved"
    unpriced = http_client.post(f"{path}/push", version=4)
    assert (unpriced.status_code, unpriced.json()["code"]) == (409, "pricing.not-priced")
    assert unpriced.json()["sku_codes"] == ["CUP-BLUE", "CUP-RED"]
    prices = [{"sku_id": sku, "amount": {"minor": 5900, "currency": "CNY"}} for sku in listing["sku_ids"]]
    assert http_client.post("/prices", {"prices": prices}).status_code == 200
    assert http_client.post(f"{path}/push", version=4).json()["state"] == "publishing"
    outcomes = [{"sku_id": sku_id, "external_id": f"item-{place}"} for place, sku_id in enumerate(listing["sku_ids"])]
    live = http_client.post(f"{path}/acknowledge", {"revision": 1, "outcomes": outcomes}).json()
    assert (live["state"], [sku["external_id"] for sku in live["skus"]]) == ("live", ["item-0", "item-1"])
    paused = http_client.post(f"{path}/pause", {"reason": "换季"}, version=6).json()
    assert (paused["state"], paused["paused_for"]) == ("paused", ["by-hand"])
    assert http_client.post(f"{path}/resume", version=7).json()["state"] == "live"
    gone = http_client.post(f"{path}/report-vanished", {"sku_id": listing["sku_ids"][0]}).json()
    assert (gone["state"], http_client.get(path).json()) == ("partial", gone)
    assert [found["id"] for found in http_client.get("/listings", state="partial", channel_id=channel).json()["items"]] == [
        listing["id"]
    ]
    changed = http_client.put(path, {"title": "新"}, version=9).json()
    assert changed["change"] == {"revision": 2, "title": "新", "sku_ids": changed["change"]["sku_ids"], "state": "draft"}
    assert http_client.post(f"{path}/archive", version=10).json()["state"] == "archived"
    illegal = http_client.post(f"{path}/submit", version=11).json()
    assert (illegal["code"], illegal["legal"]) == ("illegal-move", [])


def test_what_is_missing_for_the_channel_is_named(http_client: Caller, category: str) -> None:
    rules = {"needs_weight": True}
    channel = made(http_client, "/channels", {"code": "S", "name": "渠道", "currency": "CNY", "rules": rules})["id"]
    product = made(http_client, "/products", cup(category, attributes=[]))["id"]
    listing = made(http_client, "/listings", {"product_id": product, "channel_id": channel})
    answer = http_client.post(f"/listings/{listing['id']}/submit", version=1)
    assert (answer.status_code, answer.json()["findings"]) == (
        422,
        ["attributes.material: is required", "skus.CUP-BLUE.weight_g: is required"],
    )


def test_channels_brands_and_categories_are_kept(http_client: Caller, category: str) -> None:
    channel = made(http_client, "/channels", {"code": "S", "name": "渠道", "currency": "CNY"})
    assert http_client.get(f"/channels/{channel['id']}").json() == channel
    assert (
        http_client.put(f"/channels/{channel['id']}", {"name": "新", "state": "retired"}, version=1).json()["state"] == "retired"
    )
    brand = made(http_client, "/brands", {"code": "T", "name": "虎牌"})
    assert http_client.put(f"/brands/{brand['id']}", {"name": "狮牌"}, version=1).json()["name"] == "狮牌"
    assert http_client.get(f"/brands/{brand['id']}").json()["version"] == 2
    child = made(http_client, "/categories", {"code": "CUPS", "name": "杯", "parent_id": category})
    tree = http_client.get(f"/categories/{child['id']}").json()
    assert (tree["path"], [attribute["code"] for attribute in tree["attributes"]]) == (["HOME", "CUPS"], ["material"])
    cycle = http_client.put(f"/categories/{category}", {"name": "家", "parent_id": child["id"]}, version=1)
    assert (cycle.status_code, cycle.json()["code"]) == (422, "catalog.category-cycle")
    assert len(http_client.get("/categories").json()["items"]) == 2
    assert len(http_client.get("/channels").json()["items"]) == len(http_client.get("/brands").json()["items"]) == 1


def test_another_merchants_product_looks_like_a_missing_one(http_client: Caller, category: str) -> None:
    mine, other = (made(http_client, "/merchants", {"code": code, "name": "商家"})["id"] for code in ("A", "B"))
    product = made(http_client, "/products", cup(category, source="merchant", merchant_id=other))["id"]
    clerk = http_client.as_("clerk", Grant("catalog.*", {Dimension.MERCHANT: frozenset({UUID(mine)})}))
    hidden, missing = clerk.get(f"/products/{product}").json(), clerk.get(f"/products/{new_id()}").json()
    assert {key: hidden[key] for key in ("type", "status", "title")} == {key: missing[key] for key in ("type", "status", "title")}
    assert clerk.get("/products").json()["items"] == clerk.get("/product-search", text="保温").json()["items"] == []
    assert clerk.get("/products", merchant_id=other).json()["items"] == []


def upload(caller: Caller, *rows: str, path: str = "/product-imports", header: str = HEADER, **query: Any) -> Any:
    return caller.upload(path, "\n".join([header, *rows]).encode("gbk"), CSV, **query)


def test_a_file_is_checked_taken_in_and_refused_the_second_time(http_client: Caller, category: str) -> None:
    rows = ["CUP,保温杯,HOME,CUP-1,350", "TEA,绿茶,HOME,TEA-1,100"]
    dry = upload(http_client, *rows, dry_run="true")
    assert (dry.status_code, dry.json()["imported"], dry.json()["applied"]) == (200, 2, False)
    assert http_client.get("/products").json()["items"] == []
    done = upload(http_client, *rows, file_name="商品.csv").json()
    assert {name: done[name] for name in ("applied", "imported", "updated", "skipped", "failed")} == {
        "applied": True,
        "imported": 2,
        "updated": 0,
        "skipped": 0,
        "failed": 0,
    }
    again = upload(http_client, *rows)
    assert (again.status_code, again.json()["type"], again.json()["import_id"]) == (
        409,
        "urn:houtai:problem:duplicate-import",
        done["id"],
    )


@pytest.mark.parametrize(
    ("content", "status", "name"),
    [
        (b"\xff\xfe\xfd", 400, "invalid-encoding"),
        (b"a,b\n1,\0", 400, "invalid-encoding"),
        ("商品编码,商品名称,类目编码".encode(), 422, "csv-header"),
        (f"{HEADER},{HEADER}".encode(), 422, "csv-header"),
        (f"{HEADER}\nA,名,HOME,A-1".encode(), 422, "csv-row"),
        (f'{HEADER}\nA,"名,HOME,A-1,1'.encode(), 422, "csv-row"),
        (f"{HEADER}\nA,{'名' * 11_000},HOME,A-1,1".encode(), 422, "csv-row"),
        (f'{HEADER}\nA,名,HOME,A-1,"1,234.56"'.encode(), 422, "invalid-number"),
        (f"{HEADER}\nA,名,HOME,A-1,１２".encode(), 422, "invalid-number"),
        (f"{HEADER}\nA,名,HOME,A-1,1e3".encode(), 422, "invalid-number"),
        (f"{HEADER}\nA,名,HOME,A-1,-0".encode(), 422, "invalid-number"),
        (f"{HEADER}\nA,名,NOWHERE,A-1,1".encode(), 422, "rows-refused"),
        (HEADER.encode() + b"\nA,A,HOME,A-1,1" * 10_001, 413, "too-large"),
        (b"x" * 20_000_001, 413, "too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_bad_file_is_answered_by_name(http_client: Caller, category: str, content: bytes, status: int, name: str) -> None:
    answer = http_client.upload("/product-imports", content, CSV)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:houtai:problem:{name}")
    assert http_client.get("/products").json()["items"] == []


def test_errors_of_all_rows_are_told_with_row_and_column(http_client: Caller, category: str) -> None:
    rows = ["A,名,HOME,A-1,x", "B,名,NOWHERE,B-1,1", "C,名,HOME,C-1,1"]
    refused = upload(http_client, *rows).json()
    assert (refused["row"], refused["column"], refused["total"]) == (2, 5, 2)
    report = upload(http_client, *rows, mode="row-by-row").json()
    assert (report["imported"], report["failed"]) == (1, 2)
    assert [(error["row"], error["title"], error["code"]) for error in report["errors"]] == [
        (2, "重量(克)", "invalid-number"),
        (3, "类目编码", "not-found"),
    ]


def test_the_same_file_comes_back_marked(http_client: Caller, category: str) -> None:
    answer = upload(
        http_client, "A,名,HOME,A-1,x", "C,名,HOME,C-1,1", path="/product-imports/marked", mode="row-by-row", file_name="货.csv"
    )
    assert (answer.headers["x-imported"], answer.headers["x-failed"]) == ("1", "1")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith(",错误原因")
    assert (lines[1].count("只能是不带符号和分隔符的整数"), lines[2]) == (1, "C,名,HOME,C-1,1,")


@pytest.mark.parametrize(("form", "media"), [(SheetFormat.CSV, CSV), (SheetFormat.XLSX, XLSX)])
def test_template_and_export_are_files_that_the_import_takes(
    http_client: Caller, category: str, form: SheetFormat, media: str
) -> None:
    template = http_client.get("/product-imports/template", format=form.value)
    assert places(Files().read(template.content, form), COLUMNS)
    made(http_client, "/products", cup(category, title="=1+1"))
    out = http_client.get("/product-exports", format=form.value)
    assert out.headers["content-type"].startswith(media)
    assert out.content.startswith(codecs.BOM_UTF8) or form is SheetFormat.XLSX
    report = http_client.upload("/product-imports", out.content, media).json()
    assert (report["skipped"], report["failed"]) == (2, 0)


def test_files_need_their_own_rights(http_client: Caller) -> None:
    reader = http_client.as_("reader", Grant("catalog.read"))
    assert reader.get("/product-exports").status_code == 403
    assert upload(reader, "A,名,HOME,A-1,1").status_code == 403
    assert http_client.upload("/product-imports", b"x", "application/json").status_code == 415
