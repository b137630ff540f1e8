"""Whether this process can do its work, and what hinders it: for load balancers, for people, for metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from houtai.adapters.condition import StoreCondition, condition_of
from houtai.application.ports import Clock, Store

READY: Final = "ready"
DEGRADED: Final = "degraded"
NOT_READY: Final = "not-ready"

OVERDUE_S: Final = 120  # a relay's lease: what is due for longer, nobody delivers
TIMER_GRACE_S: Final = 60
TIMER_ROUNDS: Final = 5


@attrs.frozen
class TimerStand:
    """A timer of this process: when it last ended well, in seconds before now, and how often in a row it failed since."""

    name: str
    every_s: int
    last_success_s: int  # since its start where it never did
    failures: int

    @property
    def late(self) -> bool:
        """Whether it should have ended well again long ago."""
        return self.last_success_s > TIMER_ROUNDS * self.every_s + TIMER_GRACE_S


@attrs.frozen
class Report:
    """`status` is one of the three; `reasons` says why in words that name nobody."""

    status: str
    reasons: tuple[str, ...]
    store: StoreCondition
    timers: tuple[TimerStand, ...]
    millis: int

    def plain(self) -> dict[str, Any]:
        """As JSON says it."""
        return {
            "status": self.status,
            "reasons": list(self.reasons),
            "schema": self.store.schema,
            "outbox": {name: fact for name, fact in attrs.asdict(self.store).items() if name != "schema"},
            "timers": {stand.name: {"last_success_s": stand.last_success_s, "failures": stand.failures} for stand in self.timers},
            "millis": self.millis,
        }


class Condition:
    """Looks at the store and at what runs in this process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`timers` tells of those that run in this process; whoever runs them sets it."""
        self._store = store
        self._clock = clock
        self._needed = needed_schema(store)
        self.timers: Callable[[], Sequence[TimerStand]] = tuple

    def _suits(self, schema: str) -> bool:
        if not self._needed:  # a store in memory has none
            return True
        from houtai.adapters.sql.migrate import suits  # noqa: PLC0415  # alembic is needed only here

        return suits(schema or None, self._needed)

    def look(self) -> Report:
        """How it stands now. Raises StoreUnavailable where the store does not answer.

        Not ready means that another process should be asked; degraded that somebody should look, while requests are served.
        """
        begun = time.perf_counter()
        store = condition_of(self._store, self._clock.now())
        timers = tuple(self.timers())
        suits = self._suits(store.schema)
        wrong = [] if suits else [f"the schema is {store.schema or 'missing'}, this version needs {self._needed}"]
        poor = [f"a message has been due for {store.overdue_s} s"] if store.overdue_s > OVERDUE_S else []
        poor += [f"an event has waited for its broker for {store.queued_s} s"] if store.queued_s > OVERDUE_S else []
        poor += [f"timer {stand.name} has not ended well for {stand.last_success_s} s" for stand in timers if stand.late]
        status = NOT_READY if wrong else DEGRADED if poor else READY
        return Report(status, (*wrong, *poor), store, timers, int((time.perf_counter() - begun) * 1_000))


def needed_schema(store: Store) -> str:
    """The revision that this version needs of such a store."""
    if not hasattr(store, "engine"):
        return ""
    from houtai.adapters.sql.migrate import newest  # noqa: PLC0415  # alembic is needed only here

    return newest()
