"""A directory of noted heads: a file for every day, a line of JSON for every note, only ever added to."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from houtai.application.access.noted_heads import NotedHead
from houtai.domain.refusal import Busy, InvalidValue

EVERY: Final = dt.timedelta(hours=1)
PREFIX: Final = "houtai-head-"
SUFFIX: Final = ".jsonl"


@attrs.frozen
class BadNote:
    """A line that is no noted head."""

    file: str
    line: int


@attrs.frozen
class NotedHeads:
    """The notes in one directory, which should lie where whoever writes the database cannot write."""

    directory: Path

    def note(self, head: NotedHead) -> bool:
        """Add the head to its day's file and bring it to the disk, unless one was noted within the hour; whether it was added.

        Several processes may note side by side: a line is written at once, behind all others. Raises Busy where the directory
        is missing or full.
        """
        path = self.directory / f"{PREFIX}{head.at.astimezone(dt.UTC):%Y-%m-%d}{SUFFIX}"
        line = json.dumps({"at": head.at.astimezone(dt.UTC).isoformat(), "seq": head.seq, "hash": head.hash}) + "\n"
        try:
            last = _last_of(path)
            if last is not None and head.at - last.at < EVERY:
                return False
            _append(path, line.encode())
        except OSError as error:
            raise Busy(what=f"the head of the operation log cannot be noted in {self.directory}: {error.strerror}") from error
        return True

    def read(self) -> Iterator[NotedHead | BadNote]:
        """Every note, oldest day first; a line that is none by its place. Raises OSError."""
        for path in sorted(self.directory.glob(f"{PREFIX}*{SUFFIX}")):
            yield from _lines(path)


def _lines(path: Path) -> Iterator[NotedHead | BadNote]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            note = json.loads(line)
            yield NotedHead(dt.datetime.fromisoformat(note["at"]), note["seq"], note["hash"])
        except (ValueError, KeyError, TypeError, InvalidValue):
            yield BadNote(path.name, number)


def _last_of(path: Path) -> NotedHead | None:
    if not path.exists():
        return None
    return next((note for note in reversed(list(_lines(path))) if isinstance(note, NotedHead)), None)


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
