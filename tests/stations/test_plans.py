"""No scan reads all of a table that grows: the plans of every statement behind the stations' scans are read on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.act import Act
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.work import Task
from tests.bench.test_plans import scans
from tests.conftest import open_store
from tests.stations.floor import BADGE, PIN, Floor, some_floor, some_tote
from tests.stations.shipping import BOX, Dock, Worker
from tests.stations.test_moving import FIRST, SECOND

SCANS: dict[Task, tuple[str, ...]] = {
    Task.LOOK_UP: ("TEA", FIRST, "H-T1", "4711471147", "S-0042"),
    Task.MOVE: (FIRST, "TEA", "2", SECOND, "C-CANCEL", FIRST, "H-T1", SECOND),
    Task.RECEIVE: ("TEA", "2", FIRST),
    Task.BOOK_IN: ("DN-1", "TEA", "2", FIRST, "4711471147", "C-DONE"),
    Task.COUNT: (FIRST, "TEA", "9", "C-DONE", "C-DONE"),
}
"""Every kind of scan of the warehouse's own tasks, refused ones included."""


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(request.param, request, tmp_path, as_owner=True) as opened:
        yield opened


def at_the_dock(dock: Dock, li: Worker) -> None:
    """Two orders from the shelf to the van, one of them stopped and put back: every kind of scan of what goes out."""
    wrong = "4711471147"
    sent, stopped = dock.released(CUP=2, POT=1), dock.released(CUP=1)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.printed(stopped, method=PickMethod.SINGLE)
    for tote in ("H-T1", "H-T2"):
        dock.walk(li, tote)
    li.open(Task.CHECK)
    li.scan(dock.waybill(sent), "CUP", "CUP", wrong, "POT", BOX.code)
    li.open(Task.WEIGH)
    weighed = dock.now(sent)
    li.scan(weighed.waybill, wrong, f"{dock.grams(weighed)}g")
    li.open(Task.HAND_OVER)
    li.scan("embedded", weighed.waybill, wrong, "C-DONE", "C-DONE")
    dock.office.perform(intercept_order, InterceptOrder(stopped.id, "refund"), dock.act)
    li.open(Task.CHECK)
    li.scan(dock.waybill(stopped))
    li.open(Task.PUT_BACK)
    li.scan(dock.waybill(stopped), wrong, "CUP", dock.first.barcode)


def heard_of(store: SqlStore, play: Callable[[], None]) -> dict[str, Any]:
    """What was sent meanwhile, each statement once, with its parameters."""
    found: dict[str, Any] = {}

    def hear(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            found.setdefault(statement, parameters[0] if many else parameters)

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        play()
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)
    return found


def test_no_scan_of_what_goes_out_reads_all_of_a_table_that_grows(store: SqlStore, clock: Any) -> None:
    dock = Dock(Office(store, clock), clock)
    dock.box(BOX)
    li = dock.worker("li")
    heard = heard_of(store, lambda: at_the_dock(dock, li))
    assert whole_reads(store, heard) == []
    assert len(heard) > 60


def on_the_floor(floor: Floor) -> None:
    """Every task of the warehouse's own, and the way in and out."""
    for task, codes in SCANS.items():
        floor.open(task)
        floor.scan("C-CANCEL", *codes)
    floor.port.lock(floor.at.token)
    floor.port.unlock(floor.at.token, BADGE, PIN)
    floor.port.leave(floor.at.token)
    floor.port.log_in(BADGE, PIN)


def whole_reads(store: SqlStore, heard: Mapping[str, Any]) -> list[str]:
    """What the plans of these statements read all of."""
    with store.engine.connect() as connection:
        return [
            f"{scan} <- {statement}"
            for statement, parameters in heard.items()
            for scan in scans(connection, statement, parameters)
        ]


def test_no_scan_reads_all_of_a_table_that_grows(store: SqlStore, clock: Any, system: Act) -> None:
    floor = some_floor(Office(store, clock), clock, system, 20)
    floor.depot.put_away(10, floor.depot.first)
    some_tote(floor)
    heard = heard_of(store, lambda: on_the_floor(floor))
    if store.is_sqlite:  # a house has no figures of its tables until somebody asks for them
        with closing(sqlite3.connect(str(store.engine.url.database))) as file:
            assert file.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() is None
    assert whole_reads(store, heard) == []
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
