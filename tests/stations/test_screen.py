"""The station's screen, driven by keys alone: logging in, the menu, locking, languages, bad input, and a house that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot
from textual.widgets import Digits, Static

from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.terminal import app as screen
from houtai.entrypoints.terminal.app import StationApp
from houtai.entrypoints.terminal.scan_input import ALONE_S, ScanInput
from houtai.entrypoints.terminal.session import Mode
from tests.stations.echo import EchoPort
from tests.stations.floor import BADGE, PIN, desk_at, some_desk
from tests.stations.test_moving import FIRST, SECOND

Play = Callable[["Hand"], Awaitable[None]]


class Hand:
    """Whoever stands before the screen."""

    def __init__(self, station: StationApp, pilot: Pilot[None]) -> None:
        self.station = station
        self.pilot = pilot
        self.rings = 0

    async def scan(self, *codes: str) -> None:
        """Each code as a terminal sends it, waiting for the answer."""
        for code in codes:
            self.type(code + "\r")
            await self.settled()

    def type(self, signs: str) -> None:
        """Keys as a terminal sends them, and no wait."""
        for event in XTermParser(debug=False).feed(signs):
            self.station.post_message(event)

    async def press(self, key: str) -> None:
        """A function key, alone."""
        await self.pilot.press(key)
        await asyncio.sleep(ALONE_S * 2)
        await self.settled()

    async def settled(self) -> None:
        """Until nothing waits."""
        await self.pilot.pause(0.02)
        for _ in range(500):
            if not self.station._waiting:
                break
            await asyncio.sleep(0.01)
        await self.pilot.pause(0.02)

    def text(self, name: str) -> str:
        return str(self.station.query_one(name, Static).render())

    @property
    def band(self) -> str:
        return self.text("#band")


def played(station: StationApp, play: Callable[[Hand], Coroutine[Any, Any, None]]) -> None:
    """Run the play on a screen of 80 × 24."""

    async def run() -> None:
        async with station.run_test(size=(80, 24)) as pilot:
            hand = Hand(station, pilot)
            station._ring = lambda sound: setattr(hand, "rings", hand.rings + screen.BELLS[sound])  # type: ignore[method-assign]  # counted
            await pilot.pause()
            await play(hand)

    asyncio.run(run())


def echoing(play: Callable[[Hand, EchoPort], Coroutine[Any, Any, None]], task: str = "4", **options: Any) -> EchoPort:
    """Run the play at a task over a port that only notes."""
    port = EchoPort()

    async def at_the_task(hand: Hand) -> None:
        await hand.scan("S-0042", "480213", *([task] if task else []))
        await play(hand, port)

    played(StationApp(port, **options), at_the_task)
    return port


def test_badge_and_pin_open_the_menu_and_the_pin_is_hidden() -> None:
    async def play(hand: Hand) -> None:
        await hand.scan("S-0042")
        assert hand.station.query_one(ScanInput).password
        await hand.scan("480213")
        assert hand.station.picture.mode is Mode.MENU
        assert "李雷" in hand.band
        assert "移库" in hand.text("#list")

    port = EchoPort()
    played(StationApp(port), play)
    assert port.calls == ["in S-0042 480213"]


def test_a_whole_login_in_one_burst_goes_step_by_step() -> None:
    async def play(hand: Hand) -> None:
        hand.type("S-0042\r480213\r4\rAAA\rBBB\r")
        await hand.settled()

    port = EchoPort()
    played(StationApp(port), play)
    assert port.scans == ["AAA", "BBB"]


def test_function_keys_are_command_codes() -> None:
    async def play(hand: Hand, _: EchoPort) -> None:
        for key in ("f3", "f4", "f5", "f6", "f7"):
            await hand.press(key)

    assert echoing(play).scans == ["C-DONE", "C-UNDO", "C-SKIP", "C-CANCEL", "C-SHORT"]


def test_the_language_changes_by_key_and_by_code() -> None:
    async def play(hand: Hand, _: EchoPort) -> None:
        assert "请扫库位" in hand.band
        await hand.press("f2")
        assert "Scan a place" in hand.band
        await hand.scan("C-LANGUAGE")
        assert "请扫库位" in hand.band

    assert echoing(play).scans == []


def test_lock_menu_and_leave() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        await hand.press("f8")
        await hand.scan("TEA")  # taken for a badge, and then for nothing
        assert port.scans == []
        await hand.scan("C-CANCEL", "S-0042", "480213")
        assert hand.station.picture.task is Task.COUNT
        await hand.press("f9")
        assert hand.station.picture.prompt.code == "prompt.menu"
        await hand.press("f10")
        assert hand.station.picture.mode is Mode.BADGE

    calls = echoing(play).calls
    assert calls == ["in S-0042 480213", "open count", "lock", "unlock S-0042 480213", "leave"]


def test_a_station_that_somebody_left_locks_itself() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        hand.station._touched_at -= 601
        hand.station._look_at_time()
        await hand.settled()
        assert hand.station.picture.mode is Mode.LOCKED
        assert port.calls[-1] == "lock"

    echoing(play)


def test_a_spoilt_scan_is_told_with_a_beep_and_not_sent() -> None:
    async def play(hand: Hand, _: EchoPort) -> None:
        hand.rings = 0
        await hand.scan("AB\x11CD")
        assert "[X] 错误" in hand.band
        assert hand.rings == 3
        await hand.scan("A" * 10_000)
        assert "过长" in hand.band
        await hand.scan("GOOD")
        assert "[+] 成功" in hand.band

    assert echoing(play).scans == ["GOOD"]


def test_a_code_that_holds_a_function_key_presses_none() -> None:
    async def play(hand: Hand, _: EchoPort) -> None:
        hand.type("\x1b[21~\r\x1b[20~X\rA\x1b[19~\r")
        await asyncio.sleep(ALONE_S * 3)
        await hand.settled()
        assert hand.station.picture.mode is Mode.TASK

    port = echoing(play)
    assert (port.scans, port.calls[-1]) == ([], "open count")


def test_steps_that_rest_on_the_answer_take_no_scan_before_it() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        port.held.clear()
        hand.type("ONE\rTWO\r")
        await hand.pilot.pause(0.1)
        assert "TWO" in hand.band
        port.held.set()
        await hand.settled()

    assert echoing(play, "1").scans == ["ONE"]


def test_counting_takes_scans_while_others_wait_and_shows_how_many() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        port.held.clear()
        hand.type("ONE\rTWO\rTHREE\r")
        await hand.pilot.pause(0.1)
        assert "待发 3" in hand.text("#top")
        port.held.set()
        await hand.settled()

    assert echoing(play).scans == ["ONE", "TWO", "THREE"]


def test_a_house_that_is_away_blocks_the_station_and_nothing_waits_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "RETRY_S", 0.02)

    async def play(hand: Hand, port: EchoPort) -> None:
        port.down.set()
        hand.type("ONE\r")
        await hand.pilot.pause(0.2)
        assert "[!] 拦截" in hand.band
        hand.type("TWO\r")
        await hand.pilot.pause(0.1)
        port.down.clear()
        await hand.settled()

    assert echoing(play).scans == ["ONE"]


def test_a_slow_house_is_told_in_amber_and_then_in_red() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        port.held.clear()
        hand.type("ONE\r")
        await hand.pilot.pause(0.05)
        for waited, level in ((4, "warning"), (11, "error")):
            hand.station._sent_at -= waited
            hand.station._look_at_time()
            assert hand.station.query_one("#band").has_class(level)
        port.held.set()
        await hand.settled()

    echoing(play)


def test_nothing_but_the_field_takes_the_focus_and_chinese_stays_in_line() -> None:
    async def play(hand: Hand, _: EchoPort) -> None:
        await hand.pilot.press("tab", "shift+tab")
        assert isinstance(hand.station.focused, ScanInput)
        await hand.scan("X")  # behind keys that belong to no code, and so not used
        await hand.scan("TEA")
        assert "…" in hand.text("#list")
        assert hand.station.query_one(Digits).value == "1"

    assert echoing(play).scans == ["TEA"]


def test_f10_at_the_badge_prompt_ends_the_program_and_a_code_does_not() -> None:
    async def play(hand: Hand) -> None:
        await hand.scan("C-LEAVE")
        assert hand.station.is_running
        await hand.press("f10")
        assert hand.station._exit

    played(StationApp(EchoPort()), play)


def test_goods_are_moved_by_keys_alone(memory_office: Office, clock: Any, system: Act) -> None:
    depot, house, station, door = some_desk(memory_office, clock, system)
    depot.put_away(6, depot.first)

    async def play(hand: Hand) -> None:
        await hand.scan(BADGE, PIN, "1", FIRST, "TEA", "4")
        assert "4 of TEA" in hand.band
        await hand.scan("NONSENSE")
        assert "[X] ERROR" in hand.band
        await hand.scan(SECOND)
        assert "[+] OK  4 of TEA moved to A-02-01-1" in hand.band

    played(StationApp(desk_at(memory_office, house, station, door), language=Language.ENGLISH), play)
    assert depot.lies() == {"A-01-01-1": 2, "A-02-01-1": 4, "UNPLACED": 4}


def test_a_wrong_pin_is_told_and_the_badge_is_asked_for_again(memory_office: Office, clock: Any, system: Act) -> None:
    _, house, station, door = some_desk(memory_office, clock, system)

    async def play(hand: Hand) -> None:
        await hand.scan(BADGE, "111999")
        assert "工牌或 PIN 不对" in hand.band
        assert hand.station.picture.mode is Mode.BADGE

    played(StationApp(desk_at(memory_office, house, station, door)), play)
