"""How long is left of a deadline that several waits share."""

from __future__ import annotations

import time


class Deadline:
    """So many milliseconds from now on."""

    def __init__(self, ms: int) -> None:
        """Begin now."""
        self._ends = time.monotonic() + ms / 1_000

    @property
    def left_s(self) -> float:
        """Seconds that are left, never less than a millisecond, so that a wait ends at once and not never."""
        return max(0.001, self._ends - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._ends
