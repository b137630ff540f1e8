"""Python's collector, set for a process that takes orders: seldom, and past what lives as long as the process."""

from __future__ import annotations

import gc
from typing import Final

FIRST_LOOK: Final = 50_000
"""Objects more than before: past what a full group of orders makes, so that it is gone again before anybody looks for it."""

LATER_LOOKS: Final = 20


def collect_seldom() -> None:
    """Leave alone what is there now, such as modules and routes, and look at what comes later less often.

    By itself the collector looks every 700 objects. The records of a group live until its commit, so they would be taken for
    long-lived ones, and each pile of them leads to a walk through everything that the process keeps.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(FIRST_LOOK, LATER_LOOKS, LATER_LOOKS)
