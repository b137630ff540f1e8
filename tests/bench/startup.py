"""Start: from nothing to `import houtai`, `houtai version`, `--help`, and to the first answer of `houtai serve`; memory too.

    python tests/bench/startup.py [--db URL] [--json] [--quick]

Each in a process of its own, medians of several; the bare interpreter beside them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import click

sys.path.insert(0, str(Path(__file__).parents[2]))  # also when run as a file

from tests.bench.databases import databases
from tests.bench.figures import Figures, median, options
from tests.bench.server import ROOT, RUN, own_password, serving

CASES: dict[str, list[str]] = {
    "bare interpreter": ["-c", "pass"],
    "import houtai": ["-c", "import houtai"],
    "houtai version": ["-c", RUN, "version"],
    "houtai --help": ["-c", RUN, "--help"],
}
LONGEST_S = {"houtai version": 0.5, "houtai --help": 1.0}
FIRST_ANSWER_S = 5.0


def seconds_of(command: Sequence[str], times: int) -> float:
    """The median of so many runs."""
    found = []
    for _ in range(times):
        started = perf_counter()
        subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        found.append(perf_counter() - started)
    return median(found)


def family(pid: int) -> list[int]:
    """The process and its children, where /proc tells of them."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        return []
    return [pid, *(deep for child in listed.read_text().split() for deep in family(int(child)))]


def resident_mb(pid: int) -> float:
    """The memory that the process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1_024


@click.command()
@options
def main(*, db: str | None, json_out: bool, quick: bool) -> None:
    """Start everything."""
    figures, times = Figures("startup", quick), 3 if quick else 11
    for name, command in CASES.items():
        seconds = seconds_of(command, times)
        figures.row(case=name, ms=seconds * 1_000)
        if name in LONGEST_S:
            figures.ratio(f"{LONGEST_S[name]:g} s / {name}", LONGEST_S[name] / seconds, 1.0)
    with databases(db) as found:
        for database in found:
            password = own_password(database.url)
            for workers in (1,) if quick else (1, 2):
                ready = []
                for _ in range(1 if quick else 5):
                    with serving(database.url, workers, password) as server:
                        ready.append(server.ready_s)
                        held = [resident_mb(pid) for pid in family(server.pid)]
                figures.row(
                    db=database.kind,
                    case="serve",
                    workers=workers,
                    first_answer_s=median(ready),
                    resident_mb=[round(mb) for mb in held],
                )
                figures.ratio(
                    f"{database.kind}: {FIRST_ANSWER_S:g} s / serve with {workers} to first answer",
                    FIRST_ANSWER_S / median(ready),
                    1.0,
                )
    figures.end(json_out=json_out)


if __name__ == "__main__":
    main()
