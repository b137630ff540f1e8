"""Messages to the outside: written in the transaction that causes them, delivered after it, never lost or doubled."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs


class Delivery(enum.Enum):
    """Where a message stands."""

    PENDING = "pending"
    QUEUED = "queued"  # an event that goes to the broker when those before it have gone
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"  # tried often enough; waits on a human's list


@attrs.frozen
class Message:
    """One message. `id` is also the idempotency key towards the receiver; derive it from the document and the deed."""

    id: UUID
    topic: str  # names the deliverer: "payments.create", "channels.push-listing" …
    payload: Mapping[str, Any]  # plain JSON
    created_at: dt.datetime
    due_at: dt.datetime | None  # the next try; None while queued, and once delivered or given up
    state: Delivery = Delivery.PENDING
    attempts: int = 0
    last_error: str = ""
