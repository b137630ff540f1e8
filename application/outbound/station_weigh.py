"""The flow of the scale: parcel, weight typed or sent; out of tolerance, a supervisor's badge or back to the bench."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.accept_by_badge import AcceptByBadge, accept_by_badge
from houtai.application.outbound.station_sight import OutboundSight, parcel_meant, stop_message
from houtai.application.outbound.weigh import ParcelWeighed, SendBack, WeighParcel, send_back, weigh_parcel
from houtai.application.warehouse.station_sight import Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import ParcelId, StaffId, WarehouseId
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.weighing import WeighVerdict
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scale import reading_g
from houtai.domain.warehouse.scan import Confirming, choose, confirm
from houtai.domain.warehouse.work import NoSuchChoice

REASONS: Final = ("reason.wrapping", "reason.catalogue", "reason.checked-again", "reason.other")
"""Why a weight may differ, by the number that is typed; kept in English."""


@attrs.frozen
class WeighState:
    """The parcel on the scale, and the supervisor who is asked for a reason."""

    parcel_id: ParcelId | None = None
    supervisor: StaffId | None = None
    pending: Confirming | None = None


def begin(_: WarehouseId) -> WeighState:
    """Nothing on the scale."""
    return WeighState()


def step(state: WeighState, scanned: Scanned, sight: OutboundSight) -> Step[WeighState]:
    """Go on. Raises what `choose` raises, StepTooEarly before packing, OnManifest, UnsteadyScale, Forbidden, NotNow."""
    if state.parcel_id is None:
        return _parcel(state, scanned, sight)
    parcel = sight.parcel(state.parcel_id)
    order = sight.order(parcel.outbound_id)
    if order.stopped:
        return Step(WeighState(), stop_message(order))
    if scanned.code.command is not None:
        return _command(state, scanned.code.command, parcel)
    if state.supervisor is not None:
        return _reason(state.supervisor, scanned, parcel)
    grams = reading_g(scanned.code.text)
    typed = typed_qty(scanned) if grams is None else None
    weight = positive(typed) if typed is not None else grams
    if weight is None:
        match = choose(scanned.code, scanned.found, ("staff",) if _waits(parcel) else (), expected="g")
        return Step(attrs.evolve(state, supervisor=StaffId(match.key)))
    deed = Deed(weigh_parcel, WeighParcel(parcel.number, weight))
    return Step(state, deed=deed, then=lambda answer: _weighed(state, answer))


def _waits(parcel: Parcel) -> bool:
    """Whether a weight out of tolerance waits for somebody's word."""
    return parcel.state is ParcelState.SEALED and parcel.weighed_at is not None


def _parcel(state: WeighState, scanned: Scanned, sight: OutboundSight) -> Step[WeighState]:
    if scanned.code.command is Command.CANCEL:
        return Step(WeighState(), says(MessageLevel.INFO, "begun-anew"))
    if scanned.code.command is not None:
        raise not_now(scanned.code.command)
    parcel, order = parcel_meant(scanned, sight, "weighed")
    if parcel is None or order.stopped:
        return Step(WeighState(), stop_message(order))
    if parcel.state is ParcelState.WEIGHED:
        asked = confirm(state.pending, f"weigh {parcel.number} again", scanned.code)
        if asked is not None:
            message = says(MessageLevel.WARNING, "confirm-reweigh", weight=parcel.weight_g)
            return Step(WeighState(pending=asked), message)
    return Step(WeighState(parcel.id))


def _weighed(state: WeighState, answer: ParcelWeighed) -> Step[WeighState]:
    found = answer.weighed
    if found.verdict is WeighVerdict.FITS:
        return Step(WeighState(), says(MessageLevel.SUCCESS, "weight-fits", weight=found.weight_g))
    if found.verdict is WeighVerdict.UNKNOWN:
        return Step(WeighState(), says(MessageLevel.SUCCESS, "weight-unknown", weight=found.weight_g))
    code = "weight-too-light" if found.verdict is WeighVerdict.TOO_LIGHT else "weight-too-heavy"
    facts = {"weight": found.weight_g, "expected": found.expected_g, "allowed": found.allowed_g}
    back = not _waits(answer.parcel)
    return Step(WeighState() if back else state, says(MessageLevel.ERROR, code, **facts))


def _command(state: WeighState, command: Command, parcel: Parcel) -> Step[WeighState]:
    if command is Command.CANCEL or (command is Command.UNDO and state.supervisor is None):
        return Step(WeighState(), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO:
        return Step(WeighState(parcel.id), says(MessageLevel.INFO, "taken-back"))
    if command is Command.NO and _waits(parcel):
        reason = f"parcel {parcel.number} weighs {parcel.weight_g} g"
        deed = Deed(send_back, SendBack(parcel.outbound_id, reason))
        return Step(WeighState(), says(MessageLevel.WARNING, "sent-back"), deed)
    raise not_now(command)


def _reason(supervisor: StaffId, scanned: Scanned, parcel: Parcel) -> Step[WeighState]:
    text = scanned.code.text
    if text not in {str(number) for number in range(1, len(REASONS) + 1)}:
        raise NoSuchChoice(scanned=scanned.code.shown)
    reason = REASONS[int(text) - 1].removeprefix("reason.").replace("-", " ")
    deed = Deed(accept_by_badge, AcceptByBadge(parcel.id, supervisor, reason))
    return Step(WeighState(), says(MessageLevel.SUCCESS, "weight-accepted", weight=parcel.weight_g), deed)


def show(state: WeighState, sight: OutboundSight) -> View:
    """The parcel, and what to do with a weight that does not fit."""
    if state.parcel_id is None:
        return View(phrase("prompt.weigh"))
    parcel = sight.parcel(state.parcel_id)
    facts = (("label.waybill", parcel.waybill), ("label.parcel", parcel.number))
    if state.supervisor is not None:
        rows = tuple((str(number), code) for number, code in enumerate(REASONS, start=1))
        return View(phrase("prompt.reason"), str(parcel.weight_g), facts, ("label.key", "label.reason"), rows)
    if _waits(parcel):
        return View(phrase("prompt.weight-differs"), str(parcel.weight_g), facts)
    return View(phrase("prompt.weight"), "", facts)
