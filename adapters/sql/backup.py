"""A copy of an SQLite database while it is in use: whole, consistent, and on the disk before anybody is told of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

_MARGIN_S = 60
_STEPS = 100_000
"""Steps of SQLite's machine between two looks at how far the copy is: some ten a second."""


def copy_sqlite(source: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Write the database as of one moment into a file that is not there yet; its size in bytes.

    Writers are not kept waiting. What was committed before the call is in the copy. Until it is whole and on the disk the copy
    has another name, so that no half of one is ever taken for a backup. `progress` hears the bytes written, and about how many
    there will be. Raises FileExistsError, OSError and sqlite3.Error.
    """
    if target.exists():
        raise FileExistsError(17, os.strerror(17), str(target))
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source, timeout=_MARGIN_S, isolation_level=None)) as connection:
            if progress is not None:
                connection.set_progress_handler(lambda: _tell(progress, partial, source), _STEPS)
            connection.execute("VACUUM INTO ?", (str(partial),))
        partial.chmod(0o600)
        _sync(partial)
        os.link(partial, target)  # not rename: what came into being there meanwhile stays
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def _tell(progress: Callable[[int, int], None], partial: Path, source: Path) -> None:
    progress(partial.stat().st_size if partial.exists() else 0, source.stat().st_size)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
