"""Every benchmark one after the other with all its ratios, or one of them with its own arguments.

    python -m tests.bench            each script of this folder, as long as it takes: some hours with a million orders
    python -m tests.bench --quick    the same in some minutes: whether all of it runs, its figures mean nothing
    python -m tests.bench NAME ARGS  one script as it is

A script has a function `main`, takes `--quick` and answers `--json` with one object: "ratios" and "reach" (figures by name), "ok",
"faults" where something may not be whatever the speed, and "skipped" with the reason where it could not run. A ratio that falls
short is marked; the exit code is 0 unless a script failed or found a fault, because a slow machine is none.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import click

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1]
PATIENCE_S = 300  # for one quick run
LONG_PATIENCE_S = 4 * 3_600


@attrs.frozen
class Outcome:
    """What became of one script: its answer, or what was wrong with it."""

    name: str
    seconds: float
    answer: dict[str, Any]
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether it may stand; a ratio that falls short is told and is no fault."""
        return not self.fault and (self.answer["ok"] is True or (bool(self.short) and not self.answer.get("faults")))

    @property
    def short(self) -> dict[str, float]:
        """The ratios that fall short of what they should reach, with what they should."""
        ratios, reach = self.answer.get("ratios", {}), self.answer.get("reach", {})
        return {name: wanted for name, wanted in reach.items() if ratios.get(name, 0) < wanted}

    def told(self) -> str:
        """A line for a person, and one for each ratio."""
        if self.fault:
            return f"{self.name:12} FAULT {self.fault}"
        if self.answer.get("skipped"):
            return f"{self.name:12} skipped: {self.answer['skipped']}"
        lines = [f"{self.name:12} {'ok' if self.ok else 'NOT OK'} in {self.seconds:.1f} s"]
        lines += [f"    FAULT {fault}" for fault in self.answer.get("faults", ())]
        for name, value in self.answer["ratios"].items():
            wanted = self.answer["reach"].get(name)
            against = "" if wanted is None else f" of {wanted:g}{'  SHORT' if name in self.short else ''}"
            lines.append(f"    {name:76} {value:10.3f}{against}")
        return "\n".join(lines)


def scripts(folder: Path = FOLDER) -> list[str]:
    """The names of the benchmarks: files of the folder with a function `main`, this one and tests left out."""
    found = sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", "test_")))
    return [path.stem for path in found if _has_main(path)]


def _has_main(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in body)


def run(name: str, *, quick: bool, command: Sequence[str] = ()) -> Outcome:
    """Run one script. `command` runs something else in its place."""
    started, patience = time.monotonic(), PATIENCE_S if quick else LONG_PATIENCE_S
    line = [*(command or [sys.executable, "-m", f"tests.bench.{name}"]), *(["--quick"] if quick else []), "--json"]
    try:
        done = subprocess.run(line, cwd=PROJECT, stdout=subprocess.PIPE, timeout=patience, check=False, text=True)
    except subprocess.TimeoutExpired:
        return Outcome(name, patience, {}, f"took more than {patience} s")
    seconds = time.monotonic() - started
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return Outcome(name, seconds, {}, f"answered no JSON, exit code {done.returncode}")
    if not isinstance(answer, dict) or not {"ratios", "reach", "ok"} <= answer.keys():
        return Outcome(name, seconds, {}, 'answered no object with "ratios", "reach" and "ok"')
    if answer["ok"] is True and done.returncode:
        return Outcome(name, seconds, answer, f"says ok and ends with {done.returncode}")
    return Outcome(name, seconds, answer)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--quick", is_flag=True, help="Small enough for some minutes; the figures mean nothing.")
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def main(name: str | None, arguments: tuple[str, ...], *, quick: bool) -> None:
    """Run every benchmark, or the one NAME with its ARGUMENTS."""
    if name is not None:
        if name not in scripts():
            message = f"there is no benchmark {name}: name one of {', '.join(scripts())}"
            raise click.UsageError(message)
        sys.exit(
            subprocess.run(
                [sys.executable, "-m", f"tests.bench.{name}", *(["--quick"] if quick else []), *arguments],
                cwd=PROJECT,
                check=False,
            ).returncode
        )
    outcomes = []
    for script in scripts():
        outcomes.append(run(script, quick=quick))
        click.echo(outcomes[-1].told())
    sys.exit(0 if all(outcome.ok for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
