"""The demo's shop and a warehouse that sends, with their guards and without."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.migrate import upgrade
from houtai.adapters.sql.store import SqlStore
from tests.demo_shop import played, shop_database, shop_file
from tests.doctor.sending import send_some
from tests.stores import PostgresServer

__all__ = ["played", "shop_database", "shop_file"]

DROP_UNIQUE = "DROP INDEX ix_manifest_entries_parcel_id"
DROP_CHECKS = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
               WHERE contype = 'c' AND connamespace = 'public'::regnamespace LOOP
        EXECUTE 'ALTER TABLE ' || one.place || ' DROP CONSTRAINT ' || quote_ident(one.conname);
    END LOOP;
END $$
"""


def _send(url: str) -> None:
    store = SqlStore(url)
    upgrade(store.engine)
    send_some(store, dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC))
    assert examine(store, CHECKS).broken() == ()
    store.close()


@pytest.fixture(scope="session")
def floor_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that sends, in an SQLite file."""
    path = tmp_path_factory.mktemp("floor") / "floor.db"
    _send(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def floor_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A warehouse that sends, in a database of the PostgreSQL server."""
    name = postgres_server.create()
    _send(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


def _loose(request: pytest.FixtureRequest, factory: pytest.TempPathFactory, what: str) -> Iterator[Engine]:
    """A copy without what keeps a hand from breaking rows: triggers, checks, foreign keys, what is unique beside keys."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue(f"{what}_file"), factory.mktemp("loose") / "shop.db")
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA ignore_check_constraints = ON"))
        with engine.begin() as connection:
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(DROP_UNIQUE))
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.clone(request.getfixturevalue(f"{what}_database"))
    url = server.url(name).replace("postgresql:", "postgresql+psycopg:", 1)
    engine = create_engine(url, connect_args={"options": "-c session_replication_role=replica"})
    with engine.begin() as connection:
        connection.execute(text(DROP_CHECKS))
        connection.execute(text(DROP_UNIQUE))
    yield engine
    engine.dispose()
    server.drop(name)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def loose(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo's shop without its guards."""
    yield from _loose(request, tmp_path_factory, "shop")


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def loose_floor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The warehouse that sends, without its guards."""
    yield from _loose(request, tmp_path_factory, "floor")


@pytest.fixture(params=["sqlite", "postgres"])
def guarded(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """The shop with everything in place; a test rolls back what it does."""
    if request.param == "sqlite":
        store = SqlStore(f"sqlite:///{request.getfixturevalue('shop_file')}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        store = SqlStore(server.url(request.getfixturevalue("shop_database")))
    yield store
    store.close()
