"""Buyers who talk, on every adapter and in memory; and the whole shop for what was ordered."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from tests.orders.conftest import postgres_shops, shop, sqlite_shops
from tests.tickets.talk import Talk

__all__ = ["postgres_shops", "shop", "sqlite_shops"]


@pytest.fixture
def talk(office: Office, clock: Any) -> Talk:
    """On every adapter."""
    return Talk(office, clock)


@pytest.fixture
def memory_talk(memory_office: Office, clock: Any) -> Talk:
    """In memory."""
    return Talk(memory_office, clock)
