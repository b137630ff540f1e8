"""A station's port whose line can be cut or held."""

from __future__ import annotations

import threading

from houtai.application.stations.port import AtDesk, StationPort
from houtai.domain.refusal import Busy
from houtai.domain.warehouse.work import StationPrints, StationScreen, Task


class Wavering:
    """The house, with a line that can be cut (`away` is set) or slow (`held` is not)."""

    def __init__(self, port: StationPort) -> None:
        self._port = port
        self.away = threading.Event()
        self.held = threading.Event()
        self.held.set()

    def log_in(self, badge: str, pin: str) -> AtDesk:
        return self._port.log_in(badge, pin)

    def lock(self, token: str) -> None:
        self._port.lock(token)

    def unlock(self, token: str, badge: str, pin: str) -> None:
        self._port.unlock(token, badge, pin)

    def leave(self, token: str) -> None:
        self._port.leave(token)

    def open_task(self, token: str, task: Task) -> StationScreen:
        return self._port.open_task(token, task)

    def scan(self, token: str, task: Task, seq: int, code: str) -> StationScreen:
        self.held.wait(20)
        if self.away.is_set():
            raise Busy
        return self._port.scan(token, task, seq, code)

    def look(self, token: str) -> StationPrints:
        if self.away.is_set():
            raise Busy
        return self._port.look(token)
