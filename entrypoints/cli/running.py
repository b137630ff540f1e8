"""What runs beside a long command: its log, its timers, the operators' address, and an end in order."""

from __future__ import annotations

import logging
import logging.config
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from houtai.entrypoints.container import Container
    from houtai.entrypoints.settings import Settings

log = logging.getLogger("houtai.process")

SHARED_FIGURES: Final = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is first imported


@contextmanager
def logged(settings: Settings) -> Iterator[None]:
    """The process's log in the form that the settings name, its start and its end included."""
    from houtai.entrypoints.logs import configuration

    logging.config.dictConfig(configuration(settings.log))
    facts = {"pid": os.getpid(), "env": settings.env, "database": settings.db.partition(":")[0]}
    log.info("starts", extra={"facts": facts})
    yield
    log.info("stopped", extra={"facts": {"pid": os.getpid()}})


@contextmanager
def figures_of(settings: Settings, workers: int) -> Iterator[None]:
    """Where several workers put their figures together, for as long as they run."""
    if not settings.metrics or workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="houtai-metrics-") as folder:
        os.environ[SHARED_FIGURES] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FIGURES]


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM ends the program as Ctrl-C does: in order, and with exit code 0 once everything has stopped."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def running(container: Container, *, with_timers: bool) -> Iterator[None]:
    """The timers, and the operators' address if the settings name one, meanwhile. Raises NoSuchAddress."""
    settings = container.settings()
    with ExitStack() as meanwhile:
        if with_timers:
            from houtai.entrypoints.timers import Clockwork, timers_of

            meanwhile.callback(container.courier().close)  # once no timer gives it work any more
            clockwork = meanwhile.enter_context(Clockwork(timers_of(container)))
            container.condition().timers = clockwork.stands
        if settings.metrics:
            from houtai.adapters.instruments import Instruments
            from houtai.entrypoints.operations import operated

            watcher = container.watcher()
            instruments = watcher if isinstance(watcher, Instruments) else None
            meanwhile.enter_context(operated(settings.metrics, instruments, container.condition()))
        yield
