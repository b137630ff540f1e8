"""The flow of picking: a walk is taken on with a cart or tote, then for each line place, product × quantity, slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

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
from houtai.application.outbound.short import ReportShort, ShortReported, report_short
from houtai.application.outbound.station_sight import OutboundSight, Stopped, WalkSeen
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import HandlingUnitId, PickRunId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.picking import NotNow, PickedUnits, Picking, PickLine, PickStep
from houtai.domain.outbound.work import PickRun, RunState
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.location import parts_of
from houtai.domain.warehouse.reply import MessageLevel, Phrase, StationMessage, phrase
from houtai.domain.warehouse.scan import Confirming, Match, choose, confirm
from houtai.domain.warehouse.work import SamePiece

MOST_ROWS: Final = 12
COLUMNS: Final = ("label.place", "label.product", "label.slot", "label.qty")


@attrs.frozen
class PickState:
    """What is in hand, and of which line; how far the walk has come stands with the walk. `run_id` waits for a cart or tote."""

    warehouse_id: WarehouseId
    run_id: PickRunId | None = None
    line: int = 0
    here: str = ""
    in_hand: int = 0
    lot: str = ""
    serials: tuple[str, ...] = ()
    pending: Confirming | None = None

    @property
    def fresh(self) -> PickState:
        """Nothing in hand."""
        return PickState(self.warehouse_id)


def begin(warehouse_id: WarehouseId) -> PickState:
    """Nothing in hand; whoever is on a walk goes on with it."""
    return PickState(warehouse_id)


def step(state: PickState, scanned: Scanned, sight: OutboundSight) -> Step[PickState]:
    """Go on. Raises what `choose` raises, and what the walk says no with: NotNow, WrongRecord, TooMany.

    An order of the next line that was stopped meanwhile is told with an alarm before anything else, and the scan is not used.
    """
    walk = sight.walk()
    if walk is None:
        return _choose(state, scanned, sight)
    if walk.stopped:
        return _pass_over(state, walk)
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command, walk, sight)
    picking = _at(state, walk)
    if picking.step is PickStep.LOCATION:
        line = _line(picking)
        match = choose(scanned.code, scanned.found, ("location",), expected=line.location)
        return Step(attrs.evolve(state.fresh, line=line.number, here=picking.at_location(match.name).here))
    return _take(state, scanned, walk, picking, sight)


# -- before the walk


def _choose(state: PickState, scanned: Scanned, sight: OutboundSight) -> Step[PickState]:
    if scanned.code.command is Command.CANCEL:
        return Step(state.fresh, says(MessageLevel.INFO, "begun-anew"))
    if scanned.code.command is Command.UNDO and state.run_id is not None:
        return Step(state.fresh, says(MessageLevel.INFO, "taken-back"))
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    if state.run_id is not None:
        match = choose(scanned.code, scanned.found, ("unit",))
        return _start(state, HandlingUnitId(match.key), state.run_id, sight)
    match = choose(scanned.code, scanned.found, ("wave", "unit", "location"))
    if match.what == "unit":
        return _start(state, HandlingUnitId(match.key), None, sight)
    run_id = sight.free_walk(WaveId(match.key)) if match.what == "wave" else sight.zone_walk(parts_of(match.name)[0])
    if run_id is None:
        raise NotFound(what="free walk", key=match.name)
    return Step(attrs.evolve(state.fresh, run_id=run_id))


def _start(state: PickState, unit: HandlingUnitId, run: PickRunId | None, sight: OutboundSight) -> Step[PickState]:
    deed = Deed(start_picking, StartPicking(state.warehouse_id, unit, run))
    return Step(state.fresh, deed=deed, then=_ended(state.fresh, sight, says(MessageLevel.SUCCESS, "walk-begun")))


# -- on the walk


def _at(state: PickState, walk: WalkSeen) -> Picking:
    """The walk with what is in hand, if that is still of the line that is due."""
    line = walk.picking.line
    if line is None or line.number != state.line:
        return walk.picking
    return attrs.evolve(walk.picking, here=state.here or walk.picking.here, in_hand=min(state.in_hand, line.rest_qty))


def _line(picking: Picking) -> PickLine:
    assert picking.line is not None, "a walk that is open has a line, or asks something"
    return picking.line


def _take(state: PickState, scanned: Scanned, walk: WalkSeen, picking: Picking, sight: OutboundSight) -> Step[PickState]:
    """Pieces into the hand, or what is in hand into its slot."""
    line = picking.line
    if line is None or picking.step is PickStep.ZERO_CHECK:
        raise NotNow(deed="a scan", due=picking.step.value)
    qty = typed_qty(scanned)
    if qty is not None:
        if not picking.in_hand:
            raise NotNow(deed="a quantity", due=picking.step.value)
        taken = attrs.evolve(picking, in_hand=0).took(line.sku_id, positive(qty), state.lot, line.sku_code)
        return _held(attrs.evolve(state, line=line.number), taken, walk, sight)
    match = choose(scanned.code, scanned.found, ("product", "unit", "location"), expected=line.sku_code)
    if match.what == "location":
        return Step(attrs.evolve(state, here=picking.at_location(match.name).here, line=line.number, pending=None))
    if match.what == "unit":
        _, units = picking.placed(match.name)
        return _confirmed(state, units, walk, sight)
    taken = picking.took(SkuId(match.key), match.qty, match.lot, match.name)
    return _held(_with_piece(state, line, match, scanned), taken, walk, sight)


def _with_piece(state: PickState, line: PickLine, match: Match, scanned: Scanned) -> PickState:
    """With the lot and the number of the piece. Raises SamePiece."""
    known = state.serials if state.line == line.number and state.in_hand else ()
    serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
    if serial and serial in known:
        raise SamePiece(serial=serial)
    serials = (*known, serial) if serial else known
    return attrs.evolve(state, line=line.number, lot=match.lot, serials=serials)


def _held(state: PickState, taken: tuple[Picking, PickedUnits | None], walk: WalkSeen, sight: OutboundSight) -> Step[PickState]:
    picking, units = taken
    if units is None:
        return Step(attrs.evolve(state, here=picking.here, in_hand=picking.in_hand, pending=None))
    return _confirmed(state, units, walk, sight)


def _confirmed(state: PickState, units: PickedUnits, walk: WalkSeen, sight: OutboundSight) -> Step[PickState]:
    line = units.line
    cmd = ConfirmPick(walk.run.id, line.location, line.sku_id, units.qty, state.lot, line.slot, state.serials)
    picked = says(MessageLevel.SUCCESS, "picked", qty=units.qty)
    return Step(state.fresh, picked, Deed(confirm_pick, cmd), _ended(state.fresh, sight, picked))


def _pass_over(state: PickState, walk: WalkSeen) -> Step[PickState]:
    """The stopped orders leave the walk; what is in hand for them is laid back."""
    again = Deed(start_picking, StartPicking(state.warehouse_id, walk.unit_id, walk.run.id))
    return Step(state.fresh, _alarm(walk.stopped), again)


def _alarm(stopped: tuple[Stopped, ...]) -> StationMessage:
    numbers = ", ".join(one.number for one in stopped)
    units = " ".join(dict.fromkeys(one.unit for one in stopped if one.unit))
    if units:
        return says(MessageLevel.STOP, "interrupted", number=numbers, slot=units)
    return says(MessageLevel.STOP, "walk-stopped", number=numbers)


def _ended(state: PickState, sight: OutboundSight, message: StationMessage) -> Callable[[PickRun], Step[PickState]]:
    """What is said once the walk went on; at its end too which of the goods on the cart nobody wants any more."""

    def told(run: PickRun) -> Step[PickState]:
        if run.state is not RunState.DONE:
            return Step(state, message)
        left = sight.left_behind(run)
        return Step(state, _alarm(left) if left else says(MessageLevel.SUCCESS, "walk-done"))

    return told


# -- commands


def _command(state: PickState, scanned: Scanned, command: Command, walk: WalkSeen, sight: OutboundSight) -> Step[PickState]:
    picking, run = _at(state, walk), walk.run
    if command in (Command.YES, Command.NO):
        empty = command is Command.YES
        picking.answered(empty=empty)
        told = says(MessageLevel.SUCCESS, "answer-noted") if empty else says(MessageLevel.WARNING, "count-wanted")
        return Step(state.fresh, told, Deed(answer_zero_check, AnswerZeroCheck(run.id, empty)), _ended(state.fresh, sight, told))
    if command is Command.SKIP:
        picking.skipped()
        return Step(state.fresh, says(MessageLevel.INFO, "line-skipped"), Deed(skip_line, SkipLine(run.id)))
    if command is Command.SHORT:
        return _short(state, scanned, walk, picking)
    if command is Command.DONE:
        _, units = picking.put_down()
        return _confirmed(state, units, walk, sight)
    if command is Command.UNDO and (picking.in_hand or state.here):
        return Step(attrs.evolve(state.fresh, line=state.line, here=state.here if picking.in_hand else ""), _TAKEN_BACK)
    if command is Command.CANCEL:
        return _leave(state, scanned, walk, sight)
    raise not_now(command)


_TAKEN_BACK: Final = says(MessageLevel.INFO, "taken-back")


def _short(state: PickState, scanned: Scanned, walk: WalkSeen, picking: Picking) -> Step[PickState]:
    """The place holds no more: asked once more, then the six steps. Raises NotNow away from the place or with goods in hand."""
    if picking.step is not PickStep.PRODUCT or picking.in_hand:
        raise NotNow(deed="a short pick", due="slot" if picking.in_hand else picking.step.value)
    line = _line(picking)
    asked = confirm(state.pending, f"short at {line.number}", scanned.code)
    if asked is not None:
        message = says(MessageLevel.WARNING, "confirm-short", location=line.location, goods=line.sku_code, qty=line.rest_qty)
        return Step(attrs.evolve(state, line=line.number, here=picking.here, pending=asked), message)

    def told(answer: ShortReported) -> Step[PickState]:
        missing = sum(one.share.qty for one in answer.missing)
        if missing:
            return Step(state.fresh, says(MessageLevel.WARNING, "line-short", qty=missing))
        return Step(state.fresh, says(MessageLevel.SUCCESS, "found-elsewhere"))

    return Step(state.fresh, None, Deed(report_short, ReportShort(walk.run.id, line.location)), told)


def _leave(state: PickState, scanned: Scanned, walk: WalkSeen, sight: OutboundSight) -> Step[PickState]:
    """The walk is free for others, with the cart as it is."""
    asked = confirm(state.pending, f"leave {walk.run.id}", scanned.code)
    if asked is not None:
        message = says(MessageLevel.WARNING, "confirm-leave", wave=walk.run.wave_number)
        return Step(attrs.evolve(state, pending=asked), message)
    left = says(MessageLevel.INFO, "walk-left", unit=sight.unit(walk.unit_id).barcode)
    return Step(state.fresh, left, Deed(leave_walk, LeaveWalk(walk.run.id)))


# -- the screen


def show(state: PickState, sight: OutboundSight) -> View:
    """What is due, how many of it, and the lines that come then."""
    walk = sight.walk()
    if walk is None:
        return View(phrase("prompt.wave" if state.run_id is None else "prompt.cart"))
    picking = _at(state, walk)
    prompt, digits = _due(picking)
    waiting = [picking.numbered(number) for number in picking.queue[:MOST_ROWS]]
    rows = tuple((one.location, one.sku_code, one.slot, str(one.rest_qty)) for one in waiting)
    unit = sight.unit(walk.unit_id).barcode
    facts = (("label.wave", walk.run.wave_number), ("label.unit", unit), ("label.lines", str(len(picking.queue))))
    return View(prompt, digits, facts, COLUMNS, rows)


def _due(picking: Picking) -> tuple[Phrase, str]:
    line = picking.line
    if picking.asked is not None:
        return phrase("prompt.zero-check", location=picking.asked[0]), ""
    if line is None:
        return phrase("prompt.go-on"), ""
    if picking.step is PickStep.LOCATION:
        return phrase("prompt.location", location=line.location), ""
    rest = line.rest_qty - picking.in_hand
    if picking.step is PickStep.SLOT:
        return phrase("prompt.slot", slot=line.slot), str(picking.in_hand)
    return phrase("prompt.product", sku=line.sku_code, rest=rest), str(rest)
