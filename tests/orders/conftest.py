"""The tea shop on every adapter, opened once a run and copied for each test; and one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from tests.conftest import ADAPTERS, StillClock
from tests.orders.shop import Shop
from tests.stores import PostgresServer, memory_store, sqlite_store


class SqliteShops:
    """Shops in copies of one file."""

    def __init__(self, folder: Path) -> None:
        with sqlite_store(folder) as store:
            self._shop = Shop(Office(store, StillClock()), StillClock())
        (self._file,) = folder.glob("*.db")

    @contextmanager
    def copy(self, clock: Any, folder: Path) -> Iterator[Shop]:
        path = folder / f"{uuid4().hex}.db"
        path.write_bytes(self._file.read_bytes())
        with closing(SqlStore(f"sqlite:///{path}")) as store:
            yield self._shop.moved_to(Office(store, clock), clock)


class PostgresShops:
    """Shops in clones of one database."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._name = server.clone()
        with closing(SqlStore(server.url(self._name))) as store:
            self._shop = Shop(Office(store, StillClock()), StillClock())

    @contextmanager
    def copy(self, clock: Any, _: Path) -> Iterator[Shop]:
        name = self._server.clone(self._name)
        with closing(SqlStore(self._server.url(name))) as store:
            yield self._shop.moved_to(Office(store, clock), clock)
        self._server.drop(name)


@pytest.fixture(scope="session")
def sqlite_shops(tmp_path_factory: pytest.TempPathFactory) -> SqliteShops:
    """Made once a run."""
    return SqliteShops(tmp_path_factory.mktemp("shops"))


@pytest.fixture(scope="session")
def postgres_shops(postgres_server: PostgresServer) -> PostgresShops:
    """Made once a run."""
    return PostgresShops(postgres_server)


@contextmanager
def in_memory(clock: Any) -> Iterator[Shop]:
    """A shop of its own."""
    with memory_store() as store:
        yield Shop(Office(store, clock), clock)


def opened(request: pytest.FixtureRequest, adapter: str, clock: Any, folder: Path) -> AbstractContextManager[Shop]:
    """A shop on this adapter."""
    if adapter == "memory":
        return in_memory(clock)
    shops: SqliteShops | PostgresShops = request.getfixturevalue(f"{adapter}_shops")
    return shops.copy(clock, folder)


@pytest.fixture(params=ADAPTERS)
def shop(request: pytest.FixtureRequest, clock: Any, tmp_path: Path) -> Iterator[Shop]:
    """A shop on every adapter."""
    with opened(request, request.param, clock, tmp_path) as made:
        yield made


@pytest.fixture
def memory_shop(memory_office: Office, clock: Any) -> Shop:
    """A shop in memory."""
    return Shop(memory_office, clock)
