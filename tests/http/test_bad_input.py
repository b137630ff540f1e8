"""Whatever a body or query gets wrong is answered by the table of bad input, on a real route, and nothing is done."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.http_client import Caller

JAR = {"beans_qty": 3}


def send(caller: Caller, content: bytes | str, media: str | None = "application/json", path: str = "/v1/jars") -> httpx.Response:
    headers = {"authorization": "Bearer owner", "idempotency-key": "k"}
    if media is not None:
        headers["content-type"] = media
    return caller.client.post(path, content=content, headers=headers)


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["type"] == f"urn:houtai:problem:{document['code']}"
    assert document["instance"] == UUID(response.headers["x-request-id"]).urn
    assert "msgspec" not in response.text and "Traceback" not in response.text
    return response.status_code, document["code"]


def faults(response: httpx.Response) -> dict[str, str]:
    return {fault["field"]: fault["rule"] for fault in response.json()["errors"]}


ROWS: list[tuple[str, bytes | str, tuple[int, str]]] = [
    ("a field that nobody asked for", '{"beans_qty": 3, "is_admin": true}', (400, "unknown-field")),
    ("a text for a number", '{"beans_qty": "3"}', (400, "invalid-body")),
    ("true for a number", '{"beans_qty": true}', (400, "invalid-body")),
    ("a fraction for a number", '{"beans_qty": 3.0}', (400, "invalid-body")),
    ("an exponent for a number", '{"beans_qty": 1e3}', (400, "invalid-body")),
    ("a key twice", '{"beans_qty": 3, "beans_qty": 4}', (400, "duplicate-key")),
    ("a key twice in disguise", '{"beans_qty": 3, "beans\\u005fqty": 4}', (400, "duplicate-key")),
    ("a key twice further in", '{"beans_qty": 3, "labels": [{"text": "a", "text": "b"}]}', (400, "duplicate-key")),
    ("a negative number", '{"beans_qty": -5}', (422, "out-of-range")),
    ("2^31", '{"beans_qty": 2147483648}', (422, "out-of-range")),
    ("2^63", '{"beans_qty": 9223372036854775808}', (422, "out-of-range")),
    ("26 digits", '{"beans_qty": 11111111111111111111111111}', (422, "out-of-range")),
    ("5,000 digits", '{"beans_qty": ' + "1" * 5_000 + "}", (422, "out-of-range")),
    ("invalid UTF-8", b'{"beans_qty": 3, "labels": [{"text": "\xff"}]}', (400, "invalid-encoding")),
    ("UTF-16", json.dumps(JAR).encode("utf-16"), (400, "invalid-encoding")),
    ("100,000 levels of lists", "[" * 100_000, (400, "too-deep")),
    ("100,000 levels of objects", '{"a":' * 100_000, (400, "too-deep")),
    ("100,000 levels in a field", '{"beans_qty": ' + "[" * 100_000 + "]" * 100_000 + "}", (400, "too-deep")),
    ("half of a body", '{"beans_qty": 3', (400, "invalid-body")),
    ("more than a body", '{"beans_qty": 3} {}', (400, "invalid-body")),
    ("a missing field", "{}", (400, "invalid-body")),
    ("NaN", '{"beans_qty": NaN}', (400, "invalid-body")),
    ("Infinity", '{"beans_qty": -Infinity}', (400, "invalid-body")),
    ("1e400", '{"beans_qty": 1e400}', (400, "invalid-body")),
    ("null for a number", '{"beans_qty": null}', (400, "invalid-body")),
    ("null for the body", "null", (400, "invalid-body")),
    ("a list for the body", "[]", (400, "invalid-body")),
    ("a text for the body", '"beans"', (400, "invalid-body")),
    ("an empty body", "", (400, "invalid-body")),
    ("only spaces", "   ", (400, "invalid-body")),
    ("a byte order mark", b'\xef\xbb\xbf{"beans_qty": 3}', (400, "invalid-body")),
    ("half of a surrogate pair", '{"beans_qty": 3, "labels": [{"text": "\\ud800"}]}', (400, "invalid-body")),
    ("a NUL character", '{"beans_qty": 3, "labels": [{"text": "a\\u0000b"}]}', (400, "invalid-body")),
    ("no UUID", '{"beans_qty": 3, "id": "7"}', (400, "invalid-body")),
    ("a moment without offset", '{"beans_qty": 3, "best_before": "2026-11-22T10:00:00"}', (400, "invalid-body")),
    ("201 entries", json.dumps({"beans_qty": 3, "labels": [{"text": "a"}] * 201}), (400, "invalid-body")),
    ("a text that is too long", json.dumps({"beans_qty": 3, "labels": [{"text": "a" * 201}]}), (422, "invalid-value")),
    ("more than 1 MB", " " * 1_000_001, (413, "too-large")),
]


@pytest.mark.parametrize(("content", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_bad_body_is_refused_by_name(jar_client: Caller, content: bytes | str, expected: tuple[int, str]) -> None:
    assert problem(send(jar_client, content)) == expected


@pytest.mark.parametrize(
    "media", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "text/json"]
)
def test_a_body_that_does_not_say_it_is_json_is_not_read(jar_client: Caller, media: str | None) -> None:
    assert problem(send(jar_client, json.dumps(JAR), media)) == (415, "unsupported-media-type")


@pytest.mark.parametrize("media", ["application/json", "Application/JSON; charset=UTF-8"])
def test_a_body_that_says_it_is_json_is_read(jar_client: Caller, media: str) -> None:
    assert send(jar_client, json.dumps(JAR), media).status_code == 201


def test_every_wrong_field_is_named_with_its_rule(jar_client: Caller) -> None:
    body = {"beans_qty": -1, "labels": [{"text": 7}, {"price": {"minor": 10**16, "currency": "yuan"}}], "colour": "green"}
    response = send(jar_client, json.dumps(body))
    assert problem(response) == (400, "unknown-field")
    assert faults(response) == {
        "colour": "is not a field of this body",
        "labels[0].text": "must be a text, not an integer",
        "labels[1].text": "is missing",
        "beans_qty": "must be at least 0",
        "labels[1].price.minor": "must be at most 1000000000000000",
        "labels[1].price.currency": "must have at most 3 characters",
    }


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id", "7", "must be a UUID"),
        ("id", 7, "must be a UUID or null, not an integer"),
        ("best_before", "2026-11-22T10:00:00", "must carry its offset from UTC"),
        ("best_before", "tomorrow", "must be an RFC 3339 moment"),
        ("beans_qty", None, "must be an integer, not null"),
        ("beans_qty", [1], "must be an integer, not a list"),
        ("labels", {}, "must be a list, not an object"),
        ("labels", [{"text": "a"}] * 201, "must have at most 200 entries"),
    ],
)
def test_rules_are_told_in_the_words_of_this_api(jar_client: Caller, field: str, value: Any, rule: str) -> None:
    assert faults(send(jar_client, json.dumps({**JAR, field: value}))) == {field: rule}


def test_amounts_of_two_currencies_do_not_add_up(jar_client: Caller) -> None:
    body = {**JAR, "labels": [{"text": "a", "price": {"minor": 1, "currency": "USD"}}]}
    assert problem(send(jar_client, json.dumps(body))) == (422, "currency-mismatch")


def test_a_route_without_a_body_takes_none(jar_client: Caller) -> None:
    path = f"/v1/jars/{UUID(int=2)}/shake"
    assert problem(send(jar_client, "{}", path=path)) == (400, "invalid-body")


def test_a_bad_body_does_nothing(jar_client: Caller) -> None:
    jar = str(UUID(int=8))
    assert problem(send(jar_client, f'{{"beans_qty": -1, "id": "{jar}"}}')) == (422, "out-of-range")
    assert jar_client.patch(f"/jars/{jar}", {"beans_qty": 1}, version=1).status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=5&limit=6", "repeated-parameter"),
        ("colour=green", "unknown-parameter"),
        ("merchant_id=00000000-0000-0000-0000-000000000001", "unknown-parameter"),
        ("limit=1000000000", "invalid-parameter"),
        ("limit=0", "invalid-parameter"),
        ("limit=ten", "invalid-parameter"),
        ("limit=", "invalid-parameter"),
        ("beans_qty=1.5", "invalid-parameter"),
        ("cursor=%FF", "invalid-encoding"),
        ("cursor=a%00b", "invalid-parameter"),
        ("cursor=" + "a" * 501, "invalid-parameter"),
        ("cursor=" + "a" * 9_000, "invalid-parameter"),
        ("cursor=!", "invalid-parameter"),
        ("cursor=abc", "invalid-parameter"),
        ("cursor=_w==", "invalid-parameter"),
        ("empty=perhaps", "invalid-parameter"),
        ("before=0.5", "invalid-parameter"),
        ("before=2026-11-22T10:00:00", "invalid-parameter"),
        ("beans_qty=null", "invalid-parameter"),
        ("before=null", "invalid-parameter"),
    ],
)
def test_a_bad_query_is_refused_by_name(jar_client: Caller, query: str, code: str) -> None:
    response = jar_client.client.get(f"/v1/jars?{query}", headers={"authorization": "Bearer owner"})
    assert problem(response) == (400, code)


def test_a_query_is_turned_into_numbers(jar_client: Caller) -> None:
    found = jar_client.get("/jars", limit=2, beans_qty=7).json()
    assert [jar["beans_qty"] for jar in found["items"]] == [7, 7]


@pytest.mark.parametrize("part", ["7", "12345678901234567890123", "abc", "%00", "{00000000-0000-0000-0000-000000000002}", "%FF"])
def test_an_id_that_is_none_is_not_there(jar_client: Caller, part: str) -> None:
    assert problem(jar_client.get(f"/jars/{part}"))[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/pots", (404, "no-route")),
        ("GET", "/v2/jars", (404, "no-route")),
        ("GET", "/jars", (404, "no-route")),
        ("GET", "/", (404, "no-route")),
        ("DELETE", "/v1/jars", (405, "method-not-allowed")),
        ("TRACE", "/v1/jars", (405, "method-not-allowed")),
        ("POST", "/health/live", (405, "method-not-allowed")),
    ],
)
def test_what_is_not_there_is_a_problem_too(jar_client: Caller, method: str, path: str, expected: tuple[int, str]) -> None:
    assert problem(jar_client.client.request(method, path)) == expected


def test_a_method_that_is_not_known_is_told_those_that_are(jar_client: Caller) -> None:
    response = jar_client.client.delete("/v1/jars")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_head_answers_like_get_without_the_body(jar_client: Caller) -> None:
    path, headers = f"/v1/jars/{UUID(int=2)}", {"authorization": "Bearer owner"}
    head, get = jar_client.client.head(path, headers=headers), jar_client.client.get(path, headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["etag"], head.headers["content-length"]) == (get.headers["etag"], get.headers["content-length"])


def test_head_of_nothing_has_no_body_either(jar_client: Caller) -> None:
    response = jar_client.client.head(f"/v1/jars/{UUID(int=3)}", headers={"authorization": "Bearer owner"})
    assert (response.status_code, response.content) == (404, b"")


def test_an_upload_has_its_own_limit_and_types(jar_client: Caller) -> None:
    assert jar_client.upload("/jar-imports", b"x" * 1_500_000, "text/csv").json() == {"bytes_qty": 1_500_000}
    assert problem(jar_client.upload("/jar-imports", b"x" * 2_000_001, "text/csv")) == (413, "too-large")
    refused = jar_client.upload("/jar-imports", b"x", "text/html")
    assert problem(refused) == (415, "unsupported-media-type")
    assert refused.json()["accepts"] == ["text/csv"]


def test_a_body_without_announced_length_is_limited_all_the_same(jar_client: Caller) -> None:
    def parts() -> Any:
        for _ in range(30):
            yield b" " * 50_000

    headers = {"authorization": "Bearer owner", "idempotency-key": "k", "content-type": "application/json"}
    assert problem(jar_client.client.post("/v1/jars", content=parts(), headers=headers)) == (413, "too-large")


def test_a_file_goes_out_as_an_attachment_under_a_harmless_name(jar_client: Caller) -> None:
    response = jar_client.get(f"/jars/{UUID(int=2)}/label")
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20%22%E8%B1%86%22%0D%0A.pdf"
    assert (response.headers["content-type"], response.headers["x-content-type-options"]) == ("application/pdf", "nosniff")


def test_an_outside_message_comes_as_it_was_sent(jar_client: Caller) -> None:
    response = jar_client.client.post("/v1/jar-notices/dealer", content=b"\xff{not json")
    assert (response.status_code, response.json()) == (202, {"bytes_qty": 10})
    assert problem(jar_client.client.post("/v1/jar-notices/dealer", content=b"x" * 256_001)) == (413, "too-large")
