"""Slow statements are logged with their text, for which deed and request, and without what they were given."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.watch import log_slow_statements
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.entrypoints.logs import JsonLines
from tests.conftest import StillClock

PERSON = "王小明"
SLOW_MS = 50


@needs("tests.read")
def ask_slowly(views: Any, name: str, act: Act) -> Any:
    """A query that takes longer than it may."""
    is_sqlite = views.connection.dialect.name == "sqlite"
    slow = "nap(0.08)" if is_sqlite else "pg_sleep(0.08)"
    return views.connection.execute(text(f"SELECT {slow},\n  :name AS name"), {"name": name}).one().name


@pytest.fixture
def napping(sql_store: Any) -> Any:
    """A store in which a statement can take its time."""
    log_slow_statements(sql_store.engine, SLOW_MS)
    if sql_store.is_sqlite:
        with sql_store.engine.connect() as connection:
            connection.connection.driver_connection.create_function("nap", 1, time.sleep)
    return sql_store


def test_a_slow_statement_is_told_with_its_deed_and_without_its_parameters(
    napping: Any, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(napping, clock)
    with caplog.at_level(logging.WARNING, "houtai.sql"):
        assert office.ask(ask_slowly, PERSON, office.act_of_system()) == PERSON
    (record,) = caplog.records
    facts = record.facts  # type: ignore[attr-defined]  # what is told beside the event
    assert facts["statement"].startswith("SELECT ")
    assert facts["statement"].count("\n") == 0
    assert facts["duration_ms"] >= SLOW_MS
    assert PERSON not in JsonLines().format(record)


def test_the_line_names_the_deed_while_it_is_done(napping: Any, clock: StillClock) -> None:
    written: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(JsonLines().format(record)))

    keep = Keep()
    logging.getLogger("houtai.sql").addHandler(keep)
    office = Office(napping, clock)
    try:
        office.ask(ask_slowly, PERSON, office.act_of_system())
    finally:
        logging.getLogger("houtai.sql").removeHandler(keep)
    assert [line["deed"] for line in written] == ["ask_slowly"]


def test_a_statement_that_fails_late_is_told_too(napping: Any, caplog: pytest.LogCaptureFixture) -> None:
    if napping.is_sqlite:
        pytest.skip("SQLite has no statement_timeout")
    with caplog.at_level(logging.WARNING, "houtai.sql"), napping.engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 70")
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql("SELECT pg_sleep(5)")
    assert [record.facts["done"] for record in caplog.records] == [False]  # type: ignore[attr-defined]  # as above


def test_a_quick_statement_is_not_worth_a_line(napping: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "houtai.sql"), napping.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert caplog.records == []
