"""A line of an outbound order: how many of its units are open, allocated, picked, short, checked, packed, shipped, given up."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import MerchantId, SkuId
from houtai.domain.outbound.refusals import TooMany


@attrs.frozen
class OutboundLine:
    """So many of one SKU. Every unit is open, allocated to a bin, picked, short or cancelled.

    Of the picked so many are checked, of those so many packed, of those so many shipped. `source_line` is the line of the order,
    transfer or return that it serves; `source_id` is which order, where several travel together, and None where all lines serve
    the one that the outbound order names.
    """

    seq: int = attrs.field(validator=limits.between(1, limits.MAX_LINES * 60))
    sku_id: SkuId
    sku_code: str = attrs.field(validator=limits.text(0, 128))
    qty: int = attrs.field(validator=limits.positive_qty)
    allocated_qty: int = 0
    picked_qty: int = 0
    short_qty: int = 0
    cancelled_qty: int = 0
    checked_qty: int = 0
    packed_qty: int = 0
    shipped_qty: int = 0
    source_line: int = 0
    source_id: UUID | None = None
    merchant_id: MerchantId | None = None

    def __attrs_post_init__(self) -> None:
        facets = (self.allocated_qty, self.picked_qty, self.short_qty, self.cancelled_qty, self.open_qty)
        assert min(facets) >= 0, "every unit is open, allocated, picked, short or cancelled"
        chain = (self.shipped_qty, self.packed_qty, self.checked_qty, self.picked_qty)
        assert 0 <= chain[0] <= chain[1] <= chain[2] <= chain[3], "nothing is checked that was not picked, nor packed unchecked"

    @property
    def open_qty(self) -> int:
        """Units that no bin was found for yet."""
        return self.qty - self.allocated_qty - self.picked_qty - self.short_qty - self.cancelled_qty

    @property
    def demand_qty(self) -> int:
        """Units that are still to go out, or did."""
        return self.qty - self.cancelled_qty

    def _bounded(self, step: str, wanted: int, limit: int) -> int:
        if not 1 <= wanted <= limit:
            raise TooMany(line=self.seq, step=step, wanted_qty=wanted, limit_qty=limit)
        return wanted

    def allocated(self, qty: int) -> OutboundLine:
        """With so many open units bound to bins. Raises TooMany."""
        return attrs.evolve(self, allocated_qty=self.allocated_qty + self._bounded("allocated", qty, self.open_qty))

    def unallocated(self, qty: int) -> OutboundLine:
        """With so many allocated units open again. Raises TooMany."""
        return attrs.evolve(self, allocated_qty=self.allocated_qty - self._bounded("set free", qty, self.allocated_qty))

    def picked(self, qty: int) -> OutboundLine:
        """With so many allocated units taken off their bins. Raises TooMany."""
        took = self._bounded("picked", qty, self.allocated_qty)
        return attrs.evolve(self, allocated_qty=self.allocated_qty - took, picked_qty=self.picked_qty + took)

    def found_short(self, qty: int) -> OutboundLine:
        """With so many allocated units not found where they should lie. Raises TooMany."""
        lacks = self._bounded("short", qty, self.allocated_qty)
        return attrs.evolve(self, allocated_qty=self.allocated_qty - lacks, short_qty=self.short_qty + lacks)

    def reopened(self, qty: int) -> OutboundLine:
        """With so many short units open again, for another bin. Raises TooMany."""
        return attrs.evolve(self, short_qty=self.short_qty - self._bounded("reopened", qty, self.short_qty))

    def dropped(self, qty: int) -> OutboundLine:
        """With so many short units given up. Raises TooMany."""
        lost = self._bounded("dropped", qty, self.short_qty)
        return attrs.evolve(self, short_qty=self.short_qty - lost, cancelled_qty=self.cancelled_qty + lost)

    def put_back(self, qty: int) -> OutboundLine:
        """With so many picked, unchecked units back on a shelf and given up. Raises TooMany."""
        back = self._bounded("put back", qty, self.picked_qty - self.checked_qty)
        return attrs.evolve(self, picked_qty=self.picked_qty - back, cancelled_qty=self.cancelled_qty + back)

    def checked(self, qty: int) -> OutboundLine:
        """With so many picked units checked. Raises TooMany."""
        return attrs.evolve(
            self, checked_qty=self.checked_qty + self._bounded("checked", qty, self.picked_qty - self.checked_qty)
        )

    def unchecked(self) -> OutboundLine:
        """With nothing checked or packed: the parcel was opened. Only before anything shipped."""
        assert not self.shipped_qty, "what has left cannot be checked again"
        return attrs.evolve(self, checked_qty=0, packed_qty=0)

    def packed(self, qty: int) -> OutboundLine:
        """With so many checked units in a parcel. Raises TooMany."""
        return attrs.evolve(self, packed_qty=self.packed_qty + self._bounded("packed", qty, self.checked_qty - self.packed_qty))

    def shipped(self) -> OutboundLine:
        """With all that is packed handed over."""
        return attrs.evolve(self, shipped_qty=self.packed_qty)

    def parted(self) -> OutboundLine:
        """With nothing to go out any more: its order was cancelled, and what is off the shelf goes back under another number."""
        return attrs.evolve(self.unchecked(), cancelled_qty=self.qty, allocated_qty=0, picked_qty=0, short_qty=0)

    def stopped(self) -> OutboundLine:
        """With all that is not off the shelf given up, and what is off it waiting to be put back."""
        return attrs.evolve(self.unchecked(), cancelled_qty=self.qty - self.picked_qty, allocated_qty=0, short_qty=0)
