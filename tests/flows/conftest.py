"""A day needs the whole shop: on every adapter, with a provider and a channel outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.street import Street
from tests.orders.conftest import postgres_shops, shop, sqlite_shops
from tests.orders.shop import Shop

__all__ = ["postgres_shops", "shop", "sqlite_shops", "street"]


@pytest.fixture
def street(shop: Shop) -> Iterator[Street]:
    """The shop with the world around it."""
    made = Street(shop)
    yield made
    made.gateway.close()
