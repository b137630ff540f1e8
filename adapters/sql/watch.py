"""Watching a database's engine: statements that took too long, transactions and how they end, connections in use.

Only events of the pool and of the dialect: listeners on connections make SQLAlchemy prepare each statement for them, which was
measured at 12 µs a statement, 4 to 9 per cent of an order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from sqlalchemy import Engine, event

log = logging.getLogger("houtai.sql")

LONGEST_TEXT: Final = 2_000
LEFT: Final = "houtai.left"
"""Where a connection notes that its transaction ended by COMMIT with nothing in it; see `leave`."""


class EngineObserver(Protocol):
    """Hears of an engine's work. Calls are quick and never raise."""

    def transaction(self, end: str) -> None:
        """A transaction ended: ``commit``, or ``none`` for one that only looked or was given up."""

    def connection(self, taken: int) -> None:
        """A connection was taken from the pool (1) or given back (-1)."""


def watch(engine: Engine, observer: EngineObserver) -> None:
    """Tell the observer of every transaction and of every connection that is in use."""

    @event.listens_for(engine, "reset")
    def ended(_connection: Any, record: Any, state: Any) -> None:
        left = record.info.pop(LEFT, False)
        observer.transaction("none" if left or state.transaction_was_reset else "commit")

    @event.listens_for(engine, "checkout")
    def taken(*_: Any) -> None:
        observer.connection(1)

    @event.listens_for(engine, "checkin")
    def given_back(*_: Any) -> None:
        observer.connection(-1)


def log_slow_statements(engine: Engine, slow_ms: int) -> None:
    """Log statements over the threshold with their text, never their parameters, and how long they took.

    What a transaction writes at its end goes out in one pipeline on PostgreSQL: of these statements the server's own
    `log_min_duration_statement` knows more.
    """
    threshold_ns = slow_ms * 1_000_000
    one, many = engine.dialect.do_execute, engine.dialect.do_executemany

    def timed(execute: Callable[..., None], cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        begun = time.perf_counter_ns()
        done = False
        try:
            execute(cursor, statement, parameters, context)
            done = True
        finally:
            took_ns = time.perf_counter_ns() - begun
            if took_ns >= threshold_ns:
                _slow(statement, took_ns, done=done)
        return True

    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        return timed(one, cursor, statement, parameters, context)

    @event.listens_for(engine, "do_executemany")
    def execute_many(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        return timed(many, cursor, statement, parameters, context)


def _slow(statement: str, took_ns: int, *, done: bool) -> None:
    text = " ".join(statement.split())[:LONGEST_TEXT]
    log.warning("slow statement", extra={"facts": {"statement": text, "duration_ms": round(took_ns / 1e6, 1), "done": done}})
