"""A number that somebody has voided by hand is replaced while its order still goes; where numbers run out, orders stay out by name."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.labels import ask_again
from houtai.application.outbound.waves import UndoWave, undo_wave
from houtai.application.shipping.answers import RecordVoidAnswer, RecordWaybillAnswer, record_void_answer, record_waybill_answer
from houtai.application.shipping.pool import OpenPool, RecordNumbers, open_pool, record_numbers
from houtai.application.shipping.void import VoidWaybill, void_waybill
from houtai.domain.ids import PoolId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.pool import PoolTerms
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.dispatch import Dispatch
from tests.outbound.floor import CARRIERS, Floor


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


def void(floor: Floor, order: OutboundOrder) -> None:
    """By hand, and the carrier agrees."""
    waybill = floor.waybills(order)[-1]
    floor.office.perform(void_waybill, VoidWaybill(waybill.id, "the label is spoilt"), floor.act)
    floor.office.perform(record_void_answer, RecordVoidAnswer(waybill.id, VoidAnswer(Standing.DONE)), floor.act)


def answer(floor: Floor, order: OutboundOrder, number: str) -> None:
    floor.answer(order, CarrierAnswer(Standing.DONE, Label(number, LabelFormat.ZPL, b"^XA^XZ")))


def numbers(floor: Floor, count: int) -> None:
    """So many numbers of the first carrier in stock, none of the second, and no more for now."""
    for carrier, qty in zip(CARRIERS, (count, 0), strict=True):
        wish = OpenPool(PoolId(new_id()), carrier, PoolTerms(block_qty=9, alarm_qty=0))
        opened = floor.office.perform(open_pool, wish, floor.act)
        given = tuple(f"HT{place}" for place in range(1, qty + 1))
        floor.office.perform(record_numbers, RecordNumbers(opened.id, opened.blocks, given), floor.act)


def test_a_printed_order_whose_number_is_void_gets_another_and_its_label(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    floor.printed(sent)
    first = floor.now(sent).waybill
    void(floor, sent)
    bare = floor.now(sent)
    assert (bare.waybill, bare.state) == ("", OutboundState.PRINTED)
    floor.office.perform(ask_again, sent.id, floor.act)
    assert [one.state for one in floor.waybills(sent)] == [WaybillState.VOIDED, WaybillState.REQUESTED]
    answer(floor, sent, "HT-NEXT")
    assert (floor.now(sent).waybill, floor.now(sent).state) == ("HT-NEXT", OutboundState.PRINTED)
    assert {job.subject for job in floor.jobs()} == {first, "HT-NEXT"}


def test_an_order_out_of_its_wave_whose_number_is_void_gets_another_with_the_next(floor: Floor) -> None:
    sent = floor.released(CUP=1)
    made = floor.printed(sent)
    floor.office.perform(undo_wave, UndoWave(made.wave.id, "too late for today"), floor.act)
    void(floor, sent)
    assert (floor.now(sent).waybill, floor.now(sent).state) == ("", OutboundState.NEW)
    floor.wave(sent)
    answer(floor, sent, "HT-NEXT")
    assert (floor.now(sent).waybill, floor.now(sent).state) == ("HT-NEXT", OutboundState.PRINTED)


def test_a_weighed_order_goes_back_to_the_bench_off_its_manifest(office: Office, clock: StillClock) -> None:
    dispatch = Dispatch(Shop(office, clock))
    sent = dispatch.weighed(dispatch.shop.paid(CUP=2))
    manifest = dispatch.manifest()
    dispatch.scan(manifest.id, sent.waybill)
    (waybill,) = dispatch.waybills(sent.id)
    office.perform(void_waybill, VoidWaybill(waybill.id, "the label is spoilt"), dispatch.act)
    office.perform(record_void_answer, RecordVoidAnswer(waybill.id, VoidAnswer(Standing.DONE)), dispatch.act)
    (parcel,) = dispatch.parcels(sent.id)
    back = dispatch.sent_by_id(sent.id)
    assert (back.state, back.waybill, parcel.state, parcel.waybill) == (OutboundState.PICKED, "", ParcelState.OPEN, "")
    assert (dispatch.manifest_now(manifest.id).parcel_count, parcel.manifest_number) == (0, "")
    office.perform(ask_again, sent.id, dispatch.act)
    label = Label("HT-NEXT", LabelFormat.ZPL, b"^XA^XZ")
    asked = next(one for one in dispatch.waybills(sent.id) if one.state is WaybillState.REQUESTED)
    office.perform(record_waybill_answer, RecordWaybillAnswer(asked.id, CarrierAnswer(Standing.DONE, label)), dispatch.act)
    dispatch.check(sent.id)
    (again,) = dispatch.pack(sent.id)
    dispatch.weigh(again)
    dispatch.scan(manifest.id, "HT-NEXT")
    dispatch.close(manifest.id)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.SHIPPED


def test_an_order_for_which_no_carrier_has_a_number_stays_out_by_name_with_its_bins_free(floor: Floor) -> None:
    numbers(floor, 2)
    sent = [floor.released(CUP=1) for _ in range(3)]
    made = floor.wave(*sent)
    (out,) = made.left_out
    assert (out.number, out.reason) == (sent[2].number, "no carrier has a waybill number")
    assert [floor.now(one).state for one in sent] == [OutboundState.WAVED, OutboundState.WAVED, OutboundState.NEW]
    assert [line.allocated_qty for line in floor.now(sent[2]).lines] == [0]
    assert sum(free for _, free in floor.lies("CUP").values()) == 8


def test_a_wave_for_which_there_is_no_number_at_all_is_refused_by_name(floor: Floor) -> None:
    numbers(floor, 1)
    first, second = floor.released(CUP=1), floor.released(CUP=1)
    floor.wave(first)
    with pytest.raises(StepTooEarly, match="no carrier has a waybill number"):
        floor.wave(second)
    assert floor.now(second).state is OutboundState.NEW


def test_asking_again_for_one_order_says_that_there_is_no_number(floor: Floor) -> None:
    numbers(floor, 1)
    sent: Any = floor.released(CUP=1)
    floor.wave(sent)
    answer(floor, sent, "HT1")
    void(floor, sent)
    assert floor.now(sent).waybill == ""
    with pytest.raises(NoCarrierLeft):
        floor.office.perform(ask_again, sent.id, floor.act)
