"""Run every check in one snapshot and report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import attrs
from sqlalchemy import Connection

from houtai.adapters.sql.doctor.check import SHOWN, Check, Finding, NotRun
from houtai.adapters.sql.store import SqlStore


@attrs.frozen
class Report:
    """All findings; the house is well if each is."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is broken, as far as somebody looked."""
        return not self.broken()

    def broken(self) -> tuple[Finding, ...]:
        """What is broken."""
        return tuple(finding for finding in self.findings if not finding.ok and not finding.not_run)

    def as_plain(self) -> dict[str, Any]:
        """The report as JSON: ``{"ok", "checks": [{"id", "promise", "ok", "count", "first_10", "millis", "not_run"}]}``.

        A check that was not run is neither well nor broken: its `ok` is null, and `not_run` says why.
        """
        checks = [
            {
                "id": finding.id,
                "promise": finding.promise,
                "ok": None if finding.not_run else finding.ok,
                "count": finding.count,
                "first_10": list(finding.first),
                "millis": finding.millis,
                "not_run": finding.not_run,
            }
            for finding in self.findings
        ]
        return {"ok": self.ok, "checks": checks}


def examine(store: SqlStore, checks: Sequence[Check], progress: Callable[[int, int], None] | None = None) -> Report:
    """Run `checks` in one read-only snapshot of the store. `progress` hears how many of how many are done."""
    with store.survey() as views:
        return examine_through(views.connection, checks if progress is None else _told(checks, progress))


def _told(checks: Sequence[Check], progress: Callable[[int, int], None]) -> Iterator[Check]:
    for done, check in enumerate(checks):
        progress(done, len(checks))
        yield check


def examine_through(connection: Connection, checks: Iterable[Check]) -> Report:
    """Run `checks` in whatever the connection sees; one engine that is kept compiles their statements once."""
    return Report(tuple(_run(check, connection) for check in checks))


def _run(check: Check, connection: Connection) -> Finding:
    start = time.monotonic()
    try:
        found = iter(check.search(connection))
        first = tuple(islice(found, SHOWN))
        count = len(first) + sum(1 for _ in found)
    except NotRun as reason:
        return Finding(check.id, check.promise, False, 0, (), 0, not_run=str(reason))
    millis = round((time.monotonic() - start) * 1000)
    return Finding(check.id, check.promise, not count, count, first, millis)
