"""Cartonising: nothing overlaps, sticks out, floats, crushes or weighs too much, and the cheapest box that fits is taken."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from houtai.domain.outbound.cartonise import MAX_PIECES, Box, PackedBox, Piece, Placement, propose
from houtai.domain.refusal import InvalidValue

SMALL = Box("S", 100, 100, 100, 1_000, 50, 40)
FLAT = Box("F", 300, 200, 50, 2_000, 60, 60)
LARGE = Box("L", 300, 300, 300, 20_000, 200, 300)
CATALOGUE = (LARGE, SMALL, FLAT)


def piece(key: int, *sides: int, **more: object) -> Piece:
    return Piece(key, *(sides or (50, 50, 50)), **more)  # type: ignore[arg-type]  # fields by name


def test_the_cheapest_box_that_fits_is_proposed() -> None:
    assert [one.box.code for one in propose([piece(1)], CATALOGUE).boxes] == ["S"]
    assert [one.box.code for one in propose([piece(1, 250, 40, 150)], CATALOGUE).boxes] == ["F"]


def test_eight_cubes_fill_a_box_to_the_last_corner() -> None:
    proposal = propose([piece(key) for key in range(8)], [SMALL])
    assert [len(one.placements) for one in proposal.boxes] == [8]
    assert [len(one.placements) for one in propose([piece(key) for key in range(9)], [SMALL]).boxes] == [8, 1]


@pytest.mark.parametrize("sides", [(90, 60, 30), (90, 30, 60), (60, 90, 30), (60, 30, 90), (30, 90, 60), (30, 60, 90)])
def test_a_piece_is_turned_all_six_ways(sides: tuple[int, int, int]) -> None:
    assert propose([piece(1, *sides)], [Box("B", 30, 60, 90, 100)]).too_large == ()


def test_a_liquid_stands_upright() -> None:
    bottle = piece(1, 50, 50, 90, liquid=True)
    assert propose([bottle], [Box("B", 90, 50, 50, 100)]).too_large == (bottle,)
    assert propose([piece(1, 40, 50, 90, liquid=True)], [Box("B", 50, 40, 90, 100)]).too_large == ()


def test_a_box_holds_no_more_than_it_can_carry() -> None:
    heavy = [piece(key, 10, 10, 10, weight_g=600) for key in range(3)]
    assert [one.box.code for one in propose(heavy, CATALOGUE).boxes] == ["F"]
    assert [one.goods_g for one in propose(heavy, [SMALL]).boxes] == [600, 600, 600]


def test_what_fits_nowhere_is_named_and_the_rest_is_packed() -> None:
    proposal = propose([piece(1), piece(2, 900, 10, 10)], CATALOGUE)
    assert ([one.key for one in proposal.too_large], len(proposal.boxes)) == ([2], 1)
    assert propose([piece(1)], []).too_large == (piece(1),)


def test_liquids_and_what_must_not_mix_travel_apart() -> None:
    pieces = [piece(1), piece(2, liquid=True), piece(3, no_mix="food"), piece(4, no_mix="soap"), piece(5)]
    together = [sorted(one.piece.key for one in box.placements) for box in propose(pieces, CATALOGUE).boxes]
    assert sorted(together) == [[1, 5], [2], [3], [4]]


def test_nothing_lies_on_what_is_fragile() -> None:
    glass, brick = piece(1, 100, 100, 40, fragile=True), piece(2, 100, 100, 60)
    (box,) = propose([glass, brick], [SMALL]).boxes
    assert {one.piece.key: one.at[2] for one in box.placements} == {2: 0, 1: 60}
    two = [piece(key, 100, 100, 40, fragile=True) for key in (1, 2)]
    assert [len(one.placements) for one in propose(two, [SMALL]).boxes] == [1, 1]


def test_what_is_fragile_is_not_pushed_under_what_hangs_over() -> None:
    block, lid, glass = piece(1, 85, 100, 80), piece(2, 100, 100, 20), piece(3, 15, 100, 80, fragile=True)
    together = [[one.piece.key for one in box.placements] for box in propose([block, lid, glass], [SMALL]).boxes]
    assert together == [[1, 2], [3]]
    assert len(propose([block, lid, piece(3, 15, 100, 80)], [SMALL]).boxes) == 1


def test_a_piece_that_would_hang_in_the_air_goes_into_another_box() -> None:
    post, plate = piece(1, 30, 30, 90, liquid=True), piece(2, 90, 90, 8, liquid=True)
    assert [len(box.placements) for box in propose([post, plate], [Box("B", 90, 90, 98, 1_000)]).boxes] == [1, 1]


def test_the_box_weighs_with_its_goods() -> None:
    proposal = propose([piece(1, weight_g=300)], [SMALL])
    assert (proposal.boxes[0].weight_g, proposal.cost_minor) == (340, 50)


def test_pieces_are_bounded_and_have_keys_of_their_own() -> None:
    with pytest.raises(InvalidValue):
        propose([piece(key) for key in range(MAX_PIECES + 1)], CATALOGUE)
    with pytest.raises(InvalidValue):
        propose([piece(1), piece(1)], CATALOGUE)


sides = st.integers(10, 160)
shapes = st.tuples(sides, sides, sides, st.integers(0, 900), st.booleans(), st.booleans(), st.sampled_from(["", "", "food"]))


@settings(max_examples=80)
@given(st.lists(shapes, max_size=12))
def test_every_packing_could_stand_on_a_table(rows: list[tuple[int, int, int, int, bool, bool, str]]) -> None:
    pieces = [Piece(key, *row) for key, row in enumerate(rows)]
    proposal = propose(pieces, CATALOGUE)
    packed = [one.piece.key for box in proposal.boxes for one in box.placements]
    assert sorted([*packed, *(one.key for one in proposal.too_large)]) == [one.key for one in pieces]
    assert all(_stands(box) and not _crushed(box) for box in proposal.boxes)


def _stands(box: PackedBox) -> bool:
    """Written anew, against the packer: inside, apart, light enough, of one company, each piece whole and held from below."""
    inside = all(
        one.at[axis] >= 0 and one.at[axis] + one.size[axis] <= box.box.size[axis] for one in box.placements for axis in range(3)
    )
    whole = all(
        sorted(one.size) == sorted((one.piece.length_mm, one.piece.width_mm, one.piece.height_mm)) for one in box.placements
    )
    upright = all(one.size[2] == one.piece.height_mm for one in box.placements if one.piece.liquid)
    apart = all(
        any(one.at[axis] + one.size[axis] <= two.at[axis] or two.at[axis] + two.size[axis] <= one.at[axis] for axis in range(3))
        for one, two in combinations(box.placements, 2)
    )
    light = sum(one.piece.weight_g for one in box.placements) <= box.box.max_weight_g
    company = len({(one.piece.liquid, one.piece.no_mix) for one in box.placements}) == 1
    held = all(one.at[2] == 0 or 2 * _held_mm2(one, box) >= one.size[0] * one.size[1] for one in box.placements)
    return inside and whole and upright and apart and light and company and held


def _held_mm2(one: Placement, box: PackedBox) -> int:
    """How much of its base stands on others."""
    area = 0
    for two in box.placements:
        if two.at[2] + two.size[2] == one.at[2]:
            common = [
                range(max(one.at[axis], two.at[axis]), min(one.at[axis] + one.size[axis], two.at[axis] + two.size[axis]))
                for axis in (0, 1)
            ]
            area += len(common[0]) * len(common[1])
    return area


def _crushed(box: PackedBox) -> bool:
    """Whether anything lies above something fragile."""
    return any(
        low.piece.fragile
        and high.at[2] >= low.at[2] + low.size[2]
        and all(
            high.at[axis] < low.at[axis] + low.size[axis] and low.at[axis] < high.at[axis] + high.size[axis] for axis in (0, 1)
        )
        for low in box.placements
        for high in box.placements
        if low is not high
    )
