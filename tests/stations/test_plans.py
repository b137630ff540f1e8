"""No scan reads all of a table that grows: the plans of every statement behind the stations' scans are read on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.warehouse.work import Task
from tests.bench.test_plans import scans
from tests.conftest import open_store
from tests.stations.floor import BADGE, PIN, Floor, some_floor, some_tote
from tests.stations.test_moving import FIRST, SECOND

SCANS: dict[Task, tuple[str, ...]] = {
    Task.LOOK_UP: ("TEA", FIRST, "H-T1", "4711471147", "S-0042"),
    Task.MOVE: (FIRST, "TEA", "2", SECOND, "C-CANCEL", FIRST, "H-T1", SECOND),
    Task.RECEIVE: ("TEA", "2", FIRST),
    Task.COUNT: (FIRST, "TEA", "9", "C-DONE", "C-DONE"),
}
"""Every kind of scan of the warehouse's own tasks, refused ones included."""


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(request.param, request, tmp_path, as_owner=True) as opened:
        yield opened


def sent(floor: Floor, store: SqlStore) -> dict[str, tuple[Task, Any]]:
    """What the scans sent, each statement once, with the task that sent it first and its parameters."""
    found: dict[str, tuple[Task, Any]] = {}

    def hear(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            found.setdefault(statement, (floor.task, parameters[0] if many else parameters))

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        for task, codes in SCANS.items():
            floor.open(task)
            floor.scan("C-CANCEL", *codes)
        floor.port.lock(floor.at.token)
        floor.port.unlock(floor.at.token, BADGE, PIN)
        floor.port.leave(floor.at.token)
        floor.port.log_in(BADGE, PIN)
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)
    return found


def test_no_scan_reads_all_of_a_table_that_grows(store: SqlStore, clock: Any, system: Act) -> None:
    floor = some_floor(Office(store, clock), clock, system, 20)
    floor.depot.put_away(10, floor.depot.first)
    some_tote(floor)
    heard = sent(floor, store)
    if store.is_sqlite:  # a house has no figures of its tables until somebody asks for them
        with closing(sqlite3.connect(str(store.engine.url.database))) as file:
            assert file.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() is None
    found = []
    with store.engine.connect() as connection:
        for statement, (task, parameters) in heard.items():
            found += [f"{task.value}: {scan} <- {statement}" for scan in scans(connection, statement, parameters)]
    assert found == []
    assert len(heard) > 20
    assert any("FROM json_each" in one or "unnest(" in one for one in heard if "bins" in one)


def test_a_scan_of_a_full_place_takes_as_many_statements_as_one_of_an_almost_empty_place(
    store: SqlStore, clock: Any, system: Act
) -> None:
    from tests.inventory.arrange import receive, some_skus

    floor = some_floor(Office(store, clock), clock, system, 0)
    depot = floor.depot
    skus = some_skus(floor.office, system, *(f"CUP{number}" for number in range(12)))
    receive(floor.office, system, depot.warehouse, *((sku, 5) for sku in skus))
    depot.move(1, depot.unplaced, depot.second.id, sku=skus[0])
    for sku in skus:
        depot.move(1, depot.unplaced, depot.first.id, sku=sku)
    floor.open(Task.LOOK_UP)
    floor.scan(SECOND, FIRST)  # what stays in the process is there
    counted = []
    for code in (SECOND, FIRST):
        statements: list[str] = []
        hear = lambda *heard, into=statements: into.append(heard[2])  # noqa: E731  # one line of a table
        event.listen(store.engine, "before_cursor_execute", hear)
        floor.scan(code)
        event.remove(store.engine, "before_cursor_execute", hear)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= MOST


MOST = 26
"""Statements of one look at a place; whoever needs more of them makes every scan slower."""
