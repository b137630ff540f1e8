"""Layout, handling units, stations, staff and shifts over HTTP: the stories of their routes, their refusals, and the badge."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import attrs
import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pytest
from litestar.testing import TestClient

from houtai.application.office import Office
from houtai.application.warehouse.badge import BadgeDoor
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import WarehouseId, new_id
from houtai.domain.warehouse.location import Standard, standard_id
from houtai.entrypoints.http.app import create_app
from houtai.entrypoints.http.product_files import CSV, XLSX
from tests.access.door import House, open_house
from tests.http_client import Caller, cheap_passwords
from tests.inventory.arrange import some_warehouse
from tests.warehouse.arrange import some_printer
from tests.warehouse.bins_arrange import some_depot

PIN = "480213"
HEADER = "库位,类型,拣货顺序"


@pytest.fixture
def warehouse(memory_office: Office, system: Act) -> WarehouseId:
    return some_warehouse(memory_office, system)


def place(caller: Caller, warehouse: WarehouseId, path: str, **more: Any) -> dict[str, Any]:
    made = caller.post("/locations", {"warehouse_id": str(warehouse), "path": path, **more})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def below(caller: Caller, path: str) -> list[dict[str, Any]]:
    """The places below the beginning of a path."""
    answer = caller.client.get("/v1/locations", params={"path": path}, headers={"authorization": f"Bearer {caller.name}"})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def unit(caller: Caller, warehouse: WarehouseId, barcode: str, kind: str = "tote", **more: Any) -> dict[str, Any]:
    made = caller.post("/handling-units", {"warehouse_id": str(warehouse), "barcode": barcode, "kind": kind, **more})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


# -- places


def test_a_place_is_drawn_changed_blocked_retired_and_restored(http_client: Caller, warehouse: WarehouseId) -> None:
    walk, capacity = {"x_mm": -1200, "aisle": 3, "side": "right"}, {"max_units_qty": 40}
    made = place(http_client, warehouse, "a-03-02-1", kind="pick-face", walk=walk, capacity=capacity, activities=["pick"])
    path = f"/locations/{made['id']}"
    assert (made["path"], made["barcode"], made["sellable"]) == ("A-03-02-1", "L-SH-A-03-02-1", True)
    assert http_client.get(path).json() == made
    assert (made["walk"]["x_mm"], made["capacity"]["max_units_qty"], made["activities"]) == (-1200, 40, ["pick"])
    edited = http_client.put(path, {"kind": "storage", "abc": "c"}, version=1).json()
    assert (edited["kind"], edited["abc"], edited["capacity"]["max_units_qty"], edited["version"]) == ("storage", "c", None, 2)
    blocked = http_client.post(f"{path}/block", {"goods_in": True, "reason": "货架损坏"}, version=2).json()
    assert blocked["block"] == {"goods_in": True, "goods_out": False, "reason": "货架损坏"}
    assert http_client.post(f"{path}/block", {}, version=3).json()["block"]["reason"] == ""
    assert http_client.post(f"{path}/retire", {"reason": "改造"}, version=4).json()["state"] == "retired"
    assert http_client.post(f"{path}/retire", {}, version=5).json()["code"] == "illegal-move"
    assert http_client.post(f"{path}/restore", version=5).json()["state"] == "active"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"path": "A--1"}, "invalid-value"),
        ({"path": "B-1", "kind": "virtual"}, "invalid-value"),
        ({"path": "B-1", "barcode": "H-1"}, "invalid-value"),
        ({"path": "A-1"}, "already-exists"),
    ],
)
def test_what_is_no_place_is_refused(http_client: Caller, warehouse: WarehouseId, body: dict[str, Any], code: str) -> None:
    place(http_client, warehouse, "A-1")
    answer = http_client.post("/locations", {"warehouse_id": str(warehouse), **body})
    assert answer.json()["code"] == code


def test_places_are_listed_and_their_tree_is_walked(http_client: Caller, warehouse: WarehouseId) -> None:
    for path in ("B-01", "A-02-01", "A-01-01"):
        place(http_client, warehouse, path)
    listed = below(http_client, "a-")
    assert [one["path"] for one in listed] == ["A-01-01", "A-02-01"]
    assert len(http_client.get("/locations", kind="virtual").json()["items"]) == 5
    tree = http_client.get(f"/warehouses/{warehouse}/location-tree", below="A").json()["items"]
    assert tree == [{"path": "A-01", "locations": 1, "blocked": 0}, {"path": "A-02", "locations": 1, "blocked": 0}]


def test_the_places_that_every_warehouse_has_stay_as_they_are(http_client: Caller, warehouse: WarehouseId) -> None:
    place(http_client, warehouse, "A-1")
    path = f"/locations/{standard_id(warehouse, Standard.UNPLACED)}"
    answers = (http_client.put(path, {}, version=1), http_client.post(f"{path}/retire", {}, version=1))
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "warehouse.standard-place")] * 2


def test_a_scan_is_answered_with_everything_that_it_names(http_client: Caller, warehouse: WarehouseId) -> None:
    made = place(http_client, warehouse, "A-1")

    def scan(code: str, where: object = warehouse) -> Any:
        return http_client.post("/scans", {"warehouse_id": str(where), "code": code}).json()

    assert scan(made["barcode"])["items"] == [
        {"kind": "location", "id": made["id"], "code": made["barcode"], "pack_qty": 1, "command": None}
    ]
    assert [one["command"] for one in scan("C-DONE")["items"]] == ["DONE"]
    assert scan("X")["items"] == []
    assert scan("C-DONE", new_id())["code"] == "not-found"
    assert scan("a\x11b")["code"] == "invalid-value"


# -- files


def bring(caller: Caller, warehouse: WarehouseId, *rows: str, path: str = "", **query: Any) -> Any:
    content = "\n".join((HEADER, *rows)).encode("gbk")
    return caller.upload(f"/warehouses/{warehouse}/layout-imports{path}", content, CSV, **query)


def test_a_layout_comes_in_from_a_file_and_goes_out_again(http_client: Caller, warehouse: WarehouseId) -> None:
    rows = ("A-01,拣货,10", "RECV,收货,")
    dry = bring(http_client, warehouse, *rows, dry_run="true").json()
    assert (dry["applied"], dry["imported"]) == (False, 2)
    done = bring(http_client, warehouse, *rows, file_name="库位.csv").json()
    assert (done["applied"], done["imported"], done["errors"]) == (True, 2, [])
    for form, media in (("csv", CSV), ("xlsx", XLSX)):
        out = http_client.get(f"/warehouses/{warehouse}/layout", format=form)
        assert out.headers["content-type"].startswith(media)
        back = http_client.upload(f"/warehouses/{warehouse}/layout-imports", out.content, media).json()
        assert (back["skipped"], back["imported"], back["updated"]) == (2, 0, 0)


def test_the_template_that_was_filled_in_with_excel_is_taken(http_client: Caller, warehouse: WarehouseId) -> None:
    template = http_client.get("/layout-template", format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    sheet = book.worksheets[0]
    column = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    row = next(number for number in range(2, 10) if sheet.cell(number, column["库位"]).value in (None, "A-03-02-1"))
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.value = None
    for name, value in (("库位", "B-07"), ("类型", "存储"), ("承重(克)", 500_000), ("拣货顺序", 10.0)):
        sheet.cell(row, column[name]).value = value
    filled = io.BytesIO()
    book.save(filled)
    done = http_client.upload(f"/warehouses/{warehouse}/layout-imports", filled.getvalue(), XLSX)
    assert done.json()["imported"] == 1, done.text
    (made,) = below(http_client, "B-07")
    assert (made["capacity"]["max_weight_g"], made["walk"]["pick_sequence"]) == (500_000, 10)


def test_a_faulty_row_keeps_all_out_and_comes_back_marked(http_client: Caller, warehouse: WarehouseId) -> None:
    rows = ("A-01,拣货,10", "A-02,货架,")
    refused = bring(http_client, warehouse, *rows)
    assert (refused.status_code, refused.json()["code"]) == (422, "rows-refused")
    marked = bring(http_client, warehouse, *rows, path="/marked", file_name="库位.csv")
    assert (marked.headers["x-failed"], marked.headers["x-imported"]) == ("1", "1")
    assert "类型: 只能是" in marked.content.decode("utf-8-sig").splitlines()[2]
    assert below(http_client, "A-") == []


@pytest.mark.parametrize(
    ("content", "media", "code"),
    [
        (b"\xff\xfe\x00", CSV, "invalid-encoding"),
        (b"PK no zip", XLSX, "invalid-encoding"),
        ("库位,颜色".encode(), CSV, "csv-header"),
    ],
)
def test_what_is_no_layout_file_is_refused(
    http_client: Caller, warehouse: WarehouseId, content: bytes, media: str, code: str
) -> None:
    answer = http_client.upload(f"/warehouses/{warehouse}/layout-imports", content, media)
    assert answer.json()["code"] == code


# -- units


def test_a_cart_comes_with_slots_and_takes_totes(http_client: Caller, warehouse: WarehouseId) -> None:
    cart = unit(http_client, warehouse, "H-CART", "cart", rows=2, columns=2)
    slots = http_client.get("/handling-units", parent_id=cart["id"], kind="slot").json()["items"]
    assert sorted(one["barcode"] for one in slots) == ["H-CART-1", "H-CART-2", "H-CART-3", "H-CART-4"]
    tote = unit(http_client, warehouse, "H-T1", size={"tare_g": 900})
    moved = http_client.post(f"/handling-units/{tote['id']}/move", {"parent_id": slots[0]["id"]}, version=1).json()
    assert (moved["parent_id"], moved["size"]["tare_g"], moved["version"]) == (slots[0]["id"], 900, 2)
    wrong = http_client.post(f"/handling-units/{cart['id']}/move", {"parent_id": tote["id"]}, version=1)
    assert wrong.json()["code"] == "warehouse.does-not-hold"
    full = http_client.put(f"/handling-units/{cart['id']}", {"state": "retired"}, version=1)
    assert full.json()["code"] == "warehouse.not-empty"
    sealed = http_client.put(f"/handling-units/{tote['id']}", {"state": "sealed"}, version=2).json()
    assert (sealed["state"], http_client.get(f"/handling-units/{tote['id']}").json()) == ("sealed", sealed)


def test_what_goods_lie_in_is_neither_retired_nor_moved_without_them(
    http_client: Caller, memory_office: Office, system: Act
) -> None:
    depot = some_depot(memory_office, system)
    tote = unit(http_client, depot.warehouse, "H-T1", location_id=str(depot.first.id))
    line = {"sku_id": str(depot.tea), "qty": 4, "from_location_id": str(depot.unplaced), "to_location_id": str(depot.first.id)}
    http_client.post("/bin-moves", {"warehouse_id": str(depot.warehouse), "lines": [{**line, "to_unit_id": tote["id"]}]})
    answers = (
        http_client.post(f"/handling-units/{tote['id']}/move", {"location_id": str(depot.second.id)}, version=1),
        http_client.put(f"/handling-units/{tote['id']}", {"state": "retired"}, version=1),
        http_client.post(f"/locations/{depot.first.id}/retire", {}, version=1),
        http_client.put(f"/locations/{depot.first.id}", {"kind": "damaged"}, version=1),
    )
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "warehouse.not-empty")] * 4


# -- stations and staff


def station(caller: Caller, warehouse: WarehouseId, code: str = "P1", **more: Any) -> dict[str, Any]:
    body = {"warehouse_id": str(warehouse), "code": code, "name": "拣货台", "flows": ["pick", "check"], **more}
    made = caller.post("/stations", body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def test_a_station_is_set_up_changed_and_put_away(
    http_client: Caller, warehouse: WarehouseId, memory_office: Office, system: Act
) -> None:
    printer = str(some_printer(memory_office, system, warehouse))
    made = station(http_client, warehouse, printers={"express-waybill": printer}, scale="tcp://10.0.0.9:4001")
    path = f"/stations/{made['id']}"
    assert (made["printers"], made["scale"], made["flows"]) == (
        {"express-waybill": printer},
        "tcp://10.0.0.9:4001",
        ["pick", "check"],
    )
    away = http_client.put(path, {"name": "旧台", "flows": ["pick"], "state": "retired"}, version=1).json()
    assert (away["state"], away["printers"], http_client.get(path).json()) == ("retired", {}, away)
    assert [one["code"] for one in http_client.get("/stations", warehouse_id=str(warehouse)).json()["items"]] == ["P1"]
    again = http_client.post("/stations", {"warehouse_id": str(warehouse), "code": "P1", "name": "x", "flows": ["pick"]})
    assert again.json()["code"] == "already-exists"
    theirs = str(some_printer(memory_office, system, some_warehouse(memory_office, system, "NB")))
    body = {"warehouse_id": str(warehouse), "code": "P2", "name": "x", "flows": ["pick"], "printers": {"waybill": theirs}}
    missing = http_client.post("/stations", body)
    assert (missing.status_code, missing.json()["what"]) == (404, "printer")


@attrs.define
class Web:
    """A house with its real doors over HTTP, a station, and a picker with badge and PIN."""

    house: House
    client: TestClient[Any]
    owner: Caller
    warehouse: WarehouseId
    station: str
    person: dict[str, Any]

    def come_in(self, pin: str = PIN, badge: str = "S-0042") -> Any:
        return self.client.post("/v1/shifts", json={"badge": badge, "pin": pin, "station": self.station})

    def picker(self) -> Caller:
        return attrs.evolve(self.owner, name=self.come_in().json()["token"])


@pytest.fixture
def web(memory_office: Office, clock: Any, system: Act) -> Iterator[Web]:
    house = open_house(memory_office, clock)
    warehouse = some_warehouse(memory_office, system)
    within = {Dimension.WAREHOUSE: frozenset({warehouse})}
    account = house.person("li", *(Grant(verb, within) for verb in ("warehouse.work", "warehouse.read", "warehouse.staff")))
    door = BadgeDoor(memory_office, cheap_passwords())
    app = create_app(memory_office, house.door, credentials=house.credentials, badge_door=door, strict=True)
    with TestClient(app) as client:
        owner = Caller(client, house.door, house.enter().token)  # type: ignore[arg-type]  # only the token is used
        table = station(owner, warehouse)
        body = {"account_id": str(account.id), "badge": "S-0042", "flows": ["pick"], "warehouses": [str(warehouse)]}
        person = owner.post("/staff", body).json()
        given = owner.post(f"/staff/{person['id']}/pin", {"pin": PIN}, version=1).json()
        yield Web(house, client, owner, warehouse, table["id"], given)


def test_staff_are_enrolled_and_shown_without_their_pin(web: Web) -> None:
    assert (web.person["has_pin"], web.person["version"], web.person["flows"]) == (True, 2, ["pick"])
    assert web.owner.get(f"/staff/{web.person['id']}").json() == web.person
    assert web.owner.get("/staff").json()["items"] == [web.person]
    assert "argon2" not in web.owner.get("/operation-log").text


def test_a_new_badge_takes_the_pin_away(web: Web) -> None:
    body = {"badge": "S-0043", "flows": ["pick"], "warehouses": [str(web.warehouse)], "skills": ["forklift"]}
    changed = web.owner.put(f"/staff/{web.person['id']}", body, version=2).json()
    assert (changed["badge"], changed["has_pin"], changed["skills"]) == ("S-0043", False, ["forklift"])


def test_a_pin_that_is_easy_to_guess_or_rests_on_an_old_version_is_refused(web: Web) -> None:
    path = f"/staff/{web.person['id']}/pin"
    assert web.owner.post(path, {"pin": "123456"}, version=2).json()["code"] == "invalid-value"
    assert web.owner.post(path, {"pin": "918273"}, version=1).status_code == 412


def test_badge_and_pin_begin_a_shift_that_locks_unlocks_and_ends(web: Web) -> None:
    begun = web.come_in()
    assert (begun.status_code, begun.json()["shift"]["station_id"]) == (201, web.station)
    picker = attrs.evolve(web.owner, name=begun.json()["token"])
    own = picker.get("/shifts/own").json()
    assert (own["flows"], own["badge"], own["station"]["code"]) == (["pick"], "S-0042", "P1")
    assert picker.post("/shifts/own/lock").json()["locked_at"] is not None
    assert picker.get("/shifts/own").json()["shift"]["locked_at"] is not None
    wrong = picker.post("/shifts/own/unlock", {"badge": "S-0042", "pin": "999123"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "warehouse.badge-refused")
    assert picker.post("/shifts/own/unlock", {"badge": "S-0042", "pin": PIN}).json()["locked_at"] is None
    assert picker.post("/shifts/own/leave").json()["ended_at"] is not None
    assert picker.get("/shifts/own").status_code == 401


def test_wrong_badges_and_wrong_pins_are_answered_alike_until_they_have_to_wait(web: Web) -> None:
    answers = [web.come_in("999123"), web.come_in(badge="S-9999")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "warehouse.badge-refused")] * 2
    for _ in range(4):
        web.come_in("999123")
    waiting = web.come_in()
    assert (waiting.status_code, int(waiting.headers["retry-after"]) > 0) == (429, True)


def test_whoever_is_logged_in_by_password_has_no_shift_to_lock(web: Web) -> None:
    for answer in (web.owner.get("/shifts/own"), web.owner.post("/shifts/own/lock"), web.owner.post("/shifts/own/leave")):
        assert (answer.status_code, answer.json()["code"]) == (403, "warehouse.no-shift")
    assert web.owner.post("/shifts/own/unlock", {"badge": "S-0042", "pin": PIN}).json()["code"] == "warehouse.no-shift"


def test_a_badge_opens_no_way_to_draw_places_set_up_stations_or_give_pins(web: Web) -> None:
    picker = web.picker()
    assert picker.get("/stations").status_code == 200
    bodies = {"/locations": {"warehouse_id": str(web.warehouse), "path": "A-1"}, f"/staff/{web.person['id']}/pin": {"pin": PIN}}
    assert [picker.post(path, body, version=2).status_code for path, body in bodies.items()] == [403, 403]
    assert picker.get("/staff").status_code == 403
