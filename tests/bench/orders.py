"""Order intake: `place_order` of three lines at 1, 8 and 64 callers, over HTTP, and on one hot SKU, beside the floor.

    python tests/bench/orders.py [--db URL] [--json] [--quick] [--profile]

100,000 SKUs are listed, priced and in stock. Every order has three lines, every third is of goods in a promotion and uses a
coupon; each reserves stock, is chained into the log, asks for its payment through the outbox and carries an idempotency key.
Quotes are made before the clock starts. The floor (`floor.py`) writes the same rows by hand into a copy of the same database,
round by round beside the system. Over HTTP the server and the client are processes of their own on the same machine as the
database: on two cores, all three share them. The server delivers nothing meanwhile, as the library does not; Python's collector is
set as `houtai serve` sets it. `--profile` shows where one caller's time goes, and sends nothing else.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import attrs
import click
from sqlalchemy import event

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.application.office import Office
from houtai.entrypoints.garbage import collect_seldom
from houtai.entrypoints.library import open_office
from tests.bench.byhand import ByHand
from tests.bench.callers import Run, place, placed, wishes
from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, median, options, percentile
from tests.bench.floor import measure
from tests.bench.market import Market, fill
from tests.bench.server import own_password, posted, serving

CALLERS = (1, 8, 64)
LONGEST_MS = 100  # p99 of SQLite at 64 callers


@attrs.frozen
class Size:
    """How much is done."""

    skus: int
    orders: int  # a case
    rounds: int

    @classmethod
    def of(cls, *, quick: bool) -> Size:
        """Small for a try, else as the figures are made."""
        return cls(1_000, 48, 1) if quick else cls(100_000, 900, 2)


def middle(runs: list[Run]) -> Run:
    """The run of the median rate."""
    rate = median([run.rate for run in runs])
    return next(run for run in runs if run.rate == rate)


def told(figures: Figures, run: Run, **case: Any) -> None:
    """A line of the table; an error in it is a fault."""
    figures.row(**case, **run.told())
    for code, count in run.errors.items():
        figures.fault(f"{case}: {count} x {code}")


def library(office: Office, market: Market, size: Size, figures: Figures) -> dict[str, list[Run]]:
    """The system called directly, spread over all SKUs and on one; the cases of a round one after the other."""
    runs: dict[str, list[Run]] = {}
    hot = market.skus["plain"][0]
    placed(office, wishes(office, market, 16, 99), 4)  # caches warm, connections open
    for number in range(size.rounds):
        for callers in CALLERS:
            count = max(size.orders // 4, 16) if callers == 1 else size.orders
            seed = 1_000 * number + callers
            runs.setdefault(f"{callers}", []).append(placed(office, wishes(office, market, count, seed), callers))
        runs.setdefault("hot", []).append(placed(office, wishes(office, market, size.orders, number, hot=hot), max(CALLERS)))
    for name, own in runs.items():
        told(figures, middle(own), db=market.database.kind, case="hot SKU" if name == "hot" else "library")
    return runs


def over_http(market: Market, size: Size, figures: Figures) -> dict[tuple[int, int], Run]:
    """The same orders through `houtai serve`; by connections and workers."""
    found: dict[tuple[int, int], Run] = {}
    password = own_password(market.database.url)
    for workers in (1,) if figures.quick else (1, 2):
        serve = serving(market.database.url, workers, password, timers=False)
        with serve as server, closing(open_office(market.database.url)) as office:
            posted(server, wishes(office, market, 16, 98), 4)
            for connections in (8, 64):
                runs = [posted(server, wishes(office, market, size.orders, number), connections) for number in range(size.rounds)]
                found[connections, workers] = middle(runs)
                told(figures, middle(runs), db=market.database.kind, case=f"HTTP, {workers} worker{'s' * (workers > 1)}")
    return found


def judge(kind: str, figures: Figures, runs: dict[str, list[Run]], floor: Any, http: dict[tuple[int, int], Run]) -> None:
    """The ratios, and what they should reach."""
    rate = {name: middle(own).rate for name, own in runs.items()}
    figures.ratio(f"{kind}: 64 callers / row by row at its best", rate["64"] / floor.best, 1.0)
    figures.ratio(f"{kind}: 64 callers / row by row at its best, with the log's head and the counter", rate["64"] / floor.shared)
    figures.ratio(f"{kind}: 64 callers / group commit by hand", rate["64"] / floor.limit)
    figures.ratio(f"{kind}: 1 caller / row by row at 1 caller", rate["1"] / floor.rows[1], 0.5)
    figures.ratio(f"{kind}: hot SKU / spread", rate["hot"] / rate["64"], 0.8)
    if kind == "sqlite":
        p99 = percentile(middle(runs["64"]).millis, 99)
        figures.ratio(f"sqlite: {LONGEST_MS} ms / p99 at 64 callers", LONGEST_MS / p99 if p99 else 0.0, 1.0)
    for connections in (8, 64):
        own = {workers: run.rate / rate[str(connections)] for (many, workers), run in http.items() if many == connections}
        for workers, ratio in own.items():
            figures.ratio(f"{kind}: HTTP at {connections} connections, {workers} workers / library", ratio)
        figures.ratio(f"{kind}: HTTP at {connections} connections / library", max(own.values()), 0.6)


def run(database: Database, size: Size, figures: Figures) -> None:
    """One database."""
    started = perf_counter()
    market = fill(database, skus=size.skus)
    figures.row(db=database.kind, case="filled", skus=size.skus, seconds=perf_counter() - started)
    with database.copied() as copy:
        hand = ByHand(market, copy)
        with closing(open_office(database.url)) as office:
            runs = library(office, market, size, figures)
        floor = measure(hand, orders=size.orders, rounds=size.rounds, figures=figures)
    http = over_http(market, size, figures)
    judge(database.kind, figures, runs, floor, http)
    with closing(open_office(database.url)) as office:
        for finding in examine(office._store, CHECKS).broken():  # type: ignore[arg-type]  # these are databases
            figures.fault(f"{database.kind}: the doctor finds {finding.id} broken, {finding.count} times")


def profile(database: Database, size: Size) -> None:
    """Where one caller's time goes: statements by what they do, then functions."""
    market = fill(database, skus=size.skus)
    with closing(open_office(database.url)) as office:
        placed(office, wishes(office, market, 20, 3), 1)
        wanted = wishes(office, market, 200, 4)
        _statements(office, market, wanted[:60])
        profiler = cProfile.Profile()
        profiler.enable()
        for wish in wanted[60:]:
            place(office, wish)
        profiler.disable()
    for order in ("tottime", "cumulative"):
        pstats.Stats(profiler, stream=sys.stderr).sort_stats(order).print_stats(40)


def _statements(office: Office, market: Market, wanted: list[Any]) -> None:
    spent: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    begun: list[float] = []
    engine = office._store.engine  # type: ignore[attr-defined]  # these are databases

    def before(*_: Any) -> None:
        begun.append(perf_counter())

    def after(_: Any, __: Any, statement: str, *___: Any) -> None:
        words = statement.split()
        table = (
            words[words.index("FROM") + 1]
            if words[0] == "SELECT" and "FROM" in words
            else words[2]
            if words[0] == "INSERT"
            else words[1]
        )
        name = f"{words[0]} {table}{' FOR UPDATE' if 'FOR UPDATE' in statement else ''}"
        counted[name] += 1
        spent[name] += int((perf_counter() - begun.pop()) * 1e6)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    started = perf_counter()
    for wish in wanted:
        place(office, wish)
    total = (perf_counter() - started) / len(wanted) * 1_000
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)
    click.echo(f"{market.database.kind}: {total:.2f} ms an order, {counted.total() / len(wanted):.1f} statements", err=True)
    for name, micros in spent.most_common():
        click.echo(f"  {name:50} {counted[name] / len(wanted):6.2f} an order {micros / len(wanted):8.0f} µs", err=True)


@click.command()
@options
@click.option("--profile", "profiled", is_flag=True, help="Only show where one caller's time goes.")
def main(*, db: str | None, json_out: bool, quick: bool, profiled: bool) -> None:
    """Place orders as fast as they come."""
    collect_seldom()
    figures, size = Figures("orders", quick), Size.of(quick=quick)
    with databases(db) as found:
        for database in found:
            if profiled:
                profile(database, size)
            else:
                run(database, size, figures)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
