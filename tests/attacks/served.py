"""The house behind a real server and real sockets, for what only bytes on a line and many callers at once can show."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def served(app: Any) -> Iterator[int]:
    """The port on which the application answers as long as this lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        options: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False, "proxy_headers": False}
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", **options))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        running.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        running.join(10)
        assert not running.is_alive()


def say(port: int, text: bytes) -> bytes:
    """All that the server answers to these bytes until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(text)
        heard = b""
        while part := line.recv(65_536):
            heard += part
    return heard
