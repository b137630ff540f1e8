"""Progress bars for long work: on stderr, and only where a person watches a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Tell(Protocol):
    """Hears how many are done, and of how many if that is known."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many are done now."""


@contextmanager
def counting(what: str) -> Iterator[Tell]:
    """A bar for as long as the work lasts."""
    if not sys.stderr.isatty():
        yield _nobody_watches
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _nobody_watches(done: int, total: int | None = None) -> None:
    """Tell nobody."""
