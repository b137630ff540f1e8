"""The hand-over manifest (交接单): which parcels one carrier took, counted and weighed, closed once."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.ids import ManifestId, OutboundId, ParcelId, WarehouseId
from houtai.domain.moves import Moves, check_move
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.refusals import NotWeighed, OnManifest, StepTooEarly, WrongCarrier

MAX_ENTRIES = 5_000


class ManifestState(enum.Enum):
    """Whether parcels can still be added, or the carrier has signed."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


MANIFEST_MOVES: Final[Moves[ManifestState]] = {
    ManifestState.OPEN: {ManifestState.CLOSED, ManifestState.CANCELLED},
    ManifestState.CLOSED: set(),
    ManifestState.CANCELLED: set(),
}


@attrs.frozen
class ManifestEntry:
    """One parcel as it was handed over."""

    parcel_id: ParcelId
    outbound_id: OutboundId
    waybill: str
    weight_g: int


@attrs.frozen
class Manifest:
    """The parcels of one warehouse for one carrier, in the order in which they were scanned."""

    id: ManifestId
    number: str = attrs.field(validator=limits.code)
    warehouse_id: WarehouseId
    carrier: str = attrs.field(validator=limits.text(1, 64))
    entries: tuple[ManifestEntry, ...] = attrs.field(default=(), validator=limits.at_most(MAX_ENTRIES))
    state: ManifestState = ManifestState.OPEN
    closed_at: dt.datetime | None = None
    version: int = 1

    @property
    def parcel_count(self) -> int:
        """How many parcels."""
        return len(self.entries)

    @property
    def weight_g(self) -> int:
        """What they weigh together."""
        return sum(entry.weight_g for entry in self.entries)

    def with_parcel(self, parcel: Parcel, order: OutboundOrder) -> tuple[Manifest, Parcel]:
        """With one more parcel, which now names the manifest.

        Raises Intercepted, WrongCarrier, NotWeighed, OnManifest, and StepTooEarly for a manifest that is not open.
        """
        order.check_not_stopped()
        if self.state is not ManifestState.OPEN:
            raise StepTooEarly(number=self.number, step="added to", missing=f"the manifest is {self.state.value}")
        if parcel.manifest_number:
            raise OnManifest(parcel=parcel.number, manifest=parcel.manifest_number)
        if parcel.carrier != self.carrier:
            raise WrongCarrier(parcel=parcel.number, carrier=parcel.carrier, manifest=self.number, expected=self.carrier)
        if parcel.state is not ParcelState.WEIGHED:
            raise NotWeighed(parcel=parcel.number, state=parcel.state.value)
        entry = ManifestEntry(parcel.id, parcel.outbound_id, parcel.waybill, parcel.weight_g)
        added = attrs.evolve(self, entries=(*self.entries, entry), version=self.version + 1)
        return added, attrs.evolve(parcel, manifest_number=self.number, version=parcel.version + 1)

    def without(self, parcel_id: ParcelId) -> Manifest:
        """Without this parcel, whose order was stopped; the same manifest where it is not on it. StepTooEarly once closed."""
        kept = tuple(entry for entry in self.entries if entry.parcel_id != parcel_id)
        if kept == self.entries:
            return self
        if self.state is not ManifestState.OPEN:
            raise StepTooEarly(number=self.number, step="changed", missing=f"the manifest is {self.state.value}")
        return attrs.evolve(self, entries=kept, version=self.version + 1)

    def closed(self, at: dt.datetime) -> Manifest:
        """Signed by the carrier, once. Raises StepTooEarly for an empty one, IllegalMove."""
        check_move("manifest", MANIFEST_MOVES, self.state, ManifestState.CLOSED)
        if not self.entries:
            raise StepTooEarly(number=self.number, step="closed", missing="no parcel is on it")
        return attrs.evolve(self, state=ManifestState.CLOSED, closed_at=at, version=self.version + 1)

    def cancelled(self) -> Manifest:
        """Given up while empty. Raises StepTooEarly, IllegalMove."""
        check_move("manifest", MANIFEST_MOVES, self.state, ManifestState.CANCELLED)
        if self.entries:
            raise StepTooEarly(number=self.number, step="cancelled", missing=f"{self.parcel_count} parcels are on it")
        return attrs.evolve(self, state=ManifestState.CANCELLED, version=self.version + 1)
