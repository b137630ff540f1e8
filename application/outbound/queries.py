"""What outbound shows: orders, waves with their walks, my walk, and how a warehouse sends."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.inventory.scope import demand_at, warehouses_seen
from houtai.application.outbound.ports import (
    OPEN_RUNS_OF,
    OUTBOUND_BY_NUMBER,
    OUTBOUND_BY_WAYBILL,
    PICKS_OF,
    RUNS_OF_WAVE,
    TEMPLATES_OF,
    OutboundViews,
    OutboundWish,
    WaveWish,
)
from houtai.application.paging import Page, Slice
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.customers.customer import Address
from houtai.domain.customers.mask import masked_name
from houtai.domain.ids import OutboundId, WarehouseId, WaveId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import Wave, WaveState
from houtai.domain.outbound.work import DispatchSettings, PickRow, PickRun, StoredTemplate
from houtai.domain.refusal import NotFound

READ: Final = "outbound.read"


@attrs.frozen
class ListOutbound:
    """A page of outbound orders; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[OutboundState] = frozenset()
    wave: WaveId | None = None
    source: UUID | None = None


@needs(READ, along=(WAREHOUSE, MERCHANT))
def list_outbound(views: OutboundViews, query: ListOutbound, act: Act) -> Slice[OutboundOrder]:
    """Outbound orders of the warehouses and merchants that the actor reaches, receivers masked."""
    wish = OutboundWish(
        warehouses=warehouses_seen(act, READ, None if query.warehouse is None else (query.warehouse,)),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        states=query.states,
        wave_id=query.wave,
        source_id=query.source,
    )
    found = views.outbound_list(wish, query.page)
    return Slice(tuple(without_person(order) for order in found.items if _seen(act, order)), found.next_cursor)


@attrs.frozen
class OutboundDetail:
    """An outbound order with the units that bins have promised or given it."""

    order: OutboundOrder
    picks: tuple[PickRow, ...]


@needs(READ, along=(WAREHOUSE, MERCHANT))
def show_outbound(views: OutboundViews, query: OutboundId, act: Act) -> OutboundDetail:
    """One order. Raises NotFound."""
    order = views.outbound_orders.get(query)
    if not _seen(act, order):
        raise NotFound(what="outbound order", key=str(query))
    return OutboundDetail(without_person(order), tuple(views.picks.by(PICKS_OF, order.id)))


@needs(READ, along=(WAREHOUSE, MERCHANT))
def find_outbound(views: OutboundViews, query: str, act: Act) -> OutboundDetail:
    """The order of this number or waybill number. Raises NotFound."""
    found = views.outbound_orders.by(OUTBOUND_BY_NUMBER, query) or views.outbound_orders.by(OUTBOUND_BY_WAYBILL, query)
    order = next((one for one in found if _seen(act, one)), None)
    if order is None:
        raise NotFound(what="outbound order", key=query)
    return OutboundDetail(without_person(order), tuple(views.picks.by(PICKS_OF, order.id)))


def without_person(order: OutboundOrder) -> OutboundOrder:
    """The order as it is shown: of the receiver only the region and a masked name."""
    receiver = order.receiver
    shown = Address(
        recipient=masked_name(receiver.recipient),
        country=receiver.country,
        region=receiver.region,
        city=receiver.city,
        district=receiver.district,
    )
    return attrs.evolve(order, receiver=shown)


def _seen(act: Act, order: OutboundOrder) -> bool:
    return act.may(READ, Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE))


@attrs.frozen
class ListWaves:
    """A page of waves; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[WaveState] = frozenset()


@needs(READ, along=(WAREHOUSE,))
def list_waves(views: OutboundViews, query: ListWaves, act: Act) -> Slice[Wave]:
    """Waves of the warehouses that the actor reaches."""
    seen = warehouses_seen(act, READ, None if query.warehouse is None else (query.warehouse,))
    return views.wave_list(WaveWish(seen, query.states), query.page)


@attrs.frozen
class WaveDetail:
    """A wave with its walks."""

    wave: Wave
    runs: tuple[PickRun, ...]


@needs(READ, along=(WAREHOUSE,))
def show_wave(views: OutboundViews, query: WaveId, act: Act) -> WaveDetail:
    """One wave. Raises NotFound."""
    wave = views.waves.get(query)
    if not act.may(READ, Scope(warehouse=wave.warehouse_id)):
        raise NotFound(what="wave", key=str(query))
    return WaveDetail(wave, tuple(views.pick_runs.by(RUNS_OF_WAVE, wave.id)))


@needs(READ, along=(WAREHOUSE,))
def my_walks(views: OutboundViews, query: None, act: Act) -> tuple[PickRun, ...]:
    """The walks that the actor has taken on and not finished."""
    del query
    return tuple(run for run in views.pick_runs.by(OPEN_RUNS_OF, act.actor) if act.may(READ, Scope(warehouse=run.warehouse_id)))


@attrs.frozen
class Dispatch:
    """How a warehouse sends; None and nothing where nobody said so."""

    settings: DispatchSettings | None
    templates: tuple[StoredTemplate, ...]


@needs(READ, along=(WAREHOUSE,))
def show_dispatch(views: OutboundViews, query: WarehouseId, act: Act) -> Dispatch:
    """The warehouse's settings and templates, the latter in the order in which they are tried. Raises NotFound."""
    demand_at(act, READ, views.warehouses.get(query))
    templates = sorted(views.wave_templates.by(TEMPLATES_OF, query), key=lambda one: (one.place, one.template.name))
    return Dispatch(views.dispatch_settings.find(query), tuple(templates))
