"""Orders of one buyer go out in one parcel, on every adapter: who may, what it costs, by hand and by itself, the way to the van."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from houtai.application.orders.hold import HoldOrder, hold_order
from houtai.application.orders.merge import MergeOrders, UndoMerge, merge_orders, undo_merge
from houtai.application.orders.merging import MergeProposal, ProposeMerges, propose_merges
from houtai.application.orders.release import release_confirmed
from houtai.application.orders.timers import run_due_timers
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.queries import ListOutbound, list_outbound
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.shipping.ports import OF_PARCEL, ShippingTx
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.ids import OrderId, OutboundId, WaybillId, new_id
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.refusals import NotMergeable, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Forbidden, NotFound
from houtai.domain.shipping.events import ParcelDelivered
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.orders.shop import HOME
from tests.orders.test_ship import messages
from tests.outbound.together import Together, floor, memory_floor, second_warehouse

__all__ = ["floor", "memory_floor"]

S = OutboundState


# -- merged


def test_orders_of_one_buyer_become_one_outbound_order_whose_lines_name_theirs(floor: Together) -> None:
    first, second = floor.shop.paid(CUP=2), floor.shop.paid(CUP=1, POT=1)
    sent = floor.joint(first, second)
    assert [(line.source_id, line.source_line, line.sku_code, line.qty) for line in sent.lines] == [
        (first.id, 1, "CUP", 2),
        (second.id, 1, "CUP", 1),
        (second.id, 2, "POT", 1),
    ]
    assert (sent.source_id, sent.source_number) == (None, f"{first.number}, {second.number}")
    assert [floor.shop.order(one).state for one in (first, second)] == [OrderState.RELEASED] * 2
    assert floor.sent(first) == floor.sent(second) == [sent]


def test_a_joint_order_is_found_by_each_of_its_orders(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(CUP=1)]
    sent = floor.joint(*orders)
    alone = floor.released(BOWL=1)
    for order in orders:
        found = floor.office.ask(list_outbound, ListOutbound(Page(), source=order.id), floor.act).items
        assert [row.order.id for row in found] == [sent.id]
    found = floor.office.ask(list_outbound, ListOutbound(Page(), source=alone.source_id), floor.act).items
    assert [row.order.id for row in found] == [alone.id]


def test_goods_go_to_the_one_warehouse_that_has_all_of_both(floor: Together) -> None:
    other = second_warehouse(floor, CUP=1)
    floor.shop.paid(CUP=9)
    first, second = floor.shop.paid(POT=1), floor.shop.paid(CUP=2)
    assert {place for _, place in floor.reserved_for(second)} == {floor.warehouse, other}
    floor.shop.take_in(other, CUP=5, POT=5)
    sent = floor.joint(first, second)
    assert sent.warehouse_id == other
    assert floor.reserved_for(first) == floor.units_of(first) == {(1, other): 1}
    assert floor.reserved_for(second) == floor.units_of(second) == {(1, other): 2}


def test_units_that_lie_elsewhere_alone_go_out_by_themselves(floor: Together) -> None:
    other = second_warehouse(floor, CUP=5)
    first, second = floor.shop.paid(POT=1), floor.shop.paid(CUP=12)
    made = floor.merged(first, second).outbound
    joint, alone = sorted(made, key=lambda one: not one.joint)
    assert (joint.warehouse_id, alone.warehouse_id) == (floor.warehouse, other)
    assert alone.source_id == second.id
    assert floor.units_of(second) == floor.reserved_for(second) == {(1, floor.warehouse): 10, (1, other): 2}


OTHERWISE: dict[str, Callable[[Together], Order]] = {
    "is not paid": lambda floor: floor.shop.place(CUP=1),
    "differ": lambda floor: floor.shop.paid(more={"receiver": attrs.evolve(HOME, phone="13900000000")}, CUP=1),
    "not paid": lambda floor: floor.shop.cancel(floor.shop.paid(CUP=1)),
    "on hold": lambda floor: floor.office.perform(hold_order, HoldOrder(floor.shop.paid(CUP=1).id, "wait"), floor.act),
}


@pytest.mark.parametrize("why", OTHERWISE)
def test_what_does_not_fit_is_refused_with_its_reason_and_nothing_changes(memory_floor: Together, why: str) -> None:
    first = memory_floor.shop.paid(POT=1)
    other = OTHERWISE[why](memory_floor)
    with pytest.raises(NotMergeable, match=why):
        memory_floor.merged(first, other)
    assert memory_floor.shop.order(first) == first
    assert memory_floor.shop.order(other).state is other.state
    with pytest.raises(NotMergeable, match="twice"):
        memory_floor.merged(first, first)


def test_orders_that_a_wave_has_are_not_merged(floor: Together) -> None:
    first, second = floor.shop.paid(CUP=1), floor.shop.paid(POT=1)
    (sent,) = floor.hand_over(first).outbound
    floor.wave(sent)
    with pytest.raises(NotMergeable, match="given to a warehouse"):
        floor.merged(first, second)


def test_what_a_warehouse_has_but_no_wave_is_taken_back_and_merged(floor: Together) -> None:
    first, second = floor.shop.paid(CUP=1), floor.shop.paid(POT=1)
    (before,) = floor.hand_over(first).outbound
    sent = floor.joint(first, second)
    assert floor.now(before).state is S.CANCELLED
    assert floor.going(first) == floor.going(second) == [sent]
    assert floor.shop.order(first).state is OrderState.RELEASED


def test_a_third_order_joins_two_only_with_both_of_them_named(floor: Together) -> None:
    first, second, third = (floor.shop.paid(CUP=1) for _ in range(3))
    floor.merged(first, second)
    with pytest.raises(NotMergeable, match="not named"):
        floor.merged(first, third)
    sent = floor.joint(first, second, third)
    assert [floor.going(one) for one in (first, second, third)] == [[sent]] * 3


def test_an_order_that_is_not_there_is_merged_with_none(memory_floor: Together) -> None:
    first = memory_floor.shop.paid(CUP=1)
    with pytest.raises(NotFound):
        memory_floor.office.perform(merge_orders, MergeOrders((first.id, OrderId(new_id()))), memory_floor.act)


# -- undone


def test_a_merge_is_undone_before_the_wave_and_each_order_goes_by_itself(floor: Together) -> None:
    first, second = floor.shop.paid(CUP=2), floor.shop.paid(POT=1)
    joint = floor.joint(first, second)
    alone = floor.undone(joint).outbound
    assert floor.now(joint).state is S.CANCELLED
    assert {one.source_id: [line.qty for line in one.lines] for one in alone} == {first.id: [2], second.id: [1]}
    assert [floor.shop.order(one).state for one in (first, second)] == [OrderState.RELEASED] * 2
    floor.picked(*alone)
    floor.leaves(*alone)
    assert [floor.shop.order(one).lines[0].shipped_qty for one in (first, second)] == [2, 1]


def test_in_a_wave_a_merge_stands_and_one_order_alone_is_no_merge(memory_floor: Together) -> None:
    joint = memory_floor.joint(memory_floor.shop.paid(CUP=1), memory_floor.shop.paid(CUP=1))
    memory_floor.wave(joint)
    with pytest.raises(StepTooEarly, match="waved"):
        memory_floor.undone(joint)
    with pytest.raises(StepTooEarly, match="no orders go together"):
        memory_floor.undone(memory_floor.released(POT=1))


# -- the whole way


def test_each_order_has_its_own_books_and_lines_when_the_parcel_leaves(floor: Together) -> None:
    floor.shop.charge_freight(800)
    first, second = floor.shop.paid(CUP=2), floor.shop.paid(POT=1, BOWL=1)
    sent = floor.joint(first, second)
    floor.picked(sent)
    floor.leaves(sent)
    assert floor.now(sent).state is S.SHIPPED
    shipped = [floor.shop.order(one) for one in (first, second)]
    assert [[line.shipped_qty for line in one.lines] for one in shipped] == [[2], [1, 1]]
    assert [one.payable_minor for one in shipped] == [first.payable_minor, second.payable_minor]
    assert floor.shop.balance("customer-deposits") == 0
    assert floor.shop.balance("revenue") == -(first.goods_minor + second.goods_minor)
    assert floor.shop.balance("freight-income") == -1_600


def test_the_channel_hears_of_each_order_with_the_same_waybill(floor: Together) -> None:
    shop = floor.shop
    wishes = [attrs.evolve(shop.sold_by_channel(f"TM-{number}", CUP=1), customer=shop.buyer) for number in (1, 2)]
    sent = floor.joint(*(shop.import_order(wish) for wish in wishes))
    floor.picked(sent)
    floor.leaves(sent)
    told = floor.office.ask(messages, "channels.push-shipment", floor.act)
    assert sorted(one.payload["external_id"] for one in told) == ["TM-1", "TM-2"]
    assert {tuple(one.payload["waybills"]) for one in told} == {(floor.now(sent).waybill,)}
    assert all(one.payload["all_shipped"] for one in told)


@needs("tests.track")
def _arrive(tx: ShippingTx, outbound: OutboundId, act: Act) -> None:
    for waybill in tx.waybills.lock_by(OF_PARCEL, outbound):
        moved = waybill.moved(WaybillState.DELIVERED)
        tx.waybills.save(moved)
        write_line(tx, act, "waybill", moved, "delivered", before=waybill.state)
        tx.emit(ParcelDelivered(WaybillId(waybill.id), waybill.parcel_id))


def test_with_the_parcel_every_order_has_arrived_and_is_closed_in_time(floor: Together, clock: StillClock) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(BOWL=1)]
    sent = floor.joint(*orders)
    floor.picked(sent)
    floor.leaves(sent)
    floor.office.perform(_arrive, sent.id, floor.act)
    clock.advance(days=8)
    run_due_timers(floor.office)
    assert [floor.shop.order(one).state for one in orders] == [OrderState.COMPLETED] * 2


def test_a_joint_order_that_the_warehouse_stops_gives_all_of_them_back(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(BOWL=1)]
    sent = floor.joint(*orders)
    floor.printed(sent)
    floor.office.perform(intercept_order, InterceptOrder(sent.id, "the street is flooded"), floor.act)
    assert [floor.shop.order(one).state for one in orders] == [OrderState.CONFIRMED] * 2
    again = floor.joint(*orders)
    floor.picked(again)
    floor.leaves(again)
    assert [floor.shop.order(one).lines[0].shipped_qty for one in orders] == [1, 1]


# -- by itself, when the window ends


def windows(floor: Together, minutes: int) -> None:
    floor.shop.policy(rules=frozenset(), merge_minutes=minutes, expected_version=1)


def test_when_the_first_window_ends_orders_of_the_same_buyer_go_together(floor: Together, clock: StillClock) -> None:
    windows(floor, 30)
    first = floor.shop.paid(CUP=1)
    clock.advance(minutes=20)
    second = floor.shop.paid(POT=1)
    assert [first.state, second.state] == [OrderState.PAID] * 2
    assert release_confirmed(floor.office) == 0
    clock.advance(minutes=11)
    run_due_timers(floor.office)
    assert [floor.shop.order(one).state for one in (first, second)] == [OrderState.CONFIRMED, OrderState.PAID]
    assert release_confirmed(floor.office) == 2
    (sent,) = floor.going(first)
    assert floor.going(second) == [sent]
    assert "confirmed" in floor.shop.story(second)


def test_without_a_window_nothing_is_merged_by_itself(floor: Together) -> None:
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(CUP=1)]
    assert release_confirmed(floor.office) == 2
    assert len({one.id for order in orders for one in floor.sent(order)}) == 2


def test_orders_of_other_receivers_are_not_merged_by_themselves(floor: Together, clock: StillClock) -> None:
    windows(floor, 10)
    orders = [floor.shop.paid(CUP=1), floor.shop.paid(more={"receiver": attrs.evolve(HOME, street="别处 2 号")}, CUP=1)]
    clock.advance(minutes=11)
    run_due_timers(floor.office)
    assert release_confirmed(floor.office) == 2
    assert len({one.id for order in orders for one in floor.sent(order)}) == 2


# -- proposed


def proposals(floor: Together) -> tuple[MergeProposal, ...]:
    return floor.office.ask(propose_merges, ProposeMerges(), floor.act)


def test_what_may_go_together_is_proposed_and_what_may_not_says_why(floor: Together) -> None:
    first, second, held = (floor.shop.paid(CUP=1) for _ in range(3))
    floor.office.perform(hold_order, HoldOrder(held.id, "the buyer asked to wait"), floor.act)
    unpaid = floor.shop.place(CUP=1)
    floor.shop.paid(more={"receiver": attrs.evolve(HOME, street="别处 2 号")}, CUP=1)
    (found,) = proposals(floor)
    assert found.orders == (first.id, second.id)
    assert {one.order: one.reason for one in found.apart} == {
        held.id: f"order {held.number} is on hold",
        unpaid.id: f"order {unpaid.number} is not paid",
    }
    floor.merged(first, second)
    assert all(first.id not in one.orders for one in proposals(floor))


# -- who may


def test_who_does_not_reach_the_channel_neither_sees_nor_merges_its_orders(memory_floor: Together) -> None:
    orders = [memory_floor.shop.paid(CUP=1), memory_floor.shop.paid(CUP=1)]
    cmd = MergeOrders(tuple(order.id for order in orders))
    stranger = memory_floor.stranger("orders.merge", channel=new_id())
    other = memory_floor.stranger("orders.merge", merchant=new_id())
    assert memory_floor.office.ask(propose_merges, ProposeMerges(), stranger) == ()
    for act in (stranger, other):
        with pytest.raises(NotFound):
            memory_floor.office.perform(merge_orders, cmd, act)
    with pytest.raises(Forbidden):
        memory_floor.office.perform(merge_orders, cmd, memory_floor.stranger("orders.read"))
    sent = memory_floor.joint(*orders)
    with pytest.raises(NotFound):
        memory_floor.office.perform(undo_merge, UndoMerge(sent.id, "why not"), stranger)
