"""Cut-offs: until when parcels have to be ready, on the house's clock, and which orders are late or urgent because of them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from houtai.application.office import Office
from houtai.application.orders.release import release_confirmed, release_sendable
from houtai.application.outbound.plan import PlanWaves, propose_waves
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundViews
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import OrderId
from houtai.domain.outbound.cut_off import MAX_CUT_OFFS, CutOff, next_cut_off
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.refusal import InvalidValue
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.floor import Floor

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
EVENING = CutOff("17:30")


def local(day: int, time: str, zone: dt.tzinfo = SHANGHAI) -> dt.datetime:
    """A moment of November 2026 on a house's clock; the tests' clock stands at noon of the 22nd."""
    return dt.datetime.combine(dt.date(2026, 11, day), dt.time.fromisoformat(time), zone)


@pytest.fixture
def floor(office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(office, clock))


@pytest.fixture
def memory_floor(memory_office: Office, clock: StillClock) -> Floor:
    return Floor(Shop(memory_office, clock))


@needs("tests.read")
def _sent(views: OutboundViews, query: OrderId, act: Act) -> OutboundOrder:
    (found,) = views.outbound_orders.by(OUTBOUND_OF, query)
    return found


# -- the rule


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (local(22, "12:00"), local(22, "17:30")),
        (local(22, "17:29:59"), local(22, "17:30")),
        (local(22, "17:30"), local(23, "17:30")),
        (local(22, "23:59"), local(23, "17:30")),
        (local(23, "00:00"), local(23, "17:30")),
        (dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC), local(23, "17:30")),  # the house is a day ahead of UTC by then
        (local(30, "18:00"), dt.datetime(2026, 12, 1, 9, 30, tzinfo=dt.UTC)),
    ],
)
def test_the_next_cut_off_is_todays_before_it_and_tomorrows_from_then_on(at: dt.datetime, expected: dt.datetime) -> None:
    assert next_cut_off((EVENING,), "sf", at, SHANGHAI) == expected


def test_of_several_vans_a_day_the_next_one_counts() -> None:
    vans = (CutOff("20:00", "sf"), CutOff("11:00", "sf"))
    found = [next_cut_off(vans, "sf", local(22, time), SHANGHAI) for time in ("10:59", "11:00", "20:00")]
    assert found == [local(22, "11:00"), local(22, "20:00"), local(23, "11:00")]


def test_a_carriers_own_cut_off_stands_in_the_place_of_the_default() -> None:
    known = (EVENING, CutOff("20:00", "sf"))
    at = local(22, "18:00")
    assert next_cut_off(known, "sf", at, SHANGHAI) == local(22, "20:00")
    assert next_cut_off(known, "embedded", at, SHANGHAI) == local(23, "17:30")
    assert next_cut_off(known[1:], "embedded", at, SHANGHAI) is None


def test_where_clocks_are_put_back_the_time_on_the_wall_counts() -> None:
    before = dt.datetime(2026, 10, 24, 18, 0, tzinfo=BERLIN)  # the night in which Berlin's clocks go back
    found = next_cut_off((EVENING,), "", before, BERLIN)
    assert found == dt.datetime(2026, 10, 25, 16, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("time", ["24:00", "7:30", "17:60", "", "17:30:00", "１７:30", "17:30\n"])
def test_what_is_no_time_of_day_is_refused(time: str) -> None:
    with pytest.raises(InvalidValue):
        CutOff(time)


# -- orders that are released


def test_an_order_has_to_leave_by_the_next_cut_off_of_its_warehouse(floor: Floor, clock: StillClock) -> None:
    floor.dispatch(1, cut_offs=(EVENING,))
    before = floor.released(CUP=1)
    clock.advance(hours=5, minutes=30)
    at = floor.released(CUP=1)
    clock.advance(hours=7)
    after_midnight = floor.released(CUP=1)
    assert [one.ship_by for one in (before, at, after_midnight)] == [local(22, "17:30"), local(23, "17:30"), local(23, "17:30")]
    assert floor.now(before).ship_by == local(22, "17:30")


def test_the_carrier_that_a_warehouse_sends_with_first_has_the_say(floor: Floor) -> None:
    floor.dispatch(1, cut_offs=(EVENING, CutOff("13:15", "embedded"), CutOff("12:30", "second")))
    assert floor.released(CUP=1).ship_by == local(22, "13:15")


def test_a_moment_that_is_given_stands_and_without_cut_offs_there_is_none(floor: Floor) -> None:
    assert floor.released(CUP=1).ship_by is None
    floor.dispatch(1, cut_offs=(EVENING,))
    (given,) = floor.hand_over(floor.shop.paid(CUP=1), ship_by=local(22, "15:00")).outbound
    assert given.ship_by == local(22, "15:00")


@pytest.mark.parametrize("release", [release_sendable, release_confirmed])
def test_orders_that_time_releases_get_their_cut_off_too(floor: Floor, release: Any) -> None:
    floor.dispatch(1, cut_offs=(EVENING,))
    order = floor.shop.paid(CUP=1)
    assert release(floor.office) == 1
    assert floor.office.ask(_sent, order.id, floor.act).ship_by == local(22, "17:30")


def test_what_is_released_keeps_its_cut_off_when_the_times_change(floor: Floor) -> None:
    floor.dispatch(1, cut_offs=(EVENING,))
    sent = floor.released(CUP=1)
    floor.dispatch(2, cut_offs=(CutOff("13:00"),))
    assert floor.now(sent).ship_by == local(22, "17:30")
    assert floor.released(CUP=1).ship_by == local(22, "13:00")


def test_the_wave_with_the_nearest_cut_off_comes_first_and_is_walked_first(floor: Floor, clock: StillClock) -> None:
    floor.dispatch(1, label_printer=floor.printer, cut_offs=(EVENING,))
    clock.advance(hours=5, minutes=30)
    (tomorrows,) = floor.hand_over(floor.shop.paid(CUP=1, POT=1)).outbound
    (todays,) = floor.hand_over(floor.shop.paid(BOWL=1), ship_by=local(22, "19:00")).outbound
    plan = floor.plan()
    assert [wave.ship_by for wave in plan.waves] == [local(22, "19:00"), local(23, "17:30")]
    waves = [floor.printed(one, method=PickMethod.SINGLE) for one in (tomorrows, todays)]
    assert [one.wave.ship_by for one in waves] == [local(23, "17:30"), local(22, "19:00")]
    assert floor.start(floor.tote()).wave_id == waves[1].wave.id


def test_orders_whose_cut_off_has_passed_or_will_before_their_wave_is_out_are_named(floor: Floor, clock: StillClock) -> None:
    floor.dispatch(1, cut_offs=(EVENING,))
    sent = floor.released(CUP=1)

    def late(lead_s: int = 0) -> tuple[Any, ...]:
        return floor.office.ask(propose_waves, PlanWaves(floor.warehouse, lead_s), floor.act).late

    clock.advance(hours=5)
    assert (late(), late(1_800), late(1_801)) == ((), (), (sent.id,))
    clock.advance(minutes=30, seconds=1)
    assert late() == (sent.id,)


# -- how they are said


def test_cut_offs_are_of_carriers_that_send_from_there_and_each_once(memory_floor: Floor) -> None:
    floor = memory_floor
    many = tuple(CutOff(f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 15, 30, 45))[: MAX_CUT_OFFS + 1]
    for wrong in ((CutOff("17:30", "yto"),), (EVENING, EVENING), many):
        with pytest.raises(InvalidValue):
            floor.dispatch(1, cut_offs=wrong)
    floor.dispatch(1, cut_offs=(EVENING, CutOff("17:30", "second")))
