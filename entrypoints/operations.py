"""The operators' own address, apart from the API: GET /metrics for Prometheus, GET /health with everything that is known."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError as NotInTime
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import attrs
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from houtai.adapters.instruments import Instruments
from houtai.application.ports import StoreUnavailable
from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.condition import NOT_READY, Condition, Report

log = logging.getLogger("houtai.operations")

DEADLINE_S: Final = 2.0
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
NO_ANSWER: Final = "the store does not answer"
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@attrs.define(eq=False, slots=False)
class NoSuchAddress(Refusal):
    """HOUTAI_METRICS names an address that cannot be listened on."""

    code = "metrics-address"
    kind = Kind.UNAVAILABLE
    text = "cannot listen on {address} for metrics: {why}"

    address: str
    why: str


class Look:
    """Asks for the condition in a thread of its own with a deadline, one at a time however many ask."""

    def __init__(self, condition: Condition, deadline_s: float = DEADLINE_S) -> None:
        """`deadline_s` is how long the store may take."""
        self._condition = condition
        self._deadline_s = deadline_s
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="houtai-condition")

    def __call__(self) -> Report | None:
        """The report; None where the store does not answer in time."""
        asked = self._pool.submit(self._condition.look)
        try:
            return asked.result(self._deadline_s)
        except (StoreUnavailable, NotInTime):
            asked.cancel()
            return None

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Present(Collector):
    """What is read at the moment of asking: the outbox, the timers, memory."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._version = _version()

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked before a scrape."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        report = self._look()
        yield GaugeMetricFamily("houtai_store_up", "1 where the store answers in time.", value=int(report is not None))
        yield _labelled("houtai_build", "This version.", "version", {self._version: 1})
        yield _labelled("houtai_resident_bytes", "Memory in use.", "process", memory())
        if report is None:
            return
        store = report.store
        counts = {"pending": store.pending, "given-up": store.given_up, "queued": store.queued}
        yield _labelled("houtai_outbox_messages", "Messages that are not delivered.", "state", counts)
        yield GaugeMetricFamily("houtai_outbox_oldest_seconds", "Age of the oldest pending message.", value=store.oldest_s)
        yield GaugeMetricFamily("houtai_outbox_overdue_seconds", "How long the first message is due.", value=store.overdue_s)
        now = time.time()
        yield GaugeMetricFamily("houtai_events_waiting_seconds", "How long the first event waits.", value=store.queued_s)
        last = {stand.name: now - stand.last_success_s for stand in report.timers}
        yield _labelled("houtai_timer_last_success_timestamp_seconds", "When a timer last ended well.", "timer", last)
        failures = {stand.name: stand.failures for stand in report.timers}
        yield _labelled("houtai_timer_failures", "Failures in a row.", "timer", failures)


def _labelled(name: str, text: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, figure in values.items():
        family.add_metric([value], figure)
    return family


def memory() -> dict[str, int]:
    """Resident bytes of this process (``main``) and of its children together (``workers``); empty where /proc is missing."""
    found: dict[str, int] = {}
    me = os.getpid()
    for pid in [me, *_children(me)]:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            continue
        name = "main" if pid == me else "workers"
        found[name] = found.get(name, 0) + pages * _PAGE
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in file.read_text(encoding="ascii").split()]
        except OSError:  # a thread that has ended meanwhile
            continue
    return found


@contextmanager
def operated(address: str, instruments: Instruments | None, condition: Condition) -> Iterator[str]:
    """Answer at ``HOST:PORT`` meanwhile; where that is, with the port that was taken for 0. Raises NoSuchAddress."""
    host, _, port = address.rpartition(":")
    look = Look(condition)
    registry = CollectorRegistry()
    registry.register(_Present(look))
    measured: Callable[[], bytes] = instruments.text if instruments is not None else bytes
    handler = type(
        "Answers", (_Answers,), {"look": staticmethod(look), "metrics": lambda _: measured() + generate_latest(registry)}
    )
    try:
        server = ThreadingHTTPServer((host.strip("[]"), int(port)), handler)
    except OSError as error:
        raise NoSuchAddress(address=address, why=error.strerror or str(error)) from error
    server.daemon_threads = True
    listening = threading.Thread(target=server.serve_forever, name="houtai-operations")
    listening.start()
    try:
        where = f"{host}:{server.server_port}"
        log.info("metrics and health", extra={"facts": {"address": where}})
        yield where
    finally:
        server.shutdown()
        server.server_close()
        listening.join()
        look.close()


class _Answers(BaseHTTPRequestHandler):
    """Two addresses, and nothing about who asked."""

    server_version = "houtai"
    sys_version = ""
    timeout = 5
    look: Look

    def metrics(self) -> bytes:
        """The text for Prometheus."""
        raise NotImplementedError

    def do_GET(self) -> None:  # the name that http.server calls
        """Answer."""
        if self.path == "/metrics":
            self._answer(200, TEXT, self.metrics())
        elif self.path == "/health":
            report = self.look()
            found = {"status": NOT_READY, "reasons": [NO_ANSWER]} if report is None else report.plain()
            status = 503 if found["status"] == NOT_READY else 200
            self._answer(status, "application/json", json.dumps(found, indent=2).encode() + b"\n")
        else:
            self._answer(404, "text/plain", b"/metrics or /health\n")

    def _answer(self, status: int, media: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Scrapes are no events."""


def _version() -> str:
    try:
        return version("houtai")
    except PackageNotFoundError:
        return "0+source"
