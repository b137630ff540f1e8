"""Where an order stands, and from where it may go on (SM-SO header)."""

from __future__ import annotations

import enum
from typing import Final

from houtai.domain.moves import Moves


class OrderState(enum.Enum):
    """The header's lifecycle. PAID is also the time in which the audit rules look at it; a DRAFT is never stored."""

    DRAFT = "draft"
    PENDING_PAYMENT = "pending-payment"
    PAID = "paid"
    CONFIRMED = "confirmed"
    RELEASED = "released"  # handed to warehouses
    COMPLETED = "completed"
    HOLD = "hold"  # a rule or a person stopped it; somebody owns it until a due time
    EXCEPTION = "exception"  # something does not fit; it goes on only when a person has settled it
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED_REFUNDED = "closed-refunded"


# Money that comes in after the expiry revives an order where its goods are still there (F-2): so EXPIRED is not terminal.
MOVES: Final[Moves[OrderState]] = {
    OrderState.DRAFT: {OrderState.PENDING_PAYMENT, OrderState.PAID},
    OrderState.PENDING_PAYMENT: {OrderState.PAID, OrderState.EXPIRED, OrderState.CANCELLED},
    OrderState.EXPIRED: {OrderState.PAID},
    OrderState.PAID: {OrderState.CONFIRMED, OrderState.HOLD, OrderState.EXCEPTION, OrderState.CANCELLED},
    OrderState.HOLD: {OrderState.PAID, OrderState.CONFIRMED, OrderState.EXCEPTION, OrderState.CANCELLED},
    OrderState.EXCEPTION: {OrderState.PAID, OrderState.CONFIRMED, OrderState.CANCELLED},
    OrderState.CONFIRMED: {OrderState.RELEASED, OrderState.HOLD, OrderState.EXCEPTION, OrderState.CANCELLED},
    OrderState.RELEASED: {OrderState.CONFIRMED, OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CLOSED_REFUNDED},
    OrderState.COMPLETED: set(),
    OrderState.CANCELLED: set(),
    OrderState.CLOSED_REFUNDED: set(),
}

BORN: Final = frozenset({OrderState.PENDING_PAYMENT, OrderState.PAID})
"""The states in which an order is first stored: placed here, or paid on a channel already."""

STOPPED: Final = frozenset({OrderState.HOLD, OrderState.EXCEPTION})
"""Those in which somebody has to act by a due time."""

PAID_FOR: Final = frozenset({OrderState.PAID, OrderState.CONFIRMED, *STOPPED})
"""Those before the warehouse in which the order is paid whole."""

ENDED: Final = frozenset({OrderState.CANCELLED, OrderState.EXPIRED, OrderState.COMPLETED, OrderState.CLOSED_REFUNDED})
"""Those in which no parcel is on its way to the receiver any more, or ever was."""

NOT_SHIPPED: Final = PAID_FOR | {OrderState.PENDING_PAYMENT}
"""Those from which an order can still be cancelled here."""
