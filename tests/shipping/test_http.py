"""Waybills, numbers in stock and carriers' pushes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import httpx
import pytest

from houtai.adapters.carriers.embedded import EmbeddedCarrier, Push
from houtai.application.audit import Category
from houtai.application.permission import needs
from houtai.domain.ids import new_id
from houtai.domain.shipping.tracking import TrackState
from tests.http_client import Caller, calling
from tests.shipping.dock import Dock

BODY = {
    "carriers": ["embedded"],
    "sender": {"name": "后台仓", "phone": "021-55556666", "region": "上海市", "city": "上海市", "address": "华徐公路999号"},
    "receiver": {
        "name": "张三丰",
        "phone": "13800138000",
        "region": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "address": "文三路90号3号楼2单元501室",
    },
    "parcels": [{"weight_g": 1200}],
    "goods": ["瓷杯"],
}


@attrs.frozen
class Counter:
    """The dock with its routes."""

    dock: Dock
    caller: Caller

    def request(self, **changes: Any) -> httpx.Response:
        body = {**BODY, "parcel_id": str(new_id()), "warehouse_id": str(new_id()), **changes}
        return self.caller.post("/waybills", body)

    def bound(self) -> dict[str, Any]:
        made = self.request().json()
        self.dock.relay.run_until_idle()
        shown: dict[str, Any] = self.caller.get(f"/waybills/{made['id']}").json()
        return shown

    def push(self, push: Push, carrier: str = "embedded") -> httpx.Response:
        return self.caller.client.post(f"/v1/carrier-pushes/{carrier}", content=push.raw, headers=dict(push.headers))


@pytest.fixture
def counter(memory_dock: Dock) -> Iterator[Counter]:
    with calling(memory_dock.office, carriers=memory_dock.outside.carriers) as caller:
        yield Counter(memory_dock, caller)


def test_a_waybill_is_asked_for_bound_and_shown_without_its_receivers_street(counter: Counter) -> None:
    made = counter.request()
    assert (made.status_code, made.json()["state"]) == (201, "requested")
    counter.dock.relay.run_until_idle()
    shown = counter.caller.get(made.headers["location"].removeprefix("/v1")).json()
    assert (shown["state"], shown["number"], shown["charge"]) == ("bound", "HT000000000001", {"minor": 1000, "currency": "CNY"})
    assert shown["receiver"] == {"name": "张**", "phone": "138******00", "address": "浙江省 杭州市 西湖区 ***"}
    assert counter.caller.get("/waybills", state="bound", parcel_id=shown["parcel_id"]).json()["items"] == [shown]


def test_a_label_is_the_same_however_often_and_absent_before_it_came(counter: Counter) -> None:
    waiting = counter.request().json()
    assert counter.caller.get(f"/waybills/{waiting['id']}/label").status_code == 404
    counter.dock.relay.run_until_idle()
    first, second = (counter.caller.get(f"/waybills/{waiting['id']}/label") for _ in range(2))
    assert (first.content, first.headers["content-type"]) == (second.content, "application/vnd.zebra-zpl")


def test_a_parcel_that_bears_a_waybill_gets_no_second(counter: Counter) -> None:
    shown = counter.bound()
    refused = counter.request(parcel_id=shown["parcel_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "shipping.parcel-has-waybill")


def test_a_waybill_is_voided_and_then_cannot_be_settled(counter: Counter) -> None:
    shown = counter.bound()
    voided = counter.caller.post(f"/waybills/{shown['id']}/void", {"reason": "cancelled"})
    assert (voided.status_code, voided.json()["state"]) == (200, "voiding")
    counter.dock.relay.run_until_idle()
    settled = counter.caller.post(f"/waybills/{shown['id']}/settle", {"reason": "x", "number": "1"}, version=4)
    assert (settled.status_code, settled.json()["code"]) == (409, "illegal-move")


def test_a_push_moves_the_parcel_and_its_duplicate_is_fine(counter: Counter) -> None:
    shown = counter.bound()
    counter.dock.carrier.happen(shown["number"], TrackState.DELIVERED, "已签收")
    first, second = (counter.push(push) for push in counter.dock.carrier.pushes(copies=2))
    assert (first.status_code, first.json()["new"], second.json()["repeated"]) == (200, 1, 1)
    assert (first.json()["returnCode"], first.json()["apiResultCode"], first.json()["result"]) == ("200", "A1000", True)
    (event,) = counter.caller.get(f"/waybills/{shown['id']}/events").json()["items"]
    assert (event["state"], event["outcome"], event["text"]) == ("delivered", "moved", "已签收")
    assert counter.caller.get(f"/waybills/{shown['id']}").json()["state"] == "delivered"


def test_without_the_carriers_signature_nothing_is_believed_and_the_try_is_logged(counter: Counter) -> None:
    shown = counter.bound()
    counter.dock.carrier.happen(shown["number"], TrackState.DELIVERED)
    (push,) = counter.dock.carrier.pushes()
    stranger = EmbeddedCarrier(counter.dock.clock, secret=b"another house's secret")
    forged = [Push(push.raw, {}), Push(push.raw + b" ", push.headers), stranger.signed(push.raw, counter.dock.clock.now())]
    stranger.close()
    answers = [counter.push(one) for one in forged]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(401, "shipping.push-not-genuine")] * 3
    assert counter.caller.get(f"/waybills/{shown['id']}").json()["state"] == "bound"

    @needs("tests.log")
    def told(views: Any, _query: None, _act: object) -> list[str]:
        return [row.entry.outcome for row in views.audit_chain() if row.entry.category is Category.REFUSAL]

    assert counter.dock.office.ask(told, None, counter.dock.act) == ["shipping.push-not-genuine"] * 3


def test_what_is_signed_and_malformed_is_a_bad_request_and_a_strange_carrier_not_found(counter: Counter) -> None:
    push = counter.dock.carrier.signed(b"{", counter.dock.clock.now())
    assert (counter.push(push).status_code, counter.push(push).json()["code"]) == (400, "invalid-body")
    assert counter.push(push, "nobody").status_code == 404


def test_numbers_in_stock_are_opened_edited_listed_and_retired(counter: Counter) -> None:
    terms = {"block_qty": 3, "alarm_qty": 1}
    made = counter.caller.post("/waybill-pools", {"carrier": "embedded", **terms})
    path = made.headers["location"].removeprefix("/v1")
    assert (made.status_code, made.json()["alarming"]) == (201, True)
    counter.dock.relay.run_until_idle()
    assert (counter.caller.get(path).json()["free_qty"], counter.caller.get(path).json()["alarming"]) == (3, False)
    assert counter.bound()["number"] == "HT000000000001"
    edited = counter.caller.put(path, {**terms, "recycled": True}, version=1)
    assert (edited.json()["recycled"], edited.headers["etag"]) == (True, '"2"')
    assert counter.caller.post(f"{path}/retire", version=2).json()["state"] == "retired"
    assert [pool["state"] for pool in counter.caller.get("/waybill-pools").json()["items"]] == ["retired"]


def test_a_carrier_without_numbers_is_a_conflict(counter: Counter) -> None:
    counter.caller.post("/waybill-pools", {"carrier": "embedded", "block_qty": 3, "alarm_qty": 1})
    refused = counter.request()
    assert (refused.status_code, refused.json()["code"]) == (409, "shipping.no-carrier-left")
