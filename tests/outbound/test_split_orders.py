"""Orders split by hand, on every adapter: what each part costs, from where it goes, what stays together, and put together again."""

from __future__ import annotations

import pytest

from houtai.application.orders.split import LineUnits, SplitOrder, SplitPart, split_order
from houtai.domain.ids import new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.state import OrderState
from houtai.domain.outbound.refusals import NotSplittable, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import Forbidden, IllegalMove, NotFound, VersionConflict
from tests.inventory.arrange import some_warehouse
from tests.outbound.together import Together, floor, memory_floor, second_warehouse

__all__ = ["floor", "memory_floor"]


def test_split_and_merge_conserve_every_total(floor: Together) -> None:
    """Golden: freight 1000 by 1.2 kg and 0.8 kg is 600 and 400, over three equal parcels 334, 333 and 333."""
    floor.shop.charge_freight(1_000)
    pot, cups = floor.shop.paid(POT=1, TRAY=1), floor.shop.paid(CUP=3)
    assert [part.freight_minor for part in floor.split(pot, {1: 1}, {2: 1}).parts] == [600, 400]
    parcels = floor.split(cups, {1: 1}, {1: 1}, {1: 1})
    assert [part.freight_minor for part in parcels.parts] == [334, 333, 333]
    assert sum(part.gross_minor for part in parcels.parts) == cups.goods_minor == 3 * 9_990
    sent = floor.joint(pot, cups)
    assert sum(line.qty for line in sent.lines) == 5
    (alone, again) = floor.undone(sent).outbound
    first = floor.split(cups, {1: 2}, {1: 1}).parts
    floor.picked(alone, *(part.outbound for part in first))
    floor.leaves(alone, *(part.outbound for part in first))
    assert floor.now(again).state is OutboundState.CANCELLED
    assert [floor.shop.order(one).payable_minor for one in (pot, cups)] == [pot.payable_minor, cups.payable_minor]
    assert floor.shop.balance("freight-income") == -2_000
    assert floor.shop.balance("revenue") == -(pot.goods_minor + cups.goods_minor)
    assert floor.shop.balance("customer-deposits") == 0


def test_parts_come_from_the_warehouses_that_are_named(floor: Together) -> None:
    other = second_warehouse(floor, CUP=5)
    order = floor.shop.paid(CUP=3, POT=1)
    made = floor.split(order, (other, {1: 2}), {1: 1, 2: 1})
    assert [part.outbound.warehouse_id for part in made.parts] == [other, floor.warehouse]
    assert floor.reserved_for(order) == floor.units_of(order) == {(1, other): 2, (1, floor.warehouse): 1, (2, floor.warehouse): 1}


def test_one_part_puts_a_split_order_together_again(floor: Together) -> None:
    order = floor.shop.paid(CUP=2, POT=1)
    parts = floor.split(order, {1: 1}, {1: 1, 2: 1}).parts
    whole = floor.split(floor.shop.order(order), {1: 2, 2: 1})
    assert [floor.now(part.outbound).state for part in parts] == [OutboundState.CANCELLED] * 2
    assert floor.going(order) == [whole.parts[0].outbound]
    assert whole.order.state is floor.shop.order(order).state is OrderState.RELEASED
    assert floor.shop.story(order)[-2:] == ["split", "split"]


def test_in_a_wave_a_part_stays_what_it_is(memory_floor: Together) -> None:
    order = memory_floor.shop.paid(CUP=2)
    made = memory_floor.split(order, {1: 1}, {1: 1})
    memory_floor.wave(made.parts[0].outbound)
    with pytest.raises(StepTooEarly, match="waved"):
        memory_floor.split(order, {1: 2})


def test_what_goes_out_with_other_orders_is_not_split(memory_floor: Together) -> None:
    order = memory_floor.shop.paid(CUP=2)
    memory_floor.joint(order, memory_floor.shop.paid(POT=1))
    with pytest.raises(StepTooEarly, match="other orders"):
        memory_floor.split(order, {1: 1}, {1: 1})


WRONG = {
    "too few": ({1: 1}, {2: 1}),
    "too many": ({1: 2}, {1: 1, 2: 1}),
    "no such line": ({1: 2, 2: 1}, {7: 1}),
}


@pytest.mark.parametrize("why", WRONG)
def test_parts_that_do_not_make_the_order_are_refused(memory_floor: Together, why: str) -> None:
    order = memory_floor.shop.paid(CUP=2, POT=1)
    with pytest.raises(NotSplittable):
        memory_floor.split(order, *WRONG[why])
    assert memory_floor.shop.order(order) == order
    assert memory_floor.sent(order) == []


def test_a_warehouse_that_does_not_serve_the_channel_or_lacks_the_goods_is_refused(floor: Together) -> None:
    order = floor.shop.paid(CUP=2)
    stranger = some_warehouse(floor.office, floor.act, "SZ")
    with pytest.raises(NotSplittable, match="does not serve"):
        floor.split(order, (stranger, {1: 2}))
    empty = second_warehouse(floor)
    with pytest.raises(OutOfStock):
        floor.split(order, (empty, {1: 2}))
    assert floor.reserved_for(order) == {(1, floor.warehouse): 2}


def test_no_warehouse_is_guessed_for_a_part_that_none_has_whole(memory_floor: Together) -> None:
    second_warehouse(memory_floor, CUP=5)
    order = memory_floor.shop.paid(CUP=12)
    with pytest.raises(NotSplittable, match="name one"):
        memory_floor.split(order, {1: 12})


def test_a_bundle_is_torn_only_where_somebody_says_so(floor: Together) -> None:
    order = floor.shop.paid(SET=2)
    pots, trays = (line.seq for line in order.lines)
    with pytest.raises(NotSplittable, match="bundle"):
        floor.split(order, {pots: 2}, {trays: 4})
    whole = floor.split(order, {pots: 1, trays: 2}, {pots: 1, trays: 2})
    assert sum(part.gross_minor - part.discount_minor for part in whole.parts) == order.payable_minor
    assert len(floor.split(order, {pots: 2}, {trays: 4}, apart=True).parts) == 2


def test_a_gift_travels_with_what_earned_it_unless_somebody_says_otherwise(floor: Together) -> None:
    floor.shop.give_spoon()
    order = floor.shop.paid(CUP=1, POT=1)
    gift = next(line for line in order.lines if line.is_gift)
    assert gift.gift is not None
    earned = gift.gift.trigger_lines[0]
    (other,) = (line.seq for line in order.lines if not line.is_gift and line.seq != earned)
    with pytest.raises(NotSplittable, match="gift"):
        floor.split(order, {earned: 1}, {other: 1, gift.seq: gift.qty})
    assert floor.split(order, {earned: 1, gift.seq: gift.qty}, {other: 1}).order.state is OrderState.RELEASED


def test_discounts_are_shared_to_the_fen(floor: Together) -> None:
    order = floor.shop.paid([floor.shop.coupon(1_000)], CUP=3)
    parts = floor.split(order, {1: 1}, {1: 1}, {1: 1}).parts
    assert [part.discount_minor for part in parts] == [334, 333, 333]


def test_an_order_is_split_only_as_the_caller_saw_it_and_while_it_can_be(memory_floor: Together) -> None:
    order = memory_floor.shop.paid(CUP=2)
    with pytest.raises(VersionConflict):
        memory_floor.split(order, {1: 2}, expected_version=order.version + 1)
    with pytest.raises(IllegalMove):
        memory_floor.split(memory_floor.shop.place(CUP=1), {1: 1})


def test_who_does_not_reach_the_order_does_not_split_it(memory_floor: Together) -> None:
    order = memory_floor.shop.paid(CUP=2)
    cmd = SplitOrder(order.id, (SplitPart((LineUnits(1, 2),)),), "why not")
    for act in (
        memory_floor.stranger("orders.split", channel=new_id()),
        memory_floor.stranger("orders.split", merchant=new_id()),
    ):
        with pytest.raises(NotFound):
            memory_floor.office.perform(split_order, cmd, act)
    with pytest.raises(Forbidden):
        memory_floor.office.perform(split_order, cmd, memory_floor.stranger("orders.merge"))
