"""Reading stock by location: what lies where, what moved there, lots and serials, each within the actor's reach."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.scope import check_seen
from houtai.application.paging import Page, Slice, seen_page
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.reach import demand_within
from houtai.application.warehouse.bin_ports import LOT_BY_SKU, SERIAL_BY_BIN, BinsViews, BinWish, MoveWish
from houtai.application.warehouse.queries import READ, seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.bins import Bin, BinId, BinMove, LotId
from houtai.domain.warehouse.lots import Lot, Serial

_AXES: Final = (WAREHOUSE, MERCHANT)


@attrs.frozen
class BinView:
    """What lies in one place, with the names of place, goods, unit and lot."""

    id: BinId
    warehouse_id: WarehouseId
    location_id: LocationId
    path: str
    sku_id: SkuId
    sku_code: str
    sku_title: str
    handling_unit_id: HandlingUnitId | None
    unit_barcode: str
    lot_id: LotId | None
    lot_code: str
    expires_on: dt.date | None
    merchant_id: UUID | None
    state: StockState
    qty: int
    allocated_qty: int
    suspect_qty: int
    free_qty: int
    since: dt.datetime


@attrs.frozen
class ListBins:
    """Which bins: of a SKU, at a place, in a unit, of a lot, in a state, in doubt."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    sku_id: SkuId | None = None
    location_id: LocationId | None = None
    handling_unit_id: HandlingUnitId | None = None
    lot_id: LotId | None = None
    state: StockState | None = None
    suspect: bool = False


@needs(READ, along=_AXES)
def list_bins(views: BinsViews, query: ListBins, act: Act) -> Slice[BinView]:
    """Stock by location, as far as the actor's warehouses and merchants reach."""
    wish = BinWish(
        warehouses=seen_warehouses(views, READ, query.warehouse_id, act),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        sku_id=query.sku_id,
        location_id=query.location_id,
        handling_unit_id=query.handling_unit_id,
        lot_id=query.lot_id,
        state=query.state,
        suspect=query.suspect,
    )
    found = seen_page(
        lambda page: views.bin_list(wish, page),
        query.page,
        lambda one: act.may(READ, _scope(one.key.warehouse_id, one.key.merchant_id)),
    )
    return Slice(_named(views, list(found.items)), found.next_cursor)


@needs(READ, along=_AXES)
def show_bin(views: BinsViews, query: BinId, act: Act) -> BinView:
    """One bin with something in it. Raises NotFound."""
    found = views.bins.find(query)
    if found is None or not found.qty or not _is_seen(views, found, act):
        raise NotFound(what="bin", key=str(query))
    return _named(views, [found])[0]


def _is_seen(views: BinsViews, found: Bin, act: Act) -> bool:
    """As in lists: both the warehouse and the goods lie within the actor's reach."""
    warehouse = views.warehouses.find(found.key.warehouse_id)
    reached = warehouse is not None and sees(act, READ, warehouse)
    return reached and act.may(READ, _scope(found.key.warehouse_id, found.key.merchant_id))


def _scope(warehouse_id: WarehouseId, merchant_id: UUID | None) -> Scope:
    return Scope(warehouse=warehouse_id, merchant=merchant_id or HOUSE)


def _named(views: BinsViews, bins: list[Bin]) -> tuple[BinView, ...]:
    places = views.locations.many(one.key.location_id for one in bins)
    skus = views.skus.many(one.key.sku_id for one in bins)
    units = views.handling_units.many(one.key.handling_unit_id for one in bins if one.key.handling_unit_id is not None)
    lots = views.lots.many(one.key.lot_id for one in bins if one.key.lot_id is not None)
    made = []
    for one in bins:
        key, sku = one.key, skus[one.key.sku_id]
        lot = None if key.lot_id is None else lots[key.lot_id]
        made.append(
            BinView(
                id=one.id,
                warehouse_id=key.warehouse_id,
                location_id=key.location_id,
                path=places[key.location_id].path,
                sku_id=key.sku_id,
                sku_code=sku.code,
                sku_title=sku.title,
                handling_unit_id=key.handling_unit_id,
                unit_barcode="" if key.handling_unit_id is None else units[key.handling_unit_id].barcode,
                lot_id=key.lot_id,
                lot_code="" if lot is None else lot.code,
                expires_on=None if lot is None else lot.expires_on,
                merchant_id=key.merchant_id,
                state=key.state,
                qty=one.qty,
                allocated_qty=one.allocated_qty,
                suspect_qty=one.suspect_qty,
                free_qty=one.free_qty,
                since=one.since,
            )
        )
    return tuple(made)


@attrs.frozen
class ListBinMoves:
    """Which moves: of a SKU, from or to a place, into or out of a unit, of a document."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    sku_id: SkuId | None = None
    location_id: LocationId | None = None
    handling_unit_id: HandlingUnitId | None = None
    document_id: UUID | None = None


@needs(READ, along=_AXES)
def list_bin_moves(views: BinsViews, query: ListBinMoves, act: Act) -> Slice[BinMove]:
    """The ledger of places, newest first unless the page says otherwise."""
    wish = MoveWish(
        warehouses=seen_warehouses(views, READ, query.warehouse_id, act),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        sku_id=query.sku_id,
        location_id=query.location_id,
        handling_unit_id=query.handling_unit_id,
        document_id=query.document_id,
    )
    return seen_page(
        lambda page: views.bin_move_list(wish, page),
        query.page,
        lambda one: act.may(READ, _scope(one.warehouse_id, one.merchant_id)),
    )


LOTS_READ: Final = "warehouse.read-lots"


@needs(LOTS_READ, along=(MERCHANT,), regardless=(WAREHOUSE,))
def lots_of_sku(views: BinsViews, query: SkuId, act: Act) -> tuple[Lot, ...]:
    """The lots of a SKU, those that expire first before the others. Raises NotFound for an unseen SKU."""
    check_seen(act, LOTS_READ, views.skus.get(query))
    return tuple(sorted(views.lots.by(LOT_BY_SKU, query), key=lambda lot: (lot.expires_on or dt.date.max, lot.code)))


@needs(LOTS_READ, along=(MERCHANT,), regardless=(WAREHOUSE,))
def show_lot(views: BinsViews, query: LotId, act: Act) -> Lot:
    """One lot. Raises NotFound."""
    found = views.lots.get(query)
    demand_within(act, LOTS_READ, "lot", query, merchant=views.skus.get(found.sku_id).merchant_id)
    return found


@needs(READ, along=_AXES)
def serials_of_bin(views: BinsViews, query: BinId, act: Act) -> tuple[Serial, ...]:
    """The serials that lie in a bin, by their codes. Raises NotFound."""
    show_bin(views, query, act)
    return tuple(views.serials.by(SERIAL_BY_BIN, query))
