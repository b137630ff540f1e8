"""A process of callers that all begin at one moment; prints what became of each wish.

python -m tests.faults.racer URL BEGIN < pickled orders
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from houtai.adapters.clock import SystemClock
from houtai.adapters.sql.store import SqlStore
from houtai.application.office import Office
from houtai.application.orders.place import PlaceOrder
from houtai.domain.refusal import Refusal
from tests.faults.stall import place


def main() -> None:
    """Place them at once, each by a thread of its own."""
    url, begin = sys.argv[1:]
    office = Office(SqlStore(url), SystemClock())
    wanted: list[PlaceOrder] = pickle.load(sys.stdin.buffer)

    def call(wish: PlaceOrder) -> tuple[str, str]:
        time.sleep(max(0.0, float(begin) - time.time()))
        try:
            place(office, wish)
        except Refusal as refusal:
            return str(wish.order), refusal.code
        return str(wish.order), "ok"

    with ThreadPoolExecutor(len(wanted)) as threads:
        json.dump(list(threads.map(call, wanted)), sys.stdout)
    office.close()


if __name__ == "__main__":
    main()
