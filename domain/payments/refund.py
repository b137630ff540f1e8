"""A refund: money on its way back, one document with as many attempts as it takes (SM-RF)."""

from __future__ import annotations

import datetime as dt
import enum
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import JournalId, OrderId, PaymentId, RefundId, derive
from houtai.domain.money import Money
from houtai.domain.moves import Moves, check_move


class RefundState(enum.Enum):
    """Where a refund stands."""

    CREATED = "created"  # owed and booked, not yet told to the provider
    SUBMITTED = "submitted"  # told; until the answer comes its outcome is unknown and it is asked for, not told again
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the provider said no; we still owe it
    MANUAL = "manual"  # paid back by hand
    CANCELLED = "cancelled"  # no longer owed


# A provider may take its word back both ways (succeeded, failed), even when the next attempt stands ready; what is settled by
# hand or cancelled stays.
MOVES: Moves[RefundState] = {
    RefundState.CREATED: {RefundState.SUBMITTED, RefundState.SUCCEEDED, RefundState.MANUAL, RefundState.CANCELLED},
    RefundState.SUBMITTED: {RefundState.SUCCEEDED, RefundState.FAILED},
    RefundState.FAILED: {RefundState.CREATED, RefundState.SUCCEEDED, RefundState.MANUAL, RefundState.CANCELLED},
    RefundState.SUCCEEDED: {RefundState.FAILED},
    RefundState.MANUAL: set(),
    RefundState.CANCELLED: set(),
}


@attrs.frozen
class Refund:
    """One refund of one payment.

    `maker` asked for it, `told_at` is the provider's time of the news that counts, `journal_id` booked the payout.
    """

    id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    amount: Money
    reason: str = attrs.field(validator=limits.text(1, 500))
    maker: UUID
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    state: RefundState = RefundState.CREATED
    attempt: int = 1
    provider_ref: str = attrs.field(default="", validator=limits.text(0, 200))
    ask_at: dt.datetime | None = None
    asks: int = 0
    told_at: dt.datetime | None = None
    journal_id: JournalId | None = None
    error: str = attrs.field(default="", validator=limits.text(0, 500))
    version: int = 1

    @property
    def key(self) -> UUID:
        """The idempotency key of the present attempt: the same until the provider has definitely said no."""
        return derive(self.id, "attempt", self.attempt)

    def moved(self, state: RefundState, *, ask_at: dt.datetime | None = None, error: str = "") -> Refund:
        """In another state. Raises IllegalMove."""
        check_move("refund", MOVES, self.state, state)
        return attrs.evolve(self, state=state, ask_at=ask_at, asks=0, error=error[:500], version=self.version + 1)

    def paid(self, at: dt.datetime, money_ref: str) -> Refund:
        """As the provider paid it out at `at` under `money_ref`; names the journal that is to book it. Raises IllegalMove."""
        journal = JournalId(derive(self.id, "paid", self.version + 1))
        return attrs.evolve(self.moved(RefundState.SUCCEEDED), told_at=at, provider_ref=money_ref[:200], journal_id=journal)

    def refused(self, at: dt.datetime, error: str) -> Refund:
        """As the provider refused it, or took its payout back, at `at`. Raises IllegalMove."""
        return attrs.evolve(self.moved(RefundState.FAILED, error=error), told_at=at)

    def tried_again(self) -> Refund:
        """A failed one, ready for its next attempt under a new key. Raises IllegalMove."""
        return attrs.evolve(self.moved(RefundState.CREATED), attempt=self.attempt + 1)
