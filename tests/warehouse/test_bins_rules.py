"""Removal and placing as pure rules: never more than there is, never what is past its date, and each refusal named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import LocationId, ProductId, SkuId, WarehouseId, derive, new_id
from houtai.domain.inventory.stock import StockState
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bin_refusals import CannotPlace, CannotTake, NotAllocated, NotInBin
from houtai.domain.warehouse.bins import Bin, BinKey, LotId
from houtai.domain.warehouse.location import Activity, Block, Capacity, Load, Location, LocationKind, MixPolicy, Walk
from houtai.domain.warehouse.lots import Lot, LotState
from houtai.domain.warehouse.placing import Coming, Present, accept, check_open_out, goods_of, load_of, needs_looking
from houtai.domain.warehouse.removal import Candidate, Removal, in_order, remove

HERE = WarehouseId(new_id())
SKU = Sku(SkuId(new_id()), ProductId(new_id()), "TEA", "茶", weight_g=100, length_mm=100, width_mm=50, height_mm=20)
OTHER = attrs.evolve(SKU, id=SkuId(new_id()), code="CUP")
TODAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
NOTHING = Present(frozenset(), Load())


def place(number: int = 1, **more: Any) -> Location:
    walk = Walk(pick_sequence=number)
    return Location(LocationId(derive(HERE, "place", number)), HERE, f"A-{number:02}", f"L-A-{number:02}", walk=walk, **more)


def lying(number: int, qty: int, days_old: int = 0, **more: Any) -> Bin:
    key = BinKey(HERE, LocationId(derive(HERE, "place", number)), SKU.id, **more)
    return Bin(key, qty, NOON - dt.timedelta(days=days_old))


@st.composite
def candidates(draw: Any) -> list[Candidate]:
    found = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        qty = draw(st.integers(0, 9))
        allocated = draw(st.integers(0, qty))
        suspect = draw(st.integers(0, qty - allocated))
        lot = None
        if draw(st.booleans()):
            expires = draw(st.none() | st.integers(-3, 3).map(lambda days: TODAY + dt.timedelta(days=days)))
            state = draw(st.sampled_from(LotState))
            lot = Lot(LotId(derive(HERE, "lot", number)), SKU.id, f"L{number}", expires_on=expires, state=state)
        state = draw(st.sampled_from([StockState.SELLABLE, StockState.SELLABLE, StockState.DAMAGED]))
        one = lying(number, qty, draw(st.integers(0, 5)), state=state, lot_id=None if lot is None else lot.id)
        block = draw(st.sampled_from([Block(), Block(), Block(goods_out=True, reason="counting")]))
        kind = draw(st.sampled_from([LocationKind.STORAGE, LocationKind.RECEIVING, LocationKind.QC]))
        where = place(number, kind=kind, block=block)
        found.append(Candidate(attrs.evolve(one, allocated_qty=allocated, suspect_qty=suspect), where, lot))
    return found


@given(candidates(), st.integers(1, 40), st.sampled_from(Removal), st.randoms())
def test_removal_draws_what_may_go_and_never_more_whatever_the_order(
    found: list[Candidate], qty: int, removal: Removal, chance: Any
) -> None:
    drawn, short = remove(found, qty, removal, TODAY)
    may_go = {one.bin.id: one for one in found if one.eligible(TODAY)}
    assert sum(part.qty for part in drawn) + short == qty
    assert short == max(0, qty - sum(one.bin.free_qty for one in may_go.values()))
    assert all(0 < part.qty <= may_go[part.bin.id].bin.free_qty for part in drawn)
    assert all((lot := may_go[part.bin.id].lot) is None or not lot.expired_on(TODAY) for part in drawn)
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert remove(shuffled, qty, removal, TODAY) == (drawn, short)


@given(candidates(), st.integers(1, 40), st.sampled_from(Removal))
def test_only_the_last_bin_is_left_with_something(found: list[Candidate], qty: int, removal: Removal) -> None:
    drawn, _ = remove(found, qty, removal, TODAY)
    assert all(part.qty == part.bin.free_qty for part in drawn[:-1])


def test_each_strategy_has_its_first_bin() -> None:
    late = Lot(LotId(new_id()), SKU.id, "LATE", expires_on=TODAY + dt.timedelta(days=90))
    soon = Lot(LotId(new_id()), SKU.id, "SOON", expires_on=TODAY)
    found = [
        Candidate(lying(1, 5, 1, lot_id=late.id), place(1), late),
        Candidate(lying(2, 5, 9), place(2)),
        Candidate(lying(3, 5, 5, lot_id=soon.id), place(3), soon),
        Candidate(lying(4, 5, 0), place(4)),
        Candidate(lying(5, 5, 30), place(5, kind=LocationKind.RECEIVING)),
    ]
    first = {removal: in_order(found, removal)[0].location.path for removal in Removal}
    assert first == {Removal.FEFO: "A-03", Removal.FIFO: "A-02", Removal.LIFO: "A-04", Removal.NEAREST: "A-01"}
    assert {in_order(found, removal)[-1].location.path for removal in Removal} == {"A-05"}


def test_a_lot_is_good_on_its_last_day_and_not_after() -> None:
    lot = Lot(LotId(new_id()), SKU.id, "L", produced_on=TODAY, expires_on=TODAY)
    assert (lot.usable_on(TODAY), lot.usable_on(TODAY + dt.timedelta(days=1))) == (True, False)
    with pytest.raises(InvalidValue, match="produced_on"):
        attrs.evolve(lot, produced_on=TODAY + dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("location", "coming", "broken"),
    [
        (place(kind=LocationKind.VIRTUAL), {}, "physical"),
        (place(block=Block(goods_in=True, reason="wet floor")), {}, "blocked-in"),
        (place(state=Standing.RETIRED), {}, "blocked-in"),
        (place(activities=frozenset({Activity.PICK})), {}, "activity"),
        (place(), {"state": StockState.DAMAGED}, "state"),
        (place(kind=LocationKind.DAMAGED), {}, "state"),
        (place(kind=LocationKind.QUARANTINE), {"state": StockState.DAMAGED}, "state"),
        (place(mix=MixPolicy.EMPTY_ONLY), {}, "mix"),
        (place(mix=MixPolicy.SAME_PRODUCT), {"sku": OTHER}, "mix"),
        (place(mix=MixPolicy.SAME_PRODUCT_LOT), {"lot_id": LotId(new_id())}, "mix"),
        (place(capacity=Capacity(max_units_qty=3)), {}, "capacity"),
        (place(capacity=Capacity(max_weight_g=399)), {}, "capacity"),
        (place(capacity=Capacity(max_volume_cm3=399)), {}, "capacity"),
        (place(capacity=Capacity(height_mm=19)), {}, "capacity"),
    ],
)
def test_a_place_says_which_rule_is_broken(location: Location, coming: dict[str, Any], broken: str) -> None:
    present = Present(frozenset({goods_of(SKU.id, None)}), load_of(SKU, 2))
    with pytest.raises(CannotPlace) as refused:
        accept(location, [Coming(**{"sku": SKU, "qty": 2, "state": StockState.SELLABLE, **coming})], present, Activity.PUTAWAY)
    assert refused.value.broken == broken
    assert refused.value.explanation


def test_a_place_takes_what_just_fits_and_what_lies_there_needs_no_more_room() -> None:
    location = place(mix=MixPolicy.SAME_PRODUCT, capacity=Capacity(400, 400, 4, 20))
    present = Present(frozenset({goods_of(SKU.id, None)}), load_of(SKU, 2))
    two = Coming(SKU, 2, StockState.SELLABLE)
    full = accept(location, [two, attrs.evolve(two, stay=True)], present, Activity.PUTAWAY)
    assert full.load == Load(400, 400, 4, 20)
    with pytest.raises(CannotPlace, match="max_units_qty 4, there would be 5"):
        accept(location, [attrs.evolve(two, qty=1)], full, Activity.PUTAWAY)


def test_only_a_limited_place_is_looked_into() -> None:
    assert [needs_looking(one) for one in (place(), place(mix=MixPolicy.EMPTY_ONLY), place(capacity=Capacity(1)))] == [
        False,
        True,
        True,
    ]


def test_nothing_leaves_a_blocked_place() -> None:
    with pytest.raises(CannotTake, match="count"):
        check_open_out(place(block=Block(goods_out=True, reason="count")))


def test_a_bin_gives_no_more_than_is_free_and_no_more_promised_than_it_has() -> None:
    one = attrs.evolve(lying(1, 5), allocated_qty=2, suspect_qty=1)
    with pytest.raises(NotInBin, match="2 of them free; 3"):
        one.drawn(3)
    with pytest.raises(NotInBin):
        one.drawn(2, suspect_qty=2)
    with pytest.raises(NotInBin):
        one.allocated(3)
    with pytest.raises(NotAllocated, match="2 units are allocated there, not 3"):
        one.drawn(3, allocated_qty=3)
    with pytest.raises(NotAllocated):
        one.released(3)
    assert one.drawn(3, allocated_qty=2).free_qty == 1


def test_a_refilled_bin_is_as_old_as_what_lies_in_it() -> None:
    one = lying(1, 2, 3)
    assert one.filled(1, NOON).since == one.since
    assert one.drawn(2).filled(1, NOON).since == NOON


def test_a_bin_has_the_same_id_wherever_it_is_named() -> None:
    key = BinKey(HERE, LocationId(new_id()), SKU.id)
    keys = {key, attrs.evolve(key, state=StockState.DAMAGED), attrs.evolve(key, lot_id=LotId(new_id()))}
    assert len({one.id for one in keys}) == 3
    assert attrs.evolve(key).id == key.id
