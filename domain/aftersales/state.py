"""Where a claim stands, from where it may go on (SM-AS), and whose turn it is while it waits."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

import attrs

from houtai.domain.moves import Moves


class ClaimKind(enum.Enum):
    """What the buyer wants."""

    REFUND_ONLY = "refund-only"
    RETURN_REFUND = "return-refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    RESEND = "resend"
    PRICE_PROTECT = "price-protect"

    @property
    def goods_back(self) -> bool:
        """Whether the buyer sends goods."""
        return self in (ClaimKind.RETURN_REFUND, ClaimKind.EXCHANGE, ClaimKind.REPAIR)

    @property
    def goods_out(self) -> bool:
        """Whether the house sends goods once more."""
        return self in (ClaimKind.EXCHANGE, ClaimKind.RESEND)


class ClaimState(enum.Enum):
    """The lifecycle of a claim."""

    APPLIED = "applied"
    REVIEWING = "reviewing"
    APPROVED = "approved"
    AWAITING_RETURN = "awaiting-return"
    IN_TRANSIT = "in-transit"
    RECEIVED = "received"
    INSPECTED = "inspected"
    DECIDED = "decided"
    REFUNDING = "refunding"
    RESHIPPING = "reshipping"
    COMPLETED = "completed"
    REJECTED = "rejected"
    ESCALATED = "escalated"  # somebody above settles it; it goes on where it stood
    CANCELLED = "cancelled"  # by the buyer, before the goods were looked at
    EXPIRED = "expired"  # nothing was sent back in time


_S = ClaimState

# Goods that are here when a claim ends without them go back to the buyer first, so its last move comes from RESHIPPING. A bank
# may take a payout back long after, so COMPLETED leads to REFUNDING.
MOVES: Final[Moves[ClaimState]] = {
    _S.APPLIED: {_S.REVIEWING, _S.APPROVED, _S.REJECTED, _S.ESCALATED, _S.CANCELLED},
    _S.REVIEWING: {_S.APPROVED, _S.REJECTED, _S.ESCALATED, _S.CANCELLED},
    _S.APPROVED: {_S.AWAITING_RETURN, _S.DECIDED},
    _S.AWAITING_RETURN: {_S.IN_TRANSIT, _S.RECEIVED, _S.EXPIRED, _S.ESCALATED, _S.CANCELLED},
    _S.IN_TRANSIT: {_S.RECEIVED, _S.ESCALATED, _S.CANCELLED},
    _S.RECEIVED: {_S.INSPECTED, _S.ESCALATED, _S.RESHIPPING},
    _S.INSPECTED: {_S.DECIDED, _S.ESCALATED, _S.RESHIPPING},
    _S.DECIDED: {_S.REFUNDING, _S.RESHIPPING, _S.COMPLETED},
    _S.REFUNDING: {_S.RESHIPPING, _S.COMPLETED, _S.ESCALATED},
    _S.RESHIPPING: {_S.COMPLETED, _S.REJECTED, _S.CANCELLED, _S.ESCALATED, _S.REFUNDING},
    _S.ESCALATED: {
        _S.APPLIED,
        _S.REVIEWING,
        _S.AWAITING_RETURN,
        _S.IN_TRANSIT,
        _S.RECEIVED,
        _S.INSPECTED,
        _S.REFUNDING,
        _S.RESHIPPING,
        _S.COMPLETED,
        _S.REJECTED,
        _S.CANCELLED,
    },
    _S.COMPLETED: {_S.REFUNDING},
    _S.REJECTED: set(),
    _S.CANCELLED: set(),
    _S.EXPIRED: set(),
}

ENDED: Final = frozenset({_S.COMPLETED, _S.REJECTED, _S.CANCELLED, _S.EXPIRED})
"""Those in which nobody has to act any more."""


@attrs.frozen
class Wait:
    """Whose turn it is in a state, what they do, and how many hours they have."""

    queue: str
    next_action: str
    hours: int


WAITS: Final[Mapping[ClaimState, Wait]] = {
    _S.APPLIED: Wait("customer-service", "look at the claim and take it over", 24),
    _S.REVIEWING: Wait("customer-service", "approve or reject the claim", 24),
    _S.AWAITING_RETURN: Wait("buyer", "send the goods back and tell the waybill", 24 * 10),
    _S.IN_TRANSIT: Wait("returns-desk", "expect the parcel; ask the carrier where it is when it is late", 24 * 10),
    _S.RECEIVED: Wait("returns-desk", "inspect the goods, unit by unit", 48),
    _S.INSPECTED: Wait("customer-service", "decide what the buyer gets for what was found", 24),
    _S.REFUNDING: Wait("finance", "see that the money goes out", 72),
    _S.RESHIPPING: Wait("warehouse", "send the goods to the buyer", 72),
    _S.ESCALATED: Wait("service-lead", "settle the claim", 24),
}
"""Every state in which a claim waits; the others are passed through within a deed, or are its end."""
