"""What a provider tells us unasked, and the append-only record of it (M11)."""

from __future__ import annotations

import datetime as dt
import enum
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import JournalId
from houtai.domain.money import Money
from houtai.domain.refusal import InvalidValue

MAX_NOTICE_BYTES = 256 * 1024


class NoticeKind(enum.Enum):
    """What the provider reports."""

    CAPTURED = "captured"
    FAILED = "failed"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    OTHER = "other"  # something that we have no use for


class Outcome(enum.Enum):
    """What became of a notice."""

    APPLIED = "applied"
    REPEATED = "repeated"  # news that we had by another way
    EXCESS = "excess"  # money that came in a second time; it goes back
    CASE = "case"  # something does not fit: a person decides, nothing was booked
    PARKED = "parked"  # about nothing that we know; a person looks into it
    OUTDATED = "outdated"  # overtaken by later news
    IGNORED = "ignored"


@attrs.frozen
class Notice:
    """One verified notice in our terms.

    `ours` is the id that we gave the provider (a payment's, or a refund's along with its attempt), None where it is no id
    of our making; `money_ref` is the provider's name for the money, `at` the provider's time. Raises InvalidValue for money
    without an amount.
    """

    event_id: str = attrs.field(validator=limits.text(1, 200))
    kind: NoticeKind
    ours: UUID | None
    at: dt.datetime = attrs.field(validator=limits.aware)
    recipient: str = attrs.field(validator=limits.text(0, 200))
    amount: Money | None = None
    money_ref: str = attrs.field(default="", validator=limits.text(0, 200))
    attempt: int = 1
    error: str = ""
    raw: str = ""

    def __attrs_post_init__(self) -> None:
        if self.kind in (NoticeKind.CAPTURED, NoticeKind.REFUNDED) and (self.amount is None or not self.money_ref):
            raise InvalidValue(field="amount", rule="must say how much money moved, and under which reference")


@attrs.frozen
class ProviderEvent:
    """A notice as it was received and what became of it; kept for good, one for each of the provider's event ids."""

    provider: str
    event_id: str
    kind: NoticeKind
    ours: UUID | None
    amount: Money | None
    money_ref: str
    at: dt.datetime
    received_at: dt.datetime
    outcome: Outcome
    journal_id: JournalId | None
    raw: str

    def same_news(self, notice: Notice) -> bool:
        """Whether the notice says again what this one said."""
        mine = (self.kind, self.ours, self.amount, self.money_ref)
        return mine == (notice.kind, notice.ours, notice.amount, notice.money_ref)
