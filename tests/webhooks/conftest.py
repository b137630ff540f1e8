"""Fixtures of webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from houtai.application.office import Office
from tests.conftest import StillClock
from tests.webhooks.hooks import Hooks
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def hooks(office: Office, clock: StillClock) -> Iterator[Hooks]:
    """A shop whose news is heard, on every adapter."""
    made = Hooks(office, clock)
    yield made
    made.courier.close()


@pytest.fixture
def memory_hooks(memory_office: Office, clock: StillClock) -> Iterator[Hooks]:
    """The same in memory, for what no store can change."""
    made = Hooks(memory_office, clock)
    yield made
    made.courier.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody's server on this machine."""
    with receiving() as running:
        yield running
