"""Calls to payment providers over HTTP: one deadline for the whole call; answered, surely not sent, or not known."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from houtai.application.payments.ports import AnswerLost, NothingDone

MAX_ANSWER_BYTES: Final = 64_000_000  # a day's bill is the largest
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@attrs.frozen
class Answer:
    """An answer as it came: its signature, where there is one, covers these bytes. `headers` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    raw: bytes = attrs.field(repr=False)


def call(method: str, url: str, body: bytes | None, headers: Mapping[str, str], deadline_s: float) -> Answer:
    """One request, sent once. Raises NothingDone where no connection was made, AnswerLost for less than a whole answer."""
    connection, path = _connection(url, deadline_s)
    line: list[socket.socket] = []
    watch = threading.Timer(deadline_s, _cut, [connection, line])  # a socket's own timeout begins anew with every byte
    watch.daemon = True
    watch.start()
    try:
        _connect(connection)
        line.append(connection.sock)  # the connection forgets it once the answer has begun
        return _ask(connection, method, path, body, headers)
    finally:
        watch.cancel()
        connection.close()


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object; anything else is an answer that says nothing of what was done. Raises AnswerLost."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise AnswerLost("the answer is no JSON") from error
    if not isinstance(found, dict):
        raise AnswerLost("the answer is no JSON object")
    return found


def refuse_by_status(status: int) -> None:
    """Raise what a status means whose answer cannot be read or believed.

    A server that refuses by 4xx has done nothing; what it fails at, it may have done.
    """
    told = f"HTTP {status}"
    if 400 <= status < 500 and status != http.HTTPStatus.REQUEST_TIMEOUT:
        raise NothingDone(told)
    raise AnswerLost(told)


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as error:
        message = f"no connection: {type(error).__name__}"
        raise NothingDone(message) from error


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> Answer:
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        framed = answer.chunked or answer.length is not None
        raw = answer.read(MAX_ANSWER_BYTES + 1)
        rest = answer.length
    except (OSError, http.client.HTTPException) as error:
        message = f"no answer: {type(error).__name__}"
        raise AnswerLost(message) from error
    if len(raw) > MAX_ANSWER_BYTES:
        raise AnswerLost("the answer is too long")
    if rest or not framed:  # the end of the line would pass for the end of the headers, and of what is read by size
        raise AnswerLost("the answer was cut short")
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, raw)


def _connection(url: str, deadline_s: float) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=deadline_s), path
    if parts.scheme == "http" and host in _LOOPBACK:
        return http.client.HTTPConnection(host, parts.port, timeout=deadline_s), path
    raise NothingDone("a payment provider is called over https")


def _cut(connection: http.client.HTTPConnection, line: list[socket.socket]) -> None:
    for sock in line or [connection.sock]:  # before there is a line, it may be in the middle of the handshake
        try:
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue  # it was closed meanwhile
