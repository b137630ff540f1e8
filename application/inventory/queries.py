"""Reading inventory: stock, its ledger, the promises on it, and the documents, each within the actor's reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.application.inventory import ports
from houtai.application.inventory.figures import without_ended_holds
from houtai.application.inventory.ports import InventoryViews
from houtai.application.inventory.scope import check_seen, scopes_of_channel, warehouses_seen
from houtai.application.masking import MASK_KEY
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.ports import Index
from houtai.application.reach import demand_within
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import AdjustmentId, ChannelId, HoldId, OrderId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import Adjustment, AdjustmentState, OpeningReceipt
from houtai.domain.inventory.movement import Movement
from houtai.domain.inventory.oversell import Oversell, OversellId, OversellState
from houtai.domain.inventory.publishing import Publication, Published, PublishPolicy
from houtai.domain.inventory.reservation import Hold, Reservation
from houtai.domain.inventory.stock import Stock
from houtai.domain.inventory.warehouse import ChannelWarehouses, Warehouse
from houtai.domain.refusal import NotFound

READ: Final = "inventory.read"


@attrs.frozen
class StockView:
    """The stock of a SKU in a warehouse with the names of both; holds that have ended are off `held_qty` already.

    Value and cost are hidden by the mask ``cost``.
    """

    sku_id: SkuId
    sku_code: str
    sku_title: str
    warehouse_id: WarehouseId
    warehouse_code: str
    sellable_qty: int
    quarantine_qty: int
    damaged_qty: int
    sample_qty: int
    b_grade_qty: int
    return_pending_qty: int
    reserved_qty: int
    held_qty: int
    dedicated_qty: int
    owed_qty: int
    frozen_qty: int
    safety_qty: int
    available_qty: int
    currency: str
    value_minor: int | None = attrs.field(metadata={MASK_KEY: "cost"})


@attrs.frozen
class ListStock:
    """Which stock: of a warehouse, of a SKU, with at most so many units available."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    sku_id: SkuId | None = None
    available_at_most: int | None = None


@needs(READ, along=(WAREHOUSE, MERCHANT))
def list_stock(views: InventoryViews, query: ListStock, act: Act) -> Slice[StockView]:
    """Stock by SKU and warehouse, as far as the actor's warehouses and merchants reach."""
    wanted = None if query.warehouse_id is None else [query.warehouse_id]
    seen = warehouses_seen(act, READ, wanted)
    merchants = act.authority.reach(READ, Dimension.MERCHANT, at=act.at)
    found = views.stock_list(seen, query.sku_id, query.available_at_most, merchants, query.page)
    skus = views.skus.many(stock.sku_id for stock in found.items)
    places = views.warehouses.many(stock.warehouse_id for stock in found.items)
    shown = (stock for stock in found.items if act.may(READ, scope_of_stock(stock, skus[stock.sku_id])))
    cleared = (without_ended_holds(views, stock, act.at) for stock in shown)
    rows = (_stock_view(stock, skus[stock.sku_id], places[stock.warehouse_id]) for stock in cleared)
    return Slice(tuple(rows), found.next_cursor)


def scope_of_stock(stock: Stock, sku: Sku) -> Scope:
    """Where stock lies: in a warehouse, as goods of a merchant or the house, on no channel of its own."""
    return Scope(channel=HOUSE, warehouse=stock.warehouse_id, merchant=sku.merchant_id or HOUSE)


def _stock_view(stock: Stock, sku: Sku, warehouse: Warehouse) -> StockView:
    shared = {field.name for field in attrs.fields(StockView)} & {field.name for field in attrs.fields(Stock)}
    return StockView(
        sku_code=sku.code,
        sku_title=sku.title,
        warehouse_code=warehouse.code,
        available_qty=stock.available_qty,
        **{name: getattr(stock, name) for name in shared},
    )


@attrs.frozen
class MovementView:
    """A line of the stock ledger; its value is hidden by the mask ``cost``."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    seq: int
    document: str
    document_id: UUID
    line: int
    state: str
    delta_qty: int
    balance_after_qty: int
    reason: str
    at: dt.datetime
    actor: UUID
    currency: str
    value_minor: int | None = attrs.field(metadata={MASK_KEY: "cost"})
    unit_minor: int | None = attrs.field(metadata={MASK_KEY: "cost"})


@attrs.frozen
class ListMovements:
    """Whose movements; without a warehouse those of all, one warehouse after the other."""

    sku_id: SkuId
    warehouse_id: WarehouseId | None = None
    page: Page = attrs.field(factory=Page)


@needs(READ, along=(WAREHOUSE, MERCHANT))
def list_movements(views: InventoryViews, query: ListMovements, act: Act) -> Slice[MovementView]:
    """The SKU's ledger by warehouse, newest first unless the page says otherwise. Raises NotFound for an unseen SKU."""
    sku = views.skus.get(query.sku_id)
    check_seen(act, READ, sku)
    wanted = None if query.warehouse_id is None else [query.warehouse_id]
    where: dict[Index[Movement, Any], Any] = {ports.MOVEMENT_BY_SKU: query.sku_id}
    seen = warehouses_seen(act, READ, wanted)
    if seen is not None:
        where[ports.MOVEMENT_BY_WAREHOUSE] = seen
    found = views.movements.page(query.page, where)
    owner = sku.merchant_id or HOUSE
    shown = (one for one in found.items if act.may(READ, Scope(warehouse=one.warehouse_id, merchant=owner)))
    return Slice(tuple(movement_view(movement) for movement in shown), found.next_cursor)


def movement_view(movement: Movement) -> MovementView:
    """A movement as people see it."""
    fields = {field.name: getattr(movement, field.name) for field in attrs.fields(MovementView)}
    return MovementView(**{**fields, "state": movement.state.value, "reason": movement.reason.value})


@attrs.frozen
class ReservationsOfOrder:
    """Whose reservations."""

    order_id: OrderId


@needs(READ, along=(CHANNEL, WAREHOUSE, MERCHANT))
def reservations_of_order(views: InventoryViews, query: ReservationsOfOrder, act: Act) -> tuple[Reservation, ...]:
    """All reservations of the order, released ones too, in the order of making; none for an unknown order."""
    found = views.reservations.by(ports.RESERVATION_BY_ORDER, query.order_id)
    skus = views.skus.many(one.sku_id for one in found)
    shown = (
        one for one in found if act.may(READ, Scope(one.channel_id, one.warehouse_id, skus[one.sku_id].merchant_id or HOUSE))
    )
    return tuple(sorted(shown, key=lambda one: (one.made_at, one.line)))


@attrs.frozen
class ListOversells:
    """Which oversells: the open ones unless another state is asked for, None for all."""

    page: Page = attrs.field(factory=Page)
    state: OversellState | None = OversellState.OPEN
    channel_id: ChannelId | None = None


@needs(READ, along=(CHANNEL,))
def list_oversells(views: InventoryViews, query: ListOversells, act: Act) -> Slice[Oversell]:
    """Oversells with their causes, newest first; those of the actor's channels."""
    where: dict[Index[Oversell, Any], Any] = {}
    if query.state is not None:
        where[ports.OVERSELL_BY_STATE] = query.state.value
    channels = _channels_seen(act, query.channel_id)
    if channels is not None:
        where[ports.OVERSELL_BY_CHANNEL] = channels
    return views.oversells.page(query.page, where)


@needs(READ, along=(CHANNEL,))
def find_oversell(views: InventoryViews, query: OversellId, act: Act) -> Oversell:
    """One oversell. Raises NotFound."""
    found = views.oversells.get(query)
    demand_within(act, READ, "oversell", query, channel=found.channel_id)
    return found


@attrs.frozen
class ListAdjustments:
    """Which adjustments."""

    page: Page = attrs.field(factory=Page)
    state: AdjustmentState | None = None
    warehouse_id: WarehouseId | None = None


@needs(READ, along=(WAREHOUSE, MERCHANT))
def list_adjustments(views: InventoryViews, query: ListAdjustments, act: Act) -> Slice[Adjustment]:
    """Adjustments of the actor's warehouses, newest first."""
    where: dict[Index[Adjustment, Any], Any] = {}
    if query.state is not None:
        where[ports.ADJUSTMENT_BY_STATE] = query.state.value
    seen = places_seen(views, act, None if query.warehouse_id is None else [query.warehouse_id])
    if seen is not None:
        where[ports.ADJUSTMENT_BY_WAREHOUSE] = seen
    return views.adjustments.page(query.page, where)


@needs(READ, along=(WAREHOUSE, MERCHANT))
def find_adjustment(views: InventoryViews, query: AdjustmentId, act: Act) -> Adjustment:
    """One adjustment. Raises NotFound."""
    found = views.adjustments.get(query)
    _check_place(views, act, found.warehouse_id, "adjustment", query)
    return found


@needs(READ, along=(WAREHOUSE, MERCHANT))
def find_receipt(views: InventoryViews, query: UUID, act: Act) -> OpeningReceipt:
    """One opening receipt. Raises NotFound."""
    found = views.opening_receipts.get(query)
    _check_place(views, act, found.warehouse_id, "opening receipt", query)
    return found


@attrs.frozen
class ListWarehouses:
    """Which page."""

    page: Page = attrs.field(factory=Page)


@needs(READ, along=(WAREHOUSE, MERCHANT))
def list_warehouses(views: InventoryViews, query: ListWarehouses, act: Act) -> Slice[Warehouse]:
    """The warehouses of the actor's reach."""
    seen = places_seen(views, act)
    where: dict[Index[Warehouse, Any], Any] = {} if seen is None else {ports.WAREHOUSE_BY_ID: seen}
    return views.warehouses.page(query.page, where)


@needs(READ, along=(WAREHOUSE, MERCHANT))
def find_warehouse(views: InventoryViews, query: WarehouseId, act: Act) -> Warehouse:
    """One warehouse. Raises NotFound."""
    found = views.warehouses.get(query)
    _check_place(views, act, query, "warehouse", query)
    return found


@needs(READ, along=(CHANNEL, WAREHOUSE))
def find_channel_warehouses(views: InventoryViews, query: ChannelId, act: Act) -> ChannelWarehouses:
    """The pool of a channel. Raises NotFound where it has none."""
    check_channel(views, act, query)
    return views.channel_warehouses.get(query)


@needs(READ, along=(CHANNEL, WAREHOUSE))
def list_policies(views: InventoryViews, query: ChannelId, act: Act) -> tuple[PublishPolicy, ...]:
    """The channel's general policy and those of single SKUs."""
    check_channel(views, act, query)
    return tuple(views.publish_policies.by(ports.POLICY_BY_CHANNEL, query))


@needs(READ, along=(CHANNEL,), own=True)
def find_hold(views: InventoryViews, query: HoldId, act: Act) -> Hold:
    """One hold. Raises NotFound."""
    found = views.holds.get(query)
    demand_within(act, READ, "hold", query, channel=found.channel_id, owner=found.buyer_id)
    return found


@attrs.frozen
class ListPublished:
    """What a channel was told, of all SKUs or one."""

    channel_id: ChannelId
    sku_id: SkuId | None = None
    page: Page = attrs.field(factory=Page)


@attrs.frozen
class PublishedView:
    """What the channel was told last about a SKU, with the arithmetic of that figure."""

    row: Published
    publication: Publication
    sku_code: str


@needs(READ, along=(CHANNEL, WAREHOUSE))
def list_published(views: InventoryViews, query: ListPublished, act: Act) -> Slice[PublishedView]:
    """The channel's current figures. Raises NotFound for a channel out of reach."""
    check_channel(views, act, query.channel_id)
    where: dict[Index[Published, Any], Any] = {ports.PUBLISHED_BY_CHANNEL: query.channel_id}
    if query.sku_id is not None:
        where[ports.PUBLISHED_BY_SKU] = query.sku_id
    found = views.published.page(query.page, where)
    latest = views.publications.many((*row.key, row.seq) for row in found.items)
    skus = views.skus.many(row.sku_id for row in found.items)
    rows = (PublishedView(row, latest[*row.key, row.seq], skus[row.sku_id].code) for row in found.items)
    return Slice(tuple(rows), found.next_cursor)


def places_seen(views: InventoryViews, act: Act, wanted: Iterable[WarehouseId] | None = None) -> frozenset[WarehouseId] | None:
    """The warehouses whose documents the actor sees: within its warehouses, and its merchants' own if limited to such."""
    seen = warehouses_seen(act, READ, wanted)
    merchants = act.authority.reach(READ, Dimension.MERCHANT, at=act.at)
    if merchants is None:
        return seen
    theirs = frozenset(one.id for one in views.warehouses.by(ports.WAREHOUSE_BY_MERCHANT, *sorted(merchants)))
    return theirs if seen is None else theirs & seen


def _check_place(views: InventoryViews, act: Act, warehouse_id: WarehouseId, what: str, key: UUID) -> None:
    seen = places_seen(views, act, [warehouse_id])
    if seen is not None and warehouse_id not in seen:
        raise NotFound(what=what, key=str(key))


def _channels_seen(act: Act, wanted: ChannelId | None) -> frozenset[UUID] | None:
    """The channels that an answer may show."""
    reach = act.authority.reach(READ, Dimension.CHANNEL, at=act.at)
    if wanted is None:
        return reach
    return frozenset({wanted}) if reach is None else reach & {wanted}


def check_channel(views: InventoryViews, act: Act, channel_id: ChannelId) -> None:
    """Answer NotFound for a channel that the actor does not reach, or not in all the warehouses that serve it."""
    if not channel_seen(act, channel_id, views.channel_warehouses.find(channel_id)):
        raise NotFound(what="channel", key=str(channel_id))


def channel_seen(act: Act, channel_id: ChannelId, pool: ChannelWarehouses | None) -> bool:
    """Whether the actor may see what this channel is told."""
    return all(act.may(READ, scope) for scope in scopes_of_channel(channel_id, pool))
