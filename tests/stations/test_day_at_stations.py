"""A day at the stations: whatever the moment of a cancellation, goods and money are whole in the evening."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from houtai.adapters.memory.store import MemoryStore
from houtai.application.office import Office
from tests.conftest import StillClock
from tests.stations.day import Day, Odds


def a_day(office: Office, clock: Any, seed: int, orders: int, odds: Odds = Odds()) -> Day:
    """From the first release to the last unit put back, and looked at."""
    day = Day(office, clock, random.Random(seed), orders, odds)
    day.run()
    day.check()
    return day


def test_a_quiet_day_sends_everything(office: Office, clock: Any) -> None:
    day = a_day(office, clock, 1, 8, Odds(0, 0, 0, 0, 0))
    assert len(day.shipped()) == len(day.orders)


@pytest.mark.parametrize("seed", range(2))
def test_a_day_with_cancellations_between_the_scans_leaves_everything_whole(office: Office, clock: Any, seed: int) -> None:
    day = a_day(office, clock, seed, 12, Odds(cancel=6))
    assert 0 < len(day.shipped()) < len(day.orders)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 10), st.integers(0, 40))
def test_whatever_the_moment_of_a_cancellation_goods_and_money_are_whole(seed: int, orders: int, cancel: int) -> None:
    clock = StillClock()
    a_day(Office(MemoryStore(), clock), clock, seed, orders, Odds(cancel=cancel))
