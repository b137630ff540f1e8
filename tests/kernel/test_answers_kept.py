"""What was answered under idempotency keys is kept for a week and no longer, in every store."""

from __future__ import annotations

from typing import Any

from houtai.application.numbers import next_number
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.ports import HouseTx
from houtai.domain.act import Act
from houtai.entrypoints.timers import forget_answers
from tests.conftest import StillClock


@needs("tests.write")
def draw(tx: HouseTx, cmd: str, act: Act) -> str:
    return next_number(tx, cmd, act.at)


def drawn(office: Office, key: str) -> str:
    return office.perform(draw, "SO", Act.of_system(office.clock.now()), key=key)


def test_an_answer_is_given_again_for_seven_days_and_then_forgotten(office: Office, store: Any, clock: StillClock) -> None:
    first = drawn(office, "old")
    clock.advance(days=6)
    later = drawn(office, "new")
    clock.advance(days=1)
    assert (forget_answers(store, clock), drawn(office, "old")) == (0, first)
    clock.advance(seconds=1)
    assert (forget_answers(store, clock), forget_answers(store, clock)) == (1, 0)
    assert drawn(office, "new") == later
    assert drawn(office, "old") not in (first, later)


def test_many_answers_go_in_pieces(office: Office, store: Any, clock: StillClock) -> None:
    for number in range(5):
        drawn(office, f"key {number}")
    moment = clock.advance(days=8)
    assert [store.forget_answers(moment, 2) for _ in range(4)] == [2, 2, 1, 0]
