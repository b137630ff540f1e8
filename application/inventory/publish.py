"""Publishing: each channel is told a new quantity when, and only when, its figure has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from houtai.application.catalog.sellable import load_skus
from houtai.application.inventory.ports import (
    PART_BY_COMPONENT,
    PUBLISHED_BY_CHANNEL,
    PUBLISHED_BY_SKU,
    InventoryTx,
)
from houtai.application.outbox import Message
from houtai.application.permission import needs
from houtai.application.reach import demand_within
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, SkuId, WarehouseId
from houtai.domain.inventory.allocation import Reach, bundles_together, pool_qty
from houtai.domain.inventory.events import AvailabilityChanged
from houtai.domain.inventory.publishing import (
    BundlePart,
    Figure,
    Publication,
    Published,
    PublishedKey,
    PublishPolicy,
    figure,
    message_id,
    policy_id,
)
from houtai.domain.inventory.stock import StockKey
from houtai.domain.inventory.warehouse import ChannelWarehouses, PoolState

TOPIC: Final = "channels.push-stock"


@attrs.frozen
class PublishStock:
    """Tell the channel of these SKUs from now on."""

    channel_id: ChannelId
    skus: tuple[SkuId, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))


@needs("inventory.publish")
def publish_stock(tx: InventoryTx, cmd: PublishStock, act: Act) -> tuple[Publication, ...]:
    """Publish the SKUs on the channel; from then on every change of their stock is published too. Only news goes out."""
    tx.channels.get(cmd.channel_id)
    demand_within(act, "inventory.publish", "channel", cmd.channel_id, merchant=None, channel=cmd.channel_id)
    load_skus(tx, cmd.skus)
    return republish(tx, cmd.skus, act, first_for=cmd.channel_id)


def republish_touched(tx: InventoryTx, event: AvailabilityChanged, act: Act) -> None:
    """The reaction to stock that changed: every channel that was told of these SKUs learns the new figures."""
    republish(tx, event.sku_ids, act)


def republish_channel(tx: InventoryTx, channel_id: ChannelId, act: Act) -> tuple[Publication, ...]:
    """All figures of a channel anew, after its warehouses or its policy changed."""
    told = tx.published.by(PUBLISHED_BY_CHANNEL, channel_id)
    return republish(tx, [row.sku_id for row in told], act) if told else ()


def republish(
    tx: InventoryTx, sku_ids: Iterable[SkuId], act: Act, *, first_for: ChannelId | None = None
) -> tuple[Publication, ...]:
    """Work out the figures of these SKUs, and of the bundles they are part of, wherever they are published.

    Where a figure differs from the last one, a Publication is recorded and an outbox message ``channels.push-stock`` carries
    it. `first_for` names a channel on which the SKUs are published from now on. Call it after the stock is written.
    """
    wanted = tuple(dict.fromkeys(sku_ids))
    bundles = [part.bundle_id for part in tx.bundle_parts.by(PART_BY_COMPONENT, *wanted)]
    rows = {row.key: row for row in tx.published.lock_by(PUBLISHED_BY_SKU, *wanted, *bundles)}
    targets = dict.fromkeys(rows)
    if first_for is not None:
        targets |= dict.fromkeys((first_for, sku_id) for sku_id in wanted)
    if not targets:
        return ()
    _remember_parts(tx, {key[1] for key in targets if key not in rows})
    figures = work_out(tx, targets)
    made = [
        _publication(key, rows.get(key), worked_out, act)
        for key, worked_out in figures.items()
        if key not in rows or rows[key].qty != worked_out.qty
    ]
    for publication in made:
        _write(tx, publication, is_first=publication.key[:2] not in rows)
    return tuple(made)


def work_out(tx: InventoryTx, targets: Iterable[PublishedKey]) -> dict[PublishedKey, Figure]:
    """The figure of each SKU on each channel, from what this transaction sees."""
    targets = tuple(targets)
    skus = load_skus(tx, {sku_id for _, sku_id in targets})
    pools = tx.channel_warehouses.many({channel for channel, _ in targets})
    active = {key for key, place in tx.warehouses.many({w for p in pools.values() for w in p.warehouses}).items() if place.active}
    policies = tx.publish_policies.many(
        policy for channel, sku_id in targets for policy in (policy_id(channel, sku_id), policy_id(channel, None))
    )
    unimported = tx.unimported.many(targets)
    places = {target: _places(skus[target[1]], pools.get(target[0]), active) for target in targets}
    reach = _reach(tx, {(target[0], key) for target, keys in places.items() for key in keys})
    found: dict[PublishedKey, Figure] = {}
    for target in targets:
        channel, sku_id = target
        pool = pools.get(channel)
        policy = policies.get(policy_id(channel, sku_id)) or policies.get(policy_id(channel, None)) or PublishPolicy(channel)
        mine = {key: reach[channel, key] for key in places[target]}
        shared, own = _shared_and_own(skus[sku_id], mine, pool)
        found[target] = figure(
            policy,
            shared_qty=shared,
            dedicated_qty=own,
            unimported_qty=unimported[target].qty if target in unimported else 0,
            sold_from_stock=pool is not None and pool.state is PoolState.OPEN,
        )
    return found


def _places(sku: Sku, pool: ChannelWarehouses | None, active: set[WarehouseId]) -> list[StockKey]:
    """The stocks that a figure rests on: the SKU's own, or its components' where it is a bundle."""
    parts = [component.sku_id for component in sku.components] or [sku.id]
    return [(part, place) for part in parts for place in (pool.warehouses if pool else ()) if place in active]


def _reach(tx: InventoryTx, wanted: set[tuple[ChannelId, StockKey]]) -> dict[tuple[ChannelId, StockKey], Reach]:
    """What each channel may take of each stock."""
    stocks = tx.stocks.many({key for _, key in wanted})
    fenced = [(channel, *key) for channel, key in wanted if key in stocks and stocks[key].dedicated_qty]
    fences = tx.fences.many(fenced) if fenced else {}
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


def _remember_parts(tx: InventoryTx, sku_ids: set[SkuId]) -> None:
    """For bundles that are published for the first time: whose stock moves their figures."""
    for sku in tx.skus.many(sku_ids).values():
        parts = [BundlePart(component.sku_id, sku.id) for component in sku.components]
        known = tx.bundle_parts.many(part.key for part in parts) if parts else {}
        for part in parts:
            if part.key not in known:
                tx.bundle_parts.add(part)


def _publication(key: PublishedKey, row: Published | None, worked_out: Figure, act: Act) -> Publication:
    seq = 1 if row is None else row.seq + 1
    return Publication(*key, seq, worked_out.qty, worked_out, act.at, message_id(*key, seq))


def _write(tx: InventoryTx, publication: Publication, *, is_first: bool) -> None:
    row = Published(publication.channel_id, publication.sku_id, publication.seq, publication.qty, publication.at)
    if is_first:
        tx.published.add(row)
    else:
        tx.published.save(row)
    tx.publications.add(publication)
    payload = {
        "channel_id": str(publication.channel_id),
        "sku_id": str(publication.sku_id),
        "seq": publication.seq,
        "qty": publication.qty,
    }
    tx.outbox.add(Message(publication.message_id, TOPIC, payload, publication.at, publication.at))
