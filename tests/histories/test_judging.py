"""The judges themselves: histories written by hand, of which each is known to be possible or not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.histories.cycles import anomalies
from tests.histories.effects import over, wrong_effects
from tests.histories.linear import counter, linearizable, register
from tests.histories.recording import Call, Came


def call(what: str, about: Any, begin: int, end: int, came: Came = Came.OK, value: Any = None) -> Call:
    return Call(0, what, about, begin, end, came, value)


def test_an_edit_between_two_others_is_possible_only_if_their_times_allow_it() -> None:
    first, second = call("edit", (1, "a"), 0, 10), call("edit", (2, "b"), 5, 15)
    assert linearizable([first, second, call("read", None, 20, 25, value=(3, "b"))], (1, ""), register)
    assert not linearizable([call("edit", (1, "a"), 6, 10), call("edit", (2, "b"), 0, 5)], (1, ""), register)


def test_two_edits_of_one_version_cannot_both_have_happened() -> None:
    both = [call("edit", (1, "a"), 0, 10), call("edit", (1, "b"), 0, 10)]
    assert not linearizable(both, (1, ""), register)
    one = [both[0], call("edit", (1, "b"), 0, 10, Came.REFUSED, "version-conflict")]
    assert linearizable(one, (1, ""), register)


def test_a_conflict_that_nobody_caused_is_impossible() -> None:
    assert not linearizable([call("edit", (1, "a"), 0, 10, Came.REFUSED, "version-conflict")], (1, ""), register)


def test_a_read_may_not_see_what_was_over_before_it_began() -> None:
    edit = call("edit", (1, "a"), 0, 10)
    assert not linearizable([edit, call("read", None, 20, 30, value=(1, ""))], (1, ""), register)
    assert linearizable([edit, call("read", None, 5, 30, value=(1, ""))], (1, ""), register)


@pytest.mark.parametrize("seen", [(1, ""), (2, "a")])
def test_a_call_of_unknown_outcome_may_have_happened_or_not(seen: tuple[int, str]) -> None:
    lost = call("edit", (1, "a"), 0, 10, Came.UNKNOWN)
    assert linearizable([lost, call("read", None, 20, 30, value=seen)], (1, ""), register)
    assert not linearizable([lost, call("read", None, 20, 30, value=(2, "b"))], (1, ""), register)


def test_nobody_gets_more_than_is_left_and_nobody_is_refused_what_is_there() -> None:
    assert linearizable([call("take", 2, 0, 10), call("take", 1, 0, 10)], 3, counter)
    assert not linearizable([call("take", 2, 0, 10), call("take", 2, 0, 10)], 3, counter)
    assert not linearizable([call("take", 2, 0, 10, Came.REFUSED, "out-of-stock")], 3, counter)
    given = [call("take", 3, 0, 4), call("give", 3, 5, 10), call("take", 2, 11, 12, Came.REFUSED, "out-of-stock")]
    assert not linearizable(given, 3, counter)


def test_effects_are_held_against_answers() -> None:
    calls = [
        call("place", name, 0, 1, came) for name, came in zip("abcd", (Came.OK, Came.OK, Came.REFUSED, Came.UNKNOWN), strict=True)
    ]
    assert list(wrong_effects(calls, ["a", "b"])) == []
    assert list(wrong_effects(calls, ["a", "b", "d"])) == []
    found = list(wrong_effects(calls, ["b", "b", "c", "x"]))
    assert [one.split(":")[0] for one in found] == ["lost", "doubled", "phantom", "phantom"]
    assert list(over("cups", 3, 3)) == []
    assert list(over("cups", 4, 3)) == ["oversold: 4 of 3 cups"]


def append(text: str, name: str = "x", begin: int = 0, end: int = 100, came: Came = Came.OK) -> Call:
    return call("append", (name, text), begin, end, came)


def read(begin: int = 0, end: int = 100, **lists: tuple[str, ...]) -> Call:
    return call("read", None, begin, end, value=lists)


def test_a_history_of_lists_that_fits_one_order_has_no_anomaly() -> None:
    calls = [append("a"), append("b"), append("c", "y"), read(x=("a",), y=()), read(x=("a", "b"), y=("c",))]
    assert list(anomalies(calls, {"x": ("a", "b"), "y": ("c",)})) == []


@pytest.mark.parametrize(
    ("calls", "at_last", "word"),
    [
        ([append("a"), append("b")], {"x": ("b",)}, "lost append"),
        ([append("a")], {"x": ("a", "a")}, "doubled append"),
        ([append("a", came=Came.REFUSED)], {"x": ("a",)}, "phantom append"),
        ([append("a"), append("b"), read(x=("b",))], {"x": ("a", "b")}, "incompatible order"),
        ([append("a"), append("b", "y"), read(x=("a",), y=()), read(x=(), y=("b",))], {"x": ("a",), "y": ("b",)}, "cycle"),
        ([append("a", end=10), append("b", begin=20)], {"x": ("b", "a")}, "cycle"),
        ([append("a", end=10), read(begin=20, x=())], {"x": ("a",)}, "cycle"),
    ],
)
def test_an_impossible_history_of_lists_is_named(calls: list[Call], at_last: dict[str, tuple[str, ...]], word: str) -> None:
    assert word in " ".join(anomalies(calls, at_last))
