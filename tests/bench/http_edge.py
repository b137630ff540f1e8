"""What the HTTP edge costs a request, in one process, without sockets and database waits.

python -m tests.bench.http_edge [--quick] [--json]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click
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
QUICK_ROUNDS = 200
DEAREST = 60  # no request may cost so many times what a bare one costs: far above what is seen, so that only a fault gets there
BARE = "a bare Litestar handler"
BODY = {"beans_qty": 3, "labels": [{"text": f"line {line}", "price": {"minor": 1_999, "currency": "CNY"}} for line in range(4)]}

Request = tuple[str, list[tuple[bytes, bytes]], bytes]


@click.command()
@click.option("--quick", is_flag=True, help=f"{QUICK_ROUNDS} rounds instead of {ROUNDS}.")
@click.option("--json", "json_out", is_flag=True)
def main(*, quick: bool, json_out: bool) -> None:
    """Print microseconds each, the best of three runs."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    figures = measured(rounds)
    ratios = {name: round(figure / figures[BARE], 2) for name, figure in figures.items() if name != BARE}
    ok = max(ratios.values()) < DEAREST
    if json_out:
        click.echo(
            json.dumps({"microseconds": figures, "ratios": ratios, "reach": {"rounds": rounds}, "ok": ok}, ensure_ascii=False)
        )
    else:
        for name, microseconds in figures.items():
            click.echo(f"{name:45} {microseconds:8.1f} µs")
    sys.exit(0 if ok else 1)


def measured(rounds: int) -> dict[str, float]:
    """Microseconds by what was called."""
    office = Office(MemoryStore(), SystemClock())
    house = create_app(office, Door(office), modules=(jars.ROUTES,))
    raw = json.dumps(BODY).encode()
    decoder = Decoder(jars.NewJar)
    typed = decoder._typed  # what decoding costs without the strictness that msgspec lacks

    def call(app: Any, path: str, request: Callable[[], Request]) -> float:
        return asyncio.run(calls(app, path, request, rounds))

    return {
        BARE: call(bare(), "/v1/bare", get),
        "a bare handler with one hop into a thread": call(hopping(), "/v1/bare", get),
        "GET, no thread, no query (health/live)": call(house, "/health/live", get),
        "GET of one record": call(house, "/v1/jars/00000000-0000-0000-0000-000000000002", get),
        "GET of a list of 20": call(house, "/v1/jars", get),
        "POST of a pure calculation": call(house, "/v1/jar-sums", lambda: post(b'{"beans_qty": 3}')),
        f"POST of a record ({len(raw)} bytes)": call(house, "/v1/jars", lambda: post(raw)),
        f"decoding {len(raw)} bytes strictly": timed(lambda: decoder.decode(raw), rounds),
        f"decoding {len(raw)} bytes by msgspec alone": timed(lambda: typed.decode(raw), rounds),
    }


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


def get() -> Request:
    """A read with a session."""
    return "GET", [(b"host", b"x"), (b"authorization", b"Bearer owner")], b""


def post(content: bytes) -> Request:
    """A deed with a session and a fresh key."""
    method, headers, _ = get()
    headers += [(b"content-type", b"application/json"), (b"idempotency-key", str(new_id()).encode())]
    return method.replace("GET", "POST"), headers, content


async def calls(app: Any, path: str, request: Callable[[], Request], rounds: int) -> float:
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

    await repeat(once, min(rounds, 200))
    best = min([await repeat(once, rounds) for _ in range(3)])
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


def timed(once: Callable[[], Any], rounds: int) -> float:
    """Microseconds each, best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(rounds):
            once()
        best = min(best, (time.perf_counter() - started) / rounds * 1e6)
    return best


if __name__ == "__main__":
    main()
