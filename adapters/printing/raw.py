"""Raw TCP, port 9100: bytes go out, and only a ZPL printer says anything back, on the same connection."""

from __future__ import annotations

import re
import socket
from typing import Final

from houtai.adapters.printing.deadline import Deadline
from houtai.adapters.reachable import AT_HOME, Reachable
from houtai.application.printing.ports import Rendered
from houtai.domain.printing.job import Outcome, Result
from houtai.domain.printing.printer import RAW_PORT, PrinterLanguage

CONNECT_S: Final = 1.0
STATUS_S: Final = 0.6
CHUNK: Final = 16_384
_QUERY: Final = b"~HQES\r\n"
_ERRORS: Final = re.compile(rb"ERRORS:\s*([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})")
_FAULTS: Final = (
    (0x1, "paper out"),
    (0x2, "ribbon out"),
    (0x4, "head open"),
    (0x8, "cutter fault"),
    (0x10, "print head too hot"),
    (0x20, "motor too hot"),
    (0x10000, "paused"),
)


def send(
    address: str, language: PrinterLanguage, rendered: Rendered, deadline_ms: int, reachable: Reachable = AT_HOME
) -> Outcome:
    """Bring the bytes to the printer. ACCEPTED says that it has taken them all: this way tells nothing of paper.

    NOT_REACHED where nothing left: no connection, an address out of reach, or a ZPL printer that says what it lacks.
    UNCERTAIN where it stopped reading or hung up with bytes on their way.
    """
    deadline = Deadline(deadline_ms)
    host, port = host_and_port(address)
    try:
        line = reachable.connect(host, port, min(CONNECT_S, deadline.left_s))
    except (OSError, UnicodeError) as error:
        return Outcome(Result.NOT_REACHED, f"no connection to {address}: {error}")
    with line:
        fault = _fault(line, deadline) if language is PrinterLanguage.ZPL else ""
        if fault:
            return Outcome(Result.NOT_REACHED, fault)
        sent = 0
        try:
            while sent < len(rendered.content):
                line.settimeout(deadline.left_s)
                sent += line.send(rendered.content[sent : sent + CHUNK])
            line.shutdown(socket.SHUT_WR)
            _wait_for_end(line, deadline)
        except TimeoutError:
            return _broken(rendered, sent, "the printer stopped reading")
        except OSError as error:
            return _broken(rendered, sent, f"the printer hung up: {error}")
    return Outcome(Result.ACCEPTED, pages_out=rendered.pages)


def host_and_port(address: str) -> tuple[str, int]:
    """HOST:PORT in its parts, the usual port where none is named."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        return address.strip("[]"), RAW_PORT
    return host.strip("[]"), int(port)


def _wait_for_end(line: socket.socket, deadline: Deadline) -> None:
    """Wait for the printer's end of the connection, which shows that it took everything; not for longer than half a second.

    One that hung up before it took everything answers with a reset, which raises ConnectionResetError.
    """
    line.settimeout(min(STATUS_S, deadline.left_s))
    try:
        while line.recv(CHUNK):
            pass
    except TimeoutError:
        return  # many printers keep the line open: all bytes are with the other side


def _broken(rendered: Rendered, sent: int, why: str) -> Outcome:
    # What was written may still lie in buffers on the way: only whole pages well before the last written byte are surely out.
    whole = sum(1 for end in rendered.ends if end <= sent)
    return Outcome(Result.UNCERTAIN, f"{why} after {sent} of {len(rendered.content)} bytes", pages_out=max(0, whole - 1))


def _fault(line: socket.socket, deadline: Deadline) -> str:
    """What a ZPL printer says it lacks; empty where all is well, and where it does not answer, as many do."""
    answer = b""
    try:
        line.settimeout(min(STATUS_S, deadline.left_s))
        line.sendall(_QUERY)
        while b"\x03" not in answer and len(answer) < CHUNK:
            part = line.recv(1_024)
            if not part:
                break
            answer += part
    except OSError:
        return ""  # sending will show whether it is gone
    return fault_in(answer)


def fault_in(answer: bytes) -> str:
    """The faults that an answer to ~HQES names, in words; empty for none and for no such answer."""
    found = _ERRORS.search(answer)
    if found is None or found[1] == b"0":
        return ""
    bits = int(found[3], 16)
    named = [words for bit, words in _FAULTS if bits & bit]
    return ", ".join(named) or f"the printer reports error {found[2].decode()} {found[3].decode()}"
