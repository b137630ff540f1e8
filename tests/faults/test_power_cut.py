"""Power loss under SQLite (F3): its writes are recorded, and the files built again as a cut leaves them at random moments."""

from __future__ import annotations

import os
import pickle
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from houtai.application.orders.place import PlaceOrder
from houtai.domain.ids import OrderId
from tests.faults.power import Event, Said, Sync, cuts, strace, traced
from tests.faults.program import ROOT
from tests.faults.stall import Stall, say, verdict

POINTS = int(os.environ.get("HOUTAI_FAULT_CUTS", "60"))
ORDERS = 40
EXAMINED = 6  # of these the doctor sees as many; the others are compared order by order

pytestmark = pytest.mark.skipif(strace() is None, reason="strace is not here, or may not trace: power cuts are not replayed")


def recorded(stall: Stall, folder: Path, wanted: list[PlaceOrder], synchronous: str = "") -> list[Event]:
    """What placing them wrote, synced and said."""
    folder.mkdir(exist_ok=True)
    given = folder / "wanted"
    given.write_bytes(pickle.dumps(wanted))
    with given.open("rb") as orders:
        command = [sys.executable, "-m", "tests.faults.writer", stall.url, synchronous]
        return traced(command, folder / "trace", cwd=ROOT, stdin=orders)


def replayed(stall: Stall, folder: Path, synchronous: str = "") -> Counter[str]:
    """What a power cut leaves at each of POINTS moments, counted."""
    file = stall.url.removeprefix("sqlite:///")
    before = {file: Path(file).read_bytes()}
    wanted = stall.wishes(ORDERS)
    events = recorded(stall, folder, wanted, synchronous)
    assert sum(isinstance(event, Said) for event in events) == ORDERS
    assert any(isinstance(event, Sync) and event.path == file for event in events), "no checkpoint was seen"
    pick = random.Random(20261122)
    counts: Counter[str] = Counter()
    # Synced before it began: nobody but this process writes it.
    for number, (said, files) in enumerate(cuts(events, before, POINTS, pick)):
        acknowledged = [OrderId(UUID(bytes=said[at : at + 16])) for at in range(0, len(said), 16)]
        counts[judged(folder / f"cut-{number}", files, wanted, acknowledged, closely=number % (POINTS // EXAMINED) == 0)] += 1
    return counts


def judged(folder: Path, files: dict[str, bytes], wanted: list[PlaceOrder], acknowledged: list[OrderId], *, closely: bool) -> str:
    """In a word, what the files are after the cut."""
    folder.mkdir()
    for path, content in files.items():
        if not path.endswith("-shm"):
            (folder / Path(path).name).write_bytes(content)
    try:
        with closing(sqlite3.connect(folder / "shop.db")) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "corrupt"
            there = {OrderId(UUID(hex=one)) for (one,) in connection.execute("SELECT id FROM orders")}
            (deeds,) = connection.execute("SELECT count(*) FROM audit_log WHERE deed = 'place_order'").fetchone()
    except sqlite3.DatabaseError:
        return "corrupt"
    if not set(acknowledged) <= there:
        return "lost"
    if deeds != len(there) or not there <= {wish.order for wish in wanted}:
        return "half"
    if closely and not verdict(f"sqlite:///{folder / 'shop.db'}", wanted, acknowledged).holds:
        return "broken"
    return "well"


def test_no_power_cut_loses_an_acknowledged_order(on_sqlite: Stall, tmp_path: Path) -> None:
    """F3: the files are whole, every acknowledged order is there, no deed is there in part."""
    counts = replayed(on_sqlite, tmp_path / "trace")
    say(f"power cuts: {dict(counts)}")
    assert dict(counts) == {"well": POINTS}


def test_the_replay_finds_what_an_unsafe_setting_loses(on_sqlite: Stall, tmp_path: Path) -> None:
    """The control: with synchronous=NORMAL, which is common advice, acknowledged orders are lost."""
    counts = replayed(on_sqlite, tmp_path / "trace", "NORMAL")
    say(f"power cuts, synchronous=NORMAL: {dict(counts)}")
    assert counts["lost"] > 0
