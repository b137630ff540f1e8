"""Routing: the best of all single warehouses and pairs, by rules in their order, with the reason why others lost (OMS-3)."""

from __future__ import annotations

import itertools
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import MerchantId, SkuId, WarehouseId
from houtai.domain.outbound.refusals import CannotRoute
from houtai.domain.outbound.routing import USUAL_RULES, Route, RouteLine, RouteRule, Site, route
from tests.outbound.arrange import sku

A, B, C, D = (WarehouseId(UUID(int=n)) for n in (1, 2, 3, 4))
SELLER = MerchantId(UUID(int=77))


def shelves(**held: str) -> dict[tuple[SkuId, WarehouseId], int]:
    """``a="5 0 2"``: so many of SKU 1, 2, 3 in warehouse A."""
    places = {"a": A, "b": B, "c": C, "d": D}
    return {(sku(at), places[name]): int(qty) for name, row in held.items() for at, qty in enumerate(row.split(), 1)}


def lines(*qty: int, sealed: int = 0, unit_g: int = 0) -> list[RouteLine]:
    return [RouteLine(at, sku(at), each, unit_g, sealed=sealed) for at, each in enumerate(qty, 1)]


def test_one_parcel_is_better_than_two() -> None:
    choice = route(lines(1, 1), [Site(A), Site(B, rank=9)], shelves(a="1 0", b="1 1"))
    assert (choice.best.warehouses, choice.best.parcels) == ((B,), 1)


def test_the_choice_that_lost_says_by_which_rule() -> None:
    sites = [Site(A, first_minor=800), Site(B, first_minor=500), Site(C, rank=3)]
    choice = route(lines(1), sites, shelves(a="1", b="1", c="1"))
    assert choice.best.warehouses == (B,)
    reasons = [(lost.route.warehouses, lost.rule, lost.figure, lost.best_figure) for lost in choice.lost]
    assert reasons == [((A,), RouteRule.LOWEST_COST, 800, 500), ((C,), RouteRule.PREFERRED, 3, 0)]


def test_the_receivers_own_region_comes_before_the_houses_preference() -> None:
    sites = [Site(A, rank=0), Site(B, rank=5, home=True)]
    assert route(lines(1), sites, shelves(a="1", b="1")).best.warehouses == (B,)


@pytest.mark.parametrize(("rule", "expected"), [(RouteRule.FASTEST, B), (RouteRule.LOWEST_COST, A), (RouteRule.PREFERRED, C)])
def test_the_house_orders_the_rules(rule: RouteRule, expected: WarehouseId) -> None:
    sites = [Site(A, 2, first_minor=100, hours=48), Site(B, 2, first_minor=900, hours=12), Site(C, 1, first_minor=500, hours=72)]
    choice = route(lines(1), sites, shelves(a="1", b="1", c="1"), (rule,))
    assert choice.best.warehouses == (expected,)


def test_the_weight_of_each_parcel_decides_its_cost() -> None:
    site = Site(A, handling_minor=50, first_g=1_000, first_minor=600, step_g=500, step_minor=100)
    choice = route(lines(3, unit_g=700), [site], shelves(a="3"))
    assert choice.best.cost_minor == 50 + 600 + 3 * 100


def test_sealed_lines_leave_together_or_not_at_all() -> None:
    held = shelves(a="1 0", b="0 1", c="1 1")
    assert route(lines(1, 1, sealed=1), [Site(A), Site(B), Site(C, rank=9)], held).best.warehouses == (C,)
    with pytest.raises(CannotRoute):
        route(lines(1, 1, sealed=1), [Site(A), Site(B)], held)


def test_a_line_is_cut_only_where_nobody_holds_it_whole() -> None:
    whole = route(lines(4, 1), [Site(A), Site(B)], shelves(a="4 0", b="3 1")).best
    assert [(part.warehouse_id, part.line, part.qty) for part in whole.parts] == [(A, 1, 4), (B, 2, 1)]
    cut = route(lines(4), [Site(A), Site(B)], shelves(a="3", b="3")).best
    assert sorted(part.qty for part in cut.parts) == [1, 3]


def test_a_merchants_warehouse_sends_that_merchants_goods_only() -> None:
    ours, theirs = RouteLine(1, sku(1), 1), RouteLine(2, sku(2), 1, merchant_id=SELLER)
    sites = [Site(A), Site(B, merchant_id=SELLER)]
    best = route([ours, theirs], sites, shelves(a="1 0", b="1 1")).best
    assert [(part.line, part.warehouse_id) for part in best.parts] == [(1, A), (2, B)]


def test_lines_of_one_sku_share_its_stock() -> None:
    twice = [RouteLine(1, sku(1), 2), RouteLine(2, sku(1), 2)]
    with pytest.raises(CannotRoute) as refused:
        route(twice, [Site(A)], shelves(a="3"))
    assert refused.value.missing == ((2, 1),)


def test_where_two_are_not_enough_more_are_taken() -> None:
    best = route(lines(1, 1, 1), [Site(A), Site(B), Site(C)], shelves(a="1 0 0", b="0 1 0", c="0 0 1")).best
    assert (best.parcels, best.warehouses) == (3, (A, B, C))


def test_an_order_past_the_exact_search_is_still_served_whole() -> None:
    many = [RouteLine(at, sku(1), 1) for at in range(1, 31)]
    best = route(many, [Site(A), Site(B)], shelves(a="20", b="15")).best
    assert (sum(part.qty for part in best.parts), best.parcels) == (30, 2)


@pytest.mark.parametrize("dear", [A, B])
def test_a_long_order_begins_at_whichever_of_the_two_is_cheaper(dear: WarehouseId) -> None:
    many = [RouteLine(at, sku(at), 1, 1_000) for at in range(1, 13)]
    stock = {(sku(at), place): 1 for at in range(1, 13) for place in (A, B) if (at, place) not in ((1, A), (12, B))}
    sites = [Site(place, step_minor=90 if place == dear else 10) for place in (A, B)]
    best = route(many, sites, stock).best
    assert Counter(part.warehouse_id for part in best.parts)[dear] == 1


def test_what_nobody_has_is_named() -> None:
    with pytest.raises(CannotRoute) as refused:
        route(lines(2, 5), [Site(A), Site(B)], shelves(a="2 1", b="0 1"))
    assert refused.value.missing == ((2, 3),)


amounts = st.integers(0, 4)
tables = st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=4)


@given(st.lists(st.integers(1, 4), min_size=3, max_size=3), tables)
def test_a_route_serves_all_of_it_from_what_is_there(qty: list[int], table: list[tuple[int, ...]]) -> None:
    places = (A, B, C, D)[: len(table)]
    sites = [Site(place, rank=at, first_minor=100 * at, hours=24 - at) for at, place in enumerate(places)]
    stock = {(sku(at), place): row[at - 1] for place, row in zip(places, table, strict=True) for at in (1, 2, 3)}
    enough = all(sum(row[at] for row in table) >= qty[at] for at in range(3))
    if not enough:
        with pytest.raises(CannotRoute):
            route(lines(*qty), sites, stock)
        return
    best = route(lines(*qty), sites, stock).best
    served, taken = Counter[int](), Counter[object]()
    for part in best.parts:
        served[part.line] += part.qty
        taken[part.sku_id, part.warehouse_id] += part.qty
    assert [served[at] for at in (1, 2, 3)] == qty
    assert all(taken[key] <= stock[key] for key in stock)
    if best.parcels > 2:
        singles = [[place] for place in places]
        pairs = [list(pair) for pair in itertools.combinations(places, 2)]
        assert not any(_holds(stock, qty, choice) for choice in (*singles, *pairs))


def _holds(stock: dict[tuple[SkuId, WarehouseId], int], qty: list[int], choice: list[WarehouseId]) -> bool:
    return all(sum(stock[sku(at), place] for place in choice) >= qty[at - 1] for at in (1, 2, 3))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 900)), min_size=1, max_size=4))
def test_no_way_to_share_a_pair_is_cheaper_than_the_one_taken(rows: list[tuple[int, int]]) -> None:
    """Both warehouses hold all; compared with every assignment of lines, reckoned here by itself."""
    wanted = [RouteLine(at, sku(at), qty, grams) for at, (qty, grams) in enumerate(rows, 1)]
    sites = [
        Site(A, first_g=500, first_minor=300, step_g=200, step_minor=90),
        Site(B, first_g=900, first_minor=400, step_g=500, step_minor=70),
    ]
    stock = {(line.sku_id, place): line.qty for line in wanted for place in (A, B)}
    best = route(wanted, sites, stock, (RouteRule.LOWEST_COST,)).best
    costs = []
    for choice in itertools.product((0, 1), repeat=len(wanted)):
        grams = [sum(line.qty * line.unit_g for line, at in zip(wanted, choice, strict=True) if at == place) for place in (0, 1)]
        costs.append(sum(sites[at].cost_minor(grams[at]) for at in set(choice)))
    assert best.cost_minor == min(costs)


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=4),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
)
def test_lines_that_compete_for_stock_find_every_pair_that_serves_them_sealed(
    rows: list[tuple[int, int]], held: list[int]
) -> None:
    """Each line sealed to itself, so that it is never cut: served exactly when some assignment of whole lines fits."""
    wanted = [RouteLine(at, sku(kind), qty, sealed=at) for at, (kind, qty) in enumerate(rows, 1)]
    stock = {(sku(1), A): held[0], (sku(2), A): held[1], (sku(1), B): held[2], (sku(2), B): held[3]}
    fits = False
    for choice in itertools.product((A, B), repeat=len(wanted)):
        load = Counter[tuple[SkuId, WarehouseId]]()
        for one, place in zip(wanted, choice, strict=True):
            load[one.sku_id, place] += one.qty
        fits = fits or all(qty <= stock[key] for key, qty in load.items())
    if fits:
        assert sum(part.qty for part in route(wanted, [Site(A), Site(B)], stock).best.parts) == sum(one.qty for one in wanted)
    else:
        with pytest.raises(CannotRoute):
            route(wanted, [Site(A), Site(B)], stock)


def test_equal_choices_are_told_apart_the_same_way_every_time() -> None:
    sites = [Site(B), Site(A)]
    picks: list[Route] = [route(lines(1), order, shelves(a="1", b="1")).best for order in (sites, sites[::-1])]
    assert picks[0] == picks[1]
    assert set(USUAL_RULES) == set(RouteRule)
