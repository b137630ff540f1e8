"""The stores that episodes are played on: one a run for each database, so that its statements are compiled once."""

from __future__ import annotations

import atexit
import functools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import psycopg

from houtai.adapters.memory.store import MemoryStore
from houtai.adapters.sql.store import SqlStore
from tests.stores import PostgresServer, sqlite_store

Opening = Callable[[Any], None]


@attrs.frozen
class Ground:
    """Where an episode is played. `connect` is what a process does that comes up; `inspected` is who looks from outside."""

    connect: Callable[[], Any]
    inspected: Any


def fresh(kind: str, opening: Opening) -> Ground:
    """A store in which `opening`, which is the same each time, was done once: all that an earlier episode left is gone."""
    if kind == "memory":
        store = MemoryStore()
        opening(store)
        return Ground(lambda: store, store)
    return (_sqlite if kind == "sqlite" else _postgres)(opening)()


@functools.cache
def _folder() -> Path:
    memory = Path("/dev/shm")  # what a power cut loses is not missed here
    folder = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)
    atexit.register(folder.cleanup)
    return Path(folder.name)


@functools.cache
def _sqlite(opening: Opening) -> Callable[[], Ground]:
    with sqlite_store(_folder()) as first:
        opening(first)
        made = Path(str(first.engine.url.database))
    opened, path = made.read_bytes(), _folder() / "house.db"
    inspected = SqlStore(f"sqlite:///{path}")

    def again() -> Ground:
        inspected.close()
        for name in ("house.db-wal", "house.db-shm"):
            (_folder() / name).unlink(missing_ok=True)
        path.write_bytes(opened)
        return Ground(lambda: SqlStore(f"sqlite:///{path}"), inspected)

    return again


@functools.cache
def _postgres(opening: Opening) -> Callable[[], Ground]:
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="houtai-pg-")))
    template, name = server.clone(), server.create()
    first = SqlStore(server.url(template))
    opening(first)
    first.close()
    inspected = SqlStore(server.url(name))

    def again() -> Ground:
        inspected.close()
        server.drop(name)
        with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return Ground(lambda: SqlStore(server.url(name)), inspected)

    return again
