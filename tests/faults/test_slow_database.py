"""A database that is slow, half frozen (F7) or stands still while callers storm (F16): waits are bounded, nothing piles up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import psutil  # type: ignore[import-untyped]  # it brings no types
import pytest

from houtai.application.orders.place import PlaceOrder
from houtai.domain.ids import OrderId
from tests.faults.cluster import Cluster
from tests.faults.program import Program, program
from tests.faults.stall import Stall, body_of, say, verdict
from tests.faults.test_broken_line import at_once
from tests.faults.wire import Wire, wired

STORMERS = 320  # more than the 256 that may wait in the house
STILL_S = 10.0
SETTLING_S = 6.0  # the storm goes on for so long after the database is back
CALM_S = 30.0  # from the database's return on, until answers are quick again
QUICK_S = 2.0
LIMIT_S = 3.0


@pytest.fixture
def wire(cluster: Cluster) -> Iterator[Wire]:
    """A line to PostgreSQL."""
    with wired(cluster.port) as wire:
        yield wire


@pytest.mark.parametrize(("delay_s", "some_hear"), [(0.01, "ok"), (0.3, "busy")])
def test_a_slow_line_makes_callers_wait_no_longer_than_the_deadline(
    on_postgres: Stall, wire: Wire, delay_s: float, some_hear: str
) -> None:
    """F7: every packet comes late. Whoever is not served in time is told `busy`; afterwards all go through, each once."""
    wanted = on_postgres.wishes(30)
    with on_postgres.office(through=wire.port, deadline_s=LIMIT_S) as office:
        at_once(office, wanted[:2])
        wire.delay_s = delay_s
        started = time.monotonic()
        told = at_once(office, wanted)
        spent_s = time.monotonic() - started
        wire.delay_s = 0.0
        again = at_once(office, wanted)
    say(f"{delay_s * 1e3:.0f} ms a packet, deadline {LIMIT_S} s: {dict(Counter(told))}, all told after {spent_s:.1f} s")
    assert (set(told) <= {"ok", "busy"}, some_hear in told) == (True, True), told
    assert (spent_s < 10 * LIMIT_S, again) == (True, ["ok"] * len(wanted)), spent_s
    found = verdict(on_postgres.url, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (len(wanted), True), found


def test_frozen_backends_cost_the_deadline_and_no_more(on_postgres: Stall, cluster: Cluster) -> None:
    """F7: the server's processes for our connections stand still. Within the deadline the office connects anew and goes on."""
    wanted = on_postgres.wishes(40)
    name = on_postgres.url.rpartition("/")[2]
    with on_postgres.office(deadline_s=LIMIT_S) as office:
        at_once(office, wanted[:8])
        with cluster.admin() as admin:
            found = admin.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
        frozen = [process for process in cluster.processes() if (process.pid,) in found]
        assert frozen
        for process in frozen:
            process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        told = at_once(office, wanted)
        spent_s = time.monotonic() - started
        for process in frozen:
            process.send_signal(signal.SIGCONT)
        again = at_once(office, wanted)
    say(f"{len(frozen)} frozen backends, deadline {LIMIT_S} s: {dict(Counter(told))}, the longest wait {spent_s:.1f} s")
    assert (set(told) <= {"ok", "busy"}, spent_s < 6 * LIMIT_S, again) == (True, True, ["ok"] * len(wanted)), told
    judged = verdict(on_postgres.url, wanted, [wish.order for wish in wanted])
    assert (judged.orders, judged.holds) == (len(wanted), True), judged


@attrs.define
class Storm:
    """What the stormers heard, request by request: when it ended, what it was, how long it took."""

    heard: list[tuple[float, str, float]] = attrs.field(factory=list)
    without_advice: int = 0  # 503 or 429 that do not say when to come back
    acknowledged: list[OrderId] = attrs.field(factory=list)
    asked: list[PlaceOrder] = attrs.field(factory=list)


def request_of(server: Program, token: str, wish: PlaceOrder) -> bytes:
    """An order as bytes on a connection that stays open."""
    content = json.dumps(body_of(wish), ensure_ascii=False).encode()
    head = (
        f"POST /v1/orders HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\nauthorization: Bearer {token}\r\n"
        f"idempotency-key: {wish.order}\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def stormer(server: Program, token: str, wishes: Iterator[PlaceOrder], storm: Storm, until: asyncio.Event) -> None:
    """Places orders one after the other; whatever it hears but yes, it asks again at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for wish in wishes:
        storm.asked.append(wish)
        request, status = request_of(server, token, wish), 0
        while status != 201:
            started = time.monotonic()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
            status = int(head[9:12])
            code = "" if status == 201 else json.loads(body)["code"]
            storm.heard.append((time.monotonic(), f"{status} {code}".strip(), time.monotonic() - started))
            storm.without_advice += status in (429, 503) and b"retry-after:" not in head
            if status not in (201, 429, 503):
                return
        storm.acknowledged.append(wish.order)
        if until.is_set():
            break
    writer.close()


async def stormed(server: Program, token: str, wishes: Iterator[PlaceOrder], cluster: Cluster) -> tuple[Storm, float]:
    """The storm, and when the database came back."""
    storm, until = Storm(), asyncio.Event()
    callers = [asyncio.ensure_future(stormer(server, token, wishes, storm, until)) for _ in range(STORMERS)]
    await asyncio.sleep(2)
    await asyncio.to_thread(cluster.freeze)
    await asyncio.sleep(STILL_S)
    await asyncio.to_thread(cluster.thaw)
    back = time.monotonic()
    await asyncio.sleep(SETTLING_S)
    until.set()
    await asyncio.wait_for(asyncio.gather(*callers), 120)
    return storm, back


def endless(stall: Stall) -> Iterator[PlaceOrder]:
    """Orders as long as somebody wants one."""
    while True:
        yield from stall.wishes(50)


def quick_again(server: Program, token: str, wishes: Sequence[PlaceOrder]) -> list[float]:
    """Seconds that orders take, one after the other."""
    spent = []
    for wish in wishes:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(wish.order)}
        started = time.monotonic()
        assert server.call("POST", "/v1/orders", body_of(wish), headers)[0] == 201
        spent.append(time.monotonic() - started)
    return spent


def test_a_retry_storm_is_turned_away_and_calms_down(on_postgres: Stall, cluster: Cluster, tmp_path: Path) -> None:
    """F16: 320 clients without backoff, PostgreSQL stands still for 10 s.

    What is more than may wait hears 503 with Retry-After at once; the server's memory does not grow without bound; half a minute
    after the database is back orders are quick again, and every acknowledged one is there once.
    """
    with program(on_postgres.url, tmp_path / "log") as server:
        token = server.token()
        assert server.process is not None
        before = psutil.Process(server.process.pid).memory_info().rss
        storm, back = asyncio.run(stormed(server, token, endless(on_postgres), cluster))
        calm_s = time.monotonic() - back
        last = on_postgres.wishes(5)
        spent = quick_again(server, token, last)
        grown_mb = (psutil.Process(server.process.pid).memory_info().rss - before) / 2**20
    counts = Counter(what for _, what, _ in storm.heard)
    at_once = [seconds for _, what, seconds in storm.heard if what.startswith("503")]
    longest = max(seconds for _, _, seconds in storm.heard)
    say(
        f"storm of {STORMERS}: {dict(counts)}, the longest answer {longest:.1f} s, calm {calm_s:.0f} s after the return, "
        f"then {max(spent) * 1e3:.0f} ms at most, {grown_mb:.0f} MB more memory"
    )
    assert (
        set(counts) <= {"201", "503 busy", "503 outcome-unknown", "503 unavailable"},
        storm.without_advice,
        bool(at_once),
    ) == (True, 0, True)
    assert (longest < STILL_S + CALM_S, calm_s < CALM_S, max(spent) < QUICK_S, grown_mb < 300) == (True,) * 4
    found = verdict(on_postgres.url, [*storm.asked, *last], [*storm.acknowledged, *(wish.order for wish in last)])
    assert found.holds, found


def test_nobody_is_left_frozen(cluster: Cluster) -> None:
    """The tests above let go of what they froze."""
    assert [process.pid for process in cluster.processes() if process.status() == psutil.STATUS_STOPPED] == []
    assert os.getpid() not in {process.pid for process in cluster.processes()}
