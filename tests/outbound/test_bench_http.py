"""The bench, the scale and the carriers' manifests over HTTP: an order from the table to the van, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import BasketShape
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.orders.shop import Shop
from tests.outbound.dispatch import CARRIER, Dispatch


@pytest.fixture
def dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def scan(caller: Caller, dispatch: Dispatch, sent: OutboundOrder, code: str, **more: Any) -> Any:
    return caller.post(f"/outbound-orders/{sent.id}/check/pieces", {"sku_id": str(dispatch.shop.sku[code]), **more})


def state(caller: Caller, sent: OutboundOrder) -> str:
    found: str = caller.get(f"/outbound-orders/{sent.id}").json()["state"]
    return found


def packed(caller: Caller, dispatch: Dispatch, **units: Any) -> tuple[OutboundOrder, Any]:
    """An order in one box, sealed."""
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(**units)).id)
    (parcel,) = caller.post(f"/outbound-orders/{sent.id}/pack", {"parcels": [{"box": "B"}]}).json()["items"]
    return sent, parcel


# -- checking


def test_pieces_are_checked_until_the_order_is(http_client: Caller, dispatch: Dispatch) -> None:
    sent = dispatch.picked(dispatch.shop.paid(CUP=2, POT=1))
    path = f"/outbound-orders/{sent.id}/check"
    assert told(http_client.get(path)) == (404, "not-found")
    begun = http_client.post("/checks", {"code": sent.waybill}).json()
    assert [(line["sku_code"], line["qty"], line["checked_qty"]) for line in begun["lines"]] == [("CUP", 2, 0), ("POT", 1, 0)]
    scan(http_client, dispatch, sent, "CUP", serial="SN-1")
    half = http_client.post("/checks", {"code": sent.number}).json()
    assert (half["done"], half["lines"][0]["checked_qty"], half["pieces"][0]["serial"]) == (False, 1, "SN-1")
    assert http_client.get(path).json() == half
    scan(http_client, dispatch, sent, "CUP")
    done = scan(http_client, dispatch, sent, "POT").json()
    assert (done["done"], state(http_client, sent)) == (True, "checked")
    assert told(http_client.post("/checks", {"code": sent.waybill})) == (409, "check.already-checked")


def test_a_scan_that_is_refused_counts_nothing(http_client: Caller, dispatch: Dispatch) -> None:
    sent = dispatch.picked(dispatch.shop.paid(CUP=2))
    assert told(http_client.post("/checks", {"code": "nothing"})) == (404, "not-found")
    assert told(scan(http_client, dispatch, sent, "CUP")) == (404, "not-found")
    http_client.post("/checks", {"code": sent.waybill})
    assert told(scan(http_client, dispatch, sent, "POT")) == (409, "check.not-in-order")
    assert told(scan(http_client, dispatch, sent, "CUP", qty=3)) == (409, "check.over-quantity")
    scan(http_client, dispatch, sent, "CUP")
    anew = http_client.post(f"/outbound-orders/{sent.id}/check/anew").json()
    assert (anew["pieces"], anew["lines"][0]["checked_qty"]) == ([], 0)
    http_client.post(f"/outbound-orders/{sent.id}/intercept", {"reason": "the buyer called"})
    stopped = scan(http_client, dispatch, sent, "CUP")
    assert (told(stopped), stopped.json()["reason"]) == ((409, "outbound.intercepted"), "the buyer called")


def test_in_the_fast_lane_a_piece_finds_its_order(http_client: Caller, dispatch: Dispatch) -> None:
    sent = dispatch.released(dispatch.shop.paid(CUP=1))
    wave = dispatch.waved(sent, shape=BasketShape.SINGLE)
    piece = {"sku_id": str(dispatch.shop.sku["CUP"])}
    lane = http_client.get(f"/waves/{wave}/lane").json()
    assert ([one["outbound_id"] for one in lane["waiting"]], lane["checked"]) == ([str(sent.id)], 0)
    assert told(http_client.post(f"/waves/{wave}/lane/pieces", piece)) == (409, "outbound.not-ready")
    dispatch.pick(sent.id)
    assert http_client.post(f"/waves/{wave}/lane/pieces", piece).json()["state"] == "checked"
    assert told(http_client.post(f"/waves/{wave}/lane/pieces", piece)) == (409, "check.no-order-wants")
    assert http_client.get(f"/waves/{wave}/lane").json()["checked"] == 1
    plain = dispatch.waved(dispatch.released(dispatch.shop.paid(POT=1)))
    assert told(http_client.get(f"/waves/{plain}/lane")) == (404, "not-found")


# -- packing and weighing


def test_parcels_hold_exactly_what_was_checked(http_client: Caller, dispatch: Dispatch) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    path, cup = f"/outbound-orders/{sent.id}/pack", str(dispatch.shop.sku["CUP"])
    assert http_client.get(f"/outbound-orders/{sent.id}/box-proposal").json() == {"boxes": [], "too_large": [], "cost_minor": 0}
    one = {"box": "B", "contents": [{"line": 1, "sku_id": cup, "qty": 1}]}
    assert told(http_client.post(path, {"parcels": [one]})) == (409, "outbound.parcels-differ")
    assert told(http_client.post(path, {"parcels": []})) == (400, "invalid-body")
    assert told(http_client.post(path, {"parcels": [{"box": "none"}]})) == (404, "not-found")
    parcels = http_client.post(path, {"parcels": [one, {**one, "code": "H-77"}]}).json()["items"]
    assert [(parcel["number"], parcel["state"], parcel["tare_g"]) for parcel in parcels] == [
        (f"{sent.number}-1", "sealed", 200),
        ("H-77", "sealed", 200),
    ]
    assert state(http_client, sent) == "packed"
    assert told(http_client.post(path, {"parcels": [one]})) == (409, "outbound.not-ready")
    assert http_client.get("/parcels", code="H-77").json()["items"] == [parcels[1]]
    assert http_client.get(f"/parcels/{parcels[1]['id']}").json() == parcels[1]
    assert len(http_client.get("/parcels", outbound_id=str(sent.id), state="sealed").json()["items"]) == 2
    assert [one["id"] for one in http_client.get(f"/outbound-orders/{sent.id}").json()["parcels"]] == [
        parcel["id"] for parcel in sorted(parcels, key=lambda parcel: str(parcel["number"]))
    ]


def test_a_weight_out_of_tolerance_waits_for_somebody_elses_word(http_client: Caller, dispatch: Dispatch) -> None:
    sent, parcel = packed(http_client, dispatch, CUP=2)
    off = http_client.post("/weighings", {"code": parcel["number"], "weight_g": 1_500}).json()
    assert (off["verdict"], off["blocks"], off["expected_g"], off["parcel"]["state"]) == ("too-heavy", True, 800, "sealed")
    path, why = f"/parcels/{parcel['id']}/accept-weight", {"reason": "a heavier sort of cup"}
    assert told(http_client.post(path, why)) == (403, "forbidden")
    colleague = http_client.as_("colleague", Grant("outbound.*"))
    assert told(colleague.post(path, {"reason": ""})) == (422, "invalid-value")
    assert colleague.post(path, why).json()["state"] == "weighed"
    assert told(colleague.post(path, why)) == (409, "outbound.not-ready")
    assert state(http_client, sent) == "weighed"


def test_an_order_goes_back_to_the_bench_from_the_scale(http_client: Caller, dispatch: Dispatch) -> None:
    sent, parcel = packed(http_client, dispatch, CUP=1)
    back = http_client.post(f"/outbound-orders/{sent.id}/send-back", {"reason": "too light"})
    assert (back.json()["state"], back.json()["lines"][0]["checked_qty"]) == ("picked", 0)
    assert told(http_client.post("/weighings", {"code": parcel["number"], "weight_g": 500})) == (409, "outbound.not-ready")
    assert told(http_client.post("/weighings", {"code": "nothing", "weight_g": 500})) == (404, "not-found")
    assert told(http_client.post("/weighings", {"code": parcel["number"], "weight_g": 0})) == (422, "out-of-range")
    again = http_client.post(f"/outbound-orders/{sent.id}/send-back", {"reason": "again"})
    assert told(again) == (409, "illegal-move")


# -- the door


def test_what_is_on_a_manifest_leaves_when_it_is_closed(http_client: Caller, dispatch: Dispatch) -> None:
    sent = dispatch.weighed(dispatch.shop.paid(CUP=1))
    made = http_client.post("/manifests", {"warehouse_id": str(dispatch.shop.warehouse), "carrier": CARRIER})
    manifest = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/manifests/{manifest['id']}")
    path = f"/manifests/{manifest['id']}"
    assert told(http_client.post(f"{path}/close")) == (409, "outbound.not-ready")
    listed = http_client.post(f"{path}/parcels", {"code": sent.waybill}).json()
    assert (listed["parcel_count"], listed["weight_g"], listed["entries"][0]["outbound_id"]) == (1, 500, str(sent.id))
    assert told(http_client.post(f"{path}/parcels", {"code": sent.waybill})) == (409, "outbound.on-manifest")
    assert http_client.post(f"{path}/remove-parcel", {"code": sent.waybill}).json()["entries"] == []
    http_client.post(f"{path}/parcels", {"code": sent.waybill})
    assert told(http_client.post(f"{path}/cancel")) == (409, "outbound.not-ready")
    closed = http_client.post(f"{path}/close").json()
    assert (closed["state"], state(http_client, sent)) == ("closed", "shipped")
    assert told(http_client.post(f"{path}/close")) == (409, "illegal-move")
    assert told(http_client.post(f"{path}/remove-parcel", {"code": sent.waybill})) == (409, "outbound.not-ready")
    stop = http_client.post(f"/outbound-orders/{sent.id}/intercept", {"reason": "too late"})
    assert told(stop) == (409, "outbound.must-return")
    assert http_client.get(path).json() == closed
    events = [one["event"] for one in http_client.get(f"{path}/timeline").json()["items"]]
    assert events == ["opened", "parcel added", "parcel removed", "parcel added", "closed"]
    rows = http_client.get("/manifests", carrier=CARRIER, state="closed").json()["items"]
    assert [(row["number"], row["parcel_count"], "entries" in row) for row in rows] == [(manifest["number"], 1, False)]
    assert [one["state"] for one in http_client.get("/parcels", manifest_number=manifest["number"]).json()["items"]] == [
        "handed-over"
    ]


def test_only_weighed_parcels_of_the_carrier_come_onto_its_manifest(http_client: Caller, dispatch: Dispatch) -> None:
    sent, parcel = packed(http_client, dispatch, CUP=1)
    other, mine = dispatch.manifest("other"), dispatch.manifest()
    scanned = {"code": parcel["number"]}
    assert told(http_client.post(f"/manifests/{other.id}/parcels", scanned)) == (409, "outbound.wrong-carrier")
    assert told(http_client.post(f"/manifests/{mine.id}/parcels", scanned)) == (409, "outbound.not-weighed")
    assert told(http_client.post(f"/manifests/{mine.id}/parcels", {"code": "nothing"})) == (404, "not-found")
    http_client.post(f"/outbound-orders/{sent.id}/intercept", {"reason": "the buyer called"})
    assert told(http_client.post(f"/manifests/{mine.id}/parcels", scanned)) == (409, "outbound.intercepted")
    assert http_client.post(f"/manifests/{other.id}/cancel").json()["state"] == "cancelled"
    assert told(http_client.post("/manifests", {"warehouse_id": str(new_id()), "carrier": "sf"})) == (404, "not-found")


def test_the_bench_of_another_warehouse_is_out_of_reach(http_client: Caller, dispatch: Dispatch) -> None:
    sent, parcel = packed(http_client, dispatch, CUP=1)
    manifest = dispatch.manifest()
    elsewhere = http_client.as_("elsewhere", Grant("outbound.*", {Dimension.WAREHOUSE: frozenset({new_id()})}))
    shown = [f"/parcels/{parcel['id']}", f"/manifests/{manifest.id}", f"/outbound-orders/{sent.id}/check"]
    assert [told(elsewhere.get(path)) for path in shown] == [(404, "not-found")] * 3
    assert elsewhere.get("/parcels").json()["items"] == elsewhere.get("/manifests").json()["items"] == []
    assert told(elsewhere.post("/weighings", {"code": parcel["number"], "weight_g": 500})) == (403, "forbidden")
    assert told(elsewhere.post(f"/manifests/{manifest.id}/cancel")) == (403, "forbidden")
