"""Whether the process lives, whether it can answer, and which version it is: for load balancers and people."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from uuid import UUID

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from houtai.application.office import Office
from houtai.application.permission import open_to_anyone
from houtai.application.tx import Views
from houtai.domain.act import Act
from houtai.entrypoints.condition import NOT_READY, READY, Condition
from houtai.entrypoints.http.problems import RETRY_AFTER_S, Problem

DEADLINE_S: Final = 2.0
_NOWHERE: Final = (UUID(int=0), 0)


def house_version() -> str:
    """The installed version, or "0+source" where the package runs from its sources."""
    try:
        return version("houtai")
    except PackageNotFoundError:
        return "0+source"


@open_to_anyone
def touch_store(views: Views, request: None, act: Act) -> bool:  # noqa: ARG001 -- the shape of every query
    """Read one row that is not there: the store answers, or it does not."""
    return views.timeline.find(_NOWHERE) is None


class Probe:
    """Asks the store in a thread of its own, so that busy deeds do not hold it up, and never twice at a time."""

    def __init__(self, office: Office, condition: Condition | None = None, *, deadline_s: float = DEADLINE_S) -> None:
        """`deadline_s` is how long the store may take. Without a `condition` it is only asked whether it answers."""
        self._office = office
        self._condition = condition
        self._deadline_s = deadline_s
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="houtai-probe")
        self._running: asyncio.Future[str] | None = None

    async def check(self) -> str:
        """READY or DEGRADED. Raises Problem (503) unless the store answers a real query in time, at the right schema."""
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().run_in_executor(self._pool, self._look)
        try:
            status = await asyncio.wait_for(asyncio.shield(self._running), self._deadline_s)
        except TimeoutError as error:
            raise _unavailable() from error
        if status == NOT_READY:
            raise _unavailable()
        return status

    def _look(self) -> str:
        if self._condition is not None:
            return self._condition.look().status
        self._office.ask(touch_store, None, self._office.act_of_system("readiness"))
        return READY

    def close(self) -> None:
        """Stop asking."""
        self._pool.shutdown(wait=False)


def _unavailable() -> Problem:
    return Problem("unavailable", headers={"retry-after": str(RETRY_AFTER_S)})


def routes(probe: Probe) -> list[HTTPRouteHandler]:
    """GET /health/live, /health/ready and /health/version."""

    async def live() -> ASGIResponse:
        return _answer({"status": "live"})

    async def ready() -> ASGIResponse:
        return _answer({"status": await probe.check()})

    async def release() -> ASGIResponse:
        return _answer({"name": "houtai", "version": house_version(), "api": "v1"})

    found = {"/health/live": live, "/health/ready": ready, "/health/version": release}
    return [HTTPRouteHandler(path, http_method=["GET"], include_in_schema=False)(answer) for path, answer in found.items()]


def _answer(content: dict[str, str]) -> ASGIResponse:
    return ASGIResponse(body=msgspec.json.encode(content), media_type="application/json")
