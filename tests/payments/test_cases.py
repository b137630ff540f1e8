"""No case gets lost: each has an owner, a next action and a due time until somebody resolves it (D7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.application.paging import Page
from houtai.application.payments.cases import AssignCase, ResolveCase, assign_case, resolve_case
from houtai.application.payments.ports import CaseFilter
from houtai.application.payments.queries import ListCases, list_cases, show_case
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import AccountId, CaseId, new_id
from houtai.domain.payments.case import PLAYBOOK, Case, CaseKind, CaseState
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.payments.till import Till, yuan

COLLEAGUE = AccountId(new_id())


def a_case(till: Till) -> Case:
    payment = till.request("20.00")
    till.gateway.pay(payment, yuan("0.01"))
    till.bring_all()
    return till.cases()[-1]


def assignment(case: Case, till: Till, **changes: Any) -> AssignCase:
    cmd = AssignCase(case.id, case.version, "finance", "call the bank", till.clock.now() + dt.timedelta(days=2), COLLEAGUE)
    return attrs.evolve(cmd, **changes)


def found(till: Till, **where: Any) -> list[CaseId]:
    query = ListCases(Page(), CaseFilter(**where))
    return [case.id for case in till.office.ask(list_cases, query, till.act).items]


def test_every_kind_of_case_knows_its_owner_action_and_time() -> None:
    assert set(PLAYBOOK) == set(CaseKind)
    assert all(play.queue and play.next_action and play.due_hours > 0 for play in PLAYBOOK.values())


def test_a_case_is_assigned_and_resolved_with_a_reason(till: Till) -> None:
    case = a_case(till)
    assigned = till.office.perform(assign_case, assignment(case, till), till.act)
    assert (assigned.assignee, assigned.next_action, assigned.version) == (COLLEAGUE, "call the bank", 2)
    resolved = till.office.perform(resolve_case, ResolveCase(case.id, 2, "bank refunded the buyer"), till.act)
    assert (resolved.state, resolved.resolution) == (CaseState.RESOLVED, "bank refunded the buyer")
    assert till.office.ask(show_case, case.id, till.act) == resolved


def test_a_resolved_case_stays_so(memory_till: Till) -> None:
    till = memory_till
    case = a_case(till)
    till.office.perform(resolve_case, ResolveCase(case.id, 1, "done"), till.act)
    with pytest.raises(IllegalMove):
        till.office.perform(resolve_case, ResolveCase(case.id, 2, "done twice"), till.act)
    with pytest.raises(IllegalMove):
        till.office.perform(assign_case, assignment(attrs.evolve(case, version=2), till), till.act)


def test_a_case_is_never_without_owner_action_or_time(memory_till: Till) -> None:
    case = a_case(memory_till)
    past = memory_till.clock.now() - dt.timedelta(seconds=1)
    for changes in ({"queue": ""}, {"next_action": ""}):
        with pytest.raises(InvalidValue):
            assignment(case, memory_till, **changes)
    with pytest.raises(InvalidValue):
        memory_till.office.perform(assign_case, assignment(case, memory_till, due_at=past), memory_till.act)
    with pytest.raises(InvalidValue):
        ResolveCase(case.id, 1, "")


def test_an_edit_rests_on_the_version_that_was_seen(memory_till: Till) -> None:
    case = a_case(memory_till)
    with pytest.raises(VersionConflict):
        memory_till.office.perform(resolve_case, ResolveCase(case.id, 2, "done"), memory_till.act)
    with pytest.raises(NotFound):
        memory_till.office.perform(resolve_case, ResolveCase(CaseId(new_id()), 1, "done"), memory_till.act)


def test_cases_are_found_by_what_matters_the_most_urgent_first(till: Till) -> None:
    later, urgent = a_case(till), a_case(till)
    soon = till.clock.now() + dt.timedelta(hours=1)
    till.office.perform(assign_case, assignment(urgent, till, due_at=soon, queue="night-shift"), till.act)
    till.office.perform(assign_case, assignment(later, till, assignee=None), till.act)
    assert found(till) == [urgent.id, later.id]
    assert found(till, queue="night-shift", assignee=COLLEAGUE) == [urgent.id]
    assert found(till, overdue_at=soon + dt.timedelta(seconds=1)) == [urgent.id]
    assert found(till, subject_id=later.subject_id, kind=CaseKind.WRONG_AMOUNT) == [later.id]
    till.office.perform(resolve_case, ResolveCase(urgent.id, 2, "done"), till.act)
    assert (found(till, state=CaseState.OPEN), found(till, state=CaseState.RESOLVED)) == ([later.id], [urgent.id])


def test_who_may_only_read_cases_does_not_resolve_them(memory_till: Till) -> None:
    case = a_case(memory_till)
    actor = AccountId(new_id())
    reader = attrs.evolve(memory_till.act, actor=actor, name="reader", authority=Authority(actor, (Grant("cases.read"),)))
    assert memory_till.office.ask(show_case, case.id, reader) == case
    with pytest.raises(Forbidden):
        memory_till.office.perform(resolve_case, ResolveCase(case.id, 1, "done"), reader)
