"""Attacks 65 to 75: persons are masked on every route that shows any, but for one look at a time, with a reason, on record."""

from __future__ import annotations

import csv
from typing import Any

import msgspec
import pytest

from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.rates import kind_of
from tests.attacks.test_35_money import wish
from tests.attacks.town import MISSING, Town, said

ROUTES = [route for module in MODULES for route in module.all]
SECRETS = ("王小明", "13812345678", "138 1234 5678", "龙井路", "幢 301")
REVEALS = {"post_order_reveal", "post_customer_reveal"}


def test_73_whoever_looks_at_lists_and_records_sees_no_person_in_full(town: Town) -> None:
    shop = town.bazaar.shop
    ids = {**town.bazaar.ids["HOUSE"], **town.bazaar.ids["A"], "customer_id": str(shop.buyer), "channel_id": str(shop.channel)}
    ids["merchant_id"] = str(town.bazaar.merchants["A"])
    ids |= {"category_id": MISSING, "brand_id": MISSING, "box_id": MISSING, "currency": "CNY", "period": "2026-10"}
    shown, seen = {}, set()
    for name in ("admin", "S", "R"):
        for route in ROUTES:
            if route.method == "GET" and not route.produces:
                required = {field.name for field in msgspec.structs.fields(route.query) if field.required}
                asked: dict[str, Any] = {one: ids.get(one, {"text": "茶叶", "code": "cash"}.get(one, "x")) for one in required}
                answer = town.people[name].get(route.path.removeprefix("/v1").format_map(ids), **asked)
                if found := [secret for secret in SECRETS[:4] if secret in answer.text]:
                    shown[name, route.name] = found
                if "王**" in answer.text:
                    seen.add(route.name)
    assert shown == {}
    assert {"get_orders", "get_order", "get_customers", "get_customer", "get_outbound_orders", "get_outbound_order"} <= seen


def test_73_what_a_deed_answers_is_masked_too(town: Town) -> None:
    admin = town.people["admin"]
    placed = admin.post("/orders", wish(town, CUP=1))
    noted = admin.post(f"/orders/{placed.json()['id']}/notes", {"text": "ring twice"})
    changed = admin.post("/customers", {"name": "王小明", "phone": "13812345678"})
    for answer in (placed, noted, changed):
        assert answer.status_code < 300
        assert [secret for secret in SECRETS if secret in answer.text] == []


def test_73_of_a_shown_phone_at_least_six_digits_are_hidden(town: Town) -> None:
    for path, field in (("/customers", "phone"), ("/orders", "receiver")):
        for item in town.people["S"].get(path).json()["items"]:
            phone = item[field] if isinstance(item[field], str) else item[field]["phone"]
            assert phone.count("*") >= 6 or sum(sign.isdigit() for sign in phone) == 0


def test_73_one_person_is_shown_for_a_reason_and_each_look_is_on_record(town: Town) -> None:
    admin, path = town.people["admin"], f"/customers/{town.bazaar.shop.buyer}/reveal"
    assert said(admin.post(path, {"reason": ""})) == (422, "invalid-value")
    assert said(admin.post(path, {}))[0] == 400
    before = len(admin.get("/operation-log", category="disclosure", limit=100).json()["items"])
    assert "王" in admin.post(path, {"reason": "the parcel came back"}).json()["name"]
    lines = admin.get("/operation-log", category="disclosure", limit=100).json()["items"]
    assert (len(lines), lines[0]["command"]["reason"]) == (before + 1, "the parcel came back")
    since = town.seq()
    assert said(town.people["S"].post(path, {"reason": "curious today"})) == (403, "forbidden")
    assert town.logged(since) == [("support", "reveal_customer", "forbidden")]


def test_73_only_two_routes_show_a_person_in_full_and_both_have_their_own_limit() -> None:
    assert {route.name for route in ROUTES if kind_of(route) == "reveal"} == REVEALS


@pytest.mark.parametrize("name", ["S", "W", "F"])
def test_75_an_export_needs_its_own_right_and_the_try_is_logged(town: Town, name: str) -> None:
    since = town.seq()
    assert said(town.people[name].get("/product-exports", format="csv")) == (403, "forbidden")
    assert [(deed, what) for _, deed, what in town.logged(since)] == [("begin_export", "forbidden")]


def test_65_what_looks_like_a_formula_leaves_as_text(town: Town) -> None:
    admin = town.people["admin"]
    category = admin.get("/categories").json()["items"][0]["id"]
    titles = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"]
    for place, title in enumerate(titles):
        sku = {"code": f"FORMULA-SKU-{place}", "title": title, "weight_g": 1}
        made = admin.post("/products", {"code": f"FORMULA-{place}", "title": title, "category_id": category, "skus": [sku]})
        assert (made.status_code, made.json()["title"]) == (201, title)
    cells = [cell for row in csv.reader(admin.get("/product-exports", format="csv").text.splitlines()) for cell in row]
    assert {f"'{title}" for title in titles} <= set(cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []
