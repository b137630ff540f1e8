"""Prices, promotions, campaigns, coupons and quotes over HTTP: their own stories and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from tests.http_client import Caller
from tests.pricing import market
from tests.pricing.market import CHANNEL, LEAF, LI, POT, SET

TERMS = {"valid_from": "2026-11-22T04:00:00Z", "valid_until": "2099-01-01T00:00:00Z"}
PERCENT = {"code": "AUTUMN", "currency": "CNY", "name": "秋季", "rule": {"kind": "percent-off", "basis_points": 1000}, **TERMS}
TEN_OFF = {"kind": "fixed-off", "amount_minor": 1000}
TEN = {"code": "TEN", "currency": "CNY", "name": "十元券", "value": TEN_OFF, "quota_qty": 2, "claim_code": "tea", **TERMS}


@pytest.fixture(autouse=True)
def _open_market(memory_office: Office, system: Act) -> None:
    market.open_market(memory_office, system)


def basket(*lines: tuple[Any, int], **fields: Any) -> dict[str, Any]:
    wanted = [{"sku_id": str(sku), "qty": qty} for sku, qty in lines]
    return {"channel_id": str(CHANNEL), "customer_id": str(LI), "lines": wanted, **fields}


def started(http_client: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    made = http_client.post(path, body).json()
    answer: dict[str, Any] = http_client.post(f"{path}/{made['id']}/start", version=1).json()
    return answer


def test_a_price_is_set_seen_and_remembered(http_client: Caller) -> None:
    body = {"amount": {"minor": 8800, "currency": "CNY"}, "channel_id": str(CHANNEL)}
    sheet = http_client.post(f"/skus/{LEAF}/prices", body, version=1)
    assert (sheet.status_code, sheet.json()["version"], sheet.headers["etag"]) == (200, 2, '"2"')
    assert http_client.get(f"/skus/{LEAF}/prices").json() == sheet.json()
    changes = http_client.get(f"/skus/{LEAF}/price-changes").json()["items"]
    assert sorted(change["after_minor"] for change in changes) == [8800, 9990]


def test_a_price_on_an_old_version_is_refused(http_client: Caller) -> None:
    body = {"amount": {"minor": 8800, "currency": "CNY"}}
    assert http_client.post(f"/skus/{LEAF}/prices", body, version=7).status_code == 412


def test_many_prices_at_once_and_one_taken_back(http_client: Caller) -> None:
    timed = {"valid_until": "2099-01-01T00:00:00Z"}
    prices = [{"sku_id": str(sku), "amount": {"minor": 100, "currency": "CNY"}, **timed} for sku in (LEAF, POT)]
    sheets = http_client.post("/prices", {"prices": prices}).json()["sheets"]
    slot = {"currency": "CNY", "valid_from": sheets[0]["prices"][-1]["valid_from"], **timed}
    left = http_client.post(f"/skus/{LEAF}/prices/withdraw", slot, version=2).json()
    assert [price["amount"]["minor"] for price in left["prices"]] == [9990]


def test_a_floor_refuses_what_lies_below_it(http_client: Caller) -> None:
    floor = http_client.put(f"/skus/{LEAF}/floors/CNY", {"amount_minor": 9000}, version=1)
    assert floor.json()["floors"] == [{"minor": 9000, "currency": "CNY"}]
    low = http_client.post(f"/skus/{LEAF}/prices", {"amount": {"minor": 8999, "currency": "CNY"}})
    assert (low.status_code, low.json()["code"]) == (409, "pricing.below-floor")
    above = http_client.put(f"/skus/{LEAF}/floors/CNY", {"amount_minor": 9991}, version=2)
    assert above.status_code == 409


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "percent-off", "basis_points": 1500},
        {"kind": "amount-off", "amount_minor": 500},
        {"kind": "fixed-price", "price_minor": 4900},
        {"kind": "pay-for-fewer", "take_qty": 3, "pay_qty": 2},
        {"kind": "spend-and-save", "tiers": [{"spend_minor": 30000, "save_minor": 5000}], "repeating": True},
        {
            "kind": "buy-and-get",
            "gift_sku_id": str(market.SAMPLE),
            "gift_qty": 1,
            "buy_qty": 2,
            "spend_minor": 0,
            "most_qty": 5,
            "substitute_sku_ids": [],
            "value_minor": 300,
            "on_return": "deduct",
        },
    ],
)
def test_every_kind_of_rule_goes_in_and_comes_out_alike(http_client: Caller, rule: dict[str, Any]) -> None:
    made = http_client.post("/promotions", {**PERCENT, "rule": rule})
    assert made.status_code == 201
    assert http_client.get(made.headers["location"].removeprefix("/v1")).json()["rule"] == rule


def test_a_promotion_lives_and_ends(http_client: Caller) -> None:
    running = started(http_client, "/promotions", PERCENT)
    edited = http_client.put(f"/promotions/{running['id']}", {**TERMS, "name": "冬季", "rule": PERCENT["rule"]}, version=2)
    paused = http_client.post(f"/promotions/{running['id']}/pause", version=3)
    ended = http_client.post(f"/promotions/{running['id']}/end", version=4)
    assert [answer.json()["state"] for answer in (edited, paused, ended)] == ["active", "paused", "ended"]
    assert http_client.post(f"/promotions/{running['id']}/start", version=5).json()["code"] == "illegal-move"
    assert len(http_client.get("/promotions", state="ended").json()["items"]) == 1


def test_a_campaign_shows_what_it_spent(http_client: Caller) -> None:
    body = {"code": "C11", "name": "双十一", "currency": "CNY", "budget_minor": 1000}
    running = started(http_client, "/campaigns", body)
    assert http_client.put(f"/campaigns/{running['id']}", {"name": "双十二"}, version=2).json()["budget_minor"] is None
    for verb, version in (("pause", 3), ("end", 4)):
        http_client.post(f"/campaigns/{running['id']}/{verb}", version=version)
    shown = http_client.get(f"/campaigns/{running['id']}").json()
    assert (shown["state"], shown["spent_minor"], shown["version"]) == ("ended", 0, 5)
    assert http_client.get("/campaigns").json()["items"] == [shown]


def test_coupons_from_the_template_to_the_customer(http_client: Caller) -> None:
    running = started(http_client, "/coupon-templates", TEN)
    issued = http_client.post(f"/coupon-templates/{running['id']}/coupons", {"customer_ids": [str(LI)]})
    assert issued.status_code == 201
    again = http_client.post("/coupon-claims", {"code": "tea", "customer_id": str(LI)})
    assert (again.status_code, again.json()["code"]) == (409, "pricing.customer-limit")
    claimed = http_client.post("/coupon-claims", {"code": "tea", "customer_id": str(market.WANG)})
    assert claimed.status_code == 201
    spent = http_client.post(f"/coupon-templates/{running['id']}/codes", {"qty": 1})
    assert (spent.status_code, spent.json()["code"]) == (409, "pricing.quota-spent")
    assert http_client.get(f"/coupon-templates/{running['id']}").json()["issued_qty"] == 2
    assert len(http_client.get("/coupons", customer_id=str(LI), state="issued").json()["items"]) == 1


def test_a_code_printed_and_voided(http_client: Caller) -> None:
    running = started(http_client, "/coupon-templates", TEN)
    (made,) = http_client.post(f"/coupon-templates/{running['id']}/codes", {"qty": 1}).json()["coupons"]
    void = http_client.post(f"/coupons/{made['id']}/void", {"reason": "misprinted"}, version=1)
    assert void.json()["state"] == "void"
    claimed = http_client.post("/coupon-claims", {"code": made["code"], "customer_id": str(LI)})
    assert claimed.json()["code"] == "pricing.coupon-spent"


def test_an_open_template_keeps_its_promise(http_client: Caller) -> None:
    running = started(http_client, "/coupon-templates", TEN)
    terms = {key: value for key, value in TEN.items() if key not in {"code", "currency"}}
    path = f"/coupon-templates/{running['id']}"
    assert http_client.put(path, {**terms, "quota_qty": 5}, version=2).json()["quota_qty"] == 5
    refused = http_client.put(path, {**terms, "threshold_minor": 1}, version=3)
    assert (refused.status_code, refused.json()["code"]) == (409, "pricing.template-fixed")
    states = [http_client.post(f"{path}/{verb}", version=version).json()["state"] for verb, version in (("pause", 3), ("end", 4))]
    assert states == ["paused", "ended"]
    assert len(http_client.get("/coupon-templates", state="ended").json()["items"]) == 1


def test_a_quote_tells_lines_discounts_gifts_and_steps(http_client: Caller) -> None:
    started(http_client, "/promotions", PERCENT)
    gift = {"kind": "buy-and-get", "gift_sku_id": str(market.SAMPLE), "buy_qty": 1}
    started(http_client, "/promotions", {**PERCENT, "code": "GIFT", "rule": gift})
    quoted = http_client.post("/price-quotes", basket((LEAF, 1), (SET, 1)))
    body = quoted.json()
    assert (quoted.status_code, body["goods_minor"], body["discount_minor"], body["payable_minor"]) == (200, 31960, 3069, 28891)
    assert [line["paid_minor"] for line in body["lines"]] == [8991, 9049, 10851, 0]
    assert {row["source_type"] for row in body["discounts"]} == {"line-promotion", "bundle-price"}
    assert (body["gifts"][0]["line"], len(body["digest"]), body["trace"][0]["step"]) == (5, 64, "list")


def test_a_quote_that_names_its_own_price_is_refused(http_client: Caller) -> None:
    cheap = basket((LEAF, 1))
    cheap["lines"][0]["unit_minor"] = 1
    assert http_client.post("/price-quotes", cheap).status_code == 400


def test_coupons_that_do_not_stack_are_refused_together(http_client: Caller) -> None:
    running = started(http_client, "/coupon-templates", {**TEN, "per_customer": 2})
    both = {"customer_ids": [str(LI)] * 2}
    coupons = [one["id"] for one in http_client.post(f"/coupon-templates/{running['id']}/coupons", both).json()["coupons"]]
    refused = http_client.post("/price-quotes", basket((LEAF, 1), coupon_ids=coupons))
    assert (refused.status_code, refused.json()["code"]) == (409, "pricing.coupons-do-not-stack")


def test_whoever_may_only_read_changes_nothing(http_client: Caller) -> None:
    reader = http_client.as_("reader", Grant("pricing.read"))
    assert reader.get(f"/skus/{LEAF}/prices").status_code == 200
    refused = reader.post(f"/skus/{LEAF}/prices", {"amount": {"minor": 1, "currency": "CNY"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
