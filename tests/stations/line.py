"""A line between a station and its server that loses requests and answers, drips, and answers what no house answers."""

from __future__ import annotations

import enum
import http.client
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import attrs


class Harm(enum.Enum):
    """What happens to one request."""

    LOSE_REQUEST = "closed before the server sees it"
    LOSE_ANSWER = "closed when the server has done it"
    LATE = "done, and never answered"
    DRIP = "done, and answered byte by byte for ever"
    GARBAGE = "done, and answered with no JSON"
    LIST = "done, and answered with a list"
    EMPTY = "done, and answered with an object without fields"
    HUGE = "done, and answered with two megabytes"
    FAULT = "a fault in there"
    GATEWAY = "a gateway that finds no server behind it"


_INSTEAD = {
    Harm.GARBAGE: (200, b"<html>hello</html>"),
    Harm.LIST: (200, b"[]"),
    Harm.EMPTY: (200, b"{}"),
    Harm.HUGE: (200, b"x" * 2_000_000),
    Harm.FAULT: (500, b'{"code": "internal", "instance": "urn:uuid:7"}'),
    Harm.GATEWAY: (502, b"<html>bad gateway</html>"),
}


@attrs.define
class Line:
    """Where the station calls; the next requests meet `harms` one after the other, then nothing."""

    url: str = ""
    harms: deque[Harm] = attrs.field(factory=deque)
    over: threading.Event = attrs.field(factory=threading.Event)


@contextmanager
def a_line(server: str) -> Iterator[Line]:
    """To this server, as long as this lasts."""
    line, target = Line(), urlsplit(server).netloc

    class Hop(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            return

        def do_GET(self) -> None:
            self.pass_on()

        def do_POST(self) -> None:
            self.pass_on()

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            harm = line.harms.popleft() if line.harms else None
            if harm is Harm.LOSE_REQUEST:
                self.close_connection = True
                return
            behind = http.client.HTTPConnection(target, timeout=10)
            behind.request(self.command, self.path, body, dict(self.headers))
            answer = behind.getresponse()
            raw, status = answer.read(), answer.status
            behind.close()
            if harm is Harm.LOSE_ANSWER:
                self.close_connection = True
            elif harm in (Harm.LATE, Harm.DRIP):
                self.hold(drip=harm is Harm.DRIP)
            else:
                self.give(*(_INSTEAD[harm] if harm is not None else (status, raw)))

        def give(self, status: int, raw: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def hold(self, *, drip: bool) -> None:
            self.close_connection = True
            begun = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
            try:
                while not line.over.is_set():
                    if drip:
                        self.wfile.write(begun[:1] or b" ")
                        begun = begun[1:]
                    time.sleep(0.01)
            except OSError:
                return  # the station has given up

    with ThreadingHTTPServer(("127.0.0.1", 0), Hop) as hop:
        hop.daemon_threads = True
        thread = threading.Thread(target=hop.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        line.url = f"http://127.0.0.1:{hop.server_address[1]}"
        try:
            yield line
        finally:
            line.over.set()
            hop.shutdown()
            thread.join(10)
