"""The rule of waits: free tries, doubling waits with a bound, and forgetting."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, strategies as st

from houtai.domain.access.lockout import BY_ACCOUNT, BY_ADDRESS, Tally, WaitRule, name_subject

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
rules = st.builds(WaitRule, st.integers(1, 30), st.integers(1, 600), st.integers(600, 3_600), st.integers(60, 86_400))


def after(failures: int, rule: WaitRule) -> Tally:
    """A tally after so many failures, each as soon as the wait before it allows."""
    tally, at = Tally("name:x"), NOON
    for _ in range(failures):
        at = max(at, tally.blocked_until or at)
        tally = tally.count(at, rule)
    return tally


def test_the_house_lets_four_failures_go_by_and_then_waits_longer_each_time() -> None:
    assert [BY_ACCOUNT.wait_s(failures) for failures in range(4, 12)] == [0, 60, 120, 240, 480, 900, 900, 900]
    assert BY_ADDRESS.wait_s(19) == 0


@given(rules, st.integers(0, 2_000))
def test_no_wait_is_ever_longer_than_the_longest(rule: WaitRule, failures: int) -> None:
    assert rule.wait_s(failures) <= rule.longest_s


@given(rules, st.integers(0, 40))
def test_a_wait_always_ends(rule: WaitRule, failures: int) -> None:
    tally = after(failures, rule)
    end = tally.blocked_until or NOON
    assert tally.blocked_s(end) == 0
    assert tally.blocked_s(end - dt.timedelta(microseconds=1)) == (1 if tally.blocked_until else 0)


@given(rules)
def test_failures_are_forgotten_after_a_quiet_time(rule: WaitRule) -> None:
    tally = after(rule.free_tries + 3, rule)
    assert tally.blocked_until is not None
    later = tally.blocked_until + dt.timedelta(seconds=rule.forget_s)
    assert tally.count(later, rule).failures == 1


@given(rules, st.integers(0, 40))
def test_a_try_that_was_no_failure_leaves_no_trace(rule: WaitRule, failures: int) -> None:
    tally = after(failures, rule)
    at = max(NOON, tally.blocked_until or NOON)
    back = tally.count(at, rule).take_back(rule)
    assert back.failures == tally.failures
    assert failures >= rule.free_tries or back.blocked_until is None


def test_a_success_clears_everything() -> None:
    cleared = after(9, BY_ACCOUNT).clear()
    assert (cleared.failures, cleared.blocked_until) == (0, None)


def test_a_password_typed_as_a_name_is_not_kept_in_clear() -> None:
    assert "hunter2" not in name_subject("hunter2")
