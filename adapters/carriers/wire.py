"""Calls to carriers over HTTP: one deadline for the whole call, and three plain outcomes: answered, nothing done, not known."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from houtai.application.shipping.ports import CarrierAway, CarrierSilent

MAX_ANSWER_BYTES: Final = 8_000_000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def post_form(url: str, fields: Mapping[str, str], deadline_s: int) -> bytes:
    """The answer's body to a form. Raises CarrierAway and CarrierSilent."""
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "accept": "application/json"}
    return _call("POST", url, urlencode(fields).encode(), headers, deadline_s)


def fetch(url: str, deadline_s: int) -> bytes:
    """What lies at an address that a carrier named. Raises CarrierAway and CarrierSilent."""
    return _call("GET", url, None, {}, deadline_s)


def read_object(raw: bytes | str) -> dict[str, Any]:
    """A JSON object; anything else is an answer that says nothing of what was done. Raises CarrierSilent."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CarrierSilent("the answer is no JSON") from error
    if not isinstance(found, dict):
        raise CarrierSilent("the answer is no JSON object")
    return found


def _call(method: str, url: str, body: bytes | None, headers: Mapping[str, str], deadline_s: int) -> bytes:
    connection, path = _connection(url, deadline_s)
    try:
        connection.connect()
    except OSError as error:
        connection.close()
        message = f"no connection: {type(error).__name__}"
        raise CarrierAway(message) from error
    watch = threading.Timer(deadline_s, _cut, [connection.sock])  # a socket's own timeout begins anew with every byte
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        raw = answer.read(MAX_ANSWER_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        message = f"no answer: {type(error).__name__}"
        raise CarrierSilent(message) from error
    finally:
        watch.cancel()
        connection.close()
    return _judged(answer.status, raw)


def _judged(status: int, raw: bytes) -> bytes:
    """The body of a good answer. What a server refuses by its status it has not done; what it fails at, it may have."""
    if len(raw) > MAX_ANSWER_BYTES:
        raise CarrierSilent("the answer is too long")
    if status == http.HTTPStatus.OK:
        return raw
    told = f"HTTP {status}"
    if (
        http.HTTPStatus.BAD_REQUEST <= status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        and status != http.HTTPStatus.REQUEST_TIMEOUT
    ):
        raise CarrierAway(told)
    raise CarrierSilent(told)


def _connection(url: str, deadline_s: int) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=deadline_s), path
    if parts.scheme == "http" and host in _LOOPBACK:
        return http.client.HTTPConnection(host, parts.port, timeout=deadline_s), path
    raise CarrierAway("a carrier is called over https")


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed meanwhile
