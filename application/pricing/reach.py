"""Whose prices, promotions and coupons an actor may see and change."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from houtai.application.pricing.ports import owner_of
from houtai.application.reach import demand_within
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, CustomerId
from houtai.domain.pricing.scope import GoodsScope
from houtai.domain.refusal import NotFound

READ = "pricing.read"


def demand_goods(act: Act, verb: str, channels: Iterable[ChannelId], scope: GoodsScope) -> None:
    """Refuse with Forbidden unless the actor holds the verb wherever this reaches.

    No channel means every channel and no merchant means the house's goods too: only whoever is not limited may say so.
    """
    for channel in tuple(channels) or (HOUSE,):
        for merchant in scope.merchants or (HOUSE,):
            act.demand(verb, Scope(channel=channel, merchant=merchant))


def demand_own(
    act: Act,
    verb: str,
    what: str,
    key: object,
    scope: GoodsScope,
    channels: Iterable[ChannelId] = (),
    *,
    customer: CustomerId | None = None,
) -> None:
    """Answer NotFound for what belongs to somebody, or holds on channels alone, that the actor does not reach."""
    if not is_seen(act, verb, scope, channels, customer=customer):
        raise NotFound(what=what, key=str(key))


def is_seen(
    act: Act, verb: str, scope: GoodsScope, channels: Iterable[ChannelId] = (), *, customer: CustomerId | None = None
) -> bool:
    """Whether the actor may know of it: its owner within reach, and one of its channels; what holds on all is told to each."""
    owner = owner_of(scope)
    return any(act.may(verb, Scope(channel=one, merchant=owner, owner=customer)) for one in tuple(channels) or (None,))


def demand_sku(act: Act, verb: str, sku: Sku, channel: ChannelId | None) -> None:
    """Refuse with NotFound for goods of others, with Forbidden for a channel (None: all) that the actor does not reach."""
    demand_within(act, verb, "sku", sku.id, merchant=sku.merchant_id)
    act.demand(verb, Scope(channel=channel or HOUSE, merchant=sku.merchant_id or HOUSE))


def owners_seen(act: Act) -> frozenset[UUID] | None:
    """Whose promotions and coupons lists may show; None for all."""
    return act.authority.reach(READ, Dimension.MERCHANT, at=act.at)
