"""Units of an order that are given up before they leave."""

from __future__ import annotations

from tests.orders.make import line


def test_units_without_stock_are_given_up_first() -> None:
    held = line(1, qty=5, shortage_qty=3, settled_qty=2)
    assert [(one.shortage_qty, one.settled_qty, one.open_qty) for one in (held.given_up(2), held.given_up(4))] == [
        (1, 1, 3),
        (0, 0, 1),
    ]
