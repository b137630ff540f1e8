"""Every check of the doctor finds the row that was broken by hand, on both databases, and finds nothing in the whole shop."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.migrate import upgrade
from houtai.adapters.sql.store import SqlStore
from houtai.entrypoints.demo.play import play
from tests.doctor.breakage import BREAKAGE, FLOOR_BREAKAGE
from tests.doctor.sending import send_some
from tests.stores import PostgresServer

DROP_UNIQUE = "DROP INDEX ix_manifest_entries_parcel_id"
DROP_CHECKS = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
               WHERE contype = 'c' AND connamespace = 'public'::regnamespace LOOP
        EXECUTE 'ALTER TABLE ' || one.place || ' DROP CONSTRAINT ' || quote_ident(one.conname);
    END LOOP;
END $$
"""
BY_ID = {check.id: check for check in CHECKS}


Opening = Callable[[str], None]


def _demo(url: str) -> None:
    assert play(url).report.ok


def _sending(url: str) -> None:
    store = SqlStore(url)
    upgrade(store.engine)
    send_some(store, dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC))
    assert examine(store, CHECKS).broken() == ()
    store.close()


def _file(factory: pytest.TempPathFactory, opening: Opening) -> Path:
    path = factory.mktemp("shop") / "shop.db"
    opening(f"sqlite:///{path}")
    return path


def _database(server: PostgresServer, opening: Opening) -> Iterator[str]:
    name = server.create()
    opening(server.url(name))
    yield name
    server.drop(name)


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's shop in an SQLite file."""
    return _file(tmp_path_factory, _demo)


@pytest.fixture(scope="session")
def shop_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The demo's shop in a database of the PostgreSQL server."""
    yield from _database(postgres_server, _demo)


@pytest.fixture(scope="session")
def floor_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that sends, in an SQLite file."""
    return _file(tmp_path_factory, _sending)


@pytest.fixture(scope="session")
def floor_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A warehouse that sends, in a database of the PostgreSQL server."""
    yield from _database(postgres_server, _sending)


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


def test_every_check_has_its_breakage() -> None:
    assert not set(BREAKAGE) & set(FLOOR_BREAKAGE)
    assert set(BREAKAGE) | set(FLOOR_BREAKAGE) | {"M3", "A4", "T1", "A5", "T3", "T3-seen"} == set(BY_ID)


@pytest.mark.parametrize("check_id", sorted(BREAKAGE))
def test_the_doctor_names_the_broken_row(loose: Engine, check_id: str) -> None:
    _named(loose, check_id, BREAKAGE[check_id])


@pytest.mark.parametrize("check_id", sorted(FLOOR_BREAKAGE))
def test_the_doctor_names_the_broken_row_of_goods_on_their_way_out(loose_floor: Engine, check_id: str) -> None:
    _named(loose_floor, check_id, FLOOR_BREAKAGE[check_id])


def _named(engine: Engine, check_id: str, breakage: str) -> None:
    search = BY_ID[check_id].search
    with engine.connect() as connection:
        assert list(search(connection)) == []
        assert connection.execute(text(breakage)).rowcount >= 1
        assert all(list(search(connection)) or [""])
        connection.rollback()


def test_the_doctor_notices_a_guard_that_is_gone(guarded: SqlStore) -> None:
    off = "DROP TRIGGER entries_no_update" if guarded.is_sqlite else "ALTER TABLE entries DISABLE TRIGGER entries_append_only"
    with guarded.engine.connect() as connection:
        connection.execute(text(off))
        assert [found for found in BY_ID["M3"].search(connection) if "entries" in found]
        connection.rollback()


@pytest.mark.parametrize("table", [table.name for table in METADATA.sorted_tables if table.info.get("append_only")])
def test_the_database_refuses_to_rewrite_a_ledger(guarded: SqlStore, table: str) -> None:
    column = next(iter(METADATA.tables[table].columns)).name
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with guarded.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            if connection.execute(text(statement)).rowcount == 0:
                pytest.skip(f"the demo writes nothing into {table}")
