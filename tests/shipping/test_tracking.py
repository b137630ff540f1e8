"""News of a parcel: taken once, in whatever order it comes, kept for good, believed only where the carrier signed it."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

from houtai.domain.shipping.events import ParcelDelivered, ParcelReturning
from houtai.domain.shipping.refusals import PushMalformed, PushNotGenuine
from houtai.domain.shipping.tracking import Outcome, TrackState
from houtai.domain.shipping.waybill import FOLLOWS, MOVES, WaybillState
from tests.shipping.dock import Dock

WAY = (TrackState.PICKED_UP, TrackState.IN_TRANSIT, TrackState.OUT_FOR_DELIVERY, TrackState.DELIVERED)


def test_a_parcel_goes_its_way_and_arrives_once(dock: Dock) -> None:
    waybill = dock.request()
    for minutes_ago, state in zip((40, 30, 20, 10), WAY, strict=True):
        dock.carrier.happen(dock.waybill(waybill).number, state, minutes_ago=minutes_ago)
    receipts = dock.bring_all(copies=2)
    assert [(receipt.new, receipt.repeated) for receipt in receipts] == [(1, 0), (0, 1)] * 4
    assert dock.state(waybill) is WaybillState.DELIVERED
    assert [event.waybill_id for event in dock.events(ParcelDelivered)] == [waybill]
    assert [kept.event.state for kept in dock.news(waybill)] == list(WAY)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_whatever_the_order_of_the_news_the_latest_counts(memory_dock: Dock, order: tuple[int, ...]) -> None:
    waybill = memory_dock.request()
    for minutes_ago, state in zip((40, 30, 20, 10), WAY, strict=True):
        memory_dock.carrier.happen(memory_dock.waybill(waybill).number, state, minutes_ago=minutes_ago)
    pushes = memory_dock.carrier.pushes()
    for place in order:
        memory_dock.bring(pushes[place])
    assert memory_dock.state(waybill) is WaybillState.DELIVERED


def test_what_comes_back_is_returned_and_announced_once(dock: Dock) -> None:
    waybill = dock.request()
    steps = (TrackState.PICKED_UP, TrackState.EXCEPTION, TrackState.RETURNING, TrackState.DELIVERED)
    for minutes_ago, state in zip((40, 30, 20, 10), steps, strict=True):
        dock.carrier.happen(dock.waybill(waybill).number, state, minutes_ago=minutes_ago)
    dock.bring_all()
    assert dock.state(waybill) is WaybillState.RETURNED
    assert (len(dock.events(ParcelReturning)), dock.events(ParcelDelivered)) == (1, [])


def test_asking_for_the_track_tells_what_no_push_told_and_the_late_push_adds_nothing(dock: Dock) -> None:
    waybill = dock.request()
    dock.carrier.happen(dock.waybill(waybill).number, TrackState.PICKED_UP)
    assert dock.dispatcher.track(waybill).new == 1
    assert dock.state(waybill) is WaybillState.PICKED_UP
    assert [receipt.repeated for receipt in dock.bring_all()] == [1]


def test_news_of_a_strange_number_is_parked(dock: Dock) -> None:
    dock.carrier.happen("SOMEBODY ELSE", TrackState.PICKED_UP)
    assert [receipt.parked for receipt in dock.bring_all()] == [1]


def test_news_of_a_voided_waybill_contradicts_and_is_kept_for_a_person(dock: Dock) -> None:
    waybill = dock.request()
    number = dock.waybill(waybill).number
    dock.void(waybill)
    dock.carrier.happen(number, TrackState.DELIVERED)
    dock.bring_all()
    assert (dock.state(waybill), [kept.outcome for kept in dock.news(waybill)]) == (WaybillState.VOIDED, [Outcome.CONTRADICTS])


def test_a_push_of_another_key_of_changed_bytes_or_of_another_time_is_not_genuine(memory_dock: Dock) -> None:
    dock = memory_dock
    now = dock.clock.now()
    right = dock.carrier.signed(b'{"events": []}', now)
    old = dock.carrier.signed(right.raw, now - dt.timedelta(minutes=6))
    to_come = dock.carrier.signed(right.raw, now + dt.timedelta(minutes=6))
    assert dock.carrier.parse_push(right.headers, right.raw, now) == ()
    for headers, raw in (
        (right.headers, right.raw + b" "),
        ({}, right.raw),
        (old.headers, old.raw),
        (to_come.headers, right.raw),
    ):
        with pytest.raises(PushNotGenuine):
            dock.carrier.parse_push(headers, raw, now)


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[]", json.dumps({"events": [{"number": "1"}]}).encode()])
def test_what_is_signed_and_malformed_is_told_so(memory_dock: Dock, raw: bytes) -> None:
    now = memory_dock.clock.now()
    with pytest.raises(PushMalformed):
        memory_dock.carrier.parse_push(memory_dock.carrier.signed(raw, now).headers, raw, now)


def test_a_carriers_words_never_hold_what_a_screen_takes_for_a_command(memory_dock: Dock) -> None:
    waybill = memory_dock.request()
    memory_dock.carrier.happen(memory_dock.waybill(waybill).number, TrackState.PICKED_UP, "here\x1b[2J\r\n" + "x" * 900)
    memory_dock.bring_all()
    (kept,) = memory_dock.news(waybill)
    assert (kept.event.text.startswith("here[2Jx"), len(kept.event.text)) == (True, 500)


def test_every_kind_of_news_leads_somewhere_and_every_state_is_reached() -> None:
    reached = {state for legal in MOVES.values() for state in legal} | {WaybillState.REQUESTED}
    assert (set(FOLLOWS) | {TrackState.ACCEPTED}, reached) == (set(TrackState), set(WaybillState))
