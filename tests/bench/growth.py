"""Growth: the same order intake and the same looks with 1,000 and with 1,000,000 orders present.

    python tests/bench/growth.py [--db URL] [--json] [--quick] [--orders N]

Both shops have the same 100,000 SKUs; the large one has a year of orders behind it (`year.py`), the small one a thousand. The
rounds go back and forth between them. Intake should keep 0.9 of its speed, and every look's p95 stay under 50 ms in both.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from time import perf_counter

import attrs
import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from houtai.application.office import Office
from houtai.domain.ids import OrderId
from houtai.entrypoints.library import open_office
from tests.bench.callers import Run, placed, wishes
from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, median, options, percentile
from tests.bench.looks import LOOKS, Scene, looked
from tests.bench.market import BUYERS, Market
from tests.bench.year import grow

FEW = 1_000
CALLERS = (1, 64)
LONGEST_MS = 50  # p95 of every look


@attrs.define
class House:
    """One of the two shops, open."""

    name: str
    office: Office
    market: Market
    orders: list[OrderId] = attrs.field(repr=False)
    scene: Scene = attrs.field(init=False, default=attrs.Factory(lambda own: Scene(own.market, own.orders), takes_self=True))
    runs: dict[int, list[Run]] = attrs.field(factory=lambda: {callers: [] for callers in CALLERS})
    millis: dict[str, list[float]] = attrs.field(factory=lambda: {name: [] for name in LOOKS})


def open_house(database: Database, name: str, orders: int, skus: int, figures: Figures, stack: ExitStack) -> House:
    """Fill the database and open it."""
    started = perf_counter()
    market, made = grow(database, orders, skus=skus, buyers=BUYERS if orders > FEW else BUYERS // 10)
    figures.row(db=database.kind, case=f"{name}: grown", orders=orders, skus=skus, seconds=perf_counter() - started)
    return House(name, stack.enter_context(closing(open_office(database.url))), market, made)


def run(database: Database, orders: int, figures: Figures) -> None:
    """One kind of database."""
    quick, kind = figures.quick, database.kind
    skus, count, rounds = (1_000, 32, 1) if quick else (100_000, 1_000, 5)
    with ExitStack() as stack:
        other = stack.enter_context(database.copied())  # while both are empty
        large = open_house(database, "large", orders, skus, figures, stack)
        small = open_house(other, "small", FEW, skus, figures, stack)
        for number in range(rounds + 1):
            for house in (small, large) if number % 2 else (large, small):
                for callers in CALLERS:
                    own = count // 4 if callers == 1 else count
                    done = placed(house.office, wishes(house.office, house.market, own, 100 * number + callers), callers)
                    if number:  # the first round warms both up
                        house.runs[callers].append(done)
                seen = looked(house.office, house.scene, 3 if quick else 20)
                for name, millis in seen.items():
                    house.millis[name] += millis
        _judge(kind, small, large, figures)


def _judge(kind: str, small: House, large: House, figures: Figures) -> None:
    for callers in CALLERS:
        for house in (small, large):
            rate = median([done.rate for done in house.runs[callers]])
            middle = next(done for done in house.runs[callers] if done.rate == rate)
            figures.row(db=kind, case=f"{house.name}: place_order", **middle.told())
            for code, count in middle.errors.items():
                figures.fault(f"{kind} {house.name}: {count} x {code}")
        grown, young = (median([done.rate for done in house.runs[callers]]) for house in (large, small))
        figures.ratio(f"{kind}: place_order at {callers} callers, large / small", grown / young, 0.9)
    for name in LOOKS:
        p95 = {house.name: percentile(house.millis[name], 95) for house in (small, large)}
        medians = {f"{house.name}_p50_ms": percentile(house.millis[name], 50) for house in (small, large)}
        figures.row(db=kind, look=name, small_p95_ms=p95["small"], large_p95_ms=p95["large"], **medians)
        figures.ratio(f"{kind}: {LONGEST_MS} ms / p95 of {name}", LONGEST_MS / max(p95.values()), 1.0)


@click.command()
@options
@click.option("--orders", type=int, default=None, help="How many the large shop has.")
def main(*, db: str | None, json_out: bool, quick: bool, orders: int | None) -> None:
    """Compare a young shop with a grown one."""
    figures = Figures("growth", quick)
    with databases(db) as found:
        for database in found:
            run(database, orders or (20_000 if quick else 1_000_000), figures)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
