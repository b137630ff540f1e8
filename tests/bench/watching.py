"""What watching costs: orders with metrics and slow-statement log and without, in turns; a look at health; a scrape.

    python tests/bench/watching.py [--db URL] [--json] [--quick]

Processor time of this process, so that neighbours on the machine do not count; medians over rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from houtai.adapters.clock import SystemClock
from houtai.adapters.instruments import Instruments
from houtai.adapters.opening import open_store
from houtai.adapters.sql.store import SqlStore
from houtai.adapters.sql.watch import log_slow_statements, watch
from houtai.application.office import Office
from houtai.entrypoints.condition import Condition
from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, median, options
from tests.orders.shop import Shop

MOST_OF = 0.95  # of the speed without; the two differ by less than the noise of a shared machine
LOOK_MS = 20.0


@click.command()
@options
def main(db: str | None, *, quick: bool, json_out: bool) -> None:
    """Measure and print."""
    figures = Figures("watching", quick)
    rounds, orders = (2, 4) if quick else (40, 10)
    with databases(db) as found:
        for database in found:
            measure(figures, database, rounds, orders)
    figures.end(json_out=json_out)


def measure(figures: Figures, database: Database, rounds: int, orders: int) -> None:
    """One database's line and ratios."""
    bare, instruments = open_store(database.url), Instruments()
    assert isinstance(bare, SqlStore)
    watched = SqlStore(database.url)
    watch(watched.engine, instruments)
    log_slow_statements(watched.engine, 500)
    with closing(bare), closing(watched):
        shop = Shop(Office(bare, SystemClock()), SystemClock(), stock=1_000_000)
        shops = {
            "without": shop,
            "with": shop.moved_to(Office(watched, SystemClock(), observer=instruments), SystemClock()),
        }
        spent: dict[str, list[float]] = {"without": [], "with": []}
        for _ in range(rounds):
            for kind, one in shops.items():
                spent[kind].append(_cpu_ms(lambda one=one: one.place(CUP=1), orders))  # type: ignore[misc]  # bound at once
        look = Condition(bare, SystemClock()).look
        look()
        taken = {kind: median(millis) for kind, millis in spent.items()}
        seen, scraped = _ms(look, 20), _ms(instruments.text, 20)
        figures.row(database=database.kind, cpu_ms_an_order=taken, look_ms=round(seen, 2), scrape_ms=round(scraped, 2))
        figures.ratio(f"{database.kind} watched", taken["without"] / taken["with"], MOST_OF)
        figures.ratio(f"{database.kind} look within {LOOK_MS:g} ms", LOOK_MS / seen, 1)


def _cpu_ms(deed: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        deed()
    return (time.process_time() - begun) * 1_000 / times


def _ms(deed: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        deed()
        found.append((time.perf_counter() - begun) * 1_000)
    return median(found)


if __name__ == "__main__":
    main()
