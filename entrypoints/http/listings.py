"""Listings over HTTP: a product on a channel, from draft to archive."""

from __future__ import annotations

from typing import Annotated

import msgspec

from houtai.application.catalog import offer, publish, queries
from houtai.domain.catalog.listing import Change, ListedState, Listing, ListingState, Outcome, PauseCause, Verdict
from houtai.domain.catalog.product import MAX_VARIANTS
from houtai.domain.catalog.refusals import ChangePending, MerchantNotSelling, NotReady, ReasonNeeded, StillHeldBack
from houtai.domain.ids import ChannelId, ListingId, ProductId, SkuId
from houtai.domain.orders.refusals import ListingNeeded
from houtai.domain.pricing.refusals import NotPriced, PriceBelowFloor
from houtai.domain.refusal import IllegalMove
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("listings", "Products on sales channels: drafted, reviewed by another person, pushed, acknowledged, paused.")

Revision = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
ExternalId = Annotated[str, msgspec.Meta(max_length=128)]
Words = Annotated[str, msgspec.Meta(max_length=500)]
SkuIds = Annotated[tuple[wire.Id, ...], msgspec.Meta(max_length=MAX_VARIANTS)]


class ListingIn(wire.Wire):
    """A product on a channel. Without a title it shows the product's, without SKUs all that are active and no gifts."""

    product_id: wire.Id
    channel_id: wire.Id
    title: wire.Line = ""
    sku_ids: SkuIds = ()
    id: wire.Id | None = None


class ListingChange(wire.Wire):
    """New content, whole."""

    title: wire.Line = ""
    sku_ids: SkuIds = ()


class ReviewIn(wire.Wire):
    """What the reviewer decides, with a reason unless it approves."""

    verdict: Verdict
    reason: Words = ""


class PauseIn(wire.Wire):
    """Why it is taken off the shelf."""

    reason: wire.Reason


class OutcomeIn(wire.Wire):
    """The channel's answer for one SKU: its id there, or the error."""

    sku_id: wire.Id
    external_id: ExternalId = ""
    error: Words = ""


class AnswerIn(wire.Wire):
    """The channel's answer to the push of one revision."""

    revision: Revision
    outcomes: Annotated[tuple[OutcomeIn, ...], msgspec.Meta(max_length=MAX_VARIANTS)]


class VanishedIn(wire.Wire):
    """Which SKU's item the channel lost."""

    sku_id: wire.Id
    reason: wire.Reason = "the item was deleted on the channel"


class ListedOut(wire.Wire):
    """One SKU of a listing."""

    sku_id: wire.Id
    external_id: str
    state: ListedState
    error: str


class ChangeOut(wire.Wire):
    """The next revision of a listing that is on its channel."""

    revision: int
    title: str
    sku_ids: tuple[wire.Id, ...]
    state: ListingState


class ListingOut(wire.Versioned):
    """A product on a channel. Of what it is paused for, everything but `by-hand` is over by itself with its fact."""

    id: wire.Id
    product_id: wire.Id
    channel_id: wire.Id
    merchant_id: wire.Id | None
    title: str
    sku_ids: tuple[wire.Id, ...]
    state: ListingState
    skus: tuple[ListedOut, ...]
    revision: int
    change: ChangeOut | None
    reason: str
    paused_for: tuple[PauseCause, ...]


def _change_out(change: Change) -> ChangeOut:
    return ChangeOut(change.revision, change.content.title, change.content.sku_ids, change.state)


def listing_out(listing: Listing) -> ListingOut:
    """As it goes out."""
    change = listing.change
    return ListingOut(
        id=listing.id,
        product_id=listing.product_id,
        channel_id=listing.channel_id,
        merchant_id=listing.merchant_id,
        title=listing.content.title,
        sku_ids=listing.content.sku_ids,
        state=listing.state,
        skus=tuple(ListedOut(listed.sku_id, listed.external_id, listed.state, listed.error) for listed in listing.skus),
        revision=listing.revision,
        change=None if change is None else _change_out(change),
        reason=listing.reason,
        paused_for=listing.paused_for,
        version=listing.version,
    )


class ListingQuery(wire.PageQuery):
    """Which listings; all conditions that are given hold."""

    channel_id: wire.Id | None = None
    product_id: wire.Id | None = None
    state: ListingState | None = None


@ROUTES.post("/listings", offer.draft_listing, status=201, location="/listings/{id}")
def post_listing(desk: Desk, body: ListingIn) -> ListingOut:
    """Draft a listing."""
    cmd = offer.DraftListing(
        listing=ListingId(desk.new_id(body.id)),
        product=ProductId(body.product_id),
        channel=ChannelId(body.channel_id),
        title=body.title,
        skus=tuple(SkuId(sku_id) for sku_id in body.sku_ids),
    )
    return listing_out(desk.perform(offer.draft_listing, cmd))


@ROUTES.get("/listings", queries.list_listings)
def get_listings(desk: Desk, query: ListingQuery) -> wire.Listed[ListingOut]:
    """List listings, newest first."""
    request = queries.ListListings(
        page=query.page(),
        channel=None if query.channel_id is None else ChannelId(query.channel_id),
        product=None if query.product_id is None else ProductId(query.product_id),
        state=query.state,
    )
    return wire.listed(desk.ask(queries.list_listings, request), listing_out)


@ROUTES.get("/listings/{listing_id}", queries.get_listing)
def get_listing(desk: Desk, listing_id: wire.Id) -> ListingOut:
    """Look at one listing."""
    return listing_out(desk.ask(queries.get_listing, queries.GetListing(ListingId(listing_id))))


@ROUTES.put("/listings/{listing_id}", offer.edit_listing, refuses=(IllegalMove, ChangePending))
def put_listing(desk: Desk, listing_id: wire.Id, body: ListingChange) -> ListingOut:
    """Replace a listing's content.

    What is on the channel keeps selling as it is until the change is approved, pushed and taken.
    """
    skus = tuple(SkuId(sku_id) for sku_id in body.sku_ids)
    cmd = offer.EditListing(ListingId(listing_id), desk.expected_version, body.title, skus)
    return listing_out(desk.perform(offer.edit_listing, cmd))


@ROUTES.post("/listings/{listing_id}/submit", offer.submit_listing, match="required", refuses=(IllegalMove, NotReady))
def post_listing_submit(desk: Desk, listing_id: wire.Id) -> ListingOut:
    """Hand a draft or a change to review."""
    return listing_out(desk.perform(offer.submit_listing, offer.SubmitListing(ListingId(listing_id), desk.expected_version)))


@ROUTES.post("/listings/{listing_id}/review", offer.review_listing, match="required", refuses=(IllegalMove, ReasonNeeded))
def post_listing_review(desk: Desk, listing_id: wire.Id, body: ReviewIn) -> ListingOut:
    """Approve, ask for changes, or reject.

    Its author cannot.
    """
    cmd = offer.ReviewListing(ListingId(listing_id), desk.expected_version, body.verdict, body.reason)
    return listing_out(desk.perform(offer.review_listing, cmd))


@ROUTES.post(
    "/listings/{listing_id}/push",
    publish.push_listing,
    match="required",
    refuses=(IllegalMove, NotReady, NotPriced, PriceBelowFloor, MerchantNotSelling),
)
def post_listing_push(desk: Desk, listing_id: wire.Id) -> ListingOut:
    """Send what is approved to the channel, with its prices.

    Every SKU needs a price there that is not below its floor.
    """
    return listing_out(desk.perform(publish.push_listing, publish.PushListing(ListingId(listing_id), desk.expected_version)))


@ROUTES.post("/listings/{listing_id}/acknowledge", publish.acknowledge_listing)
def post_listing_acknowledge(desk: Desk, listing_id: wire.Id, body: AnswerIn) -> ListingOut:
    """Enter the channel's answer to a push.

    An old or repeated answer changes nothing.
    """
    outcomes = tuple(Outcome(SkuId(one.sku_id), one.external_id, one.error) for one in body.outcomes)
    cmd = publish.AcknowledgeListing(ListingId(listing_id), body.revision, outcomes)
    return listing_out(desk.perform(publish.acknowledge_listing, cmd))


@ROUTES.post("/listings/{listing_id}/pause", publish.pause_listing, match="required", refuses=(IllegalMove, ReasonNeeded))
def post_listing_pause(desk: Desk, listing_id: wire.Id, body: PauseIn) -> ListingOut:
    """Take a listing off the shelf."""
    cmd = publish.PauseListing(ListingId(listing_id), desk.expected_version, body.reason)
    return listing_out(desk.perform(publish.pause_listing, cmd))


@ROUTES.post("/listings/{listing_id}/resume", publish.resume_listing, match="required", refuses=(IllegalMove, StillHeldBack))
def post_listing_resume(desk: Desk, listing_id: wire.Id) -> ListingOut:
    """Put a listing that was paused by hand back on the shelf.

    Where something else holds it back too, it stays paused for that alone.
    """
    cmd = publish.ResumeListing(ListingId(listing_id), desk.expected_version)
    return listing_out(desk.perform(publish.resume_listing, cmd))


@ROUTES.post("/listings/{listing_id}/report-vanished", publish.report_vanished, refuses=(IllegalMove,))
def post_listing_report_vanished(desk: Desk, listing_id: wire.Id, body: VanishedIn) -> ListingOut:
    """Report that the channel lost the item of a SKU."""
    cmd = publish.ReportVanished(ListingId(listing_id), SkuId(body.sku_id), body.reason)
    return listing_out(desk.perform(publish.report_vanished, cmd))


@ROUTES.post("/listings/{listing_id}/archive", publish.archive_listing, match="required", refuses=(IllegalMove, ListingNeeded))
def post_listing_archive(desk: Desk, listing_id: wire.Id) -> ListingOut:
    """Take a listing off its channel for good.

    Not while open orders of the channel need it.
    """
    cmd = publish.ArchiveListing(ListingId(listing_id), desk.expected_version)
    return listing_out(desk.perform(publish.archive_listing, cmd))
