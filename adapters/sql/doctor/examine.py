"""Run every check in one snapshot and report."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import islice
from typing import Any

import attrs
from sqlalchemy import Connection

from houtai.adapters.sql.doctor.check import SHOWN, Check, Finding
from houtai.adapters.sql.store import SqlStore


@attrs.frozen
class Report:
    """All findings; the house is well if each is."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return all(finding.ok for finding in self.findings)

    def broken(self) -> tuple[Finding, ...]:
        """What is broken."""
        return tuple(finding for finding in self.findings if not finding.ok)

    def as_plain(self) -> dict[str, Any]:
        """The report as JSON: ``{"ok", "checks": [{"id", "promise", "ok", "count", "first_10", "millis"}]}``."""
        checks = [
            {
                "id": finding.id,
                "promise": finding.promise,
                "ok": finding.ok,
                "count": finding.count,
                "first_10": list(finding.first),
                "millis": finding.millis,
            }
            for finding in self.findings
        ]
        return {"ok": self.ok, "checks": checks}


def examine(store: SqlStore, checks: Iterable[Check]) -> Report:
    """Run `checks` in one read-only snapshot of the store."""
    with store.snapshot() as views:
        return Report(tuple(_run(check, views.connection) for check in checks))


def _run(check: Check, connection: Connection) -> Finding:
    start = time.monotonic()
    found = iter(check.search(connection))
    first = tuple(islice(found, SHOWN))
    count = len(first) + sum(1 for _ in found)
    millis = round((time.monotonic() - start) * 1000)
    return Finding(check.id, check.promise, not count, count, first, millis)
