"""What stands at the bench and by the door: checks as far as they have come, parcels, and the carriers' manifests."""

from __future__ import annotations

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.outbound.ports import OutboundViews
from houtai.application.outbound.queries import AXES, READ, demand_seen, order_seen, reached
from houtai.application.outbound.wishes import ManifestWish, ParcelWish
from houtai.application.paging import Page, Slice
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.application.warehouse.queries import seen_warehouses
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import ManifestId, OutboundId, ParcelId, WarehouseId
from houtai.domain.outbound.manifest import Manifest, ManifestState
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.work import BenchCheck
from houtai.domain.refusal import NotFound


@needs(READ, along=AXES)
def show_check(views: OutboundViews, query: OutboundId, act: Act) -> BenchCheck:
    """What is checked of an order so far. Raises NotFound, also for one that was never on the bench."""
    return views.bench_checks.get(order_seen(act, views, query).id)


@attrs.frozen
class ListParcels:
    """A page of parcels; what is empty asks nothing. `code` is a parcel's own number or its waybill's."""

    page: Page
    warehouse: WarehouseId | None = None
    outbound: OutboundId | None = None
    states: frozenset[ParcelState] = frozenset()
    manifest_number: str = ""
    code: str = ""


@needs(READ, along=AXES)
def list_parcels(views: OutboundViews, query: ListParcels, act: Act) -> Slice[Parcel]:
    """Parcels of the orders that the actor reaches."""
    wish = ParcelWish(
        warehouses=reached(act, query.warehouse),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        outbound_id=query.outbound,
        states=query.states,
        manifest_number=query.manifest_number,
        code=query.code,
    )
    found = views.parcel_list(wish, query.page)
    orders = views.outbound_orders.many({parcel.outbound_id for parcel in found.items})
    scopes = {one.id: Scope(warehouse=one.warehouse_id, merchant=one.merchant_id or HOUSE) for one in orders.values()}
    shown = (parcel for parcel in found.items if act.may(READ, scopes[parcel.outbound_id]))
    return Slice(tuple(shown), found.next_cursor)


@needs(READ, along=AXES)
def show_parcel(views: OutboundViews, query: ParcelId, act: Act) -> Parcel:
    """One parcel. Raises NotFound."""
    parcel = views.parcels.get(query)
    order = views.outbound_orders.find(parcel.outbound_id)
    if order is None or not act.may(READ, Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE)):
        raise NotFound(what="parcel", key=str(query))
    return parcel


@attrs.frozen
class ListManifests:
    """A page of manifests; what is empty asks nothing."""

    page: Page
    warehouse: WarehouseId | None = None
    carrier: str = ""
    state: ManifestState | None = None


@needs(READ, along=AXES)
def list_manifests(views: OutboundViews, query: ListManifests, act: Act) -> Slice[Manifest]:
    """Manifests of the warehouses that the actor reaches."""
    wish = ManifestWish(seen_warehouses(views, READ, query.warehouse, act), query.carrier, query.state)
    return views.manifest_list(wish, query.page)


@needs(READ, along=AXES)
def show_manifest(views: OutboundViews, query: ManifestId, act: Act) -> Manifest:
    """One manifest. Raises NotFound."""
    manifest = views.manifests.get(query)
    demand_seen(views, "manifest", query, manifest.warehouse_id, act)
    return manifest


@needs(READ, along=AXES)
def manifest_timeline(views: OutboundViews, query: ManifestId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the manifest, in order. Raises NotFound."""
    manifest = views.manifests.get(query)
    demand_seen(views, "manifest", query, manifest.warehouse_id, act)
    return tuple(sorted(views.timeline.by(OF_DOCUMENT, manifest.id), key=lambda entry: entry.version))
