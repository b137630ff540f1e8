"""What orders are kept in, and how their use cases and queries reach it.

One order of locks for all deeds: payments, order, points, coupons, budgets, stock, numbers, balances. Whoever starts from an
order's id locks its payments first (`lock_with_payments`), as the provider's notices do.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.inventory.ports import InventoryTx, InventoryViews
from houtai.application.outbound.ports import OutboundTx, OutboundViews
from houtai.application.paging import Page, Slice
from houtai.application.payments.ports import PaymentsTx, PaymentsViews
from houtai.application.plain import SECRET
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.application.pricing.ports import PricingTx, PricingViews
from houtai.application.timeline import TimelineEntry, TimelineKey
from houtai.domain import limits
from houtai.domain.ids import ChannelId, CustomerId, MerchantId, OrderId, SkuId
from houtai.domain.merchants.commission import CommissionRate, RateKey
from houtai.domain.merchants.merchant import Merchant
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import AuditPolicy, AuditPolicyId
from houtai.domain.orders.state import STOPPED, OrderState

ORDER_BY_NUMBER: Final[Index[Order, str]] = Index("number", lambda order: order.number, unique=True)
ORDER_BY_EXTERNAL: Final[Index[Order, tuple[UUID, str]]] = Index(
    "external", lambda order: (order.channel_id, order.external_id) if order.external_id else None, unique=True
)
ORDER_BY_CUSTOMER: Final[Index[Order, UUID]] = Index("customer", lambda order: order.customer_id)
ORDERS: Final[Records[OrderId, Order]] = Records(
    "orders",
    Order,
    key=lambda order: order.id,
    indexes=(ORDER_BY_NUMBER, ORDER_BY_EXTERNAL, ORDER_BY_CUSTOMER),
    secret=frozenset({"receiver", "remark"}),
)
POLICY_BY_CHANNEL: Final[Index[AuditPolicy, UUID]] = Index("channel_id", lambda policy: policy.channel_id, unique=True)
AUDIT_POLICIES: Final[Records[AuditPolicyId, AuditPolicy]] = Records(
    "audit_policies",
    AuditPolicy,
    key=lambda policy: policy.id,
    indexes=(POLICY_BY_CHANNEL,),
    secret=frozenset({"blocked_phones"}),
    reference=True,
)
RECORDS: Final[tuple[Records[Any, Any], ...]] = (ORDERS, AUDIT_POLICIES)


@attrs.frozen
class OpenOrders:
    """How many orders are open, and the numbers of the earliest."""

    count: int
    numbers: tuple[str, ...] = ()


class OrdersTx(PricingTx, OutboundTx, PaymentsTx, InventoryTx, Protocol):
    """What orders write: their own records, and those of the modules that they stand on."""

    @property
    def orders(self) -> Rows[OrderId, Order]:
        """What was sold."""

    @property
    def audit_policies(self) -> Rows[AuditPolicyId, AuditPolicy]:
        """Which rules look at paid orders."""

    @property
    def commission_rates(self) -> Rows[RateKey, CommissionRate]:
        """Looked up only: what a line is sold under."""

    def open_orders_for(self, channel_id: ChannelId, sku_ids: Sequence[SkuId], most: int) -> OpenOrders:
        """Orders of the channel that have not ended, with units of these SKUs (sold as such) still to ship.

        Of what is committed; for deeds that write no orders themselves. Names up to `most`, the earliest first.
        """

    def open_claims_on(self, order_id: OrderId) -> int:
        """How many claims of the order are not over, of what is committed; the caller holds the order, as whoever claims does."""


class Timer(enum.Enum):
    """What an order may wait for."""

    PAYMENT = "payment"  # it expires unpaid
    MERGE_WINDOW = "merge-window"  # it is confirmed
    RESERVATION = "reservation"  # a stopped one loses its goods
    COMPLETION = "completion"  # everything arrived, and the time to complain is over


def due_moment(order: Order, timer: Timer) -> dt.datetime | None:
    """When this timer runs out for the order; None where it does not run."""
    if timer is Timer.PAYMENT:
        return order.expires_at if order.state is OrderState.PENDING_PAYMENT else None
    if timer is Timer.MERGE_WINDOW:
        return order.confirm_at if order.state is OrderState.PAID else None
    if timer is Timer.COMPLETION:
        return order.complete_at if order.state is OrderState.RELEASED else None
    return order.hold.reserved_until if order.hold is not None and order.state in STOPPED else None


@attrs.frozen
class OrderFilter:
    """Which orders: all conditions that are set hold. `since` is included, `until` is not; None for a reach is everywhere.

    `number_prefix` matches from the front, `phone_tail` the last digits of the receiver's number.
    """

    states: frozenset[OrderState] = frozenset()
    channel_id: ChannelId | None = None
    merchant_id: MerchantId | None = None
    customer_id: CustomerId | None = None
    customers: frozenset[CustomerId] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    number_prefix: str = attrs.field(default="", validator=limits.text(0, 40))
    phone_tail: str = attrs.field(default="", validator=limits.text(0, 24), metadata={SECRET: True})
    queue: str = attrs.field(default="", validator=limits.text(0, 64))
    channels: frozenset[UUID] | None = None
    merchants: frozenset[UUID] | None = None


class OrdersViews(PricingViews, OutboundViews, PaymentsViews, InventoryViews, Protocol):
    """What queries of orders read."""

    @property
    def orders(self) -> Reading[OrderId, Order]:
        """By id, number, or the channel's number."""

    @property
    def audit_policies(self) -> Reading[AuditPolicyId, AuditPolicy]:
        """By id or channel."""

    @property
    def merchants(self) -> Reading[MerchantId, Merchant]:
        """Whether they sell."""

    @property
    def timeline(self) -> Reading[TimelineKey, TimelineEntry]:
        """What happened to each document."""

    def find_orders(self, page: Page, where: OrderFilter) -> Slice[Order]:
        """Orders by id, which is the order of their placement."""

    def orders_due(self, timer: Timer, until: dt.datetime, limit: int) -> list[OrderId]:
        """Orders whose timer has run out by `until`, earliest first."""
