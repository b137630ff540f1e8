"""The demo's shop, played once for each database in a run of tests, whichever worker needs it first."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from houtai.entrypoints.demo.play import Played, play
from tests.stores import PostgresServer

T = TypeVar("T")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What `make` gave in the run's folder to the first worker that asked; the others wait for it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "made"
        if not made.exists():
            made.write_bytes(pickle.dumps(make(folder)))
        found: T = pickle.loads(made.read_bytes())
        return found


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What the whole demo told on an SQLite file, which lies beside the folder of what it printed."""
    return made_once(tmp_path_factory, "sqlite-demo", lambda folder: play(f"sqlite:///{folder / 'shop.db'}"))


@pytest.fixture(scope="session")
def shop_file(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that file for the tests of one worker."""
    assert played.report.ok
    assert played.folder is not None
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    shutil.copy(played.folder.parent / "shop.db", path)
    return path


@pytest.fixture(scope="session")
def shop_database(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A copy of the demo's shop in a database of the PostgreSQL server, for the tests of one worker."""

    def make(_: Path) -> str:
        name = postgres_server.create()
        assert play(postgres_server.url(name)).report.ok
        return name

    name = postgres_server.clone(made_once(tmp_path_factory, "postgres-demo", make))
    yield name
    postgres_server.drop(name)
