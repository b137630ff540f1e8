"""Power cuts, replayed: what a process wrote and synced is read from its trace, and its files are built again as a cut leaves them.

Until it is synced, a write may be on the disk, may be lost, or may be there in part, in any combination. Not modelled: lost
directory entries, and disks that lie about what they synced.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

SECTOR = 512
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,unlink"
_CALL = re.compile(r'^(\w+)\((?:(\d+)(?:<([^>]*)>)?|"([^"]*)")(?:, (.*))?\) += (-?\d+)')
_TEXT = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"(?:, (\d+))?(?:, (\d+))?$')


@attrs.frozen
class Write:
    """Bytes at a place; without bytes a cut of the file to that length."""

    path: str
    at: int
    content: bytes | None = attrs.field(repr=False)


@attrs.frozen
class Sync:
    """All writes of this file so far are on the disk."""

    path: str


@attrs.frozen
class Said:
    """Bytes that the process wrote to stdout: an acknowledgement."""

    content: bytes


Event = Write | Sync | Said


def strace() -> str | None:
    """Where strace is, if it is here and may trace."""
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        return None
    return found


def traced(command: Sequence[str], trace: Path, **options: Any) -> list[Event]:
    """Run the command under strace: what it wrote, synced and said, in order."""
    program = strace()
    assert program is not None
    tracing = [program, "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace), *command]
    subprocess.run(tracing, check=True, stdout=subprocess.DEVNULL, timeout=300, **options)
    with trace.open() as lines:
        return [event for line in lines if (event := _event(line)) is not None]


def _event(line: str) -> Event | None:
    found = _CALL.match(line)
    if found is None:
        assert line.startswith(("+++", "---")), line[:200]
        return None
    call, number, path, _, rest, result = found.groups()
    if int(result) < 0 or call == "unlink":
        return None
    if call in ("fsync", "fdatasync"):
        return Sync(_path(path))
    if call == "ftruncate":
        return Write(_path(path), int(rest), None)
    text = _TEXT.match(rest)
    assert text is not None, line[:200]
    content = bytes.fromhex(text[1].replace("\\x", ""))[: int(result)]
    if call == "write":
        return Said(content) if number == "1" else None
    return Write(_path(path), int(text[3]), content)


def _path(quoted: str) -> str:
    """strace writes paths in hex, too."""
    return bytes.fromhex(quoted.replace("\\x", "")).decode() if quoted.startswith("\\x") else quoted


@attrs.define
class Disk:
    """The files as a cut at this moment may leave them."""

    synced: dict[str, bytearray]
    pending: dict[str, list[Write]] = attrs.field(factory=dict)
    said: bytes = b""

    def take(self, event: Event) -> None:
        """The next thing that happened."""
        if isinstance(event, Said):
            self.said += event.content
        elif isinstance(event, Write):
            self.pending.setdefault(event.path, []).append(event)
        else:
            for write in self.pending.pop(event.path, []):
                _apply(self.synced.setdefault(event.path, bytearray()), write)

    def after_cut(self, pick: random.Random) -> dict[str, bytes]:
        """What is found when the power is back."""
        way = pick.choice((_none, _some, _torn, _all))
        found = {}
        for path in self.synced.keys() | self.pending.keys():
            content = bytearray(self.synced.get(path, b""))
            for write in way(self.pending.get(path, []), pick):
                _apply(content, write)
            found[path] = bytes(content)
        return found


def _none(_: list[Write], __: random.Random) -> list[Write]:
    return []


def _all(writes: list[Write], _: random.Random) -> list[Write]:
    return writes


def _some(writes: list[Write], pick: random.Random) -> list[Write]:
    return [write for write in writes if pick.random() < 0.5]


def _torn(writes: list[Write], pick: random.Random) -> list[Write]:
    """Some of them, of each only some sectors."""
    found = []
    for write in _some(writes, pick):
        if write.content is None:
            found.append(write)
            continue
        for start in range(0, len(write.content), SECTOR):
            if pick.random() < 0.5:
                found.append(Write(write.path, write.at + start, write.content[start : start + SECTOR]))
    return found


def _apply(content: bytearray, write: Write) -> None:
    if write.content is None:
        del content[write.at :]
        content.extend(bytes(write.at - len(content)))
        return
    if len(content) < write.at:
        content.extend(bytes(write.at - len(content)))
    content[write.at : write.at + len(write.content)] = write.content


def cuts(
    events: Sequence[Event], before: dict[str, bytes], points: int, pick: random.Random
) -> Iterator[tuple[bytes, dict[str, bytes]]]:
    """At so many random moments: what had been said, and the files as they are found."""
    disk = Disk({path: bytearray(content) for path, content in before.items()})
    chosen = set(pick.sample(range(len(events)), min(points, len(events))))
    for place, event in enumerate(events):
        disk.take(event)
        if place in chosen:
            yield disk.said, disk.after_cut(pick)
