"""A shop that rewards, with its service desk and its buyer's purse, on every adapter."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.rewards.counter import Rewards


@pytest.fixture
def rewards(office: Office, clock: StillClock) -> Rewards:
    """On every adapter."""
    return Rewards(Shop(office, clock))
