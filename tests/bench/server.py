"""The real server in a process of its own, and a client in another, for benchmarks over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from houtai.application.orders.place import PlaceOrder
from tests.bench.callers import Run
from tests.bench.market import HOME, PROVIDER

ROOT = Path(__file__).parents[2]
RUN = "from houtai.entrypoints.cli.main import run; run(__import__('sys').argv[1:])"
SECRET = "the owner's own password of these benchmarks"


@attrs.frozen
class Serving:
    """A server that answers, and a session of its owner."""

    url: str
    token: str
    pid: int
    ready_s: float  # from the start of the process to the first answer


@contextmanager
def serving(db: str, workers: int, password: str, *, timers: bool = True) -> Iterator[Serving]:
    """`houtai serve` on a free port, its log in a file that goes away; without `timers` it delivers nothing."""
    started, rest = time.perf_counter(), [] if timers else ["--no-timers"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, "serve", "--port", "0", "--json", "--workers", str(workers), "--db", db, *rest],
            cwd=ROOT,
            env={**os.environ, "HOUTAI_ENV": "development", "HOUTAI_SCHEMA": "off", "HOUTAI_RATES": "off"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        try:
            announced = ""
            while "}" not in announced and (line := process.stdout.readline()):
                announced += line
            if not announced:
                log.seek(0)
                raise RuntimeError(log.read().decode())
            url = json.loads(announced)["url"]
            first_answer(url)
            ready_s = time.perf_counter() - started
            yield Serving(url, log_in(url, password) if password else "", process.pid, ready_s)
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()


def first_password(db: str) -> str:
    """Open the owner's account; its one-time password."""
    command = [sys.executable, "-c", RUN, "user", "first", "--db", db, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["one_time_password"])


def own_password(db: str) -> str:
    """Open the owner's account and choose its password; that password."""
    given = first_password(db)
    with serving(db, 1, "") as server:
        token = log_in(server.url, given)
        _post(server.url + "/v1/me/password", {"present": given, "new": SECRET}, token)
    return SECRET


def first_answer(url: str) -> None:
    """Wait until the server answers, at most half a minute."""
    for _ in range(3_000):
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=5):
                return
        except OSError:
            time.sleep(0.01)
    message = "the server did not answer within 30 s"
    raise TimeoutError(message)


def log_in(url: str, password: str) -> str:
    """A session of the owner."""
    return str(_post(f"{url}/v1/login", {"name": "owner", "password": password}, "")["token"])


def _post(url: str, body: Any, token: str) -> Any:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def body_of(wish: PlaceOrder) -> dict[str, Any]:
    """An order as a client of the API sends it."""
    basket = {
        "channel_id": str(wish.basket.channel_id),
        "lines": [{"sku_id": str(line.sku_id), "qty": line.qty} for line in wish.basket.lines],
        "customer_id": str(wish.basket.buyer_id),
        "coupon_ids": [str(coupon) for coupon in wish.basket.coupons],
    }
    tender = {"provider": PROVIDER, "payment_id": str(wish.tenders[0].payment)}
    quoted = {"quote_digest": wish.quote_digest, "quoted_minor": wish.quoted_minor}
    return {"id": str(wish.order), "basket": basket, "receiver": attrs.asdict(HOME), "tenders": [tender], **quoted}


def posted(server: Serving, wanted: Sequence[PlaceOrder], connections: int) -> Run:
    """All of them sent by a client process over so many connections that stay open."""
    job = {
        "url": server.url,
        "connections": connections,
        "requests": [_request(server, "/v1/orders", str(wish.order), body_of(wish)) for wish in wanted],
    }
    return sent(job)


def _request(server: Serving, path: str, key: str, body: Any) -> str:
    content = json.dumps(body, ensure_ascii=False)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {server.url.removeprefix('http://')}\r\nauthorization: Bearer {server.token}\r\n"
        f"idempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {len(content.encode())}\r\n\r\n"
    )
    return head + content


def sent(job: dict[str, Any]) -> Run:
    """What the client process saw."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.server"],
        cwd=ROOT,
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Run(job["connections"], told["seconds"], told["millis"], Counter(told["errors"]))


async def _client(job: dict[str, Any]) -> dict[str, Any]:
    host, _, port = job["url"].removeprefix("http://").partition(":")
    millis: list[float] = []
    errors: Counter[str] = Counter()
    requests = iter([request.encode() for request in job["requests"]])
    opened = [await asyncio.open_connection(host, int(port)) for _ in range(job["connections"])]

    async def caller(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in requests:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            answer = await reader.readexactly(length)
            status = int(head[9:12])
            if status < 300:
                millis.append((time.perf_counter() - started) * 1_000)
            else:
                errors[f"{status} {json.loads(answer).get('code')}"] += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(caller(*pair) for pair in opened))
    return {"seconds": time.perf_counter() - started, "millis": millis, "errors": errors}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_client(json.loads(sys.stdin.read())))))
