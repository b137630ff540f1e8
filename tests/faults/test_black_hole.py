"""A network that takes every packet and never answers (F6): the program's own deadline ends every wait."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator

import attrs
import pytest

from houtai.adapters.sql.deadline import Deadlines
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.ports import CommitUnknown, StoreUnavailable
from houtai.domain.refusal import NotFound, Refusal
from tests.faults.cluster import Cluster
from tests.faults.stall import Stall, place, verdict
from tests.faults.test_broken_line import TOGETHER, at_once, groups_of
from tests.faults.wire import Wire, wired
from tests.orders.shop import read_order

LIMIT_S = 2.0
LATE_S = 12.0  # the deadline, a try to connect anew (5 s at most), and a loaded machine
DEAREST_US = 20.0


@attrs.frozen
class Told:
    """What a caller heard, and how long that took."""

    what: str
    seconds: float


def told(call: Callable[[], object]) -> Told:
    """Of a call that may be refused."""
    started = time.monotonic()
    try:
        call()
    except Refusal as refusal:
        return Told(refusal.code, time.monotonic() - started)
    except (StoreUnavailable, CommitUnknown) as fault:
        return Told(type(fault).__name__, time.monotonic() - started)
    return Told("ok", time.monotonic() - started)


@pytest.fixture
def wire(cluster: Cluster) -> Iterator[Wire]:
    """A line to PostgreSQL."""
    with wired(cluster.port) as wire:
        yield wire


@pytest.fixture
def office(on_postgres: Stall, wire: Wire) -> Iterator[Office]:
    """An office at the other end of the line, with an open connection."""
    with on_postgres.office(through=wire.port, deadline_s=LIMIT_S) as office:
        with pytest.raises(NotFound):
            office.ask(read_order, on_postgres.pattern.order, office.act_of_system())
        yield office


def test_a_look_and_a_deed_end_and_go_through_once_the_line_is_back(office: Office, on_postgres: Stall, wire: Wire) -> None:
    """No wait is longer than the deadline and one try to connect; the answer is `busy`, and nothing was done."""
    first, second = on_postgres.wishes(2)
    wire.silent = True
    looked = told(lambda: office.ask(read_order, first.order, office.act_of_system()))
    placed = told(lambda: place(office, first))
    wire.silent = False
    assert (looked.what, placed.what) == ("busy", "busy")
    assert max(looked.seconds, placed.seconds) < LATE_S
    assert place(office, second).id == second.order
    found = verdict(on_postgres.url, [first, second], [second.order], [first.order])
    assert found.holds, found


def test_a_commit_that_goes_silent_is_unknown_and_its_group_is_told(office: Office, on_postgres: Stall, wire: Wire) -> None:
    """Twenty callers without keys, their common COMMIT gets no answer: all are told within the deadline, none hangs."""
    wanted = on_postgres.wishes(TOGETHER)
    sizes = groups_of(office)
    wire.delay_s = 0.005
    wire.silent_at_commit = 2
    started = time.monotonic()
    outcomes = at_once(office, wanted, keyed=False)
    spent_s = time.monotonic() - started
    wire.silent = False
    acknowledged = [wish.order for wish, outcome in zip(wanted, outcomes, strict=True) if outcome == "ok"]
    assert (outcomes.count("outcome-unknown"), spent_s < LATE_S) == (sizes[1], True), (outcomes, sizes)
    found = verdict(on_postgres.url, wanted, acknowledged)
    assert found.holds, found


def test_a_group_with_keys_finds_its_answers_when_the_line_comes_back(office: Office, on_postgres: Stall, wire: Wire) -> None:
    """The same with keys, the line back soon after the deadline: whoever was not told yes asks again; each order is there once."""
    wanted = on_postgres.wishes(TOGETHER)
    wire.delay_s = 0.005
    wire.silent_at_commit = 2
    back = threading.Timer(LIMIT_S + 1, lambda: setattr(wire, "silent", False))
    back.start()
    outcomes = at_once(office, wanted)
    back.join()
    again = at_once(office, wanted)
    assert (set(outcomes) <= {"ok", "busy", "outcome-unknown"}, again) == (True, ["ok"] * TOGETHER), outcomes
    found = verdict(on_postgres.url, wanted, [wish.order for wish in wanted])
    assert (found.orders, found.holds) == (TOGETHER, True), found


def test_a_key_does_not_turn_an_unknown_commit_into_nothing_done(office: Office, on_postgres: Stall, wire: Wire) -> None:
    """The COMMIT goes silent and the line stays silent: "busy" would say that nothing was done, which nobody knows."""
    (wish,) = on_postgres.wishes(1)
    wire.silent_at_commit = 1
    heard = told(lambda: place(office, wish))
    wire.silent = False
    assert (heard.what, heard.seconds < 2 * LATE_S) == ("outcome-unknown", True), heard
    assert place(office, wish).id == wish.order
    found = verdict(on_postgres.url, [wish], [wish.order])
    assert (found.orders, found.holds) == (1, True), found


def test_nobody_waits_long_for_a_connection_that_is_never_made(on_postgres: Stall, wire: Wire) -> None:
    """The line is silent before the first byte: connecting gives up by itself."""
    wire.silent = True
    with on_postgres.office(through=wire.port, deadline_s=LIMIT_S) as office:
        heard = told(lambda: place(office, on_postgres.wishes(1)[0]))
    wire.silent = False
    assert (heard.what, heard.seconds < LATE_S) == ("busy", True), heard


def test_a_longer_limit_is_left_to_whoever_asked_for_it(on_postgres: Stall) -> None:
    """What reads the whole house, such as the doctor, asks for more than the common limit; nobody else gets it."""
    store = SqlStore(on_postgres.url, deadline_s=0.5)

    def sleep(at_least_s: float) -> None:
        with store.survey(at_least_s) as views:
            views.connection.exec_driver_sql("SELECT pg_sleep(1.5)")

    try:
        sleep(60)
        with pytest.raises(Exception, match="connection"):
            sleep(0)
    finally:
        store.close()


def test_the_deadline_costs_a_transaction_next_to_nothing(office: Office) -> None:
    """Beginning and ending a unit with one socket costs less than 20 µs; on two quiet cores it was seen at 3."""
    deadlines = Deadlines(60)
    with office._store.snapshot() as views:
        fileno = views.connection.connection.driver_connection.fileno()
        rounds = [one_round(deadlines, fileno) for _ in range(20)]
    deadlines.close()
    assert statistics.median(rounds) < DEAREST_US


def one_round(deadlines: Deadlines, fileno: int, times: int = 500) -> float:
    """Microseconds for one unit."""
    started = time.perf_counter()
    for _ in range(times):
        unit = deadlines.unit()
        with unit:
            unit.use(fileno)
    return (time.perf_counter() - started) / times * 1e6
