"""Points and rewards over HTTP: set up, earned, spent, seen, and how each is told no."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.domain.ids import new_id
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.orders.shop import Shop
from tests.orders.test_http import wish

POLICY = {"most_permille": 500, "adjust_alone_points": 3_000}
MONTH = {"starts_at": "2026-11-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}


@pytest.fixture
def memory_shop(memory_office: Office, clock: StillClock) -> Shop:
    """In the office behind the routes."""
    return Shop(memory_office, clock)


def given(http: Caller, shop: Shop, points: int) -> Any:
    """Points by hand, under a policy."""
    if http.get("/points-policies/CNY").status_code == 404:
        assert http.put("/points-policies/CNY", POLICY).status_code == 200
    body = {"customer_id": str(shop.buyer), "currency": "CNY", "points": points, "reason": "a gift"}
    return http.post("/points-adjustments", body)


def test_points_are_given_seen_and_spent(http_client: Caller, memory_shop: Shop) -> None:
    made = given(http_client, memory_shop, 3_000)
    assert (made.status_code, made.json()["state"]) == (201, "posted")
    assert http_client.get(made.headers["location"].removeprefix("/v1")).json() == made.json()
    body = wish(http_client, memory_shop, CUP=1)
    body["tenders"] = [{"provider": "points", "amount_minor": 2_000}, {"provider": "embedded"}]
    order = http_client.post("/orders", body)
    assert (order.status_code, order.json()["state"]) == (201, "pending-payment")
    path = f"/points/{memory_shop.buyer}"
    seen = http_client.get(path, currency="CNY").json()
    assert (seen["balance_points"], seen["worth"], len(seen["lots"])) == (1_000, {"minor": 1_000, "currency": "CNY"}, 1)
    rows = http_client.get(f"{path}/entries", currency="CNY").json()["items"]
    assert [(row["move"], row["points"]) for row in rows] == [("redeem", -2_000), ("adjust", 3_000)]


def test_more_than_there_is_and_more_than_points_may_pay_is_told(http_client: Caller, memory_shop: Shop) -> None:
    given(http_client, memory_shop, 100)
    body = wish(http_client, memory_shop, CUP=1)
    for amount, code in ((101, "points.short"), (5_000, "points.over-share")):
        body["tenders"] = [{"provider": "points", "amount_minor": amount}, {"provider": "embedded"}]
        refused = http_client.post("/orders", body)
        assert (refused.status_code, refused.json()["code"]) == (409, code)


def test_what_a_point_is_worth_stays_and_a_policy_rests_on_what_its_editor_saw(http_client: Caller, memory_shop: Shop) -> None:
    given(http_client, memory_shop, 1)
    changed = http_client.put("/points-policies/CNY", {**POLICY, "points_per_minor": 2}, version=1)
    assert (changed.status_code, changed.json()["code"]) == (409, "points.value-fixed")
    stale = http_client.put("/points-policies/CNY", POLICY, version=7)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-conflict")


def test_many_points_by_hand_wait_for_a_second_person(http_client: Caller, memory_shop: Shop) -> None:
    asked = given(http_client, memory_shop, 3_001).json()
    path = f"/points-adjustments/{asked['id']}"
    waiting = http_client.get("/points-adjustments", state="requested").json()["items"]
    assert [one["id"] for one in waiting] == [asked["id"]]
    own = http_client.post(f"{path}/approve", {}, version=1)
    assert (own.status_code, own.json()["reason"]) == (403, "same-person")
    second = http_client.as_("second", Grant("points.*"))
    approved = second.post(f"{path}/approve", {"note": "fine"}, version=1)
    assert (approved.status_code, approved.json()["state"]) == (200, "posted")


def test_a_buyer_sees_their_own_points_and_nobody_elses(http_client: Caller, memory_shop: Shop) -> None:
    given(http_client, memory_shop, 10)
    somebody = http_client.as_("somebody", Grant("points.read", own_only=True))
    hidden = somebody.get(f"/points/{memory_shop.buyer}", currency="CNY")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not-found")


def test_a_rule_is_defined_paused_and_what_an_order_granted_is_seen(http_client: Caller, memory_shop: Shop) -> None:
    given(http_client, memory_shop, 1)
    rule = {"code": "EARN", "name": "积分", "currency": "CNY", "points_per_100_minor": 10, **MONTH}
    made = http_client.post("/reward-rules", rule)
    assert (made.status_code, made.json()["state"]) == (201, "active")
    again = http_client.post("/reward-rules", rule)
    assert (again.status_code, again.json()["code"]) == (409, "already-exists")
    order = memory_shop.paid(CUP=1)
    (grant,) = http_client.get(f"/orders/{order.id}/grants").json()["grants"]
    assert (grant["state"], grant["points"]) == ("pending", 999)
    line = memory_shop.order(order).lines[0].seq
    ask = {"order_id": str(order.id), "kind": "refund-only", "reason": "not-wanted", "lines": [{"line": line, "qty": 1}]}
    (going,) = http_client.post("/claims/quote", ask).json()["withdrawals"]
    assert (going["grant_id"], going["points"], going["coupon"]) == (grant["id"], 999, "none")
    paused = http_client.post(f"/reward-rules/{made.json()['id']}/pause", version=1)
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    assert [one["code"] for one in http_client.get("/reward-rules").json()["items"]] == ["EARN"]
    assert http_client.get(f"/reward-rules/{new_id()}").status_code == 404
