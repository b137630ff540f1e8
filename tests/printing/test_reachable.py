"""A printer's address leads to printers and to nothing else in the house's own net (attack 58)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from houtai.adapters.printing import ipp, raw
from houtai.adapters.reachable import AT_HOME, PRIVATE, OutOfReach, Reachable
from houtai.application.printing.ports import Rendered
from houtai.domain.printing.job import Result
from houtai.domain.printing.printer import PrinterLanguage
from houtai.entrypoints.ends import press_of
from houtai.entrypoints.settings import Settings

LAN = Reachable.of(PRIVATE)
PAGE = Rendered(b"%PDF-", "application/pdf", "pdf", 1)


@pytest.fixture
def knocked() -> Iterator[tuple[int, list[Any]]]:
    """A door on this machine, and who knocked at it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        seen: list[Any] = []

        def watch() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                seen.append(line)
                line.close()

        threading.Thread(target=watch, daemon=True).start()
        yield door.getsockname()[1], seen
        door.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.1", "localhost", "[::ffff:127.0.0.1]"]
)
def test_58_an_address_inside_is_not_called_however_it_is_written(host: str, knocked: tuple[int, list[Any]]) -> None:
    port, seen = knocked
    by_raw = raw.send(f"{host}:{port}", PrinterLanguage.PDF, PAGE, 2_000, LAN)
    by_ipp = ipp.send(f"ipp://{host}:{port}/ipp/print", PAGE, "one", 1, 2_000, LAN)
    assert (by_raw.result, by_ipp.result, seen) == (Result.NOT_REACHED, Result.NOT_REACHED, [])
    assert "outside of the networks" in by_raw.detail


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "0.0.0.0", "8.8.8.8", "::1", "::ffff:169.254.169.254", "fe80::1%eth0", "100.100.100.200"]
)
def test_neither_clouds_nor_the_world_nor_the_machine_lie_in_the_private_networks(address: str) -> None:
    assert not LAN.holds(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.31.0.1", "192.168.1.40", "fd00::9", "::ffff:10.1.2.3"])
def test_printers_of_the_house_do(address: str) -> None:
    assert LAN.holds(address)


def test_a_name_that_leads_inside_is_not_called_and_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 9100))], AssertionError("looked up again")]

    def look_up(*_: Any, **__: Any) -> Any:
        found = answers.pop(0)
        if isinstance(found, AssertionError):
            raise found
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(OutOfReach):
        LAN.connect("printer.example", 9100, 1)


def test_a_printer_on_the_machine_itself_is_for_development(knocked: tuple[int, list[Any]]) -> None:
    AT_HOME.connect("127.0.0.1", knocked[0], 1).close()
    at_work = press_of(Settings(env="production"))._reachable
    assert (at_work.holds("127.0.0.1"), at_work.holds("192.168.0.9")) == (False, True)
    assert press_of(Settings(printer_networks=("10.9.0.0/16",)))._reachable.networks == Reachable.of(["10.9.0.0/16"]).networks
