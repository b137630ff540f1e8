"""What carriers push and what they answer when asked for a track: verified at the door, each piece of news taken once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import attrs

from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.application.shipping.ports import BY_NUMBER, EVENTS_UNDER, CarrierPush, KeptEvent, ShippingTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.shipping.events import ParcelDelivered, ParcelReturning
from houtai.domain.shipping.tracking import Outcome, TrackEvent
from houtai.domain.shipping.waybill import ENDED, OPEN, Waybill, WaybillState

MAX_EVENTS = 1_000


@attrs.frozen
class ReceivePush:
    """A push of `carrier` whose signature was verified; `raw` is what it said word for word, empty for an asked track."""

    carrier: str
    events: tuple[TrackEvent, ...] = attrs.field(metadata={SECRET: True}, validator=limits.at_most(MAX_EVENTS))
    raw: str = attrs.field(default="", metadata={SECRET: True})


@attrs.frozen
class PushReceipt:
    """What became of the events: how many were new, how many known, and how many of numbers that are none of ours."""

    new: int
    repeated: int
    parked: int


@needs("shipping.receive-push")
def receive_carrier_push(tx: ShippingTx, cmd: ReceivePush, act: Act) -> PushReceipt:
    """Take a carrier's news, each piece once, in whatever order and however often they come."""
    if cmd.raw:
        digest = hashlib.blake2b(cmd.raw.encode(), digest_size=16).hexdigest()
        if tx.carrier_pushes.find((cmd.carrier, digest)) is None:
            tx.carrier_pushes.add(CarrierPush(cmd.carrier, digest, act.at, cmd.raw))
    waybills = _waybills(tx, cmd)
    told = {event.key: event for event in sorted(cmd.events, key=lambda event: event.at)}
    known = tx.waybill_events.many((cmd.carrier, key) for key in told)
    parked = 0
    for key, event in told.items():
        if (cmd.carrier, key) in known:
            continue
        waybill = waybills.get(event.number)
        outcome = Outcome.PARKED if waybill is None else waybill.judge(event)
        parked += outcome is Outcome.PARKED
        tx.waybill_events.add(KeptEvent(cmd.carrier, event, waybill.id if waybill else None, act.at, outcome))
        if waybill is not None:
            waybills[event.number] = _follow(tx, waybill, event, outcome, act)
    return PushReceipt(len(told) - len(known), len(cmd.events) - len(told) + len(known), parked)


def _waybills(tx: ShippingTx, cmd: ReceivePush) -> dict[str, Waybill]:
    """The waybills under these numbers, locked; of several under one number the one that lives, else the last."""
    numbers = sorted({event.number for event in cmd.events})
    found: dict[str, Waybill] = {}
    held: Sequence[Waybill] = tx.waybills.lock_by(BY_NUMBER, *((cmd.carrier, number) for number in numbers)) if numbers else ()
    for waybill in sorted(held, key=lambda one: (one.state not in ENDED, one.created_at)):
        found[waybill.number] = waybill
    return found


def take_parked(tx: ShippingTx, waybill: Waybill, act: Act) -> Waybill:
    """The waybill after the news that came under its number before we knew that the number was its own, in the carrier's order.

    What was parked stays told as it was: the waybill's timeline says what it did. News from before the waybill was asked for is
    of an earlier parcel whose number was given out again.
    """
    parked = [
        kept.event
        for kept in tx.waybill_events.by(EVENTS_UNDER, (waybill.carrier, waybill.number))
        if kept.waybill_id is None and kept.received_at >= waybill.created_at
    ]
    for event in sorted(parked, key=lambda event: (event.at, event.key)):
        waybill = _follow(tx, waybill, event, waybill.judge(event), act)
    return waybill


def _follow(tx: ShippingTx, waybill: Waybill, event: TrackEvent, outcome: Outcome, act: Act) -> Waybill:
    state = waybill.state_by(event)
    if outcome is not Outcome.MOVED or state is None:
        if (
            outcome is Outcome.NOTED
            and waybill.state not in ENDED | OPEN
            and (waybill.news_at is None or event.at > waybill.news_at)
        ):
            noted = attrs.evolve(waybill, news_at=event.at)
            tx.waybills.save(noted)
            return noted
        return waybill
    moved = attrs.evolve(waybill.moved(state), news_at=event.at)
    tx.waybills.save(moved)
    write_line(tx, act, "waybill", moved, state.value, before=waybill.state, details={"code": event.code})
    if state is WaybillState.DELIVERED:
        tx.emit(ParcelDelivered(moved.id, moved.parcel_id))
    if state in (WaybillState.RETURNING, WaybillState.RETURNED) and waybill.state is not WaybillState.RETURNING:
        tx.emit(ParcelReturning(moved.id, moved.parcel_id))
    return moved
