"""Freight charged by rule, and shared over lines to the cent (R-13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import ChannelId
from houtai.domain.refusal import CurrencyMismatch
from houtai.domain.shipping.freight import (
    FreightLine,
    FreightRule,
    FreightRuleId,
    FreightState,
    FreightTerms,
    NotDelivered,
    chargeable_weight_g,
    freight_charged,
    freight_told,
    rule_for,
    share_freight,
)

TERMS = FreightTerms(first_g=1000, first_minor=800, step_g=500, step_minor=200)


def rule(number: int = 1, **terms: Any) -> FreightRule:
    return FreightRule(FreightRuleId(UUID(int=number)), ChannelId(UUID(int=7)), "CNY", attrs.evolve(TERMS, **terms))


@pytest.mark.parametrize(("weight", "charged"), [(0, 800), (1000, 800), (1001, 1000), (1500, 1000), (1501, 1200)])
def test_the_first_weight_has_one_price_and_every_begun_step_adds_its_own(weight: int, charged: int) -> None:
    assert freight_charged(rule(), weight, 5000, "CNY").minor == charged


@pytest.mark.parametrize(("goods", "charged"), [(9899, 800), (9900, 0)])
def test_goods_for_enough_go_free(goods: int, charged: int) -> None:
    assert freight_charged(rule(free_from_minor=9900), 500, goods, "CNY").minor == charged


@pytest.mark.parametrize(("region", "charged"), [("西藏", 2300), ("浙江", 800), ("", 800)])
def test_remote_regions_pay_a_surcharge(region: str, charged: int) -> None:
    assert freight_charged(rule(remote_regions=("西藏",), remote_minor=1500), 500, 5000, "CNY", region).minor == charged


def test_free_freight_still_costs_the_surcharge() -> None:
    far = rule(free_from_minor=0, remote_regions=("西藏",), remote_minor=1500)
    assert freight_charged(far, 500, 5000, "CNY", "西藏").minor == 1500


@pytest.mark.parametrize(
    ("weight", "goods", "region", "told"),
    [
        (900, 5000, "浙江", "freight 8.00 CNY for 900 g: 8.00 CNY up to 1000 g"),
        (1600, 5000, "", "freight 12.00 CNY for 1600 g: 8.00 CNY up to 1000 g, 2.00 CNY for each 500 g beyond"),
        (900, 5000, "西藏", "freight 23.00 CNY for 900 g: 8.00 CNY up to 1000 g, 15.00 CNY more for 西藏"),
        (9000, 30000, "", "freight 0.00 CNY for 9000 g: free from 300.00 CNY"),
        (9000, 30000, "西藏", "freight 15.00 CNY for 9000 g: free from 300.00 CNY, 15.00 CNY more for 西藏"),
    ],
)
def test_freight_is_told_with_its_weight_and_rule(weight: int, goods: int, region: str, told: str) -> None:
    far = rule(free_from_minor=30000, remote_regions=("西藏",), remote_minor=1500)
    assert freight_told(far, weight, goods, region) == told


def test_freight_in_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        freight_charged(rule(), 500, 5000, "USD")


def test_the_rule_that_names_the_region_comes_before_the_one_for_all_others() -> None:
    rules = [rule(1), rule(2, regions=("新疆",))]
    assert [rule_for(rules, region) for region in ("新疆", "浙江")] == [rules[1], rules[0]]


def test_a_region_that_no_rule_reaches_is_refused() -> None:
    with pytest.raises(NotDelivered):
        rule_for([rule(1, regions=("新疆",))], "浙江")


def test_a_channel_without_rules_in_use_charges_nothing() -> None:
    assert rule_for([attrs.evolve(rule(), state=FreightState.RETIRED)], "浙江") is None


def test_freight_1000_over_1200_g_and_800_g_is_600_400() -> None:
    assert share_freight(1000, [FreightLine(1, 1200, 1), FreightLine(2, 800, 1)]) == {1: 600, 2: 400}


def test_freight_1000_over_three_equal_parcels_is_334_333_333() -> None:
    assert share_freight(1000, [FreightLine(line, 500, 1) for line in (1, 2, 3)]) == {1: 334, 2: 333, 3: 333}


def test_without_weights_the_amounts_share_and_without_amounts_each_line_alike() -> None:
    by_amount = share_freight(1000, [FreightLine(1, 0, 3000), FreightLine(2, 0, 1000)])
    assert [by_amount, share_freight(1000, [FreightLine(1, 0, 0), FreightLine(2, 0, 0)])] == [{1: 750, 2: 250}, {1: 500, 2: 500}]


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 10**5), st.integers(0, 10**6)), min_size=1, max_size=10),
)
def test_the_shares_always_add_up_to_the_freight(freight: int, lines: list[tuple[int, int]]) -> None:
    shares = share_freight(freight, [FreightLine(line, *measures) for line, measures in enumerate(lines)])
    assert sum(shares.values()) == freight


@pytest.mark.parametrize(
    ("measures", "weight"), [((500, 300, 200, 100), 1000), ((1500, 300, 200, 100), 1500), ((0, 10, 10, 61), 2), ((0, 0, 0, 0), 0)]
)
def test_a_bulky_piece_weighs_what_its_volume_counts_for(measures: tuple[int, int, int, int], weight: int) -> None:
    assert chargeable_weight_g(*measures) == weight
