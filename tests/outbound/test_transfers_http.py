"""Transfers, short orders and carriers' rates over HTTP: their stories, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from houtai.adapters.carriers.embedded import EmbeddedCarrier
from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.short import ReportShort, report_short
from houtai.application.outbound.transfer_queries import show_transfer
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import PrinterId, TransferId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import PickMethod
from tests.conftest import StillClock
from tests.http_client import Caller, calling
from tests.orders.shop import Shop
from tests.outbound.between import Between
from tests.outbound.floor import Floor
from tests.outbound.test_lists import SHEETS


@pytest.fixture
def between(memory_office: Office, clock: StillClock) -> Between:
    return Between(Shop(memory_office, clock))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def draft(caller: Caller, between: Between, *lines: tuple[str, int], **more: Any) -> Any:
    goods = [{"sku_id": str(between.shop.sku[code]), "qty": qty} for code, qty in lines]
    ends = {"warehouse_id": str(between.shop.warehouse), "to_warehouse_id": str(between.west)}
    return caller.post("/transfers", {**ends, "lines": goods, **more})


def test_a_transfer_is_drafted_made_ready_sent_and_received_in_parts(http_client: Caller, between: Between) -> None:
    made = draft(http_client, between, ("CUP", 5), note="for the west")
    transfer = made.json()
    path = f"/transfers/{transfer['id']}"
    assert (made.status_code, made.headers["location"], transfer["state"]) == (201, f"/v1{path}", "draft")
    assert told(http_client.post(f"{path}/ready", {}, version=9)) == (412, "version-conflict")
    ready = http_client.post(f"{path}/ready", {"priority": 2}, version=1).json()
    assert (ready["state"], ready["version"]) == ("ready", 2)
    (sent,) = http_client.get("/outbound-orders", kind="transfer").json()["items"]
    assert (sent["source_id"], sent["priority"], sent["pieces_qty"]) == (transfer["id"], 2, 5)
    assert "后台仓" not in str(sent)
    between.send(between.office.ask(show_transfer, TransferId(UUID(transfer["id"])), between.act))
    assert http_client.get(path).json()["lines"][0]["outstanding_qty"] == 5
    assert told(http_client.post(f"{path}/receive", {"lines": [{"line": 1, "qty": 6}]})) == (409, "outbound.too-many")
    assert told(http_client.post(f"{path}/receive", {"lines": []})) == (422, "invalid-value")
    assert told(http_client.post(f"{path}/receive", {"lines": [{"line": 2, "qty": 1}]})) == (422, "invalid-value")
    part = http_client.post(f"{path}/receive", {"lines": [{"line": 1, "qty": 3}]}).json()
    assert (part["state"], part["lines"][0]["received_qty"]) == ("partially-received", 3)
    gap = {"line": 1, "qty": 1, "reason": "lost", "claim": True, "note": "the carrier says so"}
    assert told(http_client.post(f"{path}/write-off", gap)) == (428, "precondition-required")
    lost = http_client.post(f"{path}/write-off", gap, version=part["version"]).json()
    assert (lost["lines"][0]["lost_qty"], lost["lines"][0]["outstanding_qty"]) == (1, 1)
    surplus = {"lines": [{"line": 1, "qty": 1}], "surplus": [{"sku_id": str(between.shop.sku["POT"]), "qty": 1}]}
    done = http_client.post(f"{path}/receive", surplus).json()
    assert (done["state"], http_client.get(path).json()) == ("received", done)
    assert told(http_client.post(f"{path}/cancel", {"reason": "late"})) == (409, "illegal-move")
    events = [one["event"] for one in http_client.get(f"{path}/timeline").json()["items"]]
    assert events == ["created", "ready", "sent", "received", "written off", "received"]
    assert [one["id"] for one in http_client.get("/transfers", state="received").json()["items"]] == [transfer["id"]]


def test_goods_on_the_road_never_end_silently(http_client: Caller, between: Between) -> None:
    sent = between.sent(CUP=2)
    path = f"/transfers/{sent.id}/cancel"
    refused = http_client.post(path, {"reason": "not wanted"})
    assert (told(refused), refused.json()["outstanding_qty"]) == ((422, "outbound.choice-needed"), 2)
    assert http_client.post(path, {"reason": "not wanted", "choice": "return-to-source"}).json()["state"] == "cancelled"


def test_what_is_no_transfer_is_refused(http_client: Caller, between: Between) -> None:
    here = str(between.shop.warehouse)
    assert told(draft(http_client, between)) == (400, "invalid-body")
    assert told(draft(http_client, between, ("CUP", 0))) == (422, "out-of-range")
    assert told(draft(http_client, between, ("CUP", 1), to_warehouse_id=here)) == (422, "invalid-value")
    assert told(draft(http_client, between, ("CUP", 1), to_warehouse_id=str(new_id()))) == (404, "not-found")
    known = draft(http_client, between, ("CUP", 100)).json()
    assert told(draft(http_client, between, ("CUP", 1), id=known["id"])) == (409, "already-exists")
    assert told(http_client.post(f"/transfers/{known['id']}/ready", {})) == (409, "inventory.out-of-stock")
    assert told(http_client.post(f"/transfers/{known['id']}/receive", {"lines": [{"line": 1, "qty": 1}]})) == (
        409,
        "outbound.not-ready",
    )
    assert http_client.post(f"/transfers/{known['id']}/cancel", {"reason": "not wanted"}).json()["state"] == "cancelled"


def test_a_transfer_is_seen_from_both_of_its_ends_and_from_nowhere_else(http_client: Caller, between: Between) -> None:
    transfer = draft(http_client, between, ("CUP", 1)).json()

    def seen(place: Any) -> tuple[int, int]:
        clerk = http_client.as_(str(place), Grant("outbound.*", {Dimension.WAREHOUSE: frozenset({place})}))
        found = clerk.get(f"/transfers/{transfer['id']}").status_code
        return found, len(clerk.get("/transfers").json()["items"])

    assert (seen(between.shop.warehouse), seen(between.west), seen(new_id())) == ((200, 1), (200, 1), (404, 0))


def test_a_transfers_sheet_is_printed_where_its_source_prints_its_lists(http_client: Caller, between: Between) -> None:
    transfer = draft(http_client, between, ("CUP", 2)).json()
    path = f"/transfers/{transfer['id']}/sheet"
    assert told(http_client.post(path, {})) == (409, "outbound.not-ready")
    printer = PrinterId(new_id())
    between.office.perform(add_printer, AddPrinter(printer, "SHEETS", "打印机", between.shop.warehouse, SHEETS), between.act)
    job = http_client.post(path, {"printer_id": str(printer), "reason": "for the west"}).json()
    again = http_client.post(path, {"printer_id": str(printer), "reason": "for the west"}).json()
    assert (job["kind"], job["printer_id"], again["id"]) == ("transfer-sheet", str(printer), job["id"])
    assert told(http_client.post(path, {"printer_id": str(new_id())})) == (404, "not-found")
    reader = http_client.as_("reader", Grant("outbound.read"))
    assert told(reader.post(path, {"printer_id": str(printer)})) == (403, "forbidden")
    http_client.post(f"/transfers/{transfer['id']}/cancel", {"reason": "not wanted"})
    assert told(http_client.post(path, {"printer_id": str(printer)})) == (409, "outbound.not-ready")


# -- what could not be found


def short(floor: Floor, **units: int) -> OutboundOrder:
    """An order of which nothing was found where the books had it."""
    sent = floor.released(**units)
    floor.printed(sent, method=PickMethod.THEN_SORT)
    run = floor.start(floor.tote())
    floor.office.perform(report_short, ReportShort(run.id, floor.first.path), floor.act)
    return sent


def test_a_short_sale_waits_or_is_refused_what_cannot_be(memory_office: Office, clock: StillClock, http_client: Caller) -> None:
    floor = Floor(Shop(memory_office, clock))
    sent = short(floor, CUP=1)
    path = f"/outbound-orders/{sent.id}"
    waiting = http_client.post(f"{path}/settle-short", {"choice": "wait", "reason": "goods come tomorrow"}).json()
    assert (waiting["outbound"]["state"], waiting["further"], waiting["refunds"]) == ("short", [], [])
    split = http_client.post(f"{path}/settle-short", {"choice": "split", "reason": "send the rest"})
    assert told(split) == (409, "outbound.not-ready")
    assert told(http_client.post(f"{path}/settle-short", {"choice": "hope", "reason": "none"})) == (400, "invalid-body")
    assert told(http_client.post(f"{path}/send-without", {"reason": "it was paid for"})) == (409, "outbound.not-ready")
    assert http_client.post(f"{path}/look-again").json()["state"] == "short"
    fresh = floor.released(POT=1)
    assert told(http_client.post(f"/outbound-orders/{fresh.id}/look-again")) == (409, "outbound.not-ready")


def test_where_nothing_of_an_order_waits_for_a_warehouse_nothing_is_released_again(
    memory_office: Office, clock: StillClock, http_client: Caller
) -> None:
    floor = Floor(Shop(memory_office, clock))
    order = floor.shop.paid(CUP=1)
    path = f"/orders/{order.id}/outbound-orders/rest"
    assert told(http_client.post(path, {})) == (409, "outbound.not-ready")
    (sent,) = floor.hand_over(order).outbound
    assert told(http_client.post(path, {})) == (409, "outbound.not-ready")
    floor.office.perform(intercept_order, InterceptOrder(sent.id, "looked at again"), floor.act)
    assert told(http_client.post(path, {})) == (409, "outbound.not-ready")


# -- what carriers would take

SOMEBODY = {"name": "张三丰", "phone": "13800138000", "region": "浙江省", "city": "杭州市", "address": "文三路90号"}


@pytest.fixture
def rated(memory_office: Office, clock: StillClock, between: Between) -> Iterator[Caller]:
    """The owner calling a house that has a carrier."""
    carrier = EmbeddedCarrier(clock, secret=b"a secret for tests, thirty-two b")
    with calling(memory_office, carriers={carrier.name: carrier}) as caller:
        yield caller
    carrier.close()


def test_carriers_that_a_warehouse_sends_with_are_asked_what_they_would_take(rated: Caller, between: Between) -> None:
    wish = {"receiver": SOMEBODY, "parcels": [{"weight_g": 1_200}], "goods": ["瓷杯"]}
    path = f"/warehouses/{between.shop.warehouse}/shipping-rates"
    offers = rated.post(path, wish).json()["items"]
    assert [(one["carrier"], one["service"], one["days"]) for one in offers] == [
        ("embedded", "standard", 3),
        ("embedded", "express", 1),
    ]
    assert offers[0]["charge"]["minor"] * 2 == offers[1]["charge"]["minor"] > 0
    assert rated.post(path, {**wish, "carriers": ["nobody"]}).json()["items"] == []
    assert told(rated.post(path, {**wish, "parcels": []})) == (400, "invalid-body")
    assert told(rated.post(f"/warehouses/{new_id()}/shipping-rates", wish)) == (404, "not-found")
    clerk = rated.as_("clerk", Grant("outbound.*"))
    assert told(clerk.post(path, wish)) == (403, "forbidden")
