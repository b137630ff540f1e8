"""The pictures of a station's screens in docs/pictures: stories played by keys alone, each screen drawn where a story says so.

`python -m tests.stations.pictures` draws them anew; `test_pictures.py` compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.warehouse.words import Language
from houtai.entrypoints.terminal.app import StationApp
from houtai.entrypoints.terminal.scan_input import ScanInput
from tests.stations.drawing import drawn
from tests.stations.floor import BADGE, PIN, desk_at, some_desk
from tests.stations.test_moving import FIRST, SECOND
from tests.stations.test_screen import Hand, played
from tests.stations.wavering import Wavering
from tests.stores import memory_store

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

STORIES: Final[dict[str, Sequence[str]]] = {
    "enter": ("=badge", BADGE, "=pin", "111999", "=wrong-pin", BADGE, PIN, "=menu", "C-LOCK", "=locked"),
    "move": ("@move", "=move-from", FIRST, "=move-goods", "TEA", "4", "=move-to", "NONSENSE", "=not-found", SECOND, "=moved"),
    "put-away": ("@receive", "=receive", "TEA", "3", "=put-away", SECOND, "=other-place"),
    "look-up": ("@look-up", "=look-up", "TEA", "=product", FIRST, "=place"),
    "count": ("@count", "=count-place", FIRST, "TEA", "5", "=count", "C-DONE", "=count-confirm", "C-DONE", "=count-differs"),
    "bad": ("@look-up", "AB\x11CD", "=spoilt", "A" * 300, "=too-long", "-TEA", "=away", "+", "@look-up", "=resumed"),
}
"""A scan, ``@`` a task chosen after logging in, ``-`` a scan while the house is away, ``+`` its return, ``=`` a picture."""


def pictures(office: Office, clock: Any, story: str, language: Language) -> dict[str, str]:
    """The pictures of one story, by name."""
    act = Act.of_system(clock.now())
    depot, house, station, door = some_desk(office, clock, act)
    depot.put_away(6, depot.first)
    port = Wavering(desk_at(office, house, station, door))
    app, found = StationApp(port, language=language), dict[str, str]()

    async def play(hand: Hand) -> None:
        hand.station.query_one(ScanInput).cursor_blink = False
        for step in STORIES[story]:
            await _do(hand, port, step, found)

    played(app, play)
    return found


async def _do(hand: Hand, port: Wavering, step: str, found: dict[str, str]) -> None:
    mark, rest = step[:1], step[1:]
    if mark == "=":
        await hand.pilot.pause(0.05)
        found[rest] = drawn(hand.station)
    elif mark == "@":
        if hand.station.picture.task is not None:
            await hand.scan("C-MENU")
        if not hand.station.picture.who:
            await hand.scan(BADGE, PIN)
        rows = hand.station.picture.rows
        await hand.scan(next(key for key, name in rows if name == f"task.{rest}"))
    elif mark == "-":
        port.away.set()
        hand.type(rest + "\r")
        await hand.pilot.pause(0.3)
    elif mark == "+":
        port.away.clear()
        await hand.settled()
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
