"""The whole program `houtai station` at a real terminal, on a database of its own and over HTTP."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from houtai.adapters.clock import SystemClock
from houtai.adapters.opening import open_store
from houtai.application.office import Office
from houtai.domain.act import Act
from tests.stations.floor import BADGE, PIN, some_desk
from tests.stations.served import a_server
from tests.stations.test_moving import FIRST, SECOND
from tests.stations.test_scanner import ROOT, Scanner
from tests.warehouse.bins_arrange import Depot

RUN = "from houtai.entrypoints.cli.main import run; run(__import__('sys').argv[1:])"


@pytest.fixture(params=["--db", "--server"])
def station(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Scanner, Depot]]:
    """The program, and the depot that it works in."""
    url = f"sqlite:///{tmp_path / 'house.db'}"
    with ExitStack() as stack:
        office = Office(stack.enter_context(closing(open_store(url))), SystemClock())
        depot, house, _, door = some_desk(office, office.clock, Act.of_system(office.clock.now()))
        depot.put_away(6, depot.first)
        where = url if request.param == "--db" else stack.enter_context(a_server(office, house, door))
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        command = [sys.executable, "-c", RUN, "station", "M1", request.param, where, "--english"]
        program = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True
        )
        os.close(theirs)
        try:
            yield Scanner(ours, program, tmp_path / "none"), depot
        finally:
            program.kill()
            program.wait()
            os.close(ours)


def test_goods_are_moved_by_the_whole_program(station: tuple[Scanner, Depot]) -> None:
    scanner, depot = station
    scanner.until("Scan your badge")
    scanner.send(f"{BADGE}\r{PIN}\r".encode())
    scanner.until("Move goods")
    for code, shown in (("1", "place to move from"), (FIRST, "scan a product"), ("TEA", "how many"), (SECOND, "moved to")):
        scanner.send(f"{code}\r".encode())
        scanner.until(shown)
    assert depot.lies()["A-02-01-1"] == 1
    assert scanner.program.poll() is None
