"""kill -9 under load: of the API (F1) and of PostgreSQL with all its processes (F2)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from houtai.application.orders.place import PlaceOrder
from houtai.domain.refusal import Refusal
from tests.faults.cluster import Cluster
from tests.faults.program import Callers, Program, program
from tests.faults.stall import Stall, place, say, verdict

KILLS = int(os.environ.get("HOUTAI_FAULT_KILLS", "1"))
EACH = 25  # orders acknowledged between two kills
MANY = 100_000
WAITING_S = 45.0  # no single request takes longer, whatever happens to the database
MEANWHILE = {
    "ConnectionRefusedError",
    "ConnectionResetError",
    "RemoteDisconnected",
    "BrokenPipeError",
    "201",
    "503 busy",
    "503 outcome-unknown",
    "503 unavailable",
}


def endless(stall: Stall) -> Iterator[PlaceOrder]:
    """Orders as long as somebody wants one."""
    while True:
        yield from stall.wishes(50)


def told(name: str, callers: Callers, kills: int, killed: int) -> None:
    """For docs/reliability.md; shown with `-s`."""
    heard = callers.heard
    retries = sum(heard.counts.values()) - len(heard.acknowledged)
    say(
        f"\n{name}: {kills} kills ({killed} processes), {len(heard.acknowledged)} acknowledged, {retries} asked again, {dict(heard.counts)}"
    )


def test_the_api_is_killed_under_load(stall: Stall, tmp_path: Path) -> None:
    """F1: every acknowledged order is there exactly once, nothing else is, every invariant holds."""
    with program(stall.url, tmp_path / "log") as server:
        callers = Callers(server, server.token(), endless(stall))
        with callers.calling():
            for _ in range(KILLS):
                callers.wait_for(EACH)
                assert server.end() == -9
                server.start()
            callers.wait_for(EACH)
    told(f"API on {stall.url.partition(':')[0]}", callers, KILLS, KILLS)
    found = verdict(stall.url, callers.asked, callers.heard.acknowledged)
    assert (callers.heard.strange, set(callers.heard.counts) - MEANWHILE) == ([], set())
    assert (found.orders, found.holds) == (len(callers.heard.acknowledged), True), found


def killed_under_load(cluster: Cluster, stall: Stall, log: Path) -> Callers:
    """PostgreSQL is killed and started again, KILLS times, while callers place orders."""
    killed = 0
    with program(stall.url, log) as server:
        callers = Callers(server, server.token(), endless(stall))
        with callers.calling():
            for _ in range(KILLS):
                callers.wait_for(EACH)
                killed += cluster.kill()
                status, headers, _ = unavailable(server)
                assert (status, "retry-after" in headers) == (503, True)
                cluster.start()
                callers.wait_for(1)
            callers.wait_for(EACH)
    told("PostgreSQL", callers, KILLS, killed)
    return callers


def unavailable(server: Program) -> tuple[int, dict[str, str], object]:
    """What the server says of itself while its database is gone."""
    for _ in range(20):
        answer = server.call("GET", "/health/ready")
        if answer[0] == 503:
            break
        time.sleep(0.2)
    assert server.call("GET", "/health/live")[0] == 200
    return answer


def test_postgresql_is_killed_under_load(cluster: Cluster, on_postgres: Stall, tmp_path: Path) -> None:
    """F2: no acknowledged order is lost; the API lives, says 503 with Retry-After meanwhile, and finds its way back."""
    callers = killed_under_load(cluster, on_postgres, tmp_path / "log")
    found = verdict(on_postgres.url, callers.asked, callers.heard.acknowledged)
    assert (callers.heard.strange, set(callers.heard.counts) - MEANWHILE) == ([], set())
    assert callers.heard.longest_s < WAITING_S
    assert (found.orders, found.holds) == (len(callers.heard.acknowledged), True), found


def test_the_comparison_finds_what_an_unsafe_setting_loses(cluster: Cluster, on_postgres: Stall) -> None:
    """The control of F2: with synchronous_commit off, a kill loses acknowledged orders, and the verdict names them."""
    name = on_postgres.url.rpartition("/")[2]
    with cluster.admin() as admin:
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")
    wanted = on_postgres.wishes(400)
    acknowledged = []
    with on_postgres.office() as office, ThreadPoolExecutor(4) as threads:

        def call(wish: PlaceOrder) -> None:
            with suppress(Refusal):
                acknowledged.append(place(office, wish).id)

        calls = [threads.submit(call, wish) for wish in wanted]
        while len(acknowledged) < 60:
            time.sleep(0.005)
        cluster.kill()
        for one in calls:
            one.result(60)
    cluster.start()
    with cluster.admin() as admin:
        admin.execute("ALTER SYSTEM RESET wal_writer_delay")
        admin.execute("SELECT pg_reload_conf()")
    found = verdict(on_postgres.url, wanted, acknowledged)
    say(f"control, synchronous_commit=off: {len(acknowledged)} acknowledged, {len(found.lost)} lost")
    assert (bool(found.lost), found.phantom, found.broken) == (True, set(), ()), found
