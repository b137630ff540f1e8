"""A clock that jumps under load (F10), in the program's own port for it; durations are measured by another clock."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from contextlib import closing

import pytest
from sqlalchemy import select

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_database
from houtai.adapters.sql.deadline import Deadlines
from houtai.adapters.sql.house import audit_log
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.relay import LEASE_S, ClaimMessages, claim_messages
from tests.faults.stall import Stall, place, verdict
from tests.faults.test_broken_line import at_once

JUMPS = (dt.timedelta(days=2), dt.timedelta(hours=-1), dt.timedelta(0), dt.timedelta(days=-1), dt.timedelta(minutes=5))


class Jumping:
    """The system's clock, off by whatever it was set to."""

    def __init__(self, base: dt.timedelta = dt.timedelta(0)) -> None:
        self._base, self.off = base, dt.timedelta(0)

    def now(self) -> dt.datetime:
        """What it shows."""
        return SystemClock().now() + self._base + self.off


class Restless(Jumping):
    """One that jumps each time somebody looks."""

    def __init__(self, base: dt.timedelta) -> None:
        super().__init__(base)
        self._jumps = itertools.cycle(JUMPS)

    def now(self) -> dt.datetime:
        """Another hour than a moment ago."""
        self.off = next(self._jumps)
        return super().now()


def test_orders_placed_while_the_clock_jumps_are_whole(stall: Stall) -> None:
    """F10: days ahead and back from one look to the next. Each order is there once, the log's chain and order hold, numbers are unique."""
    clock = Restless(dt.timedelta(days=3))  # it never goes back to where the shop had not opened: nothing was priced then
    wanted = stall.wishes(80)
    office = Office(SqlStore(stall.url), clock)
    with closing(office):
        told = [code for start in range(0, len(wanted), 20) for code in at_once(office, wanted[start : start + 20])]
    with closing(open_database(stall.url)) as store, store.engine.connect() as connection:
        moments = connection.execute(select(audit_log.c.at).order_by(audit_log.c.seq)).scalars().all()
    assert told == ["ok"] * len(wanted)
    assert any(later < earlier for earlier, later in itertools.pairwise(moments)), "the clock never went back"
    found = verdict(stall.url, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (len(wanted), True), found


def test_a_lease_is_not_granted_twice_by_a_clock_that_goes_back(stall: Stall) -> None:
    """F10: a relay that believes in an earlier hour gets nothing of what is leased; one days ahead does, as after a dead relay."""
    clock = Jumping()
    office = Office(SqlStore(stall.url), clock)
    with closing(office):
        order = place(office, stall.pattern)
        held = {message.id for message in office.perform(claim_messages, ClaimMessages(50, LEASE_S), office.act_of_system())}
        granted = {}
        for off in JUMPS:
            clock.off = off
            act = office.act_of_system()
            granted[off] = {message.id for message in office.perform(claim_messages, ClaimMessages(50, LEASE_S), act)}
    assert held
    assert granted == {off: held if off == JUMPS[0] else set() for off in JUMPS}
    assert verdict(stall.url, [stall.pattern], [order.id]).holds


def test_a_deadline_does_not_look_at_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """F10: how long something may take is measured by the clock that only goes forward."""
    deadlines = Deadlines(60)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    with deadlines.unit() as _, closing(deadlines):
        unit = deadlines.unit()
        with unit:
            assert 59 < unit.due - time.monotonic() <= 60
