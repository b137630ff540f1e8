"""Where units of a stopped order go back to: where they came from, else where the same goods lie, as far as they may."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs

from houtai.application.outbound.intercept import PUT_BACK
from houtai.application.outbound.ports import PICKS_OF, OutboundViews
from houtai.application.outbound.steps import demand_for
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.bin_ports import BIN_BY_STOCK, BIN_MOVE_BY_DOCUMENT, FILLED
from houtai.application.warehouse.passage import NOTHING, present_at
from houtai.domain.act import Act
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import LocationId, OutboundId, SkuId
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickRow, PickState
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.bin_refusals import CannotPlace
from houtai.domain.warehouse.bins import LotId, MoveReason
from houtai.domain.warehouse.location import Activity, Location, LocationKind
from houtai.domain.warehouse.placing import Coming, Present, accept, needs_looking

MOST = 5


class WhyHere(enum.Enum):
    """What speaks for a place."""

    CAME_FROM = "came-from"
    SAME_GOODS = "same-goods"


@attrs.frozen
class PutBackPlace:
    """A place that takes all units of the SKU that are off the shelf."""

    location_id: LocationId
    path: str
    why: WhyHere


@attrs.frozen
class ProposePlaces:
    """Where the units of this SKU of a stopped order may go."""

    outbound: OutboundId
    sku: SkuId


@needs(PUT_BACK, along=(WAREHOUSE, MERCHANT))
def propose_places(views: OutboundViews, query: ProposePlaces, act: Act) -> tuple[PutBackPlace, ...]:
    """Up to five places, the best first; none where nobody would take them all, and then the units may go to several.

    Raises NotFound for an order or for goods of which nothing is off the shelf, StepTooEarly for one that is not stopped.
    """
    order = views.outbound_orders.get(query.outbound)
    demand_for(act, PUT_BACK, order)
    if order.state is not OutboundState.INTERCEPTED:
        raise StepTooEarly(number=order.number, step="put back", missing="it is not intercepted")
    picks = views.picks.by(PICKS_OF, order.id)
    rows = [row for row in picks if row.state is PickState.PICKED and row.bin.sku_id == query.sku]
    if not rows:
        raise NotFound(what="picked goods", key=str(query.sku))
    places = dict.fromkeys(_came_from(views, order, rows, query.sku), WhyHere.CAME_FROM)
    places |= {place: WhyHere.SAME_GOODS for place in _same_goods(views, order, query.sku) if place not in places}
    located = views.locations.many(places)
    limited = present_at(views, [one for one in located.values() if needs_looking(one)])
    sku = views.skus.get(query.sku)
    fit = [place for place in places if place in located and _takes(located[place], rows, sku, limited.get(place, NOTHING))]
    return tuple(PutBackPlace(place, located[place].path, places[place]) for place in fit[:MOST])


def _came_from(views: OutboundViews, order: OutboundOrder, rows: Iterable[PickRow], sku_id: SkuId) -> list[LocationId]:
    """The places that the order's walks took these goods from."""
    runs = {row.run_id for row in rows if row.run_id is not None}
    moves = views.bin_moves.by(BIN_MOVE_BY_DOCUMENT, *sorted(runs)) if runs else []
    taken = [move for move in moves if move.reason is MoveReason.PICKED and move.sku_id == sku_id]
    return list(dict.fromkeys(move.from_location_id for move in taken if move.warehouse_id == order.warehouse_id))


def _same_goods(views: OutboundViews, order: OutboundOrder, sku_id: SkuId) -> list[LocationId]:
    """The shelves where goods of the SKU lie for sale: pick faces first, then where most of it lies."""
    lying = views.bins.by(BIN_BY_STOCK, (sku_id, order.warehouse_id, FILLED))
    units: dict[LocationId, int] = {}
    for one in lying:
        carried = one.key.handling_unit_id is not None and not one.free_qty  # on its way in somebody's tote or cart
        if one.key.state is StockState.SELLABLE and not carried:
            units[one.key.location_id] = units.get(one.key.location_id, 0) + one.qty
    located = views.locations.many(units)
    shelves = [one for one in located.values() if one.sellable]
    return [one.id for one in sorted(shelves, key=lambda one: (one.kind is not LocationKind.PICK_FACE, -units[one.id], one.path))]


def _takes(location: Location, rows: Iterable[PickRow], sku: Sku, present: Present) -> bool:
    """Whether the place takes all of the units."""
    by_lot: dict[LotId | None, int] = {}
    for row in rows:
        by_lot[row.bin.lot_id] = by_lot.get(row.bin.lot_id, 0) + row.qty
    coming = [Coming(sku, qty, StockState.SELLABLE, lot, stay=False) for lot, qty in by_lot.items()]
    try:
        accept(location, coming, present, Activity.PUTAWAY)
    except CannotPlace:
        return False
    return location.sellable
