"""A line that breaks around a COMMIT (F4, F5), for a caller alone and for a group that shares one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder
from houtai.domain.refusal import Busy, OutcomeUnknown, Refusal
from tests.faults.cluster import Cluster
from tests.faults.stall import Stall, place, verdict
from tests.faults.wire import Cut, Wire, wired

TOGETHER = 20
IN_THE_MIDDLE = b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state = 'idle in transaction'"


@pytest.fixture
def wire(cluster: Cluster) -> Iterator[Wire]:
    """A line to PostgreSQL."""
    with wired(cluster.port) as wire:
        yield wire


def groups_of(office: Office) -> list[int]:
    """How many deeds each transaction of the group carries, from now on."""
    sizes: list[int] = []
    run = office._group._run

    def counted(deeds: Sequence[Any]) -> Any:
        sizes.append(len(deeds))
        return run(deeds)

    office._group._run = counted
    return sizes


def at_once(office: Office, wanted: Sequence[PlaceOrder], *, keyed: bool = True) -> list[str]:
    """Placed by as many callers that begin together: "ok", or the refusal's code, for each."""
    barrier = threading.Barrier(len(wanted))

    def call(wish: PlaceOrder) -> str:
        barrier.wait()
        try:
            return "ok" if place(office, wish, keyed=keyed).id == wish.order else "another's answer"
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(wanted)) as threads:
        return list(threads.map(call, wanted, timeout=60))


@pytest.mark.parametrize("cut", Cut)
def test_a_caller_with_a_key_learns_what_became_of_it(on_postgres: Stall, wire: Wire, cut: Cut) -> None:
    """F4, F5: the two look alike to the client. Asked again under its key, the order is there exactly once."""
    (wish,) = on_postgres.wishes(1)
    with on_postgres.office(through=wire.port) as office:
        wire.cut_at_commit = (cut, 1)
        order = place(office, wish)
    found = verdict(on_postgres.url, [wish], [order.id])
    assert (wire.broken, found.orders, found.holds) == (1, 1, True), found


@pytest.mark.parametrize("cut", Cut)
def test_a_caller_without_a_key_is_told_that_nobody_knows(on_postgres: Stall, wire: Wire, cut: Cut) -> None:
    """F4, F5: never repeated blindly. The order is there after a lost answer, and is not where the COMMIT never came."""
    (wish,) = on_postgres.wishes(1)
    with on_postgres.office(through=wire.port) as office:
        wire.cut_at_commit = (cut, 1)
        with pytest.raises(OutcomeUnknown):
            place(office, wish, keyed=False)
    found = verdict(on_postgres.url, [wish], [])
    assert (found.orders, found.holds) == (int(cut is Cut.AFTER), True), found


@pytest.mark.parametrize("cut", Cut)
def test_a_whole_group_finds_its_answers(on_postgres: Stall, wire: Wire, cut: Cut) -> None:
    """Twenty callers with keys, and the line of whoever commits for them breaks: each gets its order, once; none hangs."""
    wanted = on_postgres.wishes(TOGETHER)
    with on_postgres.office(through=wire.port) as office:
        place(office, wanted[0])
        sizes = groups_of(office)
        wire.delay_s = 0.01
        wire.cut_at_commit = (cut, 2)  # the first carries the one that came first, the second those that came meanwhile
        told = at_once(office, wanted)
    found = verdict(on_postgres.url, wanted, [wish.order for wish in wanted])
    assert (told, found.orders, found.holds) == (["ok"] * TOGETHER, TOGETHER, True), found
    assert (wire.broken, max(sizes) > 5) == (1, True), sizes


@pytest.mark.parametrize("cut", Cut)
def test_a_group_without_keys_is_told_that_nobody_knows(on_postgres: Stall, wire: Wire, cut: Cut) -> None:
    """As above without keys: everybody in the group is told, and all of it happened or nothing did."""
    wanted = on_postgres.wishes(TOGETHER)
    with on_postgres.office(through=wire.port) as office:
        sizes = groups_of(office)
        wire.delay_s = 0.01
        wire.cut_at_commit = (cut, 2)
        told = at_once(office, wanted, keyed=False)
    unknown = told.count("outcome-unknown")
    acknowledged = [wish.order for wish, outcome in zip(wanted, told, strict=True) if outcome == "ok"]
    found = verdict(on_postgres.url, wanted, acknowledged)
    assert (unknown, set(told)) == (sizes[1], {"ok", "outcome-unknown"}), (told, sizes)
    assert (found.orders, found.holds) == (len(acknowledged) + unknown * (cut is Cut.AFTER), True), found


def test_a_line_that_breaks_before_the_commit_leaves_nothing(on_postgres: Stall, wire: Wire, cluster: Cluster) -> None:
    """The connections die in the middle of the deeds: everybody is told `busy`, nothing stays, and the next call goes through."""
    wanted = on_postgres.wishes(TOGETHER)
    name = on_postgres.url.rpartition("/")[2]
    with on_postgres.office(through=wire.port) as office:
        place(office, wanted[0])
        wire.delay_s = 0.1
        with ThreadPoolExecutor(1) as aside:
            placing = aside.submit(at_once, office, wanted[1:])
            with cluster.admin() as admin:
                while not admin.execute(IN_THE_MIDDLE, [name]).fetchall():
                    threading.Event().wait(0.005)
            told = placing.result(60)
        wire.delay_s = 0
        again = at_once(office, wanted)
    assert (Busy.code in told, set(told) <= {"ok", Busy.code}, again) == (True, True, ["ok"] * TOGETHER), told
    found = verdict(on_postgres.url, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (TOGETHER, True), found
