"""Waybills on every adapter: further parcels have their own, the fast lane prints after the scan, and silence becomes a case."""

from __future__ import annotations

import datetime as dt

import pytest

from houtai.application.customers.keep import EraseCustomer, erase_customer
from houtai.application.office import Office
from houtai.application.outbound.check import CheckInLane, check_in_lane
from houtai.application.outbound.labels import PrintLabels, ask_again, print_labels
from houtai.application.outbound.pack import PackedParcel
from houtai.application.outbound.weigh import SendBack, send_back
from houtai.application.permission import needs
from houtai.application.shipping.answers import (
    MAX_ASKS,
    RecordWaybillAnswer,
    SettleWaybill,
    record_waybill_answer,
    settle_waybill,
)
from houtai.application.shipping.dispatcher import TakeWaybillQuestions, take_waybill_questions
from houtai.application.shipping.ports import OF_PARCEL, ShippingViews
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.shipping.queries import list_waybill_events
from houtai.domain.act import Act
from houtai.domain.customers.customer import ERASED_NAME
from houtai.domain.ids import ParcelId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Content, Parcel, ParcelState
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.tracking import Outcome, TrackEvent, TrackState
from houtai.domain.shipping.waybill import Waybill, WaybillState
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.dispatch import Dispatch
from tests.outbound.way import Way


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def memory_dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


@needs("tests.read")
def _of_parcel(views: ShippingViews, query: ParcelId, act: Act) -> list[Waybill]:
    return views.waybills.by(OF_PARCEL, query)


def own(dispatch: Dispatch, parcel: Parcel) -> list[Waybill]:
    return dispatch.office.ask(_of_parcel, parcel.id, dispatch.act)


def answered(dispatch: Dispatch, parcel: Parcel, answer: CarrierAnswer | None = None, number: str = "HT-OWN") -> Waybill:
    waybill = next(one for one in own(dispatch, parcel) if one.state in (WaybillState.REQUESTED, WaybillState.UNKNOWN))
    said = answer or CarrierAnswer(Standing.DONE, Label(number, LabelFormat.ZPL, b"^XA^XZ"))
    return dispatch.office.perform(record_waybill_answer, RecordWaybillAnswer(waybill.id, said), dispatch.act)


def in_two(dispatch: Dispatch) -> tuple[OutboundOrder, Parcel, Parcel]:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    one = (Content(1, dispatch.shop.sku["CUP"], 1),)
    first, second = dispatch.pack(sent.id, PackedParcel("B", one), PackedParcel("B", one))
    return dispatch.sent_by_id(sent.id), first, second


def parcel_of(dispatch: Dispatch, parcel: Parcel) -> Parcel:
    return next(one for one in dispatch.parcels(parcel.outbound_id) if one.id == parcel.id)


def test_a_further_parcel_goes_with_a_waybill_of_its_own(dispatch: Dispatch) -> None:
    sent, first, second = in_two(dispatch)
    manifest = dispatch.manifest()
    for parcel in (first, second):
        dispatch.weigh(parcel)
    with pytest.raises(StepTooEarly, match="no waybill number"):
        dispatch.scan(manifest.id, second.number)
    answered(dispatch, second)
    assert (parcel_of(dispatch, first).waybill, parcel_of(dispatch, second).waybill) == (sent.waybill, "HT-OWN")
    for code in (sent.waybill, "HT-OWN"):
        dispatch.scan(manifest.id, code)
    dispatch.close(manifest.id)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.SHIPPED


def test_an_order_is_delivered_with_the_last_of_its_waybills(dispatch: Dispatch) -> None:
    sent, first, second = in_two(dispatch)
    answered(dispatch, second)
    manifest = dispatch.manifest()
    for parcel in (first, second):
        dispatch.weigh(parcel)
        dispatch.scan(manifest.id, parcel.number)
    dispatch.close(manifest.id)
    states = []
    for number in (sent.waybill, "HT-OWN"):
        news(dispatch, number, TrackState.DELIVERED)
        states.append(dispatch.sent_by_id(sent.id).state)
    assert states == [OutboundState.SHIPPED, OutboundState.DELIVERED]


def test_what_arrived_before_its_list_was_closed_is_delivered_with_it(dispatch: Dispatch) -> None:
    orders = [dispatch.shop.paid(CUP=1) for _ in range(2)]
    fast, slow = (dispatch.weighed(order) for order in orders)
    manifest = dispatch.manifest()
    for sent in (fast, slow):
        dispatch.scan(manifest.id, sent.waybill)
    news(dispatch, fast.waybill, TrackState.DELIVERED)
    assert dispatch.sent_by_id(fast.id).state is OutboundState.WEIGHED
    dispatch.close(manifest.id)
    states = [dispatch.sent_by_id(sent.id).state for sent in (fast, slow)]
    assert states == [OutboundState.DELIVERED, OutboundState.SHIPPED]
    assert dispatch.shop.order(orders[0]).complete_at is not None


def test_a_refused_number_of_a_parcel_is_asked_for_again(dispatch: Dispatch) -> None:
    sent, _, second = in_two(dispatch)
    answered(dispatch, second, CarrierAnswer(Standing.REFUSED, error="out of range"))
    dispatch.office.perform(ask_again, sent.id, dispatch.act)
    assert sorted(one.state.value for one in own(dispatch, second)) == ["refused", "requested"]
    dispatch.office.perform(ask_again, sent.id, dispatch.act)
    assert len(own(dispatch, second)) == 2
    answered(dispatch, second)
    assert parcel_of(dispatch, second).waybill == "HT-OWN"


def test_packed_otherwise_the_number_of_the_spare_parcel_is_void(dispatch: Dispatch) -> None:
    sent, _, second = in_two(dispatch)
    answered(dispatch, second)
    dispatch.office.perform(send_back, SendBack(sent.id, "one box is enough"), dispatch.act)
    dispatch.check(sent.id)
    dispatch.pack(sent.id)
    assert [one.state for one in own(dispatch, second)] == [WaybillState.VOIDING]
    assert parcel_of(dispatch, second).state is ParcelState.DISSOLVED


def test_all_numbers_of_a_stopped_order_are_void_and_late_ones_taken_by_nobody(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=2)
    sent = dispatch.check(dispatch.picked(order).id)
    one = (Content(1, dispatch.shop.sku["CUP"], 1),)
    _, second = dispatch.pack(sent.id, PackedParcel("B", one), PackedParcel("B", one))
    dispatch.cancel(order)
    answered(dispatch, second)
    assert [waybill.state for waybill in own(dispatch, second)] == [WaybillState.VOIDING]
    assert parcel_of(dispatch, second).waybill == ""


def news(dispatch: Dispatch | Way, number: str, state: TrackState, minutes: int = 0) -> None:
    at = dispatch.act.at + dt.timedelta(minutes=minutes)
    event = TrackEvent(number, state, at)
    dispatch.office.perform(receive_carrier_push, ReceivePush("embedded", (event,)), dispatch.act)


def test_news_that_comes_before_its_number_counts_once_the_number_is_known(dispatch: Dispatch) -> None:
    _, _, second = in_two(dispatch)
    news(dispatch, "HT-OWN", TrackState.IN_TRANSIT, minutes=2)
    news(dispatch, "HT-OWN", TrackState.PICKED_UP, minutes=1)
    assert answered(dispatch, second).state is WaybillState.IN_TRANSIT
    (waybill,) = own(dispatch, second)
    told = dispatch.office.ask(list_waybill_events, waybill.id, dispatch.act)
    assert [(kept.event.state, kept.outcome) for kept in told] == [
        (TrackState.PICKED_UP, Outcome.PARKED),
        (TrackState.IN_TRANSIT, Outcome.PARKED),
    ]


def test_news_of_an_earlier_parcel_under_the_same_number_does_not_count(memory_dispatch: Dispatch) -> None:
    news(memory_dispatch, "HT-OWN", TrackState.DELIVERED)
    memory_dispatch.shop.clock.advance(days=30)
    _, _, second = in_two(memory_dispatch)
    assert answered(memory_dispatch, second).state is WaybillState.BOUND


def test_a_carrier_that_does_not_say_is_a_case_until_it_is_known(dispatch: Dispatch) -> None:
    _, _, second = in_two(dispatch)
    silence = CarrierAnswer(Standing.NO_ANSWER, error="timeout")
    answered(dispatch, second, silence)
    for _ in range(MAX_ASKS):
        dispatch.shop.clock.advance(hours=2)
        dispatch.office.perform(take_waybill_questions, TakeWaybillQuestions(10, 60), dispatch.act)
        answered(dispatch, second, silence)
    assert dispatch.shop.cases() == ["waybill-overdue"]
    (waybill,) = own(dispatch, second)
    settled = SettleWaybill(waybill.id, waybill.version, "they gave it on the telephone", "HT-TOLD")
    dispatch.office.perform(settle_waybill, settled, dispatch.act)
    assert (dispatch.shop.cases(), parcel_of(dispatch, second).waybill) == ([], "HT-TOLD")


def test_the_fast_lane_prints_its_label_when_the_number_comes_after_the_scan(office: Office, clock: StillClock) -> None:
    way = Way(Shop(office, clock))
    sent = way.released(CUP=1)
    made = way.wave(sent, shape=BasketShape.SINGLE, method=PickMethod.SINGLE)
    way.walked(way.start(way.new_tote()))
    way.office.perform(check_in_lane, CheckInLane(made.wave.id, way.shop.sku["CUP"]), way.act)
    assert way.jobs() == []
    way.answer(sent)
    (job,) = way.jobs()
    assert (job.subject, way.now(sent).state) == (way.now(sent).waybill, OutboundState.CHECKED)


def test_without_a_printer_the_fast_lane_prints_on_the_one_that_is_named(memory_office: Office, clock: StillClock) -> None:
    way = Way(Shop(memory_office, clock))
    way.dispatch(expected_version=2, label_printer=None, zero_check=False)
    sent = way.released(CUP=1)
    made = way.wave(sent, shape=BasketShape.SINGLE, method=PickMethod.SINGLE)
    way.walked(way.start(way.new_tote()))
    way.office.perform(check_in_lane, CheckInLane(made.wave.id, way.shop.sku["CUP"]), way.act)
    way.answer(sent)
    assert way.jobs() == []
    for _ in range(2):
        way.office.perform(print_labels, PrintLabels(made.wave.id, way.printer), way.act)
    assert [job.subject for job in way.jobs()] == [way.now(sent).waybill]


def test_who_is_erased_is_gone_from_what_was_sent_as_soon_as_the_order_is_over(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=1)
    dispatch.waved(dispatch.released(order))
    dispatch.office.perform(erase_customer, EraseCustomer(dispatch.shop.buyer, 1), dispatch.act)
    sent = dispatch.sent(order)
    assert sent.receiver.recipient == "王小明"
    dispatch.cancel(order)
    assert (dispatch.sent(order).receiver.recipient, dispatch.sent(order).receiver.street) == (ERASED_NAME, "")
