"""A station is told within three seconds what is wrong with its print, from real printers that fail on demand."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs
import pytest

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.printing.press import PrinterPress
from houtai.application.deliveries import Outside
from houtai.application.office import Office
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.ports import Press, Rendered, Sending
from houtai.application.relay import Relay
from houtai.application.stations.port import StationPort
from houtai.domain.ids import PrinterId, new_id
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.warehouse.reply import SOUNDS, MessageLevel
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.terminal import app as screen
from houtai.entrypoints.terminal.app import StationApp
from tests.conftest import StillClock
from tests.printing.printers import PAPER_OUT, RawPrinter, hangs_up, raw_printer, reads_all, stops_reading
from tests.stations.bench import Bench, bench
from tests.stations.served import WAYS
from tests.stations.shipping import BOX, PIN, Dock
from tests.stations.test_print_line import until
from tests.stations.test_screen import Hand, played

LABEL: Final = DocumentKind.EXPRESS_WAYBILL.value
TOLD_WITHIN_S: Final = 3.0


@pytest.fixture
def dock(office: Office, clock: StillClock) -> Dock:
    made = Dock(office, clock)
    made.box(BOX)
    return made


@attrs.define
class Faulty:
    """A printer that fails, and the moment when it did."""

    manner: Callable[[RawPrinter, socket.socket], None]
    status: bytes = b""
    at: float = 0.0

    def __call__(self, printer: RawPrinter, line: socket.socket) -> None:
        """Note the moment, and fail."""
        self.at = time.monotonic()
        self.manner(printer, line)


FAULTS: dict[str, tuple[Callable[[], Faulty], str]] = {
    "hangs up": (lambda: Faulty(hangs_up), "print-uncertain"),
    "paper out": (lambda: Faulty(reads_all, PAPER_OUT), "print-waits"),
    "stops reading": (lambda: Faulty(stops_reading), "print-uncertain"),
}


class LongLabels(PrinterPress):
    """Labels that no buffer on the way holds: a printer that stops reading is noticed at all."""

    def render(self, sending: Sending) -> Rendered:
        drawn = super().render(sending)
        return attrs.evolve(drawn, content=drawn.content + b"^FX" + b"x" * 8_000_000)


@contextmanager
def relaying(office: Office, press: Press) -> Iterator[None]:
    """A house that delivers every fifth of a second, as `houtai serve` and `houtai relay` do every second."""
    outside = Outside(office, {}, EmbeddedChannel, press=press)
    relay, over = Relay(office, outside.deliverers(), jitter=lambda _: 0), threading.Event()

    def run() -> None:
        while not over.wait(0.2):
            relay.run_once()

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join(10)


@contextmanager
def faulty_bench(dock: Dock, fault: str, way: str) -> Iterator[tuple[Bench, Faulty]]:
    """A bench with such a printer, whose port goes this way."""
    manner = FAULTS[fault][0]()
    with raw_printer(manner, manner.status) as bad:
        made = PrinterId(new_id())
        words = PrinterConfiguration(PrinterLanguage.ZPL, Transport.RAW, bad.address, (Size.MM_100_150,))
        dock.office.perform(add_printer, AddPrinter(made, "BENCH-1", "面单机", dock.warehouse, words), dock.act)
        opened: list[Any] = []
        plain = dock.reach

        def reach(station: Any) -> StationPort:
            opened.append(WAYS[way](dock.office, dock.house, station, dock.badges))
            port: StationPort = opened[-1].__enter__()
            return port

        dock.reach = reach
        try:
            yield bench(dock, {LABEL: made}), manner
        finally:
            dock.reach = plain
            for one in opened:
                one.__exit__(None, None, None)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_printers_fault_is_told_without_a_scan_within_three_seconds(
    dock: Dock, fault: str, record_property: Callable[[str, object], None]
) -> None:
    with faulty_bench(dock, fault, "in-process") as (at, manner):
        at.printed()
        with relaying(dock.office, LongLabels()):
            ends = time.monotonic() + 10
            while not (seen := at.codes()) and time.monotonic() < ends:
                time.sleep(screen.LOOK_PENDING_S)
            took_s = time.monotonic() - manner.at
    record_property("seconds", round(took_s, 2))
    assert seen == [FAULTS[fault][1]]
    assert took_s < TOLD_WITHIN_S


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_terminal_shows_a_printers_fault_and_rings_within_three_seconds_without_a_key(
    memory_office: Office, clock: StillClock, fault: str, way: str, record_property: Callable[[str, object], None]
) -> None:
    dock = Dock(memory_office, clock)
    dock.box(BOX)
    shown: list[tuple[str, str, int, float]] = []

    with faulty_bench(dock, fault, way) as (at, manner):

        async def play(hand: Hand) -> None:
            await hand.scan(at.worker.badge, PIN, str(at.worker.at.tasks.index(Task.CHECK) + 1), at.wave)
            await hand.scan("CUP")
            rung, answer = hand.rings, hand.band
            await until(lambda: hand.station.query_one("#prints").display)
            took_s = time.monotonic() - manner.at
            assert hand.band == answer  # what the scan was answered stays
            shown.append((hand.text("#prints"), answer, hand.rings - rung, took_s))

        with relaying(memory_office, LongLabels()):
            played(StationApp(at.worker.port, language=Language.ENGLISH), play)
    ((text, answer, rings, took_s),) = shown
    record_property("seconds", round(took_s, 2))
    assert "BENCH-1" in text
    assert "[X]" in text
    assert ("C-RESUME" in text) is (FAULTS[fault][1] == "print-uncertain")
    assert "label" in answer
    assert (rings, took_s < TOLD_WITHIN_S) == (screen.BELLS[SOUNDS[MessageLevel.ERROR]], True), took_s
