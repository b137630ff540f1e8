"""Everything bad that a scanner, a keyboard or a network can send to a station, row by row, at the screen and by keys alone.

Each row holds the same: the station goes on, one line says what is wrong with a word and a sign, it beeps, and neither the step, the
number and the list nor goods, orders and parcels are any different. The rows are those of the house's list of bad input for stations;
below each stands what comes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.terminal import app as screen
from houtai.entrypoints.terminal.app import StationApp
from tests.inventory.arrange import some_warehouse
from tests.outbound.dispatch import WEIGHTS
from tests.stations.shipping import BOX, PIN, VERBS, Dock, Worker
from tests.stations.test_checking import picked
from tests.stations.test_screen import Hand, played
from tests.stations.wavering import Wavering
from tests.warehouse.arrange import some_location

FIRST = "L-SH-A-01-01-1"


@attrs.define
class Bench:
    """A warehouse that sends, and somebody at one of its stations."""

    dock: Dock
    li: Worker
    port: Wavering
    sent: OutboundOrder | None = None

    def books(self) -> Any:
        """Goods by place, and how far orders and parcels are: what no bad scan changes."""
        known = [] if self.sent is None else [self.dock.now(self.sent), *self.dock.parcels(self.sent)]
        return {code: self.dock.lies(code) for code in WEIGHTS if code in self.dock.shop.sku}, known


Arrange = Callable[[Bench], Sequence[str]]


def checking(bench: Bench) -> Sequence[str]:
    """At the bench with an order of two cups and a bowl, one cup checked."""
    bench.sent = picked(bench.dock, bench.li, CUP=2, BOWL=1)
    return (bench.dock.waybill(bench.sent), "CUP")


def checked_cups(bench: Bench) -> Sequence[str]:
    """All cups of the order are checked."""
    return (*checking(bench), "CUP")


def stopped(bench: Bench) -> Sequence[str]:
    """Customer service stops the order between two scans."""
    return checking(bench)


def on_the_scale(bench: Bench) -> Sequence[str]:
    """A parcel lies on the scale."""
    bench.sent = bench.dock.packed(bench.li, CUP=1)
    return (bench.sent.waybill,)


def on_the_manifest(bench: Bench) -> Sequence[str]:
    """The parcel is on the open manifest."""
    bench.sent = bench.dock.weighed(bench.li, CUP=1)
    return ("embedded", bench.sent.waybill)


def moving(bench: Bench) -> Sequence[str]:
    """A cup in hand."""
    return (FIRST, "CUP")


def elsewhere(bench: Bench) -> Sequence[str]:
    """A cup in hand, and a second warehouse with a place of its own."""
    other = some_warehouse(bench.dock.office, bench.dock.act, "NB")
    some_location(bench.dock.office, bench.dock.act, other, "A-01-01-1")
    return moving(bench)


@attrs.frozen
class Row:
    """One kind of bad input: the task, what comes before, the keys, and what the screen says to it."""

    task: Task
    before: Arrange
    keys: str
    says: str
    bells: int = 3


ROWS: dict[str, Row] = {
    "unknown barcode": Row(Task.CHECK, checking, "4711471147\r", "[X] ERROR  Nothing has the code 4711471147"),
    "wrong SKU": Row(Task.CHECK, checking, "POT\r", "[X] ERROR  POT is not in order"),
    "over-scan": Row(Task.CHECK, checked_cups, "CUP\r", "[X] ERROR  Too many of CUP: checked 2 of 2"),
    "more than may be taken": Row(Task.MOVE, moving, "99999\r", "[X] ERROR  Too many: 99999"),
    "same waybill twice": Row(Task.HAND_OVER, on_the_manifest, "", "is on manifest"),
    "two scans glued without Enter": Row(Task.CHECK, checking, "CUPBOWL\r", "[X] ERROR  Nothing has the code CUPBOWL"),
    "two numbers glued without Enter": Row(
        Task.CHECK, checking, "69012345678926901234567892\r", "[X] ERROR  Nothing has the code"
    ),
    "control character": Row(Task.CHECK, checking, "CU\x11P\r", "[X] ERROR  Control characters in the scan"),
    "NUL": Row(Task.CHECK, checking, "CUP\x00\r", "[X] ERROR  Control characters in the scan"),
    "cursor key in a code": Row(Task.CHECK, checking, "CUP\x1b[A\r", "[X] ERROR  Control characters in the scan"),
    "function key in a code": Row(Task.CHECK, checking, "\x1b[21~CUP\r", "[X] ERROR  Control characters in the scan"),
    "paste with control characters": Row(
        Task.CHECK, checking, "\x1b[200~CU\x07P\n\x1b[201~", "[X] ERROR  Control characters in the scan"
    ),
    "10,000 characters": Row(Task.CHECK, checking, "A" * 10_000 + "\r", "[X] ERROR  The scan is too long"),
    "Chinese from an input method": Row(Task.CHECK, checking, "茶杯\r", "[X] ERROR  Unreadable"),
    "broken GS1": Row(Task.CHECK, checking, "]d201\x1d\r", "[X] ERROR  Broken GS1 code"),
    "another warehouse's place": Row(Task.MOVE, elsewhere, "L-NB-A-01-01-1\r", "[X] ERROR  Nothing has the code L-NB-A-01-01-1"),
    "a badge": Row(Task.MOVE, moving, "S-LI\r", "[X] ERROR  Wrong staff"),
    "command that means nothing here": Row(Task.MOVE, moving, "C-SHORT\r", "[X] ERROR  C-SHORT does nothing here"),
    "order cancelled": Row(Task.CHECK, stopped, "CUP\r", "[!] STOP  STOP", bells=5),
    "weight out of tolerance": Row(Task.WEIGH, on_the_scale, "9999g\r", "Too heavy: 9999 g"),
    "scale unsteady": Row(Task.WEIGH, on_the_scale, "US,GS,+000.515kg\r", "[X] ERROR"),
}


def at_the_bench(office: Office, clock: Any) -> Bench:
    dock = Dock(office, clock)
    dock.box(BOX)
    li = dock.worker("li", *VERBS, "warehouse.move-goods")
    return Bench(dock, li, Wavering(li.port))


async def ready(bench: Bench, hand: Hand, task: Task, before: Arrange) -> None:
    """Logged in, the task taken up, and everything scanned that comes before."""
    codes = before(bench)
    await hand.scan(bench.li.badge, PIN)
    key = next(key for key, name in hand.station.picture.rows if name == f"task.{task.value}")
    await hand.scan(key, "C-CANCEL", *codes)


def step(hand: Hand) -> Any:
    """What a bad scan must leave as it was."""
    shown = hand.station.picture
    return shown.mode, shown.task, shown.prompt, shown.digits, shown.facts, shown.columns, shown.rows


STOPS, TWICE, ASKS = "order cancelled", "same waybill twice", "weight out of tolerance"


@pytest.mark.parametrize("name", ROWS)
def test_bad_input_is_told_and_changes_nothing(name: str, memory_office: Office, clock: Any) -> None:
    bench, row = at_the_bench(memory_office, clock), ROWS[name]

    async def play(hand: Hand) -> None:
        await ready(bench, hand, row.task, row.before)
        if name == STOPS:
            assert bench.sent is not None
            bench.dock.office.perform(intercept_order, InterceptOrder(bench.sent.id, "refund"), bench.dock.act)
        keys = row.keys or f"{bench.sent.waybill if bench.sent is not None else ''}\r"
        books, before, hand.rings = bench.books(), step(hand), 0
        hand.type(keys)
        await hand.settled()
        assert row.says in hand.band.replace("\n", " ")
        assert hand.rings >= (row.bells if name != ASKS else 2)
        assert hand.station.is_running
        if name == ASKS:  # the reading is noted for whoever decides
            assert bench.books()[0] == books[0]
            assert bench.sent is not None
            assert bench.dock.now(bench.sent).state is OutboundState.PACKED
            return
        assert bench.books() == books
        if name != STOPS:  # what was stopped goes aside
            assert step(hand) == before
            await hand.scan("C-CANCEL")  # and the next scan is taken as it is
            assert "[X]" not in hand.band

    played(StationApp(bench.port, language=Language.ENGLISH), play)


def test_full_width_digits_of_an_input_method_are_read_as_plain_ones_once(memory_office: Office, clock: Any) -> None:
    bench = at_the_bench(memory_office, clock)

    async def play(hand: Hand) -> None:
        await ready(bench, hand, Task.MOVE, moving)
        await hand.scan("４")
        assert hand.station.picture.digits == "4"
        await hand.scan("Ｌ－ＳＨ－Ｂ－０１－０１－１")
        assert "[+] OK  4 of CUP moved" in hand.band

    played(StationApp(bench.port, language=Language.ENGLISH), play)


def test_a_scan_before_the_answer_is_told_and_not_kept(memory_office: Office, clock: Any) -> None:
    bench = at_the_bench(memory_office, clock)

    async def play(hand: Hand) -> None:
        await ready(bench, hand, Task.CHECK, checking)
        books = bench.books()
        bench.port.held.clear()
        hand.rings = 0
        hand.type("BOWL\rCUP\r")
        await hand.pilot.pause(0.2)
        assert "[X] ERROR  Wait for the answer first: CUP was not used" in hand.band
        assert hand.rings == 3
        assert bench.books() == books
        bench.port.held.set()
        await hand.settled()
        assert hand.station.picture.digits == "1"  # the bowl counted, the cup not

    played(StationApp(bench.port, language=Language.ENGLISH), play)


def test_a_house_that_is_away_blocks_the_screen_and_no_further_scan_waits_unseen(
    memory_office: Office, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "RETRY_S", 0.02)
    bench = at_the_bench(memory_office, clock)

    async def play(hand: Hand) -> None:
        await ready(bench, hand, Task.CHECK, checking)
        bench.port.away.set()
        hand.rings = 0
        hand.type("BOWL\r")
        await hand.pilot.pause(0.2)
        assert "[!] STOP  The server cannot be reached, BOWL is not confirmed" in hand.band
        assert hand.rings == 5
        hand.type("CUP\rCUP\r")
        await hand.pilot.pause(0.2)
        bench.port.away.clear()
        await hand.settled()
        assert hand.station.picture.digits == "1"

    played(StationApp(bench.port, language=Language.ENGLISH), play)


def test_a_wrong_scan_while_a_question_is_open_is_no_answer_to_it(memory_office: Office, clock: Any) -> None:
    bench = at_the_bench(memory_office, clock)

    async def play(hand: Hand) -> None:
        await ready(bench, hand, Task.HAND_OVER, on_the_manifest)
        books = bench.books()
        await hand.scan("C-DONE")
        assert "[?] CONFIRM" in hand.band
        before = step(hand)
        await hand.scan("4711471147", "C-NONSENSE", "DO\x11NE")
        assert "[X] ERROR" in hand.band
        assert (step(hand), bench.books()) == (before, books)

    played(StationApp(bench.port, language=Language.ENGLISH), play)
