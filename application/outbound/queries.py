"""What outbound shows: orders, waves with their walks, my walk, and how a warehouse sends."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.inventory.scope import warehouses_seen
from houtai.application.masking import MASK_KEY
from houtai.application.outbound.ports import (
    OPEN_RUNS_OF,
    OUTBOUND_BY_NUMBER,
    OUTBOUND_BY_WAYBILL,
    PARCELS_OF,
    PICKS_OF,
    RUNS_OF_WAVE,
    TEMPLATES_OF,
    OutboundViews,
)
from houtai.application.outbound.wishes import OutboundWish, RunWish, WaveWish
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import TimelineEntry
from houtai.application.warehouse.queries import seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.customers.customer import Address
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.ids import BoxId, OutboundId, PickRunId, WarehouseId, WaveId, WaveTemplateId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.outbound.wave import Wave, WaveState
from houtai.domain.outbound.work import DispatchSettings, PackBox, PickRow, PickRun, RunState, StoredTemplate, WallSort, WaveLane
from houtai.domain.refusal import NotFound

READ: Final = "outbound.read"
AXES: Final = (WAREHOUSE, MERCHANT)


@attrs.frozen
class Consignee:
    """A receiver as lists show one. Grants may hide what is left as well; the whole is shown with the order, for a reason."""

    name: str = attrs.field(metadata={MASK_KEY: "name"})
    phone: str = attrs.field(metadata={MASK_KEY: "phone"})
    address: str = attrs.field(metadata={MASK_KEY: "address"})


def consignee_of(receiver: Address) -> Consignee:
    """Of a receiver what may be shown to anybody who sees the order."""
    return Consignee(masked_name(receiver.recipient), masked_phone(receiver.phone), masked_address(receiver))


@attrs.frozen
class OutboundRow:
    """An outbound order as a list shows it; of its receiver only what `consignee` says."""

    order: OutboundOrder
    consignee: Consignee


@attrs.frozen
class ListOutbound:
    """A page of outbound orders; what is empty asks nothing. `code` is a number or a waybill number."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[OutboundState] = frozenset()
    wave: WaveId | None = None
    source: UUID | None = None
    kind: OutboundKind | None = None
    code: str = ""


@needs(READ, along=AXES)
def list_outbound(views: OutboundViews, query: ListOutbound, act: Act) -> Slice[OutboundRow]:
    """Outbound orders of the warehouses and merchants that the actor reaches, receivers masked."""
    wish = OutboundWish(
        warehouses=reached(act, query.warehouse),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        states=query.states,
        wave_id=query.wave,
        source_id=query.source,
        kind=query.kind,
        code=query.code,
    )
    found = views.outbound_list(wish, query.page)
    return Slice(tuple(_row(order) for order in found.items if _seen(act, order)), found.next_cursor)


def reached(act: Act, wanted: WarehouseId | None) -> frozenset[WarehouseId] | None:
    """The warehouses of which something may be shown: the one asked for as far as the actor reaches it; None for all."""
    return warehouses_seen(act, READ, None if wanted is None else (wanted,))


@attrs.frozen
class OutboundDetail:
    """An outbound order with the units that bins have promised or given it, and its parcels."""

    order: OutboundOrder
    consignee: Consignee
    picks: tuple[PickRow, ...]
    parcels: tuple[Parcel, ...]


@needs(READ, along=AXES)
def show_outbound(views: OutboundViews, query: OutboundId, act: Act) -> OutboundDetail:
    """One order. Raises NotFound."""
    return _detail(views, order_seen(act, views, query))


@needs(READ, along=AXES)
def find_outbound(views: OutboundViews, query: str, act: Act) -> OutboundDetail:
    """The order of this number or waybill number. Raises NotFound."""
    found = views.outbound_orders.by(OUTBOUND_BY_NUMBER, query) or views.outbound_orders.by(OUTBOUND_BY_WAYBILL, query)
    order = next((one for one in found if _seen(act, one)), None)
    if order is None:
        raise NotFound(what="outbound order", key=query)
    return _detail(views, order)


@needs(READ, along=AXES)
def outbound_timeline(views: OutboundViews, query: OutboundId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the order, in order. Raises NotFound."""
    order = order_seen(act, views, query)
    return tuple(sorted(views.timeline.by(OF_DOCUMENT, order.id), key=lambda entry: entry.version))


def order_seen(act: Act, views: OutboundViews, outbound_id: OutboundId) -> OutboundOrder:
    """The order, as far as the actor reaches it. Raises NotFound."""
    order = views.outbound_orders.get(outbound_id)
    if not _seen(act, order):
        raise NotFound(what="outbound order", key=str(outbound_id))
    return order


def _detail(views: OutboundViews, order: OutboundOrder) -> OutboundDetail:
    row = _row(order)
    picks = sorted(views.picks.by(PICKS_OF, order.id), key=lambda one: one.number)
    parcels = sorted(views.parcels.by(PARCELS_OF, order.id), key=lambda one: one.number)
    return OutboundDetail(row.order, row.consignee, tuple(picks), tuple(parcels))


def _row(order: OutboundOrder) -> OutboundRow:
    return OutboundRow(attrs.evolve(order, receiver=Address()), consignee_of(order.receiver))


def _seen(act: Act, order: OutboundOrder) -> bool:
    return act.may(READ, Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE))


@attrs.frozen
class ListWaves:
    """A page of waves; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    states: frozenset[WaveState] = frozenset()


@needs(READ, along=AXES)
def list_waves(views: OutboundViews, query: ListWaves, act: Act) -> Slice[Wave]:
    """Waves of the warehouses that the actor reaches."""
    return views.wave_list(WaveWish(seen_warehouses(views, READ, query.warehouse, act), query.states), query.page)


@attrs.frozen
class WaveDetail:
    """A wave with its walks."""

    wave: Wave
    runs: tuple[PickRun, ...]


@needs(READ, along=AXES)
def show_wave(views: OutboundViews, query: WaveId, act: Act) -> WaveDetail:
    """One wave. Raises NotFound."""
    wave = _wave_seen(views, query, act)
    return WaveDetail(wave, tuple(views.pick_runs.by(RUNS_OF_WAVE, wave.id)))


@needs(READ, along=AXES)
def wave_timeline(views: OutboundViews, query: WaveId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the wave, in order. Raises NotFound."""
    wave = _wave_seen(views, query, act)
    return tuple(sorted(views.timeline.by(OF_DOCUMENT, wave.id), key=lambda entry: entry.version))


@needs(READ, along=AXES)
def show_lane(views: OutboundViews, query: WaveId, act: Act) -> WaveLane:
    """The fast lane of a one-piece wave. Raises NotFound, also for a wave that has none."""
    return views.wave_lanes.get(_wave_seen(views, query, act).id)


@needs(READ, along=AXES)
def show_wall(views: OutboundViews, query: WaveId, act: Act) -> WallSort:
    """The wall that a wave is sorted at, as far as it has come. Raises NotFound, also for a wave that is at none."""
    return views.wall_sorts.get(_wave_seen(views, query, act).id)


def _wave_seen(views: OutboundViews, wave_id: WaveId, act: Act) -> Wave:
    wave = views.waves.get(wave_id)
    demand_seen(views, "wave", wave_id, wave.warehouse_id, act)
    return wave


def demand_seen(views: OutboundViews, what: str, key: object, warehouse_id: WarehouseId, act: Act) -> None:
    """Answer NotFound for what is done in a warehouse that the actor does not reach."""
    if not sees(act, READ, views.warehouses.get(warehouse_id)):
        raise NotFound(what=what, key=str(key))


@attrs.frozen
class ListRuns:
    """A page of walks; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    wave: WaveId | None = None
    states: frozenset[RunState] = frozenset()


@needs(READ, along=AXES)
def list_runs(views: OutboundViews, query: ListRuns, act: Act) -> Slice[PickRun]:
    """Walks of the warehouses that the actor reaches."""
    seen = seen_warehouses(views, READ, query.warehouse, act)
    return views.run_list(RunWish(seen, query.wave, query.states), query.page)


@needs(READ, along=AXES)
def show_run(views: OutboundViews, query: PickRunId, act: Act) -> PickRun:
    """One walk. Raises NotFound."""
    run = views.pick_runs.get(query)
    demand_seen(views, "pick run", query, run.warehouse_id, act)
    return run


@needs(READ, along=AXES)
def my_walks(views: OutboundViews, query: None, act: Act) -> tuple[PickRun, ...]:
    """The walks that the actor has taken on and not finished."""
    del query
    mine = views.pick_runs.by(OPEN_RUNS_OF, act.actor)
    places = views.warehouses.many(run.warehouse_id for run in mine)
    return tuple(run for run in mine if run.warehouse_id in places and sees(act, READ, places[run.warehouse_id]))


@attrs.frozen
class Dispatch:
    """How a warehouse sends; None and nothing where nobody said so."""

    settings: DispatchSettings | None
    templates: tuple[StoredTemplate, ...]


@needs(READ, along=AXES)
def show_dispatch(views: OutboundViews, query: WarehouseId, act: Act) -> Dispatch:
    """The warehouse's settings and templates, the latter in the order in which they are tried. Raises NotFound."""
    demand_seen(views, "warehouse", query, query, act)
    templates = sorted(views.wave_templates.by(TEMPLATES_OF, query), key=lambda one: (one.place, one.template.name))
    return Dispatch(views.dispatch_settings.find(query), tuple(templates))


@needs(READ, along=AXES)
def show_wave_template(views: OutboundViews, query: WaveTemplateId, act: Act) -> StoredTemplate:
    """One wave template. Raises NotFound."""
    found = views.wave_templates.get(query)
    demand_seen(views, "stored template", query, found.warehouse_id, act)
    return found


@needs(READ, regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def list_boxes(views: OutboundViews, query: Page, act: Act) -> Slice[PackBox]:
    """The catalogue of boxes."""
    del act
    return views.pack_boxes.page(query)


@needs(READ, regardless=(CHANNEL, WAREHOUSE, MERCHANT))
def show_box(views: OutboundViews, query: BoxId, act: Act) -> PackBox:
    """One box. Raises NotFound."""
    del act
    return views.pack_boxes.get(query)
