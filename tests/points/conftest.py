"""Purses and service desks over the tea shop: on every adapter, and in memory."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from tests.aftersales.desk import ServiceDesk
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.points.purse import Purse


@pytest.fixture
def shop(office: Office, clock: StillClock) -> Shop:
    """On every adapter."""
    return Shop(office, clock)


@pytest.fixture
def purse(shop: Shop) -> Purse:
    """On every adapter."""
    return Purse(shop)


@pytest.fixture
def desk(shop: Shop) -> ServiceDesk:
    """The same shop's service desk."""
    return ServiceDesk(shop)
