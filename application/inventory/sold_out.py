"""Listings with nothing left to sell: off the shelf and back, where the channel's policy for what is at zero says so.

Whoever moves stock only asks for a look, by a message: the listing is judged after the commit, under its own lock, so that an
order neither waits for a listing nor decides on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.application.catalog.ports import LISTING_BY_PLACE, place
from houtai.application.catalog.shelf import hold_or_let_go
from houtai.application.inventory.figures import listings_at, policies_of, work_out
from houtai.application.inventory.ports import PUBLISHED_BY_CHANNEL, InventoryTx
from houtai.application.outbox import Message
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.listing import ON_CHANNEL, ListedState, Listing, PauseCause
from houtai.domain.ids import ChannelId, SkuId, derive
from houtai.domain.inventory.publishing import AtZero, Figure, Publication, PublishedKey, PublishPolicy

LOOK: Final = "inventory.look-at-shelf"
AT_ONCE: Final = 200


@attrs.frozen
class LookAtShelf:
    """Judge the listings that show these SKUs on the channel."""

    channel_id: ChannelId
    skus: tuple[SkuId, ...] = attrs.field(validator=limits.at_most(AT_ONCE, 1))


@needs("house.deliver")
def look_at_shelf(tx: InventoryTx, cmd: LookAtShelf, act: Act) -> tuple[Listing, ...]:
    """Take off the shelf what has nothing left, and put back what has again; the listings as they stand then."""
    skus = tx.skus.many(cmd.skus)
    places = sorted({place(sku.product_id, cmd.channel_id) for sku in skus.values()})
    listings = tx.listings.lock_by(LISTING_BY_PLACE, *places) if places else []
    return tuple(_judge(tx, listing, act) for listing in listings)


def _judge(tx: InventoryTx, listing: Listing, act: Act) -> Listing:
    """Sold out is what would be told zero of every item, under policies that all say PAUSE."""
    targets = [(listing.channel_id, listed.sku_id) for listed in listing.skus if listed.state is ListedState.LIVE]
    if listing.state not in ON_CHANNEL or not targets:
        return listing
    policies, figures = policies_of(tx, targets), work_out(tx, targets)
    empty = all(policies[one].at_zero is AtZero.PAUSE and not figures[one].unpaused_qty for one in targets)
    return hold_or_let_go(tx, act, listing, PauseCause.SOLD_OUT, "sold out" if empty else "")


def ask_to_look(
    tx: InventoryTx, figures: Mapping[PublishedKey, Figure], news: Mapping[PublishedKey, Publication], act: Act
) -> None:
    """Have those listings looked at that may be sold out now, or may not be any more."""
    policies = policies_of(tx, figures)
    minded = [target for target in figures if policies[target].at_zero is AtZero.PAUSE]
    if not minded:
        return
    skus = tx.skus.many(sku_id for _, sku_id in minded)
    listings = listings_at(tx, minded, skus)
    asked: set[UUID] = set()
    for target in minded:
        listing = listings.get((target[0], skus[target[1]].product_id))
        if listing is None or listing.state not in ON_CHANNEL or listing.id in asked:
            continue
        is_held = PauseCause.SOLD_OUT in listing.paused_for
        if is_held and figures[target].unpaused_qty:
            asked.add(listing.id)
            _ask(tx, derive(listing.id, "look", listing.version, act.at.isoformat()), target[0], (target[1],), act)
        elif not is_held and target in news and not news[target].qty:
            asked.add(listing.id)
            _ask(tx, derive(news[target].message_id, "look"), target[0], (target[1],), act)


def look_at_shelves(tx: InventoryTx, policy: PublishPolicy, act: Act) -> None:
    """Have everything looked at that a policy is about, after what it says of zero has changed."""
    told = [policy.sku_id] if policy.sku_id is not None else []
    if policy.sku_id is None:
        told = [row.sku_id for row in tx.published.by(PUBLISHED_BY_CHANNEL, policy.channel_id)]
    for number, some in enumerate(_in_parts(told)):
        _ask(tx, derive(policy.id, "look", policy.version, number), policy.channel_id, some, act)


def look_at_listing(tx: InventoryTx, listing: Listing, act: Act) -> None:
    """Have a listing looked at that came onto the shelf, where some policy minds."""
    targets = [(listing.channel_id, listed.sku_id) for listed in listing.skus if listed.state is ListedState.LIVE]
    if any(policy.at_zero is AtZero.PAUSE for policy in policies_of(tx, targets).values()):
        _ask(tx, derive(listing.id, "look", listing.version), listing.channel_id, (targets[0][1],), act)


def _in_parts(sku_ids: list[SkuId]) -> list[tuple[SkuId, ...]]:
    return [tuple(sku_ids[start : start + AT_ONCE]) for start in range(0, len(sku_ids), AT_ONCE)]


def _ask(tx: InventoryTx, message_id: UUID, channel_id: ChannelId, skus: tuple[SkuId, ...], act: Act) -> None:
    if tx.outbox.find(message_id) is None:
        payload = {"channel_id": str(channel_id), "skus": [str(sku_id) for sku_id in skus]}
        tx.outbox.add(Message(message_id, LOOK, payload, act.at, act.at))
