"""Several deeds in one transaction: callers that come while another commits are served together by one of them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

import attrs

from houtai.application.observer import UNOBSERVED
from houtai.application.ports import CommitUnknown, StoreUnavailable
from houtai.domain.refusal import Busy

D = TypeVar("D")
F = TypeVar("F", bound=Callable[..., Any])
Ahead = Callable[[Any, Sequence[Any]], None]


def grouped(ahead: Ahead) -> Callable[[F], F]:
    """Mark a short use case that may share its transaction with others.

    `ahead(tx, commands)` locks what all these commands will lock, one kind of record after the other in the order in which
    every use case locks them, and reads ahead what they will read. It decides nothing and may foresee too little: that costs
    a statement, or another try.
    """

    def mark(deed: F) -> F:
        deed.__dict__["ahead"] = ahead
        return deed

    return mark


def ahead_of(deed: Callable[..., Any]) -> Ahead | None:
    """How a group reads ahead for the use case; None where it runs in a transaction of its own."""
    ahead: Ahead | None = deed.__dict__.get("ahead")
    return ahead


def settled(deed: F) -> F:
    """Mark a use case that decides nothing on what people configure and that may change while it waits for a lock.

    Goods, settings, staff and the like are looked at once, as they stand when it first reads one: as if it had come then.
    """
    deed.__dict__["settled"] = True
    return deed


def is_settled(deed: Callable[..., Any]) -> bool:
    """Whether one look at reference records is enough for it."""
    return bool(deed.__dict__.get("settled", False))


MOST_TOGETHER: Final = 64
MOST_WAITING: Final = 512
PATIENCE_S: Final = 30
BREATH_S: Final = 0.0005
LONGEST_GATHERING_S: Final = 0.01


@attrs.frozen
class Done:
    """What became of one deed of a group: its answer, or what it raised."""

    answer: Any = None
    raised: Exception | None = None


ALONE: Final = Done()
"""The group came to nothing through no fault of this deed: its caller does it by itself."""

_LEAD: Final = Done()


@attrs.define(eq=False)
class _Ticket(Generic[D]):
    """A caller in the line, with the door it waits behind."""

    deed: D
    door: threading.Lock = attrs.field(factory=threading.Lock)
    outcome: Done | None = None

    def call(self, outcome: Done) -> None:
        self.outcome = outcome
        self.door.release()


class Group(Generic[D]):
    """A bounded line of callers. Whoever finds nobody at work does the work of all that wait, its own included.

    There is no thread of its own: a single caller runs straight through, and at many callers each commit carries all that
    came during the one before. `run` gets the deeds of one transaction and answers in their order; it raises where the
    transaction as a whole came to nothing.
    """

    def __init__(
        self,
        run: Callable[[Sequence[D]], Sequence[Done]],
        *,
        together: int = MOST_TOGETHER,
        waiting: int = MOST_WAITING,
        told: Callable[[int, int], None] = UNOBSERVED.together,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """At most `together` deeds a transaction, at most `waiting` callers in the line; `told` hears both for each one."""
        self._run = run
        self._told = told
        self._together = together
        self._waiting = waiting
        self._mutex = threading.Lock()
        self._line: deque[_Ticket[D]] = deque()
        self._at_work = False
        self._pause = pause
        self._last = 0  # how many the transaction before carried

    def perform(self, deed: D) -> Done:
        """The deed's outcome; ALONE where the caller should do it by itself. Raises Busy where the line is full."""
        ticket = _Ticket(deed)
        with self._mutex:
            if len(self._line) >= self._waiting:
                raise Busy(what="too many are waiting; nothing was done, try again")
            self._line.append(ticket)
            leads, self._at_work = not self._at_work, True
            if not leads:
                ticket.door.acquire()
        if not leads:
            self._wait(ticket)
            if ticket.outcome is not _LEAD:
                assert ticket.outcome is not None
                return ticket.outcome
        return self._lead()

    def _wait(self, ticket: _Ticket[D]) -> None:
        """Until called. A caller that waits too long leaves the line; one whose deed is under way cannot know how it ends."""
        if ticket.door.acquire(timeout=PATIENCE_S):
            return
        with self._mutex:
            if ticket.outcome is not None:
                return
            if ticket in self._line:
                self._line.remove(ticket)
                raise Busy(what="nobody got to it in time; nothing was done, try again")
        raise CommitUnknown("the group's commit takes too long")

    def _lead(self) -> Done:
        """Serve the front of the line; one's own ticket is the first."""
        self._gather()
        with self._mutex:
            tickets = [self._line.popleft() for _ in range(min(len(self._line), self._together))]
            waiting = len(self._line)
            self._last = len(tickets)
        service = _Service(self._hand_over, tickets)
        with service:
            self._told(len(tickets), waiting)
            service.outcomes = self._run([ticket.deed for ticket in tickets])
        return service.outcomes[0]

    def _gather(self) -> None:
        """Let those come back who were served together a moment ago, as long as the line grows.

        Otherwise the first of them to be awake would have a transaction to itself, and the rest wait for it. A caller that
        was alone is not held up.
        """
        seen = 0
        for _ in range(int(LONGEST_GATHERING_S / BREATH_S)):
            here = len(self._line)
            if here >= self._last or here == seen:
                return
            seen = here
            self._pause(BREATH_S)

    def _hand_over(self) -> None:
        """The lead goes to whoever stands in front now."""
        with self._mutex:
            if self._line:
                self._line[0].call(_LEAD)
            else:
                self._at_work = False


class _Service(Generic[D]):
    """One group being served: however it ends, the lead is handed over and everybody in it gets an outcome.

    Where the store failed, all are told. Any other fault belongs to one of them, nobody knows to whom: each does its deed
    alone and meets its own.
    """

    def __init__(self, hand_over: Callable[[], None], tickets: Sequence[_Ticket[D]]) -> None:
        self._hand_over = hand_over
        self._tickets = tickets
        self.outcomes: Sequence[Done] = [ALONE] * len(tickets)

    def __enter__(self) -> None:
        """Nothing is done yet."""

    def __exit__(self, _: type[BaseException] | None, fault: BaseException | None, __: TracebackType | None) -> bool:
        if isinstance(fault, (StoreUnavailable, CommitUnknown)):
            self.outcomes = [Done(raised=fault)] * len(self._tickets)
        self._hand_over()
        for ticket, outcome in zip(self._tickets[1:], self.outcomes[1:], strict=True):
            ticket.call(outcome)
        return isinstance(fault, Exception)
