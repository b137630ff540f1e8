"""Picking by every method, short picks in six steps, and the sort wall: no unit is lost, whatever is stopped when."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import OutboundId
from houtai.domain.outbound.picking import (
    CountWish,
    NotNow,
    PickedUnits,
    Picking,
    PickLine,
    PickShare,
    PickStep,
    by_zone,
    in_totals,
    picked_of,
    served,
    start,
)
from houtai.domain.outbound.refusals import TooMany
from houtai.domain.outbound.short_pick import BinFacts, ShortChoice, ShortException, found_elsewhere, short_pick
from houtai.domain.outbound.sorting import NoOpenSlot, Sorting, WallSlot, WallWish
from houtai.domain.refusal import InvalidValue, Refusal
from houtai.domain.warehouse.scan import WrongRecord
from tests.outbound.arrange import sku


def order_id(number: int) -> OutboundId:
    return OutboundId(UUID(int=number))


def line(number: int, place: str, kind: int, qty: int, order: int = 1, slot: str = "", **more: object) -> PickLine:
    shares = (PickShare(order_id(order), number, qty),)
    return PickLine(number, number * 10, place, sku(kind), f"SKU{kind}", shares, slot, **more)  # type: ignore[arg-type]  # fields by name


def cluster() -> Picking:
    """Two orders on a cart; the same tea for both out of one bin, then a cup for the first."""
    return start([line(3, "L-B", 2, 1, 1, "H-C1"), line(1, "L-A", 1, 2, 1, "H-C1"), line(2, "L-A", 1, 3, 2, "H-C2")])


def pick_first(picking: Picking) -> tuple[Picking, PickedUnits]:
    return picking.at_location("L-A").took(sku(1), 2)[0].placed("H-C1")


def test_a_cart_is_walked_line_by_line_into_its_slots() -> None:
    picking = cluster()
    assert (picking.step, picking.line and picking.line.number) == (PickStep.LOCATION, 1)
    picking, units = pick_first(picking)
    assert (units.qty, units.shares[0].outbound_id, picking.step) == (2, order_id(1), PickStep.PRODUCT)
    picking, _ = picking.took(sku(1), 3)
    assert picking.step is PickStep.SLOT
    picking, _ = picking.placed("H-C2")
    picking, _ = picking.at_location("L-B").took(sku(2))
    picking, _ = picking.placed("H-C1")
    assert (picking.step, picking.line) == (PickStep.DONE, None)
    assert picked_of(picking.lines) == {(order_id(1), 1): 2, (order_id(2), 2): 3, (order_id(1), 3): 1}


def test_a_wrong_scan_is_named_and_moves_nothing() -> None:
    picking = cluster()
    with pytest.raises(WrongRecord) as place:
        picking.at_location("L-B")
    assert (place.value.scanned, place.value.expected) == ("L-B", "L-A")
    here = picking.at_location("L-A")
    with pytest.raises(WrongRecord, match="CUP"):
        here.took(sku(2), named="CUP")
    with pytest.raises(WrongRecord):
        here.took(sku(1))[0].placed("H-C2")


def test_the_location_comes_first_and_the_slot_needs_something_in_hand() -> None:
    with pytest.raises(NotNow):
        cluster().took(sku(1))
    with pytest.raises(NotNow):
        cluster().at_location("L-A").placed("H-C1")
    done = Picking((), ())
    for deed in (lambda: done.at_location("L-A"), done.skipped, done.put_down, done.returned, lambda: done.answered(empty=True)):
        with pytest.raises(NotNow):
            deed()


def test_no_more_is_taken_than_is_wanted() -> None:
    here = cluster().at_location("L-A")
    with pytest.raises(TooMany) as refused:
        here.took(sku(1), 3)
    assert refused.value.limit_qty == 2
    with pytest.raises(TooMany):
        here.took(sku(1))[0].took(sku(1), 2)


def test_a_line_of_a_lot_takes_that_lot_only() -> None:
    here = start([line(1, "L-A", 1, 1, lot="L7")]).at_location("L-A")
    with pytest.raises(WrongRecord):
        here.took(sku(1))
    assert here.took(sku(1), lot="L7")[0].step is PickStep.DONE


def test_less_than_is_wanted_splits_the_line_and_the_rest_goes_on() -> None:
    picking, units = cluster().at_location("L-A").took(sku(1))[0].placed("H-C1")
    assert (units.qty, picking.step, picking.line and picking.line.rest_qty) == (1, PickStep.PRODUCT, 1)


def test_without_slots_the_last_unit_ends_the_line() -> None:
    picking = start([line(1, "L-A", 1, 2), line(2, "L-B", 2, 1)]).at_location("L-A")
    picking, nothing = picking.took(sku(1))
    picking, units = picking.took(sku(1))
    assert (nothing, units and units.qty, picking.line and picking.line.number) == (None, 2, 2)


def test_a_full_tote_is_put_down_and_the_rest_follows() -> None:
    picking, _ = start([line(1, "L-A", 1, 3)]).at_location("L-A").took(sku(1), 2)
    picking, units = picking.put_down()
    assert (units.qty, picking.line and picking.line.rest_qty) == (2, 1)
    with pytest.raises(NotNow):
        cluster().at_location("L-A").took(sku(1))[0].put_down()


def test_a_skipped_line_comes_again_at_the_end() -> None:
    assert cluster().skipped().queue == (2, 3, 1)
    with pytest.raises(NotNow):
        cluster().at_location("L-A").took(sku(1))[0].skipped()


def test_what_is_in_hand_can_be_laid_back() -> None:
    assert cluster().at_location("L-A").took(sku(1))[0].returned() == cluster().at_location("L-A")


def test_an_empty_bin_is_asked_after_and_a_no_is_counted() -> None:
    picking, units = pick_first(cluster())
    assert picking.emptied(units, 4) is picking
    asked = picking.emptied(units, 0)
    assert asked.step is PickStep.ZERO_CHECK
    with pytest.raises(NotNow):
        asked.took(sku(1))
    assert asked.answered(empty=True) == (picking, None)
    assert asked.answered(empty=False)[1] == CountWish("L-A", sku(1), "", "zero-check")


def test_a_zone_has_its_own_lines() -> None:
    parts = by_zone([line(1, "L-A", 1, 1, zone="A"), line(2, "L-B", 2, 1, zone="B"), line(3, "L-A2", 3, 1, zone="A")])
    assert {zone: picking.queue for zone, picking in parts.items()} == {"A": (1, 3), "B": (2,)}


def test_totals_take_the_goods_of_several_orders_at_once() -> None:
    picking = in_totals(cluster().lines)
    assert [(one.location, one.qty, one.slot) for one in picking.lines] == [("L-A", 5, ""), ("L-B", 1, "")]
    picking, units = picking.at_location("L-A").took(sku(1), 5)
    assert units is not None
    assert [(share.outbound_id, share.qty) for share in units.shares] == [(order_id(1), 2), (order_id(2), 3)]


def test_shares_are_served_in_their_order() -> None:
    shares = (PickShare(order_id(1), 1, 2), PickShare(order_id(2), 2, 3))
    assert [(share.line, share.qty) for share in served(shares, 1, 3)] == [(1, 1), (2, 2)]


def test_lines_have_numbers_of_their_own() -> None:
    with pytest.raises(InvalidValue):
        start([line(1, "L-A", 1, 1), line(1, "L-B", 1, 1)])


def test_a_stopped_order_leaves_the_walk_and_what_is_on_the_cart_goes_back() -> None:
    picking, _ = pick_first(cluster())
    picking, back = picking.without({order_id(1)})
    assert [(one.qty, one.slot) for one in back] == [(2, "H-C1")]
    assert picking.queue == (2,)
    assert picking.without({order_id(1)}) == (picking, ())


def test_what_is_in_hand_for_a_stopped_order_was_never_taken() -> None:
    picking, back = cluster().at_location("L-A").took(sku(1), 2)[0].without({order_id(1)})
    assert (picking.in_hand, back, picking.line and picking.line.number) == (0, (), 2)


def test_a_stopped_order_is_taken_out_of_the_totals() -> None:
    picking, _ = in_totals(cluster().lines).at_location("L-A").took(sku(1), 4)
    picking, back = picking.without({order_id(2)})
    assert (picking.in_hand, picking.line and picking.line.rest_qty, back) == (2, 2, ())


FACTS = BinFacts(on_hand_qty=7, others_qty=3)


def test_a_short_pick_counts_frees_doubts_and_goes_on() -> None:
    """The six steps; the other line of the same stock is freed with it, the cup stays."""
    picking, _ = cluster().at_location("L-A").took(sku(1))[0].placed("H-C1")
    short = short_pick(picking, FACTS)
    assert short.count == CountWish("L-A", sku(1), "", "short-pick")
    assert [(share.outbound_id, share.qty) for share in short.freed] == [(order_id(1), 1), (order_id(2), 3)]
    assert (short.suspect_qty, short.freed_qty) == (4, 4)
    assert short.picking.queue == (3,)
    assert picked_of(short.picking.lines)[order_id(1), 1] == 1


def test_what_others_picked_or_reserved_is_never_doubted() -> None:
    here = cluster().at_location("L-A")
    assert short_pick(here, BinFacts(2, 5)).suspect_qty == 0
    assert short_pick(here, BinFacts(5, 0)).suspect_qty == 5


def test_a_short_pick_is_told_at_the_location_with_empty_hands() -> None:
    with pytest.raises(NotNow):
        short_pick(cluster(), FACTS)
    with pytest.raises(NotNow):
        short_pick(cluster().at_location("L-A").took(sku(1))[0], FACTS)


def test_what_lies_elsewhere_is_picked_on_the_way_and_the_rest_is_an_exception() -> None:
    short = short_pick(cluster().at_location("L-A"), FACTS)
    near = PickLine(8, 15, "L-A9", sku(1), "SKU1", (PickShare(order_id(1), 1, 2),), "H-C1")
    far = PickLine(9, 90, "L-Z", sku(1), "SKU1", (PickShare(order_id(2), 2, 1),), "H-C2")
    picking, missing = found_elsewhere(short, [far, near])
    assert picking.queue == (8, 3, 9)
    assert missing == (ShortException(PickShare(order_id(2), 2, 2), tuple(ShortChoice)),)


def test_nothing_is_offered_that_nobody_lacks() -> None:
    short = short_pick(cluster().at_location("L-A"), FACTS)
    with pytest.raises(InvalidValue):
        found_elsewhere(short, [PickLine(8, 15, "L-A9", sku(1), "SKU1", (PickShare(order_id(1), 1, 9),))])
    with pytest.raises(InvalidValue):
        found_elsewhere(short, [PickLine(1, 15, "L-A9", sku(1), "SKU1", (PickShare(order_id(1), 1, 1),))])


pick_lines = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=6)


@given(pick_lines, st.booleans(), st.integers(0, 2**32))
def test_whatever_is_scanned_shorted_or_stopped_every_unit_has_one_place(
    rows: list[tuple[int, int, int]], totals: bool, seed: int
) -> None:
    """Wanted = picked and kept + put back + freed by short picks + dropped before it was picked + still to do."""
    dice = random.Random(seed)
    lines = [
        line(n, f"L-{place}", place + 1, qty, order, "" if totals else f"H-{order}")
        for n, (place, order, qty) in enumerate(rows, 1)
    ]
    wanted = {(share.outbound_id, share.line): share.qty for one in lines for share in one.shares}
    picking = in_totals(lines) if totals else start(lines)
    back, freed, stopped = Counter[object](), Counter[object](), set[OutboundId]()
    for _ in range(25):
        try:
            picking = _some_deed(picking, dice, back, freed, stopped)
        except Refusal:
            continue
    kept = picked_of(picking.lines)
    todo = Counter[object]()
    for one in picking.lines:
        for share in served(one.shares, one.picked_qty, one.rest_qty):
            todo[share.outbound_id, share.line] += share.qty
    for key, qty in wanted.items():
        found = kept.get(key, 0) + back[key] + freed[key] + todo[key]
        assert found <= qty if key[0] in stopped else found == qty
    assert all(share.outbound_id not in stopped for one in picking.lines for share in one.shares)
    assert set(picking.queue) == {one.number for one in picking.lines if one.rest_qty}


def _some_deed(
    picking: Picking, dice: random.Random, back: Counter[object], freed: Counter[object], stopped: set[OutboundId]
) -> Picking:
    current = picking.line
    deed = dice.choice(["place", "take", "take", "slot", "put down", "skip", "undo", "short", "stop"])
    if deed == "stop" and dice.random() < 0.3:
        stopped.add(order_id(dice.randint(1, 3)))
        picking, returning = picking.without(stopped)
        back.update({(one.outbound_id, one.line): one.qty for one in returning})
    elif deed == "short" and dice.random() < 0.3:
        short = short_pick(picking, FACTS)
        freed.update(Counter({(share.outbound_id, share.line): share.qty for share in short.freed}))
        picking = short.picking
    elif deed == "place":
        picking = picking.at_location(current.location if current else "")
    elif deed == "take" and current:
        picking, _ = picking.took(current.sku_id, dice.randint(1, 2))
    elif deed == "slot":
        picking, _ = picking.placed(current.slot if current else "")
    elif deed == "put down":
        picking, _ = picking.put_down()
    elif deed == "undo":
        picking = picking.returned()
    elif deed == "skip":
        picking = picking.skipped()
    return picking


def wall() -> Sorting:
    first = WallSlot("H-W1", order_id(1), (WallWish(1, sku(1), 1), WallWish(2, sku(2), 1)))
    return Sorting((first, WallSlot("H-W2", order_id(2), (WallWish(3, sku(1), 2),))))


def test_a_wall_lights_the_slot_that_wants_the_product() -> None:
    lit = wall().product(sku(1))
    assert lit.target == "H-W1"
    after, slot = lit.placed("H-W1")
    assert (slot.full, after.product(sku(1), 2).target) == (False, "H-W2")


def test_a_wall_that_has_all_is_done() -> None:
    sorting = wall()
    for kind, slot in ((1, "H-W1"), (1, "H-W2"), (1, "H-W2"), (2, "H-W1")):
        sorting, _ = sorting.product(sku(kind)).placed(slot)
    assert (sorting.done, sorting.missing) == (True, ())


def test_several_units_go_to_the_slot_that_wants_them_all() -> None:
    assert wall().product(sku(1), 2).target == "H-W2"
    lit = wall().product(sku(1), 5)
    assert (lit.target, lit.in_hand) == ("H-W1", 1)


def test_a_wrong_slot_takes_nothing() -> None:
    with pytest.raises(WrongRecord):
        wall().product(sku(1)).placed("H-W2")
    with pytest.raises(NotNow):
        wall().placed("H-W1")
    with pytest.raises(NotNow):
        wall().product(sku(1)).product(sku(2))


def test_what_no_slot_wants_is_surplus() -> None:
    with pytest.raises(NoOpenSlot, match="CUP"):
        wall().product(sku(9), named="CUP")


def test_the_slot_of_a_stopped_order_lights_no_more() -> None:
    stopped = wall().product(sku(1)).without({order_id(1)})
    assert (stopped.target, stopped.in_hand, stopped.product(sku(1)).target) == ("", 0, "H-W2")
    assert stopped.without({order_id(1)}) is stopped
    other = wall().product(sku(1)).without({order_id(2)})
    assert (other.target, [left[0] for left in other.missing]) == ("H-W1", [order_id(1), order_id(1)])


def test_what_is_in_hand_can_be_put_aside() -> None:
    assert wall().product(sku(1)).put_aside() == wall()


def test_slots_have_codes_of_their_own() -> None:
    with pytest.raises(InvalidValue):
        Sorting((wall().slots[0], wall().slots[0]))


@given(st.permutations([1, 1, 1, 2, 9]))
def test_in_whatever_order_goods_come_the_wall_ends_full_and_the_surplus_is_refused(kinds: list[int]) -> None:
    sorting, surplus = wall(), 0
    for kind in kinds:
        try:
            lit = sorting.product(sku(kind))
        except NoOpenSlot:
            surplus += 1
            continue
        sorting, _ = lit.placed(lit.target)
    assert (sorting.done, surplus) == (True, 1)
