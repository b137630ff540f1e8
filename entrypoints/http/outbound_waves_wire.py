"""How waves travel over HTTP: proposals, released waves with their walks, and the fast lane of one-piece waves."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from houtai.application.outbound.queries import WaveDetail
from houtai.application.outbound.waves import LeftOut, ReleasedWave
from houtai.domain.outbound.planning import BasketShape, LeftReason, PlannedWave, WavePlan
from houtai.domain.outbound.wave import MAX_WAVE, PickMethod, Wave, WaveState
from houtai.domain.outbound.work import PickRun, RunState, WaveLane
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.orders_out import shown
from houtai.entrypoints.http.outbound_wire import OutboundOut


class WaveProposalQuery(wire.Wire, kw_only=True):
    """How long before a carrier's cut-off a wave has to begin."""

    lead_s: Annotated[int, Meta(ge=0, le=86_400)] = 0


class ProposedOrderOut(wire.Wire):
    """An order of a proposed wave."""

    slot: int
    outbound_id: UUID
    number: str
    pieces_qty: int


class ProposedWaveOut(wire.Wire, kw_only=True):
    """Orders that could be picked together; an empty `carrier` stands for several."""

    template: str
    shape: BasketShape
    carrier: str
    aisle_visits: int
    ship_by: dt.datetime | None
    orders: tuple[ProposedOrderOut, ...]


class LeftOrderOut(wire.Wire):
    """An order in no wave, and why."""

    outbound_id: UUID
    reason: LeftReason


class WaveProposalOut(wire.Wire, kw_only=True):
    """The waves, the most urgent first; the orders in none; and those whose cut-off has passed or will before they are out."""

    waves: tuple[ProposedWaveOut, ...]
    left: tuple[LeftOrderOut, ...]
    late: tuple[UUID, ...]


class NewWave(wire.Wire, kw_only=True):
    """Orders of one warehouse that are released together, in the order of their slots."""

    warehouse_id: wire.Id
    outbound_ids: Annotated[tuple[wire.Id, ...], Meta(min_length=1, max_length=MAX_WAVE)]
    shape: BasketShape = BasketShape.MIXED
    method: PickMethod = PickMethod.CLUSTER
    template: Annotated[str, Meta(max_length=64)] = ""
    id: wire.Id | None = None


class WaveQuery(wire.PageQuery):
    """Which waves."""

    warehouse_id: wire.Id | None = None
    state: WaveState | None = None


class UndoWish(wire.Wire):
    """Why a wave is taken apart."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class LabelsWish(wire.Wire):
    """The printer that is to print them."""

    printer_id: wire.Id


class LanePieceIn(wire.Wire):
    """A piece that was scanned in the fast lane."""

    sku_id: wire.Id


class WaveHeader(wire.Versioned, kw_only=True):
    """What a wave is."""

    id: wire.Id
    number: str
    warehouse_id: wire.Id
    shape: BasketShape
    method: PickMethod
    template: str
    carrier: str
    ship_by: dt.datetime | None
    skill: str
    state: WaveState
    made_at: dt.datetime


class WaveOut(WaveHeader, kw_only=True):
    """A wave in a list, or after a deed: how many orders it has."""

    orders: int


class WaveSlotOut(wire.Wire):
    """An order's place on the cart or wall."""

    slot: int
    outbound_id: UUID


class PickRunRowOut(wire.Versioned, kw_only=True):
    """A walk as its wave or a list shows it; `picker` is nobody until somebody takes it on."""

    id: UUID
    wave_id: UUID
    warehouse_id: UUID
    zone: str
    picker: UUID | None
    unit_id: UUID | None
    place_id: UUID | None
    state: RunState
    lines: int
    lines_left: int
    made_at: dt.datetime
    begun_at: dt.datetime | None
    done_at: dt.datetime | None


class WaveDetailOut(WaveHeader, kw_only=True):
    """A wave with its orders and its walks."""

    slots: tuple[WaveSlotOut, ...]
    runs: tuple[PickRunRowOut, ...]


class LackOut(wire.Wire):
    """Units that no bin could promise."""

    sku_code: str
    qty: int


class LeftOutOut(wire.Wire):
    """An order that had to stay out of the wave, and why."""

    outbound_id: UUID
    number: str
    reason: str
    short: tuple[LackOut, ...]


class ReleasedWaveOut(WaveDetailOut, kw_only=True):
    """A released wave, and the orders that are not in it."""

    left_out: tuple[LeftOutOut, ...]


class LabelledOut(wire.Wire):
    """The orders whose labels are on their way to the printer now."""

    items: tuple[OutboundOut, ...]


class LaneOrderOut(wire.Wire):
    """An order of one piece in the fast lane."""

    outbound_id: UUID
    number: str
    line: int
    sku_id: UUID


class LaneOut(wire.Versioned, kw_only=True):
    """The fast lane of a wave: who waits for a piece, in the order in which they are served, and how many are checked."""

    wave_id: UUID
    waiting: tuple[LaneOrderOut, ...]
    checked: int


def proposal_out(plan: WavePlan) -> WaveProposalOut:
    """A proposal as it goes out."""
    return WaveProposalOut(
        waves=tuple(map(_proposed, plan.waves)),
        left=tuple(LeftOrderOut(one.outbound_id, one.reason) for one in plan.left),
        late=plan.late,
    )


def _proposed(wave: PlannedWave) -> ProposedWaveOut:
    orders = (
        ProposedOrderOut(slot, order.outbound_id, order.number, order.pieces) for slot, order in enumerate(wave.orders, start=1)
    )
    return ProposedWaveOut(
        template=wave.template,
        shape=wave.shape,
        carrier=wave.carrier,
        aisle_visits=wave.aisle_visits,
        ship_by=wave.ship_by,
        orders=tuple(orders),
    )


def _header(wave: Wave) -> dict[str, Any]:
    return {name: getattr(wave, name) for name in WaveHeader.__struct_fields__}


def wave_out(wave: Wave) -> WaveOut:
    """A wave in a list or after a deed."""
    return WaveOut(**_header(wave), orders=len(wave.slots))


def wave_detail_out(found: WaveDetail) -> WaveDetailOut:
    """A wave by itself."""
    return WaveDetailOut(**_header(found.wave), **_inside(found.wave, found.runs))


def released_wave_out(made: ReleasedWave) -> ReleasedWaveOut:
    """A released wave."""
    out = tuple(map(_left_out, made.left_out))
    return ReleasedWaveOut(**_header(made.wave), **_inside(made.wave, made.runs), left_out=out)


def _inside(wave: Wave, runs: tuple[PickRun, ...]) -> dict[str, Any]:
    return {"slots": tuple(shown(WaveSlotOut, one) for one in wave.slots), "runs": tuple(map(run_row_out, runs))}


def _left_out(one: LeftOut) -> LeftOutOut:
    return LeftOutOut(one.outbound_id, one.number, one.reason, tuple(LackOut(code, qty) for code, qty in one.short))


def run_row_out(run: PickRun) -> PickRunRowOut:
    """A walk without its lines."""
    plain = {name: getattr(run, name) for name in PickRunRowOut.__struct_fields__ if name not in {"lines", "lines_left"}}
    return PickRunRowOut(**plain, lines=len(run.picking.lines), lines_left=len(run.picking.queue))


def lane_out(kept: WaveLane) -> LaneOut:
    """A fast lane as it goes out."""
    waiting = tuple(shown(LaneOrderOut, one) for one in kept.lane.waiting)
    return LaneOut(wave_id=kept.wave_id, waiting=waiting, checked=len(kept.lane.checked), version=kept.version)
