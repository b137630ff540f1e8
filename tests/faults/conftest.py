"""Fixtures: a server of PostgreSQL for the run, and a shop in a fresh database of it or in a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster, running
from tests.faults.stall import Stall, copied, opened


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this process's own. A test may kill it if it starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="houtai-faults-"))
    (folder / "data").mkdir()
    with running(folder / "data") as cluster:
        yield cluster
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_original(cluster: Cluster) -> Stall:
    return opened(cluster.url(cluster.create()))


@pytest.fixture(scope="session")
def sqlite_original(tmp_path_factory: pytest.TempPathFactory) -> Stall:
    return opened(f"sqlite:///{tmp_path_factory.mktemp('stall') / 'shop.db'}")


@pytest.fixture
def on_postgres(cluster: Cluster, postgres_original: Stall) -> Stall:
    """The shop in a fresh database of PostgreSQL."""
    return copied(postgres_original, cluster)


@pytest.fixture
def on_sqlite(sqlite_original: Stall, tmp_path: Path) -> Stall:
    """The shop in a fresh file."""
    return copied(sqlite_original, tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def stall(request: pytest.FixtureRequest) -> Stall:
    """The shop on each database."""
    found: Stall = request.getfixturevalue(f"on_{request.param}")
    return found
