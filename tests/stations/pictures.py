"""The pictures of a station's screens in docs/pictures: stories played by keys alone, each screen drawn where a story says so.

`python -m tests.stations.pictures` draws them anew; `test_pictures.py` compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from houtai.application.office import Office
from houtai.domain.warehouse.words import Language
from houtai.entrypoints.terminal.app import StationApp
from houtai.entrypoints.terminal.scan_input import ScanInput
from tests.stations.drawing import drawn
from tests.stations.floor import BADGE, PIN
from tests.stations.stages import BOSS, BROKEN, CLAIM, OTHER, PLACE, SHELF, STAGES, UNWEIGHED, WAVE, WAYBILL, Stage
from tests.stations.test_moving import FIRST, SECOND
from tests.stations.test_screen import Hand, played
from tests.stores import memory_store

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

STORIES: Final[dict[str, Sequence[str]]] = {
    "enter": ("=badge", BADGE, "=pin", "111999", "=wrong-pin", BADGE, PIN, "=menu", "C-LOCK", "=locked"),
    "move": ("@move", "=move-from", FIRST, "=move-goods", "TEA", "4", "=move-to", "NONSENSE", "=not-found", SECOND, "=moved"),
    "carry": ("@move", FIRST, "TEA", "2", "H-T1", FIRST, "H-T1", "=carry-to", SECOND, "=carried"),
    "put-away": ("@receive", "=receive", "TEA", "3", "=put-away", SECOND, "=other-place"),
    "book-in": ("@book-in", "=delivery", "DN-20261122-7", "=arrived", "TEA", "4", "=book-in", SECOND, "=booked-in"),
    "book-in-lot": ("@book-in", "C-DONE", "TEA", "=lot", "L-SH-A-01-01-1", "=no-lot", "B7", "=expiry", "20270930", "=dated"),
    "look-up": ("@look-up", "=look-up", "TEA", "=product", FIRST, "=place"),
    "count": ("@count", "=count-place", FIRST, "TEA", "5", "=count", "C-DONE", "=count-confirm", "C-DONE", "=count-differs"),
    "count-next": ("@count", "=count-next"),
    "send": (
        *("@pick", "=pick", "H-TOTE1", "=pick-place", SHELF, "=pick-product", "CUP", "2", OTHER, "POT", "=picked"),
        *("@check", WAYBILL, "=check", "CUP", "BOWL", "=not-in-order", "CUP", "POT", "=box", "B1", "=packed"),
        *("@weigh", "=weigh-parcel", WAYBILL, "=weigh", "2900g", "=too-heavy", BOSS, "=reason", "3", "=weight-accepted"),
        *(WAYBILL, "=weigh-again", WAYBILL, "2010g", "=weight-fits"),
    ),
    "cart": (
        *("@pick", WAVE, "=pick-cart", "H-CART1", SHELF, "CUP", "7", "=pick-slot", "H-CART1-2", "=wrong-slot", "H-CART1-1"),
        *("CUP", "3", "H-CART1-2", "=zero-check", "C-YES", "=answered", "C-SKIP", "=skipped"),
        *(OTHER, "POT", "H-CART1-2", "C-SHORT", "=confirm-short", "C-SHORT", "=short"),
    ),
    "leave": ("@pick", "H-CART1", "C-CANCEL", "=confirm-leave", SHELF, "CUP", "7", "H-CART1-1", "!", "CUP", "=interrupted"),
    "over": ("@pick", "H-TOTE1", SHELF, "CUP", "2", "!", "@pick", "=walk-over", "C-DONE", "=walk-ended"),
    "wall": (
        *("@sort", "=sort-wave", WAVE, "=sort-wall", "H-WALL1", "=sort-product", "CUP", "2", "=sort-slot"),
        *("H-WALL1-2", "=sort-wrong-slot", "H-WALL1-1", "=sorted", "BOWL", "=sort-surplus", "CUP", "H-WALL1-2", "=slot-full"),
        *("C-DONE", "=sort-missing", "POT", "H-WALL1-1", "=sort-done"),
    ),
    "wall-stop": ("@sort", WAVE, "H-WALL1", "CUP", "!", "H-WALL1-1", "=sort-stopped"),
    "lane": ("@check", WAVE, "=lane", "CUP", "=lane-label", "B1", "POT", "=lane-surplus"),
    "paper": ("@check", WAVE, "CUP", "*no paper", "B1", "=print-waits"),
    "torn": ("@check", WAVE, "CUP", "*hung up", "B1", "=print-uncertain"),
    "boxes": (
        *("@check", WAYBILL, "CUP", "4", "=box-proposed", "C-FULL", "=next-box", "B1", "=fill-box", "CUP", "3", "C-FULL"),
        *("B0", "C-DONE", "=boxes-differ", "CUP", "C-DONE", "=boxes-packed"),
    ),
    "door": (
        *("@hand-over", "=hand-over", "embedded", "=parcels", WAYBILL, "=parcel-on", UNWEIGHED, "=not-weighed", "C-UNDO"),
        *("=taken-off", WAYBILL, "C-DONE", "=confirm-close", "C-DONE", "=manifest-closed"),
    ),
    "back": (
        *("@put-back", "=put-back", WAYBILL, "=put-back-goods", "CUP", "2", "=put-back-to", OTHER, "=put-back-other"),
        *(SHELF, "=put-back-one", "POT", OTHER, "=put-back-done"),
    ),
    "unpack": (
        *("@unpack", "=unpack", "YT4711471147", "=unpack-goods", "CUP", "POT", "=unpack-strange", "C-DONE", "=unpack-missing"),
        *("C-DONE", "=unpack-place", PLACE, "=unpacked"),
    ),
    "nobody": (
        "@unpack",
        "SF1234567890",
        "=unpack-unknown",
        "SF1234567890",
        "CUP",
        "=unpack-nobody",
        "C-DONE",
        "=taken-down",
        "SF1234567890",
        "=unpack-whose",
    ),
    "unpack-lot": ("@unpack", CLAIM, "CUP", "=unpack-lot"),
    "unpack-stop": ("@unpack", CLAIM, "CUP", "!", "CUP", "=unpack-stopped"),
    "inspect": (
        *("@inspect", "=inspect", CLAIM, "=inspect-unit", "CUP", "=grade", "C-DAMAGED", "=disposition", "C-TO-SUPPLIER"),
        *("IMG_2041", "=photo", "C-DONE", "=inspected-anywhere", BROKEN, "=looked-at", "CUP", "1", "1", "=inspected-to"),
        *(SHELF, "=inspected"),
    ),
    "refused": (
        *("@send-back", "=send-back", CLAIM, "=send-back-unit", "CUP", "2", "=send-back-carrier", "embedded"),
        *("=send-back-waybill", "YT9911991199", "=gone-back"),
    ),
    "stop": ("@pick", "H-TOTE1", SHELF, "CUP", "2", OTHER, "POT", "@check", WAYBILL, "!", "CUP", "=stopped"),
    "bad": ("@look-up", "AB\x11CD", "=spoilt", "A" * 300, "=too-long", "-TEA", "=away", "+", "@look-up", "=resumed"),
}
"""A scan, ``@`` a task chosen after logging in, ``-`` a scan while the house is away, ``+`` its return, ``!`` customer service stops
the order, ``*`` what becomes of the print that waits, ``=`` a picture."""


def pictures(office: Office, clock: Any, story: str, language: Language) -> dict[str, str]:
    """The pictures of one story, by name."""
    stage = STAGES[story](office, clock)
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
    elif mark == "*":
        stage.fault(rest)
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
