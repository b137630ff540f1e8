"""A carrier that gives no numbers is somebody's business: a case with queue and due time, closed when numbers come."""

from __future__ import annotations

import datetime as dt

from houtai.adapters.carriers.embedded import Fault
from houtai.application.payments.queries import ListCases, list_cases
from houtai.application.shipping.pool import (
    EditPool,
    RecordNumbers,
    RetirePool,
    edit_pool,
    record_numbers,
    retire_pool,
)
from houtai.domain.ids import PoolId
from houtai.domain.payments.case import Case, CaseKind, CaseState
from tests.shipping.dock import Dock


def told(dock: Dock) -> list[Case]:
    return [one for one in dock.office.ask(list_cases, ListCases(), dock.act).items if one.kind is CaseKind.NUMBERS_REFUSED]


def refused(dock: Dock, pool: PoolId) -> None:
    """The carrier answers the block that is under way with nothing."""
    dock.office.perform(record_numbers, RecordNumbers(pool, dock.pool(pool).blocks, ()), dock.act)


def waiting(dock: Dock) -> PoolId:
    """A pool whose first block has not come yet."""
    dock.carrier.arrange("numbers", *[Fault.UNREACHABLE] * 20)
    return dock.open_pool(block_qty=3, alarm_qty=1)


def test_a_refused_block_is_told_once_with_queue_and_due_time(dock: Dock) -> None:
    pool = waiting(dock)
    refused(dock, pool)
    refused(dock, pool)  # the same block again
    (case,) = told(dock)
    assert (case.subject_id, case.queue, case.due_at - case.opened_at) == (pool, "operations", dt.timedelta(hours=4))
    assert (case.facts, case.channel_id) == ({"carrier": "embedded", "block": 1, "free_qty": 0}, None)


def test_the_next_refused_block_fires_no_second_case_while_the_first_is_open(dock: Dock) -> None:
    pool = waiting(dock)
    refused(dock, pool)
    dock.office.perform(edit_pool, EditPool(pool, 1, dock.pool(pool).terms), dock.act)
    refused(dock, pool)
    assert (dock.pool(pool).blocks, [case.state for case in told(dock)]) == (2, [CaseState.OPEN])


def test_numbers_that_come_close_it(dock: Dock) -> None:
    pool = waiting(dock)
    refused(dock, pool)
    dock.office.perform(edit_pool, EditPool(pool, 1, dock.pool(pool).terms), dock.act)
    dock.office.perform(record_numbers, RecordNumbers(pool, 2, ("HT1", "HT2", "HT3")), dock.act)
    assert [case.state for case in told(dock)] == [CaseState.RESOLVED]


def test_a_stock_of_numbers_that_is_used_no_more_closes_it(dock: Dock) -> None:
    pool = waiting(dock)
    refused(dock, pool)
    dock.office.perform(retire_pool, RetirePool(pool, dock.pool(pool).version), dock.act)
    assert [case.state for case in told(dock)] == [CaseState.RESOLVED]


def test_a_block_that_comes_tells_nobody(dock: Dock) -> None:
    dock.open_pool()
    assert told(dock) == []
