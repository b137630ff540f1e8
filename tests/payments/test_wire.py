"""One call to a provider: what was surely not sent, what may have been done, and what is a whole answer."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from houtai.adapters.payments import wire
from houtai.adapters.payments.wire import call, read_object, refuse_by_status
from houtai.application.payments.ports import AnswerLost, NothingDone

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that answers its one call with exactly these bytes, and then ends the line or keeps it."""
    listening: list[socket.socket] = []

    def begin(told: bytes, *, keep_s: float = 0) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(told)
                time.sleep(keep_s)

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/x?y=1"

    yield begin
    for server in listening:
        server.close()


def answered(url: str, deadline_s: float = 2) -> wire.Answer:
    return call("POST", url, b"{}", {"content-type": "application/json"}, deadline_s)


def test_a_whole_answer_comes_as_it_is_with_its_headers_in_small_letters(serve: Serve) -> None:
    told = answered(serve(b"HTTP/1.1 404 No\r\nX-Sign: A\r\nContent-Length: 3\r\n\r\n\xff{}"))
    assert (told.status, told.headers["x-sign"], told.raw) == (404, "A", b"\xff{}")


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_less_than_a_whole_answer_is_lost(serve: Serve, told: bytes) -> None:
    with pytest.raises(AnswerLost):
        answered(serve(told))


def test_an_answer_without_end_is_lost(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", 10)
    with pytest.raises(AnswerLost, match="too long"):
        answered(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11))


def test_silence_ends_at_the_deadline(serve: Serve) -> None:
    begun = time.monotonic()
    with pytest.raises(AnswerLost):
        answered(serve(b"HTTP/1.1 200 OK\r\n", keep_s=3), 0.3)
    assert time.monotonic() - begun < 2


def test_a_handshake_that_never_ends_has_done_nothing(serve: Serve) -> None:
    begun = time.monotonic()
    with pytest.raises(NothingDone):
        answered(serve(b"\x16", keep_s=3).replace("http:", "https:"), 0.3)
    assert time.monotonic() - begun < 2


def test_a_server_that_cannot_prove_who_it_is_hears_nothing(serve: Serve) -> None:
    with pytest.raises(NothingDone) as refused:
        answered(serve(b"HTTP/1.1 200 OK\r\n\r\n").replace("http:", "https:"))
    assert isinstance(refused.value.__cause__, ssl.SSLError | OSError)


@pytest.mark.parametrize(
    "url", ["http://api.stripe.com/v1", "ftp://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1.evil.example/", ""]
)
def test_nothing_is_said_in_clear_but_on_loopback(url: str) -> None:
    with pytest.raises(NothingDone, match="https"):
        answered(url)


@pytest.mark.parametrize(
    ("status", "error"), [(400, NothingDone), (429, NothingDone), (408, AnswerLost), (500, AnswerLost), (302, AnswerLost)]
)
def test_a_status_alone_says_whether_it_may_have_been_done(status: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=str(status)):
        refuse_by_status(status)


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_object_says_nothing(raw: bytes) -> None:
    with pytest.raises(AnswerLost):
        read_object(raw)
