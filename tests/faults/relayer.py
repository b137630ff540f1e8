"""A relay as a process of its own, which writes the id of each message that it delivers into a file.

    python -m tests.faults.relayer URL FILE AHEAD_S WAY

`drain` delivers until nothing is due, `work` until killed; `hang` says "taken" with the first message in hand and waits for
ever; `late` waits for a line on stdin, says that this delivery failed, and ends.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import time

from houtai.adapters.clock import SystemClock
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.relay import NotDelivered, Relay

TOPIC = "payments.create"
IDLE_S = 0.05


class Ahead:
    """The system's clock, so many seconds ahead: leases end for this process before they would."""

    def __init__(self, seconds: float) -> None:
        self._ahead = dt.timedelta(seconds=seconds)

    def now(self) -> dt.datetime:
        """The moment that this process believes in."""
        return SystemClock().now() + self._ahead


def main() -> None:
    """Deliver in the way that was asked for."""
    url, file, ahead_s, way = sys.argv[1:]
    received = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def deliver(message: Message) -> None:
        if way in ("hang", "late"):
            sys.stdout.write(f"{message.id}\n")
            sys.stdout.flush()
            sys.stdin.readline()
            raise NotDelivered("the answer came too late")
        os.write(received, f"{message.id}\n".encode())

    office = Office(SqlStore(url), Ahead(float(ahead_s)))
    relay = Relay(office, {TOPIC: deliver}, jitter=random.randrange)
    if way != "work":
        relay.run_until_idle(1 if way == "late" else 1_000)
    while way == "work":
        relay.run_once()
        time.sleep(IDLE_S)


if __name__ == "__main__":
    main()
