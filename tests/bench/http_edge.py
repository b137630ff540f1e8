"""What the HTTP edge costs a request: `python -m tests.bench.http_edge`, in one process, without sockets and database waits."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from litestar import Litestar
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from houtai.adapters.clock import SystemClock
from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from houtai.domain.ids import new_id
from houtai.entrypoints.http.app import create_app
from houtai.entrypoints.http.body import Decoder
from tests.http import jars
from tests.http_client import Door

ROUNDS = 3_000
BODY = {"beans_qty": 3, "labels": [{"text": f"line {line}", "price": {"minor": 1_999, "currency": "CNY"}} for line in range(4)]}


def main() -> None:
    """Print microseconds each, the best of three runs."""
    office = Office(MemoryStore(), SystemClock())
    house = create_app(office, Door(office), modules=(jars.ROUTES,))
    raw = json.dumps(BODY).encode()
    decoder = Decoder(jars.NewJar)
    typed = decoder._typed  # what decoding costs without the strictness that msgspec lacks
    figures = {
        "a bare Litestar handler": asyncio.run(calls(bare(), "/v1/bare", get)),
        "a bare handler with one hop into a thread": asyncio.run(calls(hopping(), "/v1/bare", get)),
        "GET, no thread, no query (health/live)": asyncio.run(calls(house, "/health/live", get)),
        "GET of one record": asyncio.run(calls(house, "/v1/jars/00000000-0000-0000-0000-000000000002", get)),
        "GET of a list of 20": asyncio.run(calls(house, "/v1/jars", get)),
        "POST of a pure calculation": asyncio.run(calls(house, "/v1/jar-sums", lambda: post(b'{"beans_qty": 3}'))),
        f"POST of a record ({len(raw)} bytes)": asyncio.run(calls(house, "/v1/jars", lambda: post(raw))),
        f"decoding {len(raw)} bytes strictly": timed(lambda: decoder.decode(raw)),
        f"decoding {len(raw)} bytes by msgspec alone": timed(lambda: typed.decode(raw)),
    }
    for name, microseconds in figures.items():
        print(f"{name:45} {microseconds:8.1f} µs")  # noqa: T201  # a report


def bare() -> Litestar:
    """Litestar doing nothing, for comparison."""

    async def handle() -> ASGIResponse:
        return ASGIResponse(body=b"{}", media_type="application/json")

    route = HTTPRouteHandler("/v1/bare", http_method=[HttpMethod.GET])(handle)
    return Litestar([route], openapi_config=None, logging_config=None)


def hopping() -> Litestar:
    """Litestar doing nothing in a worker thread."""
    pool = ThreadPoolExecutor(8)

    async def handle() -> ASGIResponse:
        return await asyncio.get_running_loop().run_in_executor(pool, answer)

    def answer() -> ASGIResponse:
        return ASGIResponse(body=b"{}", media_type="application/json")

    route = HTTPRouteHandler("/v1/bare", http_method=[HttpMethod.GET])(handle)
    return Litestar([route], openapi_config=None, logging_config=None)


def get() -> tuple[str, list[tuple[bytes, bytes]], bytes]:
    """A read with a session."""
    return "GET", [(b"host", b"x"), (b"authorization", b"Bearer owner")], b""


def post(content: bytes) -> tuple[str, list[tuple[bytes, bytes]], bytes]:
    """A deed with a session and a fresh key."""
    method, headers, _ = get()
    headers += [(b"content-type", b"application/json"), (b"idempotency-key", str(new_id()).encode())]
    return method.replace("GET", "POST"), headers, content


async def calls(app: Any, path: str, request: Callable[[], tuple[str, list[tuple[bytes, bytes]], bytes]]) -> float:
    """Microseconds a call, one after the other."""
    statuses: set[int] = set()

    async def once() -> None:
        method, headers, content = request()
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("x", 80),
            "scheme": "http",
            "root_path": "",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.add(message["status"])

        await app(scope, receive, send)

    await repeat(once, 200)
    best = min([await repeat(once, ROUNDS) for _ in range(3)])
    if not statuses <= {200, 201}:
        message = f"{path} answered {statuses}"
        raise RuntimeError(message)
    return best


async def repeat(once: Callable[[], Awaitable[None]], rounds: int) -> float:
    """Microseconds each."""
    started = time.perf_counter()
    for _ in range(rounds):
        await once()
    return (time.perf_counter() - started) / rounds * 1e6


def timed(once: Callable[[], Any]) -> float:
    """Microseconds each, best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(ROUNDS):
            once()
        best = min(best, (time.perf_counter() - started) / ROUNDS * 1e6)
    return best


if __name__ == "__main__":
    main()
