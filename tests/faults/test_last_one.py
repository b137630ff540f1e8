"""Many processes want the last units and the one coupon at the same moment (F15)."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from houtai.application.orders.place import PlaceOrder
from houtai.domain.ids import OrderId
from tests.faults.cluster import Cluster
from tests.faults.program import ROOT
from tests.faults.stall import Stall, opened, verdict

PROCESSES, EACH = 4, 5
LEFT = 3
START_S = 6.0  # from the first process's start to the race: all have imported everything by then


@pytest.fixture(params=["sqlite", "postgres"])
def nearly_sold_out(request: pytest.FixtureRequest, tmp_path: Path) -> Stall:
    """A shop with LEFT units of each SKU."""
    if request.param == "sqlite":
        return opened(f"sqlite:///{tmp_path / 'shop.db'}", stock=LEFT)
    cluster: Cluster = request.getfixturevalue("cluster")
    return opened(cluster.url(cluster.create()), stock=LEFT)


def raced(stall: Stall, wanted: Sequence[PlaceOrder]) -> dict[OrderId, str]:
    """What each caller was told, by order."""
    begin = str(time.time() + START_S)
    command = [sys.executable, "-m", "tests.faults.racer", stall.url, begin]
    racers = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    for place, racer in enumerate(racers):
        assert racer.stdin is not None
        racer.stdin.write(pickle.dumps(wanted[place::PROCESSES]))
        racer.stdin.close()
        racer.stdin = None
    told = [json.loads(racer.communicate(timeout=120)[0]) for racer in racers]
    return {OrderId(UUID(order)): code for one in told for order, code in one}


def test_the_last_units_go_to_as_many_callers(nearly_sold_out: Stall) -> None:
    """Three units, twenty callers in four processes: three get one each, the others hear that it is sold out."""
    wanted = nearly_sold_out.wishes(PROCESSES * EACH)
    told = raced(nearly_sold_out, wanted)
    won = [order for order, code in told.items() if code == "ok"]
    assert sorted(told.values()) == ["inventory.out-of-stock"] * (len(wanted) - LEFT) + ["ok"] * LEFT
    found = verdict(nearly_sold_out.url, wanted, won, set(told) - set(won))
    assert (found.orders, found.holds) == (LEFT, True), found


def test_one_coupon_is_used_once(stall: Stall) -> None:
    """One coupon, twenty orders that use it, in four processes: one gets it."""
    with stall.office() as office:
        shop = stall.shop.moved_to(office, office.clock)
        wish = shop.wish([shop.coupon()], CUP=1)
    wanted = [shop.wish_again(wish) for _ in range(PROCESSES * EACH)]
    told = raced(stall, wanted)
    won = [order for order, code in told.items() if code == "ok"]
    assert (len(won), "busy" in told.values()) == (1, False), told
    found = verdict(stall.url, wanted, won, set(told) - set(won))
    assert (found.orders, found.holds) == (1, True), found
