"""What came of telling and asking a carrier: recorded in a transaction of its own, after the call (R-19)."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.application.shipping.pool import take_number_back
from houtai.application.shipping.ports import LIVE_NUMBER, ShippingTx, WaybillLabel
from houtai.application.shipping.pushes import take_parked
from houtai.application.shipping.void import ask_to_void
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import WaybillId
from houtai.domain.refusal import IllegalMove, VersionConflict
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.events import WaybillBound, WaybillOverdue, WaybillRefused, WaybillVoided
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.refusals import NumberTaken
from houtai.domain.shipping.waybill import MOVES, Waybill, WaybillState

MAX_ASKS: Final = 12
FIRST_PAUSE_S: Final = 30
LONGEST_PAUSE_S: Final = 3_600
OVERDUE_PAUSE_S: Final = 86_400
_WAITING: Final = (WaybillState.REQUESTED, WaybillState.UNKNOWN)


def next_question(at: dt.datetime, asks: int) -> dt.datetime:
    """When to ask after `asks` questions: 30 s, 1 min … an hour; once a day when a person has been told. Never never."""
    pause_s = OVERDUE_PAUSE_S if asks >= MAX_ASKS else min(FIRST_PAUSE_S * 2**asks, LONGEST_PAUSE_S)
    return at + dt.timedelta(seconds=pause_s)


@attrs.frozen
class RecordWaybillAnswer:
    """What the carrier said about the waybill."""

    waybill: WaybillId
    answer: CarrierAnswer = attrs.field(metadata={SECRET: True})


@attrs.frozen
class RecordVoidAnswer:
    """What the carrier said about voiding it."""

    waybill: WaybillId
    answer: VoidAnswer


@attrs.frozen
class SettleWaybill:
    """What a person learned of an unknown one: its number, or (empty) that the carrier has none."""

    waybill: WaybillId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))
    number: str = attrs.field(default="", validator=limits.text(0, 64))


@needs("shipping.record-answer")
def record_waybill_answer(tx: ShippingTx, cmd: RecordWaybillAnswer, act: Act) -> Waybill:
    """Take a carrier's answer, or that there was none: then its outcome is unknown until it is asked. Raises NotFound."""
    waybill = tx.waybills.lock_one(cmd.waybill)
    if waybill.state not in _WAITING:
        return waybill
    answer = cmd.answer
    if answer.standing is Standing.DONE and answer.label is not None:
        if _is_taken(tx, waybill, answer.label.number):
            return _unknown(tx, waybill, f"number {answer.label.number} stands on another waybill", act)
        return _bind(tx, waybill, answer.label, act)
    if answer.standing is Standing.REFUSED:
        return _refuse(tx, waybill, answer.error, act)
    if answer.standing is Standing.NOT_KNOWN and waybill.void_wanted:
        return _end(tx, waybill, act)
    return _unknown(tx, waybill, answer.error, act)


@needs("shipping.record-answer")
def record_void_answer(tx: ShippingTx, cmd: RecordVoidAnswer, act: Act) -> Waybill:
    """Take a carrier's answer to a wish to void; one that it refuses is bound as before. Raises NotFound."""
    waybill = tx.waybills.lock_one(cmd.waybill)
    if waybill.state is not WaybillState.VOIDING:
        return waybill
    if cmd.answer.standing is Standing.DONE:
        return _end(tx, waybill, act)
    if cmd.answer.standing is Standing.REFUSED:
        kept = attrs.evolve(waybill.moved(WaybillState.BOUND, error=cmd.answer.error), void_wanted=False)
        return _save(tx, waybill, kept, "void refused", act)
    return _ask_later(tx, waybill, act)


@needs("shipping.settle")
def settle_waybill(tx: ShippingTx, cmd: SettleWaybill, act: Act) -> Waybill:
    """Say how an unknown waybill stands, on a person's word.

    Raises NotFound, VersionConflict, NumberTaken, and IllegalMove for one that is not unknown.
    """
    waybill = tx.waybills.lock_one(cmd.waybill)
    if waybill.version != cmd.expected_version:
        key = str(cmd.waybill)
        raise VersionConflict(what="waybill", key=key, expected_version=cmd.expected_version, current_version=waybill.version)
    if waybill.state is not WaybillState.UNKNOWN:
        legal = tuple(sorted(state.value for state in MOVES[waybill.state]))
        raise IllegalMove(what="waybill", current=waybill.state.value, wanted="settled", legal=legal)
    if not cmd.number:
        return _end(tx, waybill, act)
    if _is_taken(tx, waybill, cmd.number):
        raise NumberTaken(carrier=waybill.carrier, number=cmd.number)
    return _bind(tx, waybill, Label(cmd.number, LabelFormat.OPAQUE, b""), act)


def _is_taken(tx: ShippingTx, waybill: Waybill, number: str) -> bool:
    other = tx.waybills.first(LIVE_NUMBER, (waybill.carrier, number))
    return other is not None and other.id != waybill.id


def _bind(tx: ShippingTx, waybill: Waybill, label: Label, act: Act) -> Waybill:
    if waybill.pooled and waybill.number != label.number:
        return _unknown(tx, waybill, f"the carrier bound {label.number} in place of {waybill.number}", act)
    bound = _save(tx, waybill, waybill.bound(label), "bound", act)
    tx.waybill_labels.add(WaybillLabel(waybill.id, label.format, label.content, label.children))
    charge = label.charge
    minor, currency = (charge.minor, charge.currency) if charge else (None, "")
    tx.emit(WaybillBound(bound.id, bound.parcel_id, bound.carrier, bound.number, minor, currency))
    bound = take_parked(tx, bound, act)
    return ask_to_void(tx, bound, act) if bound.void_wanted and bound.state is WaybillState.BOUND else bound


def _refuse(tx: ShippingTx, waybill: Waybill, error: str, act: Act) -> Waybill:
    refused = _save(tx, waybill, waybill.moved(WaybillState.REFUSED, error=error), "refused", act)
    take_number_back(tx, refused, act)
    tx.emit(WaybillRefused(refused.id, refused.parcel_id, refused.carrier, refused.error))
    return refused


def _end(tx: ShippingTx, waybill: Waybill, act: Act) -> Waybill:
    voided = _save(tx, waybill, waybill.moved(WaybillState.VOIDED), "voided", act)
    take_number_back(tx, voided, act)
    tx.emit(WaybillVoided(voided.id, voided.parcel_id, voided.carrier, voided.number))
    return voided


def _unknown(tx: ShippingTx, waybill: Waybill, error: str, act: Act) -> Waybill:
    if waybill.state is WaybillState.UNKNOWN:
        return _ask_later(tx, attrs.evolve(waybill, error=error[:500]), act)
    unknown = waybill.moved(WaybillState.UNKNOWN, ask_at=next_question(act.at, waybill.asks), asks=waybill.asks, error=error)
    return _save(tx, waybill, unknown, "no answer", act)


def _ask_later(tx: ShippingTx, waybill: Waybill, act: Act) -> Waybill:
    if waybill.asks == MAX_ASKS:
        tx.emit(WaybillOverdue(waybill.id, waybill.parcel_id, waybill.carrier))
    later = attrs.evolve(waybill, ask_at=next_question(act.at, waybill.asks))
    tx.waybills.save(later)
    return later


def _save(tx: ShippingTx, before: Waybill, after: Waybill, event: str, act: Act) -> Waybill:
    tx.waybills.save(after)
    details = {"carrier": after.carrier, "number": after.number}
    write_line(tx, act, "waybill", after, event, before=before.state, details=details)
    return after
