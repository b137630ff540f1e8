"""`houtai serve` as a process that may be killed, and callers that ask again under the same key until they are answered."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from houtai.application.orders.place import PlaceOrder
from houtai.domain.ids import OrderId
from tests.faults.cluster import free_port
from tests.faults.stall import PASSWORD, body_of

ROOT = Path(__file__).parents[2]
RUN = "from houtai.entrypoints.cli.main import run; run(__import__('sys').argv[1:])"
STARTED_S = 60
PATIENCE_S = 120  # a caller that gets no answer for so long is a fault

Answered = tuple[int, dict[str, str], Any]


class Program:
    """The server on one port, started as often as wanted."""

    def __init__(self, db: str, log: Path) -> None:
        """What it says goes into `log`."""
        self.port = free_port()
        self.db, self.log = db, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        command = [sys.executable, "-c", RUN, "serve", "--port", str(self.port), "--json", "--db", self.db]
        env = {**os.environ, "HOUTAI_ENV": "development", "HOUTAI_SCHEMA": "off", "HOUTAI_RATES": "off"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        until = time.monotonic() + STARTED_S
        while time.monotonic() < until:
            try:
                if self.call("GET", "/health/live")[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise TimeoutError(self.log.read_text())

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send it a signal and wait for its end; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def connect(self, timeout: float = 60) -> http.client.HTTPConnection:
        """A connection of one's own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answered:
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def token(self) -> str:
        """A session of the owner."""
        status, _, opened = self.call("POST", "/v1/login", {"name": "owner", "password": PASSWORD})
        assert status == 200, opened
        return str(opened["token"])


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answered:
    """Status, headers and document."""
    content = None if body is None else json.dumps(body).encode()
    connection.request(
        method, path, content, {"content-type": "application/json", **(headers or {})} if content else headers or {}
    )
    answer = connection.getresponse()
    raw = answer.read()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(raw) if raw else None


@contextmanager
def program(db: str, log: Path) -> Iterator[Program]:
    """The server, started; killed at the end if it still runs."""
    running = Program(db, log)
    running.start()
    try:
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.end()


@attrs.define
class Heard:
    """What callers were told: which orders were acknowledged, and how often each other thing was heard."""

    acknowledged: list[OrderId] = attrs.field(factory=list)
    counts: Counter[str] = attrs.field(factory=Counter)
    strange: list[str] = attrs.field(factory=list)  # answers that no fault excuses
    longest_s: float = 0.0  # that one request took


class Callers:
    """So many threads that place orders over HTTP. Each asks again under the same key until it is answered."""

    def __init__(self, server: Program, token: str, wanted: Iterable[PlaceOrder], threads: int = 8) -> None:
        """Nothing is sent before `start`."""
        self._server, self._token, self._threads = server, token, threads
        self._wanted = iter(wanted)
        self._mutex = threading.Lock()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(threads)
        self.asked: list[PlaceOrder] = []
        self.heard = Heard()

    @contextmanager
    def calling(self) -> Iterator[None]:
        """They call meanwhile; at the end each order under way is asked for until it is answered."""
        running = [self._pool.submit(self._call) for _ in range(self._threads)]
        try:
            yield
        finally:
            self._stopping.set()
            for one in running:
                one.result(2 * PATIENCE_S)
            self._pool.shutdown()

    def wait_for(self, count: int) -> None:
        """Until so many more orders are acknowledged."""
        enough = len(self.heard.acknowledged) + count
        until = time.monotonic() + PATIENCE_S
        while len(self.heard.acknowledged) < enough:
            assert time.monotonic() < until, self.heard
            time.sleep(0.01)

    def _call(self) -> None:
        connection = self._server.connect()
        while not self._stopping.is_set():
            with self._mutex:
                wish = next(self._wanted, None)
                if wish is None:
                    return
                self.asked.append(wish)
            until_answered(connection, lambda wish=wish: self._once(connection, wish))  # type: ignore[misc]  # bound at once
        connection.close()

    def _once(self, connection: http.client.HTTPConnection, wish: PlaceOrder) -> bool:
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": str(wish.order)}
        started = time.monotonic()
        try:
            status, answered, document = ask(connection, "POST", "/v1/orders", body_of(wish), headers)
        except (OSError, http.client.HTTPException) as lost:
            connection.close()
            self._note(type(lost).__name__, started)
            time.sleep(random.uniform(0.1, 0.3))
            return False
        self._note(f"{status} {document.get('code', '')}".strip(), started)
        if status in (503, 429):
            if "retry-after" not in answered:
                self.heard.strange.append(f"{status} without Retry-After: {document}")
            time.sleep(random.uniform(0.1, 0.3))
            return False
        with self._mutex:
            if status == 201 and document["id"] == str(wish.order):
                self.heard.acknowledged.append(wish.order)
            else:
                self.heard.strange.append(f"{status}: {document}")
        return True

    def _note(self, what: str, started: float) -> None:
        with self._mutex:
            self.heard.counts[what] += 1
            self.heard.longest_s = max(self.heard.longest_s, time.monotonic() - started)


def until_answered(connection: http.client.HTTPConnection, once: Callable[[], bool]) -> None:
    """Try until it says that it was answered."""
    until = time.monotonic() + PATIENCE_S
    while not once():
        if time.monotonic() > until:
            message = "no answer"
            raise TimeoutError(message)
