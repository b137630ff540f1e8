"""Fixtures for every test: a clock that stands still, and an office on each adapter."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.domain.act import Act
from tests.doctored import broken_in
from tests.http_client import (
    http_client as http_client,  # noqa: PLC0414  # a fixture for every test
    stage,
)
from tests.stores import PostgresServer, memory_store, postgres_store, sqlite_store, washed_postgres_store

settings.register_profile("house", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")

ADAPTERS = ("memory", "sqlite", "postgres")


class StillClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        """It is Sunday noon in Shanghai."""
        self.moment = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        """The moment it was set to."""
        return self.moment

    def advance(self, **span: float) -> dt.datetime:
        """Move on by a timedelta's keywords."""
        self.moment += dt.timedelta(**span)
        return self.moment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a PostgreSQL, by its fixture or by the adapter that it is played on."""
    for item in items:
        adapters = getattr(getattr(item, "callspec", None), "params", {}).values()
        if "postgres_server" in getattr(item, "fixturenames", ()) or {"postgres", "postgresql"} & {*map(str, adapters)}:
            item.add_marker(pytest.mark.postgres)


def pytest_sessionfinish() -> None:
    """The application that tests shared ends before its threads are waited for."""
    if stage.cache_info().currsize:
        stage().close()


@pytest.fixture
def clock() -> StillClock:
    """The test's clock."""
    return StillClock()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run, shared by parallel workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    shared = Path(tempfile.gettempdir()) / f"houtai-pg-{run[:16]}" if run else Path(tempfile.mkdtemp(prefix="houtai-pg-"))
    server = PostgresServer(shared)
    yield server
    for _, store in server.spare:
        store.close()


def open_store(
    adapter: str, request: pytest.FixtureRequest, folder: Path, *, as_owner: bool = False
) -> AbstractContextManager[Any]:
    """A fresh store of that kind; on PostgreSQL with the rights that the program has, or those of the tables' owner."""
    if adapter == "memory":
        return memory_store()
    if adapter == "sqlite":
        return sqlite_store(folder)
    server = request.getfixturevalue("postgres_server")
    return postgres_store(server, as_owner=True) if as_owner else washed_postgres_store(server)


@pytest.fixture(params=ADAPTERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A fresh store, once for every adapter."""
    with open_store(request.param, request, tmp_path) as opened:
        yield opened
        _examine(opened, request)


@pytest.fixture(params=("sqlite", "postgres"))
def sql_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A fresh store on each database, for what only databases have; whoever owns the tables, so that a test may break them."""
    with open_store(request.param, request, tmp_path, as_owner=True) as opened:
        yield opened
        _examine(opened, request)


def _examine(store: Any, request: pytest.FixtureRequest) -> None:
    """Let the doctor look at what the test left behind; on SQLite only, where it takes a tenth of the time."""
    marker = request.node.get_closest_marker("breaks")
    broken = set(marker.args) if marker else set()
    if isinstance(store, SqlStore) and store.is_sqlite:
        assert broken_in(Path(str(store.engine.url.database)), broken) == ()


@pytest.fixture
def office(store: Any, clock: StillClock) -> Office:
    """An office on every adapter."""
    return Office(store, clock)


@pytest.fixture
def memory_office(clock: StillClock) -> Iterator[Office]:
    """An office in memory, for rules that no store can change."""
    with memory_store() as opened:
        yield Office(opened, clock)


@pytest.fixture
def system(clock: StillClock) -> Act:
    """The house acting by itself at the clock's moment."""
    return Act.of_system(clock.now())
