"""Payment providers on loopback: each checks our signatures, keeps books, and answers rightly, late, cut, changed or not at all."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import attrs
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from houtai.domain.money import Money

Told = tuple[int, Mapping[str, str], bytes]


class Mode(enum.Enum):
    """How one request goes wrong."""

    REFUSE = "429"  # nothing is done, and it says so
    LOSE_REQUEST = "lose-request"  # closed before anything is done
    LOSE_ANSWER = "lose-answer"  # the work is done, then the line is cut
    FAIL_BEFORE = "503-before"
    FAIL_AFTER = "503-after"  # the work is done, then HTTP 503
    GARBAGE = "garbage"  # the work is done, the answer is no JSON
    CUT = "cut"  # the work is done, half of the answer comes
    TOO_LATE = "too-late"  # the work is done, the answer comes after the deadline
    DRIP = "drip"  # the work is done, the answer comes byte by byte for ever
    TAMPERED = "tampered"  # the work is done, the answer is changed after it was signed
    STALE = "stale"  # the work is done, the answer is signed an hour ago
    UNSIGNED = "unsigned"  # the work is done, the answer bears no signature


@attrs.define
class Trade:
    """One payment in the provider's books."""

    amount: Money
    state: str = "open"  # granted, paid, closed
    paid: Money | None = None
    ref: str = ""
    at: dt.datetime | None = None
    calls: int = 1


@attrs.define
class Back:
    """One refund in the provider's books."""

    trade: str
    amount: Money
    state: str  # done, pending, failed
    ref: str
    at: dt.datetime
    calls: int = 1


@functools.cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key of its own for each name, made once a run."""
    del name
    return rsa.generate_private_key(65537, 2048)


def private_pem(name: str) -> str:
    form, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return rsa_key(name).private_bytes(serialization.Encoding.PEM, form, no_password).decode()


def public_pem(name: str) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return rsa_key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


class Fake:
    """A provider's server. `trades` and `backs` are its books, by the names that we gave; `forged` counts bad signatures."""

    deadline_s: ClassVar[int] = 1

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self.now = now
        self.trades: dict[str, Trade] = {}
        self.backs: dict[str, Back] = {}
        self.modes: deque[Mode] = deque()
        self.take_long = False
        self.refuse_refunds = False
        self.forged = 0
        self.seen: list[str] = []
        self.mode: Mode | None = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                return

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers.get("content-length", "0"))))

            def _serve(self, body: bytes) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                mode = fake.modes.popleft() if fake.modes and fake.spoils(self.command, self.path, body) else None
                if mode is Mode.LOSE_REQUEST:
                    self.connection.close()
                elif mode in (Mode.REFUSE, Mode.FAIL_BEFORE):
                    self._say(429 if mode is Mode.REFUSE else 503, {}, b'{"error": {"message": "busy"}}')
                else:
                    fake.mode = mode
                    fake.seen.append(f"{self.command} {self.path.partition('?')[0]}")
                    self._answer(mode, fake.handle(self.command, self.path, headers, body))
                    fake.mode = None

            def _answer(self, mode: Mode | None, told: Told) -> None:
                status, headers, raw = told
                if mode is Mode.LOSE_ANSWER:
                    self.connection.close()
                elif mode is Mode.DRIP:
                    self._drip()
                elif mode is Mode.CUT:
                    self._say(status, headers, raw, whole=False)
                elif mode is Mode.FAIL_AFTER:
                    self._say(503, {}, b'{"error": {"message": "down"}}')
                elif mode is Mode.GARBAGE:
                    self._say(200, {}, b"<html>oops</html>")
                else:
                    if mode is Mode.TOO_LATE:
                        time.sleep(fake.deadline_s + 0.3)
                    self._say(status, headers, raw)

            def _say(self, status: int, headers: Mapping[str, str], raw: bytes, *, whole: bool = True) -> None:
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(raw)))
                    self.end_headers()
                    self.wfile.write(raw if whole else raw[: len(raw) // 2])
                except OSError:
                    return

            def _drip(self) -> None:
                try:
                    self.send_response(200)
                    self.send_header("content-length", "1000")
                    self.end_headers()
                    for _ in range(40):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.1)
                except OSError:
                    return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spoils(self, method: str, path: str, body: bytes) -> bool:
        """Whether a mode is meant for this request: for what moves money, not for what looks it up."""
        raise NotImplementedError

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Told:
        raise NotImplementedError

    def pay(self, name: str, amount: Money | None = None) -> None:
        """The buyer pays."""
        trade = self.trades[name]
        trade.state, trade.paid, trade.at = "paid", amount or trade.amount, self.now()
        trade.ref = trade.ref or f"pi{len(self.trades):06d}{name[:6]}"

    def give_back(self, name: str, trade: str, amount: Money) -> str:
        """Refund once for each name and never beyond what was paid; why not, or nothing."""
        if name in self.backs:
            self.backs[name].calls += 1
            return ""
        paid = self.trades[trade].paid
        if paid is None or self.refuse_refunds:
            return "not paid" if paid is None else "no money left"
        if sum(back.amount.minor for back in self.backs.values() if back.trade == trade) + amount.minor > paid.minor:
            return "more than was paid"
        state = "pending" if self.take_long else "done"
        self.backs[name] = Back(trade, amount, state, f"re{len(self.backs):06d}", self.now())
        return ""

    def money_out(self, trade: str) -> int:
        return sum(back.amount.minor for back in self.backs.values() if back.trade == trade and back.state == "done")
