"""Printers on the loopback interface that misbehave on demand: raw port 9100 and IPP."""

from __future__ import annotations

import http.server
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs

ALL_WELL = (
    b"\x02\r\n\r\n  PRINTER STATUS  \r\n   ERRORS:         0 00000000 00000000\r\n   WARNINGS:       0 00000000 00000000\r\n\x03"
)
PAPER_OUT = ALL_WELL.replace(b"0 00000000 00000000\r\n   W", b"1 00000000 00000001\r\n   W")
HEAD_OPEN = ALL_WELL.replace(b"0 00000000 00000000\r\n   W", b"1 00000000 00000004\r\n   W")


@attrs.define
class RawPrinter:
    """A printer on a port of its own; `manner` is what it does with a connection, `got` what it read."""

    manner: Callable[[RawPrinter, socket.socket], None]
    status: bytes = b""
    got: bytearray = attrs.field(factory=bytearray)
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def reads_all(printer: RawPrinter, line: socket.socket) -> None:
    """A good printer: answers a query, takes everything, hangs up when the sender is done."""
    while part := line.recv(65_536):
        if part.startswith(b"~HQES") and printer.status:
            line.sendall(printer.status)
            part = part.removeprefix(b"~HQES\r\n")
        printer.got += part


def stops_reading(printer: RawPrinter, line: socket.socket) -> None:
    """Takes the first bytes and then nothing more, with the line open."""
    printer.got += line.recv(1_000)
    time.sleep(3)


def hangs_up(printer: RawPrinter, line: socket.socket) -> None:
    """Closes in the middle of a label, with a reset."""
    while len(printer.got) < 1_000:
        part = line.recv(1_000)
        printer.got += part.removeprefix(b"~HQES\r\n")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def raw_printer(manner: Callable[[RawPrinter, socket.socket], None], status: bytes = b"") -> Iterator[RawPrinter]:
    """A raw printer that lives as long as the block."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        printer = RawPrinter(manner, status, port=listening.getsockname()[1])

        def serve() -> None:
            try:
                line, _ = listening.accept()
            except OSError:  # the block has ended
                return
            with line:
                manner(printer, line)

        worker = threading.Thread(target=serve, daemon=True)
        worker.start()
        yield printer
        worker.join(timeout=5)


def ipp_answer(status: int, *attributes: tuple[int, str, bytes]) -> bytes:
    """An IPP answer with these attributes in the group of jobs."""
    body = struct.pack(">BBHI", 1, 1, status, 1) + b"\x01" + _attribute(0x47, "attributes-charset", b"utf-8") + b"\x02"
    return body + b"".join(_attribute(*one) for one in attributes) + b"\x03"


def job_answer(job_id: int, state: int, reasons: bytes = b"none") -> bytes:
    """A job of this number in this state."""
    return ipp_answer(
        0,
        (0x21, "job-id", struct.pack(">i", job_id)),
        (0x23, "job-state", struct.pack(">i", state)),
        (0x44, "job-state-reasons", reasons),
        (0x44, "", b"a second value"),
    )


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value


@attrs.define
class IppPrinter:
    """An IPP printer that answers from a list, the last one from then on; None hangs up without a word."""

    answers: list[bytes | int | None]
    asked: list[bytes] = attrs.field(factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"ipp://127.0.0.1:{self.port}/ipp/print"


@contextmanager
def ipp_printer(*answers: bytes | int | None, wait_s: float = 0) -> Iterator[IppPrinter]:
    """An IPP printer that lives as long as the block; a number is an HTTP status instead of an answer."""
    printer = IppPrinter(list(answers))

    class Desk(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            printer.asked.append(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(wait_s)
            answer = printer.answers.pop(0) if len(printer.answers) > 1 else printer.answers[0]
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer if isinstance(answer, int) else 200)
            body = b"" if isinstance(answer, int) else answer
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        printer.port = server.server_address[1]
        worker = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        worker.start()
        yield printer
        server.shutdown()
