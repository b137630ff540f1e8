"""Cases: what no rule can settle and a person has to, each with an owner, a next action and a due time (D7)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import AccountId, CaseId, ChannelId
from houtai.domain.moves import Moves, check_move


class CaseKind(enum.Enum):
    """What is wrong."""

    WRONG_AMOUNT = "wrong-amount"
    WRONG_CURRENCY = "wrong-currency"
    WRONG_RECIPIENT = "wrong-recipient"
    UNKNOWN_PAYMENT = "unknown-payment"
    CHANGED_NOTICE = "changed-notice"
    REFUND_FAILED = "refund-failed"
    REFUND_DIFFERS = "refund-differs"
    REFUND_TWICE = "refund-twice"
    REFUND_BY_HAND = "refund-by-hand"
    OWED_BY_HAND = "owed-by-hand"
    NO_ANSWER = "no-answer"
    NOT_DELIVERED = "not-delivered"
    CHANNEL_AMOUNT = "channel-amount"
    UNMATCHED_GOODS = "unmatched-goods"
    GIFT_OWED = "gift-owed"
    RESERVATION_LAPSED = "reservation-lapsed"
    OUTBOUND_SHORT = "outbound-short"
    WAYBILL_OVERDUE = "waybill-overdue"
    NUMBERS_REFUSED = "numbers-refused"
    PRINT_STUCK = "print-stuck"
    WEBHOOK_DISABLED = "webhook-disabled"


@attrs.frozen
class Playbook:
    """Who takes a kind of case first, what they do, and in how many hours."""

    queue: str
    next_action: str
    due_hours: int


PLAYBOOK: Mapping[CaseKind, Playbook] = {
    CaseKind.WRONG_AMOUNT: Playbook("finance", "compare with the provider; have it refunded or the rest paid", 24),
    CaseKind.WRONG_CURRENCY: Playbook("finance", "compare with the provider; have it refunded", 24),
    CaseKind.WRONG_RECIPIENT: Playbook("finance", "ask the provider why money of another account was reported to us", 4),
    CaseKind.UNKNOWN_PAYMENT: Playbook("finance", "find whose money it is with the provider", 24),
    CaseKind.CHANGED_NOTICE: Playbook("finance", "ask the provider which of the two notices is true", 4),
    CaseKind.REFUND_FAILED: Playbook("finance", "try again, pay by hand, or cancel the refund", 24),
    CaseKind.REFUND_DIFFERS: Playbook("finance", "compare the refunded amount with the provider", 24),
    CaseKind.REFUND_TWICE: Playbook("finance", "claim the second payout back", 24),
    CaseKind.REFUND_BY_HAND: Playbook("finance", "refund where the money was collected, then settle the refund here", 48),
    CaseKind.OWED_BY_HAND: Playbook("finance", "pay the buyer by transfer, and book it off accounts payable", 48),
    CaseKind.NO_ANSWER: Playbook("finance", "ask the provider by telephone how it stands", 4),
    CaseKind.NOT_DELIVERED: Playbook("operations", "find out why the receiver does not take it, then deliver again", 8),
    CaseKind.CHANNEL_AMOUNT: Playbook("finance", "compare with the channel; accept the difference, or cancel the order", 24),
    CaseKind.UNMATCHED_GOODS: Playbook("catalog", "bind the channel's goods to a SKU, then match the order", 4),
    CaseKind.GIFT_OWED: Playbook("customer-service", "send the gift when it is back, or agree on something else", 72),
    CaseKind.RESERVATION_LAPSED: Playbook("stock-control", "reserve for the order again, or cancel it", 8),
    CaseKind.OUTBOUND_SHORT: Playbook("stock-control", "wait for stock, send it without, or refund what is missing", 4),
    CaseKind.WAYBILL_OVERDUE: Playbook("operations", "call the carrier, then settle the waybill as it stands there", 4),
    CaseKind.NUMBERS_REFUSED: Playbook("operations", "ask the carrier why it gives no numbers, then ask for another block", 4),
    CaseKind.PRINT_STUCK: Playbook("operations", "look at printer and paper; then settle, resume, reprint or cancel the job", 1),
    CaseKind.WEBHOOK_DISABLED: Playbook("operations", "have the receiver repaired, resume the endpoint, replay what failed", 24),
}


class CaseState(enum.Enum):
    """Whether somebody still has to act."""

    OPEN = "open"
    RESOLVED = "resolved"


MOVES: Moves[CaseState] = {CaseState.OPEN: {CaseState.RESOLVED}, CaseState.RESOLVED: set()}


@attrs.frozen
class Case:
    """One thing for a person. `subject` names the kind of document (``payment``, ``message``), `facts` holds its numbers.

    `channel_id` is the channel whose business it is, None for the whole house's.
    """

    id: CaseId
    kind: CaseKind
    subject: str = attrs.field(validator=limits.code)
    subject_id: UUID
    queue: str = attrs.field(validator=limits.code)
    next_action: str = attrs.field(validator=limits.text(1, 500))
    due_at: dt.datetime = attrs.field(validator=limits.aware)
    opened_at: dt.datetime = attrs.field(validator=limits.aware)
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    channel_id: ChannelId | None = None
    assignee: AccountId | None = None
    state: CaseState = CaseState.OPEN
    resolution: str = attrs.field(default="", validator=limits.text(0, 2_000))
    version: int = 1

    def assigned(self, queue: str, assignee: AccountId | None, next_action: str, due_at: dt.datetime) -> Case:
        """With another owner. Raises IllegalMove for a resolved one."""
        self.demand_open()
        return attrs.evolve(
            self, queue=queue, assignee=assignee, next_action=next_action, due_at=due_at, version=self.version + 1
        )

    def resolved(self, resolution: str) -> Case:
        """Settled. Raises IllegalMove for one that is."""
        self.demand_open()
        return attrs.evolve(self, state=CaseState.RESOLVED, resolution=resolution, version=self.version + 1)

    def demand_open(self) -> None:
        """Refuse with IllegalMove unless somebody still has to act."""
        check_move("case", MOVES, self.state, CaseState.RESOLVED)
