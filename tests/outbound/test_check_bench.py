"""The bench on every adapter: pieces counted once, boxes proposed, parcels that hold exactly what was checked, and the scale."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from houtai.application.catalog.define import EditCategory, edit_category
from houtai.application.catalog.queries import GetProduct, GetSku, get_product, get_sku
from houtai.application.office import Office
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
from houtai.application.outbound.configure import SetBox, SetDispatch, set_box, set_dispatch
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.pack import PackedParcel, ProposeBox, propose_box
from houtai.application.outbound.weigh import AcceptWeight, SendBack, WeighParcel, accept_weight, send_back, weigh_parcel
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import BoxId, new_id
from houtai.domain.outbound.checking import AlreadyChecked, NoOrderWants, NotInOrder, OverQuantity
from houtai.domain.outbound.parcel import Content, ParcelState
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.outbound.refusals import Intercepted, ParcelsDiffer, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.weighing import LEARN_FROM, CategoryTolerance, WeighTolerance, WeighVerdict
from houtai.domain.refusal import Forbidden, NotFound
from tests.catalog.arrange import another, some_category
from tests.conftest import StillClock
from tests.orders.shop import GOODS, Shop
from tests.outbound.dispatch import BOX, CARRIER, Dispatch
from tests.shipping.dock import SENDER


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def memory_dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


def scan(dispatch: Dispatch, outbound: Any, code: str, qty: int = 1) -> Any:
    return dispatch.office.perform(check_piece, CheckPiece(outbound, dispatch.shop.sku[code], qty), dispatch.act)


def test_the_last_piece_makes_the_order_checked(dispatch: Dispatch) -> None:
    sent = dispatch.picked(dispatch.shop.paid(CUP=2, BOWL=1))
    bench = dispatch.office.perform(begin_check, BeginCheck(sent.waybill), dispatch.act)
    assert [(line.sku_code, line.qty) for line in bench.checking.lines] == [("CUP", 2), ("BOWL", 1)]
    scan(dispatch, sent.id, "CUP")
    scan(dispatch, sent.id, "BOWL")
    assert dispatch.sent_by_id(sent.id).state is OutboundState.PICKED
    assert scan(dispatch, sent.id, "CUP").checking.done
    assert dispatch.sent_by_id(sent.id).state is OutboundState.CHECKED


def test_a_scan_that_is_refused_counts_nothing(dispatch: Dispatch) -> None:
    sent = dispatch.picked(dispatch.shop.paid(CUP=2))
    dispatch.office.perform(begin_check, BeginCheck(sent.waybill), dispatch.act)
    scan(dispatch, sent.id, "CUP")
    with pytest.raises(OverQuantity):
        scan(dispatch, sent.id, "CUP", 2)
    with pytest.raises(NotInOrder):
        scan(dispatch, sent.id, "FAN")
    bench = dispatch.office.perform(begin_check, BeginCheck(sent.number), dispatch.act)
    assert [line.checked_qty for line in bench.checking.lines] == [1]


def test_a_checked_waybill_says_so_and_an_unpicked_order_waits(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.check(memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1)).id)
    with pytest.raises(AlreadyChecked):
        memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), memory_dispatch.act)
    early = memory_dispatch.released(memory_dispatch.shop.paid(CUP=1))
    with pytest.raises(StepTooEarly):
        memory_dispatch.office.perform(begin_check, BeginCheck(early.number), memory_dispatch.act)
    with pytest.raises(NotFound):
        memory_dispatch.office.perform(begin_check, BeginCheck("nothing"), memory_dispatch.act)


def test_a_check_may_begin_again(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=2))
    memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), memory_dispatch.act)
    scan(memory_dispatch, sent.id, "CUP")
    bench = memory_dispatch.office.perform(check_anew, CheckAnew(sent.id), memory_dispatch.act)
    assert (bench.checking.pieces, [line.checked_qty for line in bench.checking.lines]) == ((), [0])


def test_every_scan_is_a_look_whether_somebody_stopped_the_order(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=2))
    memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), memory_dispatch.act)
    scan(memory_dispatch, sent.id, "CUP")
    memory_dispatch.office.perform(intercept_order, InterceptOrder(sent.id, "refund"), memory_dispatch.act)
    for refused in (
        lambda: scan(memory_dispatch, sent.id, "CUP"),
        lambda: memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), memory_dispatch.act),
        lambda: memory_dispatch.pack(sent.id),
    ):
        with pytest.raises(Intercepted):
            refused()


def test_in_the_fast_lane_the_piece_finds_its_order_and_passes_stopped_ones(dispatch: Dispatch) -> None:
    first, second = (dispatch.released(dispatch.shop.paid(CUP=1)) for _ in range(2))
    wave = dispatch.waved(first, second, shape=BasketShape.SINGLE)
    for one in (first, second):
        dispatch.pick(one.id)
    dispatch.office.perform(intercept_order, InterceptOrder(first.id, "refund"), dispatch.act)
    piece = CheckInLane(wave, dispatch.shop.sku["CUP"])
    found = dispatch.office.perform(check_in_lane, piece, dispatch.act)
    assert (found.id, found.state) == (second.id, OutboundState.CHECKED)
    with pytest.raises(NoOrderWants):
        dispatch.office.perform(check_in_lane, piece, dispatch.act)


def test_the_bench_of_another_warehouse_or_merchant_is_out_of_reach(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1))
    elsewhere = Grant("outbound.check", {Dimension.WAREHOUSE: frozenset({new_id()})})
    of_others = Grant("outbound.check", {Dimension.MERCHANT: frozenset({new_id()})})
    with pytest.raises(Forbidden):
        memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), another(memory_dispatch.act, grants=(elsewhere,)))
    with pytest.raises(NotFound):
        memory_dispatch.office.perform(begin_check, BeginCheck(sent.waybill), another(memory_dispatch.act, grants=(of_others,)))


def test_parcels_hold_exactly_what_was_checked(dispatch: Dispatch) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    cup = dispatch.shop.sku["CUP"]
    with pytest.raises(ParcelsDiffer):
        dispatch.pack(sent.id, PackedParcel("B", (Content(1, cup, 1),)))
    with pytest.raises(NotFound, match="pack box"):
        dispatch.pack(sent.id, PackedParcel("NONE"))
    first, second = dispatch.pack(sent.id, PackedParcel("B", (Content(1, cup, 1),)), PackedParcel("", (Content(1, cup, 1),)))
    assert (first.state, first.waybill, first.tare_g) == (ParcelState.SEALED, sent.waybill, 200)
    assert (second.number, second.waybill, second.tare_g) == (f"{sent.number}-2", "", 0)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.PACKED


def test_nothing_is_packed_before_its_check(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1))
    with pytest.raises(StepTooEarly):
        memory_dispatch.pack(sent.id)


def test_goods_without_sizes_are_left_out_of_the_proposal(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1))
    proposal = memory_dispatch.office.ask(propose_box, ProposeBox(sent.id), memory_dispatch.act)
    assert (proposal.boxes, proposal.too_large) == ((), ())


def test_a_parcel_within_tolerance_goes_on(dispatch: Dispatch) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    found = dispatch.weigh(parcel, off_g=15)
    assert (found.weighed.verdict, found.parcel.state, found.parcel.weight_g) == (WeighVerdict.FITS, ParcelState.WEIGHED, 815)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.WEIGHED
    assert dispatch.weigh(parcel, off_g=1).earlier_g == 815


def test_the_void_fill_of_a_box_is_part_of_what_its_parcel_should_weigh(dispatch: Dispatch) -> None:
    stuffed = SetBox(id=BoxId(new_id()), expected_version=0, box=attrs.evolve(BOX, code="B-FILLED", filler_g=40))
    dispatch.office.perform(set_box, stuffed, dispatch.act)
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id, PackedParcel("B-FILLED"))
    assert (parcel.tare_g, parcel.filler_g) == (200, 40)
    found = dispatch.weigh(parcel, off_g=45).weighed
    assert (found.verdict, found.expected_g, found.weight_g) == (WeighVerdict.FITS, 840, 845)


def test_a_parcel_may_differ_as_the_nearest_category_of_its_goods_says(dispatch: Dispatch) -> None:
    office, act = dispatch.office, dispatch.act
    product = office.ask(get_sku, GetSku(dispatch.shop.sku["CUP"]), act).product_id
    tea = office.ask(get_product, GetProduct(product), act).product.category_id
    above = some_category(office, act, "KITCHEN")
    office.perform(edit_category, EditCategory(tea, 1, "茶具", above), act)
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    settings: dict[str, Any] = {"warehouse": dispatch.shop.warehouse, "sender": SENDER, "carriers": (CARRIER,)}
    strict, wide = CategoryTolerance(above, WeighTolerance(2, 0)), CategoryTolerance(tea, WeighTolerance(200, 0))
    office.perform(set_dispatch, SetDispatch(expected_version=1, category_tolerances=(strict,), **settings), act)
    assert dispatch.weigh(parcel, off_g=3).weighed.blocks
    office.perform(set_dispatch, SetDispatch(expected_version=2, category_tolerances=(strict, wide), **settings), act)
    assert dispatch.weigh(parcel, off_g=-190).parcel.state is ParcelState.WEIGHED


@pytest.mark.parametrize(("off_g", "verdict"), [(-300, WeighVerdict.TOO_LIGHT), (300, WeighVerdict.TOO_HEAVY)])
def test_g32_a_weight_out_of_tolerance_blocks_until_the_check_is_done_again(
    memory_dispatch: Dispatch, off_g: int, verdict: WeighVerdict
) -> None:
    dispatch = memory_dispatch
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    found = dispatch.weigh(parcel, off_g=off_g)
    assert (found.weighed.verdict, found.weighed.blocks, found.parcel.state) == (verdict, True, ParcelState.SEALED)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.PACKED
    dispatch.office.perform(send_back, SendBack(sent.id, "weight differs"), dispatch.act)
    again = dispatch.check(sent.id)
    (packed,) = dispatch.pack(again.id)
    assert dispatch.weigh(packed).parcel.state is ParcelState.WEIGHED


def test_g32_on_every_adapter_a_second_person_accepts_a_weight_and_says_why(dispatch: Dispatch) -> None:
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    (parcel,) = dispatch.pack(sent.id)
    dispatch.weigh(parcel, off_g=300)
    wish = AcceptWeight(parcel.id, "a thicker box")
    with pytest.raises(Forbidden):
        dispatch.office.perform(accept_weight, wish, dispatch.act)
    accepted = dispatch.office.perform(accept_weight, wish, another(dispatch.act))
    assert (accepted.state, accepted.weight_g) == (ParcelState.WEIGHED, 1_100)
    assert dispatch.sent_by_id(sent.id).state is OutboundState.WEIGHED
    with pytest.raises(StepTooEarly):
        dispatch.office.perform(accept_weight, wish, another(dispatch.act))


def test_a_weighed_parcel_that_is_out_of_tolerance_later_goes_back_to_the_bench(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.weighed(memory_dispatch.shop.paid(CUP=2))
    (parcel,) = memory_dispatch.parcels(sent.id)
    assert memory_dispatch.weigh(parcel, off_g=400).parcel.state is ParcelState.OPEN
    assert memory_dispatch.sent_by_id(sent.id).state is OutboundState.PICKED


def test_a_parcel_is_packed_before_it_is_weighed(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.check(memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1)).id)
    with pytest.raises(NotFound):
        memory_dispatch.office.perform(weigh_parcel, WeighParcel(sent.waybill, 500), memory_dispatch.act)
    (parcel,) = memory_dispatch.pack(sent.id)
    memory_dispatch.weigh(parcel, off_g=400)
    memory_dispatch.office.perform(send_back, SendBack(sent.id, "weight differs"), memory_dispatch.act)
    with pytest.raises(StepTooEarly):
        memory_dispatch.weigh(parcel)


def test_the_box_that_is_not_used_again_is_dissolved(memory_dispatch: Dispatch) -> None:
    dispatch = memory_dispatch
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    one = (Content(1, dispatch.shop.sku["CUP"], 1),)
    dispatch.pack(sent.id, PackedParcel("B", one), PackedParcel("B", one))
    dispatch.office.perform(send_back, SendBack(sent.id, "one box is enough"), dispatch.act)
    dispatch.check(sent.id)
    dispatch.pack(sent.id)
    assert sorted(parcel.state.value for parcel in dispatch.parcels(sent.id)) == ["dissolved", "sealed"]


def test_goods_without_a_weight_block_nothing_and_teach(
    memory_office: Office, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GOODS, "CUP", (9990, 0))
    dispatch, verdicts = Dispatch(Shop(memory_office, clock)), []
    for _ in range(LEARN_FROM + 1):
        sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=1)).id)
        (parcel,) = dispatch.pack(sent.id)
        scale = WeighParcel(parcel.number, parcel.tare_g + 450)
        verdicts.append(dispatch.office.perform(weigh_parcel, scale, dispatch.act).weighed.verdict)
    assert verdicts == [WeighVerdict.UNKNOWN] * LEARN_FROM + [WeighVerdict.FITS]


def test_a_stopped_parcel_is_not_weighed(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.check(memory_dispatch.picked(memory_dispatch.shop.paid(CUP=1)).id)
    (parcel,) = memory_dispatch.pack(sent.id)
    memory_dispatch.office.perform(intercept_order, InterceptOrder(sent.id, "refund"), memory_dispatch.act)
    with pytest.raises(Intercepted):
        memory_dispatch.weigh(parcel)
