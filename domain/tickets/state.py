"""The states of a ticket and its moves (SM-TK), and how long each step may take."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from houtai.domain.moves import Moves


class TicketState(enum.Enum):
    """Whose turn it is, or how it ended."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in-progress"
    WAITING_CUSTOMER = "waiting-customer"
    WAITING_INTERNAL = "waiting-internal"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


_WORK: Final = {TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.MERGED}

MOVES: Final[Moves[TicketState]] = {
    TicketState.NEW: {TicketState.ASSIGNED} | _WORK,
    TicketState.ASSIGNED: _WORK,
    TicketState.IN_PROGRESS: {
        TicketState.WAITING_CUSTOMER,
        TicketState.WAITING_INTERNAL,
        TicketState.RESOLVED,
        TicketState.MERGED,
    },
    TicketState.WAITING_CUSTOMER: {TicketState.WAITING_INTERNAL} | _WORK,
    TicketState.WAITING_INTERNAL: {TicketState.WAITING_CUSTOMER} | _WORK,
    TicketState.RESOLVED: {TicketState.IN_PROGRESS, TicketState.CLOSED, TicketState.MERGED},
    TicketState.CLOSED: set(),
    TicketState.MERGED: set(),
}

OPEN: Final = frozenset(
    {
        TicketState.NEW,
        TicketState.ASSIGNED,
        TicketState.IN_PROGRESS,
        TicketState.WAITING_CUSTOMER,
        TicketState.WAITING_INTERNAL,
    }
)
"""Somebody of the house, or the buyer, still has to act: such a ticket has a queue, a next action and a due time."""

FIRST_QUEUE: Final = "customer-service"
LADDER: Final = ("service-leads", "service-management")
"""Who takes over what is overdue, level by level; the last keeps it."""

RESPONSE: Final = dt.timedelta(hours=24)
"""Until when a buyer has the first answer, and the next one."""

WORK: Final = dt.timedelta(hours=48)
"""Until when something happens on a ticket that is being worked on."""

ESCALATED: Final = dt.timedelta(hours=24)
"""Until when the next level has acted on what came up to it."""

GRACE: Final = dt.timedelta(days=7)
"""How long a resolved ticket may be taken up again before it is closed for good."""
