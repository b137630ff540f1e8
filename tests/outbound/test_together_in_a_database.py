"""The same as in memory, longer and on SQLite, where the doctor looks at every house in the end."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from tests.outbound.test_together_always_adds_up import Deed, baskets, days, deeds


@settings(max_examples=100)
@given(baskets, st.lists(deeds, max_size=10))
def test_any_splitting_and_merging_leaves_a_database_without_fault(wanted: list[dict[str, int]], done: list[Deed]) -> None:
    days("sqlite", wanted, done)
