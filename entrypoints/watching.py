"""Who watches a process: instruments where metrics are asked for, nobody elsewhere; and the store that is watched."""

from __future__ import annotations

from typing import Protocol

from houtai.adapters.opening import open_store
from houtai.application.observer import Observer, Unobserved
from houtai.application.ports import Store
from houtai.entrypoints.settings import Settings


class Watcher(Observer, Protocol):
    """Hears of the office's work, of the store's and of the API's traffic."""

    def transaction(self, end: str) -> None:
        """See `EngineObserver.transaction`."""

    def connection(self, taken: int) -> None:
        """See `EngineObserver.connection`."""

    def entered(self) -> None:
        """See `Traffic.entered`."""

    def left(self) -> None:
        """See `Traffic.left`."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Traffic.answered`."""

    def queued(self, more: int) -> None:
        """See `Traffic.queued`."""


class Nobody(Unobserved):
    """No metrics are asked for."""

    def transaction(self, end: str) -> None:
        """See `EngineObserver.transaction`."""

    def connection(self, taken: int) -> None:
        """See `EngineObserver.connection`."""

    def entered(self) -> None:
        """See `Traffic.entered`."""

    def left(self) -> None:
        """See `Traffic.left`."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Traffic.answered`."""

    def queued(self, more: int) -> None:
        """See `Traffic.queued`."""


def watcher_of(settings: Settings) -> Watcher:
    """The instruments, if the settings name an address for metrics; prometheus-client is loaded only then."""
    if not settings.metrics:
        return Nobody()
    from houtai.adapters.instruments import Instruments  # noqa: PLC0415  # only where metrics are asked for

    return Instruments()


def open_watched(settings: Settings, watcher: Watcher) -> Store:
    """The settings' store; see `open_store`. Its slow statements are logged, its transactions counted."""
    store = open_store(settings.db, deadline_s=settings.deadline_s)
    engine = getattr(store, "engine", None)
    if engine is not None:
        from houtai.adapters.sql.watch import log_slow_statements, watch  # noqa: PLC0415  # a store in memory has no engine

        if settings.metrics:
            watch(engine, watcher)
        if settings.slow_ms:
            log_slow_statements(engine, settings.slow_ms)
    return store
