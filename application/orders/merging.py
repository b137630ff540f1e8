"""Which orders of a buyer may go out together, and why others may not (OMS-5); what is asked before anything is merged."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence

import attrs

from houtai.application.orders.ports import OrderFilter, OrdersTx, OrdersViews
from houtai.application.orders.reach import filter_within
from houtai.application.outbound.serving import orders_of_each
from houtai.application.paging import Page
from houtai.application.payments.ports import REFUNDS_OF_ORDER
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, CustomerId, OrderId
from houtai.domain.orders.line import DiscountRow, OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import built_in, policy_id
from houtai.domain.orders.state import STOPPED, OrderState
from houtai.domain.orders.tender import TenderState
from houtai.domain.outbound.joint import MAX_TOGETHER
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.splitting import MergeCandidate, MoneyLine, merge_key, merge_obstacle
from houtai.domain.outbound.state import OutboundState
from houtai.domain.payments.refund import Refund, RefundState

MERGE = "orders.merge"
LOOKED_AT = 1_000
"""Open orders that one question looks at, the earliest first."""

_UNPAID = frozenset({OrderState.DRAFT, OrderState.PENDING_PAYMENT, OrderState.EXPIRED, OrderState.CANCELLED})
_WAITING = frozenset({OrderState.PENDING_PAYMENT, OrderState.PAID, OrderState.CONFIRMED, *STOPPED})
_SETTLED = frozenset({RefundState.SUCCEEDED, RefundState.MANUAL, RefundState.CANCELLED})


def money_line(order: Order, line: OrderLine) -> MoneyLine:
    """A line with all the money that was agreed on it, as splitting and merging reckon."""
    assert line.sku_id is not None, "what nobody knows goes nowhere"
    return MoneyLine(
        order_id=order.id,
        line=line.seq,
        sku_id=line.sku_id,
        qty=line.qty,
        gross_minor=line.gross_minor,
        freight_minor=line.freight_minor,
        weight_g=line.weight_g,
        discounts=tuple((f"{row.source_type.value} {row.source_id}", row.amount_minor) for row in _rows(order, line)),
        merchant_id=line.merchant_id,
    )


def _rows(order: Order, line: OrderLine) -> Iterable[DiscountRow]:
    return (row for row in order.discounts if row.line == line.seq)


def candidate(order: Order, sent: Collection[OutboundOrder], refunds: Iterable[Refund]) -> MergeCandidate:
    """The order as merging sees it; `sent` is what warehouses have of it, `refunds` what was asked back."""
    working = [one for one in sent if one.state is not OutboundState.CANCELLED]
    given_back = any(tender.state is TenderState.GIVEN_BACK for tender in order.tenders)
    confirmed = order.state in (OrderState.CONFIRMED, OrderState.RELEASED)
    return MergeCandidate(
        order_id=order.id,
        number=order.number,
        channel_id=order.channel_id,
        customer_id=order.customer_id,
        receiver=order.receiver,
        currency=order.currency,
        service="",
        lines=tuple(money_line(order, line) for line in order.lines if line.sku_id is not None),
        paid=order.state not in _UNPAID,
        approved=confirmed or (order.state is OrderState.PAID and order.confirm_at is not None) or order.state in STOPPED,
        held=order.state in STOPPED,
        refunding=given_back or any(refund.state not in _SETTLED for refund in refunds if refund.order_id == order.id),
        routed=any(one.state is not OutboundState.NEW for one in working),
    )


def candidates(tx: OrdersTx | OrdersViews, orders: Collection[Order]) -> list[MergeCandidate]:
    """The orders as merging sees them, in four statements at most."""
    if not orders:
        return []
    ids = [order.id for order in orders]
    refunds = tx.refunds.by(REFUNDS_OF_ORDER, *ids)
    sent = orders_of_each(tx, ids)
    return [candidate(order, sent[order.id], refunds) for order in orders]


@attrs.frozen
class ProposeMerges:
    """Among the open orders of a channel (None: of all), or of one buyer alone."""

    channel: ChannelId | None = None
    customer: CustomerId | None = None


@attrs.frozen
class Apart:
    """An order that goes to the same buyer and place as others, and why it cannot go with them."""

    order: OrderId
    number: str
    reason: str


@attrs.frozen
class MergeProposal:
    """Orders that may go out together, the earliest first, and those of the same buyer and place that may not."""

    orders: tuple[OrderId, ...]
    numbers: tuple[str, ...]
    apart: tuple[Apart, ...]


@needs(MERGE, along=(CHANNEL, MERCHANT))
def propose_merges(views: OrdersViews, query: ProposeMerges, act: Act) -> tuple[MergeProposal, ...]:
    """Orders with the same shop, buyer, receiver, phone, address, currency and sellers that wait for a warehouse.

    Of the earliest `LOOKED_AT` open ones within the actor's reach. A group of fewer than two that may go says why.
    """
    where = OrderFilter(states=_WAITING, channel_id=query.channel, customer_id=query.customer)
    within = filter_within(act, MERGE, where)
    if within is None:
        return ()
    held: dict[Hashable, list[MergeCandidate]] = {}
    for one in candidates(views, _found(views, within)):
        if one.customer_id is not None:
            held.setdefault(merge_key(one), []).append(one)
    return tuple(_proposal(group) for group in held.values() if len(group) > 1)


def _found(views: OrdersViews, where: OrderFilter) -> list[Order]:
    """Open orders, the earliest first."""
    orders: list[Order] = []
    cursor = ""
    while len(orders) < LOOKED_AT:
        page = views.find_orders(Page(limit=100, cursor=cursor, newest_first=False), where)
        orders += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    return orders


def _proposal(group: Sequence[MergeCandidate]) -> MergeProposal:
    going = [one for one in group if not merge_obstacle(one)]
    late = [Apart(one.order_id, one.number, f"{MAX_TOGETHER} orders go together at most") for one in going[MAX_TOGETHER:]]
    stopped = [Apart(one.order_id, one.number, merge_obstacle(one)) for one in group if merge_obstacle(one)]
    going = going[:MAX_TOGETHER]
    return MergeProposal(tuple(one.order_id for one in going), tuple(one.number for one in going), (*stopped, *late))


def companions(views: OrdersViews, orders: Collection[Order]) -> list[tuple[OrderId, ...]]:
    """The orders in the groups in which they go out: with others where their channel has a merge window, else each alone.

    Orders of the same buyer that passed the audit and wait for their window join one whose window is over.
    """
    ids = {policy_id(channel) for order in orders for channel in (order.channel_id, None)}
    stored = views.audit_policies.many(ids)
    house = stored.get(policy_id(None)) or built_in()
    merging = [
        order
        for order in orders
        if order.customer_id is not None and (stored.get(policy_id(order.channel_id)) or house).merge_minutes
    ]
    together: dict[OrderId, tuple[OrderId, ...]] = {}
    for group in _groups(views, merging):
        together |= dict.fromkeys(group, group)
    return list(dict.fromkeys(together.get(order.id, (order.id,)) for order in orders))


def _groups(views: OrdersViews, merging: Collection[Order]) -> list[tuple[OrderId, ...]]:
    buyers = frozenset(order.customer_id for order in merging if order.customer_id is not None)
    if not buyers:
        return []
    where = OrderFilter(states=frozenset({OrderState.PAID, OrderState.CONFIRMED}), customers=buyers)
    held: dict[Hashable, list[OrderId]] = {}
    for one in candidates(views, _found(views, where)):
        if not merge_obstacle(one):
            held.setdefault(merge_key(one), []).append(one.order_id)
    return [tuple(group[:MAX_TOGETHER]) for group in held.values() if len(group) > 1]
