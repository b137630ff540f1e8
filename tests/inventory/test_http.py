"""Inventory over HTTP: the stories of its routes, and their refusals."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import SkuId, new_id
from tests.catalog.arrange import some_channel
from tests.http_client import Caller
from tests.inventory.arrange import Shop, book, order, place, receive, some_shop, some_skus


@pytest.fixture
def shop(memory_office: Office, system: Act) -> Shop:
    return some_shop(memory_office, system)


@pytest.fixture
def tea(memory_office: Office, system: Act, shop: Shop) -> SkuId:
    """Five lie there, worth 5.00 each."""
    (sku,) = some_skus(memory_office, system, "TEA")
    receive(memory_office, system, shop.warehouse, (sku, 5))
    return sku


def test_a_warehouse_is_opened_renamed_and_seen(http_client: Caller) -> None:
    made = http_client.post("/warehouses", {"code": "SH", "name": "上海"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = made.headers["location"].removeprefix("/v1")
    edited = http_client.put(path, {"name": "上海一号", "state": "closed"}, version=1)
    assert (edited.json()["state"], edited.json()["version"]) == ("closed", 2)
    assert http_client.get(path).json()["name"] == "上海一号"
    assert http_client.put(path, {"name": "x"}, version=1).status_code == 412
    assert [one["code"] for one in http_client.get("/warehouses").json()["items"]] == ["SH"]


def test_a_taken_code_is_a_conflict(http_client: Caller) -> None:
    http_client.post("/warehouses", {"code": "SH", "name": "上海"})
    assert http_client.post("/warehouses", {"code": "SH", "name": "另一个"}).json()["code"] == "already-exists"


def test_a_channel_gets_its_warehouses(http_client: Caller, memory_office: Office, system: Act, shop: Shop) -> None:
    channel = some_channel(memory_office, system, "TMALL")
    path, body = f"/channels/{channel}/warehouses", {"warehouses": [str(shop.warehouse)], "holds": {"ttl_s": 60}}
    assert http_client.put(path, body).json()["version"] == 1
    assert http_client.put(path, body).json()["code"] == "version-conflict"
    assert http_client.put(path, {**body, "state": "suspended"}, version=1).json()["state"] == "suspended"
    assert http_client.get(path).json()["holds"]["ttl_s"] == 60
    twice = {"warehouses": [str(shop.warehouse)] * 2}
    assert http_client.put(path, twice, version=2).status_code == 422


def test_stock_comes_in_and_is_listed_with_its_ledger(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    body = {"warehouse_id": str(shop.warehouse), "lines": [{"sku_id": str(tea), "qty": 3, "unit_minor": 700}]}
    made = http_client.post("/opening-receipts", body)
    assert (made.status_code, made.json()["value_minor"]) == (201, 2100)
    assert http_client.get(made.headers["location"].removeprefix("/v1")).json() == made.json()
    (stock,) = http_client.get("/stocks", sku_id=str(tea)).json()["items"]
    assert (stock["sku_code"], stock["available_qty"], stock["value_minor"]) == ("TEA", 8, 4600)
    moves = http_client.get(f"/skus/{tea}/movements", warehouse_id=str(shop.warehouse)).json()["items"]
    assert [(one["seq"], one["delta_qty"], one["balance_after_qty"]) for one in moves] == [(2, 3, 8), (1, 5, 5)]


def test_what_runs_low_is_found(http_client: Caller, memory_office: Office, system: Act, shop: Shop, tea: SkuId) -> None:
    path = f"/skus/{tea}/warehouses/{shop.warehouse}/set-aside"
    assert http_client.get("/stocks", available_at_most=2).json()["items"] == []
    assert http_client.put(path, {"safety_qty": 3}).json()["available_qty"] == 2
    assert len(http_client.get("/stocks", available_at_most=2).json()["items"]) == 1
    assert http_client.put(path, {"safety_qty": 0, "frozen_qty": 6}).json()["code"] == "inventory.frozen-too-much"


def test_an_adjustment_is_asked_for_by_one_and_approved_by_another(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    line = {"sku_id": str(tea), "delta_qty": -2, "to_state": "damaged"}
    body = {"warehouse_id": str(shop.warehouse), "reason": "damage", "lines": [line], "note": "fell down"}
    made = http_client.post("/adjustments", body)
    path = made.headers["location"].removeprefix("/v1")
    assert http_client.post(f"{path}/approve", {}, version=1).json()["code"] == "forbidden"
    chief = http_client.as_("chief", Grant("inventory.*"))
    assert chief.post(f"{path}/approve", {"note": "seen"}, version=1).json()["state"] == "posted"
    assert chief.post(f"{path}/reject", {}, version=2).json()["code"] == "illegal-move"
    assert http_client.get(path).json()["decided_by"] is not None
    assert len(http_client.get("/adjustments", state="posted").json()["items"]) == 1


def test_an_adjustment_of_promised_units_is_refused_with_the_numbers(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    shop.office.perform(place, order(shop.channel, (tea, 4)), shop.act)
    body = {"warehouse_id": str(shop.warehouse), "reason": "loss", "lines": [{"sku_id": str(tea), "delta_qty": -2}]}
    path = http_client.post("/adjustments", body).headers["location"].removeprefix("/v1")
    refused = http_client.as_("chief", Grant("inventory.*")).post(f"{path}/approve", {}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "inventory.would-undercut")
    assert http_client.post(f"{path}/withdraw", {}, version=1).json()["state"] == "withdrawn"


def test_a_hold_is_made_seen_and_given_back(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    want = {"line": 1, "sku_id": str(tea), "qty": 2}
    body: dict[str, Any] = {"buyer_id": str(new_id()), "channel_id": str(shop.channel), "wants": [want]}
    made = http_client.post("/stock-holds", body, key="once")
    assert http_client.post("/stock-holds", body, key="once").json() == made.json()
    path = made.headers["location"].removeprefix("/v1")
    assert http_client.get(path).json()["state"] == "live"
    assert http_client.post(f"{path}/release").json()["state"] == "released"
    short = http_client.post("/stock-holds", {**body, "wants": [{**want, "qty": 6}]})
    assert (short.status_code, short.json()["code"]) == (409, "inventory.out-of-stock")
    many = http_client.post("/stock-holds", {**body, "wants": [{**want, "qty": 600}]})
    assert (many.status_code, many.json()["code"]) == (429, "inventory.hold-cap-reached")


def test_a_channel_is_told_by_its_policy(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    path = f"/channels/{shop.channel}"
    told = http_client.post(f"{path}/published-stock", {"skus": [str(tea)]}).json()["items"]
    assert [(one["seq"], one["qty"]) for one in told] == [(1, 5)]
    assert http_client.get(f"{path}/buffer-suggestions/{tea}", latency_s=60).json()["buffer_qty"] == 0
    assert http_client.put(f"{path}/publish-policy", {"buffer_qty": 2}).json()["version"] == 1
    assert http_client.put(f"{path}/publish-policies/{tea}", {"cap_qty": 1}).json()["sku_id"] == str(tea)
    assert len(http_client.get(f"{path}/publish-policies").json()["items"]) == 2
    fence = http_client.put(f"{path}/fences/{tea}/{shop.warehouse}", {"qty": 4}).json()
    assert (fence["total_qty"], fence["left_qty"]) == (4, 4)
    assert http_client.put(f"{path}/fences/{tea}/{shop.warehouse}", {"qty": 6}).json()["code"] == "inventory.fence-too-wide"
    assert http_client.put(f"{path}/unimported/{tea}", {"qty": 5}).json()["qty"] == 5
    (row,) = http_client.get(f"{path}/published-stock").json()["items"]
    assert (row["qty"], row["figure"]["unimported_qty"], row["figure"]["cap_qty"]) == (0, 5, 1)


def test_an_oversell_is_seen_with_its_cause_and_filled(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    cmd = order(shop.channel, (tea, 7))
    shop.office.perform(book, cmd, shop.act)
    (found,) = http_client.get("/oversells").json()["items"]
    assert (found["cause"], found["wanted_qty"], found["got_qty"]) == ("never-published", 7, 5)
    path = f"/oversells/{found['id']}"
    assert http_client.get(path).json() == found
    assert http_client.post(f"{path}/fill", version=1).json()["code"] == "inventory.out-of-stock"
    receive(shop.office, shop.act, shop.warehouse, (tea, 2))
    assert http_client.post(f"{path}/fill", version=1).json()["state"] == "filled"
    assert http_client.post(f"{path}/close", {"resolution": "too late"}, version=2).json()["code"] == "illegal-move"
    reserved = http_client.get(f"/orders/{cmd.order}/reservations").json()["items"]
    assert sorted(one["qty"] for one in reserved) == [2, 5]


def test_every_number_of_a_sku_is_explained(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    shop.office.perform(place, order(shop.channel, (tea, 2)), shop.act)
    found = http_client.get(f"/skus/{tea}/stock-explanation", movements=1).json()
    (stock,) = found["warehouses"]
    assert (found["available_qty"], stock["on_hand"]["sellable"], stock["reservations"][0]["qty"]) == (3, 5, 2)
    assert "=      3  available" in found["text"]


def test_cost_is_hidden_where_the_grant_says_so(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    clerk = http_client.as_("clerk", Grant("inventory.read", hidden=frozenset({"cost"})))
    (stock,) = clerk.get("/stocks").json()["items"]
    (move,) = clerk.get(f"/skus/{tea}/movements").json()["items"]
    assert (stock["value_minor"], move["value_minor"], move["unit_minor"]) == (None, None, None)


def test_cost_is_hidden_in_what_deeds_answer(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    clerk = http_client.as_("clerk", Grant("inventory.*", hidden=frozenset({"cost"})))
    body = {"warehouse_id": str(shop.warehouse), "lines": [{"sku_id": str(tea), "qty": 3, "unit_minor": 700}]}
    made = clerk.post("/opening-receipts", body, key="once")
    assert (made.status_code, made.json()["value_minor"], made.json()["lines"][0]["unit_minor"]) == (201, None, None)
    assert clerk.post("/opening-receipts", body, key="once").json() == made.json()
    path = made.headers["location"].removeprefix("/v1")
    assert clerk.get(path).json() == made.json()
    whole = http_client.get(path).json()
    assert (whole["value_minor"], whole["lines"][0]["unit_minor"]) == (2100, 700)
    line = {"sku_id": str(tea), "delta_qty": 1, "unit_minor": 600}
    asked = clerk.post("/adjustments", {"warehouse_id": str(shop.warehouse), "reason": "found", "lines": [line]})
    assert (asked.status_code, asked.json()["lines"][0]["unit_minor"]) == (201, None)


def test_lists_show_only_the_warehouses_of_the_reader(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    elsewhere = Grant("inventory.read", {Dimension.WAREHOUSE: frozenset({new_id()})})
    reader = http_client.as_("reader", elsewhere)
    assert reader.get("/stocks").json()["items"] == []
    assert reader.get("/warehouses").json()["items"] == []
    assert reader.get(f"/skus/{tea}/movements").json()["items"] == []
    assert reader.get(f"/warehouses/{shop.warehouse}").status_code == 404


def test_what_is_the_houses_is_not_there_for_a_merchant(http_client: Caller, shop: Shop, tea: SkuId) -> None:
    theirs = Grant("inventory.read", {Dimension.MERCHANT: frozenset({new_id()})})
    merchant = http_client.as_("merchant", theirs)
    assert merchant.get("/stocks").json()["items"] == []
    for path in (f"/skus/{tea}/stock-explanation", f"/skus/{tea}/movements"):
        assert merchant.get(path).status_code == 404
    assert merchant.get(f"/channels/{shop.channel}/published-stock").status_code == 403
