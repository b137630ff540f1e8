"""The tea shop on every adapter, and one in memory."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from tests.orders.shop import Shop


@pytest.fixture
def shop(office: Office, clock: Any) -> Shop:
    """A shop on every adapter."""
    return Shop(office, clock)


@pytest.fixture
def memory_shop(memory_office: Office, clock: Any) -> Shop:
    """A shop in memory."""
    return Shop(memory_office, clock)
