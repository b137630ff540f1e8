"""Merchants over HTTP."""

from __future__ import annotations

from uuid import UUID

from houtai.domain.authority import Dimension, Grant
from tests.http_client import Caller


def test_a_merchant_is_registered_edited_activated_and_suspended(http_client: Caller) -> None:
    made = http_client.post("/merchants", {"code": "TEA", "name": "山茶铺"})
    path = made.headers["location"].removeprefix("/v1")
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    assert http_client.put(path, {"name": "老山茶铺", "city": "杭州"}, version=1).json()["city"] == "杭州"
    assert http_client.post(f"{path}/activate", {"reason": "资质齐全"}, version=2).json()["state"] == "active"
    assert http_client.post(f"{path}/suspend", {"reason": "欠保证金"}, version=3).json()["state"] == "suspended"
    assert http_client.post(f"{path}/suspend", {"reason": "再次"}, version=4).json()["legal"] == ["active"]
    assert http_client.get("/merchants", state="suspended").json()["items"] == [http_client.get(path).json()]


def test_a_merchants_clerk_sees_its_own_alone(http_client: Caller) -> None:
    mine, other = (http_client.post("/merchants", {"code": code, "name": "商家"}).json() for code in ("A", "B"))
    clerk = http_client.as_("clerk", Grant("merchants.read", {Dimension.MERCHANT: frozenset({UUID(mine["id"])})}))
    assert clerk.get("/merchants").json()["items"] == [mine]
    assert clerk.get(f"/merchants/{other['id']}").status_code == 404
