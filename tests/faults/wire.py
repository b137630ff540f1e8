"""A line to a server that can be slow, go silent, or break around a COMMIT: a TCP proxy in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

COMMIT = b"COMMIT\0"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST and drops what was not sent


class Cut(Enum):
    """Where the line breaks at a COMMIT. The client sees the same: a reset connection."""

    BEFORE = "the server never sees it"
    AFTER = "the server has done it, the answer gets lost"


class Wire:
    """Forwards every connection to `target`, as its fields say at the moment. Set them from any thread."""

    def __init__(self, target: int) -> None:
        """To this port of this machine."""
        self.port = 0
        self.delay_s = 0.0
        self.silent = False  # takes everything, passes nothing on
        self.silent_at_commit = 0  # so many COMMITs from now the line goes silent; 0 for never
        self.cut_at_commit: tuple[Cut, int] | None = None  # which way, at which COMMIT from now
        self.commits = 0
        self.broken = 0
        self._target = target
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Until `stop`."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for _ in range(5):  # who has only just connected has a task soon
            await asyncio.sleep(0.01)
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # sockets close in the loop's next rounds

    async def _connected(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._quiet()
            server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        except (OSError, asyncio.CancelledError):
            _reset(to_client)
            return
        ways = [
            asyncio.ensure_future(self._asked(client, to_server, server, to_client)),
            asyncio.ensure_future(self._answered(server, to_client)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the test is over
            pass
        finally:  # first what needs no waiting: the end of the test may cancel what comes after
            _reset(to_client)
            to_server.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _asked(
        self,
        client: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
    ) -> None:
        while part := await client.read(65_536):
            cut = self._commit() if COMMIT in part else None
            await self._quiet()
            if cut is Cut.BEFORE:
                return
            to_server.write(part)
            await to_server.drain()
            if cut is Cut.AFTER:
                self._swallow = to_client
                await asyncio.wait_for(self._swallowed.wait(), 10)
                return

    async def _answered(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while part := await server.read(65_536):
            if self._swallow is to_client and b"COMMIT\0" in part:
                self._swallowed.set()
                await asyncio.Event().wait()  # until the connection is torn down
            await self._quiet()
            to_client.write(part)
            await to_client.drain()

    _swallow: asyncio.StreamWriter | None = None

    def _commit(self) -> Cut | None:
        self.commits += 1
        if self.silent_at_commit:
            self.silent_at_commit -= 1
            self.silent = self.silent_at_commit == 0
        if self.cut_at_commit is None:
            return None
        way, left = self.cut_at_commit
        if left > 1:
            self.cut_at_commit = (way, left - 1)
            return None
        self.cut_at_commit = None
        self.broken += 1
        self._swallowed = asyncio.Event()
        return way

    async def _quiet(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        while self.silent:  # noqa: ASYNC110  # other threads set it
            await asyncio.sleep(0.02)


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


@contextmanager
def wired(target: int) -> Iterator[Wire]:
    """A line to this port."""
    wire, ready = Wire(target), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(wire.serve(ready, stop)), name="wire")
    thread.start()
    assert ready.wait(10)
    try:
        yield wire
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
