"""A till on every adapter, and one in memory; the events of payments are overheard instead of acted upon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from houtai.application import reactions
from houtai.application.office import Office
from houtai.domain.event import Event
from houtai.domain.payments import events
from tests.payments.till import Till

EVENTS = (
    events.PaymentCaptured,
    events.ExcessCaptured,
    events.PaymentFailed,
    events.RefundSucceeded,
    events.RefundFailed,
)


def opened(office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Till:
    till = Till(office, clock)

    def overhear(_tx: object, event: Event, _act: object) -> None:
        till.announced.append(event)

    for kind in EVENTS:
        monkeypatch.setitem(reactions.REACTIONS, kind, (overhear,))
    return till


@pytest.fixture
def till(office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """A till on every adapter."""
    made = opened(office, clock, monkeypatch)
    yield made
    made.gateway.close()


@pytest.fixture
def memory_till(memory_office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """A till in memory."""
    made = opened(memory_office, clock, monkeypatch)
    yield made
    made.gateway.close()
