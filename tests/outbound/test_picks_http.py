"""Picking over HTTP: a walk from the first place to the last, with everything that may happen between; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import HandlingUnitId, new_id
from houtai.domain.outbound.wave import PickMethod
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.orders.shop import Shop
from tests.outbound.floor import Floor


@pytest.fixture
def floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def start(caller: Caller, floor: Floor, unit: HandlingUnitId, **more: Any) -> Any:
    return caller.post("/pick-runs/start", {"warehouse_id": str(floor.warehouse), "unit_id": str(unit), **more})


def confirm(caller: Caller, floor: Floor, run: Any, location: str, code: str, **more: Any) -> Any:
    body = {"location": location, "sku_id": str(floor.shop.sku[code]), **more}
    return caller.post(f"/pick-runs/{run['id']}/confirm", body)


def test_a_walk_goes_from_place_to_place_until_all_is_picked(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=2, POT=1)
    floor.printed(sent)
    run = start(http_client, floor, floor.cart()).json()
    assert (run["state"], run["step"], run["lines"], run["lines_left"]) == ("open", "location", 2, 2)
    first, second = run["picks"]
    assert (first["location"], first["sku_code"], first["qty"], first["shares"][0]["outbound_id"]) == (
        "A-01-01-1",
        "CUP",
        2,
        str(sent.id),
    )
    went_on = confirm(http_client, floor, run, "A-01-01-1", "CUP", qty=2, slot=first["slot"]).json()
    assert (went_on["queue"], went_on["picks"][0]["rest_qty"]) == ([second["number"]], 0)
    assert http_client.get("/pick-runs/own").json()["items"] == [went_on]
    assert http_client.get(f"/pick-runs/{run['id']}").json() == went_on
    done = confirm(http_client, floor, run, "B-01-01-1", "POT", slot=second["slot"]).json()
    assert (done["state"], done["step"], http_client.get("/pick-runs/own").json()["items"]) == ("done", "done", [])
    assert http_client.get(f"/outbound-orders/{sent.id}").json()["state"] == "picked"
    listed = http_client.get("/pick-runs", state="done", wave_id=run["wave_id"]).json()["items"]
    assert [(one["id"], one["lines_left"]) for one in listed] == [(run["id"], 0)]


def test_the_same_scan_under_the_same_key_counts_once(http_client: Caller, floor: Floor) -> None:
    floor.printed(floor.released(CUP=3), method=PickMethod.THEN_SORT)
    run = start(http_client, floor, floor.tote()).json()
    body = {"location": "A-01-01-1", "sku_id": str(floor.shop.sku["CUP"])}
    once, again = (http_client.post(f"/pick-runs/{run['id']}/confirm", body, key="scan-1").json() for _ in range(2))
    assert once == again
    assert once["picks"][0]["picked_qty"] == 1


@pytest.mark.parametrize(
    ("place", "code", "more", "expected"),
    [
        ("B-01-01-1", "CUP", {}, (409, "scan.wrong-record")),
        ("A-01-01-1", "POT", {}, (409, "scan.wrong-record")),
        ("A-01-01-1", "CUP", {"qty": 3}, (409, "outbound.too-many")),
        ("A-01-01-1", "CUP", {"qty": 0}, (422, "out-of-range")),
        ("A-01-01-1", "CUP", {"slot": "H-CART1-4"}, (409, "scan.wrong-record")),
        ("", "CUP", {}, (422, "invalid-value")),
    ],
)
def test_a_wrong_scan_moves_nothing(
    http_client: Caller, floor: Floor, place: str, code: str, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    floor.printed(floor.released(CUP=2))
    run = start(http_client, floor, floor.cart()).json()
    answer = confirm(http_client, floor, run, place, code, **{"slot": run["picks"][0]["slot"], **more})
    assert told(answer) == expected
    assert floor.lies("CUP") == {"A-01-01-1": (10, 8)}


def test_a_walk_belongs_to_whoever_has_taken_it_on_until_it_is_left(http_client: Caller, floor: Floor) -> None:
    floor.printed(floor.released(CUP=1, POT=1))
    cart = floor.cart()
    run = start(http_client, floor, cart).json()
    assert start(http_client, floor, cart).json() == run
    colleague = http_client.as_("colleague", Grant("outbound.*"))
    assert told(start(colleague, floor, cart)) == (404, "not-found")
    assert told(start(colleague, floor, cart, run_id=run["id"])) == (409, "outbound.not-ready")
    assert told(colleague.post(f"/pick-runs/{run['id']}/skip")) == (409, "outbound.not-ready")
    assert told(colleague.post(f"/pick-runs/{run['id']}/leave")) == (409, "outbound.not-ready")
    assert http_client.post(f"/pick-runs/{run['id']}/leave").json()["picker"] is None
    taken = start(colleague, floor, cart).json()
    assert (taken["id"], taken["picker"]) == (run["id"], str(http_client.door.people["colleague"][0]))


def test_a_skipped_line_comes_last(http_client: Caller, floor: Floor) -> None:
    floor.printed(floor.released(CUP=1, POT=1))
    run = start(http_client, floor, floor.cart()).json()
    skipped = http_client.post(f"/pick-runs/{run['id']}/skip").json()
    assert skipped["queue"] == run["queue"][::-1]


def test_a_short_place_is_made_up_for_elsewhere_and_what_is_nowhere_has_choices(http_client: Caller, floor: Floor) -> None:
    sent = floor.released(CUP=2)
    floor.printed(sent)
    run = start(http_client, floor, floor.cart()).json()
    path = f"/pick-runs/{run['id']}/short"
    assert told(http_client.post(path, {"location": "B-01-01-1"})) == (409, "scan.wrong-record")
    told_short = http_client.post(path, {"location": "A-01-01-1"}).json()
    assert [(one["outbound_id"], one["qty"], one["choices"]) for one in told_short["missing"]] == [
        (str(sent.id), 2, ["split", "wait", "refund"])
    ]
    assert told_short["run"]["state"] == "done"
    assert http_client.get(f"/outbound-orders/{sent.id}").json()["state"] == "short"
    assert told(http_client.post(path, {"location": "A-01-01-1"})) == (409, "outbound.not-ready")


def test_the_last_unit_of_a_place_asks_whether_it_is_empty(http_client: Caller, floor: Floor) -> None:
    floor.printed(floor.released(TRAY=10, POT=1))
    run = start(http_client, floor, floor.cart()).json()
    path = f"/pick-runs/{run['id']}/zero-check"
    assert told(http_client.post(path, {"empty": True})) == (409, "pick.not-now")
    line = next(one for one in run["picks"] if one["sku_code"] == "TRAY")
    while run["picks"][0] and run["queue"][0] != line["number"]:
        run = http_client.post(f"/pick-runs/{run['id']}/skip").json()
    asked = confirm(http_client, floor, run, "B-01-01-1", "TRAY", qty=10, slot=line["slot"]).json()
    assert (asked["step"], asked["asked"]["location"]) == ("zero-check", "B-01-01-1")
    assert told(http_client.post(f"/pick-runs/{run['id']}/skip")) == (409, "pick.not-now")
    assert http_client.post(path, {"empty": True}).json()["asked"] is None


def test_nothing_is_picked_before_its_label_and_in_a_unit_that_does_not_suit(http_client: Caller, floor: Floor) -> None:
    sent, other = floor.released(CUP=1), floor.released(BOWL=1)
    made = floor.wave(sent, other)
    cart = floor.cart()
    assert told(start(http_client, floor, cart)) == (404, "not-found")
    assert told(start(http_client, floor, cart, run_id=str(made.runs[0].id))) == (409, "outbound.not-ready")
    floor.answer(sent)
    floor.answer(other)
    refused = start(http_client, floor, floor.tote())
    assert (told(refused), refused.json()["errors"][0]["field"]) == ((422, "invalid-value"), "unit")
    assert told(start(http_client, floor, HandlingUnitId(new_id()))) == (404, "not-found")
    assert start(http_client, floor, cart).status_code == 200


def test_walks_of_another_warehouse_are_neither_seen_nor_walked(http_client: Caller, floor: Floor) -> None:
    floor.printed(floor.released(CUP=1))
    run = start(http_client, floor, floor.cart()).json()
    elsewhere = http_client.as_("elsewhere", Grant("outbound.*", {Dimension.WAREHOUSE: frozenset({new_id()})}))
    assert told(elsewhere.get(f"/pick-runs/{run['id']}")) == (404, "not-found")
    assert told(elsewhere.post(f"/pick-runs/{run['id']}/skip")) == (403, "forbidden")
    assert elsewhere.get("/pick-runs", wave_id=run["wave_id"]).json()["items"] == []
    assert told(http_client.get(f"/pick-runs/{new_id()}")) == (404, "not-found")
