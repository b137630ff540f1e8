"""The figures that channels are told, worked out from the records of a transaction or of a query alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from houtai.application.catalog.ports import LISTING_BY_PRODUCT
from houtai.application.inventory.ports import HELD_BY_STOCK, InventoryTx, InventoryViews
from houtai.domain.catalog.listing import ON_CHANNEL, Listing, ListingState
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, ProductId, SkuId, WarehouseId
from houtai.domain.inventory.allocation import Reach, bundles_together, pool_qty
from houtai.domain.inventory.publishing import Figure, PausedBy, PublishedKey, PublishPolicy, figure, policy_id
from houtai.domain.inventory.reservation import HoldState
from houtai.domain.inventory.stock import Stock, StockKey
from houtai.domain.inventory.warehouse import ChannelWarehouses, PoolState

Source: TypeAlias = InventoryTx | InventoryViews


def work_out(source: Source, targets: Iterable[PublishedKey], *, at: dt.datetime | None = None) -> dict[PublishedKey, Figure]:
    """The figure of each SKU on each channel, from what this transaction sees.

    With `at`, holds that have ended by then count as free though the timer has not come round yet.
    """
    targets = tuple(targets)
    skus = source.skus.many({sku_id for _, sku_id in targets})
    pools = source.channel_warehouses.many({channel for channel, _ in targets})
    served = source.warehouses.many({place for pool in pools.values() for place in pool.warehouses})
    active = {key for key, warehouse in served.items() if warehouse.active}
    policies = policies_of(source, targets)
    unimported = source.unimported.many(targets)
    places = {target: _places(skus[target[1]], pools.get(target[0]), active) for target in targets}
    reach = reach_of(source, {(target[0], key) for target, keys in places.items() for key in keys}, at=at)
    withheld = _withheld(source, targets, skus)
    found: dict[PublishedKey, Figure] = {}
    for target in targets:
        channel, sku_id = target
        pool = pools.get(channel)
        mine = {key: reach[channel, key] for key in places[target]}
        shared, own = _shared_and_own(skus[sku_id], mine, pool)
        found[target] = figure(
            policies[target],
            shared_qty=shared,
            dedicated_qty=own,
            unimported_qty=unimported[target].qty if target in unimported else 0,
            sold_from_stock=pool is not None and pool.state is PoolState.OPEN,
            withheld=withheld.get(target),
        )
    return found


def listings_at(
    source: Source, targets: Iterable[PublishedKey], skus: Mapping[SkuId, Sku]
) -> dict[tuple[ChannelId, ProductId], Listing]:
    """The listing that says what of each target's product is offered on its channel.

    The one that is there now, else one that was and left for good; none where the product has not been there yet.
    """
    products = {skus[sku_id].product_id for _, sku_id in targets}
    found: dict[tuple[ChannelId, ProductId], Listing] = {}
    for one in source.listings.by(LISTING_BY_PRODUCT, *sorted(products)) if products else ():
        is_there = one.state in ON_CHANNEL
        was_there = one.state is ListingState.ARCHIVED and bool(one.skus)
        place = (one.channel_id, one.product_id)
        if is_there or (was_there and place not in found):
            found[place] = one
    return found


def _withheld(source: Source, targets: Iterable[PublishedKey], skus: Mapping[SkuId, Sku]) -> dict[PublishedKey, PausedBy]:
    """What is not offered however much there is: goods of merchants who do not sell, items off the channel's shelf.

    What the house has not listed on a channel, or not yet, is told as it is.
    """
    owners = {sku.merchant_id for sku in skus.values() if sku.merchant_id is not None}
    merchants = source.merchants.many(sorted(owners)) if owners else {}
    closed = {owner for owner in owners if owner not in merchants or merchants[owner].state.value != "active"}
    listings = listings_at(source, targets, skus)
    found: dict[PublishedKey, PausedBy] = {}
    for channel, sku_id in targets:
        listing = listings.get((channel, skus[sku_id].product_id))
        if skus[sku_id].merchant_id in closed:
            found[channel, sku_id] = PausedBy.MERCHANT
        elif listing is not None and sku_id not in listing.live_skus:
            found[channel, sku_id] = PausedBy.LISTING
    return found


def policies_of(source: Source, targets: Iterable[PublishedKey]) -> dict[PublishedKey, PublishPolicy]:
    """The SKU's own policy, else the channel's, else all of the stock."""
    wanted = {target: (policy_id(*target), policy_id(target[0], None)) for target in targets}
    found = source.publish_policies.many({policy for both in wanted.values() for policy in both})
    return {target: found.get(own) or found.get(general) or PublishPolicy(target[0]) for target, (own, general) in wanted.items()}


def _places(sku: Sku, pool: ChannelWarehouses | None, active: set[WarehouseId]) -> list[StockKey]:
    """The stocks that a figure rests on: the SKU's own, or its components' where it is a bundle."""
    parts = [component.sku_id for component in sku.components] or [sku.id]
    return [(part, place) for part in parts for place in (pool.warehouses if pool else ()) if place in active]


def reach_of(
    source: Source, wanted: set[tuple[ChannelId, StockKey]], *, at: dt.datetime | None = None
) -> dict[tuple[ChannelId, StockKey], Reach]:
    """What each channel may take of each stock."""
    stocks = source.stocks.many({key for _, key in wanted})
    if at is not None:
        stocks = {key: without_ended_holds(source, stock, at) for key, stock in stocks.items()}
    fenced = [(channel, *key) for channel, key in wanted if key in stocks and stocks[key].dedicated_qty]
    fences = source.fences.many(fenced) if fenced else {}
    found: dict[tuple[ChannelId, StockKey], Reach] = {}
    for channel, key in wanted:
        stock, fence = stocks.get(key), fences.get((channel, *key))
        own = 0 if fence is None else fence.left_qty
        found[channel, key] = Reach(0) if stock is None else Reach(stock.shared_qty + own, own, stock.owed_qty)
    return found


def _shared_and_own(sku: Sku, mine: Mapping[StockKey, Reach], pool: ChannelWarehouses | None) -> tuple[int, int]:
    """What is shared and what is the channel's own; a bundle has no fence of its own and shares what its parts make."""
    places = pool.warehouses if pool is not None else ()
    if sku.is_bundle:
        parts = {component.sku_id: component.qty for component in sku.components}
        return bundles_together(parts, mine, places), 0
    own = sum(place.own_qty for place in mine.values())
    return pool_qty(sku.id, mine, places) - own, own


def without_ended_holds(source: Source, stock: Stock, at: dt.datetime) -> Stock:
    """The stock as it is once the holds that have ended by `at` are cleared."""
    if stock.holds_due_at is None or stock.holds_due_at > at:
        return stock
    lines = source.held_lines.by(HELD_BY_STOCK, (stock.sku_id, stock.warehouse_id, HoldState.LIVE.value))
    ended_qty = sum(line.qty for line in lines if not line.live_at(at))
    return attrs.evolve(stock, held_qty=stock.held_qty - ended_qty)
