"""Outbound orders over HTTP: released, listed with masked receivers, stopped, put back; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.reserve import release as unreserve
from houtai.application.office import Office
from houtai.application.orders.ports import OrdersTx
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import OrderId, new_id
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from tests.conftest import StillClock
from tests.http_client import Caller, calling
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.floor import Floor

PERSON = ("王小明", "13812345678", "138 1234 5678", "龙井路")


@pytest.fixture
def floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


@needs("tests.give-up-goods")
def give_up(tx: OrdersTx, order_id: OrderId, act: Act) -> None:
    """As stock control does where the goods turn out not to be there."""
    unreserve(tx, order_id, act)


def release(caller: Caller, order: Any, body: Any = None, **more: Any) -> Any:
    return caller.post(f"/orders/{order.id}/outbound-orders", body or {}, **more)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def stop(caller: Caller, outbound: Any, reason: str = "the buyer called") -> Any:
    return caller.post(f"/outbound-orders/{outbound}/intercept", {"reason": reason})


def test_a_confirmed_order_goes_to_its_warehouse_once(http_client: Caller, floor: Floor) -> None:
    order = floor.shop.paid(CUP=2)
    made = release(http_client, order, {"priority": 3, "ship_by": "2026-11-23T08:00:00+08:00"}, key="once")
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["order_id"]) == ("released", str(order.id))
    (sent,) = made.json()["outbound"]
    assert (sent["priority"], sent["ship_by"], sent["state"]) == (3, "2026-11-23T00:00:00Z", "new")
    assert [(line["sku_code"], line["qty"], line["open_qty"]) for line in sent["lines"]] == [("CUP", 2, 2)]
    again = release(http_client, order, {"ship_by": "2026-11-23T08:00:00+08:00", "priority": 3}, key="once")
    assert again.json() == made.json()
    assert told(release(http_client, order)) == (409, "illegal-move")


def test_an_order_is_released_as_it_was_seen_or_not_at_all(http_client: Caller, floor: Floor) -> None:
    order = floor.shop.paid(CUP=1)
    stale = release(http_client, order, version=order.version + 1)
    assert (stale.status_code, stale.json()["current_version"]) == (412, order.version)
    assert told(http_client.post(f"/orders/{new_id()}/outbound-orders", {})) == (404, "not-found")
    assert told(release(http_client, order, {"priority": 10})) == (422, "out-of-range")
    assert release(http_client, order, version=order.version).status_code == 201


def test_all_confirmed_orders_go_page_by_page_and_those_that_refuse_are_named(http_client: Caller, floor: Floor) -> None:
    orders = [floor.shop.paid(CUP=1) for _ in range(3)]
    floor.office.perform(give_up, orders[0].id, floor.act)
    first = http_client.post("/confirmed-orders/release", {"limit": 2}).json()
    assert first["released"] == [str(orders[1].id)]
    assert [(one["order_id"], one["code"]) for one in first["refused"]] == [(str(orders[0].id), "outbound.not-ready")]
    rest = http_client.post("/confirmed-orders/release", {"cursor": first["next_cursor"]}).json()
    assert (rest["released"], rest["next_cursor"]) == ([str(orders[2].id)], "")
    nothing = http_client.post("/confirmed-orders/release").json()
    assert (nothing["released"], len(nothing["refused"])) == ([], 1)


def test_orders_are_found_by_warehouse_state_source_kind_and_code(http_client: Caller, floor: Floor) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(BOWL=2, CUP=1)]
    first, second = (floor.hand_over(order).outbound[0] for order in orders)
    made = floor.printed(first)

    def found(**query: Any) -> list[str]:
        return [one["number"] for one in http_client.get("/outbound-orders", **query).json()["items"]]

    waybill = floor.now(first).waybill
    assert found() == [second.number, first.number]
    assert found(warehouse_id=str(floor.warehouse), state="new") == [second.number]
    assert found(order_id=str(orders[0].id)) == found(wave_id=str(made.wave.id)) == [first.number]
    assert found(code=waybill) == found(code=first.number) == [first.number]
    assert found(kind="transfer") == found(warehouse_id=str(new_id())) == found(code="nothing") == []
    page = http_client.get("/outbound-orders", limit=1).json()
    assert (page["items"][0]["lines"], page["items"][0]["pieces_qty"], page["has_more"]) == (2, 3, True)
    behind = http_client.get("/outbound-orders", limit=1, cursor=page["next_cursor"]).json()
    assert [one["number"] for one in behind["items"]] == [first.number]


def test_receivers_are_masked_wherever_outbound_shows_them_and_hidden_where_a_grant_says_so(
    http_client: Caller, floor: Floor
) -> None:
    sent = floor.released(CUP=1)
    path = f"/outbound-orders/{sent.id}"
    answers = [
        http_client.get(path),
        http_client.get("/outbound-orders"),
        http_client.get(f"{path}/timeline"),
        stop(http_client, sent.id),
    ]
    assert [secret for answer in answers for secret in PERSON if secret in answer.text] == []
    assert answers[0].json()["receiver"] == {"name": "王**", "phone": "138 **** **78", "address": "浙江 杭州 西湖区 ***"}
    blind = http_client.as_("blind", Grant("outbound.read", hidden=frozenset({"name", "phone", "address"})))
    assert blind.get(path).json()["receiver"] == {"name": "•••", "phone": "•••", "address": "•••"}
    assert blind.get("/outbound-orders").json()["items"][0]["receiver"]["phone"] == "•••"


def test_one_order_is_shown_with_where_its_units_lie_and_all_that_happened(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=2)
    made = floor.printed(sent)
    shown = http_client.get(f"/outbound-orders/{sent.id}")
    detail = shown.json()
    assert (detail["state"], detail["wave_id"], detail["slot"]) == ("printed", str(made.wave.id), 1)
    assert shown.headers["etag"] == f'"{detail["version"]}"'
    assert [(one["qty"], one["state"], one["location_id"]) for one in detail["picks"]] == [(2, "promised", str(floor.first.id))]
    events = [one["event"] for one in http_client.get(f"/outbound-orders/{sent.id}/timeline").json()["items"]]
    assert events == ["released", "waved", "waybill", "printed"]


def test_an_order_that_was_stopped_is_cancelled_when_its_goods_are_back(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=2)
    floor.printed(sent)
    run = floor.start(floor.cart())
    floor.take(run, floor.first, "CUP", 2, run.picking.lines[0].slot)
    stopped = stop(http_client, sent.id).json()
    assert (stopped["state"], stopped["stop_reason"]) == ("intercepted", "the buyer called")
    assert stop(http_client, sent.id, "again").json()["stop_reason"] == "the buyer called"
    back = {"sku_id": str(floor.shop.sku["CUP"]), "qty": 1, "to_location_id": str(floor.first.id)}
    path = f"/outbound-orders/{sent.id}/put-back"
    found = http_client.post(f"{path}-places", {"sku_id": back["sku_id"]})
    assert found.status_code == 200, found.text
    (best, *_) = found.json()["items"]
    assert best == {"location_id": str(floor.first.id), "path": "A-01-01-1", "why": "came-from"}
    assert told(http_client.post(f"{path}-places", {"sku_id": str(floor.shop.sku["POT"])})) == (404, "not-found")
    assert told(http_client.post(path, {**back, "qty": 3})) == (409, "outbound.too-many")
    assert told(http_client.post(path, {**back, "to_location_id": str(new_id())})) == (404, "not-found")
    assert http_client.post(path, back).json()["state"] == "intercepted"
    assert http_client.post(path, back).json()["state"] == "cancelled"
    assert told(http_client.post(path, back)) == (409, "outbound.not-ready")
    assert told(http_client.post(f"{path}-places", {"sku_id": back["sku_id"]})) == (409, "outbound.not-ready")


def test_what_nobody_has_taken_off_a_shelf_is_cancelled_at_once(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=1)
    assert stop(http_client, sent.id).json()["state"] == "cancelled"
    assert told(stop(http_client, new_id())) == (404, "not-found")
    assert told(stop(http_client, sent.id, "")) == (422, "invalid-value")


def test_a_carrier_that_refused_is_followed_by_the_next(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=1)
    floor.wave(sent)
    floor.answer(sent, CarrierAnswer(Standing.REFUSED, error="no such street"))
    asked = http_client.post(f"/outbound-orders/{sent.id}/ask-again")
    assert (asked.status_code, floor.waybills(sent)[-1].carrier) == (200, "second")
    stop(http_client, sent.id)
    assert told(http_client.post(f"/outbound-orders/{sent.id}/ask-again")) == (409, "outbound.intercepted")


def test_who_may_only_look_stops_nothing(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=1)
    reader = http_client.as_("reader", Grant("outbound.read"))
    assert told(stop(reader, sent.id)) == (403, "forbidden")
    assert told(reader.post("/confirmed-orders/release")) == (403, "forbidden")
    assert reader.get(f"/outbound-orders/{sent.id}").json()["state"] == "new"


LISTS = ("/outbound-orders", "/waves", "/pick-runs", "/parcels", "/manifests", "/transfers", "/goods-issues")


def test_lists_are_read_in_as_many_statements_for_four_as_for_one(sql_store: Any, clock: StillClock) -> None:
    office = Office(sql_store, clock)
    floor = Floor(Shop(office, clock))
    with calling(office) as caller:
        read: dict[int, dict[str, int]] = {}
        for _ in range(2):
            for _ in range(1 if not read else 3):
                floor.printed(floor.released(CUP=1))
            count = len(caller.get("/waves").json()["items"])
            read[count] = {}
            for path in LISTS:
                with counted(sql_store) as statements:
                    assert caller.get(path).status_code == 200
                read[count][path] = len(statements)
    assert read.keys() == {1, 4}
    assert read[1] == read[4]
