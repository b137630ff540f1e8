"""A short simulation with every run of the tests; `nox -s simulate -- --minutes N` goes on for longer."""

from __future__ import annotations

import pytest

from tests.simulation.play import play
from tests.simulation.run import main
from tests.simulation.tally import Tally


@pytest.mark.parametrize(("kind", "episodes", "steps"), [("memory", 12, 40), ("sqlite", 2, 15)])
def test_everything_holds_whatever_happens_in_whatever_order(kind: str, episodes: int, steps: int) -> None:
    tally = Tally()
    found = play(kind, 20261122, episodes=episodes, steps=steps, tally=tally)
    assert found is None, found
    assert tally.steps >= episodes
    assert tally.checks >= (0 if kind == "memory" else tally.steps)


def test_the_same_seed_plays_the_same_round() -> None:
    first, again, other = Tally(), Tally(), Tally()
    for seed, tally in ((5, first), (5, again), (6, other)):
        play("memory", seed, episodes=3, steps=15, tally=tally)
    assert first == again
    assert first.rules != other.rules


def test_a_run_tells_what_it_did_and_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", "--episodes", "2", "--seed", "7", "--db", "memory"]) == 0
    told = capsys.readouterr().out
    assert "from seed 7" in told
    assert "steps in" in told
    assert "refusals: " in told
    assert "verdict:  everything held" in told
