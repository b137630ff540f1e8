"""POST to an endpoint: looked up once, held against the rules, connected to as looked up, within one deadline.

No redirect is followed and no proxy asked, the answer is read up to a limit, and whatever the other side does is an outcome.
"""

from __future__ import annotations

import datetime as dt
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, TimeoutError as TooLate
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from houtai.domain.refusal import InvalidValue
from houtai.domain.webhooks.address import UrlRules, check_url, is_home
from houtai.domain.webhooks.delivery import MAX_EXCERPT, Heard
from houtai.domain.webhooks.schedule import LONGEST_WAIT_S

DEADLINE_S: Final = 15.0
"""For all of it: the name, the connection, TLS, the request and the answer."""
MAX_ANSWER_BYTES: Final = 16_384
LOOKUPS: Final = 8
"""Names looked up side by side; a resolver that hangs keeps its thread until it gives up."""
_HOW: Final = {"content-type": "application/json", "user-agent": "Houtai-Webhooks/1", "connection": "close"}
_UNSEEN: Final = re.compile(r"[^\t\n\x20-\x7e\xa0-\U0010ffff]")

Where = tuple[socket.AddressFamily, str]
Resolve = Callable[[str, int], Sequence[Where]]


def look_up(host: str, port: int) -> Sequence[Where]:
    """The addresses of a name, in the resolver's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((family, str(where[0])) for family, _, _, _, where in found))


class NotCalled(Exception):
    """Nothing was sent; the text says why."""


class HttpPost:
    """See the port `Post`. Safe to share between threads."""

    def __init__(
        self,
        rules: UrlRules = UrlRules(),
        *,
        deadline_s: float = DEADLINE_S,
        resolve: Resolve = look_up,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """`trusted` says whose certificates are believed: by default those that this machine trusts."""
        self._rules = rules
        self._deadline_s = deadline_s
        self._resolve = resolve
        self._tls = trusted or ssl.create_default_context()
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="houtai-lookup")

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Heard:
        """See `Post`."""
        began = time.monotonic()

        def millis() -> int:
            return int((time.monotonic() - began) * 1_000)

        try:
            parts = urlsplit(check_url(url, self._rules))
        except InvalidValue as refused:  # the operator allows less than when the endpoint was set up
            return Heard(None, 0, f"the URL {refused.rule}"[:500])
        try:
            with _Watch(began + self._deadline_s) as watch:
                return self._sent(parts, headers, body, watch, millis)
        except NotCalled as reason:
            return Heard(None, millis(), str(reason)[:500])
        except InvalidValue as refused:  # the operator allows less than when the endpoint was set up
            return Heard(None, millis(), f"the URL {refused.rule}"[:500])

    def _sent(
        self, parts: SplitResult, headers: Mapping[str, str], body: bytes, watch: _Watch, millis: Callable[[], int]
    ) -> Heard:
        try:
            line = self._connected(parts, watch)
            with line:
                answer, raw = _ask(line, parts, {**_HOW, **headers}, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = watch.over or isinstance(error, TimeoutError)
            why = f"no answer within {self._deadline_s:g} s" if late else f"no answer: {_kind(error)}"
            return Heard(None, millis(), why)
        return Heard(answer.status, millis(), excerpt=_excerpt(raw), wait_s=_wait_s(answer.headers.get("retry-after", "")))

    def _connected(self, parts: SplitResult, watch: _Watch) -> socket.socket:
        """A line to the first address that answers, once all of them are such as may be called. Raises NotCalled, OSError."""
        host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
        found = self._looked_up(host, port, watch)
        for _, address in found:
            if why := self._rules.why_closed(address):
                message = f"{host} may not be called: {why}"
                raise NotCalled(message)
            if parts.scheme != "https" and not is_home(address):
                message = f"{host} is not this machine, and plain http goes nowhere else"
                raise NotCalled(message)
        raw = _first(found, port, watch)
        if parts.scheme != "https":
            return raw
        with _closed_on_failure(raw):
            tls = self._tls.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
        with _closed_on_failure(tls):
            watch.over_line(tls)
            tls.settimeout(watch.left_s)
            tls.do_handshake()
        return tls

    def _looked_up(self, host: str, port: int, watch: _Watch) -> Sequence[Where]:
        future = self._lookups.submit(self._resolve, host, port)
        try:
            found = future.result(watch.left_s)
        except TooLate as error:
            future.cancel()
            message = f"{host} was not looked up within {self._deadline_s:g} s"
            raise NotCalled(message) from error
        except (OSError, UnicodeError) as error:
            message = f"{host} has no address: {_kind(error)}"
            raise NotCalled(message) from error
        if not found:
            message = f"{host} has no address"
            raise NotCalled(message)
        return found


class _Watch:
    """Cuts the line when the time is over: a socket's own timeout begins anew with every byte."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._line: socket.socket | None = None
        self._mutex = threading.Lock()
        self._timer = threading.Timer(self.left_s, self._cut)
        self._timer.daemon = True
        self.over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def left_s(self) -> float:
        """Seconds left, never less than a millisecond, so that a wait ends at once and not never."""
        return max(0.001, self._ends - time.monotonic())

    def over_line(self, line: socket.socket) -> None:
        """Watch this line from now on. Raises TimeoutError where the time is over already."""
        with self._mutex:
            self._line = line
            if self.over:
                raise TimeoutError

    def _cut(self) -> None:
        with self._mutex:
            self.over = True
            try:
                if self._line is not None:
                    self._line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it was closed meanwhile


@contextmanager
def _closed_on_failure(line: socket.socket) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):
        line.close()
        raise


def _first(found: Sequence[Where], port: int, watch: _Watch) -> socket.socket:
    """A line to the first of the addresses that takes it. Raises OSError."""
    failed: OSError = ConnectionError("no address")
    for family, address in found:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            with _closed_on_failure(line):
                watch.over_line(line)
                line.settimeout(watch.left_s)
                line.connect((address, port))
        except OSError as error:
            failed = error
            if watch.over:
                break
        else:
            return line
    raise failed


def _ask(
    line: socket.socket, parts: SplitResult, headers: Mapping[str, str], body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer's head, and as much of its body as came; once the head is there, the outcome is known."""
    secure = parts.scheme == "https"
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port or (443 if secure else 80))
    connection.default_port = 443 if secure else 80  # so that Host names the port where it is another
    connection.sock = line
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        try:
            raw = answer.read(MAX_ANSWER_BYTES)
        except (OSError, http.client.HTTPException):
            raw = b""
        return answer, raw
    finally:
        connection.close()


def _excerpt(raw: bytes) -> str:
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", raw[: 4 * MAX_EXCERPT].decode("utf-8", "replace"))[:MAX_EXCERPT]


def _wait_s(told: str) -> int:
    """The seconds that Retry-After asks for, as a number or a moment, up to LONGEST_WAIT_S; 0 for anything else."""
    text = told.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:11]), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
    return max(0, min(int((moment - dt.datetime.now(dt.UTC)).total_seconds()), LONGEST_WAIT_S))


def _kind(error: Exception) -> str:
    """An error by its kind, and for a certificate by what is wrong with it: other words may hold what was sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {error.verify_message}"
    return type(error).__name__
