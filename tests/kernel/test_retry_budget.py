"""Who is in one another's way repeats a tenth of the deeds at most, over time."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.ports import TryAgain
from houtai.application.retry_budget import RESERVE, RetryBudget
from houtai.domain.act import Act
from houtai.domain.refusal import Busy


@given(st.lists(st.booleans(), max_size=400), st.integers(0, 20))
def test_a_tenth_of_the_deeds_is_repeated_and_the_reserve(plays: list[bool], reserve: int) -> None:
    budget, deeds, repeated = RetryBudget(reserve), 0, 0
    for deed in plays:
        if deed:
            budget.save()
            deeds += 1
        else:
            repeated += budget.take()
    assert repeated <= reserve + deeds / 10 + 1e-6


def test_a_deed_that_is_always_in_the_way_is_told_at_once_when_the_reserve_is_gone(
    memory_office: Office, system: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = 0

    @needs("orders.place")
    def collides(_tx: object, _cmd: None, _act: Act) -> None:
        nonlocal ran
        ran += 1
        message = "somebody else was first"
        raise TryAgain(message)

    monkeypatch.setattr(memory_office, "_pause", lambda _: None)
    for _ in range(100):
        with pytest.raises(Busy):
            memory_office.perform(collides, None, system)
    assert ran <= 100 + RESERVE + 100 // 10
