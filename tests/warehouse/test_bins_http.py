"""Stock by location over HTTP: the stories of its routes, their refusals, and who sees whose goods."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.application.office import Office
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import HandlingUnitId, new_id
from houtai.domain.inventory.adjustment import ReceiptLine
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.http_client import Caller
from tests.inventory.arrange import some_warehouse
from tests.warehouse.bins_arrange import Depot, some_depot


@pytest.fixture
def depot(memory_office: Office, system: Act) -> Depot:
    return some_depot(memory_office, system)


def move(depot: Depot, **line: Any) -> dict[str, Any]:
    goods = {"sku_id": str(depot.tea), "qty": 4, "from_location_id": str(depot.unplaced), "to_location_id": str(depot.first.id)}
    return {"warehouse_id": str(depot.warehouse), "lines": [{**goods, **line}]}


def test_goods_are_put_away_and_seen_where_they_lie(http_client: Caller, depot: Depot) -> None:
    made = http_client.post("/bin-moves", move(depot))
    assert (made.status_code, made.json()["lines"][0]["qty"]) == (201, 4)
    listed = http_client.get("/bins", sku_id=str(depot.tea)).json()["items"]
    assert {one["path"]: (one["qty"], one["sku_code"]) for one in listed} == {"UNPLACED": (6, "TEA"), "A-01-01-1": (4, "TEA")}
    (there,) = http_client.get("/bins", location_id=str(depot.first.id)).json()["items"]
    assert http_client.get(f"/bins/{there['id']}").json() == there
    (history,) = http_client.get("/bin-moves", location_id=str(depot.first.id)).json()["items"]
    assert (history["reason"], history["qty"], history["document_id"]) == ("put-away", 4, made.json()["id"])


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"qty": 11}, 409, "warehouse.not-in-bin"),
        ({"qty": 0}, 422, "out-of-range"),
        ({"to_state": "damaged"}, 409, "warehouse.cannot-place"),
        ({"to_location_id": str(new_id())}, 404, "not-found"),
        ({"serials": ["S1"]}, 409, "warehouse.serial-elsewhere"),
    ],
)
def test_what_cannot_be_moved_is_told(http_client: Caller, depot: Depot, line: dict[str, Any], status: int, code: str) -> None:
    answer = http_client.post("/bin-moves", move(depot, **line))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_place_is_doubted_and_cleared(http_client: Caller, depot: Depot) -> None:
    (waiting,) = http_client.get("/bins").json()["items"]
    assert http_client.post(f"/bins/{waiting['id']}/doubt").json()["suspect_qty"] == 10
    assert len(http_client.get("/bins", suspect="true").json()["items"]) == 1
    assert http_client.post(f"/bins/{waiting['id']}/clear").json()["suspect_qty"] == 0
    assert http_client.get(f"/bins/{new_id()}").status_code == 404


def test_lots_and_serials_are_registered_and_judged(http_client: Caller, depot: Depot) -> None:
    made = http_client.post(f"/skus/{depot.tea}/lots", {"code": "L1", "expires_on": "2027-01-31"})
    assert (made.status_code, made.json()["state"]) == (201, "approved")
    path = made.headers["location"].removeprefix("/v1")
    judged = http_client.post(f"{path}/judge", {"state": "recalled", "reason": "glass"}, version=1)
    assert (judged.json()["state"], http_client.get(path).json()["version"]) == ("recalled", 2)
    again = http_client.post(f"{path}/judge", {"state": "approved", "reason": "fine"}, version=2)
    assert again.json()["code"] == "illegal-move"
    assert [one["code"] for one in http_client.get(f"/skus/{depot.tea}/lots").json()["items"]] == ["L1"]
    (waiting,) = http_client.get("/bins").json()["items"]
    http_client.post(f"/bins/{waiting['id']}/serials", {"codes": ["S1", "S2"]})
    found = http_client.get(f"/bins/{waiting['id']}/serials").json()["items"]
    assert [(one["code"], one["state"]) for one in found] == [("S1", "stored"), ("S2", "stored")]
    taken = http_client.post(f"/bins/{waiting['id']}/serials", {"codes": ["S2"]})
    assert taken.json()["code"] == "warehouse.serial-taken"


def test_a_handling_unit_is_carried_with_its_goods(http_client: Caller, depot: Depot) -> None:
    cmd = MakeUnit(HandlingUnitId(new_id()), depot.warehouse, "H-T1", UnitKind.TOTE, depot.first.id)
    unit = str(depot.office.perform(make_unit, cmd, depot.act).id)
    http_client.post("/bin-moves", move(depot, to_unit_id=unit))
    body = {"to_location_id": str(depot.table.id)}
    assert http_client.post(f"/handling-units/{unit}/carry", body, version=1).json()["version"] == 2
    assert [one["path"] for one in http_client.get("/bins", handling_unit_id=unit).json()["items"]] == ["P-01"]
    assert http_client.post(f"/handling-units/{unit}/carry", body, version=1).status_code == 412


def test_a_clerk_of_one_warehouse_sees_and_moves_nothing_of_another(
    http_client: Caller, memory_office: Office, system: Act, depot: Depot
) -> None:
    far = some_warehouse(memory_office, system, "GZ")
    lines = (ReceiptLine(1, depot.tea, 3, 500),)
    memory_office.perform(receive_opening, ReceiveOpening(new_id(), far, lines), system)
    grants = [Grant(verb, {Dimension.WAREHOUSE: frozenset({far})}) for verb in ("warehouse.read", "warehouse.move-goods")]
    clerk = http_client.as_("clerk", *grants)
    assert [one["qty"] for one in clerk.get("/bins").json()["items"]] == [3]
    assert {one["warehouse_id"] for one in clerk.get("/bin-moves").json()["items"]} == {str(far)}
    assert clerk.post("/bin-moves", move(depot)).status_code == 403


def test_what_is_the_houses_is_not_there_for_a_merchant(http_client: Caller, depot: Depot) -> None:
    (waiting,) = http_client.get("/bins").json()["items"]
    lot = http_client.post(f"/skus/{depot.tea}/lots", {"code": "L1"}).json()["id"]
    grants = [Grant(verb, {Dimension.MERCHANT: frozenset({new_id()})}) for verb in ("warehouse.read", "warehouse.read-lots")]
    merchant = http_client.as_("merchant", *grants)
    assert merchant.get("/bins").json()["items"] == merchant.get("/bin-moves").json()["items"] == []
    for path in (f"/bins/{waiting['id']}", f"/bins/{waiting['id']}/serials", f"/lots/{lot}", f"/skus/{depot.tea}/lots"):
        assert merchant.get(path).status_code == 404
