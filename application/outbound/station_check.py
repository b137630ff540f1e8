"""The flow of the bench: waybill first, then every piece, or the fast lane where the piece finds its order; then packing."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.check import (
    BeginCheck,
    CheckAnew,
    CheckInLane,
    CheckPiece,
    begin_check,
    check_anew,
    check_in_lane,
    check_piece,
)
from houtai.application.outbound.station_pack import PackingState, pack_step, show_packing
from houtai.application.outbound.station_sight import OutboundSight, stop_message
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import OutboundId, SkuId, WarehouseId, WaveId
from houtai.domain.outbound.checking import Checking
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import BenchCheck
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Confirming, choose, confirm

COLUMNS: Final = ("label.product", "label.title", "label.checked", "label.qty")


@attrs.frozen
class CheckState:
    """The wave of the fast lane, if it is one; the order on the bench; and, once all of it is checked, how it is packed.

    `last` is the product whose number may be typed.
    """

    wave_id: WaveId | None = None
    outbound_id: OutboundId | None = None
    last: SkuId | None = None
    packing: PackingState | None = None
    pending: Confirming | None = None

    @property
    def next(self) -> CheckState:
        """The bench is clear; the lane stays."""
        return CheckState(self.wave_id)


def begin(_: WarehouseId) -> CheckState:
    """Nothing on the bench."""
    return CheckState()


def step(state: CheckState, scanned: Scanned, sight: OutboundSight) -> Step[CheckState]:
    """Go on. Raises what `choose` raises, NotInOrder, OverQuantity, NoOrderWants, StepTooEarly, AlreadyChecked, NotNow.

    An order that was stopped meanwhile leaves the bench with an alarm, and the scan is not used.
    """
    if state.outbound_id is None:
        return _first(state, scanned, sight)
    order = sight.order(state.outbound_id)
    if order.stopped:
        return Step(state.next, stop_message(order))
    if scanned.code.command is Command.CANCEL:
        return Step(state.next, says(MessageLevel.INFO, "begun-anew"))
    if order.state is OutboundState.PICKED:
        return _piece(state, scanned, order, sight)
    if order.state is OutboundState.CHECKED:
        made = pack_step(state.packing or PackingState(sight.proposed(order.id)), scanned, order)
        if made.deed is not None:
            return Step(state.next, made.message, made.deed)
        return Step(attrs.evolve(state, packing=made.state), made.message)
    return Step(state.next, says(MessageLevel.WARNING, "drawn-anew"))


def _first(state: CheckState, scanned: Scanned, sight: OutboundSight) -> Step[CheckState]:
    """A waybill or a wave; in the lane a piece as well."""
    command = scanned.code.command
    if command in (Command.UNDO, Command.CANCEL) and state.wave_id is not None:
        return Step(CheckState(), says(MessageLevel.INFO, "begun-anew"))
    if command is not None:
        raise not_now(command)
    wanted = ("order", "stopped-order", "wave") if state.wave_id is None else ("product", "order", "stopped-order", "wave")
    match = choose(scanned.code, scanned.found, wanted)
    if match.what == "product":
        assert state.wave_id is not None, "pieces come first in a lane only"
        deed = Deed(check_in_lane, CheckInLane(state.wave_id, SkuId(match.key)))
        return Step(state, deed=deed, then=lambda order: _found(state, order, sight))
    if match.what == "wave":
        if sight.lane(WaveId(match.key)) is None:
            raise NotFound(what="fast lane of wave", key=match.name)
        return Step(CheckState(WaveId(match.key)))
    order = sight.order(OutboundId(match.key))
    if order.stopped:
        return Step(state.next, stop_message(order))
    if order.state is OutboundState.CHECKED:
        return Step(_packing(state, order, sight), says(MessageLevel.INFO, "order-checked"))
    on_bench = attrs.evolve(state.next, outbound_id=order.id)
    return Step(on_bench, deed=Deed(begin_check, BeginCheck(order.number)))


def _found(state: CheckState, order: OutboundOrder, sight: OutboundSight) -> Step[CheckState]:
    """The piece found its order: to the box with a label that is being printed, else the next piece until its number comes."""
    if not order.waybill:
        return Step(state.next, says(MessageLevel.INFO, "label-asked", number=order.number))
    message = says(MessageLevel.SUCCESS, "label-printing", waybill=order.waybill)
    return Step(_packing(state, order, sight), message)


def _packing(state: CheckState, order: OutboundOrder, sight: OutboundSight) -> CheckState:
    return attrs.evolve(state.next, outbound_id=order.id, packing=PackingState(sight.proposed(order.id)))


def _piece(state: CheckState, scanned: Scanned, order: OutboundOrder, sight: OutboundSight) -> Step[CheckState]:
    if scanned.code.command is Command.UNDO:
        return _anew(state, scanned, order)
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    qty = typed_qty(scanned)
    if qty is not None and state.last is not None:
        cmd = CheckPiece(order.id, state.last, _more(positive(qty), state.last, sight.checking(order.id)))
    else:
        match = choose(scanned.code, scanned.found, ("product",), expected=order.number)
        serial = "" if scanned.code.gs1 is None else scanned.code.gs1.serial
        cmd = CheckPiece(order.id, SkuId(match.key), match.qty, match.lot, serial)
    counted = attrs.evolve(state, last=cmd.sku, pending=None)
    return Step(counted, deed=Deed(check_piece, cmd), then=lambda bench: _counted(counted, bench, order, sight))


def _more(qty: int, sku_id: SkuId, checking: Checking | None) -> int:
    """How many more pieces make so many in all."""
    lines = () if checking is None else checking.lines
    before = sum(line.checked_qty for line in lines if line.sku_id == sku_id)
    if qty <= before:
        raise InvalidValue(field="qty", rule=f"must be more than the {before} that are checked; C-UNDO begins anew")
    return qty - before


def _counted(state: CheckState, bench: BenchCheck, order: OutboundOrder, sight: OutboundSight) -> Step[CheckState]:
    if bench.checking.done:
        return Step(_packing(state, order, sight), says(MessageLevel.SUCCESS, "order-checked"))
    checked, qty = _so_far(bench.checking)
    return Step(state, says(MessageLevel.SUCCESS, "checked", checked=checked, qty=qty))


def _so_far(checking: Checking) -> tuple[int, int]:
    return sum(line.checked_qty for line in checking.lines), sum(line.qty for line in checking.lines)


def _anew(state: CheckState, scanned: Scanned, order: OutboundOrder) -> Step[CheckState]:
    asked = confirm(state.pending, f"anew {order.number}", scanned.code)
    if asked is not None:
        return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-check-anew", number=order.number))
    again = CheckState(state.wave_id, order.id)
    return Step(again, says(MessageLevel.INFO, "begun-anew"), Deed(check_anew, CheckAnew(order.id)))


def show(state: CheckState, sight: OutboundSight) -> View:
    """The pieces of the order with how many are checked, or how it is packed."""
    if state.outbound_id is None:
        if state.wave_id is None:
            return View(phrase("prompt.waybill"))
        lane = sight.lane(state.wave_id)
        waiting = 0 if lane is None else len(lane.lane.waiting)
        return View(phrase("prompt.fast-lane"), str(waiting), (("label.wave", sight.wave(state.wave_id).number),))
    order = sight.order(state.outbound_id)
    facts = (("label.order", order.number), ("label.waybill", order.waybill))
    checking = sight.checking(order.id)
    if order.state is not OutboundState.PICKED or checking is None:
        return show_packing(state.packing or PackingState(), order, facts)
    checked, qty = _so_far(checking)
    rows = tuple((*sight.product(line.sku_id), str(line.checked_qty), str(line.qty)) for line in checking.lines if line.rest_qty)
    return View(phrase("prompt.check", checked=checked, qty=qty), str(qty - checked), facts, COLUMNS, rows)
