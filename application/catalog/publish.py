"""Bringing a listing to its channel and back: push, acknowledgement, pause, resume, items that vanish, archive."""

from __future__ import annotations

import attrs

from houtai.application.catalog.offer import check_ready, keep, locked_listing
from houtai.application.catalog.ports import CatalogTx
from houtai.application.catalog.shelf import demand_selling, fact, hold_back, set_shelf, why_merchant_cannot_sell
from houtai.application.outbox import Message
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog import listing as rules
from houtai.domain.catalog.binding import Binding, BindingKey
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.events import ListingArchived, ListingPaused, ListingPushed, ListingWentLive
from houtai.domain.catalog.listing import SELLING, Listing, ListingState, Outcome, PauseCause
from houtai.domain.catalog.product import MAX_VARIANTS, Product
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ListingId, SkuId, derive
from houtai.domain.refusal import InvalidValue, NotFound

PUSH = "channels.push-listing"


@attrs.frozen
class PushListing:
    """Send what is approved to the channel, or once more what failed or was refused in part."""

    listing: ListingId
    expected_version: int


@attrs.frozen
class AcknowledgeListing:
    """The channel's answer to the push of one revision, SKU by SKU."""

    listing: ListingId
    revision: int = attrs.field(validator=limits.between(1, 2**31 - 1))
    outcomes: tuple[Outcome, ...] = attrs.field(validator=limits.at_most(MAX_VARIANTS))


@attrs.frozen
class PauseListing:
    """Off the shelf, with a reason."""

    listing: ListingId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(0, 500))


@attrs.frozen
class ResumeListing:
    """Back on the shelf."""

    listing: ListingId
    expected_version: int


@attrs.frozen
class ReportVanished:
    """The channel no longer has the item of a SKU."""

    listing: ListingId
    sku: SkuId
    reason: str = attrs.field(default="the item was deleted on the channel", validator=limits.text(1, 500))


@attrs.frozen
class ArchiveListing:
    """Off the channel for good."""

    listing: ListingId
    expected_version: int


@needs("catalog.publish", along=(CHANNEL, MERCHANT))
def push_listing(tx: CatalogTx, cmd: PushListing, act: Act) -> Listing:
    """Put the push into the outbox; the channel gets the prices with it.

    NotReady where product or channel changed since the review, MerchantNotSelling, NotPriced and PriceBelowFloor.
    """
    old = locked_listing(tx, act, "catalog.publish", cmd.listing, cmd.expected_version)
    new = rules.push(old)
    demand_selling(tx, old)
    product, channel, skus = check_ready(tx, new)
    keep(tx, act, old, new, "pushed")
    message = Message(derive(new.id, "push", new.version), PUSH, _payload(new, product, channel, skus), act.at, act.at)
    tx.outbox.add(message)
    pushed = tuple(sorted(sku.id for sku in skus))
    tx.emit(ListingPushed(new.id, new.product_id, new.channel_id, new.merchant_id, pushed, message.id))
    return new


@needs("catalog.acknowledge", along=(CHANNEL, MERCHANT))
def acknowledge_listing(tx: CatalogTx, cmd: AcknowledgeListing, act: Act) -> Listing:
    """Bind the accepted SKUs to their items and go live, partly live or failed. An old or repeated answer changes nothing.

    An item that is bound to another SKU already counts as refused: two SKUs must not answer to one name. A listing whose
    merchant was suspended meanwhile is held back at once.
    """
    old = locked_listing(tx, act, "catalog.acknowledge", cmd.listing, None)
    if old.awaited_revision() != cmd.revision:
        return old
    outcomes = _unique(cmd.outcomes, old)
    keys = [(old.channel_id, outcome.external_id) for outcome in outcomes.values() if outcome.external_id]
    bound = tx.bindings.lock({*keys, *_names(old)})
    for sku_id, outcome in outcomes.items():
        binding = bound.get((old.channel_id, outcome.external_id))
        if binding is not None and binding.sku_id not in (None, sku_id):
            error = f"item {outcome.external_id} is bound to another SKU of this channel"
            outcomes[sku_id] = Outcome(sku_id, error=error)
    new = rules.acknowledge(old, cmd.revision, outcomes)
    _rebind(tx, old, new, bound)
    refused = {str(listed.sku_id): listed.error for listed in new.skus if listed.error}
    keep(tx, act, old, new, "acknowledged", details={"refused": refused})
    _announce(tx, old, new)
    reason = why_merchant_cannot_sell(tx, new)
    return hold_back(tx, act, new, PauseCause.MERCHANT, reason) if reason else new


@needs("catalog.publish", along=(CHANNEL, MERCHANT))
def pause_listing(tx: CatalogTx, cmd: PauseListing, act: Act) -> Listing:
    """Off the shelf: nothing of it can be bought until it is resumed by hand. ReasonNeeded without one."""
    old = locked_listing(tx, act, "catalog.publish", cmd.listing, cmd.expected_version)
    new = keep(tx, act, old, rules.pause(old, cmd.reason), "paused", reason=cmd.reason)
    if old.state in SELLING:
        set_shelf(tx, act, new, on=False)
        tx.emit(fact(ListingPaused, new, old.live_skus))
    return new


@needs("catalog.publish", along=(CHANNEL, MERCHANT))
def resume_listing(tx: CatalogTx, cmd: ResumeListing, act: Act) -> Listing:
    """Back on the shelf as its SKUs stand; StillHeldBack where only facts hold it back, which are over by themselves.

    Where facts hold it back beside the hand, it stays paused for them alone.
    """
    old = locked_listing(tx, act, "catalog.publish", cmd.listing, cmd.expected_version)
    new = keep(tx, act, old, rules.resume(old), "resumed")
    if new.state in SELLING:
        set_shelf(tx, act, new, on=True)
        tx.emit(fact(ListingWentLive, new, new.live_skus))
    return new


@needs("catalog.acknowledge", along=(CHANNEL, MERCHANT))
def report_vanished(tx: CatalogTx, cmd: ReportVanished, act: Act) -> Listing:
    """Unbind a SKU whose item the channel lost; with nothing left the listing pauses. A repeated report changes nothing."""
    old = locked_listing(tx, act, "catalog.acknowledge", cmd.listing, None)
    listed = next((listed for listed in old.skus if listed.sku_id == cmd.sku), None)
    if listed is None:
        raise NotFound(what="sku of the listing", key=str(cmd.sku))
    if not listed.external_id:
        return old
    bound = tx.bindings.lock(_names(old))
    new = rules.item_vanished(old, cmd.sku, cmd.reason)
    _rebind(tx, old, new, bound)
    keep(tx, act, old, new, "item vanished", reason=cmd.reason, details={"sku": str(cmd.sku)})
    _announce(tx, old, new)
    return new


@needs("catalog.publish", along=(CHANNEL, MERCHANT))
def archive_listing(tx: CatalogTx, cmd: ArchiveListing, act: Act) -> Listing:
    """Off the channel for good: SKUs unbound, the place free for a new listing. ListingNeeded while open orders rest on it."""
    old = locked_listing(tx, act, "catalog.publish", cmd.listing, cmd.expected_version)
    bound = tx.bindings.lock(_names(old))
    new = rules.archive(old)
    _rebind(tx, old, new, bound)
    keep(tx, act, old, new, "archived")
    if bound:
        set_shelf(tx, act, old, on=False, version=new.version)
    tx.emit(fact(ListingArchived, new, (listed.sku_id for listed in old.skus)))
    return new


def _names(listing: Listing) -> list[BindingKey]:
    """What the channel calls the listing's SKUs now."""
    return [(listing.channel_id, listed.external_id) for listed in listing.skus if listed.external_id]


def _unique(outcomes: tuple[Outcome, ...], listing: Listing) -> dict[SkuId, Outcome]:
    """By SKU. InvalidValue where a SKU or an item is named twice, or a SKU is not part of what was pushed."""
    found = {outcome.sku_id: outcome for outcome in outcomes}
    items = [outcome.external_id for outcome in outcomes if outcome.external_id]
    if len(found) != len(outcomes) or len(set(items)) != len(items):
        raise InvalidValue(field="outcomes", rule="must name each SKU and each item once")
    content = listing.change.content if listing.change is not None else listing.content
    if not set(found) <= set(content.sku_ids):
        raise InvalidValue(field="outcomes", rule="must be about SKUs that were pushed")
    return found


def _rebind(tx: CatalogTx, old: Listing, new: Listing, bound: dict[BindingKey, Binding]) -> None:
    """Keep the bindings in step with the listing's SKUs; `bound` holds all of old and new names, locked."""
    now = {listed.external_id: listed.sku_id for listed in new.skus if listed.external_id}
    for listed in old.skus:
        gone = listed.external_id and listed.external_id not in now
        binding = bound.get((old.channel_id, listed.external_id))
        if gone and binding is not None and binding.listing_id == old.id:
            tx.bindings.save(attrs.evolve(binding, sku_id=None))
    for external_id, sku_id in now.items():
        binding = Binding(new.channel_id, external_id, sku_id, new.id)
        known = bound.get(binding.key)
        if known is None:
            tx.bindings.add(binding)
        elif known != binding:
            tx.bindings.save(binding)


def _announce(tx: CatalogTx, old: Listing, new: Listing) -> None:
    """Which SKUs came up for sale, and which went."""
    gone = old.live_skus - new.live_skus
    if gone:
        tx.emit(fact(ListingPaused, new, gone))
    if new.state in SELLING and new.live_skus:
        tx.emit(fact(ListingWentLive, new, new.live_skus))


def _payload(listing: Listing, product: Product, channel: Channel, skus: tuple[Sku, ...]) -> dict[str, object]:
    """What the channel gets but for the prices: compiled now, so that a later edit does not change a push under way."""
    content = listing.change.content if listing.change is not None else listing.content
    return {
        "listing": str(listing.id),
        "revision": listing.awaited_revision(),
        "seq": listing.version,
        "on": listing.state is not ListingState.PAUSED,
        "channel": str(channel.id),
        "channel_code": channel.code,
        "currency": channel.currency,
        "product_code": product.code,
        "title": content.title,
        "attributes": dict(product.attributes),
        "options": [option.name for option in product.options],
        "skus": [
            {
                "sku": str(sku.id),
                "code": sku.code,
                "title": sku.title,
                "option_values": list(sku.option_values),
                "barcodes": [barcode.code for barcode in sku.barcodes],
                "weight_g": sku.weight_g,
            }
            for sku in skus
        ],
    }
