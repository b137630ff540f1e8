"""What somebody who watches the house learns of its work: how deeds end, how they share transactions, how often they repeat."""

from __future__ import annotations

import time
from contextvars import ContextVar
from types import TracebackType
from typing import Final, Protocol, Self

from houtai.domain.refusal import Refusal

DONE: Final = "done"
FAULT: Final = "fault"

DEED: Final[ContextVar[str]] = ContextVar("houtai_deed", default="")
"""The use case or query that this thread is at, for logs; no rule reads it. In a group it is that of the caller who leads."""


class Observer(Protocol):
    """Hears of the office's work. Calls are quick and never raise; no argument holds anything about a person."""

    def ended(self, deed: str, outcome: str, nanos: int) -> None:
        """A use case or query is over: DONE, the kind of its refusal, or FAULT for what nobody foresaw."""

    def together(self, deeds: int, waiting: int) -> None:
        """So many deeds begin in one transaction, and so many callers still wait in the line."""

    def again(self, why: str) -> None:
        """A deed is tried again: ``in-the-way`` or ``commit-unknown``."""


class Unobserved:
    """Nobody watches."""

    def ended(self, deed: str, outcome: str, nanos: int) -> None:
        """See `Observer.ended`."""

    def together(self, deeds: int, waiting: int) -> None:
        """See `Observer.together`."""

    def again(self, why: str) -> None:
        """See `Observer.again`."""


UNOBSERVED: Final = Unobserved()


class Watched:
    """Around one deed: names it for logs and tells the observer how it ended and how long it took."""

    __slots__ = ("_begun", "_deed", "_observer", "_token")

    def __init__(self, observer: Observer, deed: str) -> None:
        """`deed` is the function's name."""
        self._observer = observer
        self._deed = deed

    def __enter__(self) -> Self:
        """Begin."""
        self._token = DEED.set(self._deed)
        self._begun = time.perf_counter_ns()
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        """Tell how it ended; what was raised goes on."""
        nanos = time.perf_counter_ns() - self._begun
        DEED.reset(self._token)
        outcome = DONE if error is None else error.kind.value if isinstance(error, Refusal) else FAULT
        self._observer.ended(self._deed, outcome, nanos)
