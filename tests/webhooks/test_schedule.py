"""When a delivery that failed comes again: the specification's schedule, never sooner than asked, and an end."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from houtai.domain.webhooks.schedule import DELAYS_S, LONGEST_WAIT_S, MOST_JITTER, SPAN, TRIES, fails_too_long, next_try

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
tries = st.integers(1, TRIES - 1)
jitters = st.integers(0, MOST_JITTER)
waits = st.integers(0, 10 * LONGEST_WAIT_S)


def test_the_schedule_is_the_specifications() -> None:
    told, at = ["00:00:00"], NOON
    for number in range(1, TRIES):
        later = next_try(number, at)
        assert later is not None
        at = later
        told.append(f"{int((at - NOON).total_seconds()) // 3600:02}:{(at - NOON).seconds // 60 % 60:02}:{at.second:02}")
    assert told == (
        ["00:00:00", "00:00:05", "00:05:05", "00:35:05", "02:35:05", "07:35:05", "17:35:05", "31:35:05", "51:35:05", "75:35:05"]
    )
    assert at - NOON == SPAN


@given(st.integers(TRIES, 10 * TRIES), waits)
def test_after_the_last_try_there_is_none(number: int, wait_s: int) -> None:
    assert next_try(number, NOON, wait_s=wait_s) is None


@given(tries, waits, jitters)
def test_it_comes_no_sooner_than_the_schedule_or_the_receiver_says_and_soon_after(number: int, wait_s: int, jitter: int) -> None:
    at = next_try(number, NOON, wait_s=wait_s, jitter=jitter)
    assert at is not None
    pause_s, asked_s = DELAYS_S[number], min(wait_s, LONGEST_WAIT_S)
    earliest, latest = max(pause_s, asked_s), max(pause_s * (1_000 + MOST_JITTER) / 1_000, asked_s)
    assert earliest <= (at - NOON).total_seconds() <= latest


@given(tries, jitters)
def test_the_pauses_grow(number: int, jitter: int) -> None:
    here, there = next_try(number, NOON, jitter=jitter), next_try(number + 1, NOON)
    assert here is not None
    assert there is None or here < there


@pytest.mark.parametrize(("number", "jitter"), [(0, 0), (1, -1), (1, MOST_JITTER + 1)])
def test_a_try_that_there_is_not_is_a_mistake_of_ours(number: int, jitter: int) -> None:
    with pytest.raises(AssertionError):
        next_try(number, NOON, jitter=jitter)


def test_an_endpoint_fails_too_long_when_a_whole_schedule_has_passed() -> None:
    assert not fails_too_long(None, NOON)
    assert not fails_too_long(NOON, NOON + SPAN - dt.timedelta(seconds=1))
    assert fails_too_long(NOON, NOON + SPAN)
