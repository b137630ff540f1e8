"""Connections of the pool are asked whether they live when they lay idle, and not while they are in use all the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from houtai.adapters.sql import deadline
from houtai.adapters.sql.store import SqlStore
from tests.stores import PostgresServer, postgres_store


@pytest.fixture
def pings(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store, what looks something up in it, and how often its connections were asked so far."""
    asked: list[Any] = []
    with postgres_store(postgres_server) as store:
        assert isinstance(store, SqlStore)
        ping = store.engine.dialect.do_ping

        def counted(connection: Any) -> bool:
            asked.append(connection)
            return ping(connection)

        def look() -> int:
            with store.snapshot() as views:
                return int(views.connection.execute(text("SELECT pg_backend_pid()")).scalar_one())

        monkeypatch.setattr(store.engine.dialect, "do_ping", counted)
        yield store, look, asked


def test_a_connection_in_use_is_taken_as_it_is(pings: tuple[SqlStore, Callable[[], int], list[Any]]) -> None:
    _, look, asked = pings
    assert len({look() for _ in range(3)}) == 1
    assert asked == []


def test_one_that_lay_idle_is_asked_and_replaced_where_it_died(
    pings: tuple[SqlStore, Callable[[], int], list[Any]], postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, look, asked = pings
    first = look()
    monkeypatch.setattr(deadline, "STILL_GOOD_S", 0)
    assert (look(), len(asked)) == (first, 1)
    with postgres_server._admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [first])
    assert look() != first
    assert store.engine.pool.checkedin() == 1  # type: ignore[attr-defined]  # a queue
