"""What is over in memory: for each kind of record that is kept for a time only, its shelf and since when a record is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from houtai.application.kept import Kept
from houtai.application.outbox import Delivery
from houtai.domain.webhooks.delivery import DeliveryState

OVER_SINCE: Final[Mapping[Kept, tuple[str, Callable[[Any], dt.datetime | None]]]] = {
    Kept.SESSIONS: ("sessions", lambda session: session.expires_at),
    Kept.TRIES: ("tallies", lambda tally: tally.last_at),
    Kept.ADDRESSES: ("known_addresses", lambda known: known.last_at),
    Kept.MESSAGES: ("outbox", lambda message: message.created_at if message.state is Delivery.DELIVERED else None),
    Kept.WEBHOOKS: ("webhook_deliveries", lambda one: None if one.state is DeliveryState.PENDING else one.created_at),
}
"""Answers lie on no shelf; None stands for what is not over, however old it is."""
