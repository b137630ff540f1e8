"""Numbers in stock: given out one by one, refilled early, passed by before they run out, given again only where that is legal."""

from __future__ import annotations

import attrs
import pytest

from houtai.adapters.carriers.embedded import Fault
from houtai.application.shipping.pool import (
    EditPool,
    OpenPool,
    RecordNumbers,
    RetirePool,
    edit_pool,
    open_pool,
    record_numbers,
    retire_pool,
)
from houtai.domain.ids import PoolId, new_id
from houtai.domain.refusal import AlreadyExists, IllegalMove, InvalidValue, VersionConflict
from houtai.domain.shipping.events import PoolRunsLow
from houtai.domain.shipping.pool import PoolState, PoolTerms
from houtai.domain.shipping.refusals import NoCarrierLeft
from houtai.domain.shipping.waybill import WaybillState
from tests.conftest import StillClock
from tests.payments.till import in_parallel
from tests.shipping.dock import Dock


def test_numbers_are_given_in_order_and_the_next_block_comes_at_the_alarm(dock: Dock) -> None:
    pool = dock.open_pool(block_qty=3, alarm_qty=1)
    numbers = [dock.waybill(dock.request()).number for _ in range(5)]
    assert numbers == [f"HT{count:012d}" for count in range(1, 6)]
    assert (dock.pool(pool).free_qty, dock.pool(pool).blocks, len(dock.events(PoolRunsLow))) == (4, 3, 3)


def test_sixteen_requests_at_once_get_sixteen_numbers(dock: Dock) -> None:
    dock.open_pool(block_qty=20, alarm_qty=0)
    waybills = in_parallel(lambda _: dock.request(delivered=False), range(16))
    dock.relay.run_until_idle()
    assert len({dock.waybill(waybill).number for waybill in waybills}) == 16


def test_a_carrier_about_to_run_out_is_passed_by(dock: Dock) -> None:
    dock.open_pool(block_qty=2, alarm_qty=1, stop_qty=1)
    dock.carrier.arrange("numbers", *[Fault.UNREACHABLE] * 20)
    waybills = [dock.waybill(dock.request("embedded", "second")) for _ in range(3)]
    assert [waybill.carrier for waybill in waybills] == ["embedded", "second", "second"]
    with pytest.raises(NoCarrierLeft):
        dock.request("embedded")


def test_a_lost_block_is_asked_for_again_and_comes_once(dock: Dock, clock: StillClock) -> None:
    dock.carrier.arrange("numbers", Fault.LOSE_ANSWER)
    pool = dock.open_pool(block_qty=3, alarm_qty=0)
    assert dock.pool(pool).free_qty == 0
    clock.advance(seconds=10)
    dock.relay.run_until_idle()
    dock.office.perform(record_numbers, RecordNumbers(pool, 1, ("again",)), dock.act)
    assert (dock.pool(pool).free_qty, dock.pool(pool).added_qty) == (3, 3)


def test_a_carrier_without_numbers_is_asked_again_only_when_one_is_wanted(dock: Dock) -> None:
    dock.carrier.arrange("numbers", Fault.REFUSE)
    pool = dock.open_pool()
    assert (dock.pool(pool).blocks, dock.pool(pool).asked_at) == (1, None)


@pytest.mark.parametrize(("recycled", "free"), [(True, 3), (False, 2)])
def test_a_voided_number_is_given_again_only_where_the_carrier_allows_it(dock: Dock, recycled: bool, free: int) -> None:
    pool = dock.open_pool(block_qty=3, alarm_qty=0, recycled=recycled)
    waybill = dock.request()
    dock.void(waybill)
    assert (dock.state(waybill), dock.pool(pool).free_qty) == (WaybillState.VOIDED, free)
    numbers = [dock.waybill(dock.request()).number for _ in range(free)]
    assert ("HT000000000001" in numbers) is recycled


def test_a_carrier_that_binds_another_number_than_ours_is_not_believed(dock: Dock) -> None:
    dock.open_pool()
    waybill = dock.request(delivered=False)
    from houtai.application.shipping.dispatcher import key_of

    dock.carrier.buy(key_of(waybill), dock.waybill(waybill).shipment, "ANOTHER")
    dock.relay.run_until_idle()
    assert (dock.state(waybill), "in place of" in dock.waybill(waybill).error) == (WaybillState.UNKNOWN, True)


def test_a_pool_is_edited_and_retired_and_then_the_carrier_gives_each_number_itself(dock: Dock) -> None:
    pool = dock.open_pool()
    terms = PoolTerms(block_qty=5, alarm_qty=2)
    with pytest.raises(AlreadyExists):
        dock.office.perform(open_pool, OpenPool(PoolId(new_id()), "embedded", terms), dock.act)
    assert dock.office.perform(edit_pool, EditPool(pool, 1, terms), dock.act).terms == terms
    with pytest.raises(VersionConflict):
        dock.office.perform(retire_pool, RetirePool(pool, 1), dock.act)
    assert dock.office.perform(retire_pool, RetirePool(pool, 2), dock.act).state is PoolState.RETIRED
    with pytest.raises(IllegalMove):
        dock.office.perform(edit_pool, EditPool(pool, 3, terms), dock.act)
    waybill = dock.waybill(dock.request())
    assert (waybill.pooled, waybill.state) == (False, WaybillState.BOUND)


def test_a_pool_that_stops_above_its_alarm_is_refused() -> None:
    with pytest.raises(InvalidValue):
        attrs.evolve(PoolTerms(block_qty=5, alarm_qty=2), stop_qty=3)
