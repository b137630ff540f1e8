"""The walks of a wave: which lines each picker fetches, in which order, and into which slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.application.outbound.ports import OutboundTx
from houtai.application.outbound.walk import walking_order
from houtai.application.warehouse.pick import Pick
from houtai.domain.act import Act
from houtai.domain.ids import LocationId, OutboundId, PickRunId, SkuId, derive
from houtai.domain.outbound.picking import Picking, PickLine, PickShare, start
from houtai.domain.outbound.wave import PickMethod, Wave
from houtai.domain.outbound.work import PickRun
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.location import Location, parts_of

SLOTTED = frozenset({PickMethod.CLUSTER, PickMethod.ZONE})
"""The methods in which every order has a slot on the cart."""


@attrs.frozen
class Promise:
    """So many units of one bin for a line of the order in this slot."""

    outbound_id: OutboundId
    slot: int
    line: int
    pick: Pick


@attrs.frozen
class Spot:
    """What a pick line is about: a place, goods and lot there, and for whom."""

    part: str  # the walk that it belongs to
    location_id: LocationId
    sku_id: SkuId
    lot_id: LotId | None
    slot: int


def slot_name(slot: int) -> str:
    """How a slot is called until a cart is chosen; empty for none."""
    return str(slot) if slot else ""


def lay_out(
    tx: OutboundTx, wave: Wave, promises: Sequence[Promise], act: Act
) -> tuple[tuple[PickRun, ...], list[tuple[PickRunId, int]]]:
    """The walks, and for each promise the walk and line that fetch it.

    Order by order there is a walk for each order, by zone one for each zone, else one for the wave. Goods that are sorted at a
    wall are fetched in totals.
    """
    places = tx.locations.many(promise.pick.bin.location_id for promise in promises)
    turns = walking_order(tx, wave.warehouse_id, places.values())
    spots = [_spot(wave.method, promise, places) for promise in promises]
    groups: dict[Spot, list[Promise]] = {}
    for spot, promise in zip(spots, promises, strict=True):
        groups.setdefault(spot, []).append(promise)
    numbers = {spot: number for number, spot in enumerate(groups, start=1)}
    lines = pick_lines(tx, groups, numbers, places, turns)
    walks: dict[str, list[PickLine]] = {}
    for spot, line in zip(groups, lines, strict=True):
        walks.setdefault(spot.part, []).append(line)
    ids = {part: PickRunId(derive(wave.id, "run", part)) for part in walks}
    runs = tuple(
        PickRun(
            id=ids[part],
            wave_id=wave.id,
            wave_number=wave.number,
            warehouse_id=wave.warehouse_id,
            picking=_begun(members),
            made_at=act.at,
            zone=part if wave.method is PickMethod.ZONE else "",
        )
        for part, members in walks.items()
    )
    return runs, [(ids[spot.part], numbers[spot]) for spot in spots]


def _begun(lines: Sequence[PickLine]) -> Picking:
    return start(lines)


def _spot(method: PickMethod, promise: Promise, places: Mapping[LocationId, Location]) -> Spot:
    key = promise.pick.bin
    part = {PickMethod.SINGLE: str(promise.slot), PickMethod.ZONE: parts_of(places[key.location_id].path)[0]}.get(method, "")
    slot = promise.slot if method in SLOTTED else 0
    return Spot(part, key.location_id, key.sku_id, key.lot_id, slot)


def pick_lines(
    tx: OutboundTx,
    groups: Mapping[Spot, Sequence[Promise]],
    numbers: Mapping[Spot, int],
    places: Mapping[LocationId, Location],
    turns: Mapping[LocationId, int],
) -> list[PickLine]:
    """One line for each spot, its shares in the order of the promises."""
    skus = tx.skus.many(spot.sku_id for spot in groups)
    lots = tx.lots.many(spot.lot_id for spot in groups if spot.lot_id is not None)
    return [
        PickLine(
            number=numbers[spot],
            sequence=turns[spot.location_id],
            location=places[spot.location_id].path,
            sku_id=spot.sku_id,
            sku_code=skus[spot.sku_id].code,
            shares=tuple(PickShare(one.outbound_id, one.line, one.pick.qty) for one in members),
            slot=slot_name(spot.slot),
            lot="" if spot.lot_id is None else lots[spot.lot_id].code,
            zone=parts_of(places[spot.location_id].path)[0],
        )
        for spot, members in groups.items()
    ]
