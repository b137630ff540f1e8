"""Bench scales that send a line of text for each reading: over TCP, or from a device of this machine."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.scale import reading_g

MAX_LINE: Final = 200
SLICE_S: Final = 0.1
CONNECT_S: Final = 2.0


def read_steady(address: str, wanted: Callable[[], bool]) -> str:
    """The first line that says a weight that stands still; empty once it is not `wanted` any more.

    Lines that say nothing on the scale, a moving one or no weight are passed over. Raises OSError where the scale cannot be
    reached or hangs up.
    """
    with closing(_Lines(address)) as lines:
        while wanted():
            line = lines.next(SLICE_S)
            if line and _is_weight(line):
                return line
    return ""


def _is_weight(line: str) -> bool:
    try:
        return reading_g(line) is not None
    except Refusal:
        return False


class _Lines:
    """The lines of one scale from now on."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._socket: socket.socket | None = None
        if url.scheme == "tcp":
            self._socket = socket.create_connection((url.hostname or "", url.port or 0), CONNECT_S)
            self._socket.setblocking(False)
            self._file = self._socket.fileno()
        else:
            self._file = os.open(address, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        self._held = b""

    def next(self, wait_s: float) -> str:
        """The next whole line, without blanks around; empty where none came in time. What is too long is no line."""
        until = time.monotonic() + wait_s
        while b"\n" not in self._held and b"\r" not in self._held:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._file], [], [], left)[0]:
                return ""
            part = os.read(self._file, MAX_LINE)
            if not part:
                raise ConnectionResetError(self._file, "the scale hung up")
            self._held = (self._held + part)[-2 * MAX_LINE :]
        line, _, self._held = self._held.replace(b"\r", b"\n").partition(b"\n")
        return line.decode("ascii", "replace").strip() if len(line) <= MAX_LINE else ""

    def close(self) -> None:
        """Let the scale go."""
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._file)
