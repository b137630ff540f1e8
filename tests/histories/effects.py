"""Effects against answers: nothing that was acknowledged is lost, nothing is there twice, nothing refused is there at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from tests.histories.recording import Call, Came


def wrong_effects(calls: Iterable[Call], rows: Iterable[Hashable]) -> Iterator[str]:
    """What does not fit between the calls, each `about` a name of its own, and the names that the rows bear."""
    there = Counter(rows)
    wanted: set[Hashable] = set()
    for call in calls:
        wanted.add(call.about)
        count = there[call.about]
        if count > 1:
            yield f"doubled: {call.what} {call.about} is there {count} times"
        if call.came is Came.OK and not count:
            yield f"lost: {call.what} {call.about} was acknowledged and is not there"
        if call.came is Came.REFUSED and count:
            yield f"phantom: {call.what} {call.about} was refused ({call.value}) and is there"
    for name in there.keys() - wanted:
        yield f"phantom: {name} is there and nobody asked for it"


def over(what: str, taken: int, capacity: int) -> Iterator[str]:
    """More was given than there was."""
    if taken > capacity:
        yield f"oversold: {taken} of {capacity} {what}"
