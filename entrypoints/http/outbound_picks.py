"""Picking over HTTP: walks taken on, confirmed place by place, skipped, short, checked for empty places, left to others."""

from __future__ import annotations

from houtai.application.outbound.begin_walk import StartPicking, start_picking
from houtai.application.outbound.picking import (
    AnswerZeroCheck,
    ConfirmPick,
    LeaveWalk,
    SkipLine,
    answer_zero_check,
    confirm_pick,
    leave_walk,
    skip_line,
)
from houtai.application.outbound.queries import ListRuns, list_runs, my_walks, show_run
from houtai.application.outbound.short import ReportShort, report_short
from houtai.domain.ids import HandlingUnitId, PickRunId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.picking import NotNow
from houtai.domain.outbound.refusals import SkillNeeded, StepTooEarly, TooMany
from houtai.domain.warehouse.bin_refusals import CannotPlace, CannotTake, NotInBin, SerialElsewhere, SerialsNeeded
from houtai.domain.warehouse.scan import WrongRecord
from houtai.entrypoints.http import outbound_picks_wire as forms, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.outbound_waves_wire import PickRunRowOut, run_row_out
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("picking", "Walks through the warehouse: who fetches what, where, and into which slot.")


@ROUTES.post("/pick-runs/start", start_picking, refuses=(StepTooEarly, SkillNeeded))
def post_pick_run_start(desk: Desk, body: forms.WalkStart) -> forms.PickRunOut:
    """Take a walk on with a tote or cart, or go on with one's own where it stopped."""
    cmd = StartPicking(
        warehouse=WarehouseId(body.warehouse_id),
        unit=HandlingUnitId(body.unit_id),
        run=None if body.run_id is None else PickRunId(body.run_id),
    )
    return forms.run_out(desk.perform(start_picking, cmd))


@ROUTES.get("/pick-runs", list_runs)
def get_pick_runs(desk: Desk, query: forms.PickRunQuery) -> wire.Listed[PickRunRowOut]:
    """List walks, newest first."""
    request = ListRuns(
        page=query.page(),
        warehouse=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        wave=None if query.wave_id is None else WaveId(query.wave_id),
        states=frozenset() if query.state is None else frozenset({query.state}),
    )
    return wire.listed(desk.ask(list_runs, request), run_row_out)


@ROUTES.get("/pick-runs/own", my_walks)
def get_own_pick_runs(desk: Desk) -> forms.OwnWalksOut:
    """See the walks that one has taken on and not finished."""
    return forms.OwnWalksOut(tuple(map(forms.run_out, desk.ask(my_walks, None))))


@ROUTES.get("/pick-runs/{run_id}", show_run)
def get_pick_run(desk: Desk, run_id: wire.Id) -> forms.PickRunOut:
    """Look at one walk: its lines, and what is to be scanned next."""
    return forms.run_out(desk.ask(show_run, PickRunId(run_id)))


@ROUTES.post(
    "/pick-runs/{run_id}/confirm",
    confirm_pick,
    refuses=(
        StepTooEarly,
        NotNow,
        WrongRecord,
        TooMany,
        NotInBin,
        CannotTake,
        CannotPlace,
        SerialsNeeded,
        SerialElsewhere,
    ),
)
def post_pick_run_confirm(desk: Desk, run_id: wire.Id, body: forms.PickIn) -> forms.PickRunOut:
    """Confirm units taken at a place and where they lie now. What is refused moves nothing."""
    cmd = ConfirmPick(
        run=PickRunId(run_id),
        location=body.location,
        sku_id=SkuId(body.sku_id),
        qty=body.qty,
        lot=body.lot,
        slot=body.slot,
        serials=body.serials,
    )
    return forms.run_out(desk.perform(confirm_pick, cmd))


@ROUTES.post("/pick-runs/{run_id}/skip", skip_line, refuses=(StepTooEarly, NotNow))
def post_pick_run_skip(desk: Desk, run_id: wire.Id) -> forms.PickRunOut:
    """Put the present line at the end: its place cannot be reached now."""
    return forms.run_out(desk.perform(skip_line, SkipLine(PickRunId(run_id))))


@ROUTES.post("/pick-runs/{run_id}/short", report_short, refuses=(StepTooEarly, NotNow, WrongRecord))
def post_pick_run_short(desk: Desk, run_id: wire.Id, body: forms.ShortIn) -> forms.ShortReportedOut:
    """Say that a place holds no more: other places are found as far as they can be, the rest is doubted and counted."""
    return forms.short_out(desk.perform(report_short, ReportShort(PickRunId(run_id), body.location)))


@ROUTES.post("/pick-runs/{run_id}/zero-check", answer_zero_check, refuses=(StepTooEarly, NotNow))
def post_pick_run_zero_check(desk: Desk, run_id: wire.Id, body: forms.ZeroCheckIn) -> forms.PickRunOut:
    """Answer whether a place is empty that should be."""
    return forms.run_out(desk.perform(answer_zero_check, AnswerZeroCheck(PickRunId(run_id), body.empty)))


@ROUTES.post("/pick-runs/{run_id}/leave", leave_walk, refuses=(StepTooEarly,))
def post_pick_run_leave(desk: Desk, run_id: wire.Id) -> forms.PickRunOut:
    """Leave a walk to somebody else, with its cart or tote."""
    return forms.run_out(desk.perform(leave_walk, LeaveWalk(PickRunId(run_id))))
