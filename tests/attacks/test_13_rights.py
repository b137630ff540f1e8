"""Attacks 13 to 48 and 83 to 88: people who reach for more than their rights, tokens that are none, doors that should not be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.routes import Route
from tests.attacks.town import MISSING, Person, Town, said

ROUTES = [route for module in MODULES for route in module.all]
OTHERS = [route for route in ROUTES if route.method != "GET" and not route.public and route.verb != "access.own"]
ASKING = {"post_explanation", "post_who_can", "post_scan"}  # questions that come as a POST, and that a reader may ask
MOVES = [route for route in OTHERS if route.path.count("{") and route.path.rsplit("/", 1)[-1][0] != "{"]


def tried(person: Person, route: Route) -> tuple[int, str]:
    path = route.path.removeprefix("/v1").format_map(
        dict.fromkeys(route.parts, MISSING) | {"currency": "CNY", "period": "2026-10"}
    )
    version = None if route.match == "none" else 1
    more: dict[str, Any] = {"json": {}} if route.body else {}
    if route.takes == "file":
        more = {"content": b"x", "headers": {"content-type": route.accepts[0]}}
    return said(person.send(route.method, path, version=version, **more))


def test_13_a_reader_is_forbidden_every_route_that_writes_and_each_try_is_logged(town: Town) -> None:
    since = town.seq()
    answers = {route.name: tried(town.people["R"], route) for route in OTHERS if route.name not in ASKING}
    assert {name: answer for name, answer in answers.items() if answer != (403, "forbidden")} == {}
    assert town.logged(since) == [("reader", route.deed, "forbidden") for route in OTHERS if route.name not in ASKING]
    assert len(answers) > 90


def test_14_a_storekeeper_and_an_accountant_move_no_document_of_others(town: Town) -> None:
    for letter, own in (("W", ("inventory.",)), ("F", ("ledger.", "payments.", "cases."))):
        foreign = [route for route in MOVES if not str(route.verb).startswith(own)]
        answers = {route.name: tried(town.people[letter], route) for route in foreign}
        assert {name: answer for name, answer in answers.items() if answer != (403, "forbidden")} == {}
        assert {"post_order_cancel", "post_listing_review"} <= answers.keys()


def part(document: dict[str, Any] | bytes) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(head: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    text = f"{part(head)}.{part(claims)}"
    return f"{text}.{part(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


@pytest.mark.parametrize(
    ("head", "claims"),
    [
        pytest.param({"alg": "none", "typ": "JWT"}, {}, id="22 alg none"),
        pytest.param({"alg": "HS256", "typ": "JWT"}, {}, id="23 a public key as the secret"),
        pytest.param({"alg": "HS256", "typ": "refresh"}, {"aud": "elsewhere"}, id="24 another audience and kind"),
    ],
)
def test_22_a_token_that_says_who_it_is_opens_nothing(town: Town, head: dict[str, Any], claims: dict[str, Any]) -> None:
    owner = town.people["admin"].get("/me").json()["id"]
    claims = {"sub": owner, "exp": 4_102_444_800, "scope": "*", **claims}
    unsigned = f"{part(head)}.{part(claims)}."
    for token in (unsigned, signed(head, claims, b"-----BEGIN PUBLIC KEY-----")):
        assert said(Person(town.client, token).get("/me")) == (401, "unauthenticated")


def test_19_the_session_of_a_disabled_account_is_refused_and_logged(town: Town) -> None:
    leaver = town.house.person("leaver").id
    session = town.enter("leaver")
    version = town.people["admin"].get(f"/accounts/{leaver}").json()["version"]
    assert town.people["admin"].post(f"/accounts/{leaver}/disable", {"reason": "left"}, version=version).status_code == 200
    since = town.seq()
    assert said(session.get("/me")) == (401, "unauthenticated")
    assert town.logged(since) == [("leaver", "use_session", "unauthenticated")]


def test_20_a_merchants_account_finds_no_platform_route_open(town: Town) -> None:
    platform = [
        ("POST", "/roles", {"name": "x", "grants": []}),
        ("POST", "/channels", {"code": "X", "name": "X"}),
        ("GET", "/operation-log", None),
        ("GET", "/disclosures", None),
        ("GET", "/trial-balance", None),
        ("GET", "/outbox-messages", None),
        ("PUT", "/audit-policy", {"rules": []}),
        ("POST", "/merchants", {"code": "C", "name": "C"}),
    ]
    for method, path, body in platform:
        answer = town.people["A"].send(method, path, body, version=1 if method == "PUT" else None)
        assert answer.status_code in (403, 404), (path, answer.text)


def test_26_a_one_time_password_of_one_account_opens_no_other(town: Town) -> None:
    made = {}
    for name in ("newcomer", "neighbour"):
        answer = town.people["admin"].post("/accounts", {"name": name, "display_name": name})
        made[name] = answer.json()["one_time_password"]
    assert said(town.log_in("neighbour", made["newcomer"])) == (401, "access.login-refused")
    assert town.log_in("neighbour", made["neighbour"]).status_code == 200


def test_30_a_token_is_dead_after_logging_out_and_a_login_never_takes_an_old_one_over(town: Town) -> None:
    first = town.enter("support")
    second = town.enter("support")
    assert first.token != second.token
    assert first.post("/logout").status_code == 204
    since = town.seq()
    assert said(first.get("/me")) == (401, "unauthenticated")
    assert ("support", "use_session", "unauthenticated") in town.logged(since)
    assert second.get("/me").status_code == 200


def test_48_who_asked_for_an_adjustment_does_not_approve_it(town: Town) -> None:
    ids = town.bazaar.ids["A"]
    line = {"sku_id": ids["sku_id"], "delta_qty": -1, "to_state": "damaged"}
    asked = town.people["W"].post("/adjustments", {"warehouse_id": ids["warehouse_id"], "reason": "damage", "lines": [line]})
    path, since = asked.headers["location"].removeprefix("/v1"), town.seq()
    refused = town.people["W"].post(f"{path}/approve", {}, version=1)
    assert (said(refused), refused.json()["reason"]) == ((403, "forbidden"), "same-person")
    assert town.logged(since)[-1][0] == "storekeeper"


@pytest.mark.parametrize(
    "path",
    [
        "/schema",
        "/schema/openapi.json",
        "/openapi.json",
        "/docs",
        "/debug",
        "/metrics",
        "/admin",
        "/.env",
        "/.git/config",
        "/server-status",
    ],
)
def test_83_nothing_is_there_that_describes_or_debugs(town: Town, path: str) -> None:
    assert said(town.client.get(path)) == (404, "no-route")


@pytest.mark.parametrize(
    ("name", "password"), [("admin", "admin"), ("owner", "owner"), ("root", ""), ("houtai", "houtai"), ("owner", "admin")]
)
def test_83_no_account_has_a_password_that_everybody_knows(town: Town, name: str, password: str) -> None:
    town.clock.advance(hours=2)  # earlier guesses are forgotten
    answer = town.log_in(name, password)
    assert answer.status_code in (401, 422)
    town.people["admin"] = town.enter("owner")


@pytest.mark.parametrize("version", ["v0", "v2", "V1", "api/v1", "v1.0"])
def test_88_no_other_version_of_the_api_is_a_way_round(town: Town, version: str) -> None:
    for token in ("", town.people["R"].token):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        assert said(town.client.get(f"/{version}/orders", headers=headers)) == (404, "no-route")
