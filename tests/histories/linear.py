"""Linearizability after Wing and Gong: is there one order of the calls, true to their times, in which each answer is right?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from tests.histories.recording import Call, Came

Model = Callable[[Hashable, Call], Hashable | None]
"""The state after a call in a state, None where the call cannot have ended like this there. A call of unknown outcome is
asked about as if it had been done."""


def linearizable(calls: Sequence[Call], first: Hashable, model: Model) -> bool:
    """Whether the history has such an order. Of calls with unknown outcome any may be left out or come at any later time."""
    certain = frozenset(place for place, call in enumerate(calls) if call.came is not Came.UNKNOWN)
    ends = [call.end if call.came is not Came.UNKNOWN else None for call in calls]
    seen: set[tuple[frozenset[int], Hashable]] = set()
    waiting: list[tuple[frozenset[int], Hashable]] = [(frozenset(), first)]
    while waiting:
        done, state = waiting.pop()
        if certain <= done:
            return True
        bound = min(end for place, end in enumerate(ends) if end is not None and place not in done)
        for place, call in enumerate(calls):
            if place in done or call.begin > bound:
                continue
            after = model(state, call)
            step = (done | {place}, after)
            if after is not None and step not in seen:
                seen.add(step)
                waiting.append((done | {place}, after))
    return False


def register(state: Hashable, call: Call) -> Hashable | None:
    """A versioned record as (version, text): ``edit`` about (expected version, text), ``read`` answered with the record."""
    assert isinstance(state, tuple)
    version, _ = state
    if call.what == "read":
        return state if call.value == state else None
    expected, text = call.about
    if call.came is Came.REFUSED:
        return state if expected != version or call.value == "busy" else None
    return (version + 1, text) if expected == version else None


def counter(state: Hashable, call: Call) -> Hashable | None:
    """What is left of something: ``take`` and ``give`` about an amount, ``read`` answered with what is left."""
    assert isinstance(state, int)
    if call.what == "read":
        return state if call.value == state else None
    amount: int = call.about[1] if isinstance(call.about, tuple) else call.about
    if call.what == "give":
        return state + amount
    if call.came is Came.REFUSED:
        return state if amount > state or call.value == "busy" else None
    return state - amount if amount <= state else None
