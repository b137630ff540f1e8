"""Watching a database's engine: statements that took too long, transactions and how they end, connections in use."""

from __future__ import annotations

import logging
import time
from typing import Any, Final, Protocol

from sqlalchemy import Engine, event

log = logging.getLogger("houtai.sql")

LONGEST_TEXT: Final = 2_000
_BEGUN: Final = "houtai_statement_begun"


class EngineObserver(Protocol):
    """Hears of an engine's work. Calls are quick and never raise."""

    def transaction(self, end: str) -> None:
        """A transaction ended: ``commit``, ``rollback``, or ``read`` for one that only looked."""

    def connection(self, taken: int) -> None:
        """A connection was taken from the pool (1) or given back (-1)."""


def watch(engine: Engine, observer: EngineObserver) -> None:
    """Tell the observer of every transaction and of every connection that is in use."""

    @event.listens_for(engine, "commit")
    def commit(_: Any) -> None:
        observer.transaction("commit")

    @event.listens_for(engine, "rollback")
    def rollback(connection: Any) -> None:
        options = connection.get_execution_options()
        reads = options.get("postgresql_readonly") or options.get("houtai_begin") == "BEGIN"
        observer.transaction("read" if reads else "rollback")

    @event.listens_for(engine, "checkout")
    def checkout(*_: Any) -> None:
        observer.connection(1)

    @event.listens_for(engine, "checkin")
    def checkin(*_: Any) -> None:
        observer.connection(-1)


def log_slow_statements(engine: Engine, slow_ms: int) -> None:
    """Log statements over the threshold with their text, never their parameters, and how long they took.

    What a transaction writes at its end goes out in one pipeline on PostgreSQL: of these statements the server's own
    `log_min_duration_statement` knows more.
    """
    threshold_ns = slow_ms * 1_000_000

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Any, *_: Any) -> None:
        connection.info[_BEGUN] = time.perf_counter_ns()

    @event.listens_for(engine, "after_cursor_execute")
    def after(connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, many: bool) -> None:  # noqa: FBT001  # the event's own shape
        took_ns = time.perf_counter_ns() - connection.info[_BEGUN]
        if took_ns >= threshold_ns:
            _slow(statement, took_ns, many=many)

    @event.listens_for(engine, "handle_error")
    def failed(context: Any) -> None:
        begun = context.connection.info.pop(_BEGUN, None) if context.connection is not None else None
        if begun is not None and context.statement and (took_ns := time.perf_counter_ns() - begun) >= threshold_ns:
            _slow(context.statement, took_ns, many=False, failed=type(context.original_exception).__name__)


def _slow(statement: str, took_ns: int, *, many: bool, failed: str = "") -> None:
    text = " ".join(statement.split())[:LONGEST_TEXT]
    facts: dict[str, Any] = {"statement": text, "duration_ms": round(took_ns / 1e6, 1), "many": many}
    log.warning("slow statement", extra={"facts": {**facts, "failed": failed} if failed else facts})
