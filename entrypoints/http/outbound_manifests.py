"""The carriers' manifests over HTTP: opened, parcels scanned on and off, closed once when the driver signs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    cancel_manifest,
    close_manifest,
    open_manifest,
    remove_parcel,
)
from houtai.application.outbound.parcel_queries import (
    ListManifests,
    list_manifests,
    manifest_timeline,
    show_manifest,
)
from houtai.domain.ids import ManifestId, PrinterId, WarehouseId
from houtai.domain.inventory.refusals import NotReserved
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.outbound.manifest import Manifest, ManifestState
from houtai.domain.outbound.refusals import Intercepted, NotWeighed, OnManifest, StepTooEarly, WrongCarrier
from houtai.domain.printing.refusals import PrintedBefore, PrinterCannot
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.bin_refusals import CannotTake, NotInBin
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import TimelineListOut, shown, timeline_out
from houtai.entrypoints.http.outbound_wire import ScannedText
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("manifests", "Which parcels a carrier took, counted and weighed.")

CarrierName = Annotated[str, Meta(min_length=1, max_length=40, examples=["sf"])]


class NewManifest(wire.Wire, kw_only=True):
    """A list for one carrier's parcels of one warehouse."""

    warehouse_id: wire.Id
    carrier: CarrierName
    id: wire.Id | None = None


class ManifestQuery(wire.PageQuery):
    """Which manifests."""

    warehouse_id: wire.Id | None = None
    carrier: Annotated[str, Meta(max_length=40)] = ""
    state: ManifestState | None = None


class ParcelScan(wire.Wire):
    """A parcel, by its waybill or its own code."""

    code: ScannedText


class ClosingIn(wire.Wire):
    """Where the list is printed; without a printer where the warehouse prints its lists."""

    printer_id: wire.Id | None = None


class ManifestEntryOut(wire.Wire):
    """One parcel as it is handed over."""

    parcel_id: UUID
    outbound_id: UUID
    waybill: str
    weight_g: int


class ManifestOut(wire.Versioned, kw_only=True):
    """A manifest in a list: how many parcels it has and what they weigh."""

    id: UUID
    number: str
    warehouse_id: UUID
    carrier: str
    state: ManifestState
    closed_at: dt.datetime | None
    parcel_count: int
    weight_g: int


class ManifestDetailOut(ManifestOut, kw_only=True):
    """A manifest with its parcels, in the order in which they were scanned."""

    entries: tuple[ManifestEntryOut, ...]


def manifest_row_out(manifest: Manifest) -> ManifestOut:
    """A manifest in a list."""
    return shown(ManifestOut, manifest)


def manifest_out(manifest: Manifest) -> ManifestDetailOut:
    """A manifest by itself."""
    return shown(ManifestDetailOut, manifest)


@ROUTES.post("/manifests", open_manifest, status=201, location="/manifests/{id}")
def post_manifest(desk: Desk, body: NewManifest) -> ManifestDetailOut:
    """Open a manifest for a carrier's parcels."""
    cmd = OpenManifest(ManifestId(desk.new_id(body.id)), WarehouseId(body.warehouse_id), body.carrier)
    return manifest_out(desk.perform(open_manifest, cmd))


@ROUTES.get("/manifests", list_manifests)
def get_manifests(desk: Desk, query: ManifestQuery) -> wire.Listed[ManifestOut]:
    """List manifests, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    request = ListManifests(query.page(), warehouse, query.carrier, query.state)
    return wire.listed(desk.ask(list_manifests, request), manifest_row_out)


@ROUTES.get("/manifests/{manifest_id}", show_manifest)
def get_manifest(desk: Desk, manifest_id: wire.Id) -> ManifestDetailOut:
    """Look at one manifest with its parcels."""
    return manifest_out(desk.ask(show_manifest, ManifestId(manifest_id)))


@ROUTES.get("/manifests/{manifest_id}/timeline", manifest_timeline)
def get_manifest_timeline(desk: Desk, manifest_id: wire.Id) -> TimelineListOut:
    """See everything that happened to a manifest."""
    return timeline_out(desk.ask(manifest_timeline, ManifestId(manifest_id)))


@ROUTES.post(
    "/manifests/{manifest_id}/parcels",
    add_parcel,
    refuses=(Intercepted, WrongCarrier, NotWeighed, OnManifest, StepTooEarly),
)
def post_manifest_parcel(desk: Desk, manifest_id: wire.Id, body: ParcelScan) -> ManifestDetailOut:
    """Scan a weighed parcel onto a manifest of its carrier."""
    return manifest_out(desk.perform(add_parcel, ScanParcel(ManifestId(manifest_id), body.code)))


@ROUTES.post("/manifests/{manifest_id}/remove-parcel", remove_parcel, refuses=(StepTooEarly,))
def post_manifest_remove_parcel(desk: Desk, manifest_id: wire.Id, body: ParcelScan) -> ManifestDetailOut:
    """Take a parcel off an open manifest; it stays here."""
    return manifest_out(desk.perform(remove_parcel, ScanParcel(ManifestId(manifest_id), body.code)))


@ROUTES.post("/manifests/{manifest_id}/cancel", cancel_manifest, refuses=(StepTooEarly, IllegalMove))
def post_manifest_cancel(desk: Desk, manifest_id: wire.Id) -> ManifestDetailOut:
    """Give an empty manifest up."""
    return manifest_out(desk.perform(cancel_manifest, ManifestId(manifest_id)))


@ROUTES.post(
    "/manifests/{manifest_id}/close",
    close_manifest,
    refuses=(
        IllegalMove,
        Intercepted,
        StepTooEarly,
        PrinterCannot,
        PrintedBefore,
        NotReserved,
        NotInBin,
        CannotTake,
        PeriodClosed,
    ),
)
def post_manifest_close(desk: Desk, manifest_id: wire.Id, body: ClosingIn) -> ManifestDetailOut:
    """Close a manifest when the driver signs: everything on it has left, in stock and in the books, and the list is printed."""
    printer = None if body.printer_id is None else PrinterId(body.printer_id)
    return manifest_out(desk.perform(close_manifest, CloseManifest(ManifestId(manifest_id), printer)))
