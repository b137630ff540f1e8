"""A right within one channel is no right over the whole house: its books, roles, log and outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from houtai.application.access.operation_log import list_log, verify_audit
from houtai.application.access.shape_role import create_role, retire_role
from houtai.application.ledger.periods import close_period, lock_period
from houtai.application.ledger.post import post_journal
from houtai.application.ledger.reverse import reverse_journal
from houtai.application.merchants.admit import move_merchant, register_merchant
from houtai.application.office import Office
from houtai.application.permission import before, verb_of
from houtai.application.relay import list_messages, redeliver
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Denial, Dimension, Grant
from houtai.domain.ids import new_id
from houtai.domain.refusal import Forbidden

WHOLE_HOUSE: tuple[Callable[..., Any], ...] = (
    list_log,
    verify_audit,
    create_role,
    retire_role,
    close_period,
    lock_period,
    post_journal,
    reverse_journal,
    register_merchant,
    move_merchant,
    list_messages,
    redeliver,
)


def somebody(system: Act, *grants: Grant) -> Act:
    actor = new_id()
    return attrs.evolve(system, actor=actor, name="somebody", authority=Authority(actor, grants))


@pytest.mark.parametrize("axis", list(Dimension))
@pytest.mark.parametrize("deed", WHOLE_HOUSE, ids=lambda deed: deed.__name__)
def test_a_right_narrowed_on_any_axis_does_not_reach_it(
    memory_office: Office, system: Act, deed: Callable[..., Any], axis: Dimension
) -> None:
    narrowed = somebody(system, Grant("*", {axis: frozenset({new_id()})}))
    with pytest.raises(Forbidden) as refused:
        memory_office.perform(deed, None, narrowed)
    assert refused.value.reason == Denial.HOUSE_WIDE.value


@pytest.mark.parametrize("deed", WHOLE_HOUSE, ids=lambda deed: deed.__name__)
def test_a_right_that_is_not_narrowed_does(system: Act, deed: Callable[..., Any]) -> None:
    verb = verb_of(deed)
    assert verb is not None
    act = before(deed, somebody(system, Grant("*")))
    assert act.authority.decide(verb, at=act.at).allowed
