"""What the house keeps of a merchant's sales: every rate a version, the most specific one in force, none ever changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, strategies as st

from houtai.application.house import OF_DOCUMENT
from houtai.application.merchants.commission import SetCommission, list_commissions, set_commission
from houtai.application.merchants.queries import GetMerchant, get_merchant
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import CategoryId, MerchantId, new_id
from houtai.domain.merchants.commission import CommissionRate, rate_in_force
from houtai.domain.refusal import Forbidden, InvalidValue, NotFound, VersionConflict
from tests.catalog.arrange import limited, some_category, some_merchant

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
LEAF, ROOT, OTHER = (CategoryId(new_id()) for _ in range(3))
SELLER = MerchantId(new_id())


def rate(version: int, hours: int = 0, category: CategoryId | None = None) -> CommissionRate:
    return CommissionRate(SELLER, version, 500, NOON + dt.timedelta(hours=hours), NOON, category)


def set_rate(office: Office, act: Act, merchant: MerchantId, basis_points: int, **fields: Any) -> CommissionRate:
    version = fields.pop("expected_version", office.ask(get_merchant, GetMerchant(merchant), act).version)
    return office.perform(set_commission, SetCommission(merchant, version, basis_points, **fields), act)


def test_every_rate_is_a_version_of_the_merchants_and_stays(office: Office, system: Act, store: Any) -> None:
    merchant, other = some_merchant(office, system), some_merchant(office, system, "M2")
    category = some_category(office, system)
    later = system.at + dt.timedelta(days=1)
    rates = [
        set_rate(office, system, merchant, 500),
        set_rate(office, system, merchant, 800, category=category, reason="new contract"),
        set_rate(office, system, merchant, 300, valid_from=later),
    ]
    assert [(one.version, one.basis_points, one.valid_from) for one in rates] == [
        (1, 500, system.at),
        (2, 800, system.at),
        (3, 300, later),
    ]
    assert list(office.ask(list_commissions, merchant, system)) == rates
    assert set_rate(office, system, other, 100).version == 1
    with store.snapshot() as views:
        lines = [(line.event, line.reason) for line in views.timeline.by(OF_DOCUMENT, merchant)]
    assert lines[-2:] == [("commission-set", "new contract"), ("commission-set", "")]


def test_a_rate_begins_now_or_later_for_a_category_that_there_is(office: Office, system: Act) -> None:
    merchant = some_merchant(office, system)
    with pytest.raises(InvalidValue, match="valid_from"):
        set_rate(office, system, merchant, 500, valid_from=system.at - dt.timedelta(seconds=1))
    with pytest.raises(NotFound):
        set_rate(office, system, merchant, 500, category=CategoryId(new_id()))
    with pytest.raises(VersionConflict):
        set_rate(office, system, merchant, 500, expected_version=7)
    with pytest.raises(NotFound):
        office.ask(list_commissions, SELLER, system)


@pytest.mark.parametrize("basis_points", [-1, 10_001])
def test_a_rate_is_a_part_of_the_whole(basis_points: int) -> None:
    with pytest.raises(InvalidValue):
        SetCommission(SELLER, 1, basis_points)


def test_a_merchants_people_read_their_own_rates_and_set_none(office: Office, system: Act) -> None:
    mine, other = some_merchant(office, system), some_merchant(office, system, "M2")
    rates = [set_rate(office, system, one, 500) for one in (mine, other)]
    clerk = limited(system, "merchants.*", merchant=mine)
    assert office.ask(list_commissions, mine, clerk) == (rates[0],)
    with pytest.raises(NotFound):
        office.ask(list_commissions, other, clerk)
    with pytest.raises(Forbidden):
        office.perform(set_commission, SetCommission(mine, 3, 0), clerk)


def test_the_nearest_category_wins_and_there_the_newest() -> None:
    rates = [
        rate(1),
        rate(2, category=ROOT),
        rate(3, category=LEAF),
        rate(4, -1, LEAF),
        rate(5, 1, LEAF),
        rate(6, category=OTHER),
    ]
    assert rate_in_force(rates, (LEAF, ROOT), NOON) == rates[2]
    assert rate_in_force(rates, (LEAF, ROOT), NOON + dt.timedelta(hours=1)) == rates[4]
    assert rate_in_force(rates, (ROOT,), NOON) == rates[1]
    assert rate_in_force(rates, (), NOON) == rates[0]
    assert rate_in_force(rates[1:], (), NOON) is None


@given(st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([None, LEAF, ROOT])), max_size=8), st.integers(-3, 3))
def test_a_rate_that_was_in_force_stays_so_whatever_begins_later(drawn: list[tuple[int, CategoryId | None]], hour: int) -> None:
    rates = [rate(version, hours, category) for version, (hours, category) in enumerate(drawn, start=1)]
    at = NOON + dt.timedelta(hours=hour)
    later = rate(len(rates) + 1, hour + 1, LEAF)
    assert rate_in_force([*rates, later], (LEAF, ROOT), at) == rate_in_force(rates, (LEAF, ROOT), at)
