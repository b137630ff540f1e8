"""Offering a product on a channel: draft, change, submit, review."""

from __future__ import annotations

import attrs

from houtai.application.catalog.batch import attributes_by_category
from houtai.application.catalog.ports import LISTING_BY_PLACE, SKU_BY_PRODUCT, CatalogTx, place
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog import listing as rules
from houtai.domain.catalog.channel import Channel
from houtai.domain.catalog.listing import Content, Listing, Verdict
from houtai.domain.catalog.product import Product, matrix
from houtai.domain.catalog.readiness import findings
from houtai.domain.catalog.refusals import NotReady
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import ChannelId, ListingId, ProductId, SkuId
from houtai.domain.refusal import AlreadyExists, InvalidValue, VersionConflict


@attrs.frozen
class DraftListing:
    """A product on a channel. Without a title it shows the product's, without SKUs all that are active and no gifts."""

    listing: ListingId
    product: ProductId
    channel: ChannelId
    title: str = ""
    skus: tuple[SkuId, ...] = ()


@attrs.frozen
class EditListing:
    """New content: in the draft, or as a change beside the version that sells."""

    listing: ListingId
    expected_version: int
    title: str = ""
    skus: tuple[SkuId, ...] = ()


@attrs.frozen
class SubmitListing:
    """To review."""

    listing: ListingId
    expected_version: int


@attrs.frozen
class ReviewListing:
    """What the reviewer decides, with a reason unless it approves."""

    listing: ListingId
    expected_version: int
    verdict: Verdict
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs("catalog.list", along=(CHANNEL, MERCHANT))
def draft_listing(tx: CatalogTx, cmd: DraftListing, act: Act) -> Listing:
    """A draft. AlreadyExists where the product has a listing there that is not archived."""
    product = tx.products.lock_one(cmd.product)
    demand_within(act, "catalog.list", "product", cmd.product, merchant=product.merchant_id, channel=cmd.channel)
    channel = tx.channels.get(cmd.channel)
    if tx.listings.first(LISTING_BY_PLACE, place(product.id, channel.id)) is not None:
        raise AlreadyExists(what="listing", key=f"{product.code} on {channel.code}")
    content = _content(tx, product, cmd.title, cmd.skus)
    listing = Listing(cmd.listing, product.id, channel.id, content, act.actor, product.merchant_id)
    tx.listings.add(listing)
    write_line(tx, act, "listing", listing, "drafted", before=None, details=_shown(content))
    return listing


@needs("catalog.list", along=(CHANNEL, MERCHANT))
def edit_listing(tx: CatalogTx, cmd: EditListing, act: Act) -> Listing:
    """New content. What is on the channel keeps selling as it is until the change is approved, pushed and taken."""
    old = locked_listing(tx, act, "catalog.list", cmd.listing, cmd.expected_version)
    content = _content(tx, tx.products.get(old.product_id), cmd.title, cmd.skus)
    new = rules.redraft(old, content, act.actor)
    return keep(tx, act, old, new, "edited" if new.change is None else "change drafted", details=_shown(content))


@needs("catalog.list", along=(CHANNEL, MERCHANT))
def submit_listing(tx: CatalogTx, cmd: SubmitListing, act: Act) -> Listing:
    """Hand it to review. NotReady names everything that category and channel still miss."""
    old = locked_listing(tx, act, "catalog.list", cmd.listing, cmd.expected_version)
    new = rules.submit(old)
    check_ready(tx, new)
    return keep(tx, act, old, new, "submitted")


@needs("catalog.review", along=(CHANNEL, MERCHANT))
def review_listing(tx: CatalogTx, cmd: ReviewListing, act: Act) -> Listing:
    """Approve, ask for changes, or reject. Forbidden for its author."""
    old = locked_listing(tx, act, "catalog.review", cmd.listing, cmd.expected_version)
    reviewed = rules.review(old, cmd.verdict, cmd.reason)
    demand_within(
        act, "catalog.review", "listing", old.id, merchant=old.merchant_id, channel=old.channel_id, maker=old.in_review()
    )
    return keep(tx, act, old, reviewed, _VERDICTS[cmd.verdict], reason=cmd.reason)


_VERDICTS = {Verdict.APPROVE: "approved", Verdict.REQUEST_CHANGES: "changes requested", Verdict.REJECT: "rejected"}


def locked_listing(tx: CatalogTx, act: Act, verb: str, listing_id: ListingId, expected_version: int | None) -> Listing:
    """The listing, locked, within the actor's reach and as the caller saw it. NotFound, Forbidden, VersionConflict."""
    listing = tx.listings.lock_one(listing_id)
    demand_within(act, verb, "listing", listing_id, merchant=listing.merchant_id, channel=listing.channel_id)
    if expected_version is not None and listing.version != expected_version:
        raise VersionConflict(
            what="listing", key=str(listing_id), expected_version=expected_version, current_version=listing.version
        )
    return listing


def keep(
    tx: CatalogTx,
    act: Act,
    old: Listing,
    new: Listing,
    event: str,
    *,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> Listing:
    """Save the listing's next version with its line; a change's own state is told in the details."""
    told = dict(details or {})
    if new.change is not None:
        told |= {"revision": new.change.revision, "change": new.change.state.value}
    tx.listings.save(new)
    write_line(tx, act, "listing", new, event, before=old.state, reason=reason, details=told)
    return new


def check_ready(tx: CatalogTx, listing: Listing) -> tuple[Product, Channel, tuple[Sku, ...]]:
    """What goes to the channel: product, channel and SKUs in order. NotReady with every finding."""
    content = listing.change.content if listing.change is not None else listing.content
    product = tx.products.get(listing.product_id)
    channel = tx.channels.get(listing.channel_id)
    held = tx.skus.many(content.sku_ids)
    skus = tuple(held[sku_id] for sku_id in content.sku_ids)
    attributes = attributes_by_category(tx, [product.category_id])
    found = findings(product, skus, attributes.get(product.category_id, {}), channel, content.title)
    if product.category_id not in attributes:
        found = (*found, "category: is retired")
    if found:
        raise NotReady(product=product.code, channel=channel.code, findings=found)
    return product, channel, skus


def _content(tx: CatalogTx, product: Product, title: str, sku_ids: tuple[SkuId, ...]) -> Content:
    held = {sku.id: sku for sku in tx.skus.by(SKU_BY_PRODUCT, product.id)}
    order = {values: place for place, values in enumerate(matrix(product.options))}
    sellable = [sku for sku in held.values() if sku.state is Standing.ACTIVE and not sku.gift_only]
    sellable.sort(key=lambda sku: order.get(sku.option_values, len(order)))
    chosen = sku_ids or tuple(sku.id for sku in sellable)
    if any(sku_id not in held for sku_id in chosen):
        raise InvalidValue(field="skus", rule="must be SKUs of the product")
    return Content(title or product.title, chosen)


def _shown(content: Content) -> dict[str, object]:
    return {"title": content.title, "skus": [str(sku_id) for sku_id in content.sku_ids]}
