"""The doctor: a full check of a shop with a year of orders, and how long each check takes.

    python tests/bench/doctor.py [--db URL] [--json] [--quick] [--orders N]

It runs as `houtai doctor` does, as a whole process with its start, one snapshot, every check; peak memory beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from tests.bench.databases import Database, databases
from tests.bench.figures import Figures, options
from tests.bench.server import ROOT
from tests.bench.year import grow

NIGHT_S = 3_600  # it has to be done within the hour that a night leaves it
RUN = """
import atexit, resource, sys
atexit.register(lambda: sys.stderr.write(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}"))
from houtai.entrypoints.cli.main import run
run(["doctor", "--json", "--db", sys.argv[1]])
"""


def run(database: Database, orders: int, figures: Figures) -> None:
    """One database."""
    started = perf_counter()
    grow(database, orders, skus=1_000 if figures.quick else 100_000)
    figures.row(db=database.kind, case="grown", orders=orders, seconds=perf_counter() - started)
    started = perf_counter()
    done = subprocess.run([sys.executable, "-c", RUN, database.url], cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = perf_counter() - started
    peak_mb = int(done.stderr.rpartition("peak ")[2]) / 1_024
    report = json.loads(done.stdout)
    for check in sorted(report["checks"], key=lambda check: -check["millis"])[:10]:
        figures.row(db=database.kind, check=check["id"], millis=check["millis"])
    for check in report["checks"]:
        if check["ok"] is False:  # null where nobody looked
            figures.fault(f"{database.kind}: {check['id']} is broken, {check['count']} times")
    figures.row(
        db=database.kind, case="houtai doctor", orders=orders, checks=len(report["checks"]), seconds=seconds, peak_mb=peak_mb
    )
    figures.ratio(f"{database.kind}: {orders:,} orders checked in an hour / in what it took", NIGHT_S / seconds, 1.0)


@click.command()
@options
@click.option("--orders", type=int, default=None, help="How many there are to check.")
def main(*, db: str | None, json_out: bool, quick: bool, orders: int | None) -> None:
    """Check everything."""
    figures = Figures("doctor", quick)
    with databases(db) as found:
        for database in found:
            run(database, orders or (20_000 if quick else 1_000_000), figures)
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
