"""Python's collector in a process that serves."""

from __future__ import annotations

import json
import subprocess
import sys

LOOK = """
import gc, json
from houtai.entrypoints.garbage import collect_seldom
collect_seldom()
print(json.dumps([gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 1_000]))
"""


def test_the_collector_goes_on_but_looks_seldom_and_past_what_was_there() -> None:
    """In a process of its own, because the setting is the process's."""
    told = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == [True, [50_000, 20, 20], True]
