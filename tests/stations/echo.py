"""A station over a port that only notes what it is sent; run as a program for the tests at a real terminal."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from houtai.application.stations.port import AtDesk
from houtai.domain.refusal import Busy
from houtai.domain.warehouse.reply import MessageLevel, StationMessage, phrase
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import StationPrints, StationScreen, Task
from houtai.entrypoints.terminal.app import StationApp


class EchoPort:
    """Everybody may come in; every scan is noted. `down` makes it unreachable, `held` makes it slow."""

    def __init__(self, book: Path | None = None, *tasks: Task) -> None:
        self.scans: list[str] = []
        self.calls: list[str] = []
        self.down = threading.Event()
        self.held = threading.Event()
        self.held.set()
        self.prints = StationPrints()
        self.looks = 0
        self._book = book
        self._tasks = tasks or tuple(Task)

    def log_in(self, badge: str, pin: str) -> AtDesk:
        self.calls.append(f"in {badge} {pin}")
        return AtDesk("token", "李雷", "M1", self._tasks)

    def lock(self, token: str) -> None:
        self.calls.append("lock")

    def unlock(self, token: str, badge: str, pin: str) -> None:
        self.calls.append(f"unlock {badge} {pin}")

    def leave(self, token: str) -> None:
        self.calls.append("leave")

    def open_task(self, token: str, task: Task) -> StationScreen:
        self.calls.append(f"open {task.value}")
        return StationScreen(task, len(self.scans), phrase("prompt.look-up"), prints=self.prints)

    def look(self, token: str) -> StationPrints:
        self.looks += 1
        if self.down.is_set():
            raise Busy
        return self.prints

    def scan(self, token: str, task: Task, seq: int, code: str) -> StationScreen:
        self.held.wait(20)
        if self.down.is_set():
            raise Busy
        self.scans.append(code)
        if self._book is not None:
            with self._book.open("a", encoding="utf-8") as book:
                book.write(code.replace("\x1d", "<GS>") + "\n")
        message = StationMessage(MessageLevel.SUCCESS, phrase("moved", qty=1, goods=code, path="A-01"))
        rows = (("连衣裙红色M", "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长", "3"),)
        columns = ("label.product", "label.title", "label.qty")
        return StationScreen(task, seq, phrase("prompt.look-up"), str(len(self.scans)), (), columns, rows, message, self.prints)


if __name__ == "__main__":
    StationApp(EchoPort(Path(sys.argv[1])), language=Language.CHINESE).run(mouse=False)
