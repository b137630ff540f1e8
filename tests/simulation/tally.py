"""What a run has done so far: steps, rules, refusals, bad luck, checks; printed at its end."""

from __future__ import annotations

from collections import Counter

import attrs


@attrs.define
class Tally:
    """Counts of one run, over all its episodes."""

    episodes: int = 0
    steps: int = 0
    checks: int = 0
    restarts: int = 0
    rules: Counter[str] = attrs.field(factory=Counter)
    deeds: Counter[str] = attrs.field(factory=Counter)  # that went through
    refusals: Counter[str] = attrs.field(factory=Counter)
    strikes: Counter[str] = attrs.field(factory=Counter)

    def step(self, rule: str) -> None:
        """A rule begins."""
        self.steps += 1
        self.rules[rule] += 1

    def lines(self) -> list[str]:
        """The counts as a report."""
        return [
            f"{self.steps} steps in {self.episodes} episodes, {self.checks} checks of the doctor, {self.restarts} restarts",
            "rules:    " + _told(self.rules),
            "deeds:    " + _told(self.deeds),
            "refusals: " + _told(self.refusals),
            "bad luck: " + _told(self.strikes),
        ]


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"


TALLY = Tally()
