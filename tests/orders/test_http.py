"""Orders over HTTP: the stories of a buyer, a clerk and a channel, and how each is told no."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import new_id
from tests.catalog.arrange import item_of
from tests.http_client import Caller
from tests.orders.shop import Shop

HOME = {"recipient": "王小明", "phone": "13812345678", "region": "浙江", "city": "杭州", "street": "龙井路 1 号"}


def basket(shop: Shop, **units: int) -> dict[str, Any]:
    lines = [{"sku_id": str(shop.sku[code]), "qty": qty} for code, qty in units.items()]
    return {"channel_id": str(shop.channel), "customer_id": str(shop.buyer), "lines": lines}


def wish(http: Caller, shop: Shop, **units: int) -> dict[str, Any]:
    wanted = basket(shop, **units)
    quote = http.post("/order-quotes", {"basket": wanted, "region": "浙江"}).json()
    return {
        "basket": wanted,
        "receiver": HOME,
        "quote_digest": quote["digest"],
        "quoted_minor": quote["payable_minor"],
        "tenders": [{"provider": "embedded"}],
    }


def placed(http: Caller, shop: Shop, **units: int) -> dict[str, Any]:
    return http.post("/orders", wish(http, shop, **units)).json()  # type: ignore[no-any-return]  # JSON


def test_a_quote_tells_lines_discounts_and_the_steps_of_the_price(http_client: Caller, memory_shop: Shop) -> None:
    answer = http_client.post("/order-quotes", {"basket": basket(memory_shop, CUP=2, SET=1)}).json()
    assert [line["sku_code"] for line in answer["lines"]] == ["CUP", "POT", "TRAY"]
    assert (answer["payable_minor"], answer["goods_minor"] - answer["discount_minor"]) == (39880, 39880)
    assert answer["trace"]


def test_the_steps_of_a_price_name_the_gift_and_the_freight_rule(http_client: Caller, memory_shop: Shop) -> None:
    promotion = memory_shop.give_spoon()
    memory_shop.charge_freight(1200, free_from=5000)
    answer = http_client.post("/order-quotes", {"basket": basket(memory_shop, CUP=1)}).json()
    assert [step["text"] for step in answer["trace"]] == [
        "1 line at its price",
        f"{promotion.code}: 1 of gift SPOON",
        "freight 0.00 CNY for 300 g: free from 50.00 CNY",
    ]


def test_an_order_is_placed_found_and_seen_with_its_receiver_masked(http_client: Caller, memory_shop: Shop) -> None:
    made = http_client.post("/orders", wish(http_client, memory_shop, CUP=2))
    assert (made.status_code, made.json()["state"], made.json()["payable_minor"]) == (201, "pending-payment", 19980)
    seen = http_client.get(made.headers["location"].removeprefix("/v1")).json()
    assert (seen["receiver"]["name"], seen["receiver"]["phone"]) == ("王**", "138******78")
    assert [(line["sku_code"], line["open_qty"], line["paid_minor"]) for line in seen["lines"]] == [("CUP", 2, 19980)]
    found = http_client.get("/orders", phone_tail="5678", number_prefix="SO-20261122", state="pending-payment").json()
    assert [row["number"] for row in found["items"]] == [made.json()["number"]]


def test_the_same_key_places_one_order(http_client: Caller, memory_shop: Shop) -> None:
    body = wish(http_client, memory_shop, CUP=1)
    first, second = (http_client.post("/orders", body, key="one wish").json() for _ in range(2))
    assert first == second
    assert memory_shop.reserved("CUP") == 1


def test_a_price_that_moved_is_told_with_both_amounts(http_client: Caller, memory_shop: Shop) -> None:
    body = wish(http_client, memory_shop, CUP=1)
    memory_shop.clock.advance(minutes=1)
    memory_shop.price("CUP", 12000)
    answer = http_client.post("/orders", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "pricing.price-changed")
    assert (answer.json()["quoted_minor"], answer.json()["payable_minor"]) == (9990, 12000)


def test_an_order_for_more_than_there_is_names_what_is_short(http_client: Caller, memory_shop: Shop) -> None:
    answer = http_client.post("/orders", wish(http_client, memory_shop, CUP=11))
    assert (answer.status_code, answer.json()["code"]) == (409, "inventory.out-of-stock")
    assert "CUP: 10 of 11" in answer.json()["detail"]


def test_a_client_cannot_bring_its_own_price(http_client: Caller, memory_shop: Shop) -> None:
    body = wish(http_client, memory_shop, CUP=1)
    body["basket"]["lines"][0]["unit_minor"] = 1
    assert http_client.post("/orders", body).status_code == 400


def test_a_paid_order_is_held_released_and_cancelled(http_client: Caller, memory_shop: Shop) -> None:
    order = memory_shop.paid(CUP=1)
    path = f"/orders/{order.id}"
    held = http_client.post(f"{path}/hold", {"reason": "buyer calls back"}, version=order.version).json()
    assert (held["state"], held["hold"]["queue"], held["hold"]["findings"][0]["rule"]) == ("hold", "customer-service", "by-hand")
    assert http_client.post(f"{path}/release", {"reason": "called"}).json()["state"] == "confirmed"
    assert http_client.post(f"{path}/release", {"reason": "again"}).json()["code"] == "orders.not-on-hold"
    assert http_client.post(f"{path}/cancel", {"reason": "no longer wanted"}).json()["state"] == "cancelled"
    again = http_client.post(f"{path}/cancel", {"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal-move")


def test_a_deed_on_an_old_version_is_refused(http_client: Caller, memory_shop: Shop) -> None:
    order = memory_shop.paid(CUP=1)
    answer = http_client.post(f"/orders/{order.id}/cancel", {"reason": "seen before"}, version=order.version - 1)
    assert (answer.status_code, answer.json()["code"]) == (412, "version-conflict")


def test_another_payment_is_asked_for_after_one_failed(http_client: Caller, memory_shop: Shop) -> None:
    order = memory_shop.place(CUP=1)
    path = f"/orders/{order.id}/payments"
    early = http_client.post(path, {"tender": {"provider": "embedded"}})
    assert (early.status_code, early.json()["code"]) == (409, "orders.nothing-to-pay")
    memory_shop.decline(order)
    asked = http_client.post(path, {"tender": {"provider": "embedded"}}).json()
    assert [tender["state"] for tender in asked["tenders"]] == ["failed", "open"]


def test_notes_stand_in_the_timeline_with_their_author(http_client: Caller, memory_shop: Shop) -> None:
    order = placed(http_client, memory_shop, CUP=1)
    http_client.post(f"/orders/{order['id']}/notes", {"text": "易碎品"})
    items = http_client.get(f"/orders/{order['id']}/timeline").json()["items"]
    assert [(item["event"], item["actor_name"], item["version"]) for item in items] == [
        ("placed", "owner", 1),
        ("note", "owner", 2),
    ]
    assert items[1]["details"] == {"text": "易碎品"}


def test_a_receiver_is_revealed_for_a_reason_to_whoever_may(http_client: Caller, memory_shop: Shop) -> None:
    path = f"/orders/{placed(http_client, memory_shop, CUP=1)['id']}/reveal"
    assert http_client.post(path, {"reason": "courier asks"}).json()["street"] == "龙井路 1 号"
    clerk = http_client.as_("clerk", Grant("orders.read"))
    assert clerk.post(path, {"reason": "courier asks"}).status_code == 403


def test_a_channel_pushes_an_order_twice_and_gets_one(http_client: Caller, memory_shop: Shop) -> None:
    line = {"item": item_of(memory_shop.sku["CUP"]), "title": "天猫茶杯", "qty": 1, "unit_minor": 9990}
    body = {
        "channel_id": str(memory_shop.channel),
        "external_id": "TM-9",
        "currency": "CNY",
        "lines": [line],
        "payments": [{"method": "alipay", "amount_minor": 9990}],
        "sold_at": "2026-11-22T03:59:00Z",
        "receiver": HOME,
    }
    first, second = (http_client.post("/channel-orders", body) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["external_id"]) == (201, "confirmed", "TM-9")
    assert second.json() == first.json()
    changed = http_client.post("/channel-orders", {**body, "freight_minor": 500})
    assert (changed.status_code, changed.json()["code"]) == (409, "orders.import-differs")


def test_goods_that_nobody_knows_wait_for_their_match(http_client: Caller, memory_shop: Shop) -> None:
    body = {
        "channel_id": str(memory_shop.channel),
        "external_id": "TM-10",
        "currency": "CNY",
        "lines": [{"item": "never-seen", "title": "新品", "qty": 1, "unit_minor": 100}],
        "payments": [{"method": "alipay", "amount_minor": 100}],
        "sold_at": "2026-11-22T03:59:00Z",
    }
    order = http_client.post("/channel-orders", body).json()
    assert (order["state"], order["hold"]["queue"]) == ("exception", "catalog")
    assert http_client.post(f"/orders/{order['id']}/match-goods").json()["state"] == "exception"
    settled = http_client.post(f"/orders/{order['id']}/settle-exception", {"resolution": "looks fine"})
    assert (settled.status_code, settled.json()["code"]) == (409, "orders.still-unmatched")


def test_the_audit_policy_of_a_channel_is_set_and_seen(http_client: Caller, memory_shop: Shop) -> None:
    path = f"/channels/{memory_shop.channel}/audit-policy"
    assert http_client.get(path).json()["version"] == 0
    wanted = {"rules": ["buyer-remark"], "amount_over": {"minor": 50000, "currency": "CNY"}, "merge_minutes": 10}
    assert http_client.put(path, wanted).json()["version"] == 1
    assert (http_client.get(path).json()["rules"], http_client.get("/audit-policy").json()["version"]) == (["buyer-remark"], 0)
    assert http_client.put(path, {"rules": ["no-such-rule"]}, version=1).status_code == 422
    assert http_client.put(path, wanted).status_code == 412
    assert http_client.put("/audit-policy", {"hold_hours": 4}).json()["hold_hours"] == 4


@pytest.mark.parametrize("deed", ["", "/timeline"])
def test_an_order_of_another_channel_looks_like_none_at_all(http_client: Caller, memory_shop: Shop, deed: str) -> None:
    order = placed(http_client, memory_shop, CUP=1)
    within = {Dimension.CHANNEL: frozenset([new_id()])}
    stranger = http_client.as_("stranger", Grant("orders.read", within))
    answers = [stranger.get(f"/orders/{key}{deed}") for key in (order["id"], new_id())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert stranger.get("/orders").json()["items"] == []
