"""What can be run here: each session makes its own environment and needs nothing but Python 3.11 and nox."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["demo", "lint", "tests", "postgres", "proofs", "faults", "audit"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True
PYTHON = "3.11"

PROOFS = (
    "tests/attacks",
    "tests/doctor",
    "tests/simulation",
    "tests/histories",
    "tests/bench",
    "tests/access/test_narrowed.py",
    "tests/aftersales/test_machine.py",
    "tests/aftersales/test_parallel.py",
    "tests/cli/test_front.py",
    "tests/cli/test_serve.py",
    "tests/flows/test_two_hundred_orders.py",
    "tests/outbound/test_together_in_a_database.py",
    "tests/stations/test_day_at_stations.py",
    "tests/http/test_row_security.py",
    "tests/stations/test_scanner.py",
    "tests/stations/test_bad_input.py",
    "tests/stations/test_over_http.py",
    "tests/stations/test_pictures.py",
    "tests/operations/test_processes.py",
    "tests/rewards/test_machine.py",
    "tests/stations/test_port_returns.py",
    "tests/stations/test_port_sending.py",
    "tests/stations/test_printer_faults.py",
    "tests/stations/test_sending_plans.py",
    "tests/test_demo.py",
    "tests/test_readme.py",
)
"""What is tried against the house as a whole: longer than a test of one room, and rarely broken by a change to one."""
APART = tuple(f"--ignore={path}" for path in (*PROOFS, "tests/faults"))

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder below it is made for each run by pytest, with a name of its own
ROOMY = "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30
QUICKLY = {"PYTHONDONTWRITEBYTECODE": "", **({"TMPDIR": str(MEMORY)} if ROOMY else {})}
"""Databases that live for one test lie in memory where there is room: their thousands of files cost half the time on a disk.

And what is compiled is kept, whatever the machine's habit: tests start many programs.
"""
WORKERS = str((os.cpu_count() or 2) * 3 // 2)
"""A third of the time a test waits: for a process that starts, a printer that stops reading, a database."""


@nox.session(python=PYTHON)
def demo(session: nox.Session) -> None:
    """A small shop from its first product to its books, told step by step in the terminal."""
    session.install("-e", ".[api,print,fonts]")  # what it prints lies beside the database
    session.run("houtai", "demo", *session.posargs)


@nox.session(python=PYTHON)
def serve(session: nox.Session) -> None:
    """The HTTP API on this machine; pages at /schema."""
    session.install("-e", ".[api,postgres]")
    session.run("houtai", "serve", *session.posargs)


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Every test but proofs and faults, on memory and SQLite; `-- tests/NAME …` goes to pytest as it is, with PostgreSQL."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", WORKERS, *(session.posargs or ("-m", "not postgres", *APART)), env=QUICKLY)


@nox.session(python=PYTHON)
def postgres(session: nox.Session) -> None:
    """The same tests on a real PostgreSQL, and those of what PostgreSQL alone has."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", WORKERS, "-m", "postgres", *(session.posargs or APART), env=QUICKLY)


@nox.session(python=PYTHON)
def proofs(session: nox.Session) -> None:
    """Attacks, rows broken by hand, rights narrowed route by route, simulation, histories, plans; the rest goes to pytest."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", WORKERS, *(session.posargs or PROOFS), env=QUICKLY)


@nox.session(python=PYTHON)
def faults(session: nox.Session) -> None:
    """Processes killed, lines cut, disks filled, clocks turned; figures by `-n 0 -s`, longer by HOUTAI_FAULT_KILLS and _CUTS."""
    session.install("-e", ".[test]")
    session.run("pytest", "tests/faults", "-n", "2", "--dist", "loadfile", *session.posargs)  # much of it is waiting


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Style, format, types and the walls between the rooms."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session(python=PYTHON)
def audit(session: nox.Session) -> None:
    """What attackers and lawyers look for: bandit over all that is shipped, and every dependency's licence on a list."""
    session.install("-e", ".[audit]")
    # SQL that is put together from constants is low confidence; ruff's S608 asks for a reason at each of those places.
    rooms = ("domain", "application", "adapters", "entrypoints")
    session.run("bandit", "-q", "-r", "-c", "pyproject.toml", "--confidence-level", "medium", *rooms)
    session.run("python", "-m", "tests.dependencies")


@nox.session(python=PYTHON)
def bench(session: nox.Session) -> None:
    """Every benchmark with all its ratios (hours); `-- --quick` shortly, `-- NAME ARGS` one of them, for docs/benchmarks.md."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session(python=PYTHON)
def simulate(session: nox.Session) -> None:
    """The whole office at random, beside a model and the doctor: `nox -s simulate -- --minutes N [--seed S] [--db sqlite]`."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.simulation.run", *session.posargs)


@nox.session(python=PYTHON)
def histories(session: nox.Session) -> None:
    """What parallel callers saw, recorded at length and judged; the rest of the line goes to pytest."""
    session.install("-e", ".[test]")
    session.run("pytest", "tests/histories", *session.posargs, env={"HOUTAI_HISTORIES": "3"})
