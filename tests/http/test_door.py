"""Nobody gets past the door unknown, and nobody further than their grants: 401 before 403 before anything about the body."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import pytest

from houtai.application.audit import Category
from houtai.application.office import Office
from houtai.domain.authority import Grant
from houtai.entrypoints.http.doorman import origin_of
from houtai.entrypoints.http.headers import read_headers
from houtai.entrypoints.http.problems import Problem
from tests.http.test_bad_input import problem
from tests.http_client import Caller

READS = Grant("jars.read", source="reader")
JARS = "/v1/jars"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer stranger"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer"},
        {"authorization": "owner"},
        {"authorization": "Basic b3duZXI6b3duZXI="},
        {"authorization": "Bearer " + "x" * 5_000},
        {"x-api-key": ""},
        {"x-api-key": "key-stranger"},
    ],
)
def test_a_stranger_is_turned_away(jar_client: Caller, headers: dict[str, str]) -> None:
    response = jar_client.client.get(JARS, headers=headers)
    assert problem(response) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == 'Bearer realm="houtai"'


def test_a_stranger_learns_nothing_about_the_body(jar_client: Caller) -> None:
    assert problem(jar_client.client.post(JARS, content=b"{", headers={"authorization": "Bearer stranger", "idempotency-key": "k", "content-type": "application/json"})) == (401, "unauthenticated")  # fmt: skip
    assert problem(jar_client.client.post(JARS, content=b"{")) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer owner"}, {"authorization": "bearer  owner"}, {"x-api-key": "key-owner"}]
)
def test_a_session_and_a_key_open_the_door(jar_client: Caller, headers: dict[str, str]) -> None:
    assert jar_client.client.get(JARS, headers=headers).status_code == 200


def test_two_credentials_at_once_are_refused(jar_client: Caller) -> None:
    headers = {"authorization": "Bearer owner", "x-api-key": "key-owner"}
    assert problem(jar_client.client.get(JARS, headers=headers)) == (400, "invalid-header")


def test_a_header_that_means_one_thing_comes_once() -> None:
    with pytest.raises(Problem) as caught:
        read_headers([(b"authorization", b"Bearer owner"), (b"authorization", b"Bearer reader")])
    assert (caught.value.code, caught.value.members) == (
        "invalid-header",
        {"errors": [{"field": "authorization", "rule": "must be given once"}]},
    )


def test_a_reader_cannot_write_whatever_the_body_says(jar_client: Caller) -> None:
    reader = jar_client.as_("reader", READS)
    assert problem(reader.post("/jars", {"nonsense": 1})) == (403, "forbidden")
    assert problem(reader.patch(f"/jars/{UUID(int=2)}", {"beans_qty": 1}, version=1)) == (403, "forbidden")
    assert reader.get("/jars").status_code == 200


def test_a_refusal_at_the_door_is_in_the_operation_log(jar_client: Caller, memory_office: Office) -> None:
    jar_client.as_("reader", READS).post("/jars", {"beans_qty": 1})
    store: Any = memory_office._store
    last = store.audit[-1].entry
    assert (last.category, last.deed, last.outcome, last.actor_name) == (Category.REFUSAL, "make_jar", "forbidden", "reader")


def test_a_right_that_is_taken_away_ends_with_the_next_request(jar_client: Caller) -> None:
    reader = jar_client.as_("reader", READS)
    assert reader.get("/jars").status_code == 200
    jar_client.door.people["reader"] = (UUID(int=500), ())
    assert problem(reader.get("/jars")) == (403, "forbidden")


def test_a_hidden_record_looks_like_a_missing_one(jar_client: Caller) -> None:
    first, second = (jar_client.get(f"/jars/{UUID(int=number)}").json() for number in (3, 5))
    for answer, number in ((first, 3), (second, 5)):
        assert answer.pop("detail") == f"no jar {UUID(int=number)}"
        assert (answer.pop("key"), answer.pop("instance")) != ("", "")
    assert first == second


def origin(peer: str, trusted: tuple[str, ...], *forwarded: str) -> str:
    raw = [(b"x-forwarded-for", hop.encode()) for hop in forwarded]
    return origin_of({"client": (peer, 1)}, read_headers(raw), trusted).address


def test_a_forwarded_address_is_believed_only_from_a_trusted_proxy() -> None:
    assert origin("203.0.113.9", (), "10.0.0.1") == "203.0.113.9"
    assert origin("10.0.0.2", ("10.0.0.0/8",), "203.0.113.9") == "203.0.113.9"
    assert origin("10.0.0.2", ("10.0.0.0/8",), "198.51.100.1", "203.0.113.9") == "203.0.113.9"


def test_an_agent_cannot_forge_a_line_of_the_log() -> None:
    headers = read_headers([(b"user-agent", b"good\r\nevil\x1b[31m" + b"a" * 900)])
    agent = origin_of({"client": None}, headers, ()).agent
    assert agent == "goodevil[31m" + "a" * 488


def test_every_answer_carries_an_id_and_safe_headers(jar_client: Caller) -> None:
    for path in (JARS, "/v1/nowhere", "/health/live"):
        headers = jar_client.client.get(path).headers
        assert UUID(headers["x-request-id"]).version == 7
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_a_correlation_id_comes_back_and_reaches_the_log(jar_client: Caller, memory_office: Office) -> None:
    tie = UUID(int=0x77)
    headers = {"authorization": "Bearer owner", "idempotency-key": "k", "x-correlation-id": str(tie)}
    response = jar_client.client.post(JARS, json={"beans_qty": 1}, headers=headers)
    store: Any = memory_office._store
    assert (response.headers["x-correlation-id"], store.audit[-1].entry.correlation) == (str(tie), tie)


@pytest.mark.parametrize("tie", ["7", "a b", "x" * 500])
def test_a_correlation_id_is_a_uuid(jar_client: Caller, tie: str) -> None:
    response = jar_client.client.get(JARS, headers={"authorization": "Bearer owner", "x-correlation-id": tie})
    assert problem(response) == (400, "invalid-header")
    assert "x-correlation-id" not in response.headers


def test_what_nobody_foresaw_is_logged_and_tells_nothing(jar_client: Caller, caplog: pytest.LogCaptureFixture) -> None:
    response = jar_client.client.get("/v1/jar-breakdowns", headers={"authorization": "Bearer owner"})
    assert problem(response) == (500, "internal")
    assert "beans" not in response.text
    assert response.headers["x-request-id"] in caplog.text and "secret beans" in caplog.text


def test_a_path_cannot_forge_a_line_of_the_log(jar_client: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "houtai.http.access"):
        jar_client.client.get("/v1/a%0d%0aGET /v1/forged 200")
    lines = [record.getMessage() for record in caplog.records if record.name == "houtai.http.access"]
    assert [line.count("\n") for line in lines] == [0]


def test_a_link_never_comes_from_the_host_header(jar_client: Caller) -> None:
    headers = {"authorization": "Bearer owner", "idempotency-key": "k", "host": "evil.test", "x-forwarded-host": "evil.test"}
    response = jar_client.client.post(JARS, json={"beans_qty": 1}, headers=headers)
    assert response.headers["location"].startswith("/v1/jars/")
    assert "evil" not in response.text
