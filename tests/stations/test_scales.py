"""A station reads its scale: the first weight that stands still counts, and what cannot be read is said once and typed."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from houtai.adapters.scales import read_steady
from houtai.application.warehouse.stations import EditStation, Setting, edit_station
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.wave import PickMethod
from houtai.domain.warehouse.station import Flow
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.terminal.app import Scale, StationApp
from tests.stations.shipping import BOX, PIN, Dock, Worker
from tests.stations.test_screen import Hand, played


@contextmanager
def a_scale(*parts: bytes) -> Iterator[str]:
    """A scale that sends these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send() -> None:
            line, _ = server.accept()
            with line:
                for part in parts:
                    line.sendall(part)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


def test_the_first_weight_that_stands_still_is_taken_and_the_rest_passed_over() -> None:
    noise = (b"US,GS,+000.515kg\r\n", b"\r\n", b"hello\r\n", b"ST,GS,+000.000kg\r\n", b"x" * 900 + b"\n", b"ST,GS,+0")
    with a_scale(*noise, b"00.815kg\r\n", b"ST,GS,+009.000kg\r\n") as address:
        assert read_steady(address, lambda: True) == "ST,GS,+000.815kg"


def test_a_scale_that_hangs_up_or_is_not_there_is_an_error() -> None:
    with a_scale(b"ST,GS") as address, pytest.raises(OSError, match="hung up"):
        read_steady(address, lambda: True)
    with pytest.raises(OSError, match="refused"):
        read_steady(address, lambda: True)


def test_a_scale_is_let_go_once_nobody_wants_it_any_more() -> None:
    asked = iter((True, True, False))
    with a_scale() as address, pytest.raises(OSError, match="hung up"):
        read_steady(address, lambda: True)
    ours, theirs = os.openpty()
    try:
        assert read_steady(os.ttyname(theirs), lambda: next(asked)) == ""
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_device_of_this_machine_is_read_as_well() -> None:
    ours, theirs = os.openpty()
    try:
        threading.Timer(0.2, os.write, (ours, b"815 g\r\n")).start()
        assert read_steady(os.ttyname(theirs), lambda: True) == "815 g"
    finally:
        os.close(ours)
        os.close(theirs)


# -- at the station


@pytest.fixture
def dock(memory_office: Any, clock: Any) -> Dock:
    made = Dock(memory_office, clock)
    made.box(BOX)
    return made


def at_the_scale(dock: Dock, li: Worker) -> Any:
    """A packed order, and a station whose scale has an address."""
    sent = dock.released(CUP=2)
    dock.printed(sent, method=PickMethod.SINGLE)
    dock.walk(li, "H-T1")
    li.open(Task.CHECK)
    li.scan(dock.waybill(sent), "CUP", "2", BOX.code)
    return dock.now(sent)


def weighing(dock: Dock, scale: Scale) -> tuple[Any, str]:
    """The parcel is scanned at a station that reads `scale`; the order then, and what the band said."""
    li = dock.worker("li")
    sent = at_the_scale(dock, li)
    station = dock.last_station
    setting = Setting("\u79f0\u91cd\u53f0", frozenset(Flow), scale="tcp://10.0.0.9:4001")
    dock.office.perform(edit_station, EditStation(station.id, station.version, setting), dock.act)
    app, said = StationApp(li.port, scale=scale), []

    async def play(hand: Hand) -> None:
        await hand.scan(li.badge, PIN)
        rows = hand.station.picture.rows
        await hand.scan(next(key for key, name in rows if name == "task.weigh"), sent.waybill)
        for _ in range(100):
            await hand.pilot.pause(0.02)
            if hand.station.picture.message is not None or hand.station._notice is not None:
                break
        told = hand.station._notice or hand.station.picture.message
        said.append("" if told is None else told.code)

    played(app, play)
    return dock.now(sent), said[0]


def test_the_scales_weight_counts_as_the_scan(dock: Dock) -> None:
    asked: list[str] = []

    def scale(address: str, wanted: Any) -> str:
        asked.append(address)
        return "ST,GS,+000.800kg"

    sent, said = weighing(dock, scale)
    assert (sent.state, said, asked) == (OutboundState.WEIGHED, "weight-fits", ["tcp://10.0.0.9:4001"])


def test_a_scale_that_cannot_be_read_is_told_and_the_weight_is_typed(dock: Dock) -> None:
    def scale(address: str, wanted: Any) -> str:
        raise ConnectionRefusedError(address)

    sent, said = weighing(dock, scale)
    assert (sent.state, said) == (OutboundState.PACKED, "scale-away")
