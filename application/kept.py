"""What a house keeps for a time only: traces of logins, delivered messages, old answers. Ledgers and log are not among it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Final


class Kept(enum.Enum):
    """What is deleted once it is over, by the name of its timer. Nothing else ever is: a store deletes no record but these."""

    ANSWERS = "answers"  # idempotency keys with what was answered under them; that may hold a receiver's name and address
    SESSIONS = "ended-sessions"
    TRIES = "login-tries"  # tallies of failed logins
    ADDRESSES = "known-addresses"  # where accounts logged in from
    MESSAGES = "delivered-messages"
    WEBHOOKS = "webhook-deliveries"


KEPT_FOR: Final[Mapping[Kept, dt.timedelta]] = {
    Kept.ANSWERS: dt.timedelta(days=7),  # keys are promised for a day
    Kept.SESSIONS: dt.timedelta(days=90),  # after the last moment at which it could have opened the door
    Kept.TRIES: dt.timedelta(days=2),  # the longest wait and the time after which failures are forgotten are within the hour
    Kept.ADDRESSES: dt.timedelta(days=90),  # no longer than they count for anything: see `access.ports.KNOWN_FOR`
    Kept.MESSAGES: dt.timedelta(days=30),  # since they were written
    Kept.WEBHOOKS: dt.timedelta(days=30),  # likewise, but for those that are on their way
}
AT_ONCE: Final = 1_000
"""How many of a kind go in one transaction."""
