"""Whose stock an actor may touch and see: warehouses by explained refusal, other merchants' as if they were not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import attrs

from houtai.application.reach import demand_within
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, WarehouseId
from houtai.domain.inventory.warehouse import ChannelWarehouses, Warehouse
from houtai.domain.refusal import NotFound


def demand_at(
    act: Act,
    verb: str,
    warehouse: Warehouse,
    skus: Iterable[Sku] = (),
    *,
    amounts: Mapping[str, int] | None = None,
    maker: UUID | None = None,
    owner: UUID | None = None,
) -> None:
    """Refuse with NotFound what is not this merchant's, and with Forbidden what the actor may not do in this warehouse.

    Whoever is limited to merchants reaches neither the house's own warehouses and goods nor another merchant's.
    """
    demand_within(act, verb, "warehouse", warehouse.id, merchant=warehouse.merchant_id)
    scope = Scope(warehouse=warehouse.id, merchant=warehouse.merchant_id or HOUSE, owner=owner)
    act.demand(verb, scope, amounts=amounts, maker=maker)
    for sku in skus:
        if not act.may(verb, attrs.evolve(scope, merchant=sku.merchant_id or HOUSE)):
            raise NotFound(what="sku", key=str(sku.id))


def demand_channel(act: Act, verb: str, channel_id: ChannelId, pool: ChannelWarehouses | None) -> None:
    """Refuse with NotFound a channel that the actor does not reach, with Forbidden one that others' warehouses serve too."""
    demand_within(act, verb, "channel", channel_id, channel=channel_id)
    for scope in scopes_of_channel(channel_id, pool):
        act.demand(verb, scope)


def scopes_of_channel(channel_id: ChannelId, pool: ChannelWarehouses | None) -> tuple[Scope, ...]:
    """Where a channel's figures are made: in every warehouse of its pool, so that a clerk of one has to reach them all."""
    places = () if pool is None else pool.warehouses
    return tuple(Scope(channel=channel_id, warehouse=warehouse, merchant=HOUSE) for warehouse in places or (HOUSE,))


def check_seen(act: Act, verb: str, sku: Sku) -> None:
    """Answer NotFound for goods of others to whoever is limited to merchants."""
    if not act.may(verb, Scope(merchant=sku.merchant_id or HOUSE)):
        raise NotFound(what="sku", key=str(sku.id))


def warehouses_seen(act: Act, verb: str, wanted: Iterable[WarehouseId] | None = None) -> frozenset[WarehouseId] | None:
    """The warehouses that a list may show: those asked for, as far as the actor reaches them; None for all."""
    reach = act.authority.reach(verb, Dimension.WAREHOUSE, at=act.at)
    reached = None if reach is None else frozenset(WarehouseId(one) for one in reach)
    if wanted is None:
        return reached
    return frozenset(wanted) if reached is None else reached & frozenset(wanted)
