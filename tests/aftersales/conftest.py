"""Service desks: one on every adapter, one in memory."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from tests.aftersales.desk import ServiceDesk
from tests.conftest import StillClock
from tests.orders.shop import Shop


@pytest.fixture
def desk(office: Office, clock: StillClock) -> ServiceDesk:
    """On every adapter."""
    return ServiceDesk(Shop(office, clock))


@pytest.fixture
def memory_desk(memory_office: Office, clock: StillClock) -> ServiceDesk:
    """In memory."""
    return ServiceDesk(Shop(memory_office, clock))
