"""The scale: within the greater of grams and per cent, high and low; unknown weights teach instead of blocking (G-32)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import CategoryId
from houtai.domain.outbound.weighing import (
    LEARN_FROM,
    REMEMBERED,
    CategoryTolerance,
    ExpectedWeight,
    LearntWeight,
    WeighTolerance,
    WeighVerdict,
    check_tolerances,
    expected_weight,
    median_g,
    weigh,
)
from houtai.domain.refusal import InvalidValue
from tests.outbound.arrange import sku


def test_a_parcel_should_weigh_goods_box_and_filler() -> None:
    expected = expected_weight({sku(1): 2, sku(2): 1}, {sku(1): 300, sku(2): 150}, tare_g=80, filler_g=10)
    assert expected == ExpectedWeight(840)


@pytest.mark.parametrize(
    ("weight", "verdict"),
    [
        (474, WeighVerdict.TOO_LIGHT),
        (480, WeighVerdict.FITS),
        (500, WeighVerdict.FITS),
        (520, WeighVerdict.FITS),
        (521, WeighVerdict.TOO_HEAVY),
    ],
)
def test_a_light_parcel_may_differ_by_twenty_grams(weight: int, verdict: WeighVerdict) -> None:
    """G-32: low and high, on either side of the bound."""
    weighed = weigh(weight, ExpectedWeight(500))
    assert (weighed.verdict, weighed.allowed_g) == (verdict, 20)
    assert weighed.blocks is (verdict is not WeighVerdict.FITS)


@pytest.mark.parametrize(("weight", "blocks"), [(9_699, True), (9_700, False), (10_300, False), (10_301, True)])
def test_a_heavy_parcel_may_differ_by_three_per_cent(weight: int, blocks: bool) -> None:
    assert weigh(weight, ExpectedWeight(10_000)).blocks is blocks


def test_a_category_has_its_own_tolerance() -> None:
    assert weigh(505, ExpectedWeight(500), WeighTolerance(4, 50)).verdict is WeighVerdict.TOO_HEAVY


def test_a_parcel_of_several_goods_may_differ_as_far_as_the_widest_of_them_allows() -> None:
    strict, wide = WeighTolerance(4, 50), WeighTolerance(10, 1_000)
    assert [weigh(weight, ExpectedWeight(500), strict, wide).blocks for weight in (449, 450, 550, 551)] == [
        True,
        False,
        False,
        True,
    ]


def test_a_category_is_named_once() -> None:
    tea = CategoryTolerance(CategoryId(UUID(int=1)), WeighTolerance())
    with pytest.raises(InvalidValue):
        check_tolerances((tea, tea))


def test_a_missing_weight_blocks_nothing() -> None:
    expected = expected_weight({sku(1): 2, sku(2): 1}, {sku(1): 300, sku(2): 0}, tare_g=80)
    weighed = weigh(5_000, expected)
    assert (expected.unknown, weighed.verdict, weighed.blocks) == ((sku(2),), WeighVerdict.UNKNOWN, False)


def test_the_median_of_the_last_parcels_is_the_weight() -> None:
    learnt = LearntWeight()
    for weight, qty in ((400, 1), (401, 1), (1_100, 3), (399, 1), (2_000, 1)):
        learnt = learnt.with_parcel(weight, tare_g=80, qty=qty)
    assert (learnt.samples_g, learnt.unit_g) == ((320, 321, 340, 319, 1_920), 321)


def test_too_few_parcels_teach_nothing_yet() -> None:
    learnt = LearntWeight()
    for _ in range(LEARN_FROM - 1):
        learnt = learnt.with_parcel(400, 80, 1)
    assert (learnt.unit_g, learnt.with_parcel(400, 80, 1).unit_g) == (0, 320)


def test_a_parcel_no_heavier_than_its_box_teaches_nothing() -> None:
    assert LearntWeight().with_parcel(80, 80, 1) == LearntWeight()
    assert LearntWeight().with_parcel(400, 80, 0) == LearntWeight()


def test_old_parcels_are_forgotten() -> None:
    learnt = LearntWeight()
    for weight in range(REMEMBERED + 10):
        learnt = learnt.with_parcel(1_000 + weight, 0, 1)
    assert (len(learnt.samples_g), learnt.samples_g[0]) == (REMEMBERED, 1_010)


def test_a_median_needs_a_sample() -> None:
    assert (median_g([3]), median_g([1, 2]), median_g([5, 1, 3])) == (3, 2, 3)
    with pytest.raises(ValueError, match="sample"):
        median_g([])


@given(st.integers(0, 50_000), st.integers(0, 60_000), st.integers(0, 500), st.integers(0, 2_000))
def test_the_verdict_is_the_distance_against_the_greater_bound(expected: int, weight: int, grams: int, points: int) -> None:
    weighed = weigh(weight, ExpectedWeight(expected), WeighTolerance(grams, points))
    inside = abs(weight - expected) <= grams or abs(weight - expected) * 10_000 <= expected * points
    assert weighed.blocks is not inside


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=40))
def test_half_of_the_samples_lie_on_either_side_of_the_median(samples: list[int]) -> None:
    middle = median_g(samples)
    assert 2 * sum(sample < middle for sample in samples) <= len(samples)
    assert 2 * sum(sample > middle for sample in samples) <= len(samples)
