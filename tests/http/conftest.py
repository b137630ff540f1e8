"""The owner calling the jars' routes, for what is true of every route."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from houtai.application.office import Office
from tests.http import jars
from tests.http_client import Caller, calling


@pytest.fixture
def jar_client(memory_office: Office) -> Iterator[Caller]:
    """Calls the jars as the owner."""
    with calling(memory_office, (jars.ROUTES,), with_schema=True) as caller:
        yield caller
