"""A limit for every unit of work on PostgreSQL: what has not ended in time loses its connection, whatever the network does.

A peer that takes packets and never answers keeps the driver waiting for ever: neither the server's timeouts nor TCP's end that.
So one thread per store shuts the sockets of a unit that is too old. Whoever waits on one wakes up with the driver's error for a
lost connection: StoreUnavailable, or CommitUnknown where the commit was under way.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

DEADLINE_S: Final = 20.0
STILL_GOOD_S: Final = 1.0
"""A connection that was in use so short a time ago is taken without asking whether it lives: that costs a round trip."""
_USED_AT: Final = "houtai_used_at"
_IN_USE: Final = "houtai_in_use"


class Unit:
    """One unit of work in one thread, from before it asks for a connection until it has given it back."""

    __slots__ = ("_deadlines", "_outer", "_sockets", "due")

    def __init__(self, deadlines: Deadlines, limit_s: float) -> None:
        """It is due `limit_s` after its beginning."""
        self._deadlines = deadlines
        self._sockets: list[int] = []
        self._outer: Unit | None = None
        self.due = limit_s

    def __enter__(self) -> None:
        """The limit counts from here."""
        self.due += time.monotonic()
        self._outer = self._deadlines.enter(self)

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """In time or not, it is over."""
        self._deadlines.leave(self, self._outer)
        while self._sockets:
            with suppress(IndexError):  # the watchdog takes them one by one as well; each is closed by whoever took it
                os.close(self._sockets.pop())

    def use(self, fileno: int) -> None:
        """The unit waits on this socket from now on. A duplicate is kept: the number itself may soon be another's."""
        self._sockets.append(os.dup(fileno))
        if not self._deadlines.is_running(self):
            self.cut()

    def cut(self) -> None:
        """Shut its sockets, which wakes whoever waits on one."""
        while self._sockets:
            with suppress(IndexError):
                cut = socket.socket(fileno=self._sockets.pop())
                with cut, suppress(OSError):  # already gone
                    cut.shutdown(socket.SHUT_RDWR)


class Deadlines:
    """The units under way on one engine, and the thread that ends those that are too old."""

    def __init__(self, limit_s: float = DEADLINE_S) -> None:
        """`limit_s` is the common limit; a unit may have a longer one, never a shorter."""
        self.limit_s = limit_s
        self._running: dict[Unit, None] = {}
        self._here = threading.local()
        self._mutex = threading.Lock()
        self._closed = threading.Event()
        self._watchdog: threading.Thread | None = None

    def unit(self, at_least_s: float = 0) -> Unit:
        """A unit of work, to be entered by the thread that does it."""
        return Unit(self, max(self.limit_s, at_least_s))

    def guard(self, engine: Engine) -> None:
        """See to it that every connection of the engine belongs to the unit of the thread that uses it, and is alive.

        This takes the place of the pool's own ping, which would wait for its answer before anybody could watch it, and would ask
        each time. One that died within the last second is noticed by whoever uses it, who is told `busy`.
        """

        @event.listens_for(engine, "connect", insert=True)
        def connected(connection: Any, record: Any) -> None:
            record.info[_USED_AT], record.info[_IN_USE] = time.monotonic(), True
            self._use(connection)

        @event.listens_for(engine, "checkout")
        def taken(connection: Any, record: Any, _: Any) -> None:
            if not record.info.pop(_IN_USE, False):
                self._use(connection)
            if time.monotonic() - record.info[_USED_AT] < STILL_GOOD_S:
                return
            try:
                engine.dialect.do_ping(connection)
            except connection.Error as lost:
                raise InvalidatePoolError from lost  # the pool connects anew

        @event.listens_for(engine, "checkin")
        def given_back(_: Any, record: Any) -> None:
            record.info[_USED_AT] = time.monotonic()

    def close(self) -> None:
        """End the thread; units that begin later begin another."""
        with self._mutex:
            watchdog, self._watchdog = self._watchdog, None
            self._closed.set()
            self._closed = threading.Event()
        if watchdog is not None:
            watchdog.join()

    def enter(self, unit: Unit) -> Unit | None:
        """The unit begins; the one around it in this thread, if there is one."""
        if self._watchdog is None:
            self._start()
        outer: Unit | None = getattr(self._here, "unit", None)
        self._here.unit = unit
        self._running[unit] = None
        return outer

    def leave(self, unit: Unit, outer: Unit | None) -> None:
        """The unit is over."""
        self._here.unit = outer
        self._running.pop(unit, None)

    def is_running(self, unit: Unit) -> bool:
        """Whether the unit is neither over nor cut."""
        return unit in self._running

    def _use(self, connection: Any) -> None:
        unit: Unit | None = getattr(self._here, "unit", None)
        if unit is not None:
            unit.use(connection.fileno())

    def _start(self) -> None:
        with self._mutex:
            if self._watchdog is None:
                name = "houtai-deadlines"
                self._watchdog = threading.Thread(target=self._watch, args=[self._closed], name=name, daemon=True)
                self._watchdog.start()

    def _watch(self, closed: threading.Event) -> None:
        """Nobody needs to wake it: what begins while it sleeps for the common limit is due after it wakes."""
        pause_s = 0.0
        while not closed.wait(pause_s):
            now = time.monotonic()
            pause_s = self.limit_s
            for unit in list(self._running):
                if unit.due > now:
                    pause_s = min(pause_s, unit.due - now)
                elif self._running.pop(unit, unit) is None:
                    unit.cut()
