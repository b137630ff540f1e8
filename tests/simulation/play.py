"""Playing the simulation: rounds of episodes from one seed, each round from a seed of its own that replays it."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs
from hypothesis import HealthCheck, Phase, seed as seeded, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.aftersales.machine import Counters
from tests.simulation.machine import MACHINES, Simulation
from tests.simulation.tally import Tally

EPISODES, STEPS = 12, 60


@attrs.frozen
class Finding:
    """Something that does not hold, and the round that shows it."""

    seed: int
    error: BaseException


def play(
    kind: str, seed: int, *, episodes: int = EPISODES, steps: int = STEPS, shrink: bool = False, tally: Tally | None = None
) -> Finding | None:
    """One round on a fresh store of that kind: the first finding, with `shrink` made as short as it gets, or None."""
    counted = tally if tally is not None else Tally()
    played = type("Played", (MACHINES[kind],), {"tally": counted})
    assert issubclass(played, Simulation | Counters)
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    chosen = settings(
        max_examples=episodes,
        stateful_step_count=steps,
        phases=phases,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seeded(seed)(played), settings=chosen)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what was looked for
        return Finding(seed, error)
    return None


def play_on(
    kind: str, seed: int, minutes: float, *, tally: Tally, tell: Callable[[str], None], episodes: int = EPISODES
) -> Finding | None:
    """Rounds one after the other for so many minutes, or until the first finding."""
    begun = time.monotonic()
    number = 0
    while time.monotonic() - begun < minutes * 60:
        found = play(kind, seed + number, episodes=episodes, tally=tally)
        if found is not None:
            return found
        number += 1
        tell(
            f"{(time.monotonic() - begun) / 60:5.1f} min  round {number}  {tally.steps} steps  {sum(tally.refusals.values())} refusals"
        )
    return None
