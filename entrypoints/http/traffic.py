"""What somebody who watches the API learns of its traffic, and what a request's line in the log says."""

from __future__ import annotations

import logging
import time
from typing import Any, Final, Protocol
from uuid import UUID

import attrs

log = logging.getLogger("houtai.http.access")

UNMATCHED: Final = "unmatched"


class Traffic(Protocol):
    """Hears of requests. Calls are quick and never raise; a route is a template, never an address with somebody's id."""

    def entered(self) -> None:
        """A request came in."""

    def left(self) -> None:
        """It is over, answered or not."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Its answer begins."""

    def queued(self, more: int) -> None:
        """One more request waits for a thread (1), or one less (-1)."""


class Unwatched:
    """Nobody counts."""

    def entered(self) -> None:
        """See `Traffic.entered`."""

    def left(self) -> None:
        """See `Traffic.left`."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Traffic.answered`."""

    def queued(self, more: int) -> None:
        """See `Traffic.queued`."""


UNWATCHED: Final = Unwatched()


@attrs.define
class Visit:
    """One request on its way through the house; the edge fills in whose it is."""

    id: UUID
    begun: float = attrs.field(factory=time.perf_counter)
    actor: str = ""
    correlation: str = ""
    at_work: bool = False  # whether a thread has taken it up


def tell(visit: Visit, scope: Any, status: int, traffic: Traffic) -> None:
    """The answer begins: one line in the log, one more in the figures. What the caller chose stands in neither."""
    seconds = time.perf_counter() - visit.begun
    route = (scope.get("path_template") or UNMATCHED).replace(":str}", "}")
    traffic.answered(scope["method"], route, status, seconds)
    if log.isEnabledFor(logging.INFO):
        peer = scope.get("client")
        facts = {
            "request_id": str(visit.id),
            "correlation_id": visit.correlation or str(visit.id),
            "actor_id": visit.actor,
            "method": scope["method"],
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1e3, 1),
            "peer": peer[0] if peer else "",
        }
        log.info("request", extra={"facts": facts})
