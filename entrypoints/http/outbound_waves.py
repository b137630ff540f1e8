"""Waves over HTTP: proposed, released with their bins and walks, labelled, undone; and the fast lane of one-piece waves."""

from __future__ import annotations

from houtai.application.outbound.check import CheckInLane, check_in_lane
from houtai.application.outbound.labels import PrintLabels, print_labels
from houtai.application.outbound.plan import PlanWaves, propose_waves
from houtai.application.outbound.queries import ListWaves, list_waves, show_lane, show_wave, wave_timeline
from houtai.application.outbound.waves import ReleaseWave, UndoWave, release_wave, undo_wave
from houtai.domain.ids import OutboundId, PrinterId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.checking import NoOrderWants
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.printing.refusals import PrintedBefore, PrinterCannot
from houtai.domain.refusal import IllegalMove
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.entrypoints.http import outbound_waves_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.orders_out import TimelineListOut, timeline_out
from houtai.entrypoints.http.outbound_wire import OutboundOut, outbound_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("waves", "Orders of one warehouse that are picked together.")


@ROUTES.get("/warehouses/{warehouse_id}/wave-proposal", propose_waves)
def get_wave_proposal(desk: Desk, warehouse_id: wire.Id, query: forms.WaveProposalQuery) -> forms.WaveProposalOut:
    """Ask which waves the warehouse's templates make of its new orders now; nothing is done by it."""
    return forms.proposal_out(desk.ask(propose_waves, PlanWaves(WarehouseId(warehouse_id), query.lead_s)))


@ROUTES.post(
    "/waves",
    release_wave,
    status=201,
    location="/waves/{id}",
    refuses=(StepTooEarly, NoCarrierLeft, PrinterCannot, PrintedBefore),
)
def post_wave(desk: Desk, body: forms.NewWave) -> forms.ReleasedWaveOut:
    """Release a wave: bins promised, walks laid out, carriers asked for numbers. Orders that lack a bin stay out by name."""
    cmd = ReleaseWave(
        wave=WaveId(desk.new_id(body.id)),
        warehouse=WarehouseId(body.warehouse_id),
        orders=tuple(OutboundId(one) for one in body.outbound_ids),
        shape=body.shape,
        method=body.method,
        template=body.template,
    )
    return forms.released_wave_out(desk.perform(release_wave, cmd))


@ROUTES.get("/waves", list_waves)
def get_waves(desk: Desk, query: forms.WaveQuery) -> wire.Listed[forms.WaveOut]:
    """List waves, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    states = frozenset() if query.state is None else frozenset({query.state})
    return wire.listed(desk.ask(list_waves, ListWaves(query.page(), warehouse, states)), forms.wave_out)


@ROUTES.get("/waves/{wave_id}", show_wave)
def get_wave(desk: Desk, wave_id: wire.Id) -> forms.WaveDetailOut:
    """Look at one wave: its orders by slot, and its walks."""
    return forms.wave_detail_out(desk.ask(show_wave, WaveId(wave_id)))


@ROUTES.get("/waves/{wave_id}/timeline", wave_timeline)
def get_wave_timeline(desk: Desk, wave_id: wire.Id) -> TimelineListOut:
    """See everything that happened to a wave."""
    return timeline_out(desk.ask(wave_timeline, WaveId(wave_id)))


@ROUTES.post("/waves/{wave_id}/undo", undo_wave, refuses=(IllegalMove,))
def post_wave_undo(desk: Desk, wave_id: wire.Id, body: forms.UndoWish) -> forms.WaveOut:
    """Take a wave apart before anybody picks: its orders are new again, its bins free; waybill numbers stay."""
    return forms.wave_out(desk.perform(undo_wave, UndoWave(WaveId(wave_id), body.reason)))


@ROUTES.post("/waves/{wave_id}/labels", print_labels, refuses=(PrinterCannot, PrintedBefore))
def post_wave_labels(desk: Desk, wave_id: wire.Id, body: forms.LabelsWish) -> forms.LabelledOut:
    """Print the labels of orders that have a number and none printed yet, on this printer."""
    done = desk.perform(print_labels, PrintLabels(WaveId(wave_id), PrinterId(body.printer_id)))
    return forms.LabelledOut(tuple(map(outbound_out, done)))


@ROUTES.get("/waves/{wave_id}/lane", show_lane)
def get_wave_lane(desk: Desk, wave_id: wire.Id) -> forms.LaneOut:
    """Look at the fast lane of a one-piece wave: which orders wait for a piece."""
    return forms.lane_out(desk.ask(show_lane, WaveId(wave_id)))


@ROUTES.post(
    "/waves/{wave_id}/lane/pieces",
    check_in_lane,
    refuses=(NoOrderWants, StepTooEarly, NoCarrierLeft, PrinterCannot, PrintedBefore),
)
def post_lane_piece(desk: Desk, wave_id: wire.Id, body: forms.LanePieceIn) -> OutboundOut:
    """Scan a piece in the fast lane: the first order that wants it is checked by this, and its label comes now."""
    return outbound_out(desk.perform(check_in_lane, CheckInLane(WaveId(wave_id), SkuId(body.sku_id))))
