"""Merging and splitting over HTTP: proposed, merged, taken apart, split; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.ids import new_id
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.orders.shop import Shop
from tests.outbound.together import Together


@pytest.fixture
def floor(memory_office: Office, clock: StillClock) -> Together:
    return Together(Shop(memory_office, clock))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_orders_are_proposed_merged_once_and_taken_apart(http_client: Caller, floor: Together) -> None:
    first, second = floor.shop.paid(CUP=1), floor.shop.paid(POT=1)
    ids = [str(first.id), str(second.id)]
    (proposed,) = http_client.get("/merge-proposals", channel_id=str(floor.shop.channel)).json()["items"]
    assert (proposed["order_ids"], proposed["numbers"], proposed["apart"]) == (ids, [first.number, second.number], [])
    made = http_client.post("/merged-orders", {"order_ids": ids, "priority": 2}, key="once")
    assert made.status_code == 201
    (sent,) = made.json()["outbound"]
    assert [line["source_id"] for line in sent["lines"]] == ids
    assert (sent["source_id"], sent["priority"], [one["state"] for one in made.json()["orders"]]) == (None, 2, ["released"] * 2)
    assert http_client.post("/merged-orders", {"order_ids": ids, "priority": 2}, key="once").json() == made.json()
    assert http_client.get("/merge-proposals").json()["items"] == []
    apart = http_client.post(f"/outbound-orders/{sent['id']}/take-apart", {"reason": "two doors"})
    assert [one["source_id"] for one in apart.json()["outbound"]] == ids
    assert told(http_client.post(f"/outbound-orders/{sent['id']}/take-apart", {"reason": "again"})) == (409, "outbound.not-ready")


def test_what_cannot_be_merged_is_refused_by_its_reason(http_client: Caller, floor: Together) -> None:
    order, unpaid = floor.shop.paid(CUP=1), floor.shop.place(CUP=1)
    answer = http_client.post("/merged-orders", {"order_ids": [str(order.id), str(unpaid.id)]})
    assert told(answer) == (409, "outbound.not-mergeable")
    assert answer.json()["reason"] == f"order {unpaid.number} is not paid"
    assert told(http_client.post("/merged-orders", {"order_ids": [str(order.id), str(new_id())]})) == (404, "not-found")
    assert http_client.post("/merged-orders", {"order_ids": [str(order.id)]}).status_code == 400


def test_an_order_is_split_and_each_part_says_what_it_is_of_the_whole(http_client: Caller, floor: Together) -> None:
    floor.shop.charge_freight(1_000)
    order = floor.shop.paid(CUP=3)
    parts = [{"units": [{"line": 1, "qty": 1}]}, {"units": [{"line": 1, "qty": 2}], "warehouse_id": str(floor.warehouse)}]
    made = http_client.post(f"/orders/{order.id}/split", {"parts": parts, "reason": "two birthdays"}, version=order.version)
    assert made.status_code == 201
    assert [part["freight"]["minor"] for part in made.json()["parts"]] == [333, 667]
    assert [part["outbound"]["lines"][0]["qty"] for part in made.json()["parts"]] == [1, 2]
    assert made.json()["order"]["state"] == "released"
    stale = http_client.post(f"/orders/{order.id}/split", {"parts": parts, "reason": "again"}, version=order.version)
    assert stale.status_code == 412
    wrong = http_client.post(f"/orders/{order.id}/split", {"parts": parts[:1], "reason": "less"})
    assert told(wrong) == (422, "outbound.not-splittable")
