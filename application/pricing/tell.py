"""Telling channels their prices: with a listing's push, and again whenever a price in force has changed (F-1, SM-PL).

One order of locks for all of it: listings, price sheets, what was told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.catalog.ports import LISTING_BY_PRODUCT
from houtai.application.catalog.sellable import load_skus
from houtai.application.catalog.shelf import hold_or_let_go
from houtai.application.outbox import Message
from houtai.application.permission import needs
from houtai.application.pricing.book import prices_on
from houtai.application.pricing.ports import TOLD_BY_SKU, PricingTx
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.events import ListingPushed, ListingWentLive
from houtai.domain.catalog.listing import ON_CHANNEL, ListedState, Listing, PauseCause
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId, derive
from houtai.domain.pricing.prices import Price, PriceSheet, UnitPrice, sheet_id
from houtai.domain.pricing.refusals import NotPriced
from houtai.domain.pricing.told import ToldPrice, ToldPriceKey, check_floor, first_told, what_is_wrong

TOPIC: Final = "channels.push-price"
WHEN_DUE: Final = "pricing.tell-prices"
MAX_SKUS: Final = 1_000


@attrs.frozen
class TellPrices:
    """Look at these SKUs' prices as they stand now: one that was to begin or end has done so."""

    skus: tuple[SkuId, ...] = attrs.field(validator=limits.at_most(MAX_SKUS, low=1))


@needs("house.deliver")
def tell_prices(tx: PricingTx, cmd: TellPrices, act: Act) -> tuple[ToldPrice, ...]:
    """Tell every channel what has changed for it; only news goes out. SKUs that are not known any more are passed over."""
    skus = tx.skus.many(cmd.skus)
    return tell(tx, skus, listings_of(tx, skus.values()), act)


def price_pushed(tx: PricingTx, event: ListingPushed, act: Act) -> None:
    """The reaction to a push: every SKU has a price on the channel, not below its floor, and the message carries them.

    A price that somebody with ``pricing.below-floor`` set under the floor counts as it stands. Components of a bundle need a
    price too, gifts among them none. Raises NotPriced with all SKUs that have none, PriceBelowFloor.
    """
    channel = tx.channels.get(event.channel_id)
    skus = load_skus(tx, event.sku_ids)
    tx.price_sheets.lock([sheet_id(sku_id) for sku_id in skus])
    prices = prices_on(tx, skus, channel.currency, channel.id, act.at)
    pushed = [skus[sku_id] for sku_id in event.sku_ids]
    missing = sorted(sku.code for sku in skus.values() if sku.id not in prices and (sku in pushed or not sku.gift_only))
    if missing:
        raise NotPriced(sku_codes=tuple(missing), currency=channel.currency)
    for sku in sorted(pushed, key=lambda sku: sku.code):
        check_floor(sku, prices[sku.id], channel.currency)
    rows = tx.told_prices.lock([(channel.id, sku.id) for sku in pushed])
    told = {sku.id: _keep(tx, rows, (channel.id, sku.id), channel, prices[sku.id], act) for sku in pushed}
    message = tx.outbox.lock_one(event.message_id)
    entries = [{**entry, "price": _shown(told[SkuId(UUID(entry["sku"]))])} for entry in message.payload["skus"]]
    tx.outbox.save(attrs.evolve(message, payload={**message.payload, "skus": entries}))


def check_live(tx: PricingTx, event: ListingWentLive, act: Act) -> None:
    """The reaction to a listing on the shelf: held back at once where a price of it went while it was away."""
    listing = tx.listings.lock_one(event.listing_id)
    _hold_or_let_go(tx, [listing], tx.skus.many(event.sku_ids), act)


def listings_of(tx: PricingTx, skus: Iterable[Sku]) -> list[Listing]:
    """The listings that may show these SKUs, locked: before their price sheets, by everybody."""
    products = {sku.product_id for sku in skus}
    return tx.listings.lock_by(LISTING_BY_PRODUCT, *sorted(products)) if products else []


def tell(tx: PricingTx, skus: Mapping[SkuId, Sku], listings: Sequence[Listing], act: Act) -> tuple[ToldPrice, ...]:
    """Work out what each channel shows of these SKUs, and tell those for whom it has changed; `listings` are theirs, locked.

    Where a live listing is left without a price, or with one below its floor, it is held back until there is one again.
    Call it after the sheets are written.
    """
    shown = [one for one in listings if one.state in ON_CHANNEL or one.awaited_revision() is not None]
    if not shown or not skus:
        return ()
    channels = {one.channel_id for one in shown}
    rows = {row.key: row for row in tx.told_prices.lock_by(TOLD_BY_SKU, *skus) if row.channel_id in channels}
    made = []
    for channel in tx.channels.many(channels).values():
        prices = prices_on(tx, skus, channel.currency, channel.id, act.at)
        for sku_id in sorted(prices):
            row = rows.get((channel.id, sku_id))
            if row is not None and (told := _keep(tx, rows, row.key, channel, prices[sku_id], act)) != row:
                made.append(told)
                _send(tx, told, act)
    _hold_or_let_go(tx, shown, skus, act)
    return tuple(made)


def tell_when_due(tx: PricingTx, prices: Iterable[tuple[PriceSheet, Price]], act: Act) -> None:
    """Have channels told again at every moment at which one of these prices begins or ends."""
    by_moment: dict[dt.datetime, dict[SkuId, PriceSheet]] = {}
    for sheet, price in prices:
        for moment in (price.valid_from, price.valid_until):
            if moment is not None and moment > act.at:
                by_moment.setdefault(moment, {})[sheet.sku_id] = sheet
    for moment, sheets in sorted(by_moment.items()):
        first = next(iter(sheets.values()))
        message_id = derive(first.id, "tell", first.version, moment.isoformat())
        payload = {"skus": [str(sku_id) for sku_id in sheets]}
        tx.outbox.add(Message(message_id, WHEN_DUE, payload, moment, moment))  # nothing waits for it before that


def _keep(
    tx: PricingTx, rows: Mapping[ToldPriceKey, ToldPrice], key: ToldPriceKey, channel: Channel, price: UnitPrice, act: Act
) -> ToldPrice:
    """What the channel is told of the SKU, kept as such."""
    row = rows.get(key)
    if row is None:
        told = first_told(key, channel.currency, price, act.at)
        tx.told_prices.add(told)
        return told
    told = row.next(channel.currency, price, act.at)
    if told is not row:
        tx.told_prices.save(told)
    return told


def _send(tx: PricingTx, told: ToldPrice, act: Act) -> None:
    payload = {"channel_id": str(told.channel_id), "sku_id": str(told.sku_id), **_shown(told)}
    tx.outbox.add(Message(derive(told.sku_id, "push-price", told.channel_id, told.seq), TOPIC, payload, act.at, act.at))


def _shown(told: ToldPrice) -> dict[str, object]:
    return {
        "seq": told.seq,
        "currency": told.currency,
        "amount_minor": told.amount_minor,
        "list_minor": told.list_minor,
    }


def _hold_or_let_go(tx: PricingTx, listings: Iterable[Listing], skus: Mapping[SkuId, Sku], act: Act) -> None:
    """Price anomaly: a listing on its channel is held back as long as one of its items cannot be shown at its price."""
    for listing in listings:
        if listing.state not in ON_CHANNEL:
            continue
        items = [listed.sku_id for listed in listing.skus if listed.state is ListedState.LIVE]
        known = {**tx.skus.many(sku_id for sku_id in items if sku_id not in skus), **skus}
        channel = tx.channels.get(listing.channel_id)
        prices = prices_on(tx, items, channel.currency, channel.id, act.at)
        wrong = [what_is_wrong(known[sku_id], prices.get(sku_id), channel.currency) for sku_id in items]
        reasons = sorted(reason for reason in wrong if reason)
        hold_or_let_go(tx, act, listing, PauseCause.PRICE, _in_short("price anomaly: ", reasons))


def _in_short(before: str, reasons: Sequence[str], most: int = 3) -> str:
    """The first few reasons in one line; empty where there is none."""
    more = f" and {len(reasons) - most} more" if len(reasons) > most else ""
    return f"{before}{'; '.join(reasons[:most])}{more}" if reasons else ""
