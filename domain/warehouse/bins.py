"""Bins: which units of a SKU lie in which place, and the moves between places that say how they came there."""

from __future__ import annotations

import datetime as dt
import enum
from functools import cached_property
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import HandlingUnitId, LocationId, MerchantId, SkuId, WarehouseId, derive
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.warehouse.bin_refusals import NotAllocated, NotInBin

BinId = NewType("BinId", UUID)
LotId = NewType("LotId", UUID)

BinMoveKey = tuple[SkuId, WarehouseId, int]


@attrs.frozen
class BinKey:
    """What tells one bin from another: the place, what lies there, whose it is and in which state.

    `handling_unit_id` is the unit that holds the goods itself, not one that holds that unit. `merchant_id` is the owner, None
    for the house.
    """

    warehouse_id: WarehouseId
    location_id: LocationId
    sku_id: SkuId
    state: StockState = StockState.SELLABLE
    handling_unit_id: HandlingUnitId | None = None
    lot_id: LotId | None = None
    merchant_id: MerchantId | None = None

    @cached_property
    def id(self) -> BinId:
        """The same id for the same bin, so that it can be locked without being looked for."""
        parts = (self.handling_unit_id, self.lot_id, self.merchant_id)
        return BinId(
            derive(self.location_id, "bin", self.sku_id, self.state.value, *("" if part is None else part for part in parts))
        )

    @property
    def stock_key(self) -> StockKey:
        """The stock that these units are part of."""
        return self.sku_id, self.warehouse_id


@attrs.frozen
class Bin:
    """Units in one place. `allocated_qty` of them are promised to picks, `suspect_qty` were looked for and not found.

    `since` is when the first of them came into the house, for FIFO. A bin that was emptied is kept with nothing in it for the
    next time, and no lookup finds it.
    """

    key: BinKey
    qty: int = attrs.field(validator=limits.any_qty)
    since: dt.datetime = attrs.field(validator=limits.aware)
    allocated_qty: int = attrs.field(default=0, validator=limits.any_qty)
    suspect_qty: int = attrs.field(default=0, validator=limits.any_qty)

    def __attrs_post_init__(self) -> None:
        """No more is promised or doubted than lies there; the rules above refuse before it comes to this."""
        assert self.allocated_qty + self.suspect_qty <= self.qty, self

    @property
    def id(self) -> BinId:
        """The id of its key."""
        return self.key.id

    @property
    def free_qty(self) -> int:
        """What may be promised or taken: neither allocated nor in doubt."""
        return self.qty - self.allocated_qty - self.suspect_qty

    def filled(self, qty: int, since: dt.datetime, *, allocated_qty: int = 0) -> Bin:
        """With more units in it, which came into the house at `since`; the oldest of all count."""
        oldest = min(self.since, since) if self.qty else since
        return attrs.evolve(self, qty=self.qty + qty, allocated_qty=self.allocated_qty + allocated_qty, since=oldest)

    def drawn(self, qty: int, *, allocated_qty: int = 0, suspect_qty: int = 0) -> Bin:
        """With `qty` units fewer, of which so many were allocated and so many in doubt.

        Raises NotInBin where fewer are there for it, NotAllocated where fewer were promised.
        """
        if allocated_qty > self.allocated_qty:
            raise self._not_allocated(allocated_qty)
        if qty - allocated_qty - suspect_qty > self.free_qty or suspect_qty > self.suspect_qty:
            raise NotInBin(bin_id=self.id, there_qty=self.qty, free_qty=self.free_qty, wanted_qty=qty)
        return attrs.evolve(
            self,
            qty=self.qty - qty,
            allocated_qty=self.allocated_qty - allocated_qty,
            suspect_qty=self.suspect_qty - suspect_qty,
        )

    def allocated(self, qty: int) -> Bin:
        """With `qty` more units promised. Raises NotInBin where fewer are free."""
        if qty > self.free_qty:
            raise NotInBin(bin_id=self.id, there_qty=self.qty, free_qty=self.free_qty, wanted_qty=qty)
        return attrs.evolve(self, allocated_qty=self.allocated_qty + qty)

    def released(self, qty: int) -> Bin:
        """With `qty` fewer units promised. Raises NotAllocated."""
        if qty > self.allocated_qty:
            raise self._not_allocated(qty)
        return attrs.evolve(self, allocated_qty=self.allocated_qty - qty)

    def suspected(self) -> Bin:
        """With everything in doubt that nobody is promised: what is here has to be counted before it is promised again."""
        return attrs.evolve(self, suspect_qty=self.qty - self.allocated_qty)

    def undoubted(self, qty: int) -> Bin:
        """With `qty` units fewer in doubt: they have been found, or it is known what became of them."""
        return attrs.evolve(self, suspect_qty=self.suspect_qty - qty)

    def _not_allocated(self, wanted_qty: int) -> NotAllocated:
        return NotAllocated(bin_id=self.id, allocated_qty=self.allocated_qty, wanted_qty=wanted_qty)


@attrs.frozen
class BinHead:
    """The lock over all bins of one SKU in one warehouse, and the count of their moves."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    last_seq: int = 0

    @property
    def key(self) -> StockKey:
        """Of which stock."""
        return self.sku_id, self.warehouse_id


class MoveReason(enum.Enum):
    """Why goods went from one place to another."""

    RECEIVED = "received"  # from the supplier, into the place for what has none yet
    ADJUSTED = "adjusted"  # found or lost
    PUT_AWAY = "put-away"
    MOVED = "moved"
    REGRADED = "regraded"  # into another state
    PICKED = "picked"
    PUT_BACK = "put-back"
    ISSUED = "issued"  # to the customer
    SENT = "sent"  # on the road to another warehouse
    ARRIVED = "arrived"  # from the road
    LOST = "lost"  # on the road
    CAME_BACK = "came-back"  # from the buyer
    SENT_BACK = "sent-back"  # to the buyer, who had sent it
    SCRAPPED = "scrapped"


@attrs.frozen
class BinMove:
    """One double entry of the bin ledger: units leave one place and are in another. Never changed, never removed.

    `seq` counts the moves of the SKU in the warehouse from 1 without a gap. Places that goods come from or go to are virtual
    locations, so that the sum over all locations of a SKU is always zero. `state` is that at the source, `to_state` that at
    the target; virtual places have the state of the other side. A lot is named once, when goods without one are put away.
    """

    sku_id: SkuId
    warehouse_id: WarehouseId
    seq: int
    from_location_id: LocationId
    to_location_id: LocationId
    from_unit_id: HandlingUnitId | None
    to_unit_id: HandlingUnitId | None
    lot_id: LotId | None
    to_lot_id: LotId | None
    merchant_id: MerchantId | None
    state: StockState
    to_state: StockState
    qty: int = attrs.field(validator=limits.positive_qty)
    document: str
    document_id: UUID
    line: int
    reason: MoveReason
    at: dt.datetime
    actor: UUID

    @property
    def key(self) -> BinMoveKey:
        """The place in the ledger."""
        return self.sku_id, self.warehouse_id, self.seq


@attrs.frozen
class MoveCause:
    """The document line behind a move, and who moved when."""

    document: str
    document_id: UUID
    line: int
    reason: MoveReason
    at: dt.datetime
    actor: UUID
