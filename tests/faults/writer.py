"""A process that places orders in an SQLite file, one after the other, and says each on stdout once it is acknowledged.

python -m tests.faults.writer URL SYNCHRONOUS < pickled orders
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any

from sqlalchemy import event

from houtai.adapters.clock import SystemClock
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from tests.faults.stall import place

CHECKPOINT_PAGES = 150  # small, so that a short run holds several


def main() -> None:
    """Place them all, and die without closing anything."""
    url, synchronous = sys.argv[1:]
    store = SqlStore(url)

    @event.listens_for(store.engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        if synchronous:
            connection.execute(f"PRAGMA synchronous={synchronous}")

    office = Office(store, SystemClock())
    for wish in pickle.load(sys.stdin.buffer):
        os.write(1, place(office, wish).id.bytes)
    os._exit(0)


if __name__ == "__main__":
    main()
