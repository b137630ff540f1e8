"""One town for all attacks of a file, and the doctor after each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.town import Town, open_town
from tests.conftest import StillClock
from tests.stores import sqlite_store


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town of a file."""
    with sqlite_store(tmp_path_factory.mktemp("town")) as store, open_town(store, StillClock()) as town:
        yield town


@pytest.fixture
def town(built: Town) -> Iterator[Town]:
    """The town, seen to be well after the attack."""
    yield built
    built.check()
