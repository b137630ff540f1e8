"""Printers, templates and print jobs over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from tests.http_client import Caller
from tests.printing.room import PICKS, WAREHOUSE, Room
from tests.printing.samples import pictures, read_codes

PRINTER = {
    "code": "LABELS-1",
    "name": "标签机",
    "warehouse_id": str(WAREHOUSE),
    "language": "pdf",
    "transport": "file",
    "address": "labels",
    "sizes": ["60x40", "40x30"],
}
LABEL = {"kind": "location-label", "code": "L-A-03-02-1", "path": "A-03-02-1", "check": "47", "arrow": "down"}


def printer(caller: Caller, **more: Any) -> str:
    made = caller.post("/printers", {**PRINTER, **more})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def asked(caller: Caller, printer_id: str, **more: Any) -> dict[str, Any]:
    made = caller.post("/print-jobs", {"printer_id": printer_id, "label": LABEL, **more})
    assert made.status_code == 201, made.text
    job: dict[str, Any] = made.json()
    return job


def test_a_label_is_asked_for_once_and_its_file_is_what_the_printer_gets(http_client: Caller) -> None:
    job = asked(http_client, printer(http_client))
    assert asked(http_client, job["printer_id"])["id"] == job["id"]
    file = http_client.get(f"/print-jobs/{job['id']}/file")
    assert (file.headers["content-type"], read_codes(pictures(file.content, 203)[0])) == (
        "application/pdf",
        [("Code 128", "L-A-03-02-1")],
    )


def test_a_station_learns_at_once_why_nothing_came_out(http_client: Caller) -> None:
    job = asked(http_client, printer(http_client))
    told = http_client.post(f"/print-jobs/{job['id']}/deliver").json()
    assert (told["state"], "HOUTAI_PRINT_DIR" in told["last_error"]) == ("queued", True)


def test_a_job_is_cancelled_and_the_same_label_may_be_asked_for_anew(http_client: Caller) -> None:
    job = asked(http_client, printer(http_client))
    cancelled = http_client.post(f"/print-jobs/{job['id']}/cancel", {"reason": "wrong shelf"}, version=1)
    assert (cancelled.json()["state"], cancelled.headers["etag"]) == ("cancelled", '"2"')
    assert asked(http_client, job["printer_id"])["id"] != job["id"]
    assert [one["state"] for one in http_client.get("/print-jobs", subject="L-A-03-02-1").json()["items"]] == [
        "queued",
        "cancelled",
    ]
    assert http_client.post(f"/print-jobs/{job['id']}/reprint", {"reason": "x"}).json()["code"] == "printing.not-printed-yet"


def test_a_failed_job_is_resumed_settled_and_reprinted(http_client: Caller, memory_office: Office, system: Act) -> None:
    label = printer(http_client, language="zpl", transport="raw9100", address="127.0.0.1:1")
    job = asked(http_client, label)
    memory_office.clock.advance(hours=1)  # type: ignore[attr-defined]  # the tests' clock
    path = f"/print-jobs/{job['id']}"
    assert http_client.post(f"{path}/deliver").json()["state"] == "failed"
    assert (
        http_client.post(f"{path}/resume", {"reason": "again", "from_page": 2}, version=2).json()["code"]
        == "printing.page-not-there"
    )
    assert http_client.post(f"{path}/resume", {"reason": "again"}, version=2).json()["state"] == "queued"
    told = http_client.post(f"{path}/deliver").json()
    assert (told["state"], "no connection" in told["last_error"]) == ("queued", True)
    assert http_client.post(f"{path}/settle", {"printed": True, "reason": "seen"}, version=told["version"]).status_code == 409


def test_reprints_are_listed_with_their_reasons(http_client: Caller, memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    done = room.prints.deliver(room.ask_for(room.printer(), PICKS).id)
    made = http_client.post(f"/print-jobs/{done.id}/reprint", {"reason": "torn"})
    assert (made.status_code, made.json()["reprint_no"]) == (201, 1)
    listed = http_client.get(f"/print-jobs/{done.id}/reprints").json()["items"]
    assert [(one["id"], one["reason"]) for one in listed] == [(made.json()["id"], "torn")]
    assert http_client.get(f"/print-jobs/{done.id}").json()["reprints"] == 1


@pytest.mark.parametrize(
    "label",
    [
        {"kind": "product-label", "barcode": "6901234567892", "sku": "TEA-100", "name": "龙井"},
        {"kind": "handling-unit-label", "lpn": "H-000012", "unit_kind": "托盘"},
    ],
)
def test_pieces_and_handling_units_have_labels_too(http_client: Caller, label: dict[str, str]) -> None:
    job = asked(http_client, printer(http_client, sizes=["60x40", "100x100"]), label=label)
    assert (job["kind"], job["subject"]) == (label["kind"], label.get("barcode") or label["lpn"])


def test_a_label_of_no_known_kind_is_refused(http_client: Caller) -> None:
    body = {"printer_id": printer(http_client), "label": {**LABEL, "kind": "invoice"}}
    assert http_client.post("/print-jobs", body).status_code in (400, 422)


def test_a_printer_is_listed_edited_and_retired(http_client: Caller) -> None:
    made = printer(http_client)
    assert [one["id"] for one in http_client.get("/printers", warehouse_id=str(WAREHOUSE)).json()["items"]] == [made]
    body = {name: value for name, value in PRINTER.items() if name not in ("code", "warehouse_id")}
    edited = http_client.put(f"/printers/{made}", {**body, "dpi": 300, "state": "retired"}, version=1)
    assert (edited.json()["dpi"], http_client.get(f"/printers/{made}").json()["state"]) == (300, "retired")
    refused = http_client.post("/print-jobs", {"printer_id": made, "label": LABEL})
    assert refused.json()["code"] == "printing.printer-cannot"


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1:70000", "10.0.0.1; rm", "../x", "-d", "http://10.0.0.1", "10.0.0.1:9100\n~JR"],
)
def test_an_address_of_no_printer_is_refused(http_client: Caller, address: str) -> None:
    body = {**PRINTER, "language": "zpl", "transport": "raw9100", "address": address}
    assert http_client.post("/printers", body).status_code == 422


def test_templates_are_published_in_editions_and_retired(http_client: Caller) -> None:
    body = {"code": "shelf", "name": "货架", "kind": "location-label", "size": "60x40", "footer": "后台"}
    made = http_client.post("/print-templates", body).json()
    path = f"/print-templates/{made['id']}"
    second = http_client.put(path, {"name": "货架", "size": "100x100"}, version=1)
    assert (second.json()["edition"], http_client.get(path).json()["size"]) == (2, "100x100")
    assert len(http_client.get("/print-templates", kind="location-label").json()["items"]) == 1
    assert http_client.post(f"{path}/retire", version=2).json()["state"] == "retired"


def test_a_template_says_for_which_carrier_and_shop_it_is_taken(http_client: Caller) -> None:
    shop = "00000000-0000-0000-0000-000000000007"
    body = {"code": "sf", "name": "顺丰", "kind": "express-waybill", "size": "100x150", "carrier": "SF", "channel_id": shop}
    made = http_client.post("/print-templates", body).json()
    assert (made["carrier"], made["channel_id"]) == ("SF", shop)
    path = f"/print-templates/{made['id']}"
    http_client.put(path, {"name": "顺丰", "size": "100x150", "carrier": "SF"}, version=1)
    shown = http_client.get(path).json()
    assert (shown["carrier"], shown["channel_id"]) == ("SF", None)


def test_a_clerk_of_another_warehouse_finds_no_job_to_deliver(http_client: Caller) -> None:
    job = asked(http_client, printer(http_client))
    grants = [Grant(f"printing.{verb}", {Dimension.WAREHOUSE: frozenset({UUID(int=9)})}) for verb in ("print", "read")]
    stranger = http_client.as_("stranger", *grants)
    assert stranger.post(f"/print-jobs/{job['id']}/deliver").status_code == 404
    assert stranger.get(f"/print-jobs/{job['id']}/file").status_code == 404
