"""The floor: the rows that `place_order` writes, written by hand with the driver on the same database.

    python tests/bench/floor.py [--db URL] [--json] [--quick]

Row by row with one commit an order at 1 to 64 callers, pipelined (PostgreSQL), and as the machine's limit a hand-written group
commit: one writer, many orders a commit. `tests/bench/byhand.py` says which reads the floor does (the stock rows that it locks)
and what it leaves out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import attrs
import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from tests.bench.byhand import ByHand
from tests.bench.databases import databases
from tests.bench.figures import Figures, median, options
from tests.bench.market import fill

CALLERS = (1, 2, 4, 8, 16, 64)
SIZES = (8, 32, 64, 128, 256)
QUICK_CALLERS, QUICK_SIZES = (1, 8), (32,)


@attrs.define
class Floor:
    """Rates in orders a second, medians of the rounds: row by row and pipelined by callers, grouped by size of the group."""

    rows: dict[int, float] = attrs.field(factory=dict)
    pipelined: dict[int, float] = attrs.field(factory=dict)
    groups: dict[int, float] = attrs.field(factory=dict)
    shared: float = 0.0  # row by row at its best, with the log's head and the number's counter

    @property
    def best(self) -> float:
        """Row by row at its own best concurrency."""
        return max(self.rows.values())

    @property
    def limit(self) -> float:
        """The hand-written group commit at its best size."""
        return max(self.groups.values())


def measure(hand: ByHand, *, orders: int, rounds: int, figures: Figures) -> Floor:
    """All of it, the cases of a round one after the other."""
    kind = hand.database.kind
    callers, sizes = (QUICK_CALLERS, QUICK_SIZES) if figures.quick else (CALLERS, SIZES)
    seen: dict[tuple[str, int], list[Any]] = {}
    for _ in range(rounds):
        for count in callers:
            seen.setdefault(("rows", count), []).append(hand.row_by_row(hand.orders(orders), count))
        for count in callers if kind == "postgresql" else ():
            seen.setdefault(("pipelined", count), []).append(hand.row_by_row(hand.orders(orders), count, pipelined=True))
        for size in sizes:
            seen.setdefault(("groups", size), []).append(hand.grouped(hand.orders(max(orders, size)), size))
    floor = Floor()
    for (how, count), runs in seen.items():
        getattr(floor, how)[count] = rate = median([run.rate for run in runs])
        middle = min(runs, key=lambda run: abs(run.rate - rate))
        figures.row(
            db=kind,
            floor=how,
            **({**middle.told(), "callers": count} if how != "groups" else {"size": count, "per_s": round(rate, 1)}),
        )
        for run in runs:
            for error in run.errors:
                figures.fault(f"{kind} floor {how} {count}: {error}")
    best = max(floor.rows, key=lambda count: floor.rows[count])
    floor.shared = median([hand.row_by_row(hand.orders(orders, hot=True), best).rate for _ in range(rounds)])
    figures.row(db=kind, floor="rows, with the log's head and the counter", callers=best, per_s=round(floor.shared, 1))
    return floor


@click.command()
@options
def main(*, db: str | None, json_out: bool, quick: bool) -> None:
    """Write the rows of orders by hand."""
    figures = Figures("floor", quick)
    with databases(db) as found:
        for database in found:
            market = fill(database, skus=1_000 if quick else 100_000)
            with database.copied() as copy:
                floor = measure(ByHand(market, copy), orders=60 if quick else 900, rounds=1 if quick else 2, figures=figures)
            kind = database.kind
            figures.ratio(f"{kind}: group commit by hand / row by row at its best", floor.limit / floor.best)
            figures.ratio(f"{kind}: row by row with the log's head and the counter / without", floor.shared / floor.best)
            if floor.pipelined:
                figures.ratio(f"{kind}: pipelined / row by row, each at its best", max(floor.pipelined.values()) / floor.best)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
