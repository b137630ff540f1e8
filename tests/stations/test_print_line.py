"""The line of a print that is not well on the terminal: when it comes, rings and goes, and when the terminal looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from houtai.domain.warehouse.reply import MessageLevel, StationMessage, phrase
from houtai.domain.warehouse.work import StationPrints
from houtai.entrypoints.terminal.session import Mode
from tests.stations.echo import EchoPort
from tests.stations.test_screen import Hand, echoing

WRONG = StationMessage(MessageLevel.ERROR, phrase("print-uncertain", document="SF1", printer="P1", error="hung up"))
OTHER = StationMessage(MessageLevel.ERROR, phrase("print-waits", document="SF2", printer="P1", error="paper out"))


async def until(seen: Callable[[], bool]) -> None:
    for _ in range(500):
        if seen():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


def test_the_bell_rings_once_for_each_trouble_and_the_line_goes_when_it_is_over() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        rung = hand.rings
        port.prints = StationPrints(waiting=True)
        await hand.scan("AAA")
        assert (hand.rings - rung, hand.station.query_one("#prints").display) == (1, False)
        port.prints = StationPrints(waiting=True, notices=(WRONG,))
        await until(lambda: "SF1" in hand.text("#prints"))
        assert hand.rings - rung == 4
        await hand.scan("BBB")
        assert hand.rings - rung == 5  # the scan's own, the trouble is known
        port.prints = StationPrints(notices=(OTHER, WRONG), more=2)
        await hand.scan("CCC")
        assert hand.rings - rung == 8
        assert "2" in hand.text("#prints").splitlines()[-1]
        port.prints = StationPrints()
        await until(lambda: not hand.station.query_one("#prints").display)
        assert hand.rings - rung == 8

    echoing(play)


def test_a_print_that_is_tried_again_in_vain_does_not_ring_again_and_one_that_was_resumed_in_vain_does() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        rings = []
        for trouble in (OTHER, WRONG):
            rung = hand.rings
            for now in (StationPrints(True, (trouble,)), StationPrints(True), StationPrints(True, (trouble,))):
                port.prints = now
                await hand.scan("AAA")
            rings.append(hand.rings - rung)
        assert rings == [3 + 1 + 1, 3 + 1 + 3]

    echoing(play)


def test_a_look_that_nobody_answers_blocks_nothing_and_says_nothing() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        port.prints = StationPrints(waiting=True)
        await hand.scan("AAA")
        port.down.set()
        looks = port.looks
        await until(lambda: port.looks > looks)
        await asyncio.sleep(0.1)
        assert (hand.station.picture.mode, hand.station._trouble) == (Mode.TASK, None)
        port.down.clear()
        await hand.scan("BBB")

    assert echoing(play).scans == ["AAA", "BBB"]


def test_a_station_looks_only_where_a_scan_may_have_caused_a_print() -> None:
    async def play(hand: Hand, port: EchoPort) -> None:
        await hand.scan("AAA")
        await asyncio.sleep(0.5)
        assert port.looks == 0
        await hand.press("f9")
        assert port.looks == 0

    echoing(play)
