"""Recording what clients do side by side: each call with its begin, its end and what came of it."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from houtai.domain.refusal import Kind, Refusal


class Came(enum.Enum):
    """What came of a call."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # it may have happened, it may not, it may even happen at any later moment


@attrs.frozen
class Call:
    """One call of one client. Times are monotonic, in nanoseconds; `value` is the answer or the refusal's code."""

    client: int
    what: str
    about: Any
    begin: int
    end: int
    came: Came
    value: Any = None


Deed = Callable[[], Any]
Plan = Sequence[tuple[str, Any, Deed]]


def record(plans: Iterable[Plan]) -> list[Call]:
    """Every plan by a client of its own, all started behind one barrier; their calls in the order in which they began."""
    plans = list(plans)
    barrier = threading.Barrier(len(plans))
    calls: list[list[Call]] = [[] for _ in plans]
    broken: list[BaseException] = []

    def run(client: int, plan: Plan) -> None:
        barrier.wait()
        try:
            calls[client] += [_made(client, *step) for step in plan]
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test is to fail with it
            broken.append(error)

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(plans)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return sorted((call for made in calls for call in made), key=lambda call: call.begin)


def _made(client: int, what: str, about: Any, deed: Deed) -> Call:
    begin = time.monotonic_ns()
    try:
        came, value = Came.OK, deed()
    except Refusal as refusal:
        # Busy promises that nothing was done; of a lost answer nobody knows.
        came = Came.UNKNOWN if refusal.code == "outcome-unknown" else Came.REFUSED
        value = "busy" if refusal.kind is Kind.UNAVAILABLE and came is Came.REFUSED else refusal.code
    return Call(client, what, about, begin, time.monotonic_ns(), came, value)
