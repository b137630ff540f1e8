"""The doctor and the schema from the command line: well, broken, could not run; migrated, as before, left alone."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.migrate import configuration, newest
from houtai.entrypoints.cli.house import open_house
from houtai.entrypoints.timers import timers_of
from tests.cli.conftest import Program

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/shop"
UNANSWERED = "INSERT INTO requests (owner, key, fingerprint, at) VALUES ('somebody', 'k-1', 'f', '2026-11-22 04:00:00.000000')"


def change(db: str, statement: str) -> None:
    """Do by hand what no use case does."""
    with contextlib.closing(sqlite3.connect(db.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement)


def test_a_house_that_is_well_exits_with_0(houtai: Program, db: str) -> None:
    ran = houtai("doctor", "--db", db, "--json")
    report = ran.json()
    assert (ran.code, report["ok"], report["schema"]) == (0, True, {"found": newest(), "needed": newest()})
    assert [check["id"] for check in report["checks"]] == [check.id for check in CHECKS]


def test_a_person_gets_a_table(houtai: Program, db: str) -> None:
    ran = houtai("doctor", "--db", db)
    assert ran.code == 0
    assert all(words in ran.out for words in ("A1", "ok", "All is well", "threads=8"))


def test_a_broken_invariant_exits_with_1_and_is_named(houtai: Program, db: str) -> None:
    change(db, UNANSWERED)
    ran = houtai("doctor", "--db", db, "--json")
    broken = [check for check in ran.json()["checks"] if check["ok"] is False]
    assert (ran.code, [(check["id"], check["count"]) for check in broken]) == (1, [("Q2", 1)])
    assert "k-1" in broken[0]["first_10"][0]
    told = houtai("doctor", "--db", db)
    assert (told.code, "k-1" in told.out, "Something is broken" in told.out) == (1, True, True)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all"])
def test_where_there_is_no_house_the_doctor_exits_with_2_and_makes_nothing(
    houtai: Program, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "no.db"
    if content is not None:
        file.write_bytes(content)
    assert houtai("doctor", "--db", f"sqlite:///{file}").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ([] if content is None else ["no.db"])
    assert content is None or file.read_bytes() == content


def test_somebody_elses_database_is_not_touched(houtai: Program, tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    change(f"sqlite:///{file}", "CREATE TABLE photos (id INTEGER)")
    before = file.read_bytes()
    ran = houtai("doctor", "--db", f"sqlite:///{file}", "--json")
    assert (ran.code, ran.error()["code"]) == (2, "doctor.cannot-run")
    assert file.read_bytes() == before


def test_somebody_elses_database_is_not_migrated(houtai: Program, tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    change(f"sqlite:///{file}", "CREATE TABLE photos (id INTEGER)")
    assert houtai("migrate", "--db", f"sqlite:///{file}").code == 4
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


def test_another_schema_is_2_for_the_doctor_and_4_for_all_others(houtai: Program, db: str) -> None:
    change(db, "UPDATE alembic_version SET version_num = '9999'")
    assert houtai("doctor", "--db", db).code == 2
    for call in (["user", "list"], ["export", "stock"], ["serve", "--port", "0"], ["migrate"]):
        ran = houtai(*call, "--db", db, "--json")
        assert (ran.code, ran.error()["code"], ran.error()["found"]) == (4, "schema-mismatch", "9999")


def test_a_database_that_cannot_be_reached_is_2_for_the_doctor_and_4_for_all_others(houtai: Program) -> None:
    ran = houtai("doctor", "--db", NOBODY_LISTENS, "--json")
    assert (ran.code, ran.error()["code"]) == (2, "doctor.cannot-run")
    for call in (["user", "list"], ["serve", "--port", "0"], ["migrate"]):
        ran = houtai(*call, "--db", NOBODY_LISTENS, "--json")
        assert (ran.code, ran.error()["code"]) == (4, "busy")


def test_a_missing_file_is_4_where_nothing_is_made(houtai: Program, tmp_path: Path) -> None:
    for call in (["user", "list"], ["export", "orders"], ["user", "disable", "owner"]):
        ran = houtai(*call, "--json")
        assert (ran.code, ran.error()["code"]) == (4, "no-database")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_last_from_one_command_to_the_next(houtai: Program) -> None:
    for call in (["doctor"], ["migrate"], ["user", "first"], ["export", "stock"], ["serve", "--workers", "2"]):
        assert houtai(*call, "--db", "memory://").code == 2


def test_passwords_in_the_settings_are_masked(houtai: Program, monkeypatch: pytest.MonkeyPatch, sql_store: Any) -> None:
    with sql_store.engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    url = sql_store.engine.url
    if not sql_store.is_sqlite:
        url = url.set(password="geheim")  # the server trusts its own machine whatever the password
    monkeypatch.setenv("HOUTAI_DB", url.render_as_string(hide_password=False))
    ran = houtai("doctor", "--json")
    assert (ran.code, ran.json()["ok"], ran.json()["database"]["kind"]) == (0, True, sql_store.engine.dialect.name)
    assert "geheim" not in ran.out


def test_migrate_makes_the_schema_once(houtai: Program, tmp_path: Path) -> None:
    assert houtai("migrate", "--json").json() == {"before": None, "after": newest(), "not_done": []}
    assert houtai("migrate", "--json").json() == {"before": newest(), "after": newest(), "not_done": []}
    assert houtai("migrate").out == f"schema {newest()}, as before\n"
    assert (tmp_path / "houtai.db").stat().st_size


def test_a_folder_that_is_not_there_is_4(houtai: Program) -> None:
    assert houtai("migrate", "--db", "sqlite:///nowhere/shop.db").code == 4


def test_a_missing_table_is_told_without_a_trace(houtai: Program, db: str) -> None:
    change(db, "DROP TABLE requests")
    ran = houtai("doctor", "--db", db, "--json")
    assert (ran.code, ran.error()["code"]) == (2, "doctor.cannot-run")


def a4_of(ran: Any) -> tuple[Any, str]:
    (found,) = (check for check in ran.json()["checks"] if check["id"] == "A4")
    return found["ok"], found["not_run"]


def test_without_noted_heads_the_doctor_says_that_it_did_not_look(houtai: Program, db: str) -> None:
    ran = houtai("doctor", "--db", db, "--json")
    ok, why = a4_of(ran)
    assert (ran.code, ok) == (0, None)
    assert "--audit-heads" in why
    assert all(words in houtai("doctor", "--db", db).out for words in ("not run", "A4 was not run: no directory"))


def test_a_tail_that_was_cut_past_a_noted_head_exits_with_1(
    houtai: Program, db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    houtai("user", "first", "--db", db)
    notes = tmp_path / "notes"
    notes.mkdir()
    monkeypatch.setenv("HOUTAI_AUDIT_HEADS", str(notes))
    with open_house(db) as container:
        (timer,) = (timer for timer in timers_of(container) if timer.name == "audit-heads")
        assert (timer.run(), timer.run()) == (1, 0)
    assert a4_of(houtai("doctor", "--db", db, "--audit-heads", str(notes), "--json")) == (True, "")
    change(db, "DROP TRIGGER audit_log_no_delete")
    change(db, "DELETE FROM audit_log")
    change(db, "DELETE FROM audit_head")
    ran = houtai("doctor", "--db", db, "--json")
    assert (ran.code, a4_of(ran)) == (1, (False, ""))


def test_a_directory_of_heads_that_is_not_there_is_wrong_use(houtai: Program, db: str, tmp_path: Path) -> None:
    assert houtai("doctor", "--db", db, "--audit-heads", str(tmp_path / "gone")).code == 2
