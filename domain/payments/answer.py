"""What a payment provider answers when it is told or asked something."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from houtai.domain.money import Money


class Standing(enum.Enum):
    """How a payment or refund stands with the provider."""

    PENDING = "pending"
    DONE = "done"  # captured, or refunded
    FAILED = "failed"  # definitely not
    NOT_KNOWN = "not-known"  # the provider has never heard of it: telling it once more cannot double it
    NO_ANSWER = "no-answer"  # the answer was lost; it may or may not be done


@attrs.frozen
class GatewayAnswer:
    """One answer. `money_ref` is the provider's name for the money that moved, `at` the provider's time."""

    standing: Standing
    at: dt.datetime
    provider_ref: str = ""
    money_ref: str = ""
    amount: Money | None = None
    pay_url: str = ""
    error: str = ""
