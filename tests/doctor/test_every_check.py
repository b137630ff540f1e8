"""Every check of the doctor finds the row that was broken by hand, on both databases, and finds nothing in the whole shop."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.store import SqlStore
from tests.doctor.breakage import BREAKAGE, FLOOR_BREAKAGE

BY_ID = {check.id: check for check in CHECKS}


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
