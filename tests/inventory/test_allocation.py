"""Sharing out a pool: rules that hold for every basket and every pool."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import ChannelId, SkuId, WarehouseId
from houtai.domain.inventory.allocation import Reach, allot, bundles_split, bundles_together, pool_qty
from houtai.domain.inventory.publishing import Figure, PausedBy, PublishPolicy, buffer_needed, figure
from houtai.domain.inventory.refusals import Shortage
from houtai.domain.inventory.reservation import Allotment, Want

A, B = SkuId(UUID(int=11)), SkuId(UUID(int=12))
W1, W2, W3 = (WarehouseId(UUID(int=number)) for number in (1, 2, 3))
POOL = (W1, W2, W3)

reaches = st.builds(Reach, st.integers(-3, 12), st.integers(0, 4), st.integers(0, 2))
pools = st.fixed_dictionaries({(sku, place): reaches for sku in (A, B) for place in POOL})
baskets = st.lists(st.builds(Want, st.integers(1, 3), st.sampled_from([A, B]), st.integers(1, 12)), min_size=1, max_size=4)


def free(**places: int) -> dict[Any, Reach]:
    """Free units as ``A1=3``: SKU A in the first warehouse."""
    skus = {"A": A, "B": B}
    return {(skus[name[0]], POOL[int(name[1]) - 1]): Reach(qty) for name, qty in places.items()}


def total(wants: list[Want], sku: SkuId) -> int:
    return sum(want.qty for want in wants if want.sku_id == sku)


@given(baskets, pools, st.booleans())
def test_nothing_is_promised_that_is_not_there(wants: list[Want], reach: dict[Any, Reach], together: bool) -> None:
    allotted, _ = allot(wants, reach, POOL, ship_together=together)
    for sku in (A, B):
        given_qty = {place: sum(p.qty for p in allotted if p.stock_key == (sku, place)) for place in POOL}
        assert all(qty <= max(0, reach[sku, place].free_qty) for place, qty in given_qty.items())
        assert sum(given_qty.values()) <= max(0, pool_qty(sku, reach, POOL))


@given(baskets, pools)
def test_a_shortage_is_named_if_and_only_if_the_pool_is_too_small(wants: list[Want], reach: dict[Any, Reach]) -> None:
    _, shortages = allot(wants, reach, POOL)
    there = {sku: max(0, pool_qty(sku, reach, POOL)) for sku in (A, B)}
    expected = {Shortage(sku, total(wants, sku), there[sku]) for sku in (A, B) if total(wants, sku) > there[sku]}
    assert set(shortages) == expected


@given(baskets, pools, st.booleans())
def test_every_want_gets_all_but_what_is_named_short(wants: list[Want], reach: dict[Any, Reach], together: bool) -> None:
    allotted, shortages = allot(wants, reach, POOL, ship_together=together)
    missing = {short.sku_id: short.missing_qty for short in shortages}
    for sku in (A, B):
        assert sum(part.qty for part in allotted if part.sku_id == sku) == total(wants, sku) - missing.get(sku, 0)


@given(baskets, pools)
def test_what_ships_together_comes_from_one_warehouse(wants: list[Want], reach: dict[Any, Reach]) -> None:
    allotted, _ = allot(wants, reach, POOL, ship_together=True)
    assert len({part.warehouse_id for part in allotted}) <= 1


@given(baskets, pools)
def test_the_own_fence_is_drawn_first_and_never_past_its_end(wants: list[Want], reach: dict[Any, Reach]) -> None:
    allotted, _ = allot(wants, reach, POOL)
    for key, place in reach.items():
        parts = [part for part in allotted if part.stock_key == key]
        taken = sum(part.qty for part in parts)
        assert sum(part.dedicated_qty for part in parts) == min(place.own_qty, taken)


def test_one_warehouse_that_has_everything_is_preferred_to_nearer_ones() -> None:
    allotted, shortages = allot([Want(1, A, 2), Want(2, B, 1)], free(A1=5, A2=2, B2=1), POOL)
    assert (allotted, shortages) == ((Allotment(1, A, W2, 2), Allotment(2, B, W2, 1)), ())


def test_else_each_line_goes_to_the_first_warehouse_that_has_it_whole() -> None:
    allotted, _ = allot([Want(1, A, 3), Want(2, B, 1)], free(A1=1, A2=3, B1=1), POOL)
    assert allotted == (Allotment(1, A, W2, 3), Allotment(2, B, W1, 1))


def test_a_line_that_no_warehouse_has_whole_is_split_in_the_order_of_the_pool() -> None:
    allotted, _ = allot([Want(1, A, 4)], free(A1=1, A2=2, A3=3), POOL)
    assert allotted == (Allotment(1, A, W1, 1), Allotment(1, A, W2, 2), Allotment(1, A, W3, 1))


def test_an_order_that_ships_together_is_short_where_its_parts_lie_apart() -> None:
    _, shortages = allot([Want(1, A, 1), Want(2, B, 1)], free(A1=1, B2=1), POOL, ship_together=True)
    assert shortages == (Shortage(B, 1, 0),)


def test_a_gift_of_the_same_sku_counts_with_its_line() -> None:
    _, shortages = allot([Want(1, A, 2), Want(2, A, 1)], free(A1=2), POOL)
    assert shortages == (Shortage(A, 3, 2),)


@given(pools, st.integers(1, 3), st.integers(1, 3))
def test_bundles_that_ship_together_are_never_more_than_those_that_may_be_split(
    reach: dict[Any, Reach], of_a: int, of_b: int
) -> None:
    parts = {A: of_a, B: of_b}
    assert 0 <= bundles_together(parts, reach, POOL) <= bundles_split(parts, reach, POOL)


@given(pools, st.integers(1, 3), st.integers(1, 3))
def test_as_many_bundles_as_counted_can_be_promised_split(reach: dict[Any, Reach], of_a: int, of_b: int) -> None:
    count = bundles_split({A: of_a, B: of_b}, reach, POOL)
    for bundles, short in ((count, False), (count + 1, True)):
        wants = [Want(1, A, of_a * bundles), Want(1, B, of_b * bundles)] if bundles else []
        assert bool(wants and allot(wants, reach, POOL)[1]) == short


def test_r_12_a_global_minimum_of_sums_would_oversell_bundles_that_ship_together() -> None:
    reach = free(A1=4, B1=0, A2=1, B2=4)
    parts = {A: 1, B: 2}
    assert (bundles_together(parts, reach, POOL), bundles_split(parts, reach, POOL)) == (1, 2)


figures = st.builds(
    Figure,
    shared_qty=st.integers(-20, 100),
    ratio_percent=st.integers(0, 100),
    buffer_qty=st.integers(0, 10),
    dedicated_qty=st.integers(0, 20),
    unimported_qty=st.integers(0, 10),
    cap_qty=st.none() | st.integers(0, 50),
    min_publish_qty=st.integers(0, 5),
    paused_by=st.none() | st.sampled_from(PausedBy),
)


@given(figures)
def test_a_channel_is_never_told_more_than_it_may_take(worked_out: Figure) -> None:
    assert 0 <= worked_out.qty <= max(0, worked_out.shared_qty + worked_out.dedicated_qty - worked_out.unimported_qty)


@given(figures)
def test_a_cap_a_minimum_and_a_pause_are_kept(worked_out: Figure) -> None:
    qty = worked_out.qty
    assert worked_out.cap_qty is None or qty <= worked_out.cap_qty
    assert qty == 0 or (qty > worked_out.min_publish_qty and not worked_out.paused)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({}, 25),
        ({"ratio_percent": 50}, 15),  # floor(20 * 50 %) + 5
        ({"ratio_percent": 33}, 11),  # floor(6.6) + 5
        ({"buffer_qty": 3}, 22),
        ({"cap_qty": 12}, 12),
        ({"min_publish_qty": 25}, 0),
        ({"min_publish_qty": 24}, 25),
    ],
)
def test_the_published_quantity_follows_the_formula(policy: dict[str, int], told: int) -> None:
    rule = PublishPolicy(ChannelId(W1), **policy)  # type: ignore[arg-type]
    assert figure(rule, shared_qty=20, dedicated_qty=5, unimported_qty=0, sold_from_stock=True).qty == told


def test_what_a_channel_sold_and_is_not_booked_is_not_offered_again() -> None:
    rule = PublishPolicy(ChannelId(W1))
    assert figure(rule, shared_qty=20, dedicated_qty=0, unimported_qty=6, sold_from_stock=True).qty == 14


@pytest.mark.parametrize(
    ("sold", "window_s", "latency_s", "buffer"),
    [(0, 3600, 300, 0), (3600, 3600, 100, 124), (36, 3600, 100, 4), (36, 3600, 0, 0)],
)
def test_a_buffer_covers_what_others_sell_while_a_figure_is_on_its_way(
    sold: int, window_s: int, latency_s: int, buffer: int
) -> None:
    assert buffer_needed(sold, window_s, latency_s) == buffer  # rate * latency + 2.33 * sqrt(rate * latency), rounded up
