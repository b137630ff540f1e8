"""What only a real server and a real socket can show: raw bytes, two lengths, two headers, and a clean end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.entrypoints.http.app import create_app
from tests.http import jars
from tests.http_client import Door


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The jars behind a real server."""
    office = Office(MemoryStore(), SystemClock())
    app = create_app(office, Door(office), modules=(jars.ROUTES,))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        running.join(5)
        assert not running.is_alive()


def say(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(text)
        heard = b""
        while part := line.recv(65_536):
            heard += part
    return heard


HEAD = b"POST /v1/jars HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer owner\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"


def test_an_honest_request_is_answered(port: int) -> None:
    assert say(port, HEAD + b'Content-Length: 16\r\nConnection: close\r\n\r\n{"beans_qty": 3}').startswith(b"HTTP/1.1 201 ")


def test_two_lengths_are_refused(port: int) -> None:
    body = b'Connection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"beans_qty": 3}\r\n0\r\n\r\n'
    assert say(port, HEAD + body).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "header", [b"X-Correlation-Id: a\rb", b"X-Correlation-Id: a\x00b", b"X-Correlation-Id : a", b" folded: a"]
)
def test_a_header_that_breaks_its_line_is_refused(port: int, header: bytes) -> None:
    assert say(port, b"GET /health/live HTTP/1.1\r\nConnection: close\r\nHost: x\r\n" + header + b"\r\n\r\n").startswith(
        b"HTTP/1.1 400 "
    )


def test_a_credential_that_comes_twice_is_refused(port: int) -> None:
    twice = b"GET /v1/jars HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer owner\r\nAuthorization: Bearer reader\r\nConnection: close\r\n\r\n"
    answer = say(port, twice)
    assert answer.startswith(b"HTTP/1.1 400 ") and b"urn:houtai:problem:invalid-header" in answer


def test_a_body_that_never_ends_is_cut_off(port: int) -> None:
    answer = say(port, HEAD + b"Content-Length: 11000000\r\nConnection: close\r\n\r\n" + b" " * 100_000)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_caller_that_hangs_up_leaves_nothing_behind(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HEAD + b"Content-Length: 16\r\n\r\n{")
    assert say(port, b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_head_sends_no_body(port: int) -> None:
    answer = say(port, b"HEAD /v1/jars HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer owner\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n")
