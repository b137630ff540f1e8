"""No scan of what goes out reads all of a table that grows, and none takes more statements where more lies in the wave."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.domain.warehouse.handling_unit import UnitKind
from houtai.domain.warehouse.work import StationScreen, Task
from tests.bench.test_plans import scans
from tests.conftest import open_store
from tests.orders.test_statements import counted
from tests.stations.day import Day, Odds
from tests.stations.shipping import BOX, Dock, Worker

MOST = 60


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(request.param, request, tmp_path, as_owner=True) as opened:
        yield opened


class Heard:
    """What the scans of a day send to the database, each statement once, with the task that sent it first."""

    def __init__(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: dict[str, tuple[Task, Any]] = {}
        self.task: Task | None = None
        event.listen(store.engine, "before_cursor_execute", self.hear)
        scan = Worker.scan

        def listened(worker: Worker, *codes: str) -> StationScreen:
            self.task = worker.task
            try:
                return scan(worker, *codes)
            finally:
                self.task = None

        monkeypatch.setattr(Worker, "scan", listened)

    def hear(self, _: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        """One statement that is sent; only those of scans are kept."""
        if self.task is not None and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            self.found.setdefault(statement, (self.task, parameters[0] if many else parameters))


def test_no_scan_reads_all_of_a_table_that_grows(store: SqlStore, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(Office(store, clock), clock, random.Random(4), 14, Odds(cancel=6, short=10))
    heard = Heard(store, monkeypatch)
    day.run()
    assert {task for task, _ in heard.found.values()} >= {Task.PICK, Task.CHECK, Task.WEIGH, Task.HAND_OVER, Task.PUT_BACK}
    found = []
    with store.engine.connect() as connection:
        for statement, (task, parameters) in heard.found.items():
            found += [f"{task.value}: {scan} <- {statement}" for scan in scans(connection, statement, parameters)]
    assert found == []


def test_a_scan_takes_as_many_statements_in_a_large_wave_as_in_a_small_one(sql_store: Any, clock: Any) -> None:
    dock = Dock(Office(sql_store, clock), clock)
    li = dock.worker("li")
    counts = []
    for orders in (2, 1, 6):  # what every scan reads is known after the first
        dock.printed(*(dock.released(CUP=1) for _ in range(orders)))
        dock.unit(UnitKind.CART, f"H-K{orders}", rows=2, columns=4)
        li.open(Task.PICK)
        screen, taken = li.scan(f"H-K{orders}"), []
        for _ in range(3):  # place, product, slot
            with counted(sql_store) as sent:
                screen = li.scan(dock.next_scan(screen))
            taken.append(len(sent))
        counts.append(taken)
        while screen.prompt.code != "prompt.wave":
            screen = li.scan(dock.next_scan(screen))
    assert counts[1][:2] == counts[2][:2], counts
    assert counts[2][2] <= counts[1][2], counts  # the last slot of a walk ends it as well
    assert max(counts[2]) <= MOST


def test_a_parcel_takes_as_many_statements_on_a_long_manifest_as_on_an_empty_one(sql_store: Any, clock: Any) -> None:
    dock = Dock(Office(sql_store, clock), clock)
    dock.box(BOX)
    li = dock.worker("li")
    orders = [dock.weighed(li, CUP=1) for _ in range(6)]
    li.open(Task.HAND_OVER)
    li.scan("embedded")
    counts = []
    for order in orders:
        with counted(sql_store) as sent:
            li.scan(order.waybill)
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= MOST
