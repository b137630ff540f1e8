"""Attacks 27 to 34 and 68 on a real socket: addresses and hosts that are only claimed, lines that are broken."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from tests.access.door import PASSWORD
from tests.attacks.served import say, served
from tests.attacks.town import Town

LOGIN = b"POST /v1/login HTTP/1.1\r\nHost: house\r\nConnection: close\r\nContent-Type: application/json\r\n"
CLAIMS = ("X-Forwarded-For: {}", "X-Real-IP: {}", "Forwarded: for={}", "True-Client-IP: {}", "CF-Connecting-IP: {}")


@pytest.fixture(scope="module")
def port(built: Town) -> Iterator[int]:
    with served(built.street.app) as port:  # without the street: who calls is whoever holds the other end
        yield port


def log_in(port: int, name: str, password: str, *headers: str) -> tuple[int, str]:
    body = json.dumps({"name": name, "password": password}).encode()
    more = "".join(f"{header}\r\n" for header in headers).encode()
    answer = say(port, LOGIN + more + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    head, _, document = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status < 400 or b"application/problem+json" in head
    return status, json.loads(document).get("code", "")


def test_28_wrong_passwords_with_another_claimed_address_each_time_are_counted_together(town: Town, port: int) -> None:
    answers = [
        log_in(port, "storekeeper", f"wrong {number}", *(claim.format(f"192.0.2.{number}") for claim in CLAIMS))
        for number in range(20)
    ]
    assert {status for status, _ in answers[:5]} == {401}
    assert {code for _, code in answers[6:]} == {"access.too-many-tries"}
    assert log_in(port, "storekeeper", PASSWORD, "X-Forwarded-For: 192.0.2.99")[0] == 429
    town.clock.advance(minutes=16)
    assert log_in(port, "storekeeper", PASSWORD)[0] == 200  # the wait ends, and nobody is locked out for ever


@pytest.mark.parametrize("claim", CLAIMS)
def test_32_an_allowed_address_that_is_only_claimed_opens_nothing_and_is_logged(town: Town, port: int, claim: str) -> None:
    name = f"far-{CLAIMS.index(claim)}"
    town.house.person(name, networks=("192.0.2.9/32",))
    town.clock.advance(hours=2)  # the guesses from this address are forgotten
    since = town.seq()
    assert log_in(port, name, PASSWORD, claim.format("192.0.2.9")) == (403, "access.address-not-allowed")
    assert town.logged(since) == [(name, "log_in", "access.address-not-allowed")]


def test_34_no_answer_names_the_host_that_was_asked_for(town: Town, port: int) -> None:
    token = town.enter("owner").token
    for path in ("/v1/me", "/v1/orders", "/v1/nothing"):
        headers = f"GET {path} HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\nConnection: close\r\n"
        assert b"evil.test" not in say(port, f"{headers}Authorization: Bearer {token}\r\n\r\n".encode())


@pytest.mark.parametrize(
    "broken",
    [
        b"X-Correlation-Id: a\rb",
        b"Idempotency-Key: a\x00b",
        b"Authorization: Bearer x\r\n folded",
        b"User-Agent: a\nHost: b",
        b"X : y",
    ],
)
def test_68_a_header_that_breaks_its_line_is_refused_or_stays_one_header(town: Town, port: int, broken: bytes) -> None:
    answer = say(port, b"GET /v1/me HTTP/1.1\r\nHost: house\r\nConnection: close\r\n" + broken + b"\r\n\r\n")
    assert answer.split(b" ", 2)[1] in (b"400", b"401")
    assert answer.count(b"HTTP/1.1") == 1


def test_68_one_request_is_one_line_of_the_log_whatever_its_path_says(
    town: Town, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        say(port, b"GET /v1/x%0d%0aGET%20/v1/forged HTTP/1.1\r\nHost: house\r\nConnection: close\r\nUser-Agent: a%0d%0ab\r\n\r\n")
    lines = [record.getMessage() for record in caplog.records if "forged" in record.getMessage()]
    assert [line for line in lines if "\n" in line or "\r" in line] == []
    assert len(lines) <= 1
