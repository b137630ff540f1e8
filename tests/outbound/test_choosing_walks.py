"""Which walk somebody is given who names none: the most urgent free one that can begin, and one cart for one walk."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.begin_walk import LOOKED_AT, StartPicking, start_picking
from houtai.application.outbound.waves import ReleasedWave
from houtai.application.outbound.wishes import FreeWalks
from houtai.domain.ids import PickRunId, new_id
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.outbound.work import PickRun
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.floor import Floor


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


def free(floor: Floor, *, skip: int = 0, most: int = 100, **wish: Any) -> list[PickRunId]:
    with floor.office._store.begin() as tx:
        found: list[PickRunId] = tx.free_walks(FreeWalks(floor.warehouse, **wish), skip=skip, most=most)
        return found


def runs(*made: ReleasedWave) -> list[PickRunId]:
    return [run.id for one in made for run in one.runs]


def in_turn(floor: Floor, clock: StillClock, waves: int, *, labelled: bool) -> list[ReleasedWave]:
    """Waves of one cup each, a second apart."""
    made = []
    for _ in range(waves):
        clock.advance(seconds=1)
        release = floor.printed if labelled else floor.wave
        made.append(release(floor.released(CUP=1), method=PickMethod.THEN_SORT))
    return made


def test_what_has_to_go_first_is_first_and_then_what_waits_longest(floor: Floor, clock: StillClock) -> None:
    early = in_turn(floor, clock, 2, labelled=True)
    urgent = []
    for hours in (9, 2):
        sent = floor.hand_over(floor.shop.paid(CUP=1), ship_by=floor.act.at + dt.timedelta(hours=hours)).outbound
        urgent.append(floor.printed(*sent, method=PickMethod.THEN_SORT))
    expected = runs(urgent[1], urgent[0], *early)
    assert free(floor) == expected
    assert free(floor, skip=1, most=2) == expected[1:3]
    assert free(floor, skip=4) == []
    assert floor.start(floor.tote()).id == expected[0]
    assert free(floor) == expected[1:]


def test_walks_are_free_in_their_own_warehouse_their_zone_and_for_their_skill(floor: Floor) -> None:
    made = floor.printed(floor.released(CUP=1, POT=1), method=PickMethod.ZONE)
    zones = {run.zone: run.id for run in floor.runs(made)}
    assert set(zones) == {"A", "B"}
    assert {zone: free(floor, zone=zone) for zone in ("A", "B", "C")} == {"A": [zones["A"]], "B": [zones["B"]], "C": []}
    assert free(floor, skills=frozenset({"", "cold"})) == sorted(zones.values())
    assert free(floor, skills=frozenset({"cold"})) == []
    floor.warehouse = new_id()  # type: ignore[assignment]  # another one
    assert free(floor) == []


@pytest.mark.parametrize("before", [0, 1, LOOKED_AT, 2 * LOOKED_AT])
def test_a_walk_that_can_begin_is_found_behind_those_that_cannot(floor: Floor, clock: StillClock, before: int) -> None:
    waiting = in_turn(floor, clock, before, labelled=False)
    tote = floor.tote()
    with pytest.raises(NotFound):
        floor.start(tote)
    (ready,) = in_turn(floor, clock, 1, labelled=True)
    assert free(floor) == runs(*waiting, ready)
    assert floor.start(tote).id == ready.runs[0].id


def test_however_many_walks_wait_one_is_begun_with_as_many_statements(sql_store: Any, clock: StillClock) -> None:
    floor = Floor(Shop(Office(sql_store, clock), clock))
    sent: list[int] = []
    for waves, tote in ((1, "H-TOTE1"), (5, "H-TOTE2")):
        in_turn(floor, clock, waves, labelled=True)
        unit, act = floor.unit(UnitKind.TOTE, tote), another(floor.act, new_id())
        with counted(sql_store) as said:
            floor.office.perform(start_picking, StartPicking(floor.warehouse, unit), act)
        sent.append(len(said))
    assert sent[1] <= sent[0]


def test_two_who_take_one_cart_at_once_do_not_both_walk_with_it(sql_store: Any, clock: StillClock) -> None:
    floor = Floor(Shop(Office(sql_store, clock), clock))
    in_turn(floor, clock, 2, labelled=True)
    tote, start = floor.tote(), threading.Barrier(2)

    def walk(_: int) -> PickRun | InvalidValue:
        start.wait(10)
        try:
            return floor.office.perform(start_picking, StartPicking(floor.warehouse, tote), another(floor.act, new_id()))
        except InvalidValue as refused:
            return refused

    with ThreadPoolExecutor(2) as pool:
        ended: Sequence[PickRun | InvalidValue] = list(pool.map(walk, range(2)))
    assert sorted(type(one).__name__ for one in ended) == ["InvalidValue", "PickRun"]
    assert len(free(floor)) == 1
