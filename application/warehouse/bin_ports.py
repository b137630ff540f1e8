"""What the warehouse keeps of stock by location, and how its use cases and queries reach it."""

from __future__ import annotations

from typing import Any, Final, Protocol
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.application.warehouse.ports import WarehouseTx, WarehouseViews
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WantedCountId, WarehouseId
from houtai.domain.inventory.stock import StockKey, StockState
from houtai.domain.warehouse.bins import Bin, BinHead, BinId, BinMove, BinMoveKey, LotId
from houtai.domain.warehouse.lots import Lot, Serial, SerialKey
from houtai.domain.warehouse.wanted_count import WantedCount, WantedState

FILLED: Final = 1
"""The last part of a lookup of bins: those with something in them."""

BIN_BY_STOCK: Index[Bin, tuple[UUID, UUID, int]] = Index(
    "stock", lambda one: (one.key.sku_id, one.key.warehouse_id, FILLED) if one.qty else None
)
BIN_BY_LOCATION: Index[Bin, tuple[UUID, int]] = Index("location", lambda one: (one.key.location_id, FILLED) if one.qty else None)
BIN_BY_UNIT: Index[Bin, tuple[UUID, int]] = Index(
    "unit", lambda one: (one.key.handling_unit_id, FILLED) if one.qty and one.key.handling_unit_id is not None else None
)
BINS: Records[BinId, Bin] = Records("bins", Bin, lambda one: one.id, (BIN_BY_STOCK, BIN_BY_LOCATION, BIN_BY_UNIT), logged=False)

BIN_HEADS: Records[StockKey, BinHead] = Records("bin_heads", BinHead, lambda head: head.key, logged=False)

BIN_MOVE_BY_DOCUMENT: Index[BinMove, UUID] = Index("document_id", lambda move: move.document_id)
BIN_MOVE_BY_STOCK: Index[BinMove, tuple[UUID, UUID]] = Index("stock", lambda move: (move.sku_id, move.warehouse_id))
BIN_MOVES: Records[BinMoveKey, BinMove] = Records(
    "bin_moves", BinMove, lambda move: move.key, (BIN_MOVE_BY_DOCUMENT, BIN_MOVE_BY_STOCK), append_only=True, logged=False
)

LOT_BY_CODE: Index[Lot, tuple[UUID, str]] = Index("code", lambda lot: (lot.sku_id, lot.code), unique=True)
LOT_BY_SKU: Index[Lot, UUID] = Index("sku_id", lambda lot: lot.sku_id)
LOTS: Records[LotId, Lot] = Records("lots", Lot, lambda lot: lot.id, (LOT_BY_CODE, LOT_BY_SKU))

SERIAL_BY_BIN: Index[Serial, UUID] = Index("bin_id", lambda serial: serial.bin_id)
SERIAL_BY_SKU: Index[Serial, UUID] = Index("sku_id", lambda serial: serial.sku_id)
SERIALS: Records[SerialKey, Serial] = Records(
    "serials", Serial, lambda serial: serial.key, (SERIAL_BY_BIN, SERIAL_BY_SKU), logged=False
)

WANTED_OF: Index[WantedCount, tuple[UUID, UUID, str]] = Index("stock", lambda one: (one.location_id, one.sku_id, one.lot))
WANTED_OPEN: Index[WantedCount, tuple[UUID, UUID, str]] = Index(
    "open_stock", lambda one: (one.location_id, one.sku_id, one.lot) if one.open else None, unique=True
)
WANTED_AT: Index[WantedCount, UUID] = Index("open_location_id", lambda one: one.location_id if one.open else None)
WANTED_IN: Index[WantedCount, tuple[UUID, str]] = Index("warehouse_state", lambda one: (one.warehouse_id, one.state.value))
WANTED_COUNTS: Records[WantedCountId, WantedCount] = Records(
    "wanted_counts", WantedCount, lambda one: one.id, (WANTED_OF, WANTED_OPEN, WANTED_AT, WANTED_IN)
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (BIN_HEADS, BINS, BIN_MOVES, LOTS, SERIALS, WANTED_COUNTS)


class BinsTx(WarehouseTx, Protocol):
    """What moves goods between places.

    One order of locks: locations, handling units, what inventory locks (stocks), bin heads, bins, serials, wanted counts. A bin
    is only touched under the head of its SKU in its warehouse; something is moved to a place only under the place's lock.
    """

    @property
    def bin_heads(self) -> Rows[StockKey, BinHead]:
        """The locks over bins."""

    @property
    def bins(self) -> Rows[BinId, Bin]:
        """What lies where."""

    @property
    def bin_moves(self) -> Rows[BinMoveKey, BinMove]:
        """The bin ledger, append-only."""

    @property
    def lots(self) -> Rows[LotId, Lot]:
        """Goods made together."""

    @property
    def serials(self) -> Rows[SerialKey, Serial]:
        """Units with numbers of their own."""

    @property
    def wanted_counts(self) -> Rows[WantedCountId, WantedCount]:
        """What is to be counted."""


@attrs.frozen
class BinWish:
    """Which bins to list; None leaves a question open."""

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None
    sku_id: SkuId | None = None
    location_id: LocationId | None = None
    handling_unit_id: HandlingUnitId | None = None
    lot_id: LotId | None = None
    state: StockState | None = None
    suspect: bool = False


@attrs.frozen
class MoveWish:
    """Which moves to list; a location or a unit is met at either end."""

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None
    sku_id: SkuId | None = None
    location_id: LocationId | None = None
    handling_unit_id: HandlingUnitId | None = None
    document_id: UUID | None = None


@attrs.frozen
class WantedWish:
    """Which wanted counts to list; None leaves a question open."""

    warehouses: frozenset[WarehouseId] | None = None
    merchants: frozenset[UUID] | None = None
    location_id: LocationId | None = None
    sku_id: SkuId | None = None
    state: WantedState | None = None


class BinsViews(WarehouseViews, Protocol):
    """What queries of stock by location read."""

    @property
    def bin_heads(self) -> Reading[StockKey, BinHead]:
        """The locks over bins."""

    @property
    def bins(self) -> Reading[BinId, Bin]:
        """What lies where."""

    @property
    def bin_moves(self) -> Reading[BinMoveKey, BinMove]:
        """The bin ledger."""

    @property
    def lots(self) -> Reading[LotId, Lot]:
        """Goods made together."""

    @property
    def serials(self) -> Reading[SerialKey, Serial]:
        """Units with numbers of their own."""

    @property
    def wanted_counts(self) -> Reading[WantedCountId, WantedCount]:
        """What is to be counted, or was."""

    def bin_list(self, wish: BinWish, page: Page) -> Slice[Bin]:
        """Bins with something in them, in the order of their ids, narrowed to the wish."""

    def bin_move_list(self, wish: MoveWish, page: Page) -> Slice[BinMove]:
        """Moves by their moment, then SKU, warehouse and place in the ledger, narrowed to the wish."""

    def wanted_count_list(self, wish: WantedWish, page: Page) -> Slice[WantedCount]:
        """Wanted counts by the moment of asking, then id, narrowed to the wish."""
