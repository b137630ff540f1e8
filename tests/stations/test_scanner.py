"""A scanner at a real terminal: bursts arrive whole and in order, and no code quits the station or goes over into the next."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60


@attrs.define
class Scanner:
    """The keyboard end of a terminal with a station in it, somebody logged in, and a task that counts."""

    terminal: int
    program: subprocess.Popen[bytes]
    book: Path

    def send(self, signs: bytes) -> None:
        """Type like a scanner: as fast as the line takes it."""
        while signs:
            self.drain()
            sent = os.write(self.terminal, signs[:256])
            signs = signs[sent:]

    def drain(self, wait_s: float = 0.0) -> bytes:
        """Take what the screen shows, so that the program never waits for its terminal."""
        seen = b""
        while select.select([self.terminal], [], [], wait_s)[0]:
            try:
                seen += os.read(self.terminal, 65536)
            except OSError:
                break
        return seen

    def noted(self, wanted: int) -> list[str]:
        """What the house was told, once it is so many scans, or the time is up."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            self.drain(0.05)
            lines = self.book.read_text(encoding="utf-8").splitlines() if self.book.exists() else []
            if len(lines) >= wanted or self.program.poll() is not None:
                return lines
        return lines

    def until(self, shown: str) -> None:
        """Wait until the screen has shown this."""
        seen, end = b"", time.monotonic() + DEADLINE_S
        while shown.encode() not in seen and time.monotonic() < end:
            seen += self.drain(0.05)
        assert shown.encode() in seen, seen[-2000:]


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    book = tmp_path / "book"
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "tests.stations.echo", str(book)]
    program = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True
    )
    os.close(theirs)
    made = Scanner(ours, program, book)
    try:
        made.until("请扫工牌")
        made.send(b"S-0042\r480213\r4\r")
        made.until("盘点")
        yield made
    finally:
        program.kill()
        program.wait()
        os.close(ours)


def codes(count: int) -> list[str]:
    """Codes of many lengths, each unlike every other."""
    chance = random.Random(7)
    return [f"{number:03d}-" + "".join(chance.choices("0123456789ABCDEF", k=chance.randint(4, 20))) for number in range(count)]


def test_a_burst_of_three_hundred_scans_arrives_whole_and_in_order(scanner: Scanner) -> None:
    sent = codes(300)
    scanner.send("".join(f"{code}\r" for code in sent).encode())
    assert scanner.noted(300) == sent


@pytest.mark.parametrize("suffix", [b"\n", b"\t", b"\r\n"])
def test_every_suffix_ends_a_scan(scanner: Scanner, suffix: bytes) -> None:
    sent = codes(30)
    scanner.send(b"".join(code.encode() + suffix for code in sent))
    assert scanner.noted(30) == sent


def test_gs1_separators_arrive(scanner: Scanner) -> None:
    scanner.send(b"]d20106901234567892\x1d10LOT7\x1d17271231\r")
    assert scanner.noted(1) == ["]d20106901234567892<GS>10LOT7<GS>17271231"]


def test_a_bracketed_paste_is_several_scans(scanner: Scanner) -> None:
    scanner.send(b"\x1b[200~AAA\nBBB\nCCC\n\x1b[201~DDD\r")
    assert scanner.noted(4) == ["AAA", "BBB", "CCC", "DDD"]


@pytest.mark.parametrize(
    "control",
    [
        b"\x11",
        b"\x10",
        b"\x03",
        b"\x1a",
        b"\x04",
        b"\x1c",
        b"\x00",
        b"\x1b",
        b"\x1bx",
        b"\x1b[A",
        b"\x1bOP",
        b"\x1b[21~",
        b"\x1b[20~",
    ],
    ids=lambda control: control.hex(),
)
def test_control_characters_neither_quit_nor_reach_into_the_next_scan(scanner: Scanner, control: bytes) -> None:
    scanner.send(b"BEFORE\rAB" + control + b"CD\r" + control + b"\r")
    scanner.noted(1)
    time.sleep(0.4)  # an escape that ends what came so far waits for more for a moment
    scanner.send(b"\r")
    time.sleep(0.2)
    scanner.send(b"AFTER\rLAST\r")
    noted = scanner.noted(3)
    assert noted == ["BEFORE", "AFTER", "LAST"]
    assert scanner.program.poll() is None
