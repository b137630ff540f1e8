"""Fixtures for the command line: the program called in this process, and a database as `houtai migrate` leaves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from alembic import command
from sqlalchemy import create_engine

from houtai.adapters.passwords import Argon2Passwords
from houtai.adapters.sql.migrate import configuration
from houtai.adapters.sql.schema import create_all
from houtai.entrypoints.cli.main import run


@attrs.frozen
class Ran:
    """What a call of the program left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, as a document."""
        return json.loads(self.out)

    def error(self) -> Any:
        """The one error on stderr."""
        return json.loads(self.err)["error"]


Program = Callable[..., Ran]


@pytest.fixture
def houtai(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program `houtai` in an empty folder, with no settings in its environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOUTAI_DB", "HOUTAI_ENV", "HOUTAI_SCHEMA", "HOUTAI_THREADS", "HOUTAI_TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    # Hashes that take no time: what is proved here is the way of a password, not its strength.
    quick = {"time_cost": 1, "memory_kib": 8, "lanes": 1, "at_once": 4}
    monkeypatch.setattr(Argon2Passwords.__init__, "__kwdefaults__", quick)

    def call(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as leaving:
            run(arguments)
        captured = capfd.readouterr()
        return Ran(int(leaving.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with this version's schema."""
    path = tmp_path_factory.mktemp("cli") / "migrated.db"
    engine = create_engine(f"sqlite:///{path}")
    create_all(engine)
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    engine.dispose()
    return path


@pytest.fixture
def db(migrated: Path, tmp_path: Path) -> str:
    """The address of a fresh database."""
    path = tmp_path / "shop.db"
    path.write_bytes(migrated.read_bytes())
    return f"sqlite:///{path}"
