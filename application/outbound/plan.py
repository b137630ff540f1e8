"""Which waves could be released now: the warehouse's new orders by its templates, as a question that changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.ports import TEMPLATES_OF, OutboundViews
from houtai.application.outbound.wishes import OutboundWish
from houtai.application.paging import MAX_LIMIT, Page
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.warehouse.bin_ports import BIN_BY_STOCK, FILLED
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.planning import (
    MAX_AISLE,
    ONE_PIECE,
    BasketShape,
    PlanItem,
    PlanOrder,
    WaveCapacity,
    WavePlan,
    WaveTemplate,
    plan_waves,
)
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import StoredTemplate
from houtai.domain.warehouse.location import Location, parts_of

PLAN: Final = "outbound.plan"
MOST: Final = 2_000
USUAL: Final = (
    WaveTemplate("one piece", shapes=ONE_PIECE, capacity=WaveCapacity(orders=200)),
    WaveTemplate("by cart", capacity=WaveCapacity(orders=20, slots=20)),
)
"""How waves are made in a warehouse that has no templates of its own."""
_MM3_PER_CM3: Final = 1_000


@attrs.frozen
class PlanWaves:
    """Plan a warehouse's waves; `lead_s` is how long before the carrier's cut-off a wave has to begin."""

    warehouse: WarehouseId
    lead_s: int = attrs.field(default=0, validator=limits.between(0, 86_400))


@needs(PLAN, along=(WAREHOUSE, MERCHANT))
def propose_waves(views: OutboundViews, query: PlanWaves, act: Act) -> WavePlan:
    """The waves that the templates make of the new orders that nobody stopped, up to MOST orders, the oldest first.

    Aisles and zones are those where most of each product lies now; which bins are really taken is decided by the release.
    """
    warehouse = views.warehouses.get(query.warehouse)
    demand_at(act, PLAN, warehouse)
    orders = [order for order in _new(views, query.warehouse) if act.may(PLAN, _scope(order))]
    skus = views.skus.many({line.sku_id for order in orders for line in order.lines})
    lying = _main_places(views, query.warehouse, skus)
    templates = tuple(one.template for one in _templates(views, query.warehouse)) or USUAL
    waiting = [_seen(order, skus, lying) for order in orders]
    return plan_waves(waiting, templates, act.at, dt.timedelta(seconds=query.lead_s))


def usual_method(shape: BasketShape) -> PickMethod:
    """How a wave of this shape is picked where nobody says otherwise: one-piece waves in totals, the others by cart."""
    return PickMethod.THEN_SORT if shape in ONE_PIECE else PickMethod.CLUSTER


def _scope(order: OutboundOrder) -> Scope:
    return Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE)


def _new(views: OutboundViews, warehouse_id: WarehouseId) -> Iterable[OutboundOrder]:
    wish = OutboundWish(frozenset({warehouse_id}), states=frozenset({OutboundState.NEW}))
    page, left = Page(MAX_LIMIT, newest_first=False), MOST
    while left:
        found = views.outbound_list(wish, page)
        yield from (order for order in found.items if not order.stopped)
        left -= len(found.items)
        if not found.next_cursor or left <= 0:
            return
        page = attrs.evolve(page, cursor=found.next_cursor)


def _templates(views: OutboundViews, warehouse_id: WarehouseId) -> Sequence[StoredTemplate]:
    found = [one for one in views.wave_templates.by(TEMPLATES_OF, warehouse_id) if one.state is Standing.ACTIVE]
    return sorted(found, key=lambda one: (one.place, one.template.name))


def _main_places(views: OutboundViews, warehouse_id: WarehouseId, skus: Iterable[SkuId]) -> dict[SkuId, Location]:
    """Where most free units of each product lie."""
    bins = views.bins.by(BIN_BY_STOCK, *((sku_id, warehouse_id, FILLED) for sku_id in skus))
    places = views.locations.many(one.key.location_id for one in bins)
    best: dict[SkuId, tuple[int, Location]] = {}
    for one in bins:
        place = places[one.key.location_id]
        if one.key.state is StockState.SELLABLE and place.sellable:
            held = best.get(one.key.sku_id)
            if held is None or one.free_qty > held[0]:
                best[one.key.sku_id] = (one.free_qty, place)
    return {sku_id: place for sku_id, (_, place) in best.items()}


def _seen(order: OutboundOrder, skus: Mapping[SkuId, Sku], lying: Mapping[SkuId, Location]) -> PlanOrder:
    items = []
    for line in order.lines:
        if line.demand_qty:
            place = lying.get(line.sku_id)
            aisle = 0 if place is None else min(place.walk.aisle, MAX_AISLE)
            items.append(PlanItem(line.sku_id, line.demand_qty, aisle, "" if place is None else parts_of(place.path)[0]))
    weight_g = sum(skus[line.sku_id].weight_g * line.demand_qty for line in order.lines)
    volume_mm3 = sum(skus[line.sku_id].volume_mm3 * line.demand_qty for line in order.lines)
    return PlanOrder(
        outbound_id=order.id,
        number=order.number,
        items=tuple(items),
        made_at=order.made_at,
        carrier=order.carrier,
        channel_id=order.channel_id,
        weight_g=weight_g,
        volume_cm3=-(-volume_mm3 // _MM3_PER_CM3),
        priority=order.priority,
        ship_by=order.ship_by,
    )
