"""Every benchmark in its quick form one after the other, or one of them with its own arguments.

    python -m tests.bench            each script of this folder with `--quick --json`
    python -m tests.bench NAME ARGS  one script as it is

A script has a function `main`, takes `--quick` and answers `--json` with one object: "ratios" and "reach" (figures by name), "ok",
and "skipped" with the reason where it could not run. The exit code is 0 where every script that ran is ok.
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


@attrs.frozen
class Outcome:
    """What became of one script: its answer, or what was wrong with it."""

    name: str
    seconds: float
    answer: dict[str, Any]
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether it may stand."""
        return not self.fault and self.answer["ok"] is True

    def told(self) -> str:
        """One line for a person."""
        if self.fault:
            return f"{self.name:12} FAULT {self.fault}"
        if self.answer.get("skipped"):
            return f"{self.name:12} skipped: {self.answer['skipped']}"
        figures = json.dumps({"ratios": self.answer["ratios"], "reach": self.answer["reach"]}, ensure_ascii=False)
        return f"{self.name:12} {'ok' if self.ok else 'NOT OK'} in {self.seconds:.1f} s {figures}"


def scripts(folder: Path = FOLDER) -> list[str]:
    """The names of the benchmarks: files of the folder with a function `main`, this one and tests left out."""
    found = sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", "test_")))
    return [path.stem for path in found if _has_main(path)]


def _has_main(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in body)


def quick(name: str, command: Sequence[str] = ()) -> Outcome:
    """Run one script quickly. `command` runs something else in its place."""
    started = time.monotonic()
    line = [*(command or [sys.executable, "-m", f"tests.bench.{name}"]), "--quick", "--json"]
    try:
        done = subprocess.run(line, cwd=PROJECT, stdout=subprocess.PIPE, timeout=PATIENCE_S, check=False, text=True)
    except subprocess.TimeoutExpired:
        return Outcome(name, PATIENCE_S, {}, f"took more than {PATIENCE_S} s")
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


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def main(name: str | None, arguments: tuple[str, ...]) -> None:
    """Run every benchmark quickly, or the one NAME with its ARGUMENTS."""
    if name is not None:
        if name not in scripts():
            message = f"there is no benchmark {name}: name one of {', '.join(scripts())}"
            raise click.UsageError(message)
        sys.exit(subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *arguments], cwd=PROJECT, check=False).returncode)
    outcomes = []
    for script in scripts():
        outcomes.append(quick(script))
        click.echo(outcomes[-1].told())
    sys.exit(0 if all(outcome.ok for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
