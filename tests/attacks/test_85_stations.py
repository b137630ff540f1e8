"""Attacks on what goes out: other warehouses' and merchants' orders, labels and walks, PINs that are guessed, codes that hold commands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from houtai.domain.authority import Dimension, Grant
from tests.attacks.test_01_merchants import same_as_missing
from tests.attacks.town import Person, Town, said

WORK = (
    "outbound.check",
    "outbound.ship",
    "outbound.pick",
    "outbound.plan",
    "outbound.intercept",
    "outbound.weigh",
    "outbound.pack",
    "outbound.read",
)


def worker(town: Town, name: str, warehouse: str) -> Person:
    """Somebody who does everything with goods on their way out, in one warehouse."""
    within = {Dimension.WAREHOUSE: frozenset({UUID(warehouse)})}
    town.house.person(name, *(Grant(verb, within) for verb in WORK))
    return town.enter(name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/outbound-orders/{}", "outbound_id"),
        ("/outbound-orders/{}/timeline", "outbound_id"),
        ("/outbound-orders/{}/check", "outbound_id"),
        ("/parcels/{}", "parcel_id"),
        ("/waves/{}", "wave_id"),
        ("/manifests/{}", "manifest_id"),
        ("/pick-runs/{}", "run_id"),
    ],
)
def test_01_what_goes_out_for_b_looks_to_a_like_what_is_not_there(town: Town, path: str, name: str) -> None:
    same_as_missing(town, path, town.ids_of_b[name])


def test_06_a_reads_neither_waybill_nor_label_of_bs_parcels(town: Town) -> None:
    parcel = town.ids_of_b["outbound_id"]
    (waybill,) = town.people["admin"].get("/waybills", parcel_id=parcel).json()["items"]
    seen = town.people["A"].get("/waybills", parcel_id=parcel)
    assert seen.status_code in (403, 404) or seen.json()["items"] == []
    for path in (f"/waybills/{waybill['id']}", f"/waybills/{waybill['id']}/label", f"/waybills/{waybill['id']}/events"):
        assert town.people["A"].get(path).status_code in (403, 404), path
    assert waybill["number"] not in town.people["A"].get("/outbound-orders").text


def deeds(ids: dict[str, str]) -> list[tuple[str, Any]]:
    """What a worker does to an order, a walk, a parcel and a list."""
    order, run, manifest = ids["outbound_id"], ids["run_id"], ids["manifest_id"]
    return [
        (f"/outbound-orders/{order}/intercept", {"reason": "mine"}),
        (f"/outbound-orders/{order}/send-back", {"reason": "mine"}),
        (f"/outbound-orders/{order}/pack", {"parcels": [{}]}),
        (f"/outbound-orders/{order}/check/anew", None),
        (f"/pick-runs/{run}/leave", None),
        (f"/pick-runs/{run}/skip", None),
        (f"/manifests/{manifest}/cancel", None),
        (f"/waves/{ids['wave_id']}/undo", {"reason": "mine"}),
    ]


def test_85_whoever_works_in_another_warehouse_moves_nothing_and_is_on_record(town: Town) -> None:
    stranger = worker(town, "picker-elsewhere", town.bazaar.ids["HOUSE"]["warehouse_id"])
    admin, ids = town.people["admin"], town.ids_of_b
    looks = [f"/outbound-orders/{ids['outbound_id']}", f"/pick-runs/{ids['run_id']}", f"/manifests/{ids['manifest_id']}"]
    before, since = [admin.get(path).json() for path in looks], town.seq()
    tried = [(path, stranger.post(path, body)) for path, body in deeds(ids)]
    assert {path: answer.status_code for path, answer in tried if answer.status_code not in (403, 404)} == {}
    assert [admin.get(path).json() for path in looks] == before
    assert [who for who, _, _ in town.logged(since)] == ["picker-elsewhere"] * len(tried)


def test_85_a_merchants_people_move_nothing_of_another_merchants(town: Town) -> None:
    admin, ids = town.people["admin"], town.ids_of_b
    before = admin.get(f"/outbound-orders/{ids['outbound_id']}").json()
    answers = {path: town.people["A"].post(path, body).status_code for path, body in deeds(ids)}
    assert set(answers.values()) <= {403, 404}, answers
    assert admin.get(f"/outbound-orders/{ids['outbound_id']}").json() == before


@pytest.mark.parametrize(
    "code", ["^XA^FDX^XZ", "~HQES", "\x1b@", "FO\x00-1", "FO\r\n-1", "１" * 10_000, "'; DROP TABLE picks; --"]
)
def test_85_a_code_that_holds_commands_is_a_code_that_nobody_has(town: Town, code: str) -> None:
    answer = town.people["admin"].post("/checks", {"code": code})
    assert answer.status_code in (400, 404, 422), answer.text


def test_85_pins_that_are_guessed_have_to_wait_and_badges_that_are_guessed_look_the_same(town: Town) -> None:
    station = town.ids_of_b.get("station_id") or town.bazaar.ids["HOUSE"]["station_id"]

    def come_in(badge: str, pin: str) -> tuple[int, str]:
        return said(Person(town.client).post("/shifts", {"badge": badge, "pin": pin, "station": station}))

    first = [come_in(badge, "583914") for badge in ("S-KNOWN", "S-UNKNOWN")]
    assert first[0] == first[1]
    assert first[0][0] == 401
    tries = [come_in("S-KNOWN", f"58391{digit}") for digit in range(10)] * 2
    assert 429 in {status for status, _ in tries}
    assert {status for status, _ in tries} <= {401, 429}
