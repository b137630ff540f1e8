"""What happened to orders, for the modules above them."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import ChannelId, OrderId, OutboundId


@attrs.frozen
class OrderEvent(Event):
    """A fact about one order."""

    order_id: OrderId
    channel_id: ChannelId


@attrs.frozen
class OrderPlaced(OrderEvent):
    """It is reserved for and waits for its payment."""


@attrs.frozen
class OrderPaid(OrderEvent):
    """It is paid whole, here or on its channel: the audit rules look at it now."""


@attrs.frozen
class OrderConfirmed(OrderEvent):
    """Nothing stands against it: it may go to a warehouse."""


@attrs.frozen
class OrderStopped(OrderEvent):
    """A rule or a person holds it, or something does not fit; `queue` owns it."""

    queue: str
    rules: tuple[str, ...]


@attrs.frozen
class OrderCancelled(OrderEvent):
    """It is over before anything shipped; what was paid goes back."""


@attrs.frozen
class OrderRefunded(OrderEvent):
    """Everything of it came back after it had left: the buyer keeps nothing."""


@attrs.frozen
class OrderExpired(OrderEvent):
    """It was not paid in time."""


@attrs.frozen
class GiftOwed(OrderEvent):
    """A promised gift is out of stock; the paid lines go on without it (R-11)."""

    line: int
    missing_qty: int


@attrs.frozen
class OrderShipped(OrderEvent):
    """Units of it went to the carrier in one outbound order; `all_shipped` says that nothing is still to go."""

    outbound_id: OutboundId
    lines: tuple[tuple[int, int], ...]  # line and how many units
    carrier: str
    waybills: tuple[str, ...]
    all_shipped: bool


@attrs.frozen
class OrderCompleted(OrderEvent):
    """Everything that was not given up was delivered, and the time to complain is over."""
