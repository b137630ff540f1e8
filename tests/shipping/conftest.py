"""A dock on every adapter, and one in memory; the events of shipping are overheard instead of acted upon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from houtai.application import reactions
from houtai.application.office import Office
from houtai.domain.event import Event
from houtai.domain.shipping import events
from tests.shipping.dock import Dock

EVENTS = (
    events.WaybillBound,
    events.WaybillRefused,
    events.WaybillVoided,
    events.WaybillOverdue,
    events.ParcelDelivered,
    events.ParcelReturning,
    events.PoolRunsLow,
)


def opened(office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dock]:
    dock = Dock(office, clock)

    def overhear(_tx: object, event: Event, _act: object) -> None:
        dock.announced.append(event)

    for kind in EVENTS:
        monkeypatch.setitem(reactions.REACTIONS, kind, (overhear,))
    yield dock
    dock.carrier.close()
    dock.second.close()


@pytest.fixture
def dock(office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dock]:
    """A dock on every adapter."""
    yield from opened(office, clock, monkeypatch)


@pytest.fixture
def memory_dock(memory_office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dock]:
    """A dock in memory."""
    yield from opened(memory_office, clock, monkeypatch)
