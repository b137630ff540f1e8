"""The pictures of a station's screens in docs/pictures: stories played by keys alone, each screen drawn where a story says so.

`python -m tests.stations.pictures` draws them anew; `test_pictures.py` compares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.domain.act import Act
from houtai.domain.money import Money
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.shipping.answer import CarrierAnswer, Standing
from houtai.domain.shipping.parcel import Label, LabelFormat
from houtai.domain.warehouse.words import Language
from houtai.entrypoints.terminal.app import StationApp
from houtai.entrypoints.terminal.scan_input import ScanInput
from tests.stations.drawing import drawn
from tests.stations.floor import BADGE, PIN, desk_at, some_desk
from tests.stations.shipping import BOX, Dock
from tests.stations.test_moving import FIRST, SECOND
from tests.stations.test_screen import Hand, played
from tests.stations.wavering import Wavering
from tests.stores import memory_store

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

WAYBILL: Final = "HT0000000042"
SENDING: Final = frozenset({"send", "stop"})
"""Stories of a warehouse that sends; the others are of its own tasks alone."""

STORIES: Final[dict[str, Sequence[str]]] = {
    "enter": ("=badge", BADGE, "=pin", "111999", "=wrong-pin", BADGE, PIN, "=menu", "C-LOCK", "=locked"),
    "move": ("@move", "=move-from", FIRST, "=move-goods", "TEA", "4", "=move-to", "NONSENSE", "=not-found", SECOND, "=moved"),
    "put-away": ("@receive", "=receive", "TEA", "3", "=put-away", SECOND, "=other-place"),
    "look-up": ("@look-up", "=look-up", "TEA", "=product", FIRST, "=place"),
    "count": ("@count", "=count-place", FIRST, "TEA", "5", "=count", "C-DONE", "=count-confirm", "C-DONE", "=count-differs"),
    "send": (
        *("@pick", "=pick", "H-TOTE1", "=pick-place", FIRST, "=pick-product", "CUP", "2", "L-SH-B-01-01-1", "POT", "=picked"),
        *("@check", WAYBILL, "=check", "CUP", "BOWL", "=not-in-order", "CUP", "POT", "=box", "B1", "=packed"),
        *("@weigh", WAYBILL, "=weigh", "999g", "=too-heavy"),
    ),
    "stop": ("@pick", "H-TOTE1", FIRST, "CUP", "2", "L-SH-B-01-01-1", "POT", "@check", WAYBILL, "!", "CUP", "=stopped"),
    "bad": ("@look-up", "AB\x11CD", "=spoilt", "A" * 300, "=too-long", "-TEA", "=away", "+", "@look-up", "=resumed"),
}
"""A scan, ``@`` a task chosen after logging in, ``-`` a scan while the house is away, ``+`` its return, ``!`` customer service stops
the order, ``=`` a picture."""


@attrs.frozen
class Stage:
    """Where a story is played: the way to the house, whose badge it is, and how customer service stops the order."""

    port: Wavering
    badge: str
    stop: Callable[[], object] = lambda: None


def on_the_floor(office: Office, clock: Any) -> Stage:
    """Six pieces of tea on the first shelf, four that wait."""
    depot, house, station, door = some_desk(office, clock, Act.of_system(clock.now()))
    depot.put_away(6, depot.first)
    return Stage(Wavering(desk_at(office, house, station, door)), BADGE)


def at_the_dock(office: Office, clock: Any) -> Stage:
    """An order of two cups and a pot, labelled, and a tote to fetch them."""
    dock = Dock(office, clock)
    dock.box(BOX)
    li = dock.worker("li")
    dock.tote()
    sent = dock.released(CUP=2, POT=1)
    dock.wave(sent, method=PickMethod.SINGLE)
    dock.answer(sent, CarrierAnswer(Standing.DONE, Label(WAYBILL, LabelFormat.ZPL, b"^XA^XZ", Money(1_000, "CNY"))))
    return Stage(Wavering(li.port), li.badge, lambda: office.perform(intercept_order, InterceptOrder(sent.id, "退款"), dock.act))


def pictures(office: Office, clock: Any, story: str, language: Language) -> dict[str, str]:
    """The pictures of one story, by name."""
    stage = (at_the_dock if story in SENDING else on_the_floor)(office, clock)
    app, found = StationApp(stage.port, language=language), dict[str, str]()

    async def play(hand: Hand) -> None:
        hand.station.query_one(ScanInput).cursor_blink = False
        for step in STORIES[story]:
            await _do(hand, stage, step, found)

    played(app, play)
    return found


async def _do(hand: Hand, stage: Stage, step: str, found: dict[str, str]) -> None:
    mark, rest = step[:1], step[1:]
    if mark == "=":
        await hand.pilot.pause(0.05)
        found[rest] = drawn(hand.station)
    elif mark == "@":
        if hand.station.picture.task is not None:
            await hand.scan("C-MENU")
        if not hand.station.picture.who:
            await hand.scan(stage.badge, PIN)
        rows = hand.station.picture.rows
        await hand.scan(next(key for key, name in rows if name == f"task.{rest}"))
    elif mark == "-":
        stage.port.away.set()
        hand.type(rest + "\r")
        await hand.pilot.pause(0.3)
    elif mark == "+":
        stage.port.away.clear()
        await hand.settled()
    elif mark == "!":
        stage.stop()
    else:
        await hand.scan(step)


def file_of(name: str, language: Language) -> Path:
    """Where a picture lies."""
    return FOLDER / f"station-{name}.{language.value}.svg"


def every() -> Iterator[tuple[Path, str]]:
    """Every picture with its file, drawn now."""
    from tests.conftest import StillClock  # only the program needs it

    for story in STORIES:
        for language in Language:
            clock = StillClock()
            with memory_store() as store:
                for name, told in pictures(Office(store, clock), clock, story, language).items():
                    yield file_of(name, language), told


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    drawn_now = dict(every())
    for path in FOLDER.glob("station-*.svg"):
        if path not in drawn_now:
            path.unlink()
    for path, told in drawn_now.items():
        path.write_text(told, encoding="utf-8")
    sys.stdout.write(f"{len(drawn_now)} pictures\n")
