"""What the outbound steps at a station may see: walks, walls, lanes, benches, parcels and manifests, and codes of documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

import attrs

from houtai.application.outbound.lying import where_they_lie
from houtai.application.outbound.pack import pieces_of
from houtai.application.outbound.passing import passed_over
from houtai.application.outbound.ports import (
    BOX_BY_CODE,
    BOXES_IN,
    MANIFEST_BY_NUMBER,
    MANIFESTS_IN,
    OPEN_RUNS_OF,
    OUTBOUND_BY_NUMBER,
    OUTBOUND_BY_WAYBILL,
    PARCEL_BY_NUMBER,
    PARCELS_BY_WAYBILL,
    PICKS_OF,
    RUNS_OF_WAVE,
    WAVE_BY_NUMBER,
    OutboundTx,
)
from houtai.application.outbound.sort import lit_for
from houtai.application.outbound.wishes import FreeWalks
from houtai.application.warehouse.station_sight import Scanned, Sight, TxSight
from houtai.application.warehouse.station_steps import says
from houtai.domain.act import Act
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import HandlingUnitId, ManifestId, OutboundId, ParcelId, PickRunId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.cartonise import propose
from houtai.domain.outbound.checking import Checking
from houtai.domain.outbound.manifest import Manifest, ManifestState
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.picking import Picking
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.sorting import Sorting
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun, PickState, RunState, WaveLane
from houtai.domain.warehouse.codes import Prefix
from houtai.domain.warehouse.reply import MessageLevel, StationMessage
from houtai.domain.warehouse.scan import Finer, Match, ScanKind, ScannedCode, choose
from houtai.domain.warehouse.work import MAX_QTY_DIGITS

MOST_PIECES: Final = 12
"""So many pieces at most are laid into boxes while somebody waits; for more the packer chooses."""
_GONE: Final = frozenset({ParcelState.STOPPED, ParcelState.DISSOLVED})


@attrs.frozen
class Stopped:
    """An order that was stopped while it was picked, and the slot or unit where goods of it lie; empty where none do."""

    number: str
    unit: str


@attrs.frozen
class WalkSeen:
    """The walk that somebody is on. `picking` is without the orders of the next line that were stopped, which `stopped` names."""

    run: PickRun
    unit_id: HandlingUnitId
    picking: Picking
    stopped: tuple[Stopped, ...]


@attrs.frozen
class WallSeen:
    """A wall being filled, by its code."""

    wave: Wave
    wall: str
    sorting: Sorting


@attrs.frozen
class OffShelf:
    """Units of a stopped order that have to go back, and where they lie now."""

    sku_id: SkuId
    sku: str
    title: str
    qty: int
    path: str
    unit: str


class OutboundSight(Sight, Protocol):
    """What a step of outbound may ask; it changes nothing."""

    def walk(self) -> WalkSeen | None:
        """The walk that the actor is on."""

    def left_behind(self, run: PickRun) -> tuple[Stopped, ...]:
        """The orders of a walk that were stopped, with goods of theirs on the cart."""

    def free_walk(self, wave_id: WaveId) -> PickRunId | None:
        """The first walk of the wave that nobody is on."""

    def zone_walk(self, zone: str) -> PickRunId | None:
        """The most urgent walk of the zone that nobody is on."""

    def wave(self, wave_id: WaveId) -> Wave:
        """A wave that a scan named. Raises NotFound."""

    def wall(self, wave_id: WaveId) -> WallSeen | None:
        """The wall that the wave is sorted at; None before somebody chose one."""

    def lit(self, sorting: Sorting, sku_id: SkuId, qty: int) -> Sorting:
        """The wall with the slot lit that these units go to. Raises NoOpenSlot."""

    def missing(self, sorting: Sorting) -> tuple[tuple[OutboundId, int, int], ...]:
        """What orders that are not stopped still lack, as (order, line, units)."""

    def order(self, outbound_id: OutboundId) -> OutboundOrder:
        """An order that a scan named. Raises NotFound."""

    def checking(self, outbound_id: OutboundId) -> Checking | None:
        """What is checked of the order; None before somebody began."""

    def lane(self, wave_id: WaveId) -> WaveLane | None:
        """The fast lane of a wave of single pieces; None for other waves."""

    def proposed(self, outbound_id: OutboundId) -> tuple[str, ...]:
        """The codes of the boxes proposed for the order; none where its goods have no sizes, fit nowhere, or are too many."""

    def parcel(self, parcel_id: ParcelId) -> Parcel:
        """A parcel that a scan named. Raises NotFound."""

    def manifest(self, manifest_id: ManifestId) -> Manifest:
        """A manifest that was opened. Raises NotFound."""

    def open_manifest(self, carrier: str) -> Manifest | None:
        """The oldest open one of the carrier."""

    def off_shelf(self, outbound_id: OutboundId) -> tuple[OffShelf, ...]:
        """What of the order lies off the shelves."""


@attrs.frozen
class TxOutboundSight(TxSight):
    """What is seen from within a transaction, its own changes included."""

    tx: OutboundTx
    warehouse_id: WarehouseId
    act: Act

    def walk(self) -> WalkSeen | None:
        """See `OutboundSight.walk`."""
        runs = self.tx.pick_runs
        runs.ahead_by(OPEN_RUNS_OF, self.act.actor)  # asked before the step and for the screen behind it
        mine = [run for run in runs.by(OPEN_RUNS_OF, self.act.actor) if run.warehouse_id == self.warehouse_id]
        if not mine:
            return None
        run = mine[0]
        stopped = passed_over(self.tx, run.picking)
        picking, back = run.picking.without(stopped)
        assert run.unit_id is not None, "somebody walks with something to carry"
        unit = self.unit(run.unit_id).barcode if back else ""
        slots = {one.outbound_id: one.slot or unit for one in back}
        orders = self.tx.outbound_orders.many(stopped)
        named = tuple(Stopped(order.number, slots.get(order.id, "")) for order in orders.values())
        return WalkSeen(run, run.unit_id, picking, named)

    def left_behind(self, run: PickRun) -> tuple[Stopped, ...]:
        """See `OutboundSight.left_behind`."""
        rows = {share.outbound_id for line in run.picking.lines for share in line.shares}
        found = [order for order in self.tx.outbound_orders.many(rows).values() if order.stopped]
        _, back = run.picking.without([order.id for order in found])
        numbers = {order.id: order.number for order in found}
        unit = "" if run.unit_id is None else self.unit(run.unit_id).barcode
        return tuple(dict.fromkeys(Stopped(numbers[one.outbound_id], one.slot or unit) for one in back))

    def free_walk(self, wave_id: WaveId) -> PickRunId | None:
        """See `OutboundSight.free_walk`."""
        return _oldest(self.tx.pick_runs.by(RUNS_OF_WAVE, wave_id))

    def zone_walk(self, zone: str) -> PickRunId | None:
        """See `OutboundSight.zone_walk`."""
        return next(iter(self.tx.free_walks(FreeWalks(self.warehouse_id, zone), skip=0, most=1)), None)

    def wave(self, wave_id: WaveId) -> Wave:
        """See `OutboundSight.wave`."""
        return self.tx.waves.get(wave_id)

    def wall(self, wave_id: WaveId) -> WallSeen | None:
        """See `OutboundSight.wall`."""
        kept = self.tx.wall_sorts.find(wave_id)
        if kept is None:
            return None
        return WallSeen(self.wave(wave_id), self.tx.handling_units.get(kept.wall_id).barcode, kept.sorting)

    def lit(self, sorting: Sorting, sku_id: SkuId, qty: int) -> Sorting:
        """See `OutboundSight.lit`."""
        return lit_for(self.tx, sorting, sku_id, qty, self.product(sku_id)[0])

    def missing(self, sorting: Sorting) -> tuple[tuple[OutboundId, int, int], ...]:
        """See `OutboundSight.missing`."""
        waiting = {outbound_id for outbound_id, _, _ in sorting.missing}
        stopped = [order.id for order in self.tx.outbound_orders.many(waiting).values() if order.stopped]
        return sorting.without(stopped).missing

    def order(self, outbound_id: OutboundId) -> OutboundOrder:
        """See `OutboundSight.order`."""
        return self.tx.outbound_orders.get(outbound_id)

    def checking(self, outbound_id: OutboundId) -> Checking | None:
        """See `OutboundSight.checking`."""
        bench = self.tx.bench_checks.find(outbound_id)
        return None if bench is None else bench.checking

    def lane(self, wave_id: WaveId) -> WaveLane | None:
        """See `OutboundSight.lane`."""
        return self.tx.wave_lanes.find(wave_id)

    def proposed(self, outbound_id: OutboundId) -> tuple[str, ...]:
        """See `OutboundSight.proposed`."""
        order = self.order(outbound_id)
        if sum(line.checked_qty for line in order.lines) > MOST_PIECES:
            return ()
        pieces = pieces_of(order, self.tx.skus.many({line.sku_id for line in order.lines}))
        boxes = [one.box for one in self.tx.pack_boxes.by(BOXES_IN, Standing.ACTIVE.value)]
        found = propose(pieces, boxes)
        return () if found.too_large else tuple(one.box.code for one in found.boxes)

    def parcel(self, parcel_id: ParcelId) -> Parcel:
        """See `OutboundSight.parcel`."""
        return self.tx.parcels.get(parcel_id)

    def manifest(self, manifest_id: ManifestId) -> Manifest:
        """See `OutboundSight.manifest`."""
        return self.tx.manifests.get(manifest_id)

    def open_manifest(self, carrier: str) -> Manifest | None:
        """See `OutboundSight.open_manifest`."""
        there = self.tx.manifests.by(MANIFESTS_IN, (self.warehouse_id, ManifestState.OPEN.value))
        return next((one for one in there if one.carrier == carrier), None)

    def off_shelf(self, outbound_id: OutboundId) -> tuple[OffShelf, ...]:
        """See `OutboundSight.off_shelf`."""
        rows = [row for row in self.tx.picks.by(PICKS_OF, outbound_id) if row.state is PickState.PICKED]
        lying = where_they_lie(self.tx, rows)
        places = self.tx.locations.many(row.bin.location_id for row in lying)
        skus = self.tx.skus.many(row.bin.sku_id for row in lying)
        units = self.tx.handling_units.many(row.bin.handling_unit_id for row in lying if row.bin.handling_unit_id is not None)
        found: dict[tuple[SkuId, str, str], int] = {}
        for row in lying:
            inside = row.bin.handling_unit_id
            key = row.bin.sku_id, places[row.bin.location_id].path, "" if inside is None else units[inside].barcode
            found[key] = found.get(key, 0) + row.qty
        return tuple(
            OffShelf(sku_id, skus[sku_id].code, skus[sku_id].title, qty, path, unit)
            for (sku_id, path, unit), qty in found.items()
        )


def _oldest(runs: Iterable[PickRun]) -> PickRunId | None:
    free = [run for run in runs if run.picker is None and run.state is RunState.OPEN]
    return min(free, key=lambda run: (run.made_at, run.id)).id if free else None


def stop_message(order: OutboundOrder) -> StationMessage:
    """What is said where goods of a stopped order are in somebody's hands."""
    reason = order.stop_reason or order.state.value
    return says(MessageLevel.STOP, "outbound.intercepted", number=order.number, reason=reason)


def parcel_meant(scanned: Scanned, sight: OutboundSight, step: str) -> tuple[Parcel | None, OutboundOrder]:
    """The parcel that was scanned, with its order; no parcel only for an order that was stopped before it was packed.

    Raises what `choose` raises, and StepTooEarly for an order that goes on and is in no parcel yet.
    """
    match = choose(scanned.code, scanned.found, ("parcel", "order", "stopped-order"), finer=Finer.PACK)
    if match.what == "parcel":
        parcel = sight.parcel(ParcelId(match.key))
        return parcel, sight.order(parcel.outbound_id)
    order = sight.order(OutboundId(match.key))
    if not order.stopped:
        raise StepTooEarly(number=order.number, step=step, missing=f"it is {order.state.value}")
    return None, order


def read_documents(sight: TxOutboundSight, code: ScannedCode) -> tuple[Match, ...]:
    """The documents, boxes and carriers of this warehouse that a code names, as far as its form allows any."""
    text = code.text
    if code.command is not None or code.kind in (ScanKind.LOCATION, ScanKind.STAFF):
        return ()
    if code.kind is ScanKind.GS1 or (text.isdigit() and len(text) <= MAX_QTY_DIGITS):
        return ()
    if code.kind is ScanKind.WAVE or text.startswith("WV-"):
        return _waves(sight, text.removeprefix(Prefix.WAVE.value))
    return (*_orders_and_parcels(sight, text), *_other(sight, text))


def _waves(sight: TxOutboundSight, number: str) -> tuple[Match, ...]:
    wave = sight.tx.waves.first(WAVE_BY_NUMBER, number)
    return (Match("wave", wave.id, wave.number),) if wave is not None and wave.warehouse_id == sight.warehouse_id else ()


def _orders_and_parcels(sight: TxOutboundSight, text: str) -> tuple[Match, ...]:
    """Orders by number, waybill or parcel, and the parcels themselves; of those with one waybill the ones that still count."""
    tx = sight.tx
    parcels = {one.id: one for one in (*tx.parcels.by(PARCEL_BY_NUMBER, text), *tx.parcels.by(PARCELS_BY_WAYBILL, text))}
    named = (*tx.outbound_orders.by(OUTBOUND_BY_NUMBER, text), *tx.outbound_orders.by(OUTBOUND_BY_WAYBILL, text))
    orders = {one.id: one for one in named} | tx.outbound_orders.many(parcel.outbound_id for parcel in parcels.values())
    here = {one.id: one for one in orders.values() if one.warehouse_id == sight.warehouse_id}
    live = [one for one in here.values() if not one.stopped]
    found = [Match("order" if live else "stopped-order", one.id, one.number) for one in live or here.values()]
    there = [one for one in parcels.values() if one.outbound_id in here]
    standing = [one for one in there if one.state not in _GONE]
    return (*found, *(Match("parcel", one.id, one.number) for one in standing or there))


def _other(sight: TxOutboundSight, text: str) -> tuple[Match, ...]:
    found = []
    box = sight.tx.pack_boxes.first(BOX_BY_CODE, text)
    if box is not None and box.state is Standing.ACTIVE:
        found.append(Match("box", box.id, box.box.code))
    settings = sight.tx.dispatch_settings.find(sight.warehouse_id)
    carriers = () if settings is None else settings.carriers
    found += [Match("carrier", carrier, carrier) for carrier in carriers if carrier.casefold() == text.casefold()]
    if text.startswith("MF-"):
        manifest = sight.tx.manifests.first(MANIFEST_BY_NUMBER, text)
        if manifest is not None and manifest.warehouse_id == sight.warehouse_id:
            found.append(Match("manifest", manifest.id, manifest.number))
    return tuple(found)
