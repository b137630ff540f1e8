"""When a delivery that failed is tried again, by the schedule of the Standard Webhooks specification."""

from __future__ import annotations

import datetime as dt
from typing import Final

DELAYS_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before each try, after the one before it: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."""

TRIES: Final = len(DELAYS_S)

SPAN: Final = dt.timedelta(seconds=sum(DELAYS_S))
"""From the first try to the last: 75 h 35 min 5 s."""

LONGEST_WAIT_S: Final = 86_400
"""However long a receiver asks us to stay away."""

MOST_JITTER: Final = 100
"""In thousandths of the pause: what failed together does not come back together."""


def next_try(tries: int, at: dt.datetime, *, wait_s: int = 0, jitter: int = 0) -> dt.datetime | None:
    """When to try again after the try numbered `tries` (from 1) failed at `at`; None where it was the last.

    Not before the `wait_s` seconds are over that the receiver asked for, up to LONGEST_WAIT_S. `jitter` is 0 to MOST_JITTER.
    """
    assert tries >= 1, tries
    assert 0 <= jitter <= MOST_JITTER, jitter
    if tries >= TRIES:
        return None
    pause_ms = DELAYS_S[tries] * (1_000 + jitter)
    return at + dt.timedelta(milliseconds=max(pause_ms, 1_000 * min(wait_s, LONGEST_WAIT_S)))


def fails_too_long(failing_since: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether nothing was taken for as long as a whole schedule takes."""
    return failing_since is not None and at - failing_since >= SPAN
