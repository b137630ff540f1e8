"""Units that are given up and units that leave share a line to the fen, in whatever order they go (R-5)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.domain.orders.giving_up import give_up
from houtai.domain.orders.shipping import UnitsOut, ship
from houtai.domain.orders.state import OrderState
from tests.orders.make import line, order


@given(
    st.integers(1, 9),
    st.integers(0, 100_000),
    st.integers(0, 5_000),
    st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=12),
)
def test_what_leaves_and_what_is_paid_back_make_the_whole_line(
    qty: int, gross: int, freight: int, steps: list[tuple[bool, int]]
) -> None:
    one = order(line(1, qty=qty, gross_minor=gross, freight_minor=freight), state=OrderState.RELEASED)
    total = 0
    for gives_up, wanted in [*steps, (True, qty)]:
        units = min(wanted, one.lines[0].open_qty)
        if not units:
            continue
        if gives_up:
            one, minor = give_up(one, {1: units})
        else:
            one, (brought,) = ship(one, [UnitsOut(1, units)])
            minor = brought.paid_minor + brought.freight_minor
        assert minor >= 0
        total += minor
    assert (one.lines[0].open_qty, total) == (0, gross + freight)


def test_no_more_is_given_up_than_is_open() -> None:
    one = order(line(1, qty=2), state=OrderState.RELEASED)
    with pytest.raises(AssertionError):
        give_up(one, {1: 3})


def test_units_without_stock_are_given_up_first() -> None:
    held = line(1, qty=5, shortage_qty=3, settled_qty=2)
    assert [(one.shortage_qty, one.settled_qty, one.open_qty) for one in (held.given_up(2), held.given_up(4))] == [
        (1, 1, 3),
        (0, 0, 1),
    ]
