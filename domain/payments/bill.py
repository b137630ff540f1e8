"""A provider's own account of one day: what came in, what went back, and what it kept for it."""

from __future__ import annotations

import datetime as dt
import enum
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.money import Money


class BillKind(enum.Enum):
    """What a line of a bill tells."""

    CAPTURED = "captured"
    REFUNDED = "refunded"
    OTHER = "other"  # fees of their own, payouts to the bank, corrections


@attrs.frozen
class BillLine:
    """One movement. `amount` is more than nothing for captures and refunds; what is of another kind bears its sign.

    `ours` is the payment's id, or the refund's along with its `attempt`; None where it is no id of our making. `money_ref` is
    the name that notices and answers call the same money by. `fee` is what the provider keeps of it, negative where it gives
    a fee back, None where the bill does not say; it may be in another currency.
    """

    kind: BillKind
    at: dt.datetime = attrs.field(validator=limits.aware)
    ours: UUID | None
    money_ref: str = attrs.field(validator=limits.text(0, 200))
    amount: Money
    fee: Money | None = None
    attempt: int = 1


@attrs.frozen
class Bill:
    """The bill of one `day` as the provider counts days. `raw` is what it was read from, to be kept."""

    provider: str
    day: dt.date
    lines: tuple[BillLine, ...]
    raw: bytes = attrs.field(repr=False)
