"""The types of events that an endpoint may subscribe to; each names the schema of what is told."""

from __future__ import annotations

import enum
from typing import Final


class EventType(enum.Enum):
    """What happened, as receivers know it. A new kind of event is one line here and one in `announce.TOPICS`."""

    ORDER_PLACED = "order.placed"
    ORDER_PAID = "order.paid"
    ORDER_CONFIRMED = "order.confirmed"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_EXPIRED = "order.expired"
    ORDER_SHIPPED = "order.shipped"
    ORDER_DELIVERED = "order.delivered"
    ORDER_COMPLETED = "order.completed"
    ORDER_REFUNDED = "order.refunded"
    CLAIM_CHANGED = "claim.changed"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    STOCK_CHANGED = "stock.changed"


TEST_TYPE: Final = "webhook.test"
"""What an endpoint is sent when somebody tries it out; nobody subscribes to it."""

OF_THE_HOUSE: Final = frozenset({EventType.REFUND_SUCCEEDED, EventType.REFUND_FAILED})
"""Told to endpoints of the house alone: a payment is for the whole order, whosever goods are in it."""
