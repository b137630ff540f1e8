"""What deploy/ promises: its roles can migrate and work, the program's login owns nothing, its settings exist."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_store
from houtai.application.office import Office
from houtai.entrypoints.settings import Settings
from tests.cli.conftest import Program, houtai as houtai  # noqa: PLC0414  # a fixture
from tests.faults.cluster import Cluster, running
from tests.orders.shop import Shop

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def prepared() -> Iterator[Cluster]:
    """A server on which primary.sh has run."""
    with tempfile.TemporaryDirectory(prefix="houtai-set-up-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "data").mkdir()
        with running(Path(folder) / "data") as cluster:
            secrets = {"owner": "the-owners", "program": "the-programs"}
            script = (DEPLOY / "primary.sh").read_text()
            for name, secret in secrets.items():
                (Path(folder) / name).write_text(secret)
            script = script.replace("/run/secrets/", f"{folder}/")
            path = f"{cluster._wheel.bin_path}:{os.environ['PATH']}"
            env = {
                "PATH": path,
                "PGHOST": "127.0.0.1",
                "PGPORT": str(cluster.port),
                "PGUSER": "postgres",
                "PGDATA": str(cluster.data),
            }
            done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            yield cluster


def test_the_owner_migrates_and_the_program_works_without_owning_anything(prepared: Cluster, houtai: Program) -> None:
    owner = prepared.url("houtai").replace("postgres@", "houtai_owner@")
    program = prepared.url("houtai").replace("postgres@", "houtai@")
    migrated = houtai("migrate", "--db", owner, "--json")
    assert (migrated.code, migrated.json()["not_done"]) == (0, [])
    with closing(open_store(program)) as store:
        assert Shop(Office(store, SystemClock()), SystemClock()).place(CUP=1).payable_minor == 9990
    examined = houtai("doctor", "--db", program, "--json")
    assert [check for check in examined.json()["checks"] if check["ok"] is False] == []
    with psycopg.connect(program) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM audit_log")
        connection.rollback()
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'houtai'").fetchone() == (0,)


def test_the_compose_file_names_settings_that_exist_and_one_address_for_both_servers() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    named = set(re.findall(r"HOUTAI_[A-Z_]+", text)) | set(re.findall(r"HOUTAI_[A-Z_]+", (DEPLOY / "Dockerfile").read_text()))
    known = {f"HOUTAI_{name.upper()}" for name in Settings.__annotations__}
    assert named - known == set()
    (db,) = set(re.findall(r"HOUTAI_DB: (postgresql://houtai@\S+)", text))
    given = Settings.from_environment(
        {"HOUTAI_ENV": "production", "HOUTAI_LOG": "json", "HOUTAI_METRICS": "0.0.0.0:9464", "HOUTAI_DB": db}
    )
    assert ("host=primary:5432" in given.db, "host=standby:5432" in given.db, "read-write" in given.db) == (True, True, True)
    (broker,) = set(re.findall(r"HOUTAI_EVENTS: (\S+)", text))
    assert Settings.from_environment({"HOUTAI_EVENTS": broker}).events == "redis://broker:6379/0"
    assert "\n  broker:" in text and "nats" not in text, "what the code does not use is not set up"
