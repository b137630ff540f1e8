"""The golden cases of goods on their way out, by name, through use cases and on every adapter (G-28, G-31, G-32, G-33)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houtai.application.office import Office
from houtai.application.outbound.arrivals import CancelTransfer, WriteOffGap, cancel_transfer, write_off_gap
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.weigh import AcceptWeight, SendBack, accept_weight, send_back
from houtai.application.printing.request import Reprint, reprint
from houtai.application.printing.track import RecordOutcome, begin_sending, record_outcome
from houtai.application.shipping.answers import RecordVoidAnswer, record_void_answer
from houtai.application.shipping.pool import OpenPool, RecordNumbers, open_pool, record_numbers
from houtai.domain.ids import PoolId, PrintJobId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.refusals import ChoiceNeeded, Intercepted, MustReturn, NotWeighed
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.transfer import Gap, GapReason, RoadChoice, TransferState
from houtai.domain.outbound.weighing import WeighVerdict
from houtai.domain.outbound.work import PickState
from houtai.domain.printing.job import Outcome, Result
from houtai.domain.refusal import Forbidden
from houtai.domain.shipping.answer import CarrierAnswer, Standing, VoidAnswer
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.shipping.pool import PoolTerms
from houtai.domain.shipping.waybill import WaybillState
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.between import Between
from tests.outbound.dispatch import Dispatch
from tests.outbound.floor import Floor
from tests.outbound.test_intercept import MOMENTS


@pytest.fixture
def between(office: Office, clock: StillClock) -> Between:
    return Between(Shop(office, clock))


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


def test_g28_ten_sent_eight_received_two_written_off(between: Between) -> None:
    sent = between.sent(CUP=10)
    assert (sent.state, sent.outstanding_qty, between.books()) == (TransferState.IN_TRANSIT, 10, (25_000, 5_000, 0))
    part = between.receive(sent, 8)
    assert (part.state, part.outstanding_qty, between.books()) == (TransferState.PARTIALLY_RECEIVED, 2, (29_000, 1_000, 0))
    lost = WriteOffGap(sent.id, Gap(1, 2, GapReason.LOST), part.version, "fell off the lorry")
    done = between.office.perform(write_off_gap, lost, between.act)
    assert (done.state, done.outstanding_qty, between.books()) == (TransferState.RECEIVED, 0, (29_000, 0, 1_000))
    assert (between.on_hand("CUP"), between.on_hand("CUP", between.west)) == (0, 8)
    assert between.story(sent) == ["created", "ready", "sent", "received", "written off"]


@pytest.mark.parametrize(
    ("choice", "left", "books"),
    [(RoadChoice.RETURN_TO_SOURCE, 10, (30_000, 0, 0)), (RoadChoice.WRITE_OFF, 0, (25_000, 0, 5_000))],
)
def test_g28_cancelled_on_the_road_both_ways(
    between: Between, choice: RoadChoice, left: int, books: tuple[int, int, int]
) -> None:
    sent = between.sent(CUP=10)
    with pytest.raises(ChoiceNeeded):
        between.office.perform(cancel_transfer, CancelTransfer(sent.id, "not wanted"), between.act)
    over = between.office.perform(cancel_transfer, CancelTransfer(sent.id, "not wanted", choice), between.act)
    assert (over.state, over.outstanding_qty, between.books()) == (TransferState.CANCELLED, 0, books)
    assert (between.on_hand("CUP"), between.on_hand("CUP", between.west)) == (left, 0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_g31_intercepted_before_the_hand_over_wherever_it_stands(
    dispatch: Dispatch, moment: Callable[[Dispatch, Order], None]
) -> None:
    order = dispatch.shop.paid(CUP=2)
    moment(dispatch, order)
    manifest = dispatch.manifest()
    assert dispatch.cancel(order).state is OrderState.CANCELLED
    sent = dispatch.sent(order)
    with pytest.raises(Intercepted):
        sent.check_not_stopped()
    off = [row.qty for row in dispatch.rows(sent.id) if row.state is PickState.PICKED]
    for parcel in dispatch.parcels(sent.id):
        with pytest.raises(Intercepted):
            dispatch.scan(manifest.id, parcel.number)
    if off:
        sent = dispatch.put_back(sent, "CUP", sum(off))
    assert (sent.state, dispatch.promised(sent.id)) == (OutboundState.CANCELLED, 0)
    assert {one.state for one in dispatch.waybills(sent.id)} <= {WaybillState.VOIDING}
    assert sum(refund.amount.minor for refund in dispatch.shop.refunds(order)) == order.payable_minor


def test_g31_after_the_hand_over_it_is_a_return(dispatch: Dispatch) -> None:
    order = dispatch.shop.paid(CUP=1)
    dispatch.shipped(order)
    with pytest.raises(MustReturn):
        dispatch.office.perform(intercept_order, InterceptOrder(dispatch.sent(order).id, "refund"), dispatch.act)


@pytest.mark.parametrize(("off_g", "verdict"), [(-300, WeighVerdict.TOO_LIGHT), (300, WeighVerdict.TOO_HEAVY)])
def test_g32_a_weight_that_does_not_fit_low_and_high(dispatch: Dispatch, off_g: int, verdict: WeighVerdict) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    found = dispatch.weigh(parcel, off_g=off_g)
    assert (found.weighed.verdict, found.parcel.state) == (verdict, ParcelState.SEALED)
    manifest = dispatch.manifest()
    with pytest.raises(NotWeighed):
        dispatch.scan(manifest.id, sent.waybill)
    with pytest.raises(Forbidden):
        dispatch.office.perform(accept_weight, AcceptWeight(parcel.id, "a thicker box"), dispatch.act)
    dispatch.office.perform(accept_weight, AcceptWeight(parcel.id, "a thicker box"), another(dispatch.act))
    assert dispatch.scan(manifest.id, sent.waybill).parcel_count == 1


def test_g32_back_at_the_bench_everything_is_checked_again(dispatch: Dispatch) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    dispatch.weigh(parcel, off_g=300)
    back = dispatch.office.perform(send_back, SendBack(sent.id, "a piece too many"), dispatch.act)
    assert (back.state, [line.checked_qty for line in back.lines]) == (OutboundState.PICKED, [0])
    dispatch.check(sent.id)
    (again,) = dispatch.pack(sent.id)
    assert (again.id, dispatch.weigh(again).parcel.state) == (parcel.id, ParcelState.WEIGHED)


def test_g33_a_waybill_is_printed_again_under_its_number_and_recycled_by_a_cancel(floor: Floor) -> None:
    pool = PoolId(new_id())
    terms = PoolTerms(block_qty=2, alarm_qty=0, recycled=True)
    opened = floor.office.perform(open_pool, OpenPool(pool, "embedded", terms), floor.act)
    floor.office.perform(record_numbers, RecordNumbers(pool, opened.blocks, ("HT1", "HT2")), floor.act)
    order = floor.shop.paid(CUP=1)
    (sent,) = floor.hand_over(order).outbound
    floor.wave(sent)
    floor.answer(sent, CarrierAnswer(Standing.DONE, Label("HT1", LabelFormat.ZPL, b"^XA^XZ")))
    (job,) = floor.jobs()
    sending = floor.office.perform(begin_sending, job.id, floor.act)
    floor.office.perform(record_outcome, RecordOutcome(sending.job.id, sending.job.attempt, Outcome(Result.DONE)), floor.act)
    for count in (1, 2):
        again = floor.office.perform(reprint, Reprint(job=PrintJobId(new_id()), of=job.id, reason="torn"), floor.act)
        assert (again.subject, again.reprint_no, again.payload["waybill"]) == ("HT1", count, "HT1")
    assert floor.now(sent).waybill == "HT1"
    floor.shop.cancel(order)
    (waybill,) = floor.waybills(sent)
    floor.office.perform(record_void_answer, RecordVoidAnswer(waybill.id, VoidAnswer(Standing.DONE)), floor.act)
    floor.wave(floor.released(CUP=1))
    third = floor.released(CUP=1)
    floor.wave(third)
    assert [one.number for one in floor.waybills(third)] == ["HT1"]
    floor.answer(third, CarrierAnswer(Standing.DONE, Label("HT1", LabelFormat.ZPL, b"^XA^XZ")))
    assert floor.now(third).state is OutboundState.PRINTED
