"""The house with its doors, in memory for rules and on every adapter for what stores must hold."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from tests.access.door import House, open_house


@pytest.fixture
def house(memory_office: Office, clock: Any) -> House:
    """A house in memory."""
    return open_house(memory_office, clock)


@pytest.fixture
def stored_house(office: Office, clock: Any) -> House:
    """A house on every adapter."""
    return open_house(office, clock)
