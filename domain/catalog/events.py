"""What happened in the catalogue, for the modules above it."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import ChannelId, ListingId, MerchantId, ProductId, SkuId


@attrs.frozen
class ListingEvent(Event):
    """A fact about one listing and the SKUs it concerns."""

    listing_id: ListingId
    product_id: ProductId
    channel_id: ChannelId
    merchant_id: MerchantId | None
    sku_ids: tuple[SkuId, ...]


@attrs.frozen
class ListingPushed(ListingEvent):
    """It is about to go to the channel in this message; prices and floors are checked on this, and a refusal stops the push."""

    message_id: UUID


@attrs.frozen
class ListingWentLive(ListingEvent):
    """These SKUs can be bought from now on: their stock is published."""


@attrs.frozen
class ListingPaused(ListingEvent):
    """These SKUs cannot be bought now: zero is published."""


@attrs.frozen
class ListingArchived(ListingEvent):
    """These SKUs left the channel for good: zero is published. Open order lines that still need it refuse."""
