"""Two hundred orders from release to the van in one day, scan by scan, with cancellations between any two of them."""

from __future__ import annotations

import os
import random
from typing import Any, Final

import pytest

from houtai.application.office import Office
from tests.stations.day import Day, Odds

ORDERS: Final = int(os.environ.get("HOUTAI_DAY_ORDERS", "200"))


@pytest.mark.parametrize("store", ["memory", "sqlite", "postgres"], indirect=True)
def test_two_hundred_orders_leave_or_are_paid_back_whatever_the_moment(office: Office, clock: Any) -> None:
    day = Day(office, clock, random.Random(2026), ORDERS, Odds(cancel=1, short=1, off_weight=5))
    day.run()
    day.check()
    assert 0 < len(day.shipped()) < len(day.orders)
    assert day.scans > 5 * ORDERS
