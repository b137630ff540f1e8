"""The two names that lead to a SKU from outside, each to one only: a barcode, and an item on a channel."""

from __future__ import annotations

import attrs

from houtai.domain.ids import ChannelId, ListingId, SkuId

BindingKey = tuple[ChannelId, str]


@attrs.frozen
class BarcodeUse:
    """Whose barcode it is; None once given back."""

    code: str
    sku_id: SkuId | None
    pack_qty: int


@attrs.frozen
class Binding:
    """Which SKU an item of a channel is; None once unbound."""

    channel_id: ChannelId
    external_id: str
    sku_id: SkuId | None
    listing_id: ListingId

    @property
    def key(self) -> BindingKey:
        """The channel and the item's id there."""
        return (self.channel_id, self.external_id)
