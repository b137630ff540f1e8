"""The load promise: 25 orders, 150 payment callbacks and 50 scans a second together, with a history behind them, for a bounded time.

    python tests/bench/peak.py [--db URL] [--json] [--quick] [--seconds N] [--loaded N]

A server process with its outbox and timers, a client that sends at the promised moments whether or not the answers keep up:
latency counts from the moment a request was due, so a stall is seen by everyone who waited. Each order's payment is called back
six times by the provider, signed: one books it, five are recognised as the same. The first is due half a second after its
order, or once that is answered. The scans move pieces from place to place in a warehouse of 20,000 filled bins: twenty people at
stations scan in turn (begin, place, product, place: the last one moves), each waiting for the answer to their last. Afterwards nothing
may be missing or doubled, and the doctor looks at everything.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import attrs
import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from houtai.adapters.payments.signature import signed_headers
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.adapters.stations_http import HttpStation
from houtai.application.orders.place import PlaceOrder
from houtai.application.orders.queries import show_order
from houtai.domain.ids import OrderId
from houtai.domain.orders.state import OrderState
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.reply import MessageLevel
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.library import open_office
from tests.bench.callers import wishes
from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, options, percentile
from tests.bench.market import PROVIDER
from tests.bench.server import ROOT, Serving, body_of, first_answer, log_in, own_password
from tests.bench.yard import PIN, Shelf, beside
from tests.bench.year import grow

ORDERS_S, COPIES, SCANS_S, AFTER_S = 25, 6, 50, 0.5
PROMISED_MS = {"orders p50": 50, "orders p99": 200, "callbacks p99": 200, "scans p95": 100, "scans p99": 200}
CONNECTIONS = 64
PEOPLE = 20
FINE = (MessageLevel.SUCCESS.value, MessageLevel.INFO.value)
SECRET = b"known to this server and client"


@attrs.define
class Seen:
    """What came of one kind of request."""

    millis: list[float] = attrs.field(factory=list)
    errors: Counter[str] = attrs.field(factory=Counter)
    acknowledged: set[str] = attrs.field(factory=set)


@attrs.frozen(order=True)
class Due:
    """A request and the moment when it has to leave."""

    at_s: float
    kind: str = attrs.field(order=False)
    name: str = attrs.field(order=False)
    raw: bytes = attrs.field(order=False, repr=False)


@contextmanager
def serving(db: str, password: str) -> Iterator[Serving]:
    """The server, and a session of its owner."""
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "tests.bench.peak_server", db, SECRET.hex()]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            if not url:
                log.seek(0)
                raise RuntimeError(log.read().decode())
            first_answer(url)
            yield Serving(url, log_in(url, password), process.pid, 0.0)
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()


def order_request(server: Serving, wish: PlaceOrder) -> bytes:
    """The order as it goes over the wire."""
    headers = {"authorization": f"Bearer {server.token}", "idempotency-key": str(wish.order)}
    return _request(server.url, "/v1/orders", json.dumps(body_of(wish), ensure_ascii=False).encode(), headers)


def notice_request(server: Serving, wish: PlaceOrder, at: dt.datetime) -> bytes:
    """The provider's word that the order was paid."""
    payment = str(wish.tenders[0].payment)
    paid = {"payment": payment, "money_ref": f"mny_{payment}", "amount": {"minor": wish.quoted_minor, "currency": "CNY"}}
    body = {"type": "payment.captured", "at": at.isoformat(), "account": "houtai", "data": paid}
    raw = json.dumps(body).encode()
    return _request(server.url, f"/v1/payment-notices/{PROVIDER}", raw, signed_headers(SECRET, f"evt_{payment}", at, raw))


@attrs.define
class Clerk:
    """Somebody who moves pieces: one scan after the other, each with its number."""

    badge: str
    token: str
    seq: int
    shelves: list[Shelf] = attrs.field(repr=False)
    pick: random.Random
    coming: list[str] = attrs.field(factory=list)

    @classmethod
    def at(cls, url: str, number: int, shelves: list[Shelf]) -> Clerk:
        """Logged in at their station, ready to move."""
        with HttpStation(url, f"B{number}") as port:
            token = port.log_in(f"S-B{number}", PIN).token
            seq = port.open_task(token, Task.MOVE).seq
        return cls(f"S-B{number}", token, seq, shelves, random.Random(number))

    def next_scan(self, url: str) -> bytes:
        """The next one as it goes over the wire."""
        if not self.coming:
            start, end = self.pick.sample(self.shelves, 2)
            self.coming = ["C-CANCEL", start.barcode, self.pick.choice(start.goods), end.barcode]
        self.seq += 1
        body = {"task": Task.MOVE.value, "seq": self.seq, "code": self.coming.pop(0)}
        return _request(url, "/v1/shifts/own/scans", json.dumps(body).encode(), {"authorization": f"Bearer {self.token}"})


def _request(url: str, path: str, raw: bytes, headers: dict[str, str]) -> bytes:
    told = {"host": url.removeprefix("http://"), "content-type": "application/json", "content-length": str(len(raw)), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + raw


def plan(server: Serving, wanted: list[PlaceOrder], clerks: list[Clerk]) -> list[Due]:
    """Every request at its moment."""
    now = dt.datetime.now(dt.UTC)
    due = []
    for number, wish in enumerate(wanted):
        at_s = number / ORDERS_S
        due.append(Due(at_s, "orders", str(wish.order), order_request(server, wish)))
        for copy in range(COPIES):
            later = at_s + AFTER_S + copy / ORDERS_S / COPIES
            due.append(Due(later, "callbacks", str(wish.order), notice_request(server, wish, now + dt.timedelta(seconds=at_s))))
    for number in range(len(wanted) * SCANS_S // ORDERS_S):
        clerk = clerks[number % len(clerks)]
        due.append(Due(number / SCANS_S, "scans", clerk.badge, clerk.next_scan(server.url)))
    return sorted(due)


async def send(server: Serving, due: list[Due]) -> dict[str, Seen]:
    """All of it over connections that stay open; a request that finds none free waits, and its waiting counts."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    seen = {"orders": Seen(), "callbacks": Seen(), "scans": Seen()}
    free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(host, int(port)))
    answered = {request.name: asyncio.Event() for request in due if request.kind == "orders"}
    hands = {request.name: asyncio.Lock() for request in due if request.kind == "scans"}
    begun = time.perf_counter()

    async def one(request: Due) -> None:
        if request.kind == "scans":  # nobody scans on before they have seen what came of it
            async with hands[request.name]:
                await over_the_wire(request)
        else:
            await over_the_wire(request)

    async def over_the_wire(request: Due) -> None:
        due_s = request.at_s
        if request.kind == "callbacks":  # nobody pays for an order before it is there
            await answered[request.name].wait()
            due_s = max(due_s, time.perf_counter() - begun)
        reader, writer = await free.get()
        if reader.at_eof():  # the server lets go of connections that nobody used for a while
            writer.close()
            reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request.raw)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
        free.put_nowait((reader, writer))
        own, status = seen[request.kind], int(head[9:12])
        if request.kind == "orders":
            answered[request.name].set()
        own.millis.append((time.perf_counter() - begun - due_s) * 1_000)
        if status >= 300:
            own.errors[str(status)] += 1
        elif request.kind == "scans" and (told := json.loads(body)["message"]) is not None and told["level"] not in FINE:
            own.errors[told["phrase"]["code"]] += 1
        else:
            own.acknowledged.add(request.name)

    waiting = []
    for request in due:
        await asyncio.sleep(max(0.0, request.at_s - (time.perf_counter() - begun)))
        waiting.append(asyncio.create_task(one(request)))
    await asyncio.gather(*waiting)
    while not free.empty():
        free.get_nowait()[1].close()
    return seen


def run(database: Database, seconds: int, loaded: int, figures: Figures) -> None:
    """One database."""
    kind = database.kind
    market, _ = grow(database, loaded, skus=1_000 if figures.quick else 100_000)
    password = own_password(database.url)
    shelves = beside(database, skus=40 if figures.quick else 2_000, people=PEOPLE)
    with closing(open_office(database.url)) as office:
        wanted = wishes(office, market, ORDERS_S * seconds, 11)
    with serving(database.url, password) as server:
        clerks = [Clerk.at(server.url, number, shelves) for number in range(PEOPLE)]
        asyncio.run(send(server, plan(server, wanted[:8], clerks)))  # warm
        started = time.perf_counter()
        seen = asyncio.run(send(server, plan(server, wanted[8:], clerks)))
        took = time.perf_counter() - started
    for name, own in seen.items():
        told = {f"p{part}_ms": percentile(own.millis, part) for part in (50, 95, 99)}
        figures.row(db=kind, case=name, per_s=len(own.millis) / took, **told, errors=dict(own.errors))
        for status, count in own.errors.items():
            if status not in ("429", "503"):
                figures.fault(f"{kind}: {name} answered {status} {count} times")
    for promise, millis in PROMISED_MS.items():
        name, _, part = promise.partition(" p")
        figures.ratio(f"{kind}: {millis} ms / {promise}", millis / percentile(seen[name].millis, int(part)), 1.0)
    _look_after(database, seen, figures)


def _look_after(database: Database, seen: dict[str, Seen], figures: Figures) -> None:
    """What was acknowledged is there, what was paid is paid, and the doctor is content."""
    with closing(open_office(database.url)) as office:
        by_name = {}
        for name in seen["orders"].acknowledged:
            try:
                by_name[name] = office.ask(show_order, OrderId(UUID(name)), office.act_of_system()).row.state
            except NotFound:
                figures.fault(f"{database.kind}: order {name} was acknowledged and is not there")
        paid = seen["callbacks"].acknowledged & by_name.keys()
        unpaid = [name for name in paid if by_name[name] is OrderState.PENDING_PAYMENT]
        if unpaid:
            figures.fault(f"{database.kind}: {len(unpaid)} orders wait for a payment that was acknowledged")
        figures.row(db=database.kind, case="afterwards", orders=len(by_name), paid=len(paid))
        assert isinstance(office._store, SqlStore), "a benchmark of databases"
        for finding in examine(office._store, CHECKS).broken():
            figures.fault(f"{database.kind}: the doctor finds {finding.id} broken, {finding.count} times")


@click.command()
@options
@click.option("--seconds", type=int, default=None, help="How long; 60 unless told.")
@click.option("--loaded", type=int, default=None, help="How many orders are there before.")
def main(*, db: str | None, json_out: bool, quick: bool, seconds: int | None, loaded: int | None) -> None:
    """Send what a shop of 100 million a month gets at twice its peak."""
    figures = Figures("peak", quick)
    with databases(db) as found:
        for database in found:
            run(database, seconds or (4 if quick else 60), loaded or (1_000 if quick else 100_000), figures)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
