"""What inventory keeps, and how its use cases and queries reach it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Protocol
from uuid import UUID

from houtai.application.catalog.ports import CatalogTx, CatalogViews
from houtai.application.ledger.ports import LedgerTx
from houtai.application.paging import Page, Slice
from houtai.application.ports import Index, Reading, Records, Rows
from houtai.domain.authority import HOUSE
from houtai.domain.ids import AdjustmentId, ChannelId, CustomerId, HoldId, ReservationId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import Adjustment, OpeningReceipt
from houtai.domain.inventory.movement import Movement, MovementKey
from houtai.domain.inventory.oversell import Oversell, OversellId
from houtai.domain.inventory.publishing import (
    BundlePart,
    BundlePartKey,
    Publication,
    PublicationKey,
    Published,
    PublishedKey,
    PublishPolicy,
    Unimported,
)
from houtai.domain.inventory.reservation import (
    Fence,
    FenceKey,
    HeldLine,
    HeldLineKey,
    Hold,
    Holder,
    HoldState,
    Reservation,
)
from houtai.domain.inventory.stock import Stock, StockKey
from houtai.domain.inventory.warehouse import ChannelWarehouses, Warehouse

WAREHOUSE_BY_CODE: Index[Warehouse, str] = Index("code", lambda warehouse: warehouse.code, unique=True)
WAREHOUSE_BY_ID: Index[Warehouse, UUID] = Index("id", lambda warehouse: warehouse.id)
WAREHOUSE_BY_MERCHANT: Index[Warehouse, UUID] = Index("merchant_id", lambda warehouse: warehouse.merchant_id or HOUSE)
WAREHOUSES: Records[WarehouseId, Warehouse] = Records(
    "warehouses",
    Warehouse,
    lambda warehouse: warehouse.id,
    (WAREHOUSE_BY_CODE, WAREHOUSE_BY_ID, WAREHOUSE_BY_MERCHANT),
    reference=True,
)

POOL_BY_STATE: Index[ChannelWarehouses, str] = Index("state", lambda pool: pool.state.value)
POOLS: Records[ChannelId, ChannelWarehouses] = Records(
    "channel_warehouses", ChannelWarehouses, lambda pool: pool.channel_id, (POOL_BY_STATE,), reference=True
)

STOCK_BY_SKU: Index[Stock, UUID] = Index("sku_id", lambda stock: stock.sku_id)
STOCKS: Records[StockKey, Stock] = Records("stocks", Stock, lambda stock: stock.key, (STOCK_BY_SKU,), logged=False)

MOVEMENT_BY_SKU: Index[Movement, UUID] = Index("sku_id", lambda movement: movement.sku_id)
MOVEMENT_BY_WAREHOUSE: Index[Movement, UUID] = Index("warehouse_id", lambda movement: movement.warehouse_id)
MOVEMENT_BY_STOCK: Index[Movement, tuple[UUID, UUID]] = Index("stock", lambda movement: (movement.sku_id, movement.warehouse_id))
MOVEMENT_BY_DOCUMENT: Index[Movement, UUID] = Index("document_id", lambda movement: movement.document_id)
MOVEMENTS: Records[MovementKey, Movement] = Records(
    "movements",
    Movement,
    lambda movement: movement.key,
    (MOVEMENT_BY_SKU, MOVEMENT_BY_WAREHOUSE, MOVEMENT_BY_STOCK, MOVEMENT_BY_DOCUMENT),
    append_only=True,
    witnessed=True,
)

RESERVATION_BY_ORDER: Index[Reservation, UUID] = Index("order_id", lambda reservation: reservation.order_id)
RESERVATION_BY_SKU: Index[Reservation, tuple[UUID, str]] = Index(
    "sku_state", lambda reservation: (reservation.sku_id, reservation.state.value)
)
RESERVATIONS: Records[ReservationId, Reservation] = Records(
    "reservations", Reservation, lambda reservation: reservation.id, (RESERVATION_BY_ORDER, RESERVATION_BY_SKU), logged=False
)

HOLD_DUE: Index[Hold, dt.datetime] = Index("due", lambda hold: hold.expires_at if hold.state is HoldState.LIVE else None)
HOLDS: Records[HoldId, Hold] = Records("holds", Hold, lambda hold: hold.id, (HOLD_DUE,), logged=False)

HELD_BY_HOLD: Index[HeldLine, UUID] = Index("hold_id", lambda line: line.hold_id)
HELD_BY_BUYER: Index[HeldLine, tuple[UUID, str]] = Index("buyer", lambda line: (line.buyer_id, line.state.value))
HELD_BY_STOCK: Index[HeldLine, tuple[UUID, UUID, str]] = Index(
    "stock", lambda line: (line.sku_id, line.warehouse_id, line.state.value)
)
HELD_LINES: Records[HeldLineKey, HeldLine] = Records(
    "held_lines", HeldLine, lambda line: line.key, (HELD_BY_HOLD, HELD_BY_BUYER, HELD_BY_STOCK), logged=False
)
HOLDERS: Records[CustomerId, Holder] = Records("holders", Holder, lambda holder: holder.buyer_id, logged=False)

FENCE_BY_STOCK: Index[Fence, tuple[UUID, UUID]] = Index("stock", lambda fence: (fence.sku_id, fence.warehouse_id))
FENCES: Records[FenceKey, Fence] = Records("fences", Fence, lambda fence: fence.key, (FENCE_BY_STOCK,))

ADJUSTMENT_BY_STATE: Index[Adjustment, str] = Index("state", lambda adjustment: adjustment.state.value)
ADJUSTMENT_BY_WAREHOUSE: Index[Adjustment, UUID] = Index("warehouse_id", lambda adjustment: adjustment.warehouse_id)
ADJUSTMENTS: Records[AdjustmentId, Adjustment] = Records(
    "adjustments", Adjustment, lambda adjustment: adjustment.id, (ADJUSTMENT_BY_STATE, ADJUSTMENT_BY_WAREHOUSE)
)
RECEIPT_BY_WAREHOUSE: Index[OpeningReceipt, UUID] = Index("warehouse_id", lambda receipt: receipt.warehouse_id)
RECEIPTS: Records[UUID, OpeningReceipt] = Records(
    "opening_receipts", OpeningReceipt, lambda receipt: receipt.id, (RECEIPT_BY_WAREHOUSE,), append_only=True, witnessed=True
)

POLICY_BY_CHANNEL: Index[PublishPolicy, UUID] = Index("channel_id", lambda policy: policy.channel_id)
POLICIES: Records[UUID, PublishPolicy] = Records(
    "publish_policies", PublishPolicy, lambda policy: policy.id, (POLICY_BY_CHANNEL,), reference=True
)
PUBLISHED_BY_SKU: Index[Published, UUID] = Index("sku_id", lambda row: row.sku_id)
PUBLISHED_BY_CHANNEL: Index[Published, UUID] = Index("channel_id", lambda row: row.channel_id)
PUBLISHED: Records[PublishedKey, Published] = Records(
    "published", Published, lambda row: row.key, (PUBLISHED_BY_SKU, PUBLISHED_BY_CHANNEL), logged=False
)
PUBLICATION_BY_ROW: Index[Publication, tuple[UUID, UUID]] = Index(
    "row", lambda publication: (publication.channel_id, publication.sku_id)
)
PUBLICATIONS: Records[PublicationKey, Publication] = Records(
    "publications",
    Publication,
    lambda publication: publication.key,
    (PUBLICATION_BY_ROW,),
    append_only=True,
    logged=False,
)
UNIMPORTED: Records[PublishedKey, Unimported] = Records("unimported", Unimported, lambda row: row.key)
PART_BY_COMPONENT: Index[BundlePart, UUID] = Index("component_id", lambda part: part.component_id)
BUNDLE_PARTS: Records[BundlePartKey, BundlePart] = Records(
    "bundle_parts", BundlePart, lambda part: part.key, (PART_BY_COMPONENT,), logged=False, reference=True
)

OVERSELL_BY_ORDER: Index[Oversell, UUID] = Index("order_id", lambda oversell: oversell.order_id)
OVERSELL_BY_STATE: Index[Oversell, str] = Index("state", lambda oversell: oversell.state.value)
OVERSELL_BY_CHANNEL: Index[Oversell, UUID] = Index("channel_id", lambda oversell: oversell.channel_id)
OVERSELL_BY_SKU: Index[Oversell, tuple[UUID, str]] = Index("sku_state", lambda oversell: (oversell.sku_id, oversell.state.value))
OVERSELLS: Records[OversellId, Oversell] = Records(
    "oversells",
    Oversell,
    lambda oversell: oversell.id,
    (OVERSELL_BY_ORDER, OVERSELL_BY_STATE, OVERSELL_BY_CHANNEL, OVERSELL_BY_SKU),
)

RECORDS: Final[tuple[Records[Any, Any], ...]] = (
    WAREHOUSES,
    POOLS,
    STOCKS,
    MOVEMENTS,
    RESERVATIONS,
    HOLDS,
    HELD_LINES,
    HOLDERS,
    FENCES,
    ADJUSTMENTS,
    RECEIPTS,
    POLICIES,
    PUBLISHED,
    PUBLICATIONS,
    UNIMPORTED,
    BUNDLE_PARTS,
    OVERSELLS,
)


class InventoryTx(LedgerTx, CatalogTx, Protocol):
    """What inventory writes.

    One order of locks for all use cases: buyer, hold, stock. What binds a stock is only touched under the stock's lock.
    """

    @property
    def warehouses(self) -> Rows[WarehouseId, Warehouse]:
        """Where goods lie."""

    @property
    def channel_warehouses(self) -> Rows[ChannelId, ChannelWarehouses]:
        """The pool of each channel."""

    @property
    def stocks(self) -> Rows[StockKey, Stock]:
        """The projection that every decision rests on."""

    @property
    def movements(self) -> Rows[MovementKey, Movement]:
        """The stock ledger, append-only."""

    @property
    def reservations(self) -> Rows[ReservationId, Reservation]:
        """What orders have for certain."""

    @property
    def holds(self) -> Rows[HoldId, Hold]:
        """What buyers hold while paying."""

    @property
    def held_lines(self) -> Rows[HeldLineKey, HeldLine]:
        """Each hold's units as they bind one stock."""

    @property
    def holders(self) -> Rows[CustomerId, Holder]:
        """The lock behind each buyer's cap."""

    @property
    def fences(self) -> Rows[FenceKey, Fence]:
        """Stock that is ring-fenced for a channel."""

    @property
    def adjustments(self) -> Rows[AdjustmentId, Adjustment]:
        """Requests to change stock, and their decisions."""

    @property
    def opening_receipts(self) -> Rows[UUID, OpeningReceipt]:
        """What came in, append-only."""

    @property
    def publish_policies(self) -> Rows[UUID, PublishPolicy]:
        """How much each channel is told of."""

    @property
    def published(self) -> Rows[PublishedKey, Published]:
        """What each channel was told last."""

    @property
    def publications(self) -> Rows[PublicationKey, Publication]:
        """Every figure that went out, append-only."""

    @property
    def unimported(self) -> Rows[PublishedKey, Unimported]:
        """What channels sold and is not booked yet."""

    @property
    def bundle_parts(self) -> Rows[BundlePartKey, BundlePart]:
        """Which published bundles each component is part of."""

    @property
    def oversells(self) -> Rows[OversellId, Oversell]:
        """What channels sold and was not there."""


class InventoryViews(CatalogViews, Protocol):
    """What queries of inventory read."""

    @property
    def warehouses(self) -> Reading[WarehouseId, Warehouse]:
        """Where goods lie."""

    @property
    def channel_warehouses(self) -> Reading[ChannelId, ChannelWarehouses]:
        """The pool of each channel."""

    @property
    def stocks(self) -> Reading[StockKey, Stock]:
        """The stock of each SKU in each warehouse."""

    @property
    def movements(self) -> Reading[MovementKey, Movement]:
        """The stock ledger."""

    @property
    def reservations(self) -> Reading[ReservationId, Reservation]:
        """What orders have for certain."""

    @property
    def holds(self) -> Reading[HoldId, Hold]:
        """What buyers hold while paying."""

    @property
    def held_lines(self) -> Reading[HeldLineKey, HeldLine]:
        """Each hold's units as they bind one stock."""

    @property
    def fences(self) -> Reading[FenceKey, Fence]:
        """Stock that is ring-fenced for a channel."""

    @property
    def adjustments(self) -> Reading[AdjustmentId, Adjustment]:
        """Requests to change stock, and their decisions."""

    @property
    def opening_receipts(self) -> Reading[UUID, OpeningReceipt]:
        """What came in."""

    @property
    def publish_policies(self) -> Reading[UUID, PublishPolicy]:
        """How much each channel is told of."""

    @property
    def published(self) -> Reading[PublishedKey, Published]:
        """What each channel was told last."""

    @property
    def publications(self) -> Reading[PublicationKey, Publication]:
        """Every figure that went out."""

    @property
    def unimported(self) -> Reading[PublishedKey, Unimported]:
        """What channels sold and is not booked yet."""

    @property
    def oversells(self) -> Reading[OversellId, Oversell]:
        """What channels sold and was not there."""

    def stock_list(
        self,
        warehouses: frozenset[WarehouseId] | None,
        sku_id: SkuId | None,
        available_at_most: int | None,
        merchants: frozenset[UUID] | None,
        page: Page,
    ) -> Slice[Stock]:
        """Stocks in key order, narrowed to these warehouses, one SKU, at most so many available units, these merchants."""
