"""The server of `peak.py`: what `houtai serve` runs, with a payment provider whose secret the client knows."""

from __future__ import annotations

import socket
import sys

import uvicorn
from dependency_injector import providers

from houtai.adapters.clock import SystemClock
from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.entrypoints.container import house
from houtai.entrypoints.garbage import collect_seldom
from houtai.entrypoints.http.app import app_of
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.timers import Clockwork, timers_of


def serve(db: str, secret: bytes) -> None:
    """Listen on a free port, say which, and answer until told to stop."""
    container = house(Settings(db=db, schema=False))
    gateway = EmbeddedGateway(SystemClock(), secret=secret)
    container.gateways.override(providers.Object({gateway.name: gateway}))
    with socket.create_server(("127.0.0.1", 0), backlog=2_048) as listener:
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(app_of(container), log_config=None, access_log=False, server_header=False))
        collect_seldom()
        with Clockwork(timers_of(container)):
            server.run(sockets=[listener])


if __name__ == "__main__":
    serve(sys.argv[1], bytes.fromhex(sys.argv[2]))
