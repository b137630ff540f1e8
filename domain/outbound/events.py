"""What outbound announces; orders, transfers and finance decide what follows."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import ManifestId, OutboundId, SkuId, WarehouseId
from houtai.domain.outbound.state import OutboundKind


@attrs.frozen
class GoodsOut:
    """So many units of a line of the source document that left, and the value that they took out of the stock."""

    source_line: int
    sku_id: SkuId
    qty: int
    cost_minor: int
    currency: str


@attrs.frozen
class ManifestClosed(Event):
    """A carrier has signed for its parcels. Comes before the `OutboundShipped` of each; `source_ids` are what they serve.

    `document_ids` are those of these events.
    """

    manifest_id: ManifestId
    number: str
    warehouse_id: WarehouseId
    carrier: str
    outbound_ids: tuple[OutboundId, ...]
    source_ids: tuple[UUID, ...]
    document_ids: tuple[UUID, ...]


@attrs.frozen
class OutboundEvent(Event):
    """A fact about one outbound order. `source_id` is the order, transfer or return that it serves.

    Where several orders travel in it, each of them hears of it by an event of its own.
    """

    outbound_id: OutboundId
    number: str
    kind: OutboundKind
    warehouse_id: WarehouseId
    source_id: UUID | None


@attrs.frozen
class OutboundShipped(OutboundEvent):
    """Its goods went to the carrier and left the stock; whoever is behind `kind` posts what they cost (R-20).

    `goods` are those of `source_id`. Journals and messages about them bear `document_id`: the outbound order's own, or that of
    this order's share in it.
    """

    document_id: UUID
    carrier: str
    waybills: tuple[str, ...]
    goods: tuple[GoodsOut, ...]


@attrs.frozen
class OutboundIntercepted(OutboundEvent):
    """It was stopped with goods off the shelf, which somebody has to carry back."""

    reason: str


@attrs.frozen
class OutboundCancelled(OutboundEvent):
    """It is over and nothing of it left the house: every unit is on a shelf, and free for its line again."""

    reason: str


@attrs.frozen
class OutboundDelivered(OutboundEvent):
    """The receiver has every parcel of it, by the carrier's word."""


@attrs.frozen
class OutboundReturning(OutboundEvent):
    """The carrier brings a parcel of it back: refused, or not to be delivered."""


@attrs.frozen
class CountWanted(Event):
    """A picker found other than the books say: that stock is to be counted. `reason` is zero-check or short-pick."""

    warehouse_id: WarehouseId
    location: str
    sku_id: SkuId
    lot: str
    reason: str


@attrs.frozen
class OutboundShort(OutboundEvent):
    """Units of it are nowhere in its warehouse: somebody decides (SM-FO, SHORT). `lines` are source lines and units."""

    lines: tuple[tuple[int, int], ...]


@attrs.frozen
class ShortSettled(OutboundEvent):
    """It was SHORT and goes on: found again, or without what is missing."""
