"""Publishing: each channel is told a new quantity when, and only when, its figure has changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from houtai.application.catalog.sellable import load_skus
from houtai.application.inventory.figures import work_out
from houtai.application.inventory.ports import (
    PART_BY_COMPONENT,
    PUBLISHED_BY_CHANNEL,
    PUBLISHED_BY_SKU,
    InventoryTx,
)
from houtai.application.inventory.scope import demand_channel
from houtai.application.inventory.sold_out import ask_to_look
from houtai.application.outbox import Message
from houtai.application.permission import CHANNEL, WAREHOUSE, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, SkuId
from houtai.domain.inventory.events import AvailabilityChanged
from houtai.domain.inventory.publishing import (
    BundlePart,
    Figure,
    Publication,
    Published,
    PublishedKey,
    message_id,
)

TOPIC: Final = "channels.push-stock"


@attrs.frozen
class PublishStock:
    """Tell the channel of these SKUs from now on."""

    channel_id: ChannelId
    skus: tuple[SkuId, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))


@needs("inventory.publish", along=(CHANNEL, WAREHOUSE))
def publish_stock(tx: InventoryTx, cmd: PublishStock, act: Act) -> tuple[Publication, ...]:
    """Publish the SKUs on the channel; from then on every change of their stock is published too. Only news goes out."""
    tx.channels.get(cmd.channel_id)
    demand_channel(act, "inventory.publish", cmd.channel_id, tx.channel_warehouses.find(cmd.channel_id))
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
    it. `first_for` names a channel on which the SKUs are published from now on. Call it after the stock is written. Listings
    that may be sold out now, or not any more, are looked at after the commit, where a policy minds.
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
    ask_to_look(tx, figures, {publication.key[:2]: publication for publication in made}, act)
    return tuple(made)


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
