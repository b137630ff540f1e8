"""The flow of the hand-over (交接): carrier, then parcel by parcel onto its open manifest; done twice closes it."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    close_manifest,
    open_manifest,
    remove_parcel,
)
from houtai.application.outbound.station_sight import OutboundSight, parcel_meant, stop_message
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, says
from houtai.domain.ids import ManifestId, WarehouseId
from houtai.domain.outbound.manifest import Manifest, ManifestState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Confirming, choose, confirm

MOST_ROWS: Final = 12
COLUMNS: Final = ("label.waybill", "label.weight")


@attrs.frozen
class HandOverState:
    """The manifest that is filled, and the parcel that came onto it last."""

    warehouse_id: WarehouseId
    manifest_id: ManifestId | None = None
    last: str = ""
    pending: Confirming | None = None

    @property
    def fresh(self) -> HandOverState:
        """No manifest."""
        return HandOverState(self.warehouse_id)


def begin(warehouse_id: WarehouseId) -> HandOverState:
    """No manifest yet."""
    return HandOverState(warehouse_id)


def step(state: HandOverState, scanned: Scanned, sight: OutboundSight) -> Step[HandOverState]:
    """Go on. Raises what `choose` raises, WrongCarrier, NotWeighed, OnManifest, StepTooEarly, NotNow.

    A parcel of a stopped order rings and stays off. A manifest that was closed elsewhere is left.
    """
    if state.manifest_id is None:
        return _carrier(state, scanned, sight)
    manifest = sight.manifest(state.manifest_id)
    if manifest.state is not ManifestState.OPEN:
        return Step(state.fresh, says(MessageLevel.WARNING, "manifest-gone", number=manifest.number))
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command, manifest)
    parcel, order = parcel_meant(scanned, sight, "handed over")
    if parcel is None or order.stopped:
        return Step(attrs.evolve(state, pending=None), stop_message(order))
    added = attrs.evolve(state, last=parcel.number, pending=None)
    deed = Deed(add_parcel, ScanParcel(manifest.id, parcel.number))
    return Step(added, deed=deed, then=lambda answer: _told(added, answer))


def _told(state: HandOverState, manifest: Manifest) -> Step[HandOverState]:
    message = says(MessageLevel.SUCCESS, "on-manifest", count=manifest.parcel_count, weight=manifest.weight_g)
    return Step(state, message)


def _carrier(state: HandOverState, scanned: Scanned, sight: OutboundSight) -> Step[HandOverState]:
    if scanned.code.command is Command.CANCEL:
        return Step(state.fresh, says(MessageLevel.INFO, "begun-anew"))
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    match = choose(scanned.code, scanned.found, ("carrier", "manifest"))
    known = sight.open_manifest(match.key) if match.what == "carrier" else sight.manifest(ManifestId(match.key))
    if known is not None:
        if known.state is not ManifestState.OPEN:
            raise StepTooEarly(number=known.number, step="added to", missing=f"the manifest is {known.state.value}")
        return Step(attrs.evolve(state.fresh, manifest_id=known.id))
    opened = attrs.evolve(state.fresh, manifest_id=ManifestId(scanned.document))
    return Step(opened, None, Deed(open_manifest, OpenManifest(ManifestId(scanned.document), state.warehouse_id, match.key)))


def _command(state: HandOverState, scanned: Scanned, command: Command, manifest: Manifest) -> Step[HandOverState]:
    if command is Command.CANCEL:
        return Step(state.fresh, says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and state.last:
        off = attrs.evolve(state, last="", pending=None)
        deed = Deed(remove_parcel, ScanParcel(manifest.id, state.last))
        return Step(off, says(MessageLevel.INFO, "taken-off", number=state.last), deed)
    if command is not Command.DONE:
        raise not_now(command)
    asked = confirm(state.pending, f"close {manifest.number} with {manifest.parcel_count}", scanned.code)
    if asked is not None:
        facts = {"count": manifest.parcel_count, "weight": manifest.weight_g}
        return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-close", **facts))
    closed = says(MessageLevel.SUCCESS, "manifest-closed", number=manifest.number, count=manifest.parcel_count)
    return Step(state.fresh, closed, Deed(close_manifest, CloseManifest(manifest.id)))


def show(state: HandOverState, sight: OutboundSight) -> View:
    """How many parcels the carrier has, and the latest of them."""
    if state.manifest_id is None:
        return View(phrase("prompt.carrier"))
    manifest = sight.manifest(state.manifest_id)
    facts = (("label.carrier", manifest.carrier), ("label.manifest", manifest.number))
    latest = manifest.entries[: -MOST_ROWS - 1 : -1]
    rows = tuple((entry.waybill, str(entry.weight_g)) for entry in latest)
    count = manifest.parcel_count
    return View(phrase("prompt.parcel", count=count), str(count), facts, COLUMNS, rows)
