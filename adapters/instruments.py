"""Counters and histograms for Prometheus: what the house's observers hear, in a registry of its own.

Every label takes few values: routes are templates, statuses three digits, deeds the names of functions, outcomes the kinds of
refusals. Nothing here is about a person or a document.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began interests nobody, and doubles them

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes put their figures together; set before this module is first imported, or not at all."""

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
DEEDS: Final = (1, 2, 4, 8, 16, 32, 64)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Instruments:
    """An `Observer` of the office, of an engine, and of the API's traffic; safe to share between threads."""

    def __init__(self) -> None:
        """All figures start at zero."""
        self._registry = CollectorRegistry()
        self._requests = self._counter("http_requests", "Requests answered.", "method", "route", "status")
        self._latency = Histogram(
            "houtai_http_request_seconds",
            "From a request's first byte to its answer's.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._in_flight = self._gauge("http_in_flight", "Requests that are not answered yet.")
        self._queued = self._gauge("http_waiting_for_thread", "Requests that wait for a thread to work in.")
        self._deeds = self._counter("deeds", "Use cases and queries, by how they ended.", "deed", "outcome")
        self._deed_time = Summary("houtai_deed_seconds", "How long deeds took.", ["deed"], registry=self._registry)
        self._group = Histogram("houtai_group_deeds", "Deeds that shared a transaction.", buckets=DEEDS, registry=self._registry)
        self._line = self._gauge("group_waiting", "Callers left in the line when the last group began.")
        self._again = self._counter("tries_again", "Deeds tried again.", "why")
        self._transactions = self._counter("store_transactions", "Transactions by how they ended.", "end")
        self._connections = self._gauge("store_connections_in_use", "Connections taken from the pool.")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"houtai_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"houtai_{name}", text, registry=self._registry, multiprocess_mode="livesum")

    def ended(self, deed: str, outcome: str, nanos: int) -> None:
        """See `Observer.ended`."""
        self._deeds.labels(deed, outcome).inc()
        self._deed_time.labels(deed).observe(nanos / 1e9)

    def together(self, deeds: int, waiting: int) -> None:
        """See `Observer.together`."""
        self._group.observe(deeds)
        self._line.set(waiting)

    def again(self, why: str) -> None:
        """See `Observer.again`."""
        self._again.labels(why).inc()

    def transaction(self, end: str) -> None:
        """See `EngineObserver.transaction`."""
        self._transactions.labels(end).inc()

    def connection(self, taken: int) -> None:
        """See `EngineObserver.connection`."""
        self._connections.inc(taken)

    def entered(self) -> None:
        """See `Traffic.entered`."""
        self._in_flight.inc()

    def left(self) -> None:
        """See `Traffic.left`."""
        self._in_flight.dec()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Traffic.answered`."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def queued(self, more: int) -> None:
        """See `Traffic.queued`."""
        self._queued.inc(more)

    def text(self) -> bytes:
        """Everything in Prometheus' text format: of this process, or of all that share a folder with it."""
        folder = os.environ.get(SHARED)
        if not folder:
            return generate_latest(self._registry)
        for file in Path(folder).glob("gauge_live*.db"):  # a worker that died takes its requests in flight with it
            pid = file.stem.rpartition("_")[2]
            if pid.isdecimal() and not _lives(int(pid)):
                mark_process_dead(int(pid), folder)  # type: ignore[no-untyped-call]  # the library leaves it bare
        together = CollectorRegistry()
        MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]  # as above
        return generate_latest(together)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
