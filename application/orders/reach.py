"""Whose orders are whose: what lies outside an actor's reach is answered as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from houtai.domain.act import NOBODY, Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.orders.order import Order
from houtai.domain.refusal import NotFound


def owners_of(order: Order) -> frozenset[UUID]:
    """The merchants whose goods the order holds, the house among them where it holds its own."""
    return frozenset(merchant or HOUSE for merchant in order.merchants)


def demand_order(act: Act, verb: str, order: Order, *, amounts: Mapping[str, int] | None = None) -> None:
    """Refuse with NotFound an order of other channels or merchants, with Forbidden what this actor may not do to it.

    An order with goods of several merchants is changed only by whoever may do so for all of them.
    """
    if not within_reach(act, verb, order):
        raise NotFound(what="order", key=str(order.id))
    for scope in scopes_of(order):
        act.demand(verb, scope, amounts=amounts)


def scopes_of(order: Order) -> tuple[Scope, ...]:
    """Where the order lies: one scope for each owner of its goods."""
    whose = order.customer_id or NOBODY
    return tuple(Scope(channel=order.channel_id, merchant=merchant, owner=whose) for merchant in sorted(owners_of(order)))


def within_reach(act: Act, verb: str, order: Order) -> bool:
    """Whether the actor may know of the order: it came from a channel and holds goods of a merchant within reach."""
    channels = act.authority.reach(verb, Dimension.CHANNEL, at=act.at)
    merchants = act.authority.reach(verb, Dimension.MERCHANT, at=act.at)
    return (channels is None or order.channel_id in channels) and (merchants is None or bool(owners_of(order) & merchants))
