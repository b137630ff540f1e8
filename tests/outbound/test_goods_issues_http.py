"""Goods issues over HTTP: from the request to the carrier, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.domain.ids import new_id
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.orders.shop import Shop
from tests.outbound.errand import Errands

RECEIVER = {"recipient": "张三丰", "phone": "13800138000", "region": "浙江", "city": "杭州", "street": "文三路 90 号"}


@pytest.fixture
def errands(memory_office: Office, clock: StillClock) -> Errands:
    return Errands(Shop(memory_office, clock))


@pytest.fixture
def boss(http_client: Caller, errands: Errands) -> Caller:
    """Somebody else, who approves."""
    return http_client.as_("boss", Grant("outbound.*"))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def ask(caller: Caller, errands: Errands, *, key: str | None = None, qty: int = 3, **more: Any) -> Any:
    lines = [{"sku_id": str(errands.shop.sku["CUP"]), "qty": qty}]
    body = {"warehouse_id": str(errands.shop.warehouse), "reason": "sample", "lines": lines, "receiver": RECEIVER, **more}
    return caller.post("/goods-issues", body, key=key)


def test_a_sample_is_asked_for_approved_by_another_person_and_called_off(
    http_client: Caller, boss: Caller, errands: Errands
) -> None:
    made = ask(http_client, errands, note="for the fair")
    asked = made.json()
    path = f"/goods-issues/{asked['id']}"
    assert (made.status_code, made.headers["location"], asked["state"]) == (201, f"/v1{path}", "requested")
    assert (asked["issue_qty"], asked["note"], "三丰" in str(asked)) == (3, "for the fair", False)
    assert told(boss.post(f"{path}/approve", {})) == (428, "precondition-required")
    assert told(boss.post(f"{path}/approve", {}, version=9)) == (412, "version-conflict")
    assert told(http_client.post(f"{path}/approve", {}, version=1)) == (403, "forbidden")
    ready = boss.post(f"{path}/approve", {"priority": 4}, version=1).json()
    assert (ready["version"], ready["decided_by"] != asked["requested_by"]) == (2, True)
    assert ready["state"] == "ready"
    (sent,) = http_client.get("/outbound-orders", kind="other").json()["items"]
    assert (sent["source_id"], sent["priority"], sent["pieces_qty"]) == (asked["id"], 4, 3)
    assert told(boss.post(f"{path}/reject", {}, version=2)) == (409, "illegal-move")
    assert told(http_client.post(f"{path}/withdraw", {}, version=2)) == (409, "illegal-move")
    over = http_client.post(f"{path}/cancel", {"reason": "the fair is off"}).json()
    assert (over["state"], http_client.get(path).json()) == ("cancelled", over)
    events = [one["event"] for one in http_client.get(f"{path}/timeline").json()["items"]]
    assert events == ["requested", "approved", "cancelled"]
    assert [one["id"] for one in http_client.get("/goods-issues", state="cancelled").json()["items"]] == [asked["id"]]
    assert http_client.get("/goods-issues", reason="scrap").json()["items"] == []


def test_what_has_left_shows_its_units_and_stays(http_client: Caller, errands: Errands) -> None:
    gone = errands.gone(CUP=2)
    shown = http_client.get(f"/goods-issues/{gone.id}").json()
    assert (shown["state"], shown["lines"][0]["shipped_qty"]) == ("shipped", 2)
    assert told(http_client.post(f"/goods-issues/{gone.id}/cancel", {"reason": "too late"})) == (409, "illegal-move")


def test_the_same_request_again_is_the_same_goods_issue(http_client: Caller, errands: Errands) -> None:
    first, again = (ask(http_client, errands, key="one-sample").json() for _ in range(2))
    assert first == again
    assert len(http_client.get("/goods-issues").json()["items"]) == 1


def test_a_return_to_a_supplier_is_asked_for_rejected_and_taken_back(http_client: Caller, boss: Caller, errands: Errands) -> None:
    first, second = (ask(http_client, errands, reason="supplier-return", supplier="KILN-7").json() for _ in range(2))
    assert (first["supplier"], first["reason"]) == ("KILN-7", "supplier-return")
    rejected = boss.post(f"/goods-issues/{first['id']}/reject", {"note": "they take nothing back"}, version=1)
    withdrawn = http_client.post(f"/goods-issues/{second['id']}/withdraw", {}, version=1)
    assert (rejected.json()["state"], withdrawn.json()["state"]) == ("rejected", "withdrawn")


def test_what_is_no_goods_issue_is_refused(http_client: Caller, boss: Caller, errands: Errands) -> None:
    assert told(ask(http_client, errands, lines=[])) == (400, "invalid-body")
    assert told(ask(http_client, errands, reason="because")) == (400, "invalid-body")
    assert told(ask(http_client, errands, qty=0)) == (422, "out-of-range")
    assert told(ask(http_client, errands, reason="supplier-return")) == (422, "invalid-value")
    assert told(ask(http_client, errands, supplier="KILN-7")) == (422, "invalid-value")
    assert told(ask(http_client, errands, warehouse_id=str(new_id()))) == (404, "not-found")
    much = ask(http_client, errands, qty=100).json()
    assert told(ask(http_client, errands, id=much["id"])) == (409, "already-exists")
    assert told(boss.post(f"/goods-issues/{much['id']}/approve", {}, version=1)) == (409, "inventory.out-of-stock")
    assert told(http_client.get(f"/goods-issues/{new_id()}")) == (404, "not-found")
    reader = http_client.as_("reader", Grant("outbound.read"))
    assert told(ask(reader, errands)) == (403, "forbidden")
