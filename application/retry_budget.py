"""A budget for repetitions: a store that everybody waits for is not asked ever more often by those who wait."""

from __future__ import annotations

import threading
from typing import Final

RESERVE: Final = 200
DEEDS: Final = 10
"""This many deeds save one repetition."""


class RetryBudget:
    """Each deed saves a tenth of a repetition (counted in tenths), up to RESERVE of them; each repetition takes a whole one.

    So over time a tenth of the deeds is repeated at most, whatever each of them would like (SRE's retry budgets). Safe to
    share between threads.
    """

    def __init__(self, reserve: int = RESERVE) -> None:
        """Begin with a full reserve."""
        self._most = reserve * DEEDS
        self._saved = self._most
        self._lock = threading.Lock()

    def save(self) -> None:
        """A deed is done for the first time."""
        with self._lock:
            self._saved = min(self._most, self._saved + 1)

    def take(self) -> bool:
        """Whether one may be done again."""
        with self._lock:
            if self._saved < DEEDS:
                return False
            self._saved -= DEEDS
            return True
