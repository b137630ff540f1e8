"""Waves over HTTP: proposed, released, labelled, sorted, undone; how a warehouse sends; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.configure import SetDispatch, set_dispatch
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import PrinterId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.catalog.arrange import some_category
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.inventory.arrange import some_warehouse
from tests.orders.shop import Shop
from tests.outbound.floor import CARRIERS, Floor
from tests.outbound.test_lists import SHEETS
from tests.shipping.dock import SENDER as FROM
from tests.warehouse.arrange import some_printer


@pytest.fixture
def floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def wave(caller: Caller, floor: Floor, *orders: OutboundOrder, **more: Any) -> Any:
    body = {"warehouse_id": str(floor.warehouse), "outbound_ids": [str(one.id) for one in orders], **more}
    return caller.post("/waves", body)


def states(caller: Caller, *orders: OutboundOrder) -> list[str]:
    return [caller.get(f"/outbound-orders/{one.id}").json()["state"] for one in orders]


def test_what_is_proposed_is_released_as_a_wave_with_its_walk(http_client: Caller, floor: Floor) -> None:
    first, second = floor.released(CUP=2, POT=1), floor.released(CUP=1, BOWL=1)
    proposal = http_client.get(f"/warehouses/{floor.warehouse}/wave-proposal", lead_s=600).json()
    (proposed,) = proposal["waves"]
    assert (proposed["shape"], proposed["aisle_visits"], proposal["left"], proposal["late"]) == ("mixed", 1, [], [])
    assert {one["outbound_id"]: one["pieces_qty"] for one in proposed["orders"]} == {str(first.id): 3, str(second.id): 2}
    made = http_client.post(
        "/waves", {"warehouse_id": str(floor.warehouse), "outbound_ids": [one["outbound_id"] for one in proposed["orders"]]}
    )
    body = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/waves/{body['id']}")
    assert (body["state"], [one["slot"] for one in body["slots"]], body["left_out"]) == ("released", [1, 2], [])
    assert [(run["lines"], run["lines_left"], run["state"], run["picker"]) for run in body["runs"]] == [(4, 4, "open", None)]
    shown = http_client.get(f"/waves/{body['id']}").json()
    assert shown == {name: value for name, value in body.items() if name != "left_out"}
    assert [one["event"] for one in http_client.get(f"/waves/{body['id']}/timeline").json()["items"]] == ["released"]


def test_the_same_wave_again_is_the_same_wave(http_client: Caller, floor: Floor) -> None:
    sent, chosen = floor.released(CUP=1), str(new_id())
    once, again = (wave(http_client, floor, sent, id=chosen) for _ in range(2))
    assert (again.status_code, again.json()["number"]) == (201, once.json()["number"])
    assert floor.lies("CUP") == {"A-01-01-1": (10, 9)}


def test_an_order_that_is_elsewhere_stays_out_by_name_and_none_left_is_refused(http_client: Caller, floor: Floor) -> None:
    first, second = floor.released(CUP=1), floor.released(BOWL=1)
    wave(http_client, floor, first)
    made = wave(http_client, floor, first, second).json()
    assert [(one["outbound_id"], one["reason"]) for one in made["left_out"]] == [(str(first.id), "waved")]
    assert told(wave(http_client, floor, first)) == (409, "outbound.not-ready")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"outbound_ids": []}, (400, "invalid-body")),
        ({"outbound_ids": "twice"}, (422, "invalid-value")),
        ({"shape": "single"}, (422, "invalid-value")),
        ({"method": "by hand"}, (400, "invalid-body")),
        ({"warehouse_id": "other"}, (422, "invalid-value")),
        ({"warehouse_id": "none"}, (404, "not-found")),
    ],
)
def test_what_is_no_wave_is_refused(http_client: Caller, floor: Floor, change: dict[str, Any], expected: tuple[int, str]) -> None:
    sent = floor.released(CUP=2)
    other = some_warehouse(floor.office, floor.act, "W2")
    floor.office.perform(*_sends_too(floor, other))
    named = {"twice": [str(sent.id)] * 2, "other": str(other), "none": str(new_id())}
    change = {name: named.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    assert told(wave(http_client, floor, sent, **change)) == expected
    assert states(http_client, sent) == ["new"]


def _sends_too(floor: Floor, warehouse: Any) -> tuple[Any, Any, Any]:
    return set_dispatch, SetDispatch(warehouse=warehouse, expected_version=0, sender=FROM, carriers=CARRIERS), floor.act


def test_a_wave_is_undone_before_anybody_picks_and_not_after(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=1)
    made = floor.printed(sent)
    undone = http_client.post(f"/waves/{made.wave.id}/undo", {"reason": "the carrier does not come"})
    assert (undone.json()["state"], states(http_client, sent)) == ("cancelled", ["new"])
    assert told(http_client.post(f"/waves/{made.wave.id}/undo", {"reason": "again"})) == (409, "illegal-move")
    begun = floor.printed(floor.released(BOWL=1))
    floor.start(floor.cart())
    assert told(http_client.post(f"/waves/{begun.wave.id}/undo", {"reason": "too late"})) == (409, "illegal-move")
    assert told(http_client.post(f"/waves/{new_id()}/undo", {"reason": "none"})) == (404, "not-found")
    assert [one["number"] for one in http_client.get("/waves", state="picking").json()["items"]] == [begun.wave.number]


def test_labels_are_printed_on_the_printer_that_is_named(memory_office: Office, clock: StillClock, http_client: Caller) -> None:
    floor = Floor(Shop(memory_office, clock), printer=False)
    sent, waiting = floor.released(CUP=1), floor.released(BOWL=1)
    made = floor.wave(sent, waiting)
    floor.answer(sent)
    theirs = str(some_printer(memory_office, floor.act, some_warehouse(memory_office, floor.act, "NB")))
    assert told(http_client.post(f"/waves/{made.wave.id}/labels", {"printer_id": theirs})) == (404, "not-found")
    assert (states(http_client, sent), floor.jobs()) == (["waved"], [])
    done = http_client.post(f"/waves/{made.wave.id}/labels", {"printer_id": str(floor.printer)})
    assert [(one["number"], one["state"]) for one in done.json()["items"]] == [(sent.number, "printed")]
    assert states(http_client, sent, waiting) == ["printed", "waved"]
    assert told(http_client.post(f"/waves/{made.wave.id}/labels", {"printer_id": str(new_id())})) == (404, "not-found")


def test_lists_on_paper_are_queued_once_and_need_a_printer(http_client: Caller, floor: Floor) -> None:
    made = floor.printed(floor.released(CUP=1, POT=1))
    path, sheets = f"/waves/{made.wave.id}", PrinterId(new_id())
    floor.office.perform(add_printer, AddPrinter(sheets, "SHEETS", "打印机", floor.warehouse, SHEETS), floor.act)
    assert told(http_client.post(f"{path}/pick-lists")) == (409, "outbound.not-ready")
    assert told(http_client.post(f"{path}/summary", {"printer_id": str(new_id())})) == (404, "not-found")
    assert told(http_client.post(f"{path}/outbound-sheets", {"printer_id": str(floor.printer)})) == (
        409,
        "printing.printer-cannot",
    )
    wish = {"printer_id": str(sheets)}
    once, again = (http_client.post(f"{path}/pick-lists", wish).json()["items"] for _ in range(2))
    assert ([job["kind"] for job in once], again) == (["pick-list"], once)
    assert http_client.post(f"{path}/summary", wish).json()["kind"] == "summary-sheet"
    (sheet,) = http_client.post(f"{path}/outbound-sheets", wish).json()["items"]
    assert sheet["kind"] == "outbound-sheet"


def test_goods_that_were_picked_in_totals_are_sorted_at_a_wall(http_client: Caller, floor: Floor) -> None:
    first, second = floor.released(CUP=2), floor.released(CUP=1, BOWL=1)
    made = _in_totals(floor, first, second)
    wall = floor.unit(UnitKind.WALL, "H-WALL1", rows=1, columns=2)
    path = f"/waves/{made.wave.id}/wall"
    assert told(http_client.get(path)) == (404, "not-found")
    begun = http_client.post(path, {"wall_id": str(wall)}).json()
    assert [(slot["code"], slot["outbound_id"], slot["full"]) for slot in begun["slots"]] == [
        ("H-WALL1-1", str(first.id), False),
        ("H-WALL1-2", str(second.id), False),
    ]
    cup, bowl = (str(floor.shop.sku[code]) for code in ("CUP", "BOWL"))
    wrong = http_client.post(f"{path}/pieces", {"sku_id": bowl, "slot": "H-WALL1-1"})
    assert told(wrong) == (409, "scan.wrong-record")
    placed = http_client.post(f"{path}/pieces", {"sku_id": cup, "slot": "H-WALL1-1", "qty": 2}).json()
    assert (placed["slot"]["full"], placed["wall"]["done"]) == (True, False)
    for sku in (cup, bowl):
        placed = http_client.post(f"{path}/pieces", {"sku_id": sku, "slot": "H-WALL1-2"}).json()
    assert placed["wall"]["done"] is True
    assert told(http_client.post(f"{path}/pieces", {"sku_id": cup, "slot": "H-WALL1-1"})) == (409, "sort.no-open-slot")
    assert http_client.get(path).json() == placed["wall"]


def _in_totals(floor: Floor, *orders: OutboundOrder) -> Any:
    """Fetched by one walk into one tote."""
    made = floor.printed(*orders, method=PickMethod.THEN_SORT)
    run = floor.start(floor.tote())
    while (line := run.picking.line) is not None:
        place = floor.first if line.location == floor.first.path else floor.second
        run = floor.take(run, place, line.sku_code, line.rest_qty)
    return made


# -- how a warehouse sends

SENDER = {"name": "后台仓", "phone": "021-55556666", "region": "上海市", "city": "上海市", "address": "华徐公路999号"}


def test_how_a_warehouse_sends_is_said_once_on_version_0_and_then_edited(http_client: Caller, floor: Floor) -> None:
    place = some_warehouse(floor.office, floor.act, "W3")
    path = f"/warehouses/{place}/dispatch"
    empty = http_client.get(path)
    assert (empty.json()["version"], empty.json()["sender"], empty.headers["etag"]) == (0, None, '"0"')
    offs = [{"time": "17:30", "carrier": ""}, {"time": "20:00", "carrier": "sf"}]
    wish: dict[str, Any] = {"sender": SENDER, "carriers": ["sf", "embedded"], "tolerance": {"grams": 50}, "cut_offs": offs}
    strict = [{"category_id": str(some_category(floor.office, floor.act)), "tolerance": {"grams": 5, "basis_points": 100}}]
    wish |= {"zero_check": False, "walk": "s-shape", "category_tolerances": strict}
    assert told(http_client.put(path, wish)) == (428, "precondition-required")
    made = http_client.put(path, wish, version=0).json()
    assert (made["version"], made["carriers"], made["tolerance"]) == (1, ["sf", "embedded"], {"grams": 50, "basis_points": 300})
    assert (empty.json()["cut_offs"], made["cut_offs"]) == ([], offs)
    assert (empty.json()["walk"], made["walk"]) == ("shortest", "s-shape")
    assert (empty.json()["category_tolerances"], made["category_tolerances"]) == ([], strict)
    assert told(http_client.put(path, {**wish, "category_tolerances": strict * 2}, version=1)) == (422, "invalid-value")
    unknown = [{**strict[0], "category_id": str(new_id())}]
    assert told(http_client.put(path, {**wish, "category_tolerances": unknown}, version=1)) == (404, "not-found")
    assert http_client.get(path).json() == made
    assert told(http_client.put(path, wish, version=0)) == (412, "version-conflict")
    assert told(http_client.put(path, {**wish, "carriers": []}, version=1)) == (400, "invalid-body")
    assert told(http_client.put(path, {**wish, "walk": "zigzag"}, version=1)) == (400, "invalid-body")
    for wrong in ({"time": "24:00"}, {"time": "7:30"}, {"time": "17:30", "carrier": "yto"}):
        assert told(http_client.put(path, {**wish, "cut_offs": [wrong]}, version=1)) == (422, "invalid-value")
    elsewhere = {**wish, "label_printer_id": str(floor.printer)}
    assert told(http_client.put(path, elsewhere, version=1)) == (404, "not-found")
    assert told(http_client.get(f"/warehouses/{new_id()}/dispatch")) == (404, "not-found")


def test_wave_templates_are_made_tried_in_their_order_changed_and_put_away(http_client: Caller, floor: Floor) -> None:
    wish = {"name": "单品", "method": "single", "shapes": ["single"], "capacity": {"orders": 5}, "place": 2}
    wish |= {"warehouse_id": str(floor.warehouse), "chooses": {"pieces_to": 1}, "skill": "forklift"}
    made = http_client.post("/wave-templates", wish)
    template = made.json()
    assert (made.status_code, template["chooses"]["pieces_to"], template["capacity"]["orders"]) == (201, 1, 5)
    assert template["skill"] == "forklift"
    assert told(http_client.post("/wave-templates", {**wish, "id": template["id"]})) == (409, "already-exists")
    first = http_client.post("/wave-templates", {**wish, "name": "多品", "shapes": ["mixed"], "place": 1}).json()
    listed = http_client.get(f"/warehouses/{floor.warehouse}/wave-templates").json()["items"]
    assert listed == [first, template]
    path = f"/wave-templates/{template['id']}"
    edit = {name: value for name, value in wish.items() if name != "warehouse_id"}
    away = http_client.put(path, {**edit, "state": "retired"}, version=1).json()
    assert (away["state"], away["version"], http_client.get(path).json()) == ("retired", 2, away)
    assert told(http_client.put(path, edit, version=1)) == (412, "version-conflict")
    assert told(http_client.put(f"/wave-templates/{new_id()}", edit, version=1)) == (404, "not-found")
    assert told(http_client.post("/wave-templates", {**wish, "hot_from": 1})) == (422, "out-of-range")


def test_boxes_have_a_code_of_their_own_and_are_put_away(http_client: Caller, floor: Floor) -> None:
    box = {
        "code": "B3",
        "length_mm": 300,
        "width_mm": 200,
        "height_mm": 100,
        "max_weight_g": 5_000,
        "tare_g": 120,
        "filler_g": 15,
    }
    made = http_client.post("/pack-boxes", box)
    assert (made.status_code, made.json()["cost_minor"], made.json()["state"]) == (201, 0, "active")
    assert (made.json()["tare_g"], made.json()["filler_g"]) == (120, 15)
    assert told(http_client.post("/pack-boxes", box)) == (409, "already-exists")
    assert told(http_client.post("/pack-boxes", {**box, "code": "B4", "id": made.json()["id"]})) == (409, "already-exists")
    assert told(http_client.post("/pack-boxes", {**box, "code": "B5", "length_mm": 0})) == (422, "out-of-range")
    path = f"/pack-boxes/{made.json()['id']}"
    edited = http_client.put(path, {**box, "tare_g": 130, "state": "retired"}, version=1).json()
    assert (edited["tare_g"], edited["state"], http_client.get(path).json()) == (130, "retired", edited)
    assert told(http_client.put(f"/pack-boxes/{new_id()}", box, version=1)) == (404, "not-found")
    assert [one["code"] for one in http_client.get("/pack-boxes").json()["items"]] == ["B3"]


def test_who_works_in_another_warehouse_neither_plans_nor_sees_waves_here(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=1)
    made = floor.printed(floor.released(BOWL=1))
    elsewhere = http_client.as_("elsewhere", Grant("outbound.*", {Dimension.WAREHOUSE: frozenset({new_id()})}))
    assert told(wave(elsewhere, floor, sent)) == (403, "forbidden")
    assert told(elsewhere.get(f"/waves/{made.wave.id}")) == (404, "not-found")
    assert told(elsewhere.get(f"/warehouses/{floor.warehouse}/dispatch")) == (404, "not-found")
    assert elsewhere.get("/waves").json()["items"] == elsewhere.get("/pick-runs").json()["items"] == []
    here = http_client.as_("here", Grant("outbound.*", {Dimension.WAREHOUSE: frozenset({floor.warehouse})}))
    assert wave(here, floor, sent).status_code == 201
