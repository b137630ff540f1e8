"""A primary with a synchronous standby: killed and replaced under load, no acknowledged order is lost."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from houtai.application.orders.place import PlaceOrder
from tests.faults.program import Callers
from tests.faults.programs import api
from tests.faults.stall import Stall, opened, verdict
from tests.faults.standby import Pair, paired

EACH = 40
STILL_S = 3.0
EXCUSED = {"201", "503 busy", "503 unavailable", "503 outcome-unknown"}


def endless(stall: Stall) -> Iterator[PlaceOrder]:
    """Orders as long as somebody wants one."""
    while True:
        yield from stall.wishes(50)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A primary and a standby of this test's own."""
    folder = Path(tempfile.mkdtemp(prefix="houtai-pair-")).resolve()
    with paired(folder) as pair:
        yield pair
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def followed(pair: Pair) -> Stall:
    """The shop on both servers, reached under the one address."""
    name = pair.primary.create()
    return attrs.evolve(opened(pair.primary.url(name)), url=pair.url(name))


def test_a_primary_is_killed_and_its_standby_promoted_under_load(pair: Pair, followed: Stall, tmp_path: Path) -> None:
    with api(followed.url, tmp_path / "log") as server:
        callers = Callers(server, server.token(), endless(followed))
        with callers.calling():
            callers.wait_for(EACH)
            before = len(callers.heard.acknowledged)
            pair.primary.kill()
            killed = time.monotonic()
            pair.promote()
            callers.wait_for(1)
            back_s = time.monotonic() - killed
            callers.wait_for(EACH)
    found = verdict(
        pair.standby.url(followed.url.partition("?")[0].rpartition("/")[2]), callers.asked, callers.heard.acknowledged
    )
    sys.stdout.write(
        f"\n{before} acknowledged before the kill, orders again after {back_s:.1f} s, {dict(callers.heard.counts)}, {found}\n"
    )  # for docs/reliability.md; shown with -s
    assert (callers.heard.strange, set(callers.heard.counts) - EXCUSED) == ([], set())
    assert (found.orders, found.holds) == (len(callers.heard.acknowledged), True), found


def test_nothing_is_acknowledged_that_only_the_primary_has(pair: Pair, followed: Stall, tmp_path: Path) -> None:
    """The standby stands still, callers wait; then the primary dies, and the standby goes on without what it never got."""
    with api(followed.url, tmp_path / "log") as server:
        callers = Callers(server, server.token(), endless(followed))
        with callers.calling():
            callers.wait_for(EACH)
            pair.standby.freeze()
            time.sleep(0.5)  # what was on its way is answered
            frozen = len(callers.heard.acknowledged)
            time.sleep(STILL_S)
            told_meanwhile = len(callers.heard.acknowledged) - frozen
            pair.primary.kill()
            pair.standby.thaw()
            pair.promote()
            callers.wait_for(EACH)
    found = verdict(
        pair.standby.url(followed.url.partition("?")[0].rpartition("/")[2]), callers.asked, callers.heard.acknowledged
    )
    assert told_meanwhile == 0, "a commit that the standby has not written is none yet"
    assert (callers.heard.strange, set(callers.heard.counts) - EXCUSED) == ([], set())
    assert (found.orders, found.holds) == (len(callers.heard.acknowledged), True), found
