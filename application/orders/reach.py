"""Whose orders are whose: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from houtai.application.orders.ports import OrderFilter
from houtai.domain.act import NOBODY, Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import ChannelId, CustomerId
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.refusal import NotFound


def owners_of(order: Order) -> frozenset[UUID]:
    """The merchants whose goods the order holds, the house among them where it holds its own."""
    return frozenset(merchant or HOUSE for merchant in order.merchants)


def demand_order(act: Act, verb: str, order: Order, *, amounts: Mapping[str, int] | None = None) -> None:
    """Refuse with NotFound an order of other channels, merchants or buyers, with Forbidden what this actor may not do to it.

    An order with goods of several merchants is changed only by whoever may do so for all of them.
    """
    if not within_reach(act, verb, order):
        raise NotFound(what="order", key=str(order.id))
    for scope in scopes_of(order):
        act.demand(verb, scope, amounts=amounts)


def scopes_of(order: Order) -> tuple[Scope, ...]:
    """Where the order lies: one scope for each owner of its goods."""
    return tuple(_scope(order, merchant) for merchant in sorted(owners_of(order)))


def scope_at(channel_id: ChannelId, buyer_id: CustomerId | None, merchant: UUID | None = None) -> Scope:
    """Where an order to be lies: on this channel, for this buyer, and, once they are known, with this merchant's goods."""
    return Scope(channel=channel_id, merchant=merchant, owner=buyer_id or NOBODY)


def within_reach(act: Act, verb: str, order: Order) -> bool:
    """Whether the actor may know of the order: one grant reaches its channel, its buyer and goods in it."""
    return any(act.may(verb, scope) for scope in scopes_of(order))


def lines_seen(act: Act, verb: str, order: Order) -> Sequence[OrderLine]:
    """The lines whose goods one grant reaches on the order's channel; none where the order is out of reach."""
    seen = {merchant for merchant in owners_of(order) if act.may(verb, _scope(order, merchant))}
    if seen == owners_of(order):
        return order.lines
    return [line for line in order.lines if (line.merchant_id or HOUSE) in seen]


def filter_within(act: Act, verb: str, where: OrderFilter) -> OrderFilter | None:
    """The filter, no wider than the actor's reach; None where nothing can be found. What it finds may still have no line seen."""
    owners = act.authority.owners(verb, at=act.at)
    if owners is not None:
        if not owners or where.customer_id not in (None, *owners):
            return None
        where = attrs.evolve(where, customer_id=CustomerId(min(owners)))
    channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    return attrs.evolve(where, channels=channels, merchants=act.authority.reach(verb, Dimension.MERCHANT, at=act.at))


def _scope(order: Order, merchant: UUID) -> Scope:
    return scope_at(order.channel_id, order.customer_id, merchant)
