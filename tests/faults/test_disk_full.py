"""A full disk (F11): refused with 503, nothing in part, and everything goes on once there is room."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import event

from houtai.adapters.clock import SystemClock
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder
from houtai.domain.ids import OrderId
from houtai.domain.refusal import Busy, Kind
from tests.faults.cluster import running
from tests.faults.stall import Stall, copied, opened, place, say, verdict

REFUSED = 5  # refusals in a row until the disk counts as full
MOST = 4_000


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of that size in memory; skipped where this user may not mount one."""
    with tempfile.TemporaryDirectory(prefix="houtai-disk-") as folder:
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "houtai-fault", folder]
        if os.geteuid() or subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
            pytest.skip("mounting a small file system needs root")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No byte is free meanwhile."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))
    try:
        yield
    finally:
        filler.unlink()


def until_full(office: Office, stall: Stall) -> tuple[list[PlaceOrder], list[OrderId]]:
    """Orders until REFUSED of them in a row were refused for want of room: what was asked for, and what was acknowledged."""
    asked, acknowledged, refused = [], [], 0
    for wish in (wish for _ in range(MOST // 100) for wish in stall.wishes(100)):
        asked.append(wish)
        try:
            acknowledged.append(place(office, wish).id)
            refused = 0
        except Busy as no:
            assert no.kind is Kind.UNAVAILABLE
            refused += 1
        if refused == REFUSED:
            return asked, acknowledged
    raise AssertionError("the disk never was full")


def test_sqlite_at_its_largest_refuses_and_goes_on(on_sqlite: Stall) -> None:
    """A file that may not grow: `busy`, which is 503 over HTTP; what was refused is not there, and is taken once there is room."""
    store = SqlStore(on_sqlite.url)
    room = [0]

    @event.listens_for(store.engine, "checkout")
    def limit(connection: object, *_: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()  # type: ignore[attr-defined]  # the driver's
        room[0] = room[0] or pages + 40
        connection.execute(f"PRAGMA max_page_count={room[0]}")  # type: ignore[attr-defined]  # the driver's

    office = Office(store, SystemClock())
    asked, acknowledged = until_full(office, on_sqlite)
    full = verdict(on_sqlite.url, asked, acknowledged, {wish.order for wish in asked} - set(acknowledged))
    room[0] = 1_000_000
    again = [place(office, wish).id for wish in asked]
    office.close()
    say(f"full file: {len(acknowledged)} acknowledged, {len(asked) - len(acknowledged)} refused")
    assert (full.orders, full.holds) == (len(acknowledged), True), full
    assert verdict(on_sqlite.url, asked, again).holds


def test_sqlite_on_a_full_disk_refuses_and_goes_on(sqlite_original: Stall) -> None:
    """The same with a file system that has no byte left for the log."""
    with small_disk(64) as folder:
        stall = copied(sqlite_original, folder)
        with stall.office() as office:
            first = place(office, stall.pattern)
            with filled(folder):
                asked, acknowledged = until_full(office, stall)
            again = [place(office, wish).id for wish in asked]
        found = verdict(stall.url, [stall.pattern, *asked], [first.id, *acknowledged, *again])
        say(f"full disk, SQLite: {len(acknowledged)} acknowledged, {len(asked) - len(acknowledged)} refused")
        assert (found.orders, found.holds) == (len(asked) + 1, True), found


def test_postgresql_on_a_full_disk_refuses_and_goes_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its tables lie on a disk without a free byte, its log elsewhere: as above; the server stays up."""
    with small_disk(300) as folder, tempfile.TemporaryDirectory(prefix="houtai-log-") as elsewhere:
        (folder / "data").mkdir()
        with running(folder / "data", log_in=Path(elsewhere)) as cluster:
            stall = opened(cluster.url(cluster.create()))
            with stall.office() as office:
                first = place(office, stall.pattern)
                with filled(folder):
                    asked, acknowledged = until_full(office, stall)
                    alive = len(cluster.processes())
                    full = verdict(
                        stall.url, [stall.pattern, *asked], acknowledged, {wish.order for wish in asked} - set(acknowledged)
                    )
                again = [place(office, wish).id for wish in asked]
            found = verdict(stall.url, [stall.pattern, *asked], [first.id, *acknowledged, *again])
            say(f"full disk, PostgreSQL: {len(acknowledged)} acknowledged, {len(asked) - len(acknowledged)} refused")
            assert (full.holds, alive > 0) == (True, True), full
            assert (found.orders, found.holds) == (len(asked) + 1, True), found
